"""Moving a show to another address without losing a listener.

Apps find the new address by a permanent redirect of everything (RFC 9110, 15.4.2) and by
`itunes:new-feed-url` in the feed; directories recognise the show by its `podcast:guid`, and apps
the episodes by theirs, so neither may change. Apple asks to keep redirect and tag for at least
four weeks (podcasters.apple.com/support/837-change-the-rss-feed-url).
"""

from __future__ import annotations

import dataclasses
import re
from urllib.parse import unquote, urlsplit

from columncast.episodes.show.settings import Show
from columncast.feed.rss.guid import podcast_guid


def moved(show: Show, new_base_url: str) -> Show:
    """Return *show* as it is at *new_base_url*: told to apps, and the same show as before.

    Raises:
        ValueError: *new_base_url* is not a full URL.
    """
    guid = show.ids.guid or podcast_guid(show.feed_url)
    there = dataclasses.replace(
        show, base_url=new_base_url, ids=dataclasses.replace(show.ids, guid=guid)
    )
    told = dataclasses.replace(there.feed, new_feed_url=there.feed_url)
    return dataclasses.replace(there, feed=told)


def redirects(old_base_url: str, new_base_url: str) -> dict[str, str]:
    """Return what the old address needs, by the server that serves it.

    >>> print(redirects("https://old.example/pod/", "https://new.example/")["netlify"], end="")
    /pod/*  https://new.example/:splat  301!
    """
    old, new = old_base_url.rstrip("/") + "/", new_base_url.rstrip("/") + "/"
    path = urlsplit(old).path
    pattern = _quoted(f"^{_escaped(path)}(.*)$")
    return {
        "nginx": f"rewrite {pattern} {new}$1 permanent;\n",
        "apache": f"RedirectMatch permanent {pattern} {new}$1\n",
        "caddy": f"@moved path_regexp moved {pattern}\nredir @moved {new}{{re.moved.1}} permanent\n",
        "netlify": f"{path}*  {new}:splat  301!\n",
        "cloudflare": f"{path}* {new}:splat 301\n",
    }


def feed_redirects(old_feed_url: str, new_feed_url: str) -> dict[str, str]:
    """Return what the server of *old_feed_url* needs so that apps find *new_feed_url*, by kind.

    For a host with servers of its own, its settings have a field for the new address instead. The
    old address is a foreign feed's own word, and the rule goes into the settings of a server: of a
    path that is not plain there is none.

    >>> print(feed_redirects("https://old.example/feed/podcast/", "https://new.example/f.xml")["apache"], end="")
    RedirectMatch permanent ^/feed/podcast/?$ https://new.example/f.xml
    >>> feed_redirects("https://old.example/feed%0Adeny all;", "https://new.example/f.xml")
    {}
    """
    path = urlsplit(old_feed_url).path
    if not _PLAIN.fullmatch(unquote(path)):
        return {}
    pattern, plain = _quoted(f"^{_escaped(path.rstrip('/'))}/?$"), path or "/"
    return {
        "nginx": f"rewrite {pattern} {new_feed_url}? permanent;\n",
        "apache": f"RedirectMatch permanent {pattern} {new_feed_url}\n",
        "caddy": f"@feed path_regexp {pattern}\nredir @feed {new_feed_url} permanent\n",
        "netlify": f"{plain}  {new_feed_url}  301!\n",
        "cloudflare": f"{plain} {new_feed_url} 301\n",
    }


_PLAIN = re.compile(r"[\w/.~ +,:@=&!()*%-]*")
"""Paths that end no line, word, or block of a server's settings, and name none of its variables."""


def _escaped(path: str) -> str:
    """Return *path*, as it is in an address, as a pattern for the decoded path that servers compare."""
    return re.escape(unquote(path))


def _quoted(pattern: str) -> str:
    """Return *pattern* so that a server's settings take it for one word.

    >>> _quoted("^/pod/(.*)$"), _quoted("^/my pod/(.*)$")
    ('^/pod/(.*)$', '"^/my pod/(.*)$"')
    """
    plain = re.fullmatch(r"[^\s{};\"'#]+", pattern)
    return pattern if plain else '"' + pattern.replace('"', '\\"') + '"'
