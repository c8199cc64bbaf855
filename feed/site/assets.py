"""What pages show, run and fetch beside themselves, each under a name with a hash of its bytes."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from columncast.episodes.errors import CoverError
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.asset_name import glob_of, name_for
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.media_types import WEBP
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Show
from columncast.feed.artwork.episode_cover import own_covers
from columncast.feed.artwork.small_pictures import CoverPictures, small_pictures
from columncast.feed.site.readalong import sentence_times, word_times


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file and the name that it is published under."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class SharedFiles:
    """What every page of a show uses: names in `feed/`, or addresses."""

    cover_url: str
    """The cover as directories get it; no page loads it before somebody plays."""
    picture: str
    """The cover, small enough for a page."""
    icon: str
    """The cover on a phone's home screen."""
    play_url: str
    """The cover under a play sign, for e-mails and for those who ask by oEmbed."""
    style: str
    """Of the player."""
    script: str
    """The player; empty for a page in which nothing runs."""
    page_script: str
    """What every page does: it copies the feed's address; empty where nothing runs."""
    show_style: str
    show_script: str
    """What the show's page does: it plays."""
    search_script: str


def shared_files(show: Show, pictures: CoverPictures) -> tuple[SharedFiles, tuple[Asset, ...]]:
    """Return how the pages of *show* name what they share, and the files themselves."""
    # A changed cover has a changed name: apps and directories keep pictures by address.
    large = asset("cover", pictures.cover.suffix, pictures.cover.content)
    picture = asset("thumbnail", WEBP.suffix, pictures.small.page)
    icon = asset("icon", ".png", pictures.icon)
    play = asset("play", ".jpg", pictures.small.play)
    style, script = _static("player.css"), _static("player.js")
    page_script = _static("page.js")
    show_style, show_script = _static("show.css"), _static("show.js")
    search_script = _static("search.js")
    named = SharedFiles(
        cover_url=f"{show.base_url}feed/{large.name}",
        picture=picture.name,
        icon=icon.name,
        play_url=f"{show.base_url}feed/{play.name}",
        style=style.name,
        script=script.name,
        page_script=page_script.name,
        show_style=show_style.name,
        show_script=show_script.name,
        search_script=search_script.name,
    )
    statics = (style, script, page_script, show_style, show_script, search_script)
    return named, (large, picture, icon, play, *statics)


def built_files(feed: Path, *, cover_url: str) -> SharedFiles:
    """Return how the pages in the folder *feed* name what they share, as it was last built.

    The script is left out: this is for a preview, in which nothing runs.
    """

    def name(stem: str, suffix: str) -> str:
        found = sorted(path.name for path in feed.glob(glob_of(stem, suffix)))
        return found[-1] if found else f"{stem}{suffix}"

    return SharedFiles(
        cover_url=cover_url,
        picture=name("thumbnail", WEBP.suffix),
        icon=name("icon", ".png"),
        play_url="",
        style=name("player", ".css"),
        script="",
        page_script="",
        show_style=name("show", ".css"),
        show_script="",
        search_script="",
    )


def words_file(alignment: Alignment | None, episode: Episode) -> Asset | None:
    """Return when the words of an episode's page are spoken; None where that is not known."""
    if alignment is None or alignment.verdict != "ok":
        return None
    times = word_times(alignment, episode.text_html)
    return asset("words", ".json", times.encode()) if times else None


def times_files(alignment: Alignment | None, episode: Episode) -> tuple[Asset | None, Asset | None]:
    """Return when the words of the page, and the sentences of an article, are spoken."""
    if alignment is None or alignment.verdict != "ok":
        return None, None
    timed = sentence_times(alignment)
    spoken = asset("sentences", ".json", timed.encode()) if timed else None
    return words_file(alignment, episode), spoken


@dataclass(frozen=True, kw_only=True)
class OwnPictures:
    """What is made of an episode's own cover."""

    page: Asset
    play: Asset


def own_picture(folder: ShowFolder, episode: Episode) -> OwnPictures | None:
    """Return an episode's own cover for its page; None where it has none that can be made small."""
    for path in own_covers(folder, episode):
        with suppress(CoverError):  # taken over as another host served it: the page has the show's
            small = small_pictures(path)
            return OwnPictures(
                page=asset("thumbnail", WEBP.suffix, small.page),
                play=asset("play", ".jpg", small.play),
            )
    return None


def asset(stem: str, suffix: str, content: bytes) -> Asset:
    """Return *content* under its name.

    >>> asset("player", ".js", b"").name
    'player-e3b0c442.js'
    """
    return Asset(name=name_for(content, stem, suffix), content=content)


def static_text(name: str) -> str:
    """Return what the file *name* of the folder `static` says."""
    return (resources.files("columncast.feed.site") / "static" / name).read_text(encoding="utf-8")


def lean_script(name: str) -> bytes:
    """Return the script *name* of the folder `static` without its comments and indents."""
    lines = _COMMENT.sub("", static_text(name)).splitlines()
    return "".join(f"{line}\n" for line in lines if line).encode()


_COMMENT = re.compile(r"^\s*(?://|/\*\*).*$|^\s+|(?<=[;{]) // .*$", re.MULTILINE)


CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_SPACE = ((r"\s*([{};,])\s*", r"\1"), (r":\s+", ":"), (";}", "}"), (r"\s+", " "))
"""What our style sheets do without: in none of them a string or an address has such spaces."""


def lean_style(text: str) -> str:
    """Return a style sheet of ours without comments and the spaces that are for its readers.

    >>> lean_style("/* Of links */ a, b { color: red; margin: 0 auto; }")
    ' a,b{color:red;margin:0 auto}'
    """
    text = CSS_COMMENT.sub("", text)
    for space, shorter in _CSS_SPACE:
        text = re.sub(space, shorter, text)
    return text


def _static(name: str) -> Asset:
    stem, _, suffix = name.partition(".")
    lean = lean_script(name) if suffix == "js" else lean_style(static_text(name)).encode()
    return asset(stem, f".{suffix}", lean)
