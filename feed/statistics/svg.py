"""The loudness of a show before and after, as a picture that stands alone: an SVG file."""

from __future__ import annotations

from html import escape

from columncast.episodes.stats.statistics import Statistics
from columncast.feed.statistics.charts import HEIGHT, WIDTH, in_words, loudness_axis, signed, strip

STYLE = """\
svg { font: 15px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  --card: #ffffff; --ink: #1f1c18; --quiet: #625c53; --bar: #857b6c; --accent: #8f2f1b; }
@media (prefers-color-scheme: dark) {
  svg { --card: #211e1a; --ink: #ece7de; --quiet: #a8a093; --bar: #9a9183; --accent: #f0a58c; } }
.card { fill: var(--card); } text { fill: var(--ink); } .quiet { fill: var(--quiet); }
.bars { fill: var(--bar); } .most { stroke: var(--ink); stroke-width: 2; fill: none; }
.middle { stroke: var(--ink); stroke-width: 4; fill: none; }
.target { stroke: var(--accent); stroke-width: 2; stroke-dasharray: 7 5; fill: none; }
.most, .middle, .target { vector-effect: non-scaling-stroke; }
.told { fill: var(--accent); }
"""


def spread_svg(stats: Statistics) -> str:
    """Return the loudness of all episodes before and after as an SVG file of its own."""
    target = stats.audio.integrated_lufs
    view = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none"'
    lines = [
        '<rect class="card" width="800" height="340" rx="12"/>',
        f'<text x="32" y="42" font-weight="600">{escape(stats.title)}</text>',
    ]
    if stats.after_lufs:
        axis = loudness_axis(stats)
        said = "LUFS as heard from two speakers; the bar is the median, the line nine of ten"
        lines.append(f'<text class="quiet" x="32" y="64">{said}</text>')
        both = {"Before": stats.before_lufs, "After": stats.after_lufs}
        for top, (name, values) in zip((86, 192), both.items(), strict=True):
            told = f"{name}: median {signed(values.median)}, {values.spread:.1f} LU apart"
            lines += [
                f'<text x="32" y="{top + 14}">{told}</text>',
                f'<svg x="32" y="{top + 24}" width="736" height="68" {view}>',
                strip(values, axis, [target]),
                "</svg>",
            ]
        for label in axis.labels:
            place = 32 + 736 * axis.at(label)
            lines.append(
                f'<text class="quiet" x="{place:.0f}" y="306" text-anchor="middle">'
                f"{signed(label, 0)}</text>"
            )
        place = 32 + 736 * axis.at(target)
        lines.append(
            f'<text class="told" x="{place:.0f}" y="326" text-anchor="middle">'
            f"target {signed(target, 0)}</text>"
        )
    else:
        lines.append('<text class="quiet" x="32" y="64">No loudness was measured.</text>')
    body = "\n".join(lines)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 340" width="800" height="340" '
        f'role="img" aria-label="{escape(in_words(stats))}">\n<style>\n{STYLE}</style>\n{body}\n'
        "</svg>\n"
    )
