"""A valid cover until there is a real one, drawn from the show's title alone."""

from __future__ import annotations

import hashlib
import math

from PIL import Image, ImageDraw, ImageFont

from columncast.feed.artwork.cover import jpeg_under
from columncast.feed.artwork.marks import PLACEHOLDER


def placeholder_cover(title: str) -> bytes:
    """Return a JPEG that is a valid cover until there is a real one: the title over a waveform.

    Colour and waveform come from the title, so two shows look different and the same show always
    the same. A title that the built-in font cannot spell is left to the waveform alone.
    """
    side = 2000
    seed = hashlib.sha256(title.encode("utf-8", "replace")).digest()
    hue = 185 + seed[0] / 255 * 170  # teal to crimson: yellows and greens look muddy when dark
    picture = Image.new("RGB", (side, side))
    draw = ImageDraw.Draw(picture)
    top, bottom = _hsl(hue, 0.48, 0.20), _hsl(hue + 28, 0.52, 0.11)
    for y in range(side):
        draw.line(((0, y), (side, y)), fill=_mixed(top, bottom, y / side))
    margin = 170
    spelled = _spelled(title)
    _waveform(draw, seed, side=side, margin=margin, hue=hue, tall=not spelled)
    if spelled:
        _title(
            draw, title, margin=margin, box=(side - 2 * margin, 1020), fill=_hsl(hue, 0.35, 0.96)
        )
    return jpeg_under(200_000, picture, (85, 78, 70, 60), comment=PLACEHOLDER)


def _spelled(title: str) -> bool:
    font = ImageFont.load_default(40)
    missing = bytes(font.getmask("\uffff"))
    letters = {c for c in title if not c.isspace()}
    return bool(letters) and all(bytes(font.getmask(c)) != missing for c in letters)


def _title(
    draw: ImageDraw.ImageDraw,
    title: str,
    *,
    margin: int,
    box: tuple[int, int],
    fill: tuple[int, int, int],
) -> None:
    words = title.split()
    for size in range(300, 40, -10):
        font = ImageFont.load_default(size)
        lines = _wrapped(words, font, box[0])
        height = round(size * 1.16)
        if lines and height * len(lines) <= box[1]:
            break
    else:
        font, height = ImageFont.load_default(50), 58
        lines = (_wrapped(words, font, box[0]) or [" ".join(words)[:40]])[: box[1] // height]
    for i, line in enumerate(lines):
        draw.text((margin, margin + i * height), line, font=font, fill=fill)


def _wrapped(
    words: list[str], font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int
) -> list[str]:
    """Return the words in lines of at most *width* pixels; nothing when one word is too wide."""
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
        elif font.getlength(word) <= width:
            lines.append(word)
        else:
            return []
    return lines


def _waveform(
    draw: ImageDraw.ImageDraw, seed: bytes, *, side: int, margin: int, hue: float, tall: bool
) -> None:
    bars, gap = 48, 14
    width = (side - 2 * margin - (bars - 1) * gap) / bars
    reach = 700 if tall else 260
    middle = side / 2 if tall else side - margin - reach
    for i in range(bars):
        # Slow swells from a few bytes of the seed, a little roughness from the rest.
        swell = sum(math.sin(i * (k + 1) * 0.21 + seed[k + 1]) / (k + 1) for k in range(4)) / 2.1
        rough = seed[i % 32] / 255
        level = reach * max(0.06, min(1.0, (0.5 + 0.35 * swell) * (0.55 + 0.45 * rough)))
        left = margin + i * (width + gap)
        draw.rounded_rectangle(
            (left, middle - level, left + width, middle + level),
            radius=width / 2,
            fill=_hsl(hue + 28 * i / bars, 0.62, 0.62),
        )


def _hsl(hue: float, saturation: float, lightness: float) -> tuple[int, int, int]:
    """Return the RGB of an HSL colour (w3.org/TR/css-color-4, 7.1)."""

    def channel(n: int) -> int:
        k = (n + hue / 30) % 12
        span = saturation * min(lightness, 1 - lightness)
        return round(255 * (lightness - span * max(-1, min(k - 3, 9 - k, 1))))

    return channel(0), channel(8), channel(4)


def _mixed(a: tuple[int, int, int], b: tuple[int, int, int], part: float) -> tuple[int, int, int]:
    red, green, blue = (round(x + (y - x) * part) for x, y in zip(a, b, strict=True))
    return red, green, blue
