"""A small feed for each kind of thing that feeds get wrong, and beside it what is read of it.

`tests/data/podcasts/kinds/KIND.xml` with `KIND.txt`: a new kind is two new files and no new code.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from columncast.episodes.errors import FeedError
from columncast.episodes.importing.feed.episode import OldEpisode, read_episodes, silent_items
from columncast.episodes.importing.feed.show import read_show_of
from columncast.episodes.importing.feed.xml import read_outside

KINDS = Path(__file__).parent / "data" / "podcasts" / "kinds"
URL = "https://old.example/feed"
USUAL = {"site_url": "https://old.example/", "language": "en", "type": "episodic"}


def outcome(path):
    """Everything that is read of a feed and not as usual, in lines."""
    try:
        outside = read_outside(path)
        episodes = list(read_episodes(path, base=URL))
    except FeedError as e:
        return [f"refused: {e.message}"]
    show = read_show_of(outside.channel, url=URL)
    lines = [f"note: {remark}" for remark in outside.remarks]
    lines += ["breaks off"] if outside.breaks_off else []
    lines += [
        f"show {key}: {value}"
        for key, value in show.settings.items()
        if value and USUAL.get(key) != value
    ]
    lines += [f"show image: {show.image_url}"] if show.image_url else []
    for episode in episodes:
        lines += told(episode) if isinstance(episode, OldEpisode) else [f"broken: {episode}"]
    silent = silent_items(path)
    lines += [f"without audio: {silent}"] if silent else []
    return "\n".join(lines).splitlines()


def told(episode):
    yield f"episode: {episode.title} | {episode.guid} | {episode.published.isoformat()}"
    yield f"  audio {' '.join((episode.audio_url, *episode.other_urls))}"
    for name in ("link", "description", "content", "author", "season", "number", "image_url"):
        if value := getattr(episode, name):
            yield f"  {name} {value}"
    yield from (f"  chapter {chapter.start_s} {chapter.title}" for chapter in episode.chapters)
    yield from (f"  {notice.code}: {notice.message}" for notice in episode.notices)


@pytest.mark.parametrize("feed", sorted(KINDS.glob("*.xml")), ids=lambda path: path.stem)
def test_what_is_read_of_each_kind(feed):
    expected = feed.with_suffix(".txt").read_text(encoding="utf-8").splitlines()

    assert expected == outcome(feed)
