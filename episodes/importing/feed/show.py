"""The show as another host's feed has it, as settings of `show.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, get_args
from urllib.parse import urljoin, urlsplit, urlunsplit

from columncast.episodes.columns.blocks.from_html import read_markup
from columncast.episodes.errors import FeedError
from columncast.episodes.importing.feed.episode import (
    attempts,
    location,
    persons,
    plain,
    truth,
    txt,
    unescaped,
    words,
)
from columncast.episodes.importing.feed.tree import Node
from columncast.episodes.model.codes import LANGUAGES, category_path, language_tag
from columncast.episodes.model.limits import NOTES_BYTES
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.podcast20 import (
    Funding,
    Medium,
    RemoteItem,
    UpdateFrequency,
    known_license,
)
from columncast.episodes.private_urls import HIDDEN, hidden, keys_of, scrubbed, without_keys
from columncast.episodes.show.settings import Show, web_url
from columncast.episodes.text import html
from columncast.episodes.text.app_html import for_apps, plain_of
from columncast.episodes.text.normalize import clip, one_line

_LONGEST_DESCRIPTION = 100_000
"""Characters that are looked at before it is cut to what directories take."""
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EMAIL = re.compile(r"(?<![^@\s<>()])[^@\s<>()]{1,64}@[^@\s<>()]{1,200}\.[^@\s<>().]{1,63}")
_YES = ("yes", "true")


@dataclass(frozen=True, kw_only=True)
class OldShow:
    """What a feed says of its show."""

    settings: dict[str, Any]
    """By the keys of show.toml, those of a table with its name and a dot before them."""
    feed_url: str
    """Its own address, without keys; empty where nobody says it."""
    private: bool = False
    """Its address holds a key: it is meant for one listener."""
    keys: frozenset[str] = frozenset()
    """Those in its address, which are to be kept and shown nowhere."""
    image_url: str = ""
    moved_to: str = ""
    """Where the feed says that it has moved to."""
    locked_by: str = ""
    """Whom to ask before another host takes the feed over; `yes` where no address is named."""
    notices: tuple[Notice, ...] = ()


def read_show_of(channel: Node, *, url: str = "", site_url: str = "") -> OldShow:
    """Return the show of *channel*; *url* is where it was fetched, *site_url* wins over its link.

    Raises:
        FeedError: It has no title, or no address of its site.
    """
    notices: list[Notice] = []

    def notice(code: str, message: str) -> None:
        notices.append(Notice(code=code, message=hidden(message), where="show"))

    own = next(
        (
            link.attrs.get("href", "").strip()
            for link in channel.all("atom:link")
            if link.attrs.get("rel") == "self"
        ),
        "",
    )
    keys = keys_of(url) | keys_of(own)
    feed_url = without_keys(url or (own if own.startswith("http") else ""))
    title = words(channel.said("title", "itunes:title") or channel.first("image").said("title"))
    if not title:
        raise FeedError("the feed has no title")
    settings = {
        "title": title,
        "site_url": _site(site_url or _link_of(channel) or feed_url, feed_url),
        "description": _description(channel, notice),
        "author": words(
            channel.said("itunes:author", "googleplay:author", "dc:creator", "dc:publisher")
        ),
        "email": _email(channel),
        "language": _language(channel.said("language", "dc:language"), notice),
        "category": list(dict.fromkeys(_categories(channel, notice))),
        "explicit": bool(truth(channel.said("itunes:explicit", "googleplay:explicit"))),
        "type": "serial" if channel.said("itunes:type").lower() == "serial" else "episodic",
        "copyright": words(channel.said("copyright", "dc:rights")),
        "feed.complete": channel.said("itunes:complete").lower() in _YES,
        "feed.block": channel.said("itunes:block").lower() in _YES,
        **{f"podcast.{key}": value for key, value in _podcast(channel, notice).items()},
        "ids.guid": _guid(channel.said("podcast:guid"), notice),
    }
    owner = words(channel.first("itunes:owner").said("itunes:name"))
    settings["author"] = settings["author"] or owner
    locked = channel.first("podcast:locked")
    moved_to = channel.said("itunes:new-feed-url")
    said = {key: _scrubbed(value, keys) for key, value in settings.items()}
    return OldShow(
        settings={key: value for key, value in said.items() if value not in ("", [], None)},
        feed_url=feed_url,
        private=bool(keys),
        keys=keys,
        image_url=_image(channel, url or own),
        moved_to=without_keys(moved_to) if moved_to not in (url, own) else "",
        locked_by=(locked.attrs.get("owner") or "yes") if locked.text.lower() == "yes" else "",
        notices=tuple(notices),
    )


def _scrubbed(value: Any, keys: frozenset[str]) -> Any:
    """Return a setting without keys; lists and tables part by part."""
    if isinstance(value, str):
        return scrubbed(value, keys)
    if isinstance(value, list):
        return [_scrubbed(each, keys) for each in value]
    if isinstance(value, dict):
        return {key: _scrubbed(each, keys) for key, each in value.items()}
    return value


def _link_of(channel: Node) -> str:
    node = channel.first("link")
    return _joined(node.base, node.text or node.attr("href"))


def _image(channel: Node, feed_url: str) -> str:
    picture = channel.first("image").first("url")
    for node, text in (
        (channel.first("itunes:image"), channel.first("itunes:image").attr("href")),
        (channel.first("googleplay:image"), channel.first("googleplay:image").attr("href")),
        (picture, picture.text),
        (channel.first("itunes:image"), channel.first("itunes:image").text),
    ):
        if text:
            return _joined(_joined(feed_url, node.base), text)
    return ""


def _joined(base: str, text: str) -> str:
    try:
        return urljoin(base, text.strip())
    except ValueError:
        return ""


def next_page(channel: Node, *, base: str) -> str:
    """Return the address of the page with older episodes (RFC 5005); empty on the last one."""
    links = channel.all("atom:link")
    found = next(
        (link.attrs.get("href", "") for link in links if link.attrs.get("rel") == "next"), ""
    )
    return _joined(base, found) if found else ""


def differences(old: OldShow, show: Show) -> Iterator[str]:
    """Yield what the feed says of its show otherwise than *show* does."""
    ours = asdict(show)
    for key, value in old.settings.items():
        table, _, name = key.rpartition(".")
        mine = ours[table][name] if table else ours[name]
        mine = list(mine) if isinstance(mine, tuple) else mine
        if key == "site_url":
            value = f"{value.rstrip('/')}/"  # noqa: PLW2901 - as show.toml spells it
        if key not in ("podcast.person", "podcast.locked") and mine != value:
            yield f"{key}: the feed has {_short(value)}, show.toml {_short(mine)}"


def _short(value: object) -> str:
    return clip(one_line(str(value)), 60) or "nothing"


def _site(text: str, feed_url: str) -> str:
    try:
        parts = urlsplit(without_keys(urljoin(feed_url, text.strip())))
        if HIDDEN in parts.path:
            parts = parts._replace(path="/")
        return web_url(urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")), "site_url")
    except ValueError as e:
        raise FeedError("the feed does not say where its site is; name it by --site-url") from e


def _description(channel: Node, notice: Callable[[str, str], None]) -> str:
    text = unescaped(channel.said("description", "itunes:summary", "googleplay:description"))
    text = text[:_LONGEST_DESCRIPTION]
    if re.search(r"</?[a-zA-Z][^<>]*>", text):
        text = plain_of(for_apps(read_markup(html.parse(text)).blocks))
        notice("import-setting", "the description had markup; its text is kept")
    # A text that was escaped twice may hold markup again.
    text = html.as_words(plain(text).strip() if "&" in text else text)
    if len(text.encode()) > NOTES_BYTES:
        while len(text.encode()) > NOTES_BYTES:
            text = clip(text, len(text) * NOTES_BYTES // len(text.encode()) - 1)
        notice(
            "import-setting",
            f"the description was over {NOTES_BYTES:,} bytes, where directories cut; so it is",
        )
    return text


def _email(channel: Node) -> str:
    said = (
        channel.first("itunes:owner").said("itunes:email"),
        channel.said("googleplay:owner", "googleplay:email"),
        channel.said("managingEditor"),
    )
    return next((found[0] for text in said if (found := _EMAIL.search(text))), "")


def _language(text: str, notice: Callable[[str, str], None]) -> str:
    try:
        return language_tag(text.strip())
    except ValueError:
        bare = text.strip().lower()[:2]
        language = bare if bare in LANGUAGES else "en"
        what = (
            f"the language {text!r} is none that directories know"
            if text
            else "no language is named"
        )
        notice("import-setting", f"{what}; it is {language!r} now")
        return language


def _categories(channel: Node, notice: Callable[[str, str], None]) -> Iterator[str]:
    for main in channel.all("itunes:category"):
        name = words(main.attrs.get("text", "") or _own_text(main))
        subs = [words(sub.attrs.get("text", "")) for sub in main.all("itunes:category")]
        for sub in subs or [""]:
            # A subcategory that Apple has moved elsewhere is known by its own name.
            for text in filter(None, (f"{name} > {sub}" if sub else "", sub, name)):
                try:
                    known = " > ".join(category_path(text))
                except ValueError:
                    continue
                if known != " > ".join(filter(None, (name, sub))):
                    notice(
                        "import-setting",
                        f"the category {f'{name} > {sub}'!r} is {known!r} at Apple",
                    )
                yield known
                break
            else:
                notice(
                    "import-setting",
                    f"the category {' > '.join(filter(None, (name, sub)))!r} is none of Apple's; left out",
                )


def _own_text(node: Node) -> str:
    return "".join(part for part in node.parts if isinstance(part, str))


def _guid(text: str, notice: Callable[[str, str], None]) -> str:
    if text and not _GUID.fullmatch(text):
        notice("import-setting", f"podcast:guid {text!r} is not a UUID; left out")
        return ""
    return text


def _podcast(channel: Node, notice: Callable[[str, str], None]) -> dict[str, Any]:
    licence = channel.first("podcast:license")
    medium = channel.said("podcast:medium").lower()
    blocked = [
        node.attrs.get("id", "all").lower()
        for node in channel.all("podcast:block")
        if node.text.lower() == "yes"
    ]
    frequency = attempts(channel.all("podcast:updateFrequency"), _frequency, notice)
    rights = attempts([licence] if licence.text else [], _license, notice)
    said: dict[str, Any] = {
        "locked": truth(channel.said("podcast:locked")),
        "medium": medium if medium in get_args(Medium) else "",
        "person": _tables(persons(channel, notice)),
        "funding": _tables(attempts(channel.all("podcast:funding"), _funding, notice)),
        "location": _tables(attempts(channel.all("podcast:location"), location, notice)),
        "txt": _tables(attempts(channel.all("podcast:txt"), txt, notice)),
        "podroll": _tables(
            attempts(channel.first("podcast:podroll").all("podcast:remoteItem"), _remote, notice)
        ),
        "block": [slug for slug in blocked if re.fullmatch(r"[a-z0-9._-]+", slug)],
    }
    if frequency:
        said["update_frequency"] = _tables(frequency)[0]
    return said | (rights[0] if rights else {})


def _tables(things: tuple[Any, ...]) -> list[dict[str, Any]]:
    """What is set of each of *things*, as a table of TOML."""
    return [{key: value for key, value in asdict(thing).items() if value} for thing in things]


def _funding(node: Node) -> Funding:
    return Funding(
        url=node.attrs.get("url", "").strip(), text=clip(words(node.text), 128) or "Support"
    )


def _remote(node: Node) -> RemoteItem:
    said = node.attrs
    return RemoteItem(
        feed_guid=said.get("feedGuid", ""),
        feed_url=said.get("feedUrl", ""),
        title=words(said.get("title", "")),
    )


def _frequency(node: Node) -> UpdateFrequency:
    said = node.attrs
    return UpdateFrequency(
        text=words(node.text),
        rrule=said.get("rrule", ""),
        dtstart=said.get("dtstart", ""),
        complete=said.get("complete", "").lower() == "true",
    )


def _license(node: Node) -> dict[str, str]:
    identifier, url = one_line(node.text), node.attrs.get("url", "").strip()
    known_license(identifier, url)
    return {"license": identifier} | ({"license_url": url} if url else {})
