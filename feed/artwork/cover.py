"""The show's cover: checked against what directories accept, mended where that harms nobody.

Square, 1400 to 3000 pixels, JPEG or PNG, RGB, the extension telling the true type
(podcasters.apple.com/support/896-artwork-requirements), and under 512 KB, which is what slow
phones and PSP-1's reviewers ask. A picture is never made larger and never cropped: that is the
designer's decision.

`_opened` is the one way to a picture that comes from outside: what it is, how
many pixels it has, and whether it moves is read off its header, before a pixel is unpacked. A file
of 0.3 MB can hold a picture that fills gigabytes.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from columncast.episodes.errors import CoverError
from columncast.episodes.model.limits import COVER_BYTES, COVER_LARGEST_PX, COVER_SMALLEST_PX
from columncast.episodes.model.media_types import JPEG, PICTURES, PNG, WEBP
from columncast.episodes.model.notice import Notice

_ENOUGH = f"{COVER_LARGEST_PX} x {COVER_LARGEST_PX}"
MOST_BYTES = 40_000_000
MOST_PIXELS = 6000 * 6000
"""A picture of more is never unpacked; one of as many takes 0.4 to 0.8 GB."""
FORMATS = ("JPEG", "PNG", "WEBP")
"""What is opened at all; every other decoder of Pillow stays shut."""
_MOST_SCANS = 100
"""Of a progressive JPEG, which has about ten: each takes the time of the whole picture, and 20 bytes."""
_SCAN = b"\xff\xda"
"""How one begins; within its data every FF is followed by 00 (ITU T.81, B.1.1.5)."""
_MOST_PROFILE_BYTES = 4_000_000
"""A larger colour profile is no profile."""
PAGE_BYTES = 7_000
"""Of the cover on a page, whatever it shows: it is there before anybody plays."""
_PAGE_STEPS = (
    (256, 84),
    (256, 76),
    (256, 66),
    (224, 62),
    (192, 58),
    (160, 52),
    (128, 46),
    (96, 40),
)
"""Sides in pixels and qualities, the best first; the last one fits even for noise."""
_ICON_PX = 180
"""As Apple asks of it (developer.apple.com, Configuring Web Applications)."""
TYPES = {kind.name: kind for kind in PICTURES}
"""By Pillow's name of the format."""
ORIENTATION = 0x0112
"""The EXIF tag in which a camera says how it was held."""
_PLACE = 0x8825
"""The EXIF tag that leads to where a picture was taken."""
_PLACE_IN_XMP = b"exif:GPSL"


@dataclass(frozen=True, kw_only=True)
class Cover:
    """A cover as it is published."""

    content: bytes
    suffix: str
    """`.jpg` or `.png`, as the bytes are."""
    mime_type: str
    side_px: int
    notices: tuple[Notice, ...] = ()


def read_cover(path: Path) -> Cover:
    """Return the picture at *path* as directories accept it; a notice tells each change.

    A picture that needs no change is passed on byte for byte.

    Raises:
        CoverError: It is missing, no picture, not square, or too small.
    """
    data = _read(path)
    with _told(path):
        picture, kind = _opened(data, path)
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
    data = _read(path)
    with _told(path):
        _, kind = _opened(data, path)
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
    """Return the cover with the bytes *content* as a page shows it: a JPEG of at most 7,000 bytes.

    What is not square is cut around its middle.

    Raises:
        CoverError: It is no picture that is opened here.
    """
    largest = _small(content, _PAGE_STEPS[0][0])
    for side_px, quality in _PAGE_STEPS:
        out = io.BytesIO()
        picture = largest.resize((side_px, side_px), Image.Resampling.LANCZOS)
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
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


def _small(content: bytes, side_px: int) -> Image.Image:
    path = Path("cover")
    with _told(path):
        picture, _ = _opened(content, path)
        picture.draft("RGB", (2 * side_px, 2 * side_px))  # a large JPEG need not be unpacked whole
        upright = ImageOps.exif_transpose(picture) or picture
        return ImageOps.fit(_rgb(upright), (side_px, side_px), Image.Resampling.LANCZOS)


def _read(path: Path) -> bytes:
    try:
        too_large = path.stat().st_size > MOST_BYTES
        data = b"" if too_large else path.read_bytes()
    except OSError as e:
        reason = (
            "is missing" if isinstance(e, FileNotFoundError) else f"cannot be read: {e.strerror}"
        )
        raise CoverError(
            f"the cover {reason}; name a picture by `cover` in show.toml", where=path
        ) from e
    if too_large:
        raise CoverError(
            f"the cover has over {MOST_BYTES // 1_000_000} MB; save it smaller", where=path
        )
    return data


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say of whatever Pillow raises that the picture cannot be read: a damaged one raises anything."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except CoverError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as e:
        raise CoverError(
            f"the cover is far too large; {_ENOUGH} pixels are enough", where=path
        ) from e
    except Exception as e:
        raise CoverError(
            "the cover is not a picture that can be read; save it as JPEG or PNG", where=path
        ) from e


def _opened(data: bytes, path: Path) -> tuple[Image.Image, str]:
    """Return a picture of which the header is read and no pixel, and its kind."""
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as e:
        raise CoverError(
            "the cover is not a picture of a kind that is opened here; save it as JPEG or PNG",
            where=path,
        ) from e
    kind = picture.format or ""
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise CoverError(
            f"the cover is far too large ({width} x {height} pixels); {_ENOUGH} are enough",
            where=path,
        )
    if kind in ("JPEG", "MPO") and data.count(_SCAN) > _MOST_SCANS:
        raise CoverError(
            f"the cover is a JPEG of {data.count(_SCAN):,} scans, which takes hours to read; save it "
            "again",
            where=path,
        )
    # A phone's JPEG may hold a second picture (MPO), which is left alone.
    if getattr(picture, "is_animated", False) and kind != "MPO":
        raise CoverError("the cover moves; directories want a still picture", where=path)
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
    profile = picture.info.get("icc_profile")
    if profile and len(profile) <= _MOST_PROFILE_BYTES and picture.mode in ("RGB", "CMYK"):
        try:
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a broken profile: the plain numbers are the best guess
        if converted is not None:
            return converted
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    if picture.mode.startswith("I;16"):
        return picture.point(lambda level: level / 256).convert("L").convert("RGB")
    return picture.convert("RGB")


def _encoded(picture: Image.Image, kind: str) -> tuple[bytes, str]:
    if kind == "PNG":
        out = io.BytesIO()
        picture.save(out, "PNG", optimize=True)
        if len(out.getvalue()) <= COVER_BYTES:
            return out.getvalue(), "PNG"
    return jpeg_under(COVER_BYTES, picture, (90, 85, 80, 75, 65, 55, 45, 30, 15)), "JPEG"


def jpeg_under(limit_bytes: int, picture: Image.Image, qualities: tuple[int, ...]) -> bytes:
    """Return *picture* in the first of *qualities* that is light enough, or else in the last."""
    for quality in qualities:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(out.getvalue()) <= limit_bytes:
            break
    return out.getvalue()
