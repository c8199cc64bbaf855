"""The public pages: one for each episode, and one for the show.

They read and play without JavaScript and load nothing from elsewhere. Every template, and the
style sheet with its colours as CSS variables, can be replaced by a file of the same name in the
folder `templates` of the show.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from columncast.episodes.disk.files import of_show
from columncast.episodes.entry.imported import shown
from columncast.episodes.errors import SettingsError
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.summary import listing_of
from columncast.episodes.model.timecode import position as clock
from columncast.episodes.show.settings import Show, path_of
from columncast.episodes.text.template import render, safe, shipped
from columncast.feed.rss.document import Page
from columncast.feed.rss.subscribe import subscribe_links
from columncast.feed.site import sharing, wording
from columncast.feed.site.loudness_chart import caption, loudness_svg, metered
from columncast.feed.site.readalong import render_readalong

RIGHT_TO_LEFT = frozenset(["ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"])


def render_page(
    show: Show,
    episode: Episode,
    *,
    cover_url: str,
    alignment: Alignment | None = None,
    templates: Path | None = None,
) -> str:
    """Return the page of one episode, for feed/<slug>/index.html.

    With an *alignment* that may be published, it shows the column to be read along while it plays.

    Raises:
        SettingsError: A template in the show's folder *templates* is wrong.
    """
    line = listing_of(episode)
    picture = ""
    if episode.master:
        target_lufs = metered(show, episode.master)
        picture = loudness_svg(episode.master, target_lufs=target_lufs)
    timed = alignment if alignment and alignment.verdict == "ok" else None
    full_text = (timed or show.feed.page == "text") and episode.text_html
    text = full_text or shown(episode.notes.full_html or episode.notes.html)

    def here(url: str) -> str:
        return _relative(show, url, "../../")

    audio = here(episode.enclosure.url)
    if timed:
        text = render_readalong(timed, episode.text_html, audio_url=audio, templates=templates)
    body = _filled(
        "episode.html",
        templates,
        show=show,
        episode=episode,
        here=here,
        audio=audio,
        timed=bool(timed),
        cover=here(episode.image_url or cover_url),
        cover_alt=episode.image_alt if episode.image_url else show.cover_alt,
        show_cover=here(cover_url),
        text=safe(text),
        picture=safe(picture),
        loudness=caption(episode.master) if episode.master else "",
        date=wording.date(line.published),
        place=wording.place(line),
        length=wording.length(line.duration_s),
        apps=subscribe_links(show.feed_url),
        clock=clock,
        size=wording.size,
        kind=wording.kind,
    )
    image = episode.image_url or cover_url
    summary = episode.subtitle or wording.shortened(episode.notes.plain)
    return _laid_out(
        templates,
        show=show,
        language=episode.language or show.language,
        title=f"{episode.title} · {show.title}",
        description=summary,
        # The column itself is the original of its full text; of the notes, this page is.
        canonical=episode.link if full_text else episode.page_url,
        open_graph=sharing.open_graph_of_episode(show, episode, image, summary),
        twitter=sharing.player_card(episode, image, summary),
        structured_data=safe(sharing.podcast_episode(show, episode, image, summary)),
        body=safe(body),
        readalong="../" if timed else "",
    )


def render_index(
    show: Show, page: Page, *, total: int, cover_url: str, templates: Path | None = None
) -> str:
    """Return the show's page for feed/index.html, or one of the older episodes of *total*.

    Raises:
        SettingsError: As `render_page`.
    """
    rows = [
        {
            "episode": episode,
            "date": wording.date(episode.published),
            "place": wording.place(episode),
            "length": wording.length(episode.duration_s),
        }
        for episode in page.episodes
    ]
    body = _filled(
        "index.html",
        templates,
        show=show,
        rows=rows,
        page=page,
        total=total,
        cover=_relative(show, cover_url, "../"),
        apps=subscribe_links(show.feed_url),
    )
    summary = wording.shortened(show.description) or show.title
    return _laid_out(
        templates,
        show=show,
        language=show.language,
        title=f"Older episodes · {show.title}" if page.newer else show.title,
        description=summary,
        canonical=f"{show.base_url}feed/{page.html if page.newer else ''}",
        open_graph=sharing.open_graph_of_show(show, cover_url, summary),
        twitter=sharing.summary_card(show, cover_url, summary),
        structured_data=safe(sharing.podcast_series(show, cover_url)),
        body=safe(body),
    )


def template_texts(templates: Path | None) -> dict[str, str]:
    """Return what the show's own templates say, by name: a change of them changes every page.

    Raises:
        SettingsError: One of them cannot be read.
    """
    own = sorted(templates.glob("*")) if templates else []
    return {path.name: _template(path.name, templates)[0] for path in own if path.is_file()}


def render_feed_style(templates: Path | None = None) -> str:
    """Return the style sheet that shows feed.xml as a page in a browser, for feed/feed.css.

    Raises:
        SettingsError: As `render_page`.
    """
    return _template("feed.css", templates)[0]


def _laid_out(templates: Path | None, *, language: str, readalong: str = "", **values: Any) -> str:
    style, _ = _template("style.css", templates)
    return _filled(
        "layout.html",
        templates,
        language=language,
        direction="rtl" if language.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else "ltr",
        style=safe(style),
        readalong=readalong,
        **values,
    )


def _filled(name: str, templates: Path | None, **values: Any) -> str:
    text, where = _template(name, templates)
    return render(text, where=where, **values)


def _template(name: str, templates: Path | None) -> tuple[str, str]:
    own = templates / name if templates else None
    if own is None or not own.is_file():
        return shipped("columncast.feed.site", name), name
    where = f"templates/{name}"
    try:
        return of_show(own).read_text(encoding="utf-8"), where
    except (OSError, UnicodeDecodeError) as e:
        raise SettingsError("cannot be read as UTF-8 text", where=where) from e


def _relative(show: Show, url: str, up: str) -> str:
    """What lies in the public folder by a relative link, so that pages work wherever they are."""
    inside = path_of(show, url)
    # Audio that is kept elsewhere, or counted on its way, keeps the address that says so.
    return up + inside if inside and url.startswith(show.base_url) else url
