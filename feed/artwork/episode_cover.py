"""An episode's own cover: the picture beside its column, as directories accept it.

It waits in the cache until the feed lists the episode, as transcripts do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from columncast.episodes.disk import files
from columncast.episodes.disk.journal import Changes
from columncast.episodes.errors import CoverError
from columncast.episodes.model.asset_name import name_for
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.media_types import JPEG, PNG
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.intake import put_in_place

if TYPE_CHECKING:
    from columncast.feed.artwork.small_pictures import Cover


def own_cover(episode_dir: EpisodeFolder) -> Cover | None:
    """Return the cover that lies in the folder of the episode *episode_dir*, if one does.

    Raises:
        CoverError: It is not one that directories accept, and no episode had it elsewhere.
    """
    path = episode_dir.cover
    if path is None:
        return None
    from columncast.feed.artwork.cover import read_cover, suffix_of  # noqa: PLC0415 - Pillow
    from columncast.feed.artwork.small_pictures import Cover  # noqa: PLC0415 - as above

    try:
        return read_cover(path)
    except CoverError as e:
        kind = suffix_of(path) if episode_dir.facts.source.feed else ""
        if kind not in (JPEG.suffix, PNG.suffix):
            raise
        # Listeners have seen it already; that it could be better must not take their episode away.
        told = Notice(
            code="cover-kept", message=f"{e.message}; it stays unchanged", where=path.name
        )
        mime_type = PNG.mime if kind == PNG.suffix else JPEG.mime
        return Cover(
            content=path.read_bytes(), suffix=kind, mime_type=mime_type, side_px=0, notices=(told,)
        )


@dataclass(frozen=True, kw_only=True)
class CoverChange:
    """What becomes of the picture in an episode's folder."""

    picture: Path | None = None
    """The new one; None: none comes."""
    suffix: str = ""
    goes: bool = False
    """The one that is there goes."""

    def lay(self, tried: EpisodeFolder) -> None:
        """Put the new picture into *tried*, in which the change is tried out, and no other."""
        if self.goes:
            for path in tried.path.glob("cover.*"):
                path.unlink()
        if self.picture:
            files.copy(self.picture, tried.path / f"cover{self.suffix}")

    def put_in_place(self, step: Changes, episode: EpisodeFolder, tried: EpisodeFolder) -> None:
        """Let *episode* have the picture of *tried*, as one *step* of a change."""
        if self.picture:
            put_in_place(step, episode, tried.path / f"cover{self.suffix}")
        elif self.goes:
            for path in episode.path.glob("cover.*"):
                step.remove(path)


def cover_change(facts: dict[str, object]) -> CoverChange:
    """Take the `cover` out of *facts*: the path of a new picture, or None, so that the old one goes.

    The words of the old one, in `cover_alt`, go with it.

    Raises:
        CoverError: The new one is not one that directories accept; nothing was changed.
    """
    if "cover" not in facts:
        return CoverChange()
    from columncast.feed.artwork.cover import read_cover, suffix_of  # noqa: PLC0415 - Pillow

    facts.setdefault("cover_alt", None)
    given = facts.pop("cover")
    if given is None:
        return CoverChange(goes=True)
    picture = Path(str(given))
    read_cover(picture)
    return CoverChange(picture=picture, suffix=suffix_of(picture), goes=True)


def with_cover(episode: Episode, cover: Cover | None) -> Episode:
    """Return *episode* as it is with *cover*."""
    if cover is None:
        return episode
    return replace(
        episode,
        image_url=f"{episode.page_url}{_name(cover)}",
        notices=(*episode.notices, *cover.notices),
    )


def lay_cover(folder: ShowFolder, slug: str, cover: Cover) -> None:
    """Write *cover* where it waits until the feed lists the episode *slug*."""
    files.write(_waiting(folder, slug) / _name(cover), cover.content)


def _name(cover: Cover) -> str:
    # A changed cover has a changed name: apps and directories keep pictures by address.
    return name_for(cover.content, "cover", cover.suffix)


def own_covers(folder: ShowFolder, episode: Episode) -> Iterator[Path]:
    """Return the picture that the feed names for *episode*, where it waits to be published."""
    inside = episode.image_url.removeprefix(episode.page_url)
    if episode.image_url and inside != episode.image_url:
        yield _waiting(folder, episode.slug) / inside


def _waiting(folder: ShowFolder, slug: str) -> Path:
    return folder.cache / "covers" / slug
