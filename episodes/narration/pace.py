"""Whether a recording can be the reading of a column: words per minute."""

from __future__ import annotations

from columncast.episodes.model.notice import Notice
from columncast.episodes.model.timecode import clock

USUAL_WPM = (110, 200)
"""Narrators read 130 to 160 words a minute (LibriVox asks for 150 to 160); slower or faster than
this asks for a look."""

POSSIBLE_WPM = (80, 260)
"""Nobody narrates slower or faster: it is another column's recording, or half of one."""


def pace(word_count: int, duration_s: float) -> tuple[float, tuple[Notice, ...]]:
    """Return the words per minute, and a notice when they are hard to believe.

    >>> pace(1267, 524)[0]
    145.1
    >>> [notice.severity for notice in pace(1267, 130)[1]]
    ['error']

    A notice of severity `error` (code `pace-wrong`) keeps the episode from being published unless
    the producer insists; it may be looked at and listened to.
    """
    if duration_s <= 0 or not word_count:
        return 0.0, ()
    wpm = round(word_count * 60 / duration_s, 1)
    said = f"{word_count:,} words in {clock(duration_s)} is {wpm:.0f} words a minute"
    if not POSSIBLE_WPM[0] <= wpm <= POSSIBLE_WPM[1]:
        message = f"{said}, which nobody reads; is this the recording of this column?"
        return wpm, (Notice(code="pace-wrong", message=message, severity="error"),)
    if not USUAL_WPM[0] <= wpm <= USUAL_WPM[1]:
        how = "slow" if wpm < USUAL_WPM[0] else "fast"
        message = f"{said}, which is {how} for a narration; is all of the column in the recording?"
        return wpm, (Notice(code="pace-unusual", message=message),)
    return wpm, ()
