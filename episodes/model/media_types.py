"""What each kind of public file is: its suffix, its type in the feed and over HTTP, its name.

The feed and the server may name one thing differently. Apple lists `audio/x-m4a` for the feed
(podcasters.apple.com/support/823-podcast-requirements) where browsers and IANA know `audio/mp4`;
a type that subscribers have seen in the feed stays. Ogg is RFC 7845, WebVTT is w3.org/TR/webvtt1,
transcripts and chapters are github.com/Podcastindex-org/podcast-namespace.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from columncast.episodes.model.containers import MP4, MPEG_AUDIO, OGG

_UTF8 = "; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class MediaType:
    """One kind of file."""

    name: str
    """As people call it."""
    suffixes: tuple[str, ...]
    """With their dot; ours first, then others that mean the same."""
    mimes: tuple[str, ...]
    """What a feed may call it; ours first."""
    served: str
    """The `Content-Type` that our server, stores and hosts give it."""
    also: tuple[str, ...] = ()
    """What other servers and older feeds call it."""
    container: str = ""
    """Of sound, as `containers` calls it."""

    @property
    def mime(self) -> str:
        """Its type in our feed."""
        return self.mimes[0]

    @property
    def suffix(self) -> str:
        """That of our files."""
        return self.suffixes[0]


MP3 = MediaType(
    name="MP3",
    suffixes=(".mp3",),
    mimes=("audio/mpeg",),
    served="audio/mpeg",
    also=("audio/mp3", "audio/x-mpeg"),
    container=MPEG_AUDIO,
)
M4A = MediaType(
    name="M4A",
    suffixes=(".m4a", ".mp4"),
    mimes=("audio/x-m4a", "audio/mp4"),
    served="audio/mp4",
    also=("audio/m4a", "audio/aac"),
    container=MP4,
)
OPUS = MediaType(
    name="Opus",
    suffixes=(".opus", ".ogg"),
    mimes=("audio/ogg", "audio/opus"),
    served="audio/ogg",
    also=("application/ogg",),
    container=OGG,
)
WAV = MediaType(name="WAV", suffixes=(".wav",), mimes=("audio/wav",), served="audio/wav")

VTT = MediaType(name="WebVTT", suffixes=(".vtt",), mimes=("text/vtt",), served=f"text/vtt{_UTF8}")
SRT = MediaType(
    name="SubRip",
    suffixes=(".srt",),
    mimes=("application/x-subrip",),
    served="application/x-subrip",
    also=("application/srt", "text/srt"),
)
JSON = MediaType(
    name="JSON", suffixes=(".json",), mimes=("application/json",), served="application/json"
)
HTML = MediaType(
    name="Web page", suffixes=(".html",), mimes=("text/html",), served=f"text/html{_UTF8}"
)
TEXT = MediaType(
    name="Text", suffixes=(".txt",), mimes=("text/plain",), served=f"text/plain{_UTF8}"
)
CHAPTERS = MediaType(
    name="Chapters",
    suffixes=(".json",),
    mimes=("application/json+chapters",),
    served="application/json+chapters",
    also=JSON.mimes,
)

JPEG = MediaType(
    name="JPEG", suffixes=(".jpg", ".jpeg"), mimes=("image/jpeg",), served="image/jpeg"
)
PNG = MediaType(name="PNG", suffixes=(".png",), mimes=("image/png",), served="image/png")
WEBP = MediaType(name="WebP", suffixes=(".webp",), mimes=("image/webp",), served="image/webp")
GIF = MediaType(name="GIF", suffixes=(".gif",), mimes=("image/gif",), served="image/gif")

RSS = MediaType(
    name="RSS",
    suffixes=(".xml",),
    mimes=("application/rss+xml",),
    # A browser shows the feed by its style sheet only if it is called XML, and as source text if
    # it is called RSS; apps take either.
    served="application/xml",
    also=("application/xml", "text/xml"),
)
ATOM = MediaType(
    name="Atom",
    suffixes=(".atom",),
    mimes=("application/atom+xml",),
    served="application/atom+xml",
)
RDF = MediaType(
    name="RSS 1.0", suffixes=(".rdf",), mimes=("application/rdf+xml",), served="application/rdf+xml"
)
OPML = MediaType(
    name="OPML", suffixes=(".opml",), mimes=("text/x-opml",), served=f"text/x-opml{_UTF8}"
)
CSS = MediaType(name="CSS", suffixes=(".css",), mimes=("text/css",), served=f"text/css{_UTF8}")
SCRIPT = MediaType(
    name="JavaScript",
    suffixes=(".js",),
    mimes=("text/javascript",),
    served=f"text/javascript{_UTF8}",
)
XSL = MediaType(
    name="Style sheet", suffixes=(".xsl",), mimes=("text/xsl",), served=f"text/xsl{_UTF8}"
)

PLAYED_EVERYWHERE = (MP3, M4A)
"""What every app plays as the main audio
(podcasters.apple.com/support/823-podcast-requirements)."""
SOUNDS = (*PLAYED_EVERYWHERE, OPUS)
"""What an episode may be published as."""
TRANSCRIPTS = (VTT, SRT, JSON, HTML, TEXT)
"""In the order in which a feed names them: apps that take one take the first, so WebVTT leads."""
SUBTITLES = (VTT, SRT)
"""The transcripts that Apple takes (podcasters.apple.com/support/5316-transcripts)."""
PICTURES = (JPEG, PNG)
"""What a cover may be (podcasters.apple.com/support/896-artwork-requirements)."""
FEEDS = (RSS, ATOM, RDF)
"""What a page may name as its feed (rssboard.org/rss-autodiscovery)."""
COLUMN_PICTURES = (*PICTURES, WEBP, GIF)
"""What every browser shows, and a column's page may hold."""
OEMBED_ANSWER = "text/xml"
"""An answer in XML, as oEmbed 1.0 names it; by its suffix it would be a feed."""
PUBLIC = (*SOUNDS, WAV, *TRANSCRIPTS, *COLUMN_PICTURES, RSS, OPML, CSS, SCRIPT, XSL)
"""What lies in the public folder; chapters files are JSON by their suffix."""
UNKNOWN = "application/octet-stream"
"""What a file is served as that is none of these."""

_KNOWN = (*PUBLIC, CHAPTERS, ATOM, RDF)


def by_suffix(suffix: str, among: tuple[MediaType, ...] = PUBLIC) -> MediaType | None:
    """Return which kind *among* others has *suffix*, in capitals or not; None for any other.

    >>> by_suffix(".OGG").name
    'Opus'
    """
    small = suffix.lower()
    return next((kind for kind in among if small in kind.suffixes), None)


def by_own_mime(mime: str, among: tuple[MediaType, ...] = _KNOWN) -> MediaType | None:
    """Return which kind *among* others may be called *mime* in a feed; None for any other."""
    return next((kind for kind in among if mime in kind.mimes), None)


def by_mime(mime: str, among: tuple[MediaType, ...] = _KNOWN) -> MediaType | None:
    """Return which kind *among* others a feed or a server means by *mime*; None for any other.

    A kind's own name counts before what others call it.

    >>> by_mime("Text/SRT; charset=utf-8").mime
    'application/x-subrip'
    >>> by_mime("application/json").name
    'JSON'
    """
    bare = mime.partition(";")[0].strip().lower()
    other = (kind for kind in among if bare in kind.also)
    return by_own_mime(bare, among) or next(other, None)


def sound_of(path: PurePath) -> MediaType:
    """Return what the published audio *path* is.

    Raises:
        KeyError: An episode is never published as that.
    """
    kind = by_suffix(path.suffix, SOUNDS)
    if kind is None:
        raise KeyError(path.suffix)
    return kind


def same_type(a: str, b: str) -> bool:
    """Whether two MIME types are names of the same thing.

    >>> same_type("audio/x-m4a", "audio/mp4"), same_type("audio/mpeg", "text/html")
    (True, False)
    """
    return a == b or any({a, b} <= {*kind.mimes, *kind.also} for kind in _KNOWN)


_CONTAINER_SUFFIXES = {MP4: M4A.suffix, "matroska": ".mka", "asf": ".wma", "mpeg": ".mpg"}
"""Of containers that people know by another name than ffmpeg does."""


def container_suffix(container: str) -> str:
    """Return the suffix that fits a recording in *container* (see `containers`).

    >>> container_suffix("mov"), container_suffix("flac"), container_suffix("")
    ('.m4a', '.flac', '.sound')
    """
    return _CONTAINER_SUFFIXES.get(container, f".{container}" if container else ".sound")
