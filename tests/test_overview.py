"""Every episode at a glance: `list`, and a name that somebody typed, read only what has changed."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from builders import DATE

from columncast import publish
from columncast.episodes.building.ledger import Ledger
from columncast.episodes.disk import files
from columncast.episodes.entry import overview as at_a_glance
from columncast.episodes.entry.naming import find_episode
from columncast.episodes.entry.overview import Glance, overview
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.toml import change_facts

SLUG = "what-the-masons-left"
OTHER = "the-other-wall"


@pytest.fixture
def two_episodes(one_episode) -> ShowFolder:
    """The episode, and another one that is numbered and has a title from its editor."""
    publish.build(one_episode, jobs=1)  # a copy has other inodes
    source = one_episode.episode(SLUG)
    shutil.copytree(source.path, one_episode.episodes / OTHER)
    facts = {"guid": "another", "number": 7, "title": "The Other Wall"}
    change_facts(one_episode.episode(OTHER), facts)
    publish.build(one_episode, jobs=1)
    return ShowFolder(one_episode.root)


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The episodes whose facts were read."""
    slugs: list[str] = []
    really = Glance.read

    def reading(folder, episode_dir):
        slugs.append(episode_dir.slug)
        return really(folder, episode_dir)

    monkeypatch.setattr(at_a_glance.Glance, "read", reading)
    return slugs


def test_what_is_as_it_was_built_is_listed_without_reading_it(two_episodes, read):
    rows, damaged = overview(two_episodes)

    assert [OTHER, SLUG] == sorted((row.slug for row in rows), key=lambda slug: slug == SLUG)
    assert ([], []) == (damaged, read)


@pytest.mark.parametrize("text", ["other wall", "7", "latest", "masons"])
def test_a_name_is_found_without_reading_any_episode(two_episodes, read, text):
    assert find_episode(two_episodes, text).slug in {SLUG, OTHER}
    assert [] == read


def test_an_episode_that_changed_is_read_and_no_other(two_episodes, read):
    change_facts(two_episodes.episode(OTHER), {"title": "The Third Wall"})

    rows, _ = overview(two_episodes)

    assert [OTHER] == read
    assert {"The Third Wall"} == {row.title for row in rows if row.slug == OTHER}
    assert OTHER == find_episode(two_episodes, "third").slug


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"draft": True},
        {"retired": True},
        {"published": datetime(2031, 1, 5, 7, 30, tzinfo=UTC)},
        {"title": "Été à <Paris> & “more”"},
        {"title": None, "number": None, "season": 3},
    ],
    ids=lambda facts: ", ".join(facts) or "as it is",
)
def test_the_ledger_tells_the_same_as_reading(two_episodes, facts):
    change_facts(two_episodes.episode(OTHER), facts)
    publish.build(two_episodes, jobs=1)
    ledger = Ledger(two_episodes)

    for slug in (SLUG, OTHER):
        source = EpisodeFolder(path=two_episodes.episodes / slug)
        assert Glance.read(two_episodes, source) == Glance.at(ledger, slug)


def test_without_a_cache_the_list_says_what_is_not_built(two_episodes, columncast):
    files.remove_tree(two_episodes.cache)

    rows = json.loads(columncast("list", "--json").out)["episodes"]

    assert {None} == {row["duration_s"] for row in rows}
    assert {datetime.fromisoformat(DATE)} <= {
        datetime.fromisoformat(row["published"]) for row in rows
    }
