"""What show.toml says: the show and its settings, typed and checked when read.

Every key is a field here and nowhere else; the default in the class is the default everywhere.
`__post_init__` states the rules; a broken one becomes one line that names the file and the key.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import tomllib
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec

from columncast.episodes.disk.file_names import file_name, plain_key
from columncast.episodes.errors import ColumncastError, SettingsError
from columncast.episodes.model.codes import category_path, language_tag
from columncast.episodes.model.episode import AudioForm, Person
from columncast.episodes.model.podcast20 import (
    Funding,
    Location,
    Medium,
    RemoteItem,
    Txt,
    UpdateFrequency,
    broken,
    known_license,
)
from columncast.episodes.model.weekly import weekly
from columncast.episodes.phrases.own import check_own

T = TypeVar("T")

_MOST_BYTES = 5_000_000
"""Of a settings file; one by hand has a few thousand."""
SECRET = re.compile("secret|passw|passphrase|token|access_key|credential|private_key")
"""Keys that people would put a secret under."""


@dataclass(frozen=True, kw_only=True)
class MasterSettings:
    """What a master sounds like, and in which form it comes."""

    integrated_lufs: float = -16.0
    """As heard from two speakers: a mono file is brought to 3 LU less on the meter."""
    true_peak_dbtp: float = -1.0
    max_gain_db: float = 30.0
    """More gain than this would publish the noise floor."""
    bitrate: str = "96k"
    channels: int = 1
    sample_rate: int = 0
    """44100 or 48000; 0 keeps the recording's where players take it."""
    outputs: tuple[AudioForm, ...] = ("mp3",)
    """The first is the enclosure, the others become `podcast:alternateEnclosure`."""
    intro: str = ""
    """A sound file in the show's folder, brought to the loudness of the voice."""
    outro: str = ""
    overlap_s: float = 0.0
    """For how long intro and outro sound together with the voice."""
    fade_s: float = 0.0
    """For how long the intro fades out and the outro fades in."""
    trim_silence: bool = False
    """Cut the silence before the first word and after the last one."""
    trim_margin_s: float = 0.5
    """How much of that silence is kept."""
    high_pass_hz: float = 0.0
    """Take away rumble below this frequency; 80 suits most voices. 0: off."""
    denoise_db: float = 0.0
    """Lower steady noise by this much; 12 is a good start. 0: off."""
    de_ess: float = 0.0
    """Soften sharp s sounds, from 0 (off) to 1."""
    leveler_db: float = 0.0
    """Bring phrases nearer to each other, each by at most this much; 6 is a good start. 0: off."""

    def __post_init__(self) -> None:
        """Refuse what no player would thank us for."""
        if not -31 <= self.integrated_lufs <= -9:
            raise ValueError("integrated_lufs must lie between -31 and -9; podcasts use -16")
        if not -9 <= self.true_peak_dbtp <= 0:
            raise ValueError("true_peak_dbtp must lie between -9 and 0; podcasts use -1")
        if self.max_gain_db < 0:
            raise ValueError("max_gain_db must not be negative")
        if self.channels not in (1, 2):
            raise ValueError("channels must be 1 (mono) or 2 (stereo)")
        if not re.fullmatch(r"(64|80|96|112|128|160|192)k", self.bitrate):
            raise ValueError('bitrate must be one of "64k" "80k" "96k" "112k" "128k" "160k" "192k"')
        if self.sample_rate not in (0, 44100, 48000):
            raise ValueError("sample_rate must be 44100 or 48000, or 0 to keep the recording's")
        paths_in_show(intro=self.intro, outro=self.outro)
        if not self.outputs or len(set(self.outputs)) < len(self.outputs):
            raise ValueError('outputs must name each form once, for example ["mp3", "opus"]')
        for name, most in _RANGES.items():
            if not 0 <= getattr(self, name) <= most:
                raise ValueError(f"{name} must lie between 0 and {most}")


@dataclass(frozen=True, kw_only=True)
class AudioSettings(MasterSettings):
    """`[audio]`: where a master should land, in which form, and what is cut before."""

    cut: Literal["none", "sure"] = "none"
    """What `add` and a new recording cut without asking."""
    pauses: Literal["even", "keep"] = "even"
    """Whether pauses far over the reader's own are among what is cut."""

    @property
    def master(self) -> MasterSettings:
        """What the sound of a recording depends on; what is cut of it stands beside it."""
        names = [field.name for field in dataclasses.fields(MasterSettings)]
        return MasterSettings(**{name: getattr(self, name) for name in names})


_RANGES = {
    "overlap_s": 20,
    "fade_s": 20,
    "trim_margin_s": 10,
    "high_pass_hz": 300,
    "denoise_db": 30,
    "de_ess": 1,
    "leveler_db": 12,
}


@dataclass(frozen=True, kw_only=True)
class NotesSettings:
    """`[notes]`: what the show notes are made of."""

    body: Literal["excerpt", "summary", "full"] = "excerpt"
    """How much of the column the notes hold; `full` goes to `content:encoded` only."""
    template: str = ""
    """A Jinja2 template in the show's folder that orders the parts of the notes its own way."""

    def __post_init__(self) -> None:
        """Refuse what would be read from elsewhere."""
        paths_in_show(template=self.template)


@dataclass(frozen=True, kw_only=True)
class FeedSettings:
    """`[feed]`: how the feed is cut and what it tells directories."""

    page_size: int = 300
    """The newest so many are in feed.xml, older ones in pages linked from it (RFC 5005)."""
    email: bool = True
    """Show the e-mail address as the owner's: YouTube and Amazon send their code there."""
    new_feed_url: str = ""
    """Where the feed has moved to; apps follow it (`itunes:new-feed-url`)."""
    complete: bool = False
    """No further episode will ever come (`itunes:complete`)."""
    block: bool = False
    """Take the show off Apple's and other directories (`itunes:block`)."""
    hub: str = ""
    """A WebSub hub that tells apps at once (w3.org/TR/websub)."""
    page: Literal["notes", "text"] = "notes"
    """What an episode's page shows under the player: its notes, or the whole column."""
    fetch_pictures: bool = True
    """Fetch the pictures of a column that are on the web when it comes in; its page shows copies."""

    def __post_init__(self) -> None:
        """Refuse a feed that apps could not follow."""
        if self.page_size < 1:
            raise ValueError("page_size must be at least 1; 300 is what apps read")
        for name in ("new_feed_url", "hub"):
            if getattr(self, name):
                web_url(getattr(self, name), name)


@dataclass(frozen=True, kw_only=True)
class PodcastSettings:
    """`[podcast]`: the Podcasting 2.0 tags of the show (podcastindex.org/namespace/1.0)."""

    locked: bool = True
    """Other hosts must not import the feed without asking."""
    medium: Medium = "podcast"
    license: str = ""
    license_url: str = ""
    person: tuple[Person, ...] = ()
    funding: tuple[Funding, ...] = ()
    location: tuple[Location, ...] = ()
    txt: tuple[Txt, ...] = ()
    podroll: tuple[RemoteItem, ...] = ()
    update_frequency: UpdateFrequency | None = None
    ai_content: bool = False
    """The narration is made by a synthetic voice, and says so."""
    block: tuple[str, ...] = ()
    """Services that must not list the show, by their slug: `google`; `all` for every one."""

    def __post_init__(self) -> None:
        """Check what has no class of its own."""
        known_license(self.license, self.license_url)
        for slug in self.block:
            if not re.fullmatch(r"[a-z0-9._-]+", slug):
                broken("block", f"{slug!r} is not a service's slug like 'google'")


@dataclass(frozen=True, kw_only=True)
class Ids:
    """`[ids]`: what was assigned once and must never change."""

    guid: str = ""
    """`podcast:guid`, a UUID (podcastindex.org/namespace/1.0#guid)."""


@dataclass(frozen=True, kw_only=True)
class MediaSettings:
    """`[media]`: audio that is served from elsewhere than the feed."""

    base_url: str = ""
    """Where `audio/` is served (an archive, a CDN); empty: under the show's `base_url`."""
    prefix: str = ""
    """A measuring service's address that audio URLs are put behind: `https://op3.dev/e/`."""

    def __post_init__(self) -> None:
        """Bring both to one spelling, with a slash at the end."""
        for name in ("base_url", "prefix"):
            if getattr(self, name):
                url = web_url(getattr(self, name), name)
                object.__setattr__(self, name, url.rstrip("/") + "/")


SERVICES = {
    "apple": ("Apple Podcasts", ("podcasts.apple.com", "itunes.apple.com", "apple.co")),
    "spotify": ("Spotify", ("open.spotify.com", "podcasters.spotify.com", "spotify.link")),
    "youtube": ("YouTube", ("youtube.com", "music.youtube.com", "youtu.be")),
    "amazon": ("Amazon Music", ("music.amazon.*",)),
    "audible": ("Audible", ("audible.*",)),
    "deezer": ("Deezer", ("deezer.com", "link.deezer.com")),
    "iheart": ("iHeart", ("iheart.com",)),
    "pocketcasts": ("Pocket Casts", ("pca.st", "pocketcasts.com", "play.pocketcasts.com")),
    "overcast": ("Overcast", ("overcast.fm",)),
    "castbox": ("Castbox", ("castbox.fm",)),
    "podcastaddict": ("Podcast Addict", ("podcastaddict.com",)),
    "podcastindex": ("Podcast Index", ("podcastindex.org",)),
}
"""Services with a page for every show: what people call each, and the hosts of its addresses.

`music.amazon.*` is Amazon's in any country; a leading `www.` goes without saying."""


def subscribe_address(service: str, address: str) -> None:
    """Check one line of `[subscribe]`.

    Raises:
        ValueError: *service* is neither known nor a name that people read, or *address* is not an
            https address of it.
    """
    where = f"[subscribe] {service}"
    url = urlsplit(address)
    if url.scheme != "https" or not url.hostname or not re.fullmatch(r"[!-~]+", address):
        raise ValueError(f"{where} {address!r} is not an address like https://example.org/show")
    if url.username or url.password:
        raise ValueError(f"{where} must be without a user's name and password")
    if service not in SERVICES:
        near = difflib.get_close_matches(service.lower().replace(" ", ""), SERVICES, n=1)
        if near or service.lower() == service or service.strip() != service:
            hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(SERVICES)}"
            raise ValueError(
                f'{where} is no service known here; {hint} Others go by their names: "Radio Walls"'
            )
        return
    name, hosts = SERVICES[service]
    host = url.hostname.removeprefix("www.")
    if not any(host == h or (h[-2:] == ".*" and host.startswith(h[:-1])) for h in hosts):
        raise ValueError(f"{where} {address!r} is not an address of {name} ({hosts[0]})")


Part = Literal["audio", "feed"]


@dataclass(frozen=True, kw_only=True)
class Destination:
    """`[publish.NAME]`: a place that the public folder is put to. No secrets are ever in it."""

    kind: Literal["folder", "s3", "sftp"]
    holds: tuple[Part, ...] = ("audio", "feed")
    """What lands here; a show may keep its audio elsewhere than its feed."""
    verify: bool = True
    """Ask the public URL for every new file before the feed names it."""
    path: str = ""
    """Of kind folder: from the show's folder or absolute; of kind sftp: on the server."""
    bucket: str = ""
    prefix: str = ""
    """What every key in the bucket starts with: `podcast/`."""
    endpoint_url: str = ""
    """Of a store other than AWS: `https://ACCOUNT.r2.cloudflarestorage.com`."""
    region: str = ""
    profile: str = ""
    """Of `~/.aws/config`; empty: as the environment says."""
    host: str = ""
    """Of kind sftp: a name, or an alias of `~/.ssh/config`."""
    port: int = 0
    """0: as `~/.ssh/config` says, else 22."""
    user: str = ""

    def __post_init__(self) -> None:
        """Refuse a destination that says too little, or things that its kind has no use for."""
        takes = {
            "folder": {"path"},
            "s3": {"bucket", "prefix", "endpoint_url", "region", "profile"},
            "sftp": {"host", "port", "user", "path"},
        }[self.kind]
        needs = {"folder": {"path"}, "s3": {"bucket"}, "sftp": {"host", "path"}}[self.kind]
        for name in sorted(needs):
            if not getattr(self, name):
                raise ValueError(f'kind = "{self.kind}" needs {name}')
        given = {f.name for f in dataclasses.fields(self) if getattr(self, f.name) != f.default}
        if odd := sorted(given - takes - {"kind", "holds", "verify"}):
            raise ValueError(
                f'kind = "{self.kind}" has no {odd[0]}; it has {", ".join(sorted(takes))}'
            )
        if not self.holds or len(set(self.holds)) != len(self.holds):
            raise ValueError('holds must name "audio", "feed" or both, once each')
        if self.endpoint_url:
            web_url(self.endpoint_url, "endpoint_url")
        if self.prefix:
            object.__setattr__(self, "prefix", self.prefix.strip("/") + "/")
            if not plain_key(self.prefix[:-1]):
                raise ValueError(f"prefix {self.prefix!r} must be like podcast/, without '..'")


def only_known_words(publish: Mapping[str, object]) -> None:
    """Check what `[publish]` says itself, apart from its places.

    Raises:
        ValueError: It says something else than `approval = "required"`.
    """
    for name, said in publish.items():
        if isinstance(said, str) and (name, said) != ("approval", "required"):
            known = 'approval = "required", or a place: [publish.NAME]'
            # Without what it says: that may be a secret.
            raise ValueError(f"[publish] {name} cannot be so; known is {known}")


@dataclass(frozen=True, kw_only=True)
class SiteSettings:
    """`[site]`: what the show has at its base address itself, outside `audio/` and `feed/`."""

    root: bool = False
    """Make `index.html` and `404.html` for the base address, and publish them."""


@dataclass(frozen=True, kw_only=True)
class BuildSettings:
    """`[build]`: how a large show is built on other machines (docs/how-to/cluster.md)."""

    workers_see: str = ""
    """The show's folder as workers see it: a path, or a URL such as s3://bucket/show; empty: the
    same path as here, on a shared disk."""


@dataclass(frozen=True, kw_only=True)
class ScheduleSettings:
    """`[schedule]`: when episodes come out, for `--date "next free slot"`."""

    every: str = ""
    """A weekday and a time in the show's time zone: `friday 06:00`."""

    def __post_init__(self) -> None:
        """Refuse what is no such time."""
        if self.every:
            try:
                weekly(self.every)
            except ValueError as e:
                raise ValueError(f"every {e}") from e


AudienceRule = Literal[
    "requests",
    "one-minute",
    "once-a-day",
    "ipv6-64",
    "two-bytes",
    "bots",
    "no-agent",
    "data-centres",
    "apple-watch",
    "preloads",
]


@dataclass(frozen=True, kw_only=True)
class AudienceSettings:
    """`[audience]`: where the host's access logs lie, and how listeners are counted in them."""

    logs: tuple[str, ...] = ()
    """Files, folders, patterns (`/var/log/nginx/pod*.log*`), or `s3://bucket/prefix/`."""
    format: str = ""
    """Of logs of another kind: a line as nginx's `log_format` writes it, with `$remote_addr` …"""
    address_header: str = ""
    """Behind a proxy, the header with the listener's address: `X-Forwarded-For`."""
    trusted_proxies: int = 1
    """How many proxies stand before the server; addresses further left in the header are hearsay."""
    rules_off: tuple[AudienceRule, ...] = ()
    """Rules that are not applied; docs/how-to/audience.md lists them."""
    countries: str = ""
    """A country database of MaxMind or DB-IP (`.mmdb`) on this machine; empty: no countries."""
    machine: str = ""
    """A name for this machine, where several keep logs of their own and their counts are added."""

    def __post_init__(self) -> None:
        """Refuse what could not be counted by."""
        if self.format and not (
            "$remote_addr" in self.format and "$http_user_agent" in self.format
        ):
            raise ValueError(
                "format needs $remote_addr and $http_user_agent to tell listeners apart"
            )
        if self.address_header and not re.fullmatch(r"[A-Za-z0-9-]+", self.address_header):
            raise ValueError("address_header must be a header's name, such as X-Forwarded-For")
        if not 1 <= self.trusted_proxies <= 10:
            raise ValueError("trusted_proxies must lie between 1 and 10")
        if not re.fullmatch(r"[a-z0-9-]*", self.machine):
            raise ValueError("machine must be a plain name of small letters, digits and hyphens")


@dataclass(frozen=True, kw_only=True)
class Show:
    """`show.toml`."""

    title: str
    site_url: str
    """The publication's own site, where the columns are."""
    base_url: str
    """Where `audio/` and `feed/` are served; ends in a slash."""
    description: str = ""
    author: str = ""
    email: str = ""
    language: str = "en"
    category: tuple[str, ...] = ("Society & Culture",)
    """Apple's names, the first counts most; `Arts > Books` names a subcategory."""
    cover: str = "cover.jpg"
    """A picture in the show's folder."""
    cover_alt: str = ""
    """The cover in words, for those who do not see it."""
    explicit: bool = False
    type: Literal["episodic", "serial"] = "episodic"
    copyright: str = ""
    timezone: str = "UTC"
    """IANA name; a date given without a zone is meant here."""
    audio: AudioSettings = field(default_factory=AudioSettings)
    notes: NotesSettings = field(default_factory=NotesSettings)
    feed: FeedSettings = field(default_factory=FeedSettings)
    podcast: PodcastSettings = field(default_factory=PodcastSettings)
    media: MediaSettings = field(default_factory=MediaSettings)
    subscribe: dict[str, str] = field(default_factory=dict)
    """The show's own pages at Apple, Spotify, YouTube and others, by the name of the service."""
    site: SiteSettings = field(default_factory=SiteSettings)
    publish: dict[str, Destination | str] = field(default_factory=dict)
    """Where the public folder goes live, by name; `approval` is how it gets there, see below."""
    ids: Ids = field(default_factory=Ids)
    build: BuildSettings = field(default_factory=BuildSettings)
    audience: AudienceSettings = field(default_factory=AudienceSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    pronunciation: dict[str, str] = field(default_factory=dict)
    """Names as written, and how they are said in plain respelling; for aligning the text."""
    phrases: dict[str, Any] = field(default_factory=dict)
    """Phrases of the pages and notes in the show's own words, by language, section and name."""

    def __post_init__(self) -> None:
        """Check what directories check, and bring URLs and codes to one spelling."""
        if not self.title.strip():
            raise ValueError("title must not be empty")
        if self.email and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", self.email):
            raise ValueError(f"email {self.email!r} is not an address like name@example.org")
        try:
            zoneinfo.ZoneInfo(self.timezone)
        except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError) as e:
            raise ValueError(f"timezone {self.timezone!r} is not one like 'Europe/Berlin'") from e
        paths_in_show(cover=self.cover or ".")
        if odd := [name for name in self.publish if file_name(name) != name]:
            raise ValueError(f"[publish] {odd[0]!r} must be a plain name, as in [publish.web]")
        only_known_words(self.publish)
        for service, address in self.subscribe.items():
            subscribe_address(service, address)
        for name, said in self.pronunciation.items():
            if not name.strip() or not re.search(r"[A-Za-z]", said):
                raise ValueError(f'[pronunciation] {name!r} must be given as "Zhou" = "joe"')
        check_own(self.phrases)
        object.__setattr__(self, "language", language_tag(self.language))
        object.__setattr__(self, "category", tuple(self.category))
        for text in self.category:
            category_path(text)
        for name in ("site_url", "base_url"):
            url = web_url(getattr(self, name), name)
            object.__setattr__(self, name, url.rstrip("/") + "/")

    @property
    def destinations(self) -> dict[str, Destination]:
        """The places that the public folder goes live at, by name."""
        return {name: said for name, said in self.publish.items() if isinstance(said, Destination)}

    @property
    def needs_approval(self) -> bool:
        """`[publish] approval = "required"`: somebody approves what goes live before it does."""
        return self.publish.get("approval") == "required"

    @property
    def feed_url(self) -> str:
        """The URL that people subscribe to."""
        return f"{self.base_url}feed/feed.xml"

    @property
    def categories(self) -> tuple[tuple[str, ...], ...]:
        """The categories as Apple nests them: (main,) or (main, sub)."""
        return tuple(category_path(text) for text in self.category)


def public_url(show: Show, path: str) -> str:
    """Return the URL at which *path* of the show's folder is served, measuring left aside.

    >>> show = Show(title="T", site_url="https://t.example", base_url="https://t.example/pod")
    >>> public_url(show, "feed/feed.xml")
    'https://t.example/pod/feed/feed.xml'
    """
    elsewhere = show.media.base_url if path.startswith("audio/") else ""
    return (elsewhere or show.base_url) + path


def enclosure_url(show: Show, path: str) -> str:
    """Return the URL that the feed gives for the audio file *path* of the show's folder.

    A measuring service takes the address after its own, without `https://` (op3.dev/setup).

    >>> media = MediaSettings(base_url="https://cdn.example", prefix="https://op3.dev/e")
    >>> show = Show(title="T", site_url="https://t.example", base_url="https://t.example", media=media)
    >>> enclosure_url(show, "audio/the-ferry-1a2b3c4d.mp3")
    'https://op3.dev/e/cdn.example/audio/the-ferry-1a2b3c4d.mp3'
    """
    url = public_url(show, path)
    return show.media.prefix + url.removeprefix("https://") if show.media.prefix else url


def path_of(show: Show, url: str) -> str:
    """Return the path in the show's folder that *url* stands for; empty if it is not the show's.

    >>> show = Show(title="T", site_url="https://t.example", base_url="https://t.example/pod")
    >>> path_of(show, "https://t.example/pod/audio/x.mp3"), path_of(show, "https://other.example/x")
    ('audio/x.mp3', '')
    """
    if show.media.prefix and url.startswith(show.media.prefix):
        url = url.removeprefix(show.media.prefix)
        url = url if url.startswith("http://") else f"https://{url}"
    for base, parts in ((show.media.base_url, ("audio",)), (show.base_url, ("audio", "feed"))):
        path = url.removeprefix(base)
        first, _, rest = path.partition("/")
        if base and url.startswith(base) and first in parts and plain_path(rest):
            return path
    return ""


def plain_path(path: str) -> bool:
    """Whether *path* stays below where it starts and says nothing else than a path.

    >>> plain_path("x/index.html"), plain_path("../show.toml"), plain_path("x.mp3?y")
    (True, False, False)
    """
    steps = path.split("/")
    return re.fullmatch(r"[\w./~-]+", path, re.ASCII) is not None and not {"", ".", ".."} & set(
        steps
    )


def paths_in_show(**settings: str) -> None:
    """Refuse a path that does not lie in the show's folder; an empty one names nothing.

    Raises:
        ValueError: One leads elsewhere, or no system has such a path; it names the setting.
    """
    for name, path in settings.items():
        steps = PurePosixPath(path.replace("\\", "/"))
        outside = steps.is_absolute() or path[1:2] == ":" or ".." in steps.parts
        if outside or not path.isprintable() or (path and not steps.parts):
            raise ValueError(f"{name} {path!r} must lie in the show's folder, as in 'sounds/x.wav'")


def web_url(text: str, name: str) -> str:
    """Return *text* if it is an absolute http(s) URL in ASCII, as Apple asks.

    Raises:
        ValueError: It is not; *name* says which setting is meant.
    """
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or not text.isascii():
        raise ValueError(f"{name} {text!r} is not a full URL like https://example.org/podcast/")
    if url.username or url.password:
        raise ValueError(f"{name} must be without a user's name and password")
    if any(c.isspace() for c in text) or url.query or url.fragment:
        raise ValueError(f"{name} {text!r} must be without spaces, '?' and '#'")
    return text


def read_show(folder: Path) -> Show:
    """Read `show.toml` of a show's *folder*.

    Raises:
        SettingsError: It is missing, is not TOML, or a setting is unknown or out of range.
    """
    return read_toml(folder / "show.toml", Show)


def read_toml(path: Path, kind: type[T]) -> T:
    """Read the TOML file *path* as the dataclass *kind*.

    Raises:
        SettingsError: In one line: the file, the key, what is wrong with it.
    """
    try:
        data = parsed(read_text(path))
    except FileNotFoundError as e:
        raise SettingsError("is missing", where=path.name) from e
    except UnicodeDecodeError as e:
        raise SettingsError("is not UTF-8 text; save it as UTF-8", where=path.name) from e
    except ValueError as e:
        raise SettingsError(f"is not valid TOML: {e}", where=path.name) from e
    except OSError as e:
        raise ColumncastError(f"cannot be read: {e.strerror}", where=path.name) from e
    return convert(data, kind, where=path.name)


def read_text(path: Path) -> str:
    """Return the text of a TOML file; the mark that Windows editors put before it is no part of it.

    Raises:
        ValueError: It is larger than any settings.
        OSError, UnicodeDecodeError: It cannot be read.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"it has over {_MOST_BYTES // 1_000_000} MB")
    return path.read_text(encoding="utf-8-sig")


def parsed(text: str) -> dict[str, Any]:
    """Return what the TOML *text* says.

    Raises:
        ValueError: It is no TOML, in one line.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as e:
        raise ValueError("it is nested without end") from e


_NO_MOMENT = r"Expected `datetime`, got `.*`|Invalid RFC3339 encoded datetime"


def convert(data: dict[str, Any], kind: type[T], *, where: str) -> T:
    """Return *data* as the dataclass *kind*, every key known and every value of its type.

    Raises:
        SettingsError: As `read_toml`.
    """
    _refuse_unknown_keys(data, kind, where)
    try:
        return msgspec.convert(data, kind)
    except (OverflowError, RecursionError) as e:
        raise SettingsError("holds a value that is too large or too deep", where=where) from e
    except msgspec.ValidationError as e:
        what, _, key = str(e).replace("[...]", "").partition(" - at `$.")
        what = re.sub(
            _NO_MOMENT, "must be a date with its time and zone, as in 2026-11-23T09:00:00Z", what
        )
        table, _, name = key.rstrip("`").rpartition(".")
        if not table and isinstance(data.get(name), dict):  # the table's own __post_init__
            table, name = name, ""
        place = (f"[{table}] " if table else "") + (f"{name}: " if name else "")
        raise SettingsError(place + what, where=where) from e


_hints = functools.cache(get_type_hints)
"""Of thousands of episodes, the kinds are the same."""


def _refuse_unknown_keys(data: dict[str, Any], kind: type, where: str, table: str = "") -> None:
    hints = _hints(kind)
    known = [f.name for f in dataclasses.fields(kind)]
    for key, value in data.items():
        if key not in known:
            place = f"[{table}] " if table else ""
            if SECRET.search(key):
                raise SettingsError(
                    f"{place}{key!r}: secrets do not belong here, since this file is shared; "
                    "they come from the environment, ~/.aws or your ssh agent (columncast help publish)",
                    where=where,
                )
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}"
            raise SettingsError(f"{place}{key!r} is not a setting; {hint}", where=where)
        inner = [hints[key], *get_args(hints[key])]
        inner += [part for one in inner for part in get_args(one)]
        nested = next((t for t in inner if dataclasses.is_dataclass(t)), None)
        place = f"{table}.{key}".strip(".")
        if isinstance(nested, type) and get_origin(hints[key]) is dict and isinstance(value, dict):
            # Tables with names of the producer's own: msgspec's message would not say which.
            for name, each in value.items():
                if isinstance(each, dict):
                    convert(each, nested, where=f"{where} [{place}.{name}]")
            continue
        for inner_table in value if isinstance(value, list) else [value]:
            if isinstance(nested, type) and isinstance(inner_table, dict):
                _refuse_unknown_keys(inner_table, nested, where, place)
