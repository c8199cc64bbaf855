"""What docs/reference/feed.md tells people to write is taken as it stands, and no setting is left out."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from columncast.episodes.model.podcast20 import EpisodeTags
from columncast.episodes.show.facts import Facts
from columncast.episodes.show.settings import FeedSettings, PodcastSettings, Show, convert

DOCS = Path(__file__).parent.parent / "docs"
ALL = "\n".join(
    (DOCS / name).read_text(encoding="utf-8") for name in ("reference/feed.md", "how-to/moving.md")
)
SHOW, EPISODE = (tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", ALL, re.DOTALL))


def test_the_example_of_show_toml_is_taken():
    needed = {"title": "A", "site_url": "https://a.example/", "base_url": "https://a.example/p/"}

    a_show = convert(needed | SHOW, Show, where="show.toml")

    assert ("author", "narrator") == tuple(person.role for person in a_show.podcast.person)


def test_the_example_of_episode_toml_is_taken():
    source = {"recording": "a", "recording_sha256": "a", "column": "a", "column_sha256": "a"}
    needed = {"guid": "a", "published": "2026-01-02T06:00:00Z", "source": source}

    facts = convert(needed | EPISODE, Facts, where="episode.toml")

    assert "The River" == facts.podcast.season_name


@pytest.mark.parametrize("kind", [FeedSettings, PodcastSettings, EpisodeTags])
def test_every_setting_is_shown(kind):
    for setting in dataclasses.fields(kind):
        assert re.search(rf"\b{setting.name}\b", ALL), setting.name
