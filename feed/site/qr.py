"""A QR code as an SVG that stands in the page (ISO/IEC 18004). The one door to segno."""

from __future__ import annotations

from functools import lru_cache

import segno

QUIET_MODULES = 4
"""The margin that readers need around the code (ISO/IEC 18004, 5.3.8)."""


@lru_cache(maxsize=8)  # every page of a show has the same
def qr_svg(address: str, label: str) -> str:
    """Return the code of *address* as `<svg>`, named *label* for people who cannot see it.

    It is black on white also on a dark page: many readers know no other. Up to 15 percent of it may
    be dirty (level M).

    >>> qr_svg("https://example.org/feed/", "QR code")[:43]
    '<svg role="img" aria-label="QR code" viewBo'

    Raises:
        ValueError: The address is longer than a code can hold, about 2,300 characters.
    """
    svg = segno.make(address, micro=False, error="m", boost_error=False).svg_inline(
        border=QUIET_MODULES,
        dark="#000",
        light="#fff",
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    name = label.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return str(svg).strip().replace("<svg", f'<svg role="img" aria-label="{name}"', 1)
