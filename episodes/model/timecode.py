"""Times within an episode, written and read.

How a time is rounded depends on what it is for. A length is rounded to the nearest second. A place
to seek to is cut, so that whoever goes there hears its beginning. Files for programs hold
thousandths. Each reader of a format knows which spellings that format allows; what they mean in
seconds is worked out here.
"""

from __future__ import annotations


def clock(duration_s: float) -> str:
    """Return a length as people write it, to the nearest second.

    >>> clock(540.4), clock(3725)
    ('9:00', '1:02:05')
    """
    return _short(round(duration_s))


def position(start_s: float) -> str:
    """Return a place as a player shows it; cut, so that its beginning is heard.

    >>> position(83.9), position(3723)
    ('1:23', '1:02:03')
    """
    return _short(int(start_s))


def link_position(start_s: float) -> str:
    """Return a place as apps link it in notes, hours and all; cut as `position` is.

    >>> link_position(3671.6)
    '01:01:11'
    """
    hours, minutes, seconds = _parts(int(start_s))
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def stamp(start_s: float, mark: str = ".") -> str:
    """Return a time for programs, in thousandths: WebVTT, SubRip (*mark* is `,`), tags, chapters.

    Podlove Simple Chapters has it from RFC 2326, 3.6; Vorbis comments from their chapter extension.

    >>> stamp(3725.5), stamp(0.0004, ",")
    ('01:02:05.500', '00:00:00,000')
    """
    whole, thousandths = divmod(round(start_s * 1000), 1000)
    hours, minutes, seconds = _parts(whole)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{thousandths:03}"


def whole_seconds(duration_s: float) -> int:
    """Return a length as `itunes:duration` has it: to the nearest second, and never none.

    >>> whole_seconds(0.2), whole_seconds(59.6)
    (1, 60)
    """
    return max(1, round(duration_s))


def iso_duration(duration_s: float) -> str:
    """Return a length by ISO 8601, in whole seconds.

    >>> iso_duration(552)
    'PT0H9M12S'
    """
    hours, minutes, seconds = _parts(whole_seconds(duration_s))
    return f"PT{hours}H{minutes}M{seconds}S"


def hours_and_minutes(duration_s: float) -> tuple[int, int]:
    """Return a length in hours and minutes, to the nearest minute.

    >>> hours_and_minutes(34_860)
    (9, 41)
    """
    return divmod(round(duration_s / 60), 60)


def in_seconds(hours: int, minutes: int, seconds: float) -> float:
    """Return a time whose parts were read.

    >>> in_seconds(1, 2, 3.5)
    3723.5
    """
    return hours * 3600 + minutes * 60 + seconds


def read_clock(text: str) -> float:
    """Return the seconds that *text* names: numbers with colons between them, the last the seconds.

    >>> read_clock("1:02:03"), read_clock("2:03.5"), read_clock("90"), read_clock(":2:03")
    (3723.0, 123.5, 90.0, 123.0)

    Raises:
        ValueError: It holds something else.
    """
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part or 0)
    return total


def _parts(whole: int) -> tuple[int, int, int]:
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, seconds


def _short(whole: int) -> str:
    hours, minutes, seconds = _parts(whole)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
