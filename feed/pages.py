"""The public pages: one for each episode, and one for the show.

They read and play without JavaScript and load nothing from elsewhere. Every template, and the
style sheet with its colours as CSS variables, can be replaced by a file of the same name in the
folder `templates` of the show.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from columncast.episodes.alignment import Alignment
from columncast.episodes.errors import SettingsError
from columncast.episodes.model import Episode
from columncast.episodes.settings import Show
from columncast.episodes.template import render, safe, shipped
from columncast.feed.apps import subscribe_links
from columncast.feed.picture import describe, loudness_svg
from columncast.feed.readalong import render_readalong
from columncast.feed.rss import newest_first

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]  # strftime would use the machine's language
RIGHT_TO_LEFT = frozenset(["ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"])
KINDS = {
    "audio/mpeg": "MP3",
    "audio/mp4": "M4A",
    "audio/x-m4a": "M4A",
    "audio/ogg": "Opus",
    "audio/opus": "Opus",
    "text/vtt": "WebVTT",
    "application/x-subrip": "SubRip",
    "application/json": "JSON",
    "text/html": "Web page",
    "text/plain": "Text",
}


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
    picture = ""
    if episode.master:
        mono = episode.master.channels == 1
        target_lufs = show.audio.integrated_lufs - (3 if mono else 0)
        picture = loudness_svg(episode.master, target_lufs=target_lufs)
    timed = alignment if alignment and alignment.verdict == "ok" else None
    full_text = (timed or show.feed.page == "text") and episode.text_html
    text = full_text or episode.notes.full_html or episode.notes.html

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
        loudness=describe(episode.master) if episode.master else "",
        date=_date(episode),
        place=_place(episode),
        length=_length(episode.enclosure.duration_s),
        apps=subscribe_links(show.feed_url),
        clock=_clock,
        size=_size,
        kind=_kind,
    )
    image = episode.image_url or cover_url
    summary = episode.subtitle or _shortened(episode.notes.plain)
    return _laid_out(
        templates,
        show=show,
        language=episode.language or show.language,
        title=f"{episode.title} · {show.title}",
        description=summary,
        # The column itself is the original of its full text; of the notes, this page is.
        canonical=episode.link if full_text else episode.page_url,
        open_graph=[
            ("og:type", "article"),
            ("og:site_name", show.title),
            ("og:title", episode.title),
            ("og:description", summary),
            ("og:url", episode.page_url),
            ("og:image", image),
            ("og:audio", episode.enclosure.url),
            ("og:audio:type", episode.enclosure.mime_type),
            ("article:published_time", episode.published.isoformat()),
        ],
        twitter=[
            ("twitter:card", "player"),
            ("twitter:title", episode.title),
            ("twitter:description", summary),
            ("twitter:image", image),
            ("twitter:player", episode.page_url),
            ("twitter:player:width", "480"),
            ("twitter:player:height", "480"),
            ("twitter:player:stream", episode.enclosure.url),
            ("twitter:player:stream:content_type", episode.enclosure.mime_type),
        ],
        structured_data=_json(_podcast_episode(show, episode, image, summary)),
        body=safe(body),
        readalong="../" if timed else "",
    )


def render_index(
    show: Show, episodes: Sequence[Episode], *, cover_url: str, templates: Path | None = None
) -> str:
    """Return the show's page with all *episodes*, newest first, for feed/index.html.

    Raises:
        SettingsError: As `render_page`.
    """
    rows = [
        {
            "episode": episode,
            "date": _date(episode),
            "place": _place(episode),
            "length": _length(episode.enclosure.duration_s),
        }
        for episode in newest_first(episodes)
    ]
    body = _filled(
        "index.html",
        templates,
        show=show,
        rows=rows,
        cover=_relative(show, cover_url, "../"),
        apps=subscribe_links(show.feed_url),
    )
    summary = _shortened(show.description) or show.title
    page_url = f"{show.base_url}feed/"
    return _laid_out(
        templates,
        show=show,
        language=show.language,
        title=show.title,
        description=summary,
        canonical=page_url,
        open_graph=[
            ("og:type", "website"),
            ("og:title", show.title),
            ("og:description", summary),
            ("og:url", page_url),
            ("og:image", cover_url),
        ],
        twitter=[
            ("twitter:card", "summary"),
            ("twitter:title", show.title),
            ("twitter:description", summary),
            ("twitter:image", cover_url),
        ],
        structured_data=_json(
            _series(show) | {"@context": "https://schema.org", "image": cover_url}
        ),
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
        return shipped("columncast.feed", name), name
    where = f"templates/{name}"
    try:
        return own.read_text(encoding="utf-8"), where
    except (OSError, UnicodeDecodeError) as e:
        raise SettingsError("cannot be read as UTF-8 text", where=where) from e


def _podcast_episode(show: Show, episode: Episode, image: str, summary: str) -> dict[str, Any]:
    """What search engines read: schema.org/PodcastEpisode."""
    length = _iso_duration(episode.enclosure.duration_s)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "url": episode.page_url,
        "name": episode.title,
        "description": summary,
        "datePublished": episode.published.isoformat(),
        "timeRequired": length,
        "image": image,
        "inLanguage": episode.language or show.language,
        "associatedMedia": {
            "@type": "AudioObject",
            "contentUrl": episode.enclosure.url,
            "encodingFormat": episode.enclosure.mime_type,
            "contentSize": str(episode.enclosure.length_bytes),
            "duration": length,
        },
        "partOfSeries": _series(show),
    }
    if episode.author:
        data["author"] = {"@type": "Person", "name": episode.author}
    if episode.number:
        data["episodeNumber"] = episode.number
    if episode.season:
        data["partOfSeason"] = {"@type": "PodcastSeason", "seasonNumber": episode.season}
    if episode.link != episode.page_url:
        data["isBasedOn"] = episode.link
    return data


def _series(show: Show) -> dict[str, Any]:
    return {
        "@type": "PodcastSeries",
        "name": show.title,
        "url": f"{show.base_url}feed/",
        "webFeed": show.feed_url,
    }


def _json(data: dict[str, Any]) -> Any:
    # "<" as an escape keeps `</script>` in a title from ending the element.
    return safe(json.dumps(data, ensure_ascii=False, indent=1).replace("<", "\\u003c"))


def _relative(show: Show, url: str, up: str) -> str:
    """What lies in the public folder by a relative link, so that pages work wherever they are."""
    inside = url.removeprefix(show.base_url)
    return url if inside == url else up + inside


def _date(episode: Episode) -> str:
    day = episode.published
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _place(episode: Episode) -> str:
    tags = episode.podcast
    season = tags.season_name or (f"Season {episode.season}" if episode.season else "")
    number = tags.episode_display or (f"Episode {episode.number}" if episode.number else "")
    kind = "" if episode.type == "full" else episode.type.capitalize()
    return " · ".join(part for part in (season, number, kind) if part)


def _length(duration_s: float) -> str:
    """A duration as people say it: `9 min`, `1 h 5 min`."""
    minutes = max(1, round(duration_s / 60))
    hours, rest = divmod(minutes, 60)
    told = f"{hours} h {rest} min" if hours else f"{minutes} min"
    return told.replace(" ", "\N{NO-BREAK SPACE}")


def _iso_duration(duration_s: float) -> str:
    """A duration by ISO 8601: `PT9M12S`."""
    whole = max(1, round(duration_s))
    return f"PT{whole // 3600}H{whole // 60 % 60}M{whole % 60}S"


def _clock(seconds: float) -> str:
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _size(length_bytes: int) -> str:
    return f"{length_bytes / 1_000_000:.1f} MB"


def _kind(mime_type: str) -> str:
    return KINDS.get(mime_type, mime_type)


def _shortened(text: str, limit: int = 200) -> str:
    """The beginning of *text* on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + "…"
