"""Which recording and which column belong to which episode, and how that is known.

Only what is there once on both sides counts: two candidates are no answer.
"""

from __future__ import annotations

import bisect
import difflib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import unquote, urlsplit

from columncast.episodes.columns.door import is_collection, list_posts, read_column
from columncast.episodes.errors import ColumnError
from columncast.episodes.importing.feed.episode import OldEpisode
from columncast.episodes.model.containers import container_of
from columncast.episodes.text.normalize import fold, make_slug, split_series

A = TypeVar("A")
B = TypeVar("B")

SOUNDS = frozenset(
    [
        ".mp3",
        ".m4a",
        ".m4b",
        ".mp4",
        ".aac",
        ".ogg",
        ".oga",
        ".opus",
        ".wav",
        ".w64",
        ".flac",
        ".aif",
        ".aiff",
        ".caf",
        ".wma",
        ".mov",
    ]
)
TEXTS = frozenset([".txt", ".text", ".md", ".markdown", ".mdown", ".html", ".htm", ".docx"])
_EXPORTS = frozenset([".zip", ".xml", ".json", ".rss"])

_NUMBERED = r"(?:(?:episode|ep\.?|folge|no\.?|nr\.?)\s*\d+|#\s*\d+|\d{1,4})"
_SPOKEN = (
    r"(?:listen(?: now)?(?: to)?|hear|audio(?: (?:edition|version|narration|column))?|"
    r"narrat(?:ed|ion)|voice-?over|podcast|read aloud|[\u25b6\U0001f3a7\U0001f3a4\U0001f50a]\ufe0f?)"
)
_BEFORE = re.compile(
    rf"^(?:{_NUMBERED}\s*[.:|–—-]\s+|[\[(]?{_SPOKEN}[\])]?\s*[:|–—-]\s*|[\[(]{_SPOKEN}[\])]\s*|"
    rf"[\u25b6\U0001f3a7\U0001f3a4\U0001f50a]\ufe0f?\s*)",
    re.IGNORECASE,
)
_AFTER = re.compile(rf"\s*(?:[\[(]{_SPOKEN}[\])]|[|–—-]\s*{_SPOKEN})$", re.IGNORECASE)
_NEAR = timedelta(days=10)
_ALIKE = 0.85


@dataclass(frozen=True, kw_only=True)
class Text:
    """A column that an episode may be the reading of."""

    path: Path
    title: str
    post: str = ""
    """Which one of an export."""
    slug: str = ""
    link: str = ""
    published: datetime | None = None

    @property
    def name(self) -> str:
        """What a person calls it by."""
        return self.post or self.path.name


@dataclass(frozen=True, kw_only=True)
class Match:
    """An episode with the column it reads."""

    guid: str
    title: str
    text: Text
    by: Literal["link", "title", "title and date", "like title, date"]

    @property
    def sure(self) -> bool:
        """Whether it needs no person to look at it."""
        return not self.by.startswith("like")


def bare_title(title: str, show_title: str = "") -> str:
    """Return *title* for comparing: without numbers, the show's name, and words for narration.

    >>> [bare_title(t) for t in ("Listen: The Ferry", "🎧 The Ferry (Audio)", "Ep. 12 – The ferry!")]
    ['the ferry', 'the ferry', 'the ferry']
    """
    text = split_series(title.strip(), show_title)[1]
    while (shorter := _AFTER.sub("", _BEFORE.sub("", text)).strip()) and shorter != text:
        text = shorter
    return re.sub(r"[^\w\s]+", " ", fold(text)).strip() or fold(title)


def texts_in(path: Path) -> Iterator[Text | ColumnError]:
    """Yield every column of *path*, an export or a folder of columns and exports.

    Raises:
        ColumnError: *path* itself cannot be read.
    """
    if not path.is_dir():
        yield from _texts_of(path)
        return
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() in TEXTS | _EXPORTS and not file.name.startswith("."):
            try:
                yield from _texts_of(file)
            except ColumnError as e:
                yield e


def _texts_of(path: Path) -> Iterator[Text]:
    if is_collection(path):
        for post in list_posts(path):
            if not post.draft:
                yield Text(
                    path=path,
                    title=post.title,
                    post=post.slug,
                    slug=post.slug,
                    published=post.published,
                )
        return
    column = read_column(path)
    yield Text(
        path=path,
        title=column.title,
        slug=column.slug,
        link=column.source_url,
        published=column.published,
    )


def match_columns(
    episodes: Sequence[OldEpisode], texts: Sequence[Text], *, show_title: str = ""
) -> list[Match]:
    """Return which of *episodes* reads which of *texts*: by link, by title, by title and date."""
    found: list[Match] = []
    left, right = list(episodes), list(texts)

    def take(pairs: Iterable[tuple[OldEpisode, Text]], by: str) -> None:
        new = list(pairs)
        found.extend(
            Match(guid=episode.guid, title=episode.title, text=text, by=by)  # type: ignore[arg-type]
            for episode, text in new
        )
        drop(left, right, new)

    take(once(left, right, lambda e: address(e.link), lambda t: address(t.link)), "link")
    take(once(left, right, lambda e: last_step(e.link), lambda t: t.slug), "link")
    take(
        once(
            left,
            right,
            lambda e: bare_title(e.title, show_title),
            lambda t: bare_title(t.title, show_title),
        ),
        "title",
    )
    take(_by_date(left, right, show_title), "title and date")
    take(_alike(left, right, show_title), "like title, date")
    order = {episode.guid: at for at, episode in enumerate(episodes)}
    return sorted(found, key=lambda match: order[match.guid])


def _by_date(
    episodes: Sequence[OldEpisode], texts: Sequence[Text], show_title: str
) -> list[tuple[OldEpisode, Text]]:
    """Those with a title that several have, by the day."""
    return once(
        episodes,
        [text for text in texts if text.published],
        lambda e: (bare_title(e.title, show_title), f"{e.published:%Y-%m-%d}"),
        lambda t: (bare_title(t.title, show_title), f"{t.published:%Y-%m-%d}"),
    )


def _alike(
    episodes: Sequence[OldEpisode], texts: Sequence[Text], show_title: str
) -> Iterator[tuple[OldEpisode, Text]]:
    """Those whose titles are nearly the same and whose dates are near; a person should look."""
    dated = sorted(((t.published, n, t) for n, t in enumerate(texts) if t.published))
    dates = [date for date, _, _ in dated]
    used: set[int] = set()
    for episode in episodes:
        start = bisect.bisect_left(dates, episode.published - _NEAR)
        stop = bisect.bisect_right(dates, episode.published + _NEAR)
        wanted = bare_title(episode.title, show_title)
        fit = [
            text
            for _, number, text in dated[start:stop]
            if number not in used and _ratio(wanted, bare_title(text.title, show_title)) >= _ALIKE
        ]
        if len(fit) == 1:
            used |= {number for _, number, text in dated[start:stop] if text is fit[0]}
            yield episode, fit[0]


def _ratio(a: str, b: str) -> float:
    if a and b and (a in b or b in a):
        return min(1.0, 0.6 + min(len(a), len(b)) / max(len(a), len(b)))
    return difflib.SequenceMatcher(None, a, b).ratio()


def match_audio(episodes: Sequence[OldEpisode], paths: Sequence[Path]) -> dict[str, Path]:
    """Return which file is the audio of which episode, by its guid.

    By the name in the old enclosure's address, then by title, then by length in bytes.
    """
    found: dict[str, Path] = {}
    left, right = list(episodes), list(paths)

    def stem(path: Path) -> Hashable:
        return make_slug(bare_title(path.stem.replace("_", " ")))

    keys: tuple[tuple[Callable[[OldEpisode], Hashable], Callable[[Path], Hashable]], ...] = (
        (lambda e: audio_name(e.audio_url), lambda p: p.name.casefold()),
        (lambda e: make_slug(bare_title(e.title)), stem),
        (lambda e: last_step(e.link), stem),
        (lambda e: e.length_bytes or "", lambda p: p.stat().st_size),
    )
    for of_episode, of_path in keys:
        new = once(left, right, of_episode, of_path)
        found |= {episode.guid: path for episode, path in new}
        drop(left, right, new)
    return found


def drop(left: list[A], right: list[B], pairs: Iterable[tuple[A, B]]) -> None:
    """Take what was paired out of both lists."""
    gone = {id(one) for pair in pairs for one in pair}
    left[:] = [one for one in left if id(one) not in gone]
    right[:] = [one for one in right if id(one) not in gone]


def sounds_in(folder: Path) -> list[Path]:
    """Return every recording in *folder* and below; one without a suffix is known by its bytes."""
    return sorted(
        path
        for path in folder.rglob("*")
        if not path.name.startswith(".")
        and path.is_file()
        and (path.suffix.lower() in SOUNDS or (not path.suffix and _is_sound(path)))
    )


def _is_sound(path: Path) -> bool:
    try:
        return bool(container_of(path))
    except OSError:
        return False


def once(
    left: Sequence[A],
    right: Sequence[B],
    of_left: Callable[[A], Hashable],
    of_right: Callable[[B], Hashable],
) -> list[tuple[A, B]]:
    """Return the pairs of one key, where the key is there once on either side and says something."""
    groups: dict[Hashable, tuple[list[A], list[B]]] = {}
    for a in left:
        groups.setdefault(of_left(a), ([], []))[0].append(a)
    for b in right:
        groups.setdefault(of_right(b), ([], []))[1].append(b)
    return [
        (those[0], these[0])
        for key, (those, these) in groups.items()
        if key and len(those) == 1 and len(these) == 1
    ]


def address(link: str) -> str:
    """Return a link for comparing.

    >>> address("http://www.old.example/p/The-Ferry/?utm_source=x") == address("https://old.example/p/the-ferry")
    True
    """
    parts = urlsplit(link)
    host = (parts.hostname or "").removeprefix("www.")
    path = unquote(parts.path).rstrip("/").casefold()
    return f"{host}{path}" if path else ""


def last_step(link: str) -> str:
    """Return what the address of a post calls it.

    >>> last_step("https://old.example/2019/03/two-ferries/"), last_step("https://old.example/?p=41")
    ('two-ferries', '')
    """
    step = unquote(urlsplit(link).path).rstrip("/").rpartition("/")[2]
    return re.sub(r"\.(html?|php)$", "", step).casefold()


def audio_name(url: str) -> str:
    """Return the file name in the address of an enclosure.

    >>> audio_name("https://count.example/r.mp3/old.example/Two%20Ferries.MP3?source=feed")
    'two ferries.mp3'
    """
    return unquote(urlsplit(url).path).rpartition("/")[2].casefold()
