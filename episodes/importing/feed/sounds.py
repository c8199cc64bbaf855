"""Which of the files that an item names is its audio.

What a feed says of a file is often wrong or missing, so its name counts as much as its type, and one
that nothing is known of may be audio: its bytes tell when it is here. Of several, the one that every
app plays comes first: MP3, then AAC; audio before video
(podcasters.apple.com/support/823-podcast-requirements).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from columncast.episodes.importing.feed.tree import Node

_MP3, _AAC, _UNKNOWN, _OTHER, _FILM, _DOUBTFUL, _NONE = range(7)

_NO_SOUNDS = [
    "jpg",
    "jpeg",
    "png",
    "gif",
    "webp",
    "avif",
    "svg",
    "bmp",
    "ico",
    "pdf",
    "epub",
    "mobi",
    "zip",
    "gz",
    "rar",
    "doc",
    "docx",
    "odt",
    "rtf",
    "txt",
    "md",
    "vtt",
    "srt",
    "json",
    "xml",
    "rss",
    "htm",
    "html",
    "css",
    "js",
    "torrent",
    "m3u",
    "m3u8",
    "pls",
    "exe",
    "apk",
    "csv",
]

_BY_SUFFIX = {
    **dict.fromkeys(("mp3", "mpga", "mpeg3"), _MP3),
    **dict.fromkeys(("m4a", "m4b", "aac"), _AAC),
    **dict.fromkeys(
        ("ogg", "oga", "opus", "wav", "flac", "aif", "aiff", "wma", "weba", "mka", "amr", "caf"),
        _OTHER,
    ),
    **dict.fromkeys(
        ("mp4", "m4v", "mov", "webm", "mkv", "avi", "ogv", "mpg", "mpeg", "3gp"), _FILM
    ),
    **dict.fromkeys(_NO_SOUNDS, _NONE),
}
_BY_TYPE = (
    (re.compile(r"(audio/)?(x-)?(mpeg-?3?|mp3|mpg|mpga)$"), _MP3),
    (re.compile(r"(audio/)?(x-)?(mp4|m4[ab]|aacp?|mp4a.*|hx-aac.*)$"), _AAC),
    (re.compile(r"audio(/\*|/x-unknown|/unknown)?$"), _UNKNOWN),
    (re.compile(r"audio/.*(mpegurl|scpls|x-ms-asx).*$"), _NONE),
    (re.compile(r"audio/.|application/(x-)?ogg$"), _OTHER),
    (re.compile(r"video(/.|$)"), _FILM),
    (
        re.compile(
            r"((application|binary|content)/)?(x-)?(octet-?stream|force-?download|download|unknown|binary)?$"
        ),
        _UNKNOWN,
    ),
    # The type of the page that a server sends instead, or no type at all.
    (re.compile(r"text/|application/(xml|xhtml\+xml|json|rss\+xml)$|[^/]*$"), _DOUBTFUL),
)
"""The first that fits; a type that none fits is that of another kind of file."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A file that may be the audio of an item."""

    url: str
    """As it stands; relative ones are meant at *base*."""
    base: str
    mime_type: str
    length_bytes: int
    rank: int
    """The smaller, the surer every app plays it."""


def sounds_of(item: Node) -> list[Sound]:
    """Return what may be the audio of *item*, the one to take first."""
    found: dict[str, Sound] = {}
    for node, attrs in _files(item):
        url = attrs.get("url", "").strip()
        sound = Sound(
            url=url,
            base=node.base,
            mime_type=attrs.get("type", "").partition(";")[0].strip().lower(),
            length_bytes=_whole(attrs.get("length", "")),
            rank=_rank(attrs.get("type", ""), url),
        )
        if url and sound.rank < _NONE:
            found.setdefault(url, sound)
    return sorted(found.values(), key=lambda sound: sound.rank)


def _files(item: Node) -> Iterator[tuple[Node, dict[str, str]]]:
    """Every file that *item* names for its audio, in every way that there is."""
    for node in item.all("enclosure"):
        url = node.attr("url", "href", "rdf:resource", "src") or node.said("url", "link")
        url = url or ("" if node.children else node.text)
        yield node, {"length": "", **node.attrs, "url": url}
    for node in item.all("atom:link"):
        if node.attrs.get("rel") == "enclosure":
            yield node, {**node.attrs, "url": node.attr("href")}
    for node in item.all("enc:enclosure"):
        yield from _rdf(node)
    media = [*item.all("media:content")]
    media += [each for group in item.all("media:group") for each in group.all("media:content")]
    media.sort(key=lambda node: node.attr("isDefault").lower() != "true")
    for node in media:
        medium = node.attr("medium").lower()
        kind = node.attr("type") or ("audio" if medium == "audio" else "")
        if medium in ("", "audio", "video"):
            yield node, {"url": node.attr("url"), "type": kind, "length": node.attr("fileSize")}
    for node in item.all("podcast:alternateEnclosure"):
        for source in node.all("podcast:source"):
            said = {"type": source.attr("contentType") or node.attr("type")}
            yield source, {"url": source.attr("uri"), "length": node.attr("length"), **said}


def _rdf(node: Node) -> Iterator[tuple[Node, dict[str, str]]]:
    """The ways of mod_enclosure for RSS 1.0: all in attributes, or as elements within."""
    inner = [*node.all("enc:Enclosure"), *node.all("rdf:Description")]
    for each in inner or [node]:
        yield (
            each,
            {
                "url": each.attr("url", "rdf:resource", "resource", "rdf:about", "about")
                or each.said("enc:url")
                or each.first("enc:url").attr("rdf:resource"),
                "type": each.attr("type") or each.said("enc:type"),
                "length": each.attr("length") or each.said("enc:length"),
            },
        )


def _rank(kind: str, url: str) -> int:
    said = kind.partition(";")[0].strip().lower()
    typed = next((rank for pattern, rank in _BY_TYPE if pattern.match(said)), _NONE)
    named = _named(url)
    if named is None:
        return typed
    if named < _NONE:
        # `audio/mp4` at an address that ends in .mp4 is audio.
        return typed if named == _FILM and typed in (_MP3, _AAC, _OTHER) else named
    # A picture's name with a type of audio: one of the two is wrong, and the bytes will tell.
    return _DOUBTFUL if typed in (_MP3, _AAC, _OTHER, _FILM) else _NONE


def _named(url: str) -> int | None:
    """What the name of a file tells of it; None if it tells nothing."""
    try:
        parts = urlsplit(url)
        values = [value for _, value in parse_qsl(parts.query, max_num_fields=50)]
    except ValueError:
        return None
    found = _BY_SUFFIX.get(_suffix(unquote(parts.path)))
    if found is not None:
        return found
    # A script that hands files out: download.php?file=ferry.mp3
    asked = (_BY_SUFFIX.get(_suffix(value)) for value in values)
    return next((rank for rank in asked if rank is not None and rank <= _FILM), None)


def _suffix(path: str) -> str:
    name = path.rstrip("/").rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def _whole(text: str) -> int:
    digits = re.sub(r"[,_\s]", "", text)
    return int(digits) if re.fullmatch(r"[0-9]{1,15}", digits) else 0
