"""Who wrote an episode and who reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from feed_builders import show

from columncast.episodes.entry.credits import credits_of
from columncast.episodes.model.column import Column
from columncast.episodes.model.editor import Editor
from columncast.episodes.model.episode import Person
from columncast.episodes.show.facts import Facts, Provenance
from columncast.episodes.show.settings import PodcastSettings

ADA = Person(name="Ada Mill", role="author", group="writing", href="https://example.org/ada")
TOMAS = Person(name="Tomas Reed", role="narrator", href="https://example.org/tomas")


def credited(show_persons=(), *, author="", narrator="", **facts) -> list[tuple[str, str]]:
    source = Provenance(recording="a", recording_sha256="a", column="a", column_sha256="a")
    needed: dict[str, Any] = {
        "guid": "a",
        "published": datetime(2026, 1, 2, tzinfo=UTC),
        "source": source,
    }
    told = Facts(**needed | facts)
    column = Column(title="A", slug="a", blocks=(), author=author, narrator=narrator)
    a_show = show(podcast=PodcastSettings(person=show_persons))
    return [(p.name, p.role) for p in credits_of(told, column, a_show)]


def test_an_episode_like_all_others_leaves_it_to_the_shows_credits():
    assert [] == credited()


def test_a_narrator_is_credited_beside_the_author():
    """What an item says replaces what its channel says, so the author is named again."""
    assert [("Ada Mill", "author"), ("Tomas Reed", "narrator")] == credited(narrator="Tomas Reed")


def test_the_editor_knows_the_narrator_better_than_the_column():
    facts = {"notes": Editor(narrator="Mina Bell")}

    assert ("Mina Bell", "narrator") in credited(narrator="Tomas Reed", **facts)


def test_a_guest_author_is_read_by_the_shows_narrator():
    assert [("Mina Bell", "author"), ("Tomas Reed", "narrator")] == credited(
        (ADA, TOMAS), author="Mina Bell"
    )


def test_what_the_show_links_is_linked_in_the_episode_too():
    source = Provenance(recording="a", recording_sha256="a", column="a", column_sha256="a")
    facts = Facts(guid="a", published=datetime(2026, 1, 2, tzinfo=UTC), source=source)
    column = Column(title="A", slug="a", blocks=(), narrator="Tomas Reed")

    people = credits_of(facts, column, show(podcast=PodcastSettings(person=(ADA, TOMAS))))

    assert (ADA, TOMAS) == people


def test_credits_in_episode_toml_are_taken_as_they_are():
    mixed = (Person(name="Mina Bell", role="editor", group="writing"),)

    assert [("Mina Bell", "editor")] == credited(narrator="Tomas Reed", person=mixed)


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_nobody_is_nobody(blank):
    assert [] == credited(author=blank, narrator=blank)
