"""What stays the same when everything else changes: the show's own identifier."""

from __future__ import annotations

import uuid

# The namespace that Podcasting 2.0 fixed for all podcasts (podcastindex.org/namespace/1.0#guid).
PODCASTS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def podcast_guid(feed_url: str) -> str:
    """Return the `podcast:guid` of a show that is first published at *feed_url*.

    It is assigned once and kept for ever, so keep it (`[ids] guid` in show.toml) and never
    compute it again after a move.

    >>> podcast_guid("https://podnews.net/rss")
    '9b024349-ccf0-5f69-a609-6b82873eab3c'
    >>> podcast_guid("http://mp3s.nashownotes.com/pc20rss.xml/")
    '917393e3-1b1e-5cef-ace4-edaa54e1f810'
    """
    _, found, rest = feed_url.partition("://")
    return str(uuid.uuid5(PODCASTS, (rest if found else feed_url).rstrip("/")))
