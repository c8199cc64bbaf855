"""What web pages carry that is no text of the column: players, boxes, buttons, things from elsewhere.

Known by the names that Substack, Ghost and WordPress give in their exports.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from columncast.episodes.columns.blocks.page_parts import page_part
from columncast.episodes.model.column import Block, Span, words
from columncast.episodes.text.html import Element
from columncast.episodes.text.normalize import clean, clip, one_line
from columncast.episodes.text.urls import clean_url

_FURNITURE = {
    "subscription-widget-wrap": "subscribe box",
    "subscription-widget-wrap-editor": "subscribe box",
    "subscription-widget": "subscribe box",
    "kg-signup-card": "subscribe box",
    "button-wrapper": "button",
    "captioned-button-wrap": "button",
    "wp-block-button": "button",
    "wp-block-buttons": "button",
    "kg-button-card": "button",
    "poll-embed": "poll",
    "install-substack-app-embed": "app advertisement",
    "community-chat": "chat invitation",
    "sharedaddy": "share buttons",
    "jp-relatedposts": "related posts",
    "kg-audio-card": "audio player",
    "native-audio-embed": "audio player",
    "native-video-embed": "video player",
    "kg-video-card": "video player",
    "screen-reader-text": "hidden text",
    "comment": "quoted comment",
}

_EMBEDS = frozenset(
    "digest-post-embed embedded-post-wrap embedded-publication-wrap tweet twitter-embed "
    "bluesky-wrap instagram tiktok-wrap youtube-wrap youtube2 vimeo-wrap vimeo spotify-wrap "
    "soundcloud-wrap apple-podcast-container datawrapper-wrap github-gist bandcamp-wrap "
    "file-embed-wrapper kg-bookmark-card kg-embed-card kg-file-card wp-block-embed".split()
)
_EMBED_TAGS = frozenset("iframe video audio embed object".split())
_TITLES = frozenset("kg-bookmark-title file-embed-details-h1 kg-file-card-title".split())

_PLAYER = re.compile(
    r"^(?:https?:)?//(?:[\w-]+\.)*(?:spotify\.com/embed(?:-podcast)?/(?:episode|show)|"
    r"podcasts\.apple\.com|buzzsprout\.com|libsyn\.com|podbean\.com|transistor\.fm|simplecast\.com|"
    r"captivate\.fm|acast\.com|megaphone\.fm|anchor\.fm|spreaker\.com|castos\.com|fireside\.fm|"
    r"blubrry\.com|audioboom\.com|omny\.fm|art19\.com|rss\.com|redcircle\.com|zencastr\.com|"
    r"substack\.com/embed/podcast)"
)
"""Where podcasts are hosted: what plays there is the recording of this column, or of another."""

_YOUTUBE = re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+).*")
_VIMEO = re.compile(r"https?://player\.vimeo\.com/video/([\w-]+).*")


def furniture(element: Element) -> str:
    """What *element* is if nobody reads it aloud, or ""."""
    audiences = element.attrs.get("data-dynamic-audiences")
    # Substack shows such a block to some readers only; what everyone sees is for `non_sub`.
    if audiences is not None and "non_sub" not in audiences.split(","):
        return "part for subscribers only"
    named = next((_FURNITURE[c] for c in sorted(element.classes) if c in _FURNITURE), "")
    if named or element.tag in ("body", "article", "main"):
        return named
    if element.tag == "audio" or (
        element.tag == "iframe" and _PLAYER.search(element.attrs.get("src", ""))
    ):
        return "audio player"
    return page_part(element)


def is_embed(element: Element) -> bool:
    """Whether *element* shows something from elsewhere."""
    return element.tag in _EMBED_TAGS or bool(element.classes & _EMBEDS)


def data_of(element: Element) -> dict[str, Any]:
    """What Substack keeps about a block in its `data-attrs`."""
    text = element.attrs.get("data-attrs", "")
    if not text:
        return {}
    for attempt in (text, unescape(text)):  # some exports escape it twice
        try:
            data = json.loads(attempt)
        except (ValueError, RecursionError):
            continue
        return data if isinstance(data, dict) else {}
    return {}


def duration_of(element: Element) -> float | None:
    """The length in seconds of the recording that a Substack player plays."""
    duration = data_of(element).get("duration")
    return float(duration) if isinstance(duration, int | float) and duration > 0 else None


def read_embed(element: Element, *, base: str, line: int) -> list[Block]:
    """Something from elsewhere as a link to it, with its own title if it has one."""
    data = data_of(element)
    if data.get("full_text"):
        return _post(data, line)
    inside = list(element.walk())
    href = _address(element, inside, data, base)
    if not href:
        return []
    shown = clip(_title(element, inside, data), 120) or urlsplit(href).netloc.removeprefix("www.")
    return [Block(kind="embed", src=href, spans=words(shown), line=line)]


def _address(element: Element, inside: list[Element], data: dict[str, Any], base: str) -> str:
    candidates = []
    if video := str(data.get("videoId") or ""):
        vimeo = any("vimeo" in name for name in element.classes)
        candidates.append(
            f"https://vimeo.com/{video}" if vimeo else f"https://www.youtube.com/watch?v={video}"
        )
    candidates += [str(data.get(key) or "") for key in ("url", "canonical_url", "src", "href")]
    for attribute in ("href", "src", "data", "data-src"):
        candidates += [e.attrs.get(attribute, "") for e in inside if e.tag != "img"]
    candidates += [text] if (text := element.words().strip()).startswith("http") else []
    hrefs = (clean_url(_to_watch(candidate), base) for candidate in candidates if candidate)
    return next((href for href in hrefs if href.startswith("http")), "")


def _title(element: Element, inside: list[Element], data: dict[str, Any]) -> str:
    titles = [str(data.get("title") or ""), element.attrs.get("title", "")]
    titles += [e.attrs.get("title", "") for e in inside if e.tag == "iframe"]
    titles += [e.words() for e in inside if e.classes & _TITLES]
    titles += [e.words() for e in inside if e.tag in ("a", "h1", "h2", "h3", "h4", "figcaption")]
    return next((title for text in titles if (title := one_line(text))), "")


def _post(data: dict[str, Any], line: int) -> list[Block]:
    """A quoted post of a social network: its words, then where they are."""
    text = clean(str(data["full_text"])).strip()
    quoted = Block(spans=(Span(text=" ".join(text.split())),), line=line)
    href = clean_url(str(data.get("url") or ""))
    name = one_line(str(data.get("name") or data.get("username") or "")) or urlsplit(href).netloc
    source = Block(kind="embed", src=href, spans=words(name), line=line)
    quote = Block(kind="quote", items=((quoted,),), line=line)
    return [block for block, there in ((quote, text), (source, href)) if there]


def _to_watch(url: str) -> str:
    """The address that a person opens, for a player's."""
    url = _YOUTUBE.sub(r"https://www.youtube.com/watch?v=\1", url)
    return _VIMEO.sub(r"https://vimeo.com/\1", url)
