"""Addresses that are one listener's own: what is a key in them, and how they are named without it.

The feeds of paying subscribers (Patreon, Supercast, Substack, Memberful, Transistor …) have a key in
their address, and many hosts sign the address of each file anew every day. A key belongs to one
person and opens what was paid for, so it is sent to the server it is for and goes nowhere else: not
into a show's folder, which is published and shared, and not into what is printed.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

HIDDEN = "…"
"""Stands for what is not shown."""

LONGEST_URL = 8000
"""Characters; servers and apps take no longer ones (RFC 9110, 4.1, asks for as many)."""

_KEYS = re.compile(
    r"(.*[-_.])?(token|auth|authorization|signature|sig|secret|password|passwd|pwd|apikey|jwt|hmac|ticket|"
    r"credentials?|sessionid|phpsessid|nonce|hdnts|hdnea|hdntl)([-_.].*)?|"
    r"(api|access|private|rss|feed|user|member|subscriber|secret)[-_.]?key|(access|auth|feed|rss)token|"
    r"(x-amz|x-goog|x-oss|x-cos|q)-.*|awsaccesskeyid|googleaccessid|ossaccesskeyid|key-pair-id|"
    r"keypairid|policy",
    re.IGNORECASE,
)
"""Names of parameters whose values are keys."""
_LONGEST_NAME = 60
_SHORTEST = 6
"""Characters of a key that is known by its place alone."""
_CHANGING = re.compile(r"expires?|expiry|expiration|exp|validuntil|_", re.IGNORECASE)
"""Those that change from day to day and open nothing."""
_OF_AZURE = frozenset(
    {"se", "sp", "spr", "sr", "st", "sv", "ske", "skt", "sks", "skv", "skoid", "sktid"}
)
_MAY_BE_KEYS = frozenset(
    {"key", "k", "code", "hash", "uid", "uuid", "user", "member", "subscriber", "id", "t"}
)
"""Those that are keys in the address of a feed where their value looks like one."""
_BEFORE_A_KEY = frozenset(
    {"private", "secret", "personal", "subscriber", "subscribers", "member", "members"}
)
_NO_KEYS = frozenset(
    [
        "feed",
        "feeds",
        "podcast",
        "podcasts",
        "rss",
        "show",
        "shows",
        "episode",
        "episodes",
        "audio",
        "media",
        "file",
        "files",
        "index",
    ]
)
_HOSTS = re.compile(
    r"(^|\.)(supercast\.(com|tech)|supportingcast\.fm|subscribers\.transistor\.fm|memberful\.com|"
    r"helloaudio\.fm|access\.acast\.com|glow\.fm|patreon\.com|private\.captivate\.fm)$"
)
"""Hosts of private feeds, whose keys are a step of the path."""
_LIKE_A_KEY = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_~=.+-]{10,}|[A-Za-z0-9_~=+-]{24,}")
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){0,2}")
_ADDRESS = re.compile(r"(?:https?|feed|itpc|pcast)://[^\s<>\"'`\\^{}|]+", re.IGNORECASE)


def is_private(url: str) -> bool:
    """Whether the address of a feed holds a key.

    >>> [is_private(f"https://a.example/{end}") for end in ("rss?auth=x1", "private/8f3a91c2/rss", "rss?page=2")]
    [True, True, False]
    """
    return bool(keys_of(url))


def keys_of(url: str) -> frozenset[str]:
    """Return the keys in the address of a feed."""
    parts = _split(url) if len(url) <= LONGEST_URL else None
    if parts is None:
        return frozenset()
    found = {part for part in (parts.password, parts.username) if part}
    found |= set(_path_keys(parts))
    for name, value in parse_qsl(parts.query):
        sure = _KEYS.fullmatch(name[:_LONGEST_NAME]) or _JWT.fullmatch(value)
        if sure or (name.lower() in _MAY_BE_KEYS and _LIKE_A_KEY.fullmatch(value)):
            found.add(value)
    return frozenset(found)


def without_keys(url: str) -> str:
    """Return *url* as it may be kept and shown: without keys, and without what changes every day.

    >>> without_keys("https://me:pw@a.example/p/1.mp3?id=7&token=abc&Expires=1767592800&Signature=x~y")
    'https://a.example/p/1.mp3?id=7'
    >>> without_keys("https://api.substack.com/feed/podcast/77/private/0c0ffee0-1234.rss")
    'https://api.substack.com/feed/podcast/77/private/….rss'
    """
    if len(url) > LONGEST_URL:
        return HIDDEN
    parts = _split(url)
    if parts is None:
        return url
    path = parts.path
    for key in _path_keys(parts):
        path = path.replace(key, HIDDEN)
    return urlunsplit(
        parts._replace(
            netloc=parts.netloc.rpartition("@")[2],
            path=path,
            query=_without(parts.query),
            fragment=_without(parts.fragment) if "=" in parts.fragment else parts.fragment,
        )
    )


def hidden(text: str) -> str:
    """Return *text* with every address in it as `without_keys` returns it.

    >>> hidden("https://a.example/1.mp3?token=abc: the server answered 403")
    'https://a.example/1.mp3: the server answered 403'
    """
    if "://" not in text:
        return text
    return _ADDRESS.sub(_hidden, text)


def scrubbed(text: str, keys: frozenset[str]) -> str:
    """Return *text* without keys: those in its addresses, and *keys* wherever they stand."""
    text = hidden(text)
    for key in keys:
        if len(key) >= _SHORTEST:  # a shorter one would be part of many a word
            text = text.replace(key, HIDDEN)
    return text


def _hidden(found: re.Match[str]) -> str:
    # HTML writes an ampersand as an entity; a sentence's own punctuation is no part of an address.
    address = found[0].rstrip(".,;:!?)]")
    url = address.replace("&amp;", "&")
    bare = without_keys(url)
    if bare == url:
        return found[0]
    rest = found[0][len(address) :]
    return (bare.replace("&", "&amp;") if "&amp;" in address else bare) + rest


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.netloc and parts.scheme else None


def _path_keys(parts: SplitResult) -> list[str]:
    steps = parts.path.split("/")
    of_private_host = bool(_HOSTS.search((parts.hostname or "").lower()))
    found = []
    for before, step in zip(["", *steps], steps, strict=False):
        stem = re.sub(r"\.(rss|xml|mp3|m4a|json|atom)$", "", step, flags=re.IGNORECASE)
        random = of_private_host and _LIKE_A_KEY.fullmatch(stem)
        named = before.lower() in _BEFORE_A_KEY and stem.lower() not in _NO_KEYS
        if _JWT.fullmatch(step) or random or (named and len(stem) >= _SHORTEST):
            found.append(stem)
    return found


def _without(query: str) -> str:
    """Return a *query* without keys, everything else as it stands."""
    names = {part.partition("=")[0].lower() for part in query.split("&")}
    signed = _OF_AZURE if "sig" in names else frozenset()
    kept = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        bare = re.sub(r"%2[dD]", "-", name[:_LONGEST_NAME])
        if _KEYS.fullmatch(bare) or _CHANGING.fullmatch(bare) or bare.lower() in signed:
            continue
        if not _JWT.fullmatch(value):
            kept.append(part)
    return "&".join(kept)
