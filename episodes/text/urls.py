"""Addresses: what may be linked to, and how it is spelled.

Apps open a link as it stands, so it must be absolute, in ASCII, and of a scheme that only shows
something (RFC 3986; `javascript:` and `data:` run or hide code). Parameters that follow a reader
around are taken off: a link copied out of a newsletter can carry the writer's subscriber id.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urljoin, urlsplit, urlunsplit

SCHEMES = ("http", "https", "mailto")

BARE_URL = re.compile(r"https?://[^\s<>\"«»“”]+", re.IGNORECASE)
"""An address in running text; `trimmed` takes the sentence's own punctuation off its end."""

_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_eid|mc_cid|_hsenc|_hsmi|igshid)$", re.IGNORECASE
)
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff]+")
_SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*):")
_DOMAIN = re.compile(r"^(www\.)?[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/|$)", re.IGNORECASE)


def clean_url(href: str, base: str = "") -> str:
    r"""Return *href* as an absolute, safe address in ASCII, or "" if there is none.

    >>> clean_url("java\tscript:alert(1)")
    ''
    >>> clean_url("//example.org/ä b?q=1&utm_source=x#part")
    'https://example.org/%C3%A4%20b?q=1#part'
    >>> clean_url("../map", "https://example.org/p/ferry")
    'https://example.org/map'
    """
    # Browsers ignore tabs and line breaks inside an address, so a filter has to as well.
    bare = re.sub(r"[\t\r\n]", "", href).strip()
    if not bare:
        return ""
    scheme = _SCHEME.match(_CONTROLS.sub("", bare))
    if scheme and scheme[1].lower() not in SCHEMES and not _is_host_and_port(bare):
        return ""
    if bare.startswith("//"):
        bare = f"https:{bare}"
    elif not scheme and _DOMAIN.match(bare) and not base:
        bare = f"https://{bare}"
    try:
        parts = urlsplit(urljoin(base, bare) if base else bare)
        if parts.scheme.lower() == "mailto":
            return _mailto(parts.path)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return ""
        host = _host(parts.hostname)
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    return urlunsplit(
        (
            parts.scheme.lower(),
            host + port,
            quote(parts.path, safe="/%:@!$&'()*+,;=~-._"),
            _query(parts.query),
            quote(parts.fragment, safe="/?%:@!$&'()*+,;=~-._"),
        )
    )


def is_unsafe(href: str) -> bool:
    """Whether *href* names a scheme that is never linked to."""
    scheme = _SCHEME.match(_CONTROLS.sub("", href))
    return bool(scheme and scheme[1].lower() not in SCHEMES)


def has_tracking(href: str) -> bool:
    """Whether *href* carries a parameter that follows readers around."""
    query = urlsplit(href).query if "?" in href else ""
    return any(_TRACKING.match(key) for key, _ in parse_qsl(query, keep_blank_values=True))


def trimmed(url: str) -> str:
    """Return a *url* found in running text without the sentence's punctuation.

    >>> trimmed("https://en.wikipedia.org/wiki/Pool_(game)).")
    'https://en.wikipedia.org/wiki/Pool_(game)'
    """
    while url:
        if url[-1] in ".,;:!?'\"’”»]}*_" or (url[-1] == ")" and url.count(")") > url.count("(")):
            url = url[:-1]
        else:
            break
    return url


def _is_host_and_port(text: str) -> bool:
    return bool(re.match(r"^[\w-]+(\.[\w-]+)+:\d+(/|$)", text))


def _host(name: str) -> str:
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+", name):
        raise ValueError(name)
    return f"[{name}]" if ":" in name else name.lower()


def _query(query: str) -> str:
    kept = [part for part in query.split("&") if not _TRACKING.match(part.partition("=")[0])]
    return (
        quote("&".join(kept), safe="/?%:@!$&'()*+,;=~-._[]").replace("[", "%5B").replace("]", "%5D")
    )


def _mailto(path: str) -> str:
    address = quote(path.strip(), safe="@.+-_%")
    return f"mailto:{address}" if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) else ""
