"""The tags that shows and episodes have in common."""

from __future__ import annotations

from collections.abc import Iterable

from columncast.episodes.model.episode import Person
from columncast.episodes.model.podcast20 import Location, Txt
from columncast.episodes.text.urls import is_unsafe
from columncast.feed.rss.xml import Element, add


def persons(parent: Element, people: Iterable[Person]) -> None:
    """Append the credits; a link that would run something is not in them (rule `show-person-link`)."""
    for person in people:
        add(
            parent,
            "podcast:person",
            person.name,
            role=person.role,
            group=person.group,
            href="" if is_unsafe(person.href) else person.href,
            img="" if is_unsafe(person.img) else person.img,
        )


def locations(parent: Element, places: Iterable[Location]) -> None:
    """Append the places."""
    for place in places:
        add(
            parent,
            "podcast:location",
            place.name,
            rel=place.rel,
            geo=place.geo,
            osm=place.osm,
            country=place.country.lower(),
        )


def licence(parent: Element, identifier: str, url: str) -> None:
    """Append the licence, if there is one."""
    if identifier:
        add(parent, "podcast:license", identifier if url else identifier.lower(), url=url)


def image(parent: Element, href: str, alt: str) -> None:
    """Append the square picture, with its text for those who do not see it."""
    add(parent, "podcast:image", href=href, alt=alt, aspect_ratio="1/1", purpose="artwork")


def txt(parent: Element, notes: Iterable[Txt], *, ai_content: bool | None) -> None:
    """Append the free texts, and whether the voice is synthetic where that is said."""
    for note in notes:
        add(parent, "podcast:txt", note.value, purpose=note.purpose)
    if ai_content is not None:
        add(parent, "podcast:txt", true_or_false(ai_content), purpose="ai-content")


def true_or_false(value: bool) -> str:  # noqa: FBT001 - it is the value that is written
    """Return the only spelling of truth that Apple knows."""
    return "true" if value else "false"
