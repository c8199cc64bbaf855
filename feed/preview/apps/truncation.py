"""How long notes are in what an app counts, and where it would cut them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from columncast.feed.preview.apps.profiles import Limit

_TOKEN = re.compile(r"<[^>]*>|&[#\w]+;|.", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z0-9]+)")
_VOID = frozenset({"br", "hr", "img"})


@dataclass(frozen=True, kw_only=True)
class Meter:
    """How full the notes are for one app."""

    length_bytes: int
    length_characters: int
    limit: Limit | None = None

    @property
    def used(self) -> int:
        """The length in the unit of the limit; in bytes where there is none."""
        characters = self.limit is not None and self.limit.unit == "characters"
        return self.length_characters if characters else self.length_bytes

    @property
    def unit(self) -> str:
        return self.limit.unit if self.limit else "bytes"

    @property
    def over(self) -> int:
        """By how much it is too long; 0 when it fits."""
        return max(0, self.used - self.limit.number) if self.limit else 0

    @property
    def full(self) -> bool:
        """Whether it fits with less than a twentieth to spare."""
        return bool(self.limit and not self.over and self.used * 20 > self.limit.number * 19)


def measure(html: str, limit: Limit | None = None) -> Meter:
    """Return how long *html* is, markup included.

    >>> measure("<p>“Ay”</p>").length_bytes, measure("<p>“Ay”</p>").length_characters
    (15, 11)
    """
    return Meter(length_bytes=len(html.encode()), length_characters=len(html), limit=limit)


def split(html: str, limit: Limit | None) -> tuple[str, str]:
    """Return what of *html* lies before the cut and what after it, both well-formed.

    The cut falls at the last whole character, entity or tag within *limit*; elements that are
    open there are closed in the first part and opened again in the second.

    >>> split("<p>Hello <b>you</b></p>", Limit(number=14, unit="bytes"))
    ('<p>Hello <b>yo</b></p>', '<p><b>u</b></p>')
    """
    if limit is None or measure(html, limit).over == 0:
        return html, ""
    used = at = 0
    opened: list[str] = []
    for token in _TOKEN.finditer(html):
        used += len(token[0].encode() if limit.unit == "bytes" else token[0])
        if used > limit.number:
            break
        at = token.end()
        tag = _TAG.match(token[0])
        if tag and tag[2] not in _VOID:
            if not tag[1]:
                opened.append(token[0])
            elif opened:
                opened.pop()
    closing = "".join(f"</{_name(tag)}>" for tag in reversed(opened))
    return html[:at] + closing, "".join(opened) + html[at:]


def _name(tag: str) -> str:
    match = _TAG.match(tag)
    return match[2] if match else ""
