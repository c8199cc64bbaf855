"""What a user agent says of who asks: which app, on what platform, or that nobody listens.

The tables are facts about programs, each line a name and how its user agent begins or what is in it.
The first that fits wins: watches, preloading widgets, apps, bots, browsers, players without a name.
The door to crawler-user-agents, whose patterns know some 1,400 further bots.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

from columncast.episodes.audience.libraries import missing

try:
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA
except ImportError as e:
    raise missing("crawler-user-agents") from e

Kind = Literal["app", "web", "bot", "watch", "preload", "none"]

UNNAMED = "not named"
"""What is reported of programs in no table; their user agent itself is kept nowhere."""
_LONGEST = 2_000
"""Of a user agent; what comes after it says nothing of who asks."""


@dataclass(frozen=True, kw_only=True)
class Agent:
    """Who asks, as far as it is reported; equal for all versions and devices of an app."""

    name: str
    kind: Kind
    platform: str
    subscribers: int = 0
    """For how many people it fetches a feed, where it says so."""
    preloads: bool = False
    """It fetches whole episodes unasked when no page has sent it (Opera for computers)."""


_WATCH = re.compile(r"^atc/|watchOS/|\bWatch\d,\d")
_PRELOADS = re.compile(r"\b(Podfriend|JustCast)\b.*\b[Ww]idget")
_APPS: tuple[tuple[str, str], ...] = (
    (
        "Apple Podcasts",
        (
            r"^(Podcasts?|Balados|Podcasti|Podcasty|Podkaster|Podcastok|Podcaster|Podcasturi)/"
            r"|^(%D0%9F%D0%BE%D0%B4%D0%BA%D0%B0%D1%81%D1%82|%E6%92%AD%E5%AE%A2|%ED%8C%9F%EC%BA%90)"
            r"|^(Подкасты|播客|팟캐스트|ポッドキャスト)/"
        ),
    ),
    ("Spotify", r"^Spotify/"),
    ("Overcast", r"^Overcast/|\bOvercast\b.*podcast app"),
    ("Pocket Casts", r"^Pocket ?Casts|^PocketCasts/|Shifty Jelly Pocket Casts"),
    ("AntennaPod", r"^AntennaPod|^de\.danoeh\.antennapod"),
    ("Castbox", r"^Cast[Bb]ox"),
    ("Castro", r"^Castro[ /]"),
    ("Downcast", r"^Downcast/"),
    ("Podcast Addict", r"^PodcastAddict/|^Podcast ?Addict"),
    ("Podcast Republic", r"^PodcastRepublic|Podcast Republic"),
    ("Podcast Guru", r"^Podcast Guru|^PodcastGuru"),
    ("Player FM", r"^Player ?FM|^PlayerFM"),
    ("Podbean", r"^Podbean/"),
    ("Podverse", r"^Podverse/"),
    ("Podkicker", r"^Podkicker"),
    ("Podurama", r"^Podurama"),
    ("Podimo", r"^Podimo/"),
    ("Podtail", r"^Podtail/"),
    ("Podyssey", r"^Podyssey"),
    ("gPodder", r"^gPodder/"),
    ("Fountain", r"^Fountain|^fountainapp/"),
    ("TrueFans", r"^TrueFans"),
    ("CurioCaster", r"^CurioCaster"),
    ("Castamatic", r"^Castamatic/"),
    ("Anytime Podcast Player", r"^Anytime/"),
    ("Metacast", r"^Metacast/\d"),
    ("Snipd", r"^Snipd"),
    ("Goodpods", r"^[Gg]oodpods[./]"),
    ("iHeartRadio", r"^iHeartRadio/"),
    ("TuneIn", r"^TuneIn(%20Radio)?|^NSPlayer.*TuneIn"),
    ("Stitcher", r"^Stitcher"),
    ("Deezer", r"^Deezer"),
    ("Amazon Music", r"^AmazonMusic|^Harley/\d"),
    ("Audible", r"^Audible|^com\.audible"),
    ("Alexa", r"^AlexaMediaPlayer/|^AlexaService/|^Echo/|^Alexa Mobile Voice/"),
    ("YouTube Music", r"^com\.google\.android\.apps\.youtube\.music|^YouTubeMusic/"),
    ("Google Podcasts", r"^GooglePodcasts|GSA/.*Podcast"),
    ("Sonos", r"\bSonos/"),
    ("Bose", r"^Bose/"),
    ("Google Home", r"\bCrKey\b|^Google;?Chromecast"),
    ("Roku", r"^Roku"),
    ("JioSaavn", r"^JioSaavn|^Saavn"),
    ("Gaana", r"^Gaana"),
    ("Anghami", r"^Anghami"),
    ("Boomplay", r"^Boomplay/"),
    ("Xiaoyuzhou", r"^Xiaoyuzhou"),
    ("Himalaya", r"^Himalaya|^ting_"),
    ("BBC Sounds", r"^BBC(%20)?Sounds/"),
    ("NRK Radio", r"^NRK"),
    ("Sveriges Radio", r"^SverigesRadio"),
    ("ARD Audiothek", r"^ARD ?Audiothek"),
    ("Radioplayer", r"^Radioplayer"),
    ("RadioPublic", r"^RadioPublic"),
    ("Breaker", r"^Breaker/"),
    ("iVoox", r"^iVoox"),
    ("Ivy", r"^Ivy/"),
    ("Audioburst", r"^Audioburst/"),
    ("BeyondPod", r"\bBeyondPod"),
    ("DoggCatcher", r"^DoggCatcher"),
    ("Procast", r"^Procast/"),
    ("RSSRadio", r"^RSSRadio"),
    ("Instacast", r"^Instacast"),
    ("iCatcher", r"^iCatcher"),
    ("Broadcasts", r"^Broadcasts/"),
    ("Airshow", r"^Airshow/"),
    ("Kasts", r"^Kasts/"),
    ("Podgrab", r"^Podgrab/\d"),
    ("Escapepod", r"^Escapepod"),
    ("Audiobookshelf", r"^audiobookshelf"),
    ("Vocal", r"^Vocal/"),
    ("Clementine", r"^Clementine "),
    ("Rhythmbox", r"^Rhythmbox/"),
    ("foobar2000", r"^foobar2000/"),
    ("Winamp", r"^Winamp|^WinampMPEG"),
    ("Zune", r"^Zune/"),
    ("iTunes", r"^iTunes/"),
    ("VLC", r"^VLC/|^LibVLC/|^vlc/"),
    ("mpv", r"^mpv |^libmpv"),
    ("Kodi", r"^Kodi/"),
    ("Plex", r"^Plex"),
    ("Substack", r"^Substack"),
    ("Feedly", r"^[Ff]eedly/"),
    ("Inoreader", r"^Inoreader|inoreader\.com"),
    ("NetNewsWire", r"^NetNewsWire"),
    ("NewsBlur", r"^NewsBlur"),
    ("Reeder", r"^Reeder/"),
    ("FreshRSS", r"^FreshRSS"),
    ("Miniflux", r"Miniflux/"),
    ("Nextcloud News", r"^NextCloud-News|^NextCloud"),
    ("Feedbin", r"^Feedbin"),
    ("The Old Reader", r"theoldreader\.com"),
    ("Tiny Tiny RSS", r"^Tiny Tiny RSS"),
    ("Thunderbird", r"\bThunderbird/"),
)
_BY_APP = re.compile("|".join(f"(?P<a{n}>{pattern})" for n, (_, pattern) in enumerate(_APPS)))
_CLAIM = re.compile(
    r"\b([0-9]{1,8})[ +]*(?:subscriber|reader|listener|follower|user)s?\b", re.IGNORECASE
)
_FEED_ROBOT = re.compile(r"Podcast Sync|Feed ?(Parser|Fetcher)|Crawler|Importer", re.IGNORECASE)
_SCRIPTS = (
    r"^libcurl|PycURL|^Wget|^[Pp]ython|^Java/|^node|^undici|^Ruby|^PHP|^GuzzleHttp|^Faraday"
    r"|^Lavf/|^ffmpeg|^yt-dlp|^youtube-dl|^rclone|^aria2|^Dart/|^reqwest|^Deno/|^Bun/"
    r"|^PostmanRuntime|^insomnia|^'?Mozilla(/5\.0)?$|^test|^Headliner|iTMS|itunesstored|^itms"
)
_SELF_SAID = (
    r"[Bb]ot\b|[Bb]ot[/;_ -]|[Cc]rawl|[Ss]pider|[Ss]crap|[Tt]ranscri(be|pt)|[Mm]onitor(ing)?\b"
    r"|[Hh]eadlessChrome|PhantomJS|Playwright|[Pp]odcast ?(Downloader|Archiver|Worker|Puller)"
    r"|[Dd]ownloader/|poddl|HTTrack|facebookexternalhit|Lighthouse|Google-|Feedfetcher|[+]https?:"
    r"|PodcastIndex|[Pp]odchaser|ListenNotes|Castopod|Blubrry|Libsyn|Podtrac|Chartable|Podscribe"
    r"|Mediapartners|archive\.org|GPT|Claude|Perplexity|Bytespider|CCBot|ai-crawler"
)
_BOTS = re.compile(f"{_SCRIPTS}|{_SELF_SAID}")
_PERSONS = frozenset({"okhttp", "HttpUrlConnection", "Podimo", "NextCloud"})
"""Patterns of crawler-user-agents that programs match which play for a person."""
_BROWSERS: tuple[tuple[str, str], ...] = (
    ("Edge", r"\bEdgA?(iOS)?/"),
    ("Opera", r"\bOPR/|\bOPiOS/|^Opera/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Vivaldi", r"\bVivaldi/"),
    ("DuckDuckGo", r"\bDuckDuckGo/|\bDdg/"),
    ("Facebook", r"\bFBA[NV]/"),
    ("Instagram", r"\bInstagram\b"),
    ("WeChat", r"\bMicroMessenger/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"\bChrome/|\bCriOS/"),
    ("Safari", r"\bVersion/[\d.]+.*\bSafari/"),
)
_PLATFORMS: tuple[tuple[str, str], ...] = (
    ("smart speaker", r"Alexa|^Echo/|Sonos|^Bose|CrKey|Google-?Home|HomePod|AudioAccessory"),
    ("TV", r"AppleTV|tvOS|\bTV\b|^Roku|BRAVIA|Tizen|Web0S|AFT[A-Z]"),
    ("iOS", r"iPhone|iPad|iPod|\biOS\b|CFNetwork(?!.*(?:Mac ?OS|x86_64))"),
    ("Android", r"Android|okhttp|Dalvik|ExoPlayer|stagefright|AntennaPod"),
    ("Windows", r"Windows|Win(32|64)"),
    ("macOS", r"Mac ?OS|Macintosh|Darwin"),
    ("Linux", r"Linux|X11|Ubuntu|CrOS"),
)
_NOBODY = Agent(name="none", kind="none", platform="other")


@functools.lru_cache(maxsize=50_000)
def agent_of(said: str) -> Agent:
    """Return who says *said*, a user agent.

    >>> agent_of("AntennaPod/3.4.1").name, agent_of("curl/8.5.0").kind, agent_of("").kind
    ('AntennaPod', 'bot', 'none')
    >>> agent_of("Overcast/1.0 Podcast Sync (123 subscribers; feed-id=9)").subscribers
    123
    """
    said = said.strip()[:_LONGEST]
    if said in ("", "-"):
        return _NOBODY
    claim = _CLAIM.search(said)
    subscribers = int(claim[1]) if claim else 0
    name, kind = _name_of(said)
    return Agent(
        name=name,
        kind=kind,
        platform=_first(_PLATFORMS, said) or "other",
        subscribers=subscribers,
        preloads=name == "Opera" and "Mobile" not in said and "Android" not in said,
    )


def _name_of(said: str) -> tuple[str, Kind]:
    if _WATCH.search(said):
        return "Apple Watch", "watch"
    if _PRELOADS.search(said):
        return "widget", "preload"
    found = _BY_APP.search(said)
    if found:
        app = _APPS[int((found.lastgroup or "a0")[1:])][0]
        return app, "bot" if _FEED_ROBOT.search(said) or (
            "http" in said and "bot" in said
        ) else "app"
    # Of one browser there are thousands of versions, which differ in digits alone.
    if _BOTS.search(said) or _is_crawler(re.sub("[0-9]+", "0", said)):
        return "bot", "bot"
    if browser := _first(_BROWSERS, said):
        return browser, "web"
    return UNNAMED, "app"


def _first(table: tuple[tuple[str, str], ...], said: str) -> str:
    """The first name whose pattern is in *said*, wherever: Opera says that it is Chrome, too."""
    return next((name for name, pattern in table if re.search(pattern, said)), "")


@functools.lru_cache(maxsize=10_000)
def _is_crawler(said: str) -> bool:
    return any(pattern.search(said) for pattern in _crawlers())


@functools.cache
def _crawlers() -> tuple[re.Pattern[str], ...]:
    patterns = [
        entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA if entry["pattern"] not in _PERSONS
    ]
    return tuple(
        re.compile("|".join(patterns[first : first + 25])) for first in range(0, len(patterns), 25)
    )
