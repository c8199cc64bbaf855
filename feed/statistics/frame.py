"""What every page of figures has around it: the show's title, a line about the page, and tiles."""

from __future__ import annotations

from collections.abc import Sequence

from columncast.episodes.text.template import render, safe, shipped


def framed(
    body: str,
    *,
    kind: str,
    title: str,
    language: str,
    summary: str,
    tiles: Sequence[tuple[str, str]],
) -> str:
    """Return the page of *kind*, whole in itself: *body* below the show's *title* and *tiles*.

    *body* is HTML from a template of ours; *tiles* are names and values.
    """
    style = shipped("columncast.feed.site", "style.css") + shipped(
        "columncast.feed.statistics", "stats.css"
    )
    return render(
        shipped("columncast.feed.statistics", "frame.html"),
        where="frame.html",
        body=safe(body),
        kind=kind,
        title=title,
        language=language,
        summary=summary,
        tiles=tiles,
        style=safe(style),
    )
