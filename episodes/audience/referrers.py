"""From which kind of page a browser played an episode; the page itself is kept nowhere."""

from __future__ import annotations

import functools
import re
from urllib.parse import urlsplit

from columncast.episodes.show.settings import Show

CLASSES = ("none", "page", "site", "embed", "search", "social", "elsewhere")
"""No page; the show's own pages; the publication's site; a player embedded on any page; …"""

_SEARCH = re.compile(
    r"(^|\.)(google|bing|duckduckgo|yahoo|ecosia|qwant|startpage|baidu|yandex|kagi)\."
)
_SOCIAL = re.compile(
    r"(^|\.)(facebook\.com|instagram\.com|twitter\.com|x\.com|t\.co|reddit\.com|linkedin\.com|lnkd\.in"
    r"|youtube\.com|tiktok\.com|threads\.net|bsky\.app|pinterest\.com|vk\.com|mastodon\..+)$"
)


class Referrers:
    """Knows the classes of referring pages for one show."""

    def __init__(self, show: Show) -> None:
        """Take the addresses of the show's pages and of the publication's site."""
        self._pages = _plain(show.base_url)
        self._site = _host(show.site_url)
        self.of = functools.lru_cache(maxsize=20_000)(self._of)

    def _of(self, referrer: str) -> int:
        return CLASSES.index(self.name_of(referrer))

    def name_of(self, referrer: str) -> str:
        """Return the class of *referrer*, as it stands in a log.

        >>> show = Show(title="T", site_url="https://t.example", base_url="https://pod.t.example/p")
        >>> [Referrers(show).name_of(text) for text in ("-", "https://t.example/a", "https://x.com/")]
        ['none', 'site', 'social']
        >>> Referrers(show).name_of("https://pod.t.example/p/feed/the-ferry/embed.html")
        'embed'
        """
        host = _host(referrer)
        if not host:
            return "none"
        if _plain(referrer).startswith(self._pages):
            return "embed" if "embed" in _plain(referrer).removeprefix(self._pages) else "page"
        if host == self._site:
            return "site"
        if _SEARCH.search(host):
            return "search"
        return "social" if _SOCIAL.search(host) else "elsewhere"


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _plain(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.")
