"""One file that shows an episode to a colleague: opened from an e-mail, without a server."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from columncast.episodes.building.records import pictures_folder
from columncast.episodes.disk import files
from columncast.episodes.errors import ColumncastError, CoverError, OutsideError
from columncast.episodes.format import megabytes
from columncast.episodes.model.alignment import AlignedSentence
from columncast.episodes.model.media_types import COLUMN_PICTURES, JPEG, by_suffix
from columncast.episodes.narration.carried import laid
from columncast.episodes.narration.units import units
from columncast.episodes.remarks.content import content_of
from columncast.episodes.remarks.look import times_of
from columncast.episodes.remarks.review_file import BEGIN, END, NAME_LIMIT, TEXT_LIMIT, VERSION
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.text.html import parse
from columncast.episodes.text.template import safe, shipped
from columncast.feed.artwork.cover import read_cover, thumbnail
from columncast.feed.live.remembered import remembered_items
from columncast.feed.preview.draft import Draft, read_draft
from columncast.feed.preview.page import exported_parts, fill, part
from columncast.feed.preview.scripts import PACKAGE, in_one_text

SECTIONS = (
    ("read", "The column"),
    ("send", "Your review"),
    ("notes", "The show notes"),
    ("apps", "In the apps"),
    ("warnings", "Warnings"),
    ("listen", "Chapters and transcript"),
)
"""What a colleague gets to see; the editor's fields, tags and comparisons stay at home."""
PICTURES = ("pictures", "The column's pictures")
"""Within the file: at their public address there may be nothing yet."""
EMBED_MOST_BYTES = 15_000_000
"""Of audio that goes along unasked: with it, the file has 20 MB, which mail servers take."""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A sentence as the page shows it."""

    number: int
    sentence: AlignedSentence


def export(folder: ShowFolder, slug: str, out: Path, *, embed_audio: bool) -> None:
    """Write the episode called *slug* to *out* for a colleague: one file that needs no other.

    It asks nothing of any network. The audio goes along if it is small enough for an e-mail, and
    with *embed_audio* however large it is; the file is then a third larger than the audio.

    Raises:
        ColumncastError: As publishing would for what cannot be read.
    """
    files.write_out(out, exported(read_draft(folder.root, slug), embed_audio=embed_audio))


def exported(draft: Draft, *, embed_audio: bool) -> str:
    """Return that file; the same draft gives the same text."""
    cover = _cover(draft)
    style = shipped(PACKAGE, "preview.css") + shipped(PACKAGE, "review.css") + _in_lists(cover)
    script = in_one_text()
    parts = exported_parts(draft, audio="")
    parts["read"] = part("read", paragraphs=_paragraphs(draft), left_out=draft.column.dropped)
    parts["send"] = part("send", name_limit=NAME_LIMIT)
    sections: tuple[tuple[str, str], ...] = SECTIONS
    if pictures := list(_pictures(draft)):
        parts["pictures"] = part("pictures", pictures=pictures)
        sections = (*SECTIONS, PICTURES)
    return fill(
        "colleague.html",
        title=draft.column.title,
        show=draft.show.title,
        parts=parts,
        sections=sections,
        cover=cover,
        policy=_policy(style, script),
        style=safe(style),
        script=safe(script),
        data=safe(_data(draft)),
        text_limit=TEXT_LIMIT,
        **_sound(draft, embed=embed_audio),
    )


def _policy(style: str, script: str) -> str:
    """What the file may do: its own style and script, and nothing that asks a network."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; media-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    """A hash of an inline element's text, as policies name it (w3.org/TR/CSP3)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _paragraphs(draft: Draft) -> list[list[Spoken]]:
    """The column as it is read aloud, by paragraphs, with the times that are known."""
    language = draft.column.language or draft.show.language
    found = laid(units(draft.column), draft.alignment, language=language).sentences
    numbered = [Spoken(number=at, sentence=one) for at, one in enumerate(found)]
    # A title and the date below it belong to no paragraph.
    groups = groupby(
        numbered, key=lambda one: (one.sentence.paragraph, one.sentence.heading and one.number)
    )
    return [list(group) for _, group in groups]


def _data(draft: Draft) -> str:
    """What the script has to know, as JSON that no markup is seen in."""
    episode_dir = draft.folder.episode(draft.slug)
    told = {
        "version": VERSION,
        "guid": draft.facts.guid,
        "slug": draft.slug,
        "title": draft.column.title,
        "approves": _approves(draft, episode_dir),
        "times": _times(draft, episode_dir),
        "begin": BEGIN,
        "end": END,
    }
    return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")


def _approves(draft: Draft, episode_dir: EpisodeFolder) -> dict[str, str] | None:
    """What an approval is for; None where the recording, say, is on a disk that is not there."""
    try:
        return vars(content_of(draft.folder, episode_dir, draft.column))
    except ColumncastError:
        return None


def _times(draft: Draft, episode_dir: EpisodeFolder) -> list[tuple[float, float]]:
    """Pairs of a second of the audio file and the one of the recording that is heard then."""
    times = times_of(draft.folder, episode_dir)
    points = [(times.offset_s, 0.0)]
    for one in times.stretches:
        heard_s = points[-1][0] + one.start_s - points[-1][1]
        points += [(heard_s, one.start_s), (heard_s + one.heard_s, one.end_s)]
    return points


def _sound(draft: Draft, *, embed: bool) -> dict[str, str]:
    """What the page plays, or why it plays nothing and where else it can be heard."""
    if draft.built is None or draft.audio is None:
        return {"audio": "", "silent": "The audio is not made yet.", "listen_at": ""}
    enclosure = draft.built.enclosure
    if embed or enclosure.length_bytes <= EMBED_MOST_BYTES:
        audio = f"data:{enclosure.mime_type};base64,{_encoded(draft.audio.read_bytes())}"
        return {"audio": audio, "silent": "", "listen_at": ""}
    size, most = megabytes(enclosure.length_bytes), megabytes(EMBED_MOST_BYTES)
    live = any(
        item.audio == enclosure.url
        for name in draft.show.destinations
        for item in (remembered_items(draft.folder, name) or {}).values()
    )
    told = f"The recording is not in this file: it has {size}, and {most} is what e-mail takes."
    return {"audio": "", "silent": told, "listen_at": enclosure.url if live else ""}


def _cover(draft: Draft) -> str:
    try:
        picture = thumbnail(read_cover(draft.folder.cover), side_px=120)
    except (CoverError, OutsideError):
        return ""  # the preview of notes is no place to refuse a cover
    return f"data:{JPEG.mime};base64,{_encoded(picture)}"


def _in_lists(cover: str) -> str:
    """The style by which every pane shows the cover, which is in the file once."""
    if not cover:
        return ""
    return (
        '.in-list::before { content: ""; flex: none; width: 56px; height: 56px; '
        f'border-radius: 8px; background: center / cover url("{cover}"); }}\n'
    )


def _pictures(draft: Draft) -> Iterator[dict[str, str]]:
    """Yield each picture of the column: as small as its page has it, and standing still."""
    if draft.episode is None:
        return
    there = files.names(pictures_folder(draft.folder, draft.slug))
    still = ""  # of one that moves
    for shown in parse(draft.episode.text_html).walk():
        smallest = shown.attrs.get("srcset", "").partition(" ")[0]
        if shown.tag == "source":
            still = smallest
        if shown.tag != "img":
            continue
        name, still = still or smallest or shown.attrs.get("src", ""), ""
        kind = by_suffix(Path(name).suffix, COLUMN_PICTURES)
        if kind and name in there:
            path = pictures_folder(draft.folder, draft.slug) / name
            src = f"data:{kind.mime};base64,{_encoded(path.read_bytes())}"
            yield {"src": src} | {
                key: shown.attrs.get(key, "") for key in ("alt", "width", "height")
            }


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
