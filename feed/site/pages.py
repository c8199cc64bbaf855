"""The public pages: one for each episode, and one for the show.

They read and play without JavaScript and load nothing from elsewhere. Every template, and the
style sheet with its colours as CSS variables, can be replaced by a file of the same name in the
folder `templates` of the show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from columncast.episodes.disk.files import of_show
from columncast.episodes.entry.imported_notes import shown
from columncast.episodes.errors import SettingsError
from columncast.episodes.format import beginning
from columncast.episodes.model.episode import Attachment, Episode
from columncast.episodes.model.media_types import HTML, SRT, TEXT, VTT, by_own_mime
from columncast.episodes.model.summary import Listing, listing_of
from columncast.episodes.model.timecode import position as clock
from columncast.episodes.phrases.book import Section, direction, phrases, speaks
from columncast.episodes.phrases.cldr import long_date, megabytes, number
from columncast.episodes.show.settings import Show, path_of
from columncast.episodes.text.template import render, safe, shipped
from columncast.feed.rss.document import Page
from columncast.feed.rss.subscribe import other_app_links, service_links
from columncast.feed.site import embed, sharing, wording
from columncast.feed.site.assets import CSS_COMMENT, SharedFiles, lean_style, static_text
from columncast.feed.site.qr import qr_svg

PAPER = re.compile(r"--paper:\s*([^;}]+)")
"""The colour of the page in a style sheet; the second one is that of its dark scheme."""
BRACES = re.compile(r"([^{}]*)([{}])")
READABLE = (TEXT, HTML, VTT, SRT)
"""The kinds of transcript, the one that a person reads best first."""


def render_page(
    show: Show,
    episode: Episode,
    *,
    files: SharedFiles,
    words: str = "",
    picture: str = "",
    previous: Listing | None = None,
    following: Listing | None = None,
    templates: Path | None = None,
) -> str:
    """Return the page of one episode, for feed/<slug>/index.html.

    *words* is the file beside it that says when each word is spoken (`readalong.word_times`); with
    it the page shows the whole column, to be followed while it plays. *picture* is the file beside
    it with the episode's own cover, small. *previous* and *following* are its neighbours.

    Raises:
        SettingsError: A template in the show's folder *templates* is wrong.
    """
    line = listing_of(episode)
    language = episode.language or show.language
    full_text = (words or show.feed.page == "text") and episode.text_html
    text = full_text or shown(episode.notes.full_html or episode.notes.html)

    def here(url: str) -> str:
        return relative(show, url, "../../")

    def size(length_bytes: int) -> str:
        return megabytes(length_bytes, language)

    cover_url = episode.image_url or files.cover_url
    say = phrases(language, "episode", show.phrases)
    icons = safe(_template("icons.html", templates)[0])
    values = {
        "show": show,
        "episode": episode,
        "here": here,
        "audio": here(episode.enclosure.url),
        "words": words,
        "cover": picture or f"../{files.picture}",
        "cover_alt": episode.image_alt if episode.image_url else show.cover_alt,
        "full_cover": here(cover_url),
        # One picture is enough before anybody plays: an episode's own, or the show's.
        "show_cover": "" if picture else f"../{files.picture}",
        "clock": clock,
        "size": size,
        "decimal": _decimal(language),
        "language": language,
        "direction": direction(language),
        "spoken": _spoken(language, show),
        "icons": icons,
        "say": phrases(language, "player", show.phrases),
        "listen": say["listen_column" if episode.text_html else "listen_episode"],
    }
    parts = {name: safe(_filled(f"{name}.html", templates, **values)) for name in ("player", "bar")}
    values |= {
        "say": say,
        "text": safe(text),
        "date": long_date(line.published, language),
        "place": wording.place(line, say),
        "length": wording.length(line.duration_s, phrases(language, "units", show.phrases)),
        "role": _roles(phrases(language, "roles", show.phrases)),
        "subscribe": _subscribe(show, language, templates),
        "to_subscribe": phrases(language, "subscribe", show.phrases)["subscribe"],
        "transcript": here(_readable(episode.transcripts)),
        "previous": previous,
        "next": following,
    }
    summary = line.summary
    return _laid_out(
        templates,
        show=show,
        files=files,
        language=language,
        up="../",
        title=f"{episode.title} · {show.title}",
        description=summary,
        # The column itself is the original of its full text; of the notes, this page is.
        canonical=episode.link if full_text else episode.page_url,
        open_graph=sharing.open_graph_of_episode(show, episode, cover_url, summary),
        twitter=sharing.player_card(episode, cover_url, summary),
        structured_data=safe(sharing.podcast_episode(show, episode, cover_url, summary)),
        body=safe(_filled("episode.html", templates, **values, **parts)),
        styles=[files.style],
        scripts=filter(None, [files.script, files.page_script]),
        oembed=embed.discovery(episode),
    )


def render_embed(
    show: Show,
    episode: Episode,
    *,
    files: SharedFiles,
    picture: str = "",
    up: str = "../../",
    templates: Path | None = None,
) -> str:
    """Return the player of one episode for other sites, feed/<slug>/embed/index.html.

    It is whole in itself: all that it loads before somebody plays is one small picture. *picture*
    is `render_page`'s; *up* leads from the page to `feed/`.

    Raises:
        SettingsError: As `render_page`.
    """
    language = episode.language or show.language
    home = f"{up}{episode.slug}/"
    style, _ = _template("style.css", templates)
    return _filled(
        "embed.html",
        templates,
        show=show,
        episode=episode,
        language=language,
        direction=direction(language),
        decimal=_decimal(language),
        title=embed.title_of(show, episode),
        page=f"{home}index.html",
        audio=relative(show, episode.enclosure.url, f"{up}../"),
        cover=f"{home}{picture}" if picture else f"{up}{files.picture}",
        length=wording.length(
            episode.enclosure.duration_s, phrases(language, "units", show.phrases)
        ),
        clock=clock,
        icons=safe(_template("icons.html", templates)[0]),
        say=phrases(language, "player", show.phrases),
        # A show's own colours hold here too; the rest of its style sheet is for another page.
        colours=safe("\n".join(_colours(style))),
        style=safe(lean_style(static_text("embed.css"))),
        script=safe(static_text("embed.js")),
    )


def render_index(
    show: Show,
    page: Page,
    *,
    total: int,
    files: SharedFiles,
    search: str = "",
    templates: Path | None = None,
) -> str:
    """Return the show's page for feed/index.html, or one of the older episodes of *total*.

    *search* is the file beside it that the search begins with (`search.search_of`).

    Raises:
        SettingsError: As `render_page`.
    """
    language = show.language
    say = phrases(language, "show", show.phrases)
    body = _filled(
        "index.html",
        templates,
        show=show,
        groups=_by_season(show, page.episodes),
        page=page,
        total=total,
        cover=files.picture,
        icons=safe(_template("icons.html", templates)[0]),
        subscribe=_subscribe(show, language, templates),
        search=search,
        say=say,
        spoken=_spoken(language, show),
    )
    summary = beginning(show.description) or show.title
    return _laid_out(
        templates,
        show=show,
        files=files,
        language=language,
        title=f"{say['older_episodes']} · {show.title}" if page.newer else show.title,
        description=summary,
        canonical=f"{show.base_url}feed/{page.html if page.newer else ''}",
        open_graph=sharing.open_graph_of_show(show, files.cover_url, summary),
        twitter=sharing.summary_card(show, files.cover_url, summary),
        structured_data=safe(sharing.podcast_series(show, files.cover_url)),
        body=safe(body),
        styles=[files.show_style],
        scripts=[files.page_script, files.show_script, *([files.search_script] if search else [])],
    )


def render_root(
    show: Show,
    latest: Listing | None,
    *,
    files: SharedFiles,
    templates: Path | None = None,
) -> str:
    """Return the page at the base address, for site/index.html, with the *latest* episode.

    Raises:
        SettingsError: As `render_page`.
    """
    language = show.language
    summary = beginning(show.description) or show.title
    body = _filled(
        "root.html",
        templates,
        show=show,
        episode=latest,
        date=long_date(latest.published, language) if latest else "",
        length=(
            wording.length(latest.duration_s, phrases(language, "units", show.phrases))
            if latest
            else ""
        ),
        audio=relative(show, latest.audio_url, "") if latest else "",
        cover=f"feed/{files.picture}",
        icons=safe(_template("icons.html", templates)[0]),
        subscribe=_subscribe(show, language, templates),
        of_show=phrases(language, "show", show.phrases),
        of_embed=phrases(language, "embed", show.phrases),
        say=phrases(language, "site", show.phrases),
        spoken=_spoken(language, show),
    )
    return _laid_out(
        templates,
        show=show,
        files=files,
        language=language,
        up="feed/",
        title=show.title,
        description=summary,
        canonical=show.base_url,
        open_graph=sharing.open_graph_of_show(show, files.cover_url, summary),
        twitter=sharing.summary_card(show, files.cover_url, summary),
        structured_data=safe(sharing.podcast_series(show, files.cover_url)),
        body=safe(body),
        styles=[files.show_style],
        scripts=[files.page_script],
    )


def render_not_found(show: Show, *, files: SharedFiles, templates: Path | None = None) -> str:
    """Return the page for addresses that have none, for site/404.html.

    A server gives it for an address of any depth, so its links begin with a slash.

    Raises:
        SettingsError: As `render_page`.
    """
    language = show.language
    say = phrases(language, "site", show.phrases)
    up = f"{urlsplit(show.base_url).path}feed/"
    body = _filled(
        "404.html",
        templates,
        show=show,
        home=f"{up}index.html",
        cover=f"{up}{files.picture}",
        say=say,
        spoken=_spoken(language, show),
    )
    return _laid_out(
        templates,
        show=show,
        files=files,
        language=language,
        up=up,
        title=show.title,
        description=say["not_found"],
        canonical="",
        open_graph=(),
        twitter=(),
        structured_data="",
        body=safe(body),
        styles=[files.show_style],
        scripts=(),
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


def _subscribe(show: Show, language: str, templates: Path | None) -> str:
    """Return the ways to subscribe: services, apps, the address to copy, and a code to scan."""
    say = phrases(language, "subscribe", show.phrases)
    return safe(
        _filled(
            "subscribe.html",
            templates,
            show=show,
            services=service_links(show),
            apps=other_app_links(show),
            qr=safe(qr_svg(f"{show.base_url}feed/", say["qr_label"])),
            say=say,
            spoken=_spoken(language, show),
        )
    )


def _by_season(show: Show, episodes: Sequence[Listing]) -> list[dict[str, Any]]:
    """Return the rows of a list by their seasons, the season with the newest episode first.

    Episodes of no season come last; a show without seasons has one group without a name.
    """
    of_show = phrases(show.language, "show", show.phrases)
    of_episode = phrases(show.language, "episode", show.phrases)
    units = phrases(show.language, "units", show.phrases)
    groups: dict[int, dict[str, Any]] = {}
    for episode in episodes:
        season = episode.season or 0
        name = wording.season(episode, of_episode) if season else of_show["other_episodes"]
        group = groups.setdefault(season, {"season": season, "name": name, "rows": []})
        group["rows"].append(
            {
                "episode": episode,
                "audio": relative(show, episode.audio_url, "../"),
                "date": long_date(episode.published, show.language),
                "place": wording.place_in_season(episode, of_episode),
                "length": wording.length(episode.duration_s, units),
            }
        )
    return sorted(groups.values(), key=lambda group: not group["season"])


def _laid_out(
    templates: Path | None,
    *,
    show: Show,
    language: str,
    up: str = "",
    oembed: Sequence[embed.Discovery] = (),
    **values: Any,
) -> str:
    style, where = _template("style.css", templates)
    own = where != "style.css"
    return _filled(
        "layout.html",
        templates,
        show=show,
        language=language,
        direction=direction(language),
        skip=phrases(language, "episode", show.phrases)["skip"],
        spoken=_spoken(language, show),
        # A show's own is passed on to the letter.
        style=safe(style if own else lean_style(style)),
        theme=list(zip(PAPER.findall(style), ("light", "dark"), strict=False)),
        up=up,
        oembed=oembed,
        **values,
    )


def _decimal(language: str) -> Callable[[str], str]:
    """Return what writes a decimal fraction as the *language* does."""
    return lambda text: number(float(text), language)


def _spoken(language: str, show: Show) -> str:
    """Return the attributes of an element that holds our phrases alone.

    Where there are none in the *language* of the page they are English, and a voice that reads the
    page aloud has to know.
    """
    spoken = speaks(language, show.phrases)
    return "" if spoken == language else safe(f' lang="{spoken}"')


def _roles(say: Section) -> Callable[[str], str]:
    """Return what names a role of the Podcast Taxonomy; one that has no phrase is named as it is."""
    return lambda role: say.get(role.lower().replace("-", "_").replace(" ", "_"), role)


def _colours(style: str) -> Iterator[str]:
    """Yield the colours of a show's *style* sheet, after ours: its own need not name them all."""
    ours = shipped("columncast.feed.site", "style.css")
    for text in (ours,) if style == ours else (ours, style):
        yield from _of_root(text)


def _of_root(style: str) -> Iterator[str]:
    """Yield every block of `:root`, in what stands around it: `@media (…) { :root { … } }`."""
    around: list[str] = []
    for text, brace in BRACES.findall(CSS_COMMENT.sub("", style)):
        if brace == "{":
            around.append(text.rpartition(";")[2].strip())
        elif around:
            if around[-1] == ":root":
                yield " {".join(around) + f" {{{text}" + "}" * len(around)
            around.pop()


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


def relative(show: Show, url: str, up: str) -> str:
    """What lies in the public folder by a relative link, so that pages work wherever they are."""
    inside = path_of(show, url)
    # Audio that is kept elsewhere, or counted on its way, keeps the address that says so.
    return up + inside if inside and url.startswith(show.base_url) else url


def _readable(transcripts: Sequence[Attachment]) -> str:
    """Return the address of the transcript that a person reads best; empty where there is none."""
    found = {by_own_mime(t.mime_type): t.url for t in transcripts}
    return next((found[kind] for kind in READABLE if kind in found), "")
