"""How much is taken from outside, of each kind of thing, and why so much.

A server may send without end, or send little that unpacks to much. Bytes count unpacked.
"""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Bound:
    """How much of one thing is taken, and how long that may last."""

    most_bytes: int
    whole_s: float
    """For one try, however quickly bytes come; a slow one ends earlier, see `client.Client`."""


FEED = Bound(most_bytes=100 * MB, whole_s=600)
"""The largest real feeds (some 10,000 items with full notes) have 30 to 60 MB."""
PICTURE = Bound(most_bytes=30 * MB, whole_s=300)
"""3000 x 3000 pixels with 8 bits of three colours are 27 MB before any compression."""
COLUMN_PICTURE = Bound(most_bytes=30 * MB, whole_s=60)
"""One of a column's pictures; somebody waits for it, and a page goes without it as well."""
COLUMN_PICTURES = 100
"""A column with more is a gallery."""
COLUMN_PICTURES_BYTES = 300 * MB
"""Of all pictures that are fetched for one column."""
COLUMN_PICTURES_S = 300.0
"""For all of them."""
TRANSCRIPT = Bound(most_bytes=30 * MB, whole_s=300)
"""JSON with a time for each word of a talk of ten hours has some 15 MB."""
CHAPTERS = Bound(most_bytes=5 * MB, whole_s=300)
"""Thousands of chapters with titles, links and pictures' addresses have 1 MB."""

FEED_PAGES = 1000
"""Ten items a page, as WordPress has it, make 10,000 episodes."""
ALL_PAGES_BYTES = 300 * MB
"""Of a feed's pages together: they are kept until the episodes are taken in."""
ALL_PAGES_S = 1800.0
"""For all of a feed's pages: two seconds for each of a thousand."""

AUDIO_WHOLE_S = 6 * 3600.0
"""The longest that is waited for one file: 500 MB at 25 kB/s."""
AUDIO_MOST_BYTES = 4_300 * MB
"""What a WAV file can hold (its sizes have 32 bits); a day of MP3 at 320 kbit/s is less."""
AUDIO_UNSAID_BYTES = 2_000 * MB
"""Where nobody says how large or how long: 14 hours of MP3 at 320 kbit/s."""
_SLACK_BYTES = 300 * MB
"""Lengths in feeds are of another encode, without advertisements, or in kilobytes."""
_MOST_BYTES_PER_S = 200_000
"""Of sound: a stereo WAV at 48 kHz with 16 bits."""

STORED_BYTES = 100 * MB
"""What is read back from a store (a feed, a journal); as `FEED`."""

DISK_FLOOR_BYTES = 200 * MB
"""So much stays free on a disk that is written to, for all that the machine does otherwise."""
PART_AGE_S = 7 * 86_400.0
"""How long what was fetched is kept for another run to go on with."""


def audio(*, length_bytes: int = 0, duration_s: float = 0.0) -> Bound:
    """Return how much of an audio file is taken, given what a feed says of it.

    >>> audio(length_bytes=50 * MB).most_bytes // MB, audio().most_bytes // MB
    (400, 2000)
    >>> audio(length_bytes=10**15).most_bytes == AUDIO_MOST_BYTES
    True
    """
    said = max(2 * length_bytes, round(duration_s * _MOST_BYTES_PER_S))
    most = said + _SLACK_BYTES if length_bytes > 1 or duration_s else AUDIO_UNSAID_BYTES
    return Bound(most_bytes=min(most, AUDIO_MOST_BYTES), whole_s=AUDIO_WHOLE_S)
