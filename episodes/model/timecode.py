"""Times within an episode, as text."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Return a duration as people write it.

    >>> clock(540.4), clock(3725)
    ('9:00', '1:02:05')
    """
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
