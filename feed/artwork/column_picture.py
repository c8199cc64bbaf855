"""The pictures of a column as its page shows them: small enough, and saying nothing of their maker.

What is published is pixels alone. EXIF, GPS, XMP, profiles and remarks stay at home; how a camera
was held and which colours it meant are put into the pixels first. Two widths are made where the
smaller one saves bytes: the page's column of text is 38 rem wide, and good screens have twice that.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import msgspec
import PIL
from PIL import Image, ImageOps

from columncast.episodes.building.records import pictures_folder
from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import digest
from columncast.episodes.errors import PictureError
from columncast.episodes.model.asset_name import name_for
from columncast.episodes.model.media_types import COLUMN_PICTURES, GIF, JPEG, PNG, WEBP
from columncast.episodes.model.picture import PUBLISHED, Picture, PictureFile
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.artwork.gif import without_remarks
from columncast.feed.artwork.opening import in_srgb, moves, opened, read, readable

FORMATS = tuple(kind.name.upper() for kind in COLUMN_PICTURES)
MOST_PIXELS = 8192 * 6144
"""Phones take pictures of 50 million pixels; unpacked, such a PNG has 0.2 GB."""
WIDTHS_PX = (608, 1216)
"""38 rem of 16 pixels, and the same on a screen with two pixels for one."""
TALLEST_PX = 8000
PAYS = 0.7
"""A smaller file is made where it has at most this part of the larger one's bytes."""
MOVING_MOST_BYTES = 3_000_000
"""Of a picture that moves; beyond, it stands still. A page of text is read on trains."""
_GRAPHIC_MOST_BYTES = 250_000
"""Drawings and screenshots stay sharp up to here; a heavier PNG is a photograph."""
_ENGINE = 1
"""Raised when the same picture would come out differently than before."""
_MOST_FRAMES = 1000
_SUFFIXES = {kind.name.upper(): kind.suffix for kind in COLUMN_PICTURES} | {"MPO": JPEG.suffix}
_OTHERS = {
    b"%PDF": "is a PDF; save the page as PNG",
    b"II*\x00": "is a TIFF or a camera's raw picture; save it as JPEG or PNG",
    b"MM\x00*": "is a TIFF or a camera's raw picture; save it as JPEG or PNG",
}


def suffix_of_picture(path: Path) -> str:
    """Return the suffix that fits the picture at *path*, by its header.

    Raises:
        PictureError: It is none that a page can show.
    """
    data = read(path)
    _refuse_other(data)
    with readable():
        _, kind = opened(data, formats=FORMATS, most_pixels=MOST_PIXELS)
    return _SUFFIXES[kind]


def published_picture(folder: ShowFolder, source: Path, slug: str, name: str) -> Picture:
    """Return the picture *source* of the episode *slug* as its page shows it.

    The names of its files begin with *name*, and they wait in the cache until the feed lists the episode. The same picture gives the same
    bytes, and is worked on once.

    Raises:
        PictureError: It is none that a page can show.
    """
    data = read(source)
    waiting = pictures_folder(folder, slug)
    key = digest(hashlib.sha256(data).hexdigest(), name, _ENGINE, PIL.__version__)
    made = waiting / f"{key[:16]}.json"
    known = _known(made)
    if known and all((waiting / name).is_file() for name in known.names):
        return known
    _refuse_other(data)
    with readable():
        picture = _made(data, name, waiting)
    files.write(made, msgspec.json.encode(picture))
    return picture


def forget_pictures(folder: ShowFolder, slug: str, names: tuple[str, ...]) -> None:
    """Remove what waits for the episode *slug* and is not of those *names*, which its page shows."""
    waiting = pictures_folder(folder, slug)
    for name in files.names(waiting):
        if (PUBLISHED.fullmatch(name) and name not in names) or (
            name.endswith(".json") and not _is_shown(_known(waiting / name), names)
        ):
            files.drop(waiting / name)


def _is_shown(picture: Picture | None, names: tuple[str, ...]) -> bool:
    return picture is not None and set(picture.names) <= set(names)


def _known(made: Path) -> Picture | None:
    """Return what was made before, by its note in the cache."""
    try:
        return msgspec.json.decode(made.read_bytes(), type=Picture)
    except (OSError, msgspec.DecodeError):
        return None


def _refuse_other(data: bytes) -> None:
    """Say of kinds that people have, and pages do not show, what to do with them."""
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if (
        head.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg"))
        and b"<svg" in data[:100_000].lower()
    ):
        raise PictureError("is an SVG drawing, which can hold scripts; save it as PNG")
    if head.startswith((b"<!doctype html", b"<html")):
        raise PictureError("is a web page and not a picture")
    if data[4:8] == b"ftyp":
        raise PictureError(
            "is HEIC, AVIF or a video, which not every browser shows; save it as JPEG"
        )
    for start, message in _OTHERS.items():
        if data.startswith(start):
            raise PictureError(message)


def _made(data: bytes, name: str, waiting: Path) -> Picture:
    picture, kind = opened(data, formats=FORMATS, most_pixels=MOST_PIXELS)
    moving = moves(picture, kind)
    if (
        moving
        and kind == "GIF"
        and len(data) <= MOVING_MOST_BYTES
        and _frames(picture) <= _MOST_FRAMES
    ):
        width_px, height_px = picture.size
        whole = PictureFile(
            name=_kept(without_remarks(data), GIF.suffix, name, waiting),
            width_px=width_px,
            height_px=height_px,
        )
        picture.seek(0)
        return Picture(files=(*_sizes(picture, kind, name, waiting)[-1:], whole), moves=True)
    if kind in ("JPEG", "MPO"):
        share = min(1.0, 2 * WIDTHS_PX[-1] / min(picture.size))  # unpacks no more than is needed
        picture.draft("RGB", (round(picture.width * share), round(picture.height * share)))
    return Picture(files=tuple(_sizes(picture, kind, name, waiting)), stopped=moving)


def _frames(picture: Image.Image) -> int:
    return int(getattr(picture, "n_frames", 1))


def _sizes(picture: Image.Image, kind: str, name: str, waiting: Path) -> list[PictureFile]:
    """The files of a picture that stands still, the widest last."""
    upright = in_srgb(ImageOps.exif_transpose(picture))
    if upright.mode == "RGBA" and upright.getchannel("A").getextrema() == (255, 255):
        upright = upright.convert("RGB")  # nothing is seen through
    if upright.mode == "RGB" and picture.mode.startswith(("1", "L", "I;16")):
        upright = upright.convert("L")
    found: list[PictureFile] = []
    least_bytes = 0
    for width_px in reversed(WIDTHS_PX):
        scaled = _scaled(upright, width_px)
        if found and scaled.width >= found[0].width_px:
            continue
        if kind in ("JPEG", "MPO"):
            content, suffix = _as_photograph(scaled)
        else:
            content, suffix = _as_drawing(scaled, few_colours=picture.mode == "P")
        if not found or len(content) <= PAYS * least_bytes:
            kept = _kept(content, suffix, name, waiting)
            found.insert(0, PictureFile(name=kept, width_px=scaled.width, height_px=scaled.height))
            least_bytes = len(content)
    return found


def _scaled(picture: Image.Image, width_px: int) -> Image.Image:
    """The picture at most so wide, and never as tall as no screen is; it is never made larger."""
    share = min(width_px / picture.width, TALLEST_PX / picture.height)
    if share >= 1:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _as_drawing(picture: Image.Image, *, few_colours: bool) -> tuple[bytes, str]:
    """The picture as PNG, in 256 colours where its maker had *few_colours*; a heavy one otherwise."""
    drawn = picture
    if few_colours:
        seen_through = picture.mode == "RGBA"
        method = Image.Quantize.FASTOCTREE if seen_through else Image.Quantize.MEDIANCUT
        drawn = picture.quantize(256, method=method, dither=Image.Dither.NONE)
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    if len(out.getvalue()) <= _GRAPHIC_MOST_BYTES:
        return out.getvalue(), PNG.suffix
    return _as_photograph(picture)


def _as_photograph(picture: Image.Image) -> tuple[bytes, str]:
    """The picture as JPEG; where something is seen through it, as WebP."""
    out = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(out, "WEBP", quality=82, method=4)
        return out.getvalue(), WEBP.suffix
    picture.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue(), JPEG.suffix


def _kept(content: bytes, suffix: str, name: str, waiting: Path) -> str:
    """Put *content* where it waits; return what it is called: its hash is a part of that."""
    named = name_for(content, name, suffix)
    files.write(waiting / named, content)
    return named
