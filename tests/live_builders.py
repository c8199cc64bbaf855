"""A show that is built already, with files made of nothing: publishing does not care how they sound."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from columncast.episodes.model.episode import Attachment, Enclosure, Episode, ShowNotes
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import enclosure_url
from columncast.feed.rss.document import render_pages

FIRST_DAY = datetime(2026, 1, 2, 6, tzinfo=UTC)


def hashed(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]


class BuiltShow:
    """A show's folder whose `audio/` and `feed/` are as `build` leaves them."""

    def __init__(self, root: Path, base_url: str, more: str = "") -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        (root / "show.toml").write_text(
            'title = "The Long Wall"\nauthor = "Ruth Calder"\nsite_url = "https://walls.example/"\n'
            f'base_url = "{base_url}"\n{more}',
            encoding="utf-8",
        )
        self.episodes: list[Episode] = []

    @property
    def folder(self) -> ShowFolder:
        return ShowFolder(self.root)

    def write(self, path: str, content: bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def add(self, week: int, *, length_bytes: int = 30_000, take: int = 1, **said) -> Episode:
        """Add the episode of that week, or replace it by another *take*, and render the site."""
        slug = f"week-{week}"
        show = self.folder.show
        audio = b"ID3" + random.Random(f"{week} {take}").randbytes(length_bytes - 3)
        path = f"audio/{slug}-{hashed(audio)}.mp3"
        self.write(path, audio)
        vtt = f"WEBVTT\n\n00:00.000 --> 00:02.000\nTake {take} of week {week}.\n".encode()
        transcript = f"feed/{slug}/transcript-{hashed(vtt)}.vtt"
        for old in (self.root / "feed" / slug).glob("transcript-*"):
            old.unlink()
        self.write(transcript, vtt)
        self.write(f"feed/{slug}/index.html", f"<title>Week {week}, take {take}</title>".encode())
        guid = f"urn:uuid:00000000-0000-4000-8000-{week:012}"
        facts = f'guid = "{guid}"\npublished = 2026-01-05T06:00:00Z\n'
        facts += (
            '[source]\nrecording = "a"\nrecording_sha256 = "b"\ncolumn = "c"\ncolumn_sha256 = "d"\n'
        )
        self.write(f"episodes/{slug}/episode.toml", facts.encode())
        filled: dict[str, Any] = {
            "slug": slug,
            "guid": guid,
            "title": f"Week {week}",
            "published": FIRST_DAY + timedelta(weeks=week),
            "notes": ShowNotes(html="<p>A yard.</p>", full_html="<p>A yard.</p>", plain="A yard."),
            "enclosure": Enclosure(
                path=path,
                url=enclosure_url(show, path),
                length_bytes=length_bytes,
                mime_type="audio/mpeg",
                duration_s=60.0,
                sha256=hashlib.sha256(audio).hexdigest(),
            ),
            "page_url": f"{show.base_url}feed/{slug}/",
            "link": f"{show.base_url}feed/{slug}/",
            "author": "Ruth Calder",
            "text_html": "<p>A yard.</p>",
            "transcripts": (Attachment(url=show.base_url + transcript, mime_type="text/vtt"),),
        }
        episode = Episode(**filled | said)
        self.episodes = [e for e in self.episodes if e.slug != slug] + [episode]
        self.render()
        return episode

    def retire(self, week: int) -> None:
        """Take an episode out of the feed, as `retire` does: its audio stays here."""
        slug = f"week-{week}"
        self.episodes = [e for e in self.episodes if e.slug != slug]
        for page in (self.root / "feed" / slug).iterdir():
            page.unlink()
        (self.root / "feed" / slug).rmdir()
        self.render()

    def render(self) -> None:
        cover = b"\xff\xd8 a picture"
        name = f"feed/cover-{hashed(cover)}.jpg"
        self.write(name, cover)
        show = self.folder.show
        self.write("feed/index.html", f"<p>{len(self.episodes)} episodes</p>".encode())
        for key, xml in render_pages(show, self.episodes, cover_url=show.base_url + name).items():
            self.write(f"feed/{key}", xml)
