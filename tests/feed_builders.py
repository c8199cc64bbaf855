"""Shows and episodes for the tests of the feed: valid, small, and filled in where it matters not."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from columncast.episodes.model.episode import Enclosure, Episode, Loudness, Master, ShowNotes
from columncast.episodes.show.settings import Ids, Show
from columncast.feed.site.assets import SharedFiles

BASE_URL = "https://example.org/podcast/"
COVER_URL = f"{BASE_URL}feed/cover-0a1b2c3d.jpg"
SHARED = SharedFiles(
    cover_url=COVER_URL,
    picture="thumbnail-0a1b2c3d.webp",
    icon="icon-0a1b2c3d.png",
    play_url=f"{BASE_URL}feed/play-0a1b2c3d.jpg",
    style="player-0a1b2c3d.css",
    script="player-0a1b2c3d.js",
    page_script="page-0a1b2c3d.js",
    show_style="show-0a1b2c3d.css",
    show_script="show-0a1b2c3d.js",
    search_script="search-0a1b2c3d.js",
)
FIRST_DAY = datetime(2026, 1, 2, 6, tzinfo=UTC)


def show(**said: Any) -> Show:
    """A show that every directory accepts."""
    filled: dict[str, Any] = {
        "title": "Letters from a Slow Town",
        "site_url": "https://example.org",
        "base_url": BASE_URL,
        "description": "Short essays about a town by a river.",
        "author": "Ada Mill",
        "email": "podcast@example.org",
        "category": ("Society & Culture > Personal Journals",),
        "ids": Ids(guid="4c2b8d8e-0b0f-5c1e-9f53-0d6c1a2b3c4d"),
    }
    return Show(**filled | said)


def notes(html: str = "<p>A boat, and who waits for it.</p>", **said) -> ShowNotes:
    """Show notes whose two HTML forms are the same."""
    return ShowNotes(**{"html": html, "full_html": html, "plain": "A boat."} | said)


def enclosure(name: str = "the-ferry-1a2b3c4d.mp3", **said) -> Enclosure:
    """A published file."""
    filled: dict[str, Any] = {
        "path": f"audio/{name}",
        "url": f"{BASE_URL}audio/{name}",
        "length_bytes": 5_160_000,
        "mime_type": "audio/mpeg",
        "duration_s": 430.2,
        "sha256": "ab" * 32,
        "bitrate": "96k",
    }
    return Enclosure(**filled | said)


def episode(week: int = 1, /, **said) -> Episode:
    """The episode of that week."""
    slug = f"week-{week}"
    filled: dict[str, Any] = {
        "slug": slug,
        "guid": f"urn:uuid:00000000-0000-4000-8000-{week:012}",
        "title": f"Week {week}: the ferry",
        "published": FIRST_DAY + timedelta(weeks=week - 1),
        "notes": notes(),
        "enclosure": enclosure(f"{slug}-1a2b3c4d.mp3"),
        "page_url": f"{BASE_URL}feed/{slug}/",
        "link": f"https://example.org/columns/{slug}",
        "author": "Ada Mill",
        "text_html": "<p>The ferry has two timetables.</p>",
    }
    return Episode(**filled | said)


def loud(integrated_lufs: float = -19.0) -> Loudness:
    """What a meter reads."""
    return Loudness(integrated_lufs=integrated_lufs, true_peak_dbtp=-1.2, range_lu=5.0)


def master(**said) -> Master:
    """What mastering did."""
    return dataclasses.replace(
        Master(
            source=loud(-24.0),
            loudness=loud(),
            gain_db=5.0,
            limited_s=1.5,
            duration_s=430.2,
            channels=1,
            sample_rate_hz=44100,
            bitrate="96k",
            encoder="libmp3lame",
            short_term_lufs=tuple(-19.0 + (i % 7) / 2 for i in range(430)),
            limited_at_s=(12.0, 13.0, 300.0),
        ),
        **said,
    )
