"""Every state that an episode can be in, under every command."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from builders import speech_like, write_wav

from columncast import publish
from columncast.audio.ffmpeg.process import decode
from columncast.episodes.entry.imported_notes import NOTES
from columncast.episodes.show.facts import Provenance
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.toml import new_facts

RATE_HZ = 44_100
SPOKEN = """\
---
title: The Ferry That Kept {title}
---

March 9, 1931

When the harbour town of Marrow Point bought its first public clock, the council asked the ferry \
captain to set it.
"""
WRITTEN = """\
The Buoy {title}

The buoy off Marrow Point has rung since the spring of 1931, and nobody knows who paints it.
"""
STATES = ["live", "scheduled", "retired", "imported", "renamed", "draft"]
LISTED = {"live", "imported", "renamed"}


@pytest.fixture(scope="session")
def states(empty_show, tmp_path_factory):
    """A built show with one episode in each state, called as its state; two are aligned."""
    place = tmp_path_factory.mktemp("states")
    shutil.copytree(empty_show, place / "show")
    folder = ShowFolder(place / "show")
    with (folder.root / "show.toml").open("a", encoding="utf-8") as f:
        f.write('\n[publish.www]\nkind = "folder"\npath = "../www"\nverify = false\n')
    soon = (datetime.now(UTC) + timedelta(days=7)).isoformat(timespec="minutes")
    dates = dict.fromkeys(STATES, "2026-11-20T06:00Z") | {"scheduled": soon}
    for number, state in enumerate(STATES):
        aligned = state in ("live", "scheduled")
        sound = reading() * 0.9**number if aligned else speech_like(6, seed=number)
        take = write_wav(place / f"{state}.wav", sound, rate_hz=RATE_HZ if aligned else 44_100)
        column = place / f"{state}.md"
        column.write_text((SPOKEN if aligned else WRITTEN).format(title=state), encoding="utf-8")
        if state == "imported":
            take_over(folder, place)
        else:
            draft, date = state == "draft", dates[state]
            publish.add(folder, take, column, slug=state, date=date, draft=draft, force=True)
    publish.retire(folder, "retired")
    publish.edit(folder, "renamed", {}, new_slug="renamed-since")
    publish.edit(folder, "renamed-since", {}, new_slug="renamed")
    publish.build(folder, jobs=1)
    publish.check(folder)
    return folder.root


def reading():
    """The first sentences of the sample, as they were recorded."""
    sample = publish.SAMPLE / "narration.flac"
    pcm = np.frombuffer(b"".join(decode(sample, sample_rate_hz=RATE_HZ, channels=1)), "<i2")
    # Without the heading that stands between date and first sentence.
    cut = [pcm[: round(6.9 * RATE_HZ)], pcm[round(10.1 * RATE_HZ) : round(16.9 * RATE_HZ)]]
    return np.concatenate(cut) / 32768


def take_over(folder, place):
    """An episode as `import` lays it: with notes, the very bytes of its audio, and no column."""
    staged = EpisodeFolder(path=folder.episodes / "imported")
    staged.path.mkdir()
    enclosure = next(folder.audio.glob("retired-*.mp3"))
    shutil.copy(enclosure, staged.path / "narration.mp3")
    (staged.path / NOTES).write_text("<p>An old episode.</p>")
    (staged.path / "transcript.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nAn old one.\n")
    (staged.path / "chapters.json").write_text(
        '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "One"}]}'
    )
    source = Provenance(
        recording="old.mp3", recording_sha256="0" * 64, feed="https://old.example/feed", kept=True
    )
    published = datetime(2020, 1, 1, tzinfo=UTC)
    facts = new_facts(source, published, {"title": "An old episode"}, guid="https://old.example/1")
    staged.facts_file.write_text(facts, encoding="utf-8")


@pytest.fixture(scope="session")
def unchanged(states, tmp_path_factory):
    """A copy for commands that change nothing."""
    root = tmp_path_factory.mktemp("unchanged") / "show"
    shutil.copytree(states, root)
    return root


@pytest.fixture
def copy(states, tmp_path):
    root = tmp_path / "show"
    shutil.copytree(states, root)
    return root


def in_the_feed(root):
    return {slug for slug in STATES if f"/{slug}-" in (root / "feed" / "feed.xml").read_text()}


def is_in_order(root, columncast):
    """Nothing to mend, and what is live would be what the feed names."""
    checked, published = columncast("-C", root, "check"), columncast("-C", root, "publish")
    www = root.parent / "www"
    assert (0, 0) == (checked.code, published.code), checked.out + published.err
    assert {p.name for p in (www / "feed").iterdir() if p.is_dir()} == in_the_feed(root)
    return True


def test_the_two_that_were_read_are_aligned(unchanged):
    kept = unchanged / ".columncast" / "read-along"

    assert {"live", "scheduled"} <= {path.parent.name for path in kept.glob("*/transcript.vtt")}
    assert (unchanged / "feed" / "live" / "transcript.vtt").exists()
    assert not (unchanged / "feed" / "scheduled").exists()


# --- commands about the show ------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", ["build --jobs 1", "check", "list", "stats", "publish --dry-run"]
)
def test_a_show_with_all_of_them_has_nothing_to_mend(command, unchanged, columncast):
    done = columncast("-C", unchanged, *command.split(), "--json")

    assert 0 == done.code, done.out + done.err
    assert json.loads(done.out)


def test_what_is_listed_goes_live_and_nothing_else(copy, columncast):
    assert is_in_order(copy, columncast)

    assert LISTED == in_the_feed(copy)
    audio = {p.name.rpartition("-")[0] for p in (copy.parent / "www" / "audio").iterdir()}
    assert LISTED == audio


def test_a_scheduled_episode_alone_lets_the_show_go_live(copy, columncast):
    for state in set(STATES) - {"scheduled"}:
        shutil.rmtree(copy / "episodes" / state)

    assert 0 == columncast("-C", copy, "build", "--jobs", 1).code
    assert is_in_order(copy, columncast)


def test_a_scheduled_episode_is_listed_with_its_files_when_its_date_comes(copy, columncast):
    later = datetime.now(UTC) + timedelta(days=8)

    publish.build(ShowFolder(copy), now=later, jobs=1)

    assert LISTED | {"scheduled"} == in_the_feed(copy)
    assert is_in_order(copy, columncast)


# --- commands about an episode ----------------------------------------------------------------

READS: dict[str, int | dict[str, int]] = {
    "show SLUG": 0,
    "check SLUG": 0,
    "preview SLUG --text": 0,
    "transcribe SLUG": {"imported": 3},  # which has notes and no text
}


@pytest.mark.parametrize(("command", "state"), list(product(READS, STATES)))
def test_a_command_that_reads(command, state, unchanged, columncast):
    words = [{"SLUG": state}.get(w, w) for w in command.split()]

    done = columncast("-C", unchanged, *words)

    code = READS[command]
    wanted = code if isinstance(code, int) else code.get(state, 0)
    assert wanted == done.code, done.out + done.err
    assert "Traceback" not in done.err


def test_a_preview_of_each_can_be_shared(unchanged, tmp_path, columncast):
    for state in STATES:
        out = tmp_path / f"{state}.html"

        assert 0 == columncast("-C", unchanged, "preview", state, "--export", out).code
        assert out.is_file()


def test_what_listeners_know_can_be_withdrawn_and_be_no_draft(copy, columncast):
    done = {state: columncast("-C", copy, "edit", state, "--draft") for state in STATES}

    known = {state for state, each in done.items() if each.code == 3}
    assert LISTED == known
    assert all(f"columncast retire {state}" in done[state].err for state in known)
    assert LISTED == in_the_feed(copy)
    assert is_in_order(copy, columncast)


def test_what_is_kept_out_by_hand_does_not_go_live_before_it_is_built(copy, columncast):
    facts = copy / "episodes" / "live" / "episode.toml"
    facts.write_text("draft = true\n" + facts.read_text(encoding="utf-8"), encoding="utf-8")

    early = columncast("-C", copy, "publish")
    columncast("-C", copy, "build", "--jobs", 1)

    assert 3 == early.code
    assert "[still-listed]" in early.err
    assert LISTED - {"live"} == in_the_feed(copy)
    assert is_in_order(copy, columncast)


CHANGES = {
    "build SLUG --jobs 1": LISTED,
    "edit SLUG --title Other": LISTED,
    "edit SLUG --slug other": LISTED,
    "edit SLUG --date 2026-11-21": LISTED | {"scheduled"},
    "edit SLUG --date LATER": set(),
    "retire SLUG": set(),
    "retire SLUG --undo": LISTED | {"retired"},
    "edit SLUG --no-draft": LISTED | {"draft"},
}
"""And in which states an episode is in the feed afterwards."""


@pytest.mark.parametrize("command", CHANGES)
def test_a_command_that_changes(command, copy, columncast):
    later = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"
    done, listed = {}, {}

    for state in STATES:
        words = {"SLUG": state, "LATER": later, "other": f"other-{state}"}
        done[state] = columncast("-C", copy, *(words.get(w, w) for w in command.split()))
        name = words["other"] if "other" in command.split() else state
        listed[state] = f"/{name}-" in (copy / "feed" / "feed.xml").read_text()

    assert dict.fromkeys(STATES, 0) == {state: each.code for state, each in done.items()}, done
    assert CHANGES[command] == {state for state in STATES if listed[state]}
    assert 0 == columncast("-C", copy, "check").code
