"""The show's cover as its audio files carry it: small, and made once for each cover.

Every command that makes an episode wants it, and for most the cover is the one of last week.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import Hashes
from columncast.episodes.show.folder import ShowFolder


def tag_picture(folder: ShowFolder, hashes: Hashes) -> bytes:
    """Return the cover of *folder*'s show as a JPEG of 600 pixels.

    Raises:
        CoverError: It is missing, no picture, not square, or too small.
    """
    cover = folder.cover
    with suppress(OSError):  # not made yet; or there is no cover, which is told below
        return _kept(folder, cover, hashes).read_bytes()
    from columncast.feed.artwork.cover import read_cover, thumbnail  # noqa: PLC0415 - Pillow: 0.1 s, 4 MB

    picture = thumbnail(read_cover(cover))
    files.write(_kept(folder, cover, hashes), picture)
    return picture


def _kept(folder: ShowFolder, cover: Path, hashes: Hashes) -> Path:
    # Among the folders of episodes' own covers; no slug has a dot.
    return folder.cache / "covers" / f"{hashes.of(cover)[:32]}.jpg"
