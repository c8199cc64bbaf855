"""The rules about the files that the feed names: they are there, and they are what it says.

What has to be decoded or read by an audio library comes in as `MediaFacts`; here only bytes and
text are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from columncast.episodes.building.records import waiting_file
from columncast.episodes.disk.files import sha256
from columncast.episodes.model.containers import container_of
from columncast.episodes.model.episode import Attachment, Enclosure, Episode
from columncast.episodes.model.limits import TRANSCRIPT_LINE_CHARACTERS
from columncast.episodes.model.media_types import HTML, SOUNDS, TEXT, by_own_mime
from columncast.episodes.model.notice import Notice
from columncast.episodes.narration.captions import Cue, read_chapters, read_cues
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Show, path_of
from columncast.feed.rules.book import (
    APPLE,
    APPLE_TRANSCRIPTS,
    NAMESPACE,
    RSS,
    RuleBook,
    quoted,
)

CLOSE_S = 1.0
"""Seconds by which a time may lie beyond the end, and the duration in the feed may differ."""


@dataclass(frozen=True, kw_only=True)
class MediaFacts:
    """What the audio package finds out about a published file."""

    duration_s: float
    """By decoding it."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """As players show them: `title`, `album`, `artist`."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """An episode with the folder in which its files lie."""

    show: Show
    episode: Episode
    folder: Path
    facts: MediaFacts | None = None
    listed: bool = True
    """Whether the feed lists it; if not, what is to come to `feed/` waits elsewhere."""

    def file(self, url: str) -> Path | None:
        """Return the file that *url* serves, or will; nothing when it is served from elsewhere."""
        inside = path_of(self.show, url)
        if not inside:
            return None
        if self.listed:
            return self.folder / inside
        return waiting_file(ShowFolder(self.folder), self.episode.slug, inside)

    def cues(self, *, kept: bool = False) -> Iterator[tuple[str, list[Cue]]]:
        """Return the cues of every transcript of ours that can be read, with its name.

        With *kept*, of those that were taken over from elsewhere.
        """
        for transcript in self.episode.transcripts:
            if transcript.kept != kept:
                continue
            path = self.file(transcript.url)
            if path is not None and path.is_file():
                try:
                    yield path.name, read_cues(path.read_bytes(), transcript.mime_type)
                except ValueError:
                    continue  # `transcript-broken` says so


FILES: RuleBook[Published] = RuleBook()


def check_files(
    show: Show,
    episode: Episode,
    folder: Path,
    facts: MediaFacts | None = None,
    *,
    listed: bool = True,
) -> list[Notice]:
    """Return what is wrong with the files of one episode in the show's *folder*.

    *listed* says whether the feed lists it: a scheduled one is looked at where it waits.
    """
    published = Published(show=show, episode=episode, folder=folder, facts=facts, listed=listed)
    return FILES.check(published, episode.slug)


@FILES.rule("error", APPLE)
def file_missing(published: Published) -> Iterator[str]:
    """Every file of ours that the feed names is there."""
    episode = published.episode
    named: list[Enclosure | Attachment] = [
        episode.enclosure,
        *episode.alternates,
        *episode.transcripts,
    ]
    if episode.chapters_file:
        named.append(episode.chapters_file)
    urls = [item.url for item in named]
    urls += [f"{episode.page_url}{name}" for name in episode.pictures]
    for url in urls:
        path = published.file(url)
        if path is not None and not path.is_file():
            yield f"{path.relative_to(published.folder).as_posix()} is missing; run build"


@FILES.rule("error", RSS)
def file_length(published: Published) -> Iterator[str]:
    """The length in the feed is the number of bytes that a server sends."""
    for file, path in _audio(published):
        length = path.stat().st_size
        if length != file.length_bytes:
            yield f"{file.path} has {length} bytes, the feed says {file.length_bytes}; run build"


@FILES.rule("error", APPLE)
def file_changed(published: Published) -> Iterator[str]:
    """The bytes are those whose hash is in the name: apps never fetch a known address again."""
    for file, path in _audio(published):
        if file.sha256 and path.stat().st_size == file.length_bytes and sha256(path) != file.sha256:
            yield f"{file.path} was changed after it was built; run build"


@FILES.rule("error", APPLE)
def file_type(published: Published) -> Iterator[str]:
    """Content, type and extension say the same."""
    for file, path in _audio(published):
        container = container_of(path)
        told = by_own_mime(file.mime_type, SOUNDS)
        if told is None or container != told.container or path.suffix not in told.suffixes:
            found = next((kind.served for kind in SOUNDS if kind.container == container), "")
            yield f"{file.path} is {found or 'no audio that we know'}, the feed says {file.mime_type}"


@FILES.rule("error", APPLE)
def file_duration(published: Published) -> Iterator[str]:
    """The duration in the feed is that of the decoded audio, to a second."""
    if published.facts:
        heard, told = published.facts.duration_s, published.episode.enclosure.duration_s
        if abs(heard - told) > CLOSE_S:
            yield f"the audio lasts {heard:.1f} s, the feed says {told:.1f} s; run build"


@FILES.rule("warning", APPLE)
def file_tags(published: Published) -> Iterator[str]:
    """The tags in the file say what the feed says."""
    wanted = {"title": published.episode.title, "album": published.show.title}
    for name, text in wanted.items():
        tag = published.facts.tags.get(name) if published.facts else None
        if tag is not None and tag != text:
            yield f"the tag {name} is {quoted(tag)}, the feed says {quoted(text)}; run build"


@FILES.rule("error", f"{NAMESPACE}#transcript")
def transcript_broken(published: Published) -> Iterator[str]:
    """A transcript can be read as the type that it has in the feed, and has cues."""
    yield from _unreadable(published, kept=False)


@FILES.rule("error", APPLE_TRANSCRIPTS)
def transcript_times(published: Published) -> Iterator[str]:
    """The cues follow each other and lie within the audio."""
    yield from _odd_times(published, kept=False)


@FILES.rule("warning", APPLE_TRANSCRIPTS)
def transcript_kept(published: Published) -> Iterator[str]:
    """A transcript that came from another host is so, too; what is wrong in it is left as it was."""
    yield from _unreadable(published, kept=True)
    yield from _odd_times(published, kept=True)


def _unreadable(published: Published, *, kept: bool) -> Iterator[str]:
    for transcript in published.episode.transcripts:
        path = published.file(transcript.url)
        if transcript.kept == kept and path is not None and path.is_file():
            try:
                cues = read_cues(path.read_bytes(), transcript.mime_type)
            except ValueError as e:
                yield f"{path.name} {e}"
            else:
                if not cues and transcript.mime_type not in (HTML.mime, TEXT.mime):
                    yield f"{path.name} has no cues"


def _odd_times(published: Published, *, kept: bool) -> Iterator[str]:
    end_s = published.episode.enclosure.duration_s
    for name, cues in published.cues(kept=kept):
        if any(cue.end_s <= cue.start_s for cue in cues):
            yield f"{name} has a cue that ends before it begins"
        if any(later.start_s < earlier.start_s for earlier, later in pairwise(cues)):
            yield f"{name} has cues that are not in the order of their times"
        if cues and max(cue.end_s for cue in cues) > end_s + CLOSE_S:
            yield f"{name} goes on after the end of the audio ({end_s:.1f} s)"


@FILES.rule("note", f"{NAMESPACE}#transcript")
def transcript_lines(published: Published) -> Iterator[str]:
    """Lines of a transcript fit a phone."""
    for name, cues in published.cues():
        lines = [line for cue in cues for line in cue.text.splitlines()]
        count = sum(len(line) > TRANSCRIPT_LINE_CHARACTERS for line in lines)
        if count and not name.endswith(".json"):
            yield f"{name} has {count} lines of more than {TRANSCRIPT_LINE_CHARACTERS} characters"


@FILES.rule("error", f"{NAMESPACE}#chapters")
def chapters_broken(published: Published) -> Iterator[str]:
    """The chapters file can be read and says what the feed says."""
    file = published.episode.chapters_file
    path = published.file(file.url) if file else None
    if path is not None and path.is_file():
        try:
            found = read_chapters(path.read_bytes())
        except ValueError as e:
            yield f"{path.name} {e}"
        else:
            told = [(c.start_s, c.title) for c in published.episode.chapters]
            if [(round(s, 1), t) for s, t in found] != [(round(s, 1), t) for s, t in told]:
                yield f"{path.name} has other chapters than the feed; run build"


def _audio(published: Published) -> Iterator[tuple[Enclosure, Path]]:
    for file in (published.episode.enclosure, *published.episode.alternates):
        path = published.file(file.url)
        if path is not None and path.is_file():
            yield file, path
