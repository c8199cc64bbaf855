"""Whether a recording can be the reading of a column: words per minute."""

from __future__ import annotations

from dataclasses import replace

from columncast.episodes.errors import RecordingError
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.timecode import clock

USUAL_WPM = (110, 200)
"""Narrators read 130 to 160 words a minute (LibriVox asks for 150 to 160); slower or faster than
this asks for a look."""

POSSIBLE_WPM = (80, 260)
"""Nobody narrates slower or faster: it is another column's recording, or half of one."""

UNREAD_S = 10.0
"""What a column may have that nobody reads out, in seconds: its title, headings, a caption."""

ASIDE_S = 30.0
"""What a recording may have apart from the words, in seconds: a jingle, a greeting, pauses."""


def pace(
    word_count: int, duration_s: float, *, insisted: bool = False
) -> tuple[float, tuple[Notice, ...]]:
    """Return the words per minute, and a notice when they are hard to believe.

    >>> pace(1267, 524)[0]
    145.1
    >>> [notice.severity for notice in pace(1267, 130)[1]]
    ['error']

    A notice of severity `error` (code `pace-wrong`) keeps the pair out of the show, and an episode
    from being published. Where the producer has *insisted*, it is a warning.
    """
    if duration_s <= 0 or not word_count:
        return 0.0, ()
    wpm = round(word_count * 60 / duration_s, 1)
    said = f"{word_count:,} words in {clock(duration_s)} is {wpm:.0f} words a minute"
    slowest, fastest = POSSIBLE_WPM
    needed_s = word_count * 60 / fastest - UNREAD_S, word_count * 60 / slowest + ASIDE_S
    if not needed_s[0] <= duration_s <= needed_s[1]:
        message = f"{said}, which nobody reads; is this the recording of this column?"
        wrong = Notice(code="pace-wrong", message=message, severity="error")
        return wpm, (replace(wrong, severity="warning") if insisted else wrong,)
    if not USUAL_WPM[0] <= wpm <= USUAL_WPM[1]:
        how = "slow" if wpm < USUAL_WPM[0] else "fast"
        message = f"{said}, which is {how} for a narration; is all of the column in the recording?"
        return wpm, (Notice(code="pace-unusual", message=message),)
    return wpm, ()


def refuse_impossible_pair(
    word_count: int, duration_s: float, *, insisted: bool, where: str
) -> None:
    """Refuse a recording, the file *where*, that cannot be the reading of so many words.

    Raises:
        RecordingError: It cannot, and the producer has not *insisted*.
    """
    for notice in pace(word_count, duration_s, insisted=insisted)[1]:
        if notice.severity == "error":
            raise RecordingError(
                f"{notice.message} If it is: --force; nothing was changed", where=where
            )
