"""A show with one built episode, made without mastering: what the preview reads, and no more."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self

from builders import plain_cover
from feed_builders import master

from columncast import publish
from columncast.episodes.building.records import record
from columncast.episodes.disk import files
from columncast.episodes.entry.compose import episode_of, read_with_notes
from columncast.episodes.model.episode import Attachment, Chapter, Enclosure, Episode
from columncast.episodes.model.summary import listings_of
from columncast.episodes.show.facts import Provenance
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.show_toml import new_show, show_toml
from columncast.episodes.show.toml import new_facts
from columncast.feed.artwork.column_picture import published_picture
from columncast.feed.preview.access import PARAMETER, Door
from columncast.feed.preview.pages import Desk
from columncast.feed.preview.server import Listeners, application
from columncast.feed.preview.watch import Watcher
from columncast.feed.serving import loopback
from columncast.feed.site.write import write_site

SLUG = "the-lamp-on-the-mole"
HOOK = "The lamp was lit for a boat that nobody had seen."
COLUMN = """\
---
title: "Harbour Letters: The Lamp on the Mole"
author: Ida Lind
url: https://letters.example/p/lamp
---
April 2, 1924

*Listen to the audio narration of the column above!*

Every evening the keeper of Skarn lit a lamp on the mole, and every morning he wrote “no boat”.

## The ledger

He kept the ledger for **eleven years**, as [the museum](https://museum.example/ledger) can show.

It ends at a quarter past nine on a Sunday, in the middle of a word.

## The boat

Then the boat came in, and nobody was there to write it down.
"""
SENTENCES = [
    "Every evening the keeper of Skarn lit a lamp on the mole,",
    "and every morning he wrote “no boat”.",
    "He kept the ledger for eleven years, as the museum can show.",
    "It ends at a quarter past nine on a Sunday, in the middle of a word.",
    "Then the boat came in, and nobody was there to write it down.",
]
CHAPTERS = (
    Chapter(start_s=0.0, title="Every evening"),
    Chapter(start_s=12.0, title="The ledger"),
    Chapter(start_s=24.0, title="The boat"),
)
DURATION_S = 36.0


def make_show(root: Path, tone: Path) -> ShowFolder:
    """Return a show in *root* with one episode, whose audio is *tone*."""
    folder = ShowFolder(root)
    show = new_show(
        {
            "title": "Harbour Letters",
            "description": "A column on boats.",
            "author": "Ida Lind",
            "site_url": "https://letters.example/",
            "base_url": "https://cast.letters.example/",
            "timezone": "Europe/Oslo",
        }
    )
    files.write(root / "show.toml", show_toml(show).replace('"UTC"', '"Europe/Oslo"'))
    files.write(root / "cover.jpg", plain_cover())
    episode = EpisodeFolder(path=folder.episodes / SLUG)
    source = Provenance(recording="t.wav", recording_sha256="a", column="c.md", column_sha256="b")
    files.write(episode.path / "column.md", COLUMN)
    files.write(episode.path / "narration.wav", b"as given")
    published = datetime(2026, 1, 5, 6, tzinfo=UTC)
    files.write(episode.facts_file, new_facts(source, published) + "\n# a note of Ida's\n")
    build(folder, tone)
    return folder


def build(folder: ShowFolder, tone: Path) -> Episode:
    """Write what a build writes: audio, transcript, page, feed and record."""
    folder = ShowFolder(folder.root)
    source = folder.episode(SLUG)
    audio = tone.read_bytes()
    digest = hashlib.sha256(audio).hexdigest()
    path = f"audio/{SLUG}-{digest[:8]}.mp3"
    files.write(folder.root / path, audio)
    base = folder.show.base_url
    enclosure = Enclosure(
        path=path,
        url=base + path,
        length_bytes=len(audio),
        mime_type="audio/mpeg",
        duration_s=DURATION_S,
        sha256=digest,
    )
    levels = tuple(-19.0 + (i % 5) for i in range(int(DURATION_S)))
    heard = master(duration_s=DURATION_S, short_term_lufs=levels, limited_at_s=(3.0,))
    written = read_with_notes(
        folder, source, make=partial(published_picture, folder), chapters=CHAPTERS
    )
    made = replace(
        episode_of(folder, source, written, enclosure=enclosure, master=heard),
        transcripts=(
            Attachment(url=f"{base}feed/{SLUG}/transcript.json", mime_type="application/json"),
        ),
    )
    files.write(folder.feed / SLUG / "transcript.json", transcript())
    write_site(folder, listings_of([made]), lambda _: made)
    record(folder, made)
    return made


def transcript() -> str:
    """The sentences, evenly over the recording, as podcastindex.org/namespace/1.0 has them."""
    each = DURATION_S / len(SENTENCES)
    segments = [
        {"startTime": i * each, "endTime": (i + 1) * each, "body": text}
        for i, text in enumerate(SENTENCES)
    ]
    return json.dumps({"version": "1.0.0", "segments": segments})


class Address(str):  # noqa: SLOT000 - one or two exist at a time
    """Where a preview is, with what opens it."""

    cookie: str
    door: Door

    def __new__(cls, url: str, door: Door) -> Self:
        self = super().__new__(cls, url)
        self.door = door
        self.cookie = door.cookie().partition(";")[0]
        return self

    def opening(self, path: str) -> str:
        """The address of a page as it is printed."""
        return f"{self}{path}?{PARAMETER}={self.door.key}"


@contextmanager
def serving(
    folder: ShowFolder, *, read_only: bool = False, port: int = 0, **seams
) -> Iterator[Address]:
    """Serve the preview of *folder* as the command does; give its address."""
    operations = None if read_only else publish.operations()
    door = Door()
    listeners = Listeners()
    watcher = Watcher(folder.root, listeners.tell)
    app = application(
        Desk(folder.root, writable=not read_only, **seams), listeners, door, operations
    )
    listening = loopback.listen(loopback.LOOPBACK, port)
    started = threading.Event()
    server = loopback.server(app, listening, lambda _: started.set())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    watcher.start()
    thread.start()
    started.wait(20)
    try:
        yield Address(f"http://{loopback.LOOPBACK}:{listening.getsockname()[1]}", door)
    finally:
        server.should_exit = True
        thread.join(20)
        watcher.stop()
