"""The show's cover, and the small pictures that pages show of covers: made once for each of them.

Most commands find all of it made. Only what has to be made loads Pillow, which takes longer than
the rest of a page.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import digest
from columncast.episodes.disk.remembered import remembered
from columncast.episodes.disk.versions import software
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.folder import ShowFolder

PLAY_PX = 240
"""The side of the picture with a play sign: shown at half of it, so sharp on every screen."""


@dataclass(frozen=True, kw_only=True)
class Cover:
    """A cover as it is published."""

    content: bytes
    suffix: str
    """`.jpg` or `.png`, as the bytes are."""
    mime_type: str
    side_px: int
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SmallPictures:
    """What is made of a cover for pages."""

    page: bytes
    """A WebP, small enough for a page; see `cover.page_picture`."""
    play: bytes
    """A JPEG of `PLAY_PX` with a play sign; see `cover.play_picture`."""


@dataclass(frozen=True, kw_only=True)
class CoverPictures:
    """The cover of a show, and what is made of it."""

    cover: Cover
    small: SmallPictures
    icon: bytes
    """A PNG for a phone's home screen; see `cover.page_icon`."""


def cover_pictures(folder: ShowFolder) -> CoverPictures:
    """Return the cover of *folder*'s show as directories accept it, and what pages show of it.

    Raises:
        CoverError: It is missing, no picture, not square, or too small.
    """

    def make() -> CoverPictures:
        from columncast.feed.artwork.cover import read_cover  # noqa: PLC0415 - Pillow

        return pictures_of(read_cover(folder.cover))

    try:
        key = digest(software(), folder.cover.name, files.sha256(folder.cover))
    except OSError:
        return make()  # which says what is wrong with the cover
    return remembered(folder.cache / "cover-pictures.json", key, CoverPictures, make)


def pictures_of(cover: Cover) -> CoverPictures:
    """Return *cover* with what pages show of it.

    Raises:
        CoverError: It is no picture that is opened here.
    """
    from columncast.feed.artwork.cover import page_icon  # noqa: PLC0415 - Pillow

    small, icon = _small(cover.content), page_icon(cover.content)
    return CoverPictures(cover=cover, small=small, icon=icon)


def small_pictures(cover: Path) -> SmallPictures:
    """Return what a page shows of *cover*, an episode's own that waits in the cache.

    Raises:
        CoverError: It is no picture that is opened here.
    """
    content = cover.read_bytes()
    key = digest(software(), hashlib.sha256(content).hexdigest())
    return remembered(cover.with_name("small.json"), key, SmallPictures, lambda: _small(content))


def _small(content: bytes) -> SmallPictures:
    from columncast.feed.artwork.cover import page_picture, play_picture  # noqa: PLC0415 - Pillow

    return SmallPictures(page=page_picture(content), play=play_picture(content))
