"""The one way to a picture: judged by its header first, before a pixel of it is unpacked.

What it is, how many pixels it has, and whether it moves stands in its first bytes. A file of 0.3 MB
can hold a picture that fills gigabytes, and Pillow knows decoders that nobody here has a use for.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import (
    Image,
    ImageCms,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401 - else Pillow loads all its forty kinds to find this one
)

from columncast.episodes.errors import InputError, PictureError

MOST_BYTES = 40_000_000
_MOST_SCANS = 100
"""Of a progressive JPEG, which has about ten: each takes the time of the whole picture, and 20 bytes."""
_SCAN = b"\xff\xda"
"""How one begins; within its data every FF is followed by 00 (ITU T.81, B.1.1.5)."""
_MOST_PROFILE_BYTES = 4_000_000
"""A larger colour profile is no profile."""


def read(path: Path) -> bytes:
    """Return the bytes of the picture *path*.

    Raises:
        PictureError: It is missing, cannot be read, or is too large a file.
    """
    try:
        too_large = path.stat().st_size > MOST_BYTES
        data = b"" if too_large else path.read_bytes()
    except OSError as e:
        missing = isinstance(e, FileNotFoundError)
        raise PictureError("is missing" if missing else f"cannot be read: {e.strerror}") from e
    if too_large:
        raise PictureError(f"has over {MOST_BYTES // 1_000_000} MB; save it smaller")
    return data


@contextmanager
def readable() -> Iterator[None]:
    """Say of whatever Pillow raises that the picture cannot be read: a damaged one raises anything.

    Raises:
        PictureError: It cannot be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except InputError:
        raise  # of ours, and says more
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as e:
        raise PictureError("is far too large; save it smaller") from e
    except Exception as e:
        raise PictureError("is not a picture that can be read; save it as JPEG or PNG") from e


def opened(data: bytes, *, formats: tuple[str, ...], most_pixels: int) -> tuple[Image.Image, str]:
    """Return a picture of which the header is read and no pixel, and its kind, one of *formats*.

    Every other decoder of Pillow stays shut. A phone's JPEG with a second picture in it is an "MPO".

    Raises:
        PictureError: It is of another kind, or would take too much memory or time.
    """
    try:
        picture = Image.open(io.BytesIO(data), formats=formats)
    except UnidentifiedImageError as e:
        raise PictureError(
            "is not a picture of a kind that is opened here; save it as JPEG or PNG"
        ) from e
    kind = picture.format or ""
    width, height = picture.size
    if width * height > most_pixels:
        raise PictureError(f"is far too large ({width} x {height} pixels); save it smaller")
    if kind in ("JPEG", "MPO") and data.count(_SCAN) > _MOST_SCANS:
        raise PictureError(
            f"is a JPEG of {data.count(_SCAN):,} scans, which takes hours to read; save it again"
        )
    return picture, kind


def moves(picture: Image.Image, kind: str) -> bool:
    """Whether a picture has several frames; the second one in a phone's JPEG is left alone."""
    return bool(getattr(picture, "is_animated", False)) and kind != "MPO"


def in_srgb(picture: Image.Image) -> Image.Image:
    """Return *picture* with 8 bits of red, green, blue (and alpha, where it has it) in sRGB.

    Nothing but pixels is in what comes back: no profile, no remark, no place.
    """
    alpha = None
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda level: level / 256).convert("L")
    if picture.has_transparency_data:
        alpha = picture.convert("RGBA").getchannel("A")
        picture = picture.convert("RGBA").convert("RGB")
    elif picture.mode == "P":
        picture = picture.convert("RGB")
    plain = _converted(picture) or picture.convert("RGB")
    if alpha is not None:
        plain.putalpha(alpha)
    plain.info = {}
    return plain


def _converted(picture: Image.Image) -> Image.Image | None:
    """The picture by its own colour profile; None where it has none that can be used."""
    profile = picture.info.get("icc_profile")
    if not profile or len(profile) > _MOST_PROFILE_BYTES or picture.mode not in ("RGB", "CMYK"):
        return None
    try:
        return ImageCms.profileToProfile(
            picture,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        return None  # a broken profile: the plain numbers are the best guess
