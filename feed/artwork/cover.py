"""The show's cover: checked against what directories accept, mended where that harms nobody.

Square, 1400 to 3000 pixels, JPEG or PNG, RGB, the extension telling the true type
(podcasters.apple.com/support/896-artwork-requirements), and under 512 KB, which is what slow
phones and PSP-1's reviewers ask. A picture is never made larger and never cropped: that is the
designer's decision.

Every picture comes in through `opening`, which judges it by its header.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from columncast.episodes.errors import CoverError, PictureError
from columncast.episodes.model.limits import COVER_BYTES, COVER_LARGEST_PX, COVER_SMALLEST_PX
from columncast.episodes.model.media_types import JPEG, PICTURES, PNG, WEBP
from columncast.episodes.model.notice import Notice
from columncast.feed.artwork.opening import in_srgb, moves, opened, read, readable
from columncast.feed.artwork.small_pictures import PLAY_PX, Cover

MOST_PIXELS = 6000 * 6000
"""A picture of more is never unpacked; one of as many takes 0.4 to 0.8 GB."""
FORMATS = ("JPEG", "PNG", "WEBP")
"""What is opened at all; every other decoder of Pillow stays shut."""
PAGE_BYTES = 6_000
"""Of the cover on a page, whatever it shows: it is there before anybody plays."""
_PAGE_STEPS = (
    (448, 76),
    (448, 66),
    (384, 60),
    (320, 56),
    (256, 52),
    (192, 48),
    (128, 44),
    (96, 40),
)
"""Sides in pixels and qualities, the best first; the last one fits even for noise.

A page shows it at most 256 pixels wide, and good screens have two pixels for one."""
_ICON_PX = 180
"""As Apple asks of it (developer.apple.com, Configuring Web Applications)."""
PLAY_BYTES = 20_000
_FINER = 4
"""So many times as large is the sign drawn, which makes its edges smooth."""
TYPES = {kind.name: kind for kind in PICTURES}
"""By Pillow's name of the format."""
ORIENTATION = 0x0112
"""The EXIF tag in which a camera says how it was held."""
_PLACE = 0x8825
"""The EXIF tag that leads to where a picture was taken."""
_PLACE_IN_XMP = b"exif:GPSL"


def read_cover(path: Path) -> Cover:
    """Return the picture at *path* as directories accept it; a notice tells each change.

    A picture that needs no change is passed on byte for byte.

    Raises:
        CoverError: It is missing, no picture, not square, or too small.
    """
    with _of_cover(path):
        data = read(path)
        picture, kind = _opened(data)
        width, height = picture.size
        if width != height:
            raise CoverError(
                f"the cover is {width} x {height} pixels; directories want a square: crop it as "
                f"you like it to {min(width, height)} x {min(width, height)}",
                where=path,
            )
        if width < COVER_SMALLEST_PX:
            raise CoverError(
                f"the cover is {width} x {width} pixels; directories want at least "
                f"{COVER_SMALLEST_PX} x {COVER_SMALLEST_PX}: export it larger from the original",
                where=path,
            )
        picture.load()
        return _mended(picture, kind, data, path)


def suffix_of(path: Path) -> str:
    """Return the suffix that fits the picture at *path*, by its header.

    Raises:
        CoverError: It is missing, no picture that is opened here, or far too large.
    """
    with _of_cover(path):
        _, kind = _opened(read(path))
    return next((k.suffix for k in (PNG, WEBP) if k.name.upper() == kind), JPEG.suffix)


def thumbnail(cover: Cover, *, side_px: int = 600) -> bytes:
    """Return *cover* as a small JPEG, for the tags of audio files.

    Every download pays for it, and players show it on a lock screen at most: 600 pixels.
    """
    with Image.open(io.BytesIO(cover.content)) as picture:
        small = picture.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def page_picture(content: bytes) -> bytes:
    """Return the cover with the bytes *content* as a page shows it: a WebP of at most 6,000 bytes.

    What is not square is cut around its middle. A JPEG of as many bytes has half of the pixels.

    Raises:
        CoverError: It is no picture that is opened here.
    """
    largest = _small(content, _PAGE_STEPS[0][0])
    for side_px, quality in _PAGE_STEPS:
        out = io.BytesIO()
        picture = largest.resize((side_px, side_px), Image.Resampling.LANCZOS)
        picture.save(out, WEBP.name.upper(), quality=quality, method=6)
        if len(out.getvalue()) <= PAGE_BYTES:
            break
    return out.getvalue()


def page_icon(content: bytes) -> bytes:
    """Return the cover with the bytes *content* as the PNG that a phone's home screen shows.

    Raises:
        CoverError: As `page_picture`.
    """
    out = io.BytesIO()
    _small(content, _ICON_PX).quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def play_picture(content: bytes) -> bytes:
    """Return the cover with the bytes *content* under a play sign, `PLAY_PX` wide, as a JPEG.

    It stands where nothing can play, in an e-mail: whoever sees it knows what a click does.

    Raises:
        CoverError: As `page_picture`.
    """
    side = PLAY_PX * _FINER
    sign = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(sign)
    middle, radius = side / 2, side * 0.21
    draw.circle((middle, middle), radius, fill=(0, 0, 0, 190), outline="white", width=side // 80)
    tip, back, half = middle + radius * 0.52, middle - radius * 0.3, radius * 0.46
    draw.polygon([(back, middle - half), (back, middle + half), (tip, middle)], fill="white")
    picture = _small(content, PLAY_PX).convert("RGBA")
    fine = sign.resize(picture.size, Image.Resampling.LANCZOS)
    return jpeg_under(
        PLAY_BYTES, Image.alpha_composite(picture, fine).convert("RGB"), (86, 78, 70, 60, 45, 30)
    )


def _small(content: bytes, side_px: int) -> Image.Image:
    with _of_cover(Path("cover")):
        picture, _ = _opened(content)
        picture.draft("RGB", (2 * side_px, 2 * side_px))  # a large JPEG need not be unpacked whole
        upright = ImageOps.exif_transpose(picture) or picture
        return ImageOps.fit(_rgb(upright), (side_px, side_px), Image.Resampling.LANCZOS)


@contextmanager
def _of_cover(path: Path) -> Iterator[None]:
    """Say of the cover at *path* what is wrong with it as a picture."""
    try:
        with readable():
            yield
    except PictureError as e:
        hint = "" if path.is_file() else "; name a picture by `cover` in show.toml"
        raise CoverError(f"the cover {e.message}{hint}", where=path) from e


def _opened(data: bytes) -> tuple[Image.Image, str]:
    """Return a cover of which the header is read and no pixel, and its kind."""
    picture, kind = opened(data, formats=FORMATS, most_pixels=MOST_PIXELS)
    if moves(picture, kind):
        raise PictureError("moves; directories want a still picture")
    return picture, kind


def _mended(picture: Image.Image, kind: str, data: bytes, path: Path) -> Cover:
    changes = list(_changes(picture, kind, data, where=path.name))
    notices = list(changes)
    if kind in TYPES and path.suffix.lower() not in TYPES[kind].suffixes:
        told = f"the cover is {kind} in spite of its name; it is published under its true one"
        notices.append(
            Notice(code="cover-extension", message=told, where=path.name, severity="note")
        )
    if not changes:
        return _cover(data, kind, picture.width, notices)
    mended = _rgb(_scaled(ImageOps.exif_transpose(picture)))
    # A PNG this heavy is a photograph: only JPEG makes it light.
    content, written = _encoded(mended, kind if len(data) < 2 * COVER_BYTES else "JPEG")
    return _cover(content, written, mended.width, notices)


def _changes(picture: Image.Image, kind: str, data: bytes, *, where: str) -> Iterator[Notice]:
    """Yield what has to be changed in the picture itself."""

    def cover_note(code: str, message: str) -> Notice:
        return Notice(code=code, message=message, where=where, severity="note")

    if kind not in TYPES:
        yield cover_note(
            "cover-type", f"the cover is {kind}; directories take JPEG and PNG: it became JPEG"
        )
    if picture.mode != "RGB":
        yield cover_note("cover-colour", f"the cover's colours are {picture.mode}; they became RGB")
    if picture.getexif().get(ORIENTATION, 1) != 1:
        yield cover_note("cover-turned", "the cover was turned upright as its camera asked")
    if picture.getexif().get_ifd(_PLACE) or _PLACE_IN_XMP in data:
        yield cover_note("cover-place", "the cover said where it was taken; that is left out")
    if picture.width > COVER_LARGEST_PX:
        yield cover_note(
            "cover-scaled",
            f"the cover was scaled from {picture.width} to {COVER_LARGEST_PX} pixels",
        )
    if len(data) > COVER_BYTES:
        yield cover_note(
            "cover-weight",
            f"the cover weighed {len(data) // 1024} KB; it is now under {COVER_BYTES // 1024} KB",
        )


def _cover(content: bytes, kind: str, side_px: int, notices: list[Notice]) -> Cover:
    return Cover(
        content=content,
        suffix=TYPES[kind].suffix,
        mime_type=TYPES[kind].mime,
        side_px=side_px,
        notices=tuple(notices),
    )


def _scaled(picture: Image.Image) -> Image.Image:
    if picture.width <= COVER_LARGEST_PX:
        return picture
    if picture.mode not in ("L", "RGB", "RGBA", "CMYK"):
        picture = _rgb(picture)
    return picture.resize((COVER_LARGEST_PX, COVER_LARGEST_PX), Image.Resampling.LANCZOS)


def _rgb(picture: Image.Image) -> Image.Image:
    plain = in_srgb(picture)
    if plain.mode != "RGBA":
        return plain
    white = Image.new("RGBA", plain.size, "white")
    return Image.alpha_composite(white, plain).convert("RGB")


def _encoded(picture: Image.Image, kind: str) -> tuple[bytes, str]:
    if kind == "PNG":
        out = io.BytesIO()
        picture.save(out, "PNG", optimize=True)
        if len(out.getvalue()) <= COVER_BYTES:
            return out.getvalue(), "PNG"
    return jpeg_under(COVER_BYTES, picture, (90, 85, 80, 75, 65, 55, 45, 30, 15)), "JPEG"


def jpeg_under(
    limit_bytes: int, picture: Image.Image, qualities: tuple[int, ...], *, comment: bytes = b""
) -> bytes:
    """Return *picture* in the first of *qualities* that is light enough, or else in the last."""
    more = {"comment": comment} if comment else {}
    for quality in qualities:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True, **more)
        if len(out.getvalue()) <= limit_bytes:
            break
    return out.getvalue()
