"""The search of the show's page: an index of static files, of which a query loads a few.

The words of a year's episodes are in a few files by their first two letters, so that a query loads one
small file a year and word, and a new episode changes the files of its own year alone. Only what is
public is in it: titles, notes, and transcripts that lie beside their pages. `static/search.js`
reads it, and splits a query as `words_of` splits a text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from columncast.episodes.building.records import waiting_file
from columncast.episodes.disk import files
from columncast.episodes.disk.versions import software
from columncast.episodes.errors import ColumncastError
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.media_types import JSON, SRT, VTT, by_own_mime
from columncast.episodes.model.summary import Listing, newest_first
from columncast.episodes.narration.captions import read_cues
from columncast.episodes.phrases.book import phrases
from columncast.episodes.phrases.cldr import long_date
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import path_of
from columncast.feed.site import wording
from columncast.feed.site.assets import Asset, asset
from columncast.feed.site.rendered import Rendered, fingerprint

FEWEST = 10
"""Episodes that a search is offered from; fewer are seen at a glance."""
PART_BYTES = 8_000
"""What one file of words should not go beyond by much, before the server compresses it."""
MOST_PARTS = 32
OFTEN = 3
"""A word that is in a text so many times is what it is about."""
IN_TEXT, IN_TEXT_OFTEN, IN_TITLE = range(3)
CUED = (VTT, SRT, JSON)
"""Kinds of transcripts that say when each line is spoken."""
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Kana and Han: written without spaces, found by pairs of letters."""
_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
"""Accents, Hebrew and Arabic vowels, the Arabic lengthening stroke: a query may lack them."""


class Block(msgspec.Struct, frozen=True):
    """What one year was made from, and the files that it has."""

    made_from: str
    episodes: str
    parts: tuple[str, ...]
    """Empty where no word begins so."""

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all that it has."""
        return (self.episodes, *filter(None, self.parts))


@dataclass(frozen=True)
class Search:
    """The index of a show, as far as it is to be written."""

    name: str
    """The file in `feed/` that names all others; empty where there is no search."""
    names: frozenset[str] = frozenset()
    """All files of it."""
    assets: tuple[Asset, ...] = ()
    """Those that are not there yet."""


def search_of(
    folder: ShowFolder,
    listed: Sequence[Listing],
    load: Callable[[str], Episode],
    rendered: Rendered,
) -> Search:
    """Return the index of the episodes *listed*; of those years alone that have changed anew."""
    if len(listed) < FEWEST:
        return Search("")
    known = _remembered(folder)
    common = (software(), folder.show.language, folder.show.phrases, folder.show.base_url)
    years: dict[int, list[Listing]] = {}
    for episode in newest_first(listed):
        years.setdefault(episode.published.year, []).append(episode)
    blocks: dict[str, Block] = {}
    assets: list[Asset] = []
    for year, episodes in years.items():
        made_from = fingerprint(common, [episode.mark for episode in episodes])
        before = known.get(str(year))
        if before and before.made_from == made_from:
            # Each is asked about, or the next run would not know it. It is named by what is in it, and
            # two years may have the same file.
            stale = [rendered.stale(name, name) for name in before.files]
            if not any(stale):
                blocks[str(year)] = before
                continue
        lines, *parts = _block(folder, episodes, load)
        made = [lines, *filter(None, parts)]
        blocks[str(year)] = Block(
            made_from, lines.name, tuple(part.name if part else "" for part in parts)
        )
        for one in made:
            rendered.stale(one.name, one.name)
        assets += made
    table = _asset([[block.episodes, block.parts] for block in blocks.values()])
    if blocks != known:
        files.write(_memory(folder), msgspec.json.encode(blocks))
    every = {name for block in blocks.values() for name in block.files}
    return Search(table.name, frozenset(every | {table.name}), (*assets, table))


def words_of(text: str) -> Iterator[str]:
    """Give the words of *text* as they are looked for: without accents, in small letters.

    >>> list(words_of("L'Été, ß and 2nd"))
    ['l', 'ete', 'ss', 'and', '2nd']
    >>> list(words_of("東京都 Tokyo"))
    ['東京', '京都', 'tokyo']
    """
    folded = unicodedata.normalize("NFKD", text).lower().replace("ß", "ss")
    words = _word().findall(_MARKS.sub("", folded))
    if not _UNSPACED_RUN.search(folded):
        yield from words
        return
    for word in words:
        for run in re.findall(f"[{UNSPACED}]+|[^{UNSPACED}]+", word):
            if _UNSPACED_RUN.match(run) and len(run) > 1:
                yield from (run[at : at + 2] for at in range(len(run) - 1))
            else:
                yield run


@cache
def _word() -> re.Pattern[str]:
    """Letters, digits, and the signs that belong to a letter in scripts such as Devanagari."""
    marks = "".join(c for c in map(chr, range(0x300, 0xFFFF)) if unicodedata.category(c)[0] == "M")
    return re.compile(f"(?:[^\\W_]|[{marks}])+")


def _block(
    folder: ShowFolder, episodes: Sequence[Listing], load: Callable[[str], Episode]
) -> tuple[Asset, *tuple[Asset | None, ...]]:
    """Return the files of one year: lines to show, then words by how they begin."""
    lines = []
    index: dict[str, list[int]] = {}
    for at, listing in enumerate(episodes):
        episode = load(listing.slug)
        transcript, spoken = _transcript(folder, episode)
        lines.append(_line(folder, listing, transcript))
        in_title = set(words_of(f"{episode.title} {episode.subtitle}"))
        counts = Counter(words_of(f"{episode.notes.plain} {spoken}"))
        for word in in_title | set(counts):
            often = IN_TEXT_OFTEN if counts[word] >= OFTEN else IN_TEXT
            index.setdefault(word, []).append(at * 3 + (IN_TITLE if word in in_title else often))
    whole = {word: _steps(index[word]) for word in sorted(index)}
    count, length_bytes = 1, len(_json(whole))
    while count < MOST_PARTS and length_bytes / count > PART_BYTES:
        count *= 2
    parts: list[dict[str, list[int]]] = [{} for _ in range(count)]
    for word, steps in whole.items():
        parts[_place(word) % count][word] = steps
    return (_asset(lines), *(_asset(part) if part else None for part in parts))


def _place(word: str) -> int:
    """Return a number that all words which begin alike have in common."""
    if _UNSPACED_RUN.match(word):
        return ord(word[0])  # a single sign is a word there, and is looked for
    return ord(word[0]) * 31 + (ord(word[1]) if len(word) > 1 else 0)


def _line(folder: ShowFolder, listing: Listing, transcript: str) -> list[str]:
    show = folder.show
    of_episode = phrases(show.language, "episode", show.phrases)
    units = phrases(show.language, "units", show.phrases)
    facts = (
        long_date(listing.published, show.language),
        wording.place(listing, of_episode),
        wording.length(listing.duration_s, units),
    )
    meta = " · ".join(fact for fact in facts if fact)
    return [listing.slug, listing.title, meta, listing.summary, transcript]


def _transcript(folder: ShowFolder, episode: Episode) -> tuple[str, str]:
    """Return the name of a WebVTT file beside its page, if there is one, and what is spoken."""
    for attachment in episode.transcripts:
        path = path_of(folder.show, attachment.url)
        kind = by_own_mime(attachment.mime_type)
        if not path or kind not in CUED:
            continue
        try:
            data = waiting_file(folder, episode.slug, path).read_bytes()
            cues = read_cues(data, attachment.mime_type)
        except (OSError, ValueError, ColumncastError):
            continue  # taken over damaged from another host: its title and notes are found
        name = path.rpartition("/")[2] if kind == VTT else ""
        return name, " ".join(cue.text for cue in cues)
    return "", ""


def _steps(numbers: Iterable[int]) -> list[int]:
    """Return ascending *numbers* as the first and how much is added to each: shorter to write."""
    found, last = [], 0
    for number in numbers:
        found.append(number - last)
        last = number
    return found


def _asset(content: object) -> Asset:
    return asset("search", ".json", _json(content))


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _memory(folder: ShowFolder) -> Path:
    return folder.cache / "search.json"


def _remembered(folder: ShowFolder) -> dict[str, Block]:
    try:
        return msgspec.json.decode(_memory(folder).read_bytes(), type=dict[str, Block])
    except (OSError, msgspec.DecodeError):
        return {}  # deleted with the cache, which may be at any time: all years are made anew
