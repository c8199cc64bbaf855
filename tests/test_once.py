"""Whatever is asked for, an episode is read, mastered, aligned, noted and tagged once for it."""

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from builders import DATE, plain_cover

from columncast import publish
from columncast.episodes.building.jobs import quiet
from columncast.episodes.building.records import kept_column, record_file
from columncast.episodes.columns.door import read_column
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.toml import change_facts

SLUG = "the-ferry-that-kept-its-own-time"
STEPS = {
    "read": "columncast.episodes.entry.compose.read_column",
    "mastered": "columncast.audio.mastering.master.make_master",
    "aligned": "columncast.audio.align.door.align",
    "noted": "columncast.episodes.entry.compose.show_notes",
    "tagged": "columncast.audio.enclosures.enclosure.write_tags",
    "composed": "columncast.episodes.entry.compose.episode_of",
}


@pytest.fixture
def counted(monkeypatch):
    """How often each step was taken."""
    taken = Counter()

    def counting(step, function):
        def counted(*arguments, **named):
            taken[step] += 1
            return function(*arguments, **named)

        return counted

    for step, name in STEPS.items():
        module, _, function = name.rpartition(".")
        found = getattr(pytest.importorskip(module), function)
        monkeypatch.setattr(name, counting(step, found))
    return taken


def copied(made, root) -> ShowFolder:
    shutil.copytree(made, root)
    folder = ShowFolder(root)
    publish.build(folder, jobs=1)  # which looks at copies, as their inodes are other ones
    return folder


@pytest.fixture
def demo(demo_show, tmp_path) -> ShowFolder:
    return copied(demo_show, tmp_path / "show")


@pytest.fixture(scope="module")
def short_show(empty_show, reading, tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("short") / "show"
    shutil.copytree(empty_show, root)
    publish.add(ShowFolder(root), *reading, date=DATE)
    return root


@pytest.fixture
def short(short_show, tmp_path) -> ShowFolder:
    """A show whose one episode is a short one."""
    return copied(short_show, tmp_path / "show")


ALL = dict.fromkeys(STEPS, 1)
NOTHING_NEW_IS_HEARD = {"read": 1, "noted": 1, "tagged": 1, "composed": 1}


def test_add_takes_each_step_once(show, reading, counted):
    publish.add(show, *reading, date=DATE)

    assert ALL == counted


def test_adding_the_same_again_only_reads_it(short, reading, counted):
    publish.add(short, *reading)

    assert {"read": 1} == counted


@pytest.mark.parametrize("facts", [{"title": "Forty Minutes"}, {"number": 7}])
def test_another_title_or_number_is_heard_nowhere(demo, counted, facts):
    publish.edit(demo, SLUG, facts)

    assert NOTHING_NEW_IS_HEARD == counted


HEAVY = ("PIL.Image", "markdown_it", "yaml", "columncast.episodes.columns.formats.page")
"""What makes pictures and reads columns; each takes longer to load than a page to render."""


def test_another_title_loads_nothing_that_reads_a_column_or_makes_a_picture(demo):
    edit = (
        "import sys; from columncast import cli\n"
        "try: cli.main()\n"
        f"finally: print('heavy:', [m for m in {HEAVY} if m in sys.modules])"
    )
    command = [sys.executable, "-c", edit, "-C", demo.root, "edit", SLUG, "--title"]
    for title in ("Forty Minutes", "Forty More"):  # the first one reads the column for the second
        done = subprocess.run([*command, title], check=True, capture_output=True, text=True)

    assert "heavy: []" in done.stdout


def test_a_column_that_was_kept_is_what_would_be_read(demo, monkeypatch):
    publish.edit(demo, SLUG, {"title": "Forty Minutes"})
    read = publish._column(demo, demo.episode(SLUG))
    kept_column(demo, SLUG).write_bytes(b"{")
    damaged = publish._column(demo, demo.episode(SLUG))
    monkeypatch.setattr("columncast.episodes.columns.kept_text._read", None)

    assert read == damaged == publish._column(demo, demo.episode(SLUG))
    assert "Forty Minutes" == read.title


def test_a_column_is_read_again_if_anything_that_its_reading_depends_on_changed(demo):
    column = demo.episode(SLUG).column
    publish.edit(demo, SLUG, {"title": "Forty Minutes"})
    kept = kept_column(demo, SLUG).read_bytes()

    column.write_text(column.read_text(encoding="utf-8") + "\nOne line more.\n", encoding="utf-8")
    publish.build(demo, jobs=1)

    assert kept != kept_column(demo, SLUG).read_bytes()
    assert "One line more." in publish._column(demo, demo.episode(SLUG)).text


def test_another_slug_is_heard_nowhere(demo, counted):
    publish.edit(demo, SLUG, {}, new_slug="forty-minutes")

    assert NOTHING_NEW_IS_HEARD == counted


def test_a_column_with_another_word_is_aligned_and_not_mastered(short, reading, counted, tmp_path):
    text = reading[1].read_text(encoding="utf-8")
    assert "that nobody could lift" in text
    path = tmp_path / "column.md"
    path.write_text(text.replace("that nobody", "that no one"), encoding="utf-8")
    (slug,) = short.slugs()

    publish.edit(short, slug, {}, column=path)

    assert {**ALL, "mastered": 0} == {"mastered": 0, **counted}


def test_another_recording_takes_each_step_once(short, reading, counted, tmp_path, ffmpeg):
    take = tmp_path / "take.flac"
    ffmpeg("-i", reading[0], "-ss", "0.1", take)
    (slug,) = short.slugs()

    publish.edit(short, slug, {}, recording=take)

    assert ALL == counted


def test_a_build_with_nothing_to_do_takes_no_step(demo, counted):
    publish.build(demo, jobs=1)

    assert {} == counted


def test_a_build_of_what_changed_takes_each_step_once(demo, counted):
    change_facts(demo.episode(SLUG), {"title": "Forty Minutes"})

    publish.build(demo, jobs=1)

    assert NOTHING_NEW_IS_HEARD == counted


def test_audio_that_came_from_another_host_is_read_and_noted_once(demo, counted):
    episode = demo.episode(SLUG)
    (audio,) = demo.audio.glob("*.mp3")
    episode.narration.unlink()
    shutil.copy(audio, episode.path / "narration.mp3")
    change_facts(episode, {"source.kept": True})
    publish.build(demo, jobs=1)
    counted.clear()

    publish.edit(demo, SLUG, {"title": "Forty Minutes"})

    assert {"read": 1, "noted": 1, "composed": 1} == counted


@pytest.mark.parametrize("title", ["Forty Minutes", "The Piano"])
def test_under_another_title_the_transcript_says_what_is_heard(demo, title):
    before = (demo.feed / SLUG / "transcript.vtt").read_text(encoding="utf-8")

    publish.edit(demo, SLUG, {"title": title})

    assert before == (demo.feed / SLUG / "transcript.vtt").read_text(encoding="utf-8")
    assert title in (demo.feed / SLUG / "chapters.json").read_text(encoding="utf-8")


def test_what_is_handed_over_is_what_a_build_would_make(demo):
    publish.edit(demo, SLUG, {"title": "Forty Minutes"})
    before = record_file(demo, SLUG).read_bytes()

    publish.build(demo, [SLUG], jobs=1)

    assert before == record_file(demo, SLUG).read_bytes()


def test_an_alignment_under_a_changed_title_of_an_earlier_version_still_holds(demo, counted):
    """
    Version 0.1 laid a text under the title of the episode; what it found is found again.
    """
    column = demo.episode(SLUG).column
    (kept,) = (demo.cache / "aligned").glob("*.json")
    own = "The Ferry That Kept Its Own Time"
    text = column.read_text(encoding="utf-8")
    assert own in text
    change_facts(demo.episode(SLUG), {"title": own})
    column.write_text(text.replace(own, "The Boat That Kept Its Own Time", 1), encoding="utf-8")

    publish.build(demo, jobs=1)

    assert not counted["aligned"]
    assert [kept] == list((demo.cache / "aligned").glob("*.json"))


def test_a_column_without_pictures_loads_nothing_that_fetches(show, tmp_path, monkeypatch):
    plain, pictured = tmp_path / "plain.md", tmp_path / "pictured.md"
    plain.write_text("# A Boat\n\nIt is late.\n", encoding="utf-8")
    pictured.write_text("# A Boat\n\nIt is late.\n\n![The boat](boat.png)\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "columncast.episodes.pictures.gather", None)

    place, words = EpisodeFolder(path=show.episodes), read_column(pictured)

    publish._gather(show, place, read_column(plain), plain, quiet)
    with pytest.raises(ImportError):
        publish._gather(show, place, words, pictured, quiet)


def test_the_pictures_of_a_cover_load_no_kind_of_picture_that_is_not_opened_here():
    script = (
        "import sys; from columncast.feed.artwork.cover import page_icon, page_picture;"
        "cover = sys.stdin.buffer.read(); page_icon(cover); page_picture(cover);"
        "print(*sys.modules)"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, input=plain_cover()
    ).stdout.split()

    assert b"PIL.WebPImagePlugin" in loaded
    assert b"PIL.PsdImagePlugin" not in loaded


def test_another_title_loads_nothing_that_masters_or_aligns(demo):
    script = (
        "import sys; from pathlib import Path; from columncast import publish;"
        "from columncast.episodes.show.folder import ShowFolder;"
        "publish.edit(ShowFolder(Path(sys.argv[1])), sys.argv[2], {'title': 'Forty Minutes'});"
        "print(*{name.partition('.')[0] for name in sys.modules}, *sys.modules)"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", script, str(demo.root), SLUG],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    assert "mutagen.id3" in loaded
    unneeded = {"numpy", "pydub", "pocketsphinx", "threadpoolctl", "mutagen.mp4", "mutagen.oggopus"}
    assert not unneeded & set(loaded)
