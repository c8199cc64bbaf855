"""Reviews as colleagues send them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from columncast.episodes.building.records import alignment_file, read_along_folder
from columncast.episodes.disk import files
from columncast.episodes.entry.compose import column_of
from columncast.episodes.model.alignment import AlignedSentence, Alignment, TimedWord
from columncast.episodes.model.review import Content
from columncast.episodes.narration.units import units
from columncast.episodes.remarks.content import content_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.text.sentences import split_sentences


def content(folder: ShowFolder, slug: str) -> Content:
    """What an approval of the episode is for now."""
    fresh = ShowFolder(folder.root)
    return content_of(fresh, fresh.episode(slug))


def review(folder: ShowFolder, slug: str, **changed: Any) -> dict[str, Any]:
    """A review of the episode with one remark, as the exported page writes it."""
    facts = ShowFolder(folder.root).episode(slug).facts
    return {
        "columncast_review": 1,
        "guid": facts.guid,
        "title": "What the Masons Left",
        "name": "Ruth Calder",
        "sent": "2026-11-28T18:00:00Z",
        "remarks": [
            {
                "text": "A yard of what?",
                "sentence": "Every spring the masons came back, added a yard, and were paid in cheese.",
            }
        ],
        **changed,
    }


def approval(folder: ShowFolder, slug: str, **changed: Any) -> dict[str, Any]:
    """An approval of the episode as it is now, without a remark."""
    approves = vars(content(folder, slug))
    return review(folder, slug, **({"remarks": [], "approves": approves} | changed))


def sent(folder: Path, what: object, name: str = "review.json") -> Path:
    """The file that came back."""
    path = folder / name
    data = what if isinstance(what, bytes) else json.dumps(what).encode()
    path.write_bytes(data)
    return path


def aligned(folder: ShowFolder, slug: str, *, duration_s: float) -> Alignment:
    """Lay the column of the episode beside its audio, word after word at an even pace."""
    episode_dir = folder.episode(slug)
    read = units(column_of(folder.show, episode_dir))
    each_s = duration_s / sum(len(unit.text.split()) for unit in read)
    made, at_s = [], 0.0
    for unit in read:
        for text in split_sentences(unit.text):
            words = []
            for word in text.split():
                words.append(TimedWord(text=word, start_s=at_s, end_s=at_s + each_s, heard=True))
                at_s += each_s
            made.append(
                AlignedSentence(
                    text=text,
                    start_s=words[0].start_s,
                    end_s=words[-1].end_s,
                    status="read",
                    band="sure",
                    words=tuple(words),
                    paragraph=unit.paragraph,
                    heading=unit.heading,
                )
            )
    alignment = Alignment(sentences=tuple(made), duration_s=duration_s)
    files.write(alignment_file(read_along_folder(folder, slug)), msgspec.json.encode(alignment))
    return alignment
