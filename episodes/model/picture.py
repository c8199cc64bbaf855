"""The pictures of a column: how it names them, and what its page shows of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from columncast.episodes.model.asset_name import HASH
from columncast.episodes.model.media_types import COLUMN_PICTURES

_SUFFIX = "|".join(re.escape(kind.suffix) for kind in COLUMN_PICTURES)
PUBLISHED = re.compile(rf"picture-[a-z0-9-]+-{HASH}(?:{_SUFFIX})")
"""What a picture of a column is called where it is published."""
_SIZES = "(min-width: 41rem) 38rem, 94vw"
"""How wide the page shows it: the column of text, or a phone's screen without its margins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureFile:
    """One size of a picture, in the folder of the episode's page."""

    name: str
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture as it is published."""

    files: tuple[PictureFile, ...]
    """At least one; the widest last. Of one that moves: it standing still, then it moving."""
    moves: bool = False
    stopped: bool = False
    """It moved, and was too heavy for that, or of a kind that browsers show in several ways."""

    @property
    def name(self) -> str:
        """The file that stands for it where only one can."""
        return self.files[-1].name

    @property
    def names(self) -> tuple[str, ...]:
        """All its files."""
        return tuple(file.name for file in self.files)

    def html(self, alt: str) -> str:
        """Return it for the episode's page: it keeps its place free, and is loaded when it is near."""
        last = self.files[-1]
        shown = ""
        if len(self.files) > 1 and not self.moves:
            each = ", ".join(f"{file.name} {file.width_px}w" for file in self.files)
            shown = f' srcset="{each}" sizes="{_SIZES}"'
        image = (
            f'<img src="{last.name}"{shown} alt="{escape(alt)}" width="{last.width_px}" '
            f'height="{last.height_px}" loading="lazy" decoding="async">'
        )
        if not self.moves:
            return image
        # Who has asked that nothing moves gets the picture standing still.
        still = f'<source media="(prefers-reduced-motion: reduce)" srcset="{self.files[0].name}">'
        return f"<picture>{still}{image}</picture>"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """How a column names one of its pictures."""

    src: str
    """Its address on the web; empty if it has none."""
    file: str
    """As the column names it from where it lies, or the picture itself (`data:`); or empty."""
    line: int = 0

    @property
    def key(self) -> str:
        """What tells it from the others of a column."""
        return self.src or self.file
