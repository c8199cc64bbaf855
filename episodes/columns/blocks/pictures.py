"""Pictures in a column: their addresses, what they show, and those that nobody is meant to see."""

from __future__ import annotations

import re

from columncast.episodes.columns.blocks.embeds import data_of
from columncast.episodes.text.html import Element
from columncast.episodes.text.normalize import clip, one_line

_PIXEL = re.compile(
    r"/open\.gif|/o\.gif|pixel|beacon|/track(ing)?[/.?]|/wf/open|spacer\.gif", re.IGNORECASE
)
_STAND_IN = 400
"""Characters of a picture within an address: a grey box has less."""

_FILE_NAME = re.compile(r"[\w-]+\.(jpe?g|png|gif|webp|heic)", re.IGNORECASE)


def address_of(image: Element) -> str:
    """Where the picture is; pages that load it late keep that beside a stand-in."""
    src = image.attrs.get("src", "")
    if not src or src.startswith("data:"):
        src = image.attrs.get("data-src") or image.attrs.get("data-lazy-src") or src
    return src


def local_file(address: str) -> str:
    """Return *address*, which leads nowhere on the web, unless it is only a stand-in.

    Pages carry a grey box in themselves that is shown while the picture is loaded.
    """
    return "" if address.startswith("data:") and len(address) <= _STAND_IN else address


def shown(key: str) -> str:
    """Return how a person knows the picture that is named by an address, a file or itself."""
    return "that is part of the page" if key.startswith("data:") else clip(one_line(key), 60)


def alt_of(image: Element) -> str:
    """What the picture shows, in words; a file's name is none."""
    alt = one_line(image.attrs.get("alt", "") or str(data_of(image).get("alt") or ""))
    return "" if _FILE_NAME.fullmatch(alt) else alt


def is_emoji(image: Element) -> bool:
    """Whether the picture stands for a character of the text."""
    return bool(image.classes & {"emoji", "wp-smiley"})


def counts_readers(image: Element) -> bool:
    """Whether it is a tracking pixel: too small to see, or of a name that says so and of no alt."""
    sizes = (image.attrs.get(name, "").removesuffix("px") for name in ("width", "height"))
    if any(size.isdecimal() and int(size) <= 2 for size in sizes):
        return True
    return bool(_PIXEL.search(address_of(image))) and not alt_of(image)
