"""Who wrote an episode and who reads it, as the feed credits them."""

from __future__ import annotations

from dataclasses import replace

from columncast.episodes.model.column import Column
from columncast.episodes.model.episode import Person
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.facts import Facts
from columncast.episodes.show.settings import Show
from columncast.episodes.text.normalize import clip, one_line
from columncast.episodes.text.urls import is_unsafe


def without_unsafe_links(
    persons: tuple[Person, ...], show: Show
) -> tuple[tuple[Person, ...], tuple[Notice, ...]]:
    """Return *persons* without links that run or hide something, and what is left out of them.

    Earlier versions took such links over from other hosts. Those of the *show*'s own people are a
    finding about the show.
    """
    notices = tuple(
        Notice(
            code="person-link-left-out",
            message=f"the link {clip(url, 60)!r} of {person.name} is left out; take it out",
        )
        for person in persons
        for url in (person.href, person.img)
        if is_unsafe(url) and person not in show.podcast.person
    )
    return tuple(
        replace(
            person,
            href="" if is_unsafe(person.href) else person.href,
            img="" if is_unsafe(person.img) else person.img,
        )
        for person in persons
    ), notices


def credits_of(facts: Facts, column: Column, show: Show) -> tuple[Person, ...]:
    """Return the people of one episode; none where the show's own credits say it all.

    What an item says of people replaces what its channel says (podcastindex.org/namespace/1.0#person),
    so an episode with a narrator names its author again, and a guest author's the show's narrators.
    """
    if facts.person:
        return facts.person
    author = one_line(facts.notes.author or column.author or show.author)
    narrator = one_line(facts.notes.narrator or column.narrator)
    if not narrator and author == one_line(show.author):
        return ()
    named = [Person(name=author[:128], role="author", group="writing")] if author else []
    if narrator:
        named.append(Person(name=narrator[:128], role="narrator", group="cast"))
    # The show's page about a person is linked from their episodes too.
    known = {person.name: person for person in show.podcast.person}
    others = [p for p in show.podcast.person if p.group != "writing" and not narrator]
    linked = [
        Person(
            name=p.name,
            role=p.role,
            group=p.group,
            href=known[p.name].href if p.name in known else "",
            img=known[p.name].img if p.name in known else "",
        )
        for p in named
    ]
    return (*linked, *others)
