"""The raw take of an episode is cut in place: what was read twice is heard once, and all that follows the sound follows it.

The recording and its facts stay as they are. What was chosen lies in `edits.toml`.
"""

import io
import json
import shutil
import wave

import pytest
from editing_builders import sentences, writer

from columncast import publish
from columncast.audio.align.door import align
from columncast.episodes.building.built import built_episode
from columncast.episodes.building.records import last_aligned
from columncast.episodes.columns.door import read_column
from columncast.episodes.errors import ColumncastError
from columncast.episodes.model.time_map import TimeMap
from columncast.episodes.narration.units import units
from columncast.episodes.show.edits_file import read_edits
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import change_settings
from columncast.feed.site.create import create_show

DATE = "2026-01-05T06:00Z"
BELLS, POUNDS, MELT, WHEEL, OAK = 1, 2, 3, 6, 8  # sentences of the text, in truth.json
READ = (BELLS, POUNDS, MELT, WHEEL)


def column_of(*numbers, head=""):
    said = sentences()
    return f"{head}# The bells\n\n" + "\n\n".join(said[n][0] for n in numbers) + "\n"


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A take in which the second of four sentences is read twice, with an aside behind the third."""
    folder = tmp_path_factory.mktemp("given")
    _, at = writer(sentences(), folder)(
        1.0, BELLS, 0.5, POUNDS, 0.8, POUNDS, 0.5, MELT, 0.5, "aside", 0.6, WHEEL, 1.0
    )
    writer(sentences(), folder)(
        1.0, BELLS, 0.5, POUNDS, 0.5, MELT, 0.6, WHEEL, 1.0, name="clean.wav"
    )
    (folder / "column.md").write_text(column_of(*READ), encoding="utf-8")
    return folder, at


def new_show(path, **settings):
    return create_show(
        path,
        title="The Long Wall",
        site_url="https://walls.example/",
        author="Ruth Calder",
        email="ruth@walls.example",
        language="en",
        category=("Arts",),
        settings=settings,
    )


def add(folder, take, column, **more):
    return publish.add(folder, take, column, slug="bells", date=DATE, force=True, **more)


@pytest.fixture(scope="module")
def uncut(given, tmp_path_factory):
    """A show with the take as its one episode."""
    folder = new_show(tmp_path_factory.mktemp("uncut") / "show")
    add(folder, given[0] / "take.wav", given[0] / "column.md")
    return folder.root


@pytest.fixture(scope="module")
def cut(uncut, tmp_path_factory):
    """The same, with all cut that is sure."""
    root = tmp_path_factory.mktemp("cut") / "show"
    shutil.copytree(uncut, root)
    folder = ShowFolder(root)
    with publish.episode_on_desk(folder, "bells") as on_desk:
        publish.cut_episode(folder, on_desk, lambda cut: cut.sure)
    return root


@pytest.fixture
def show(uncut, tmp_path):
    """A copy of the show to change."""
    shutil.copytree(uncut, tmp_path / "show")
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def cut_show(cut, tmp_path):
    """A copy of the one that is cut."""
    shutil.copytree(cut, tmp_path / "show")
    return ShowFolder(tmp_path / "show")


def public(root):
    """All that listeners get, byte by byte, and what is kept of the sources."""
    parts = ("audio", "feed", "episodes")
    files = [path for part in parts for path in (root / part).rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def published(root):
    """The same, of what the feed names now."""
    enclosure = built_episode(ShowFolder(root), "bells").enclosure.path
    kept = (root / "feed/bells/align.json").read_text(encoding="utf-8")
    return (root / enclosure).read_bytes(), kept, (root / "feed/feed.xml").read_bytes()


def codes(root):
    return [notice.code for notice in built_episode(ShowFolder(root), "bells").notices]


# what is heard


def test_what_was_read_twice_is_heard_once(uncut, cut, given):
    before, after = (built_episode(ShowFolder(root), "bells") for root in (uncut, cut))
    applied = read_edits(ShowFolder(cut).episode("bells")).applied

    assert ["retake", "aside"] == [one.kind for one in applied]
    saved_s = sum(one.saved_s for one in applied)
    assert before.enclosure.duration_s - saved_s == pytest.approx(
        after.enclosure.duration_s, abs=0.01
    )
    assert {"retake-left-in", "not-in-column"} <= set(codes(uncut))
    assert not {"retake-left-in", "not-in-column", "sentence-not-read"} & set(codes(cut))
    assert "recording-edited" in codes(cut)
    assert before.enclosure.path != after.enclosure.path


def test_the_words_are_where_a_search_of_the_cut_sound_finds_them(cut):
    folder = ShowFolder(cut)
    followed = last_aligned(folder, "bells")
    column = read_column(folder.episode("bells").column)
    searched = align(cut / built_episode(folder, "bells").enclosure.path, units(column))

    for one, other in zip(followed.sentences, searched.sentences, strict=True):
        assert one.status == other.status
        for word, found in zip(one.words, other.words, strict=True):
            assert word.start_s == pytest.approx(found.start_s, abs=0.05)
            assert word.end_s == pytest.approx(found.end_s, abs=0.05)
    assert [] == [e for e in followed.extras if e.kind in ("retake", "ad-lib")]


def test_neither_the_recording_nor_the_facts_are_changed(uncut, cut):
    for name in ("narration.wav", "column.md", "episode.toml"):
        path = f"episodes/bells/{name}"
        assert (uncut / path).read_bytes() == (cut / path).read_bytes()


# what is built


def test_a_build_after_it_finds_nothing_to_do(cut):
    built = publish.build(ShowFolder(cut))

    assert () == built.changed
    assert {} == built.reasons


def test_without_any_cache_the_same_bytes_come_again(cut_show):
    before = published(cut_show.root)
    for folder in (".columncast", "feed", "audio"):
        shutil.rmtree(cut_show.root / folder)

    publish.build(ShowFolder(cut_show.root))

    assert before == published(cut_show.root)


def test_undoing_gives_the_former_bytes_back(cut_show, uncut):
    publish.undo_cuts(cut_show, "bells")

    assert published(uncut)[:2] == published(cut_show.root)[:2]
    assert not cut_show.episode("bells").is_edited
    assert codes(uncut) == codes(cut_show.root)


def test_what_is_kept_changes_nothing_that_is_heard(show):
    before = published(show.root)
    with publish.episode_on_desk(show, "bells") as on_desk:
        edits, _ = publish.cut_episode(show, on_desk, lambda _: False, declined=True)

    assert [(False, True)] * 2 == [(one.applied, one.kept) for one in edits.cuts]
    assert before == published(show.root)
    assert 2 == (show.root / "episodes/bells/edits.toml").read_text().count('choice = "keep"')


def test_adding_with_the_cuts_that_are_sure_comes_to_the_same(given, cut, tmp_path):
    folder = new_show(tmp_path / "show")

    add(folder, given[0] / "take.wav", given[0] / "column.md", cut="sure")

    one, other = (ShowFolder(root).episode("bells").edits_file for root in (cut, folder.root))
    assert one.read_text(encoding="utf-8") == other.read_text(encoding="utf-8")
    assert published(cut)[1] == published(folder.root)[1]
    assert {} == publish.build(folder).reasons


def test_a_show_can_ask_for_it_and_one_episode_not(given, tmp_path):
    folder = new_show(tmp_path / "show", **{"audio.cut": "sure"})

    add(folder, given[0] / "take.wav", given[0] / "column.md", cut="none")

    assert not folder.episode("bells").is_edited


def test_a_show_that_cuts_cuts_a_new_recording_afresh(show, given):
    change_settings(show, {"audio.cut": "sure", "audio.pauses": "keep"})
    folder = ShowFolder(show.root)
    said = sentences()
    louder, _ = writer(sentences(), show.root.parent)(
        1.0, BELLS, 0.7, POUNDS, 0.5, MELT, 0.4, MELT, 0.6, WHEEL, 1.0
    )

    publish.edit(folder, "bells", {}, recording=louder)

    (one,) = read_edits(folder.episode("bells")).applied
    assert said[MELT][0] == one.text


def test_edits_of_another_recording_are_of_no_effect_and_that_is_said(cut_show, given, uncut):
    publish.edit(cut_show, "bells", {}, recording=given[0] / "clean.wav")

    assert "edits-of-another-recording" in codes(cut_show.root)
    assert built_episode(cut_show, "bells").enclosure.duration_s == pytest.approx(20.0, abs=1.0)
    assert cut_show.episode("bells").is_edited  # it is a person's, and git's


# times set by hand


def test_soundbites_and_chapters_are_where_they_are_heard(cut_show):
    source = cut_show.root / "episodes/bells"
    facts = (source / "episode.toml").read_text(encoding="utf-8")
    row = '[[podcast.soundbite]]\nstart_s = 0.5\nduration_s = 27.0\ntitle = "It rang"\n'
    (source / "episode.toml").write_text(f"{facts}\n{row}", encoding="utf-8")
    marks = [{"startTime": at, "title": f"at {at}"} for at in (0, 10, 20)]
    (source / "chapters.json").write_text(json.dumps({"version": "1.2.0", "chapters": marks}))
    times = read_edits(cut_show.episode("bells")).times

    episode = publish.build(cut_show).find("bells")

    assert [0, times.heard(10.0), times.heard(20.0)] == pytest.approx(
        [chapter.start_s for chapter in episode.chapters]
    )
    (bite,) = episode.podcast.soundbite
    assert (0.5, times.heard(27.5) - 0.5) == pytest.approx((bite.start_s, bite.duration_s))
    assert times.heard(10.0) < 10.0
    assert TimeMap() != times


# what cannot be


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cut = [", "is not valid TOML"),
        ('recording_sha256 = "x"\nduration_s = -1.0\n', "duration_s is -1"),
    ],
)
def test_a_damaged_list_of_edits_is_one_line_and_the_feed_stays(cut_show, columncast, text, says):
    before = published(cut_show.root)
    (cut_show.root / "episodes/bells/edits.toml").write_text(text, encoding="utf-8")

    for command in (("build",), ("cut", "bells")):
        done = columncast("-C", cut_show.root, *command)

        assert 0 != done.code
        assert "episodes/bells/edits.toml" in done.err
        assert says in done.err
        assert 1 == len(done.err.strip().splitlines())
    assert before == published(cut_show.root)


def test_what_can_be_cut_is_listed_and_nothing_is_changed(show, columncast):
    before = public(show.root)

    listed = columncast("-C", show.root, "cut", "bells")
    told = columncast("-C", show.root, "cut", "bells", "--json")

    assert (0, 0) == (listed.code, told.code)
    assert "retake" in listed.out
    assert "--apply sure" in listed.out
    document = json.loads(told.out)
    assert {"cuts", "duration_s", "cut_s", "lost"} == document.keys()
    assert [False, False] == [one["applied"] for one in document["cuts"]]
    assert before == public(show.root)


def test_the_command_cuts_says_so_and_takes_it_back(show, columncast, uncut):
    done = columncast("-C", show.root, "cut", "latest", "--apply", "sure")
    again = columncast("-C", show.root, "cut", "bells", "--apply", "sure")
    back = columncast("-C", show.root, "cut", "latest", "--undo")
    twice = columncast("-C", show.root, "cut", "bells", "--undo")

    assert 0 == done.code, done.err
    assert "2 of 2 cuts" in done.out
    assert "Nothing changed: it is cut like this already." in again.out
    assert (0, 3) == (back.code, twice.code)
    assert "nothing is cut in it" in twice.err
    assert published(uncut)[:2] == published(show.root)[:2]


def test_at_a_terminal_each_cut_is_asked_about_once(show, columncast, monkeypatch):
    asked = []

    def answer(_console, question, **_):
        asked.append(question)
        return "retake" in question

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("columncast.episodes.console.console.Console.asks", answer)

    first = columncast("-C", show.root, "cut", "bells")
    second = columncast("-C", show.root, "cut", "bells")

    assert (0, 0) == (first.code, second.code), first.err
    assert 2 == len(asked)
    assert [("retake", True, False), ("aside", False, True)] == [
        (one.kind, one.applied, one.kept) for one in read_edits(show.episode("bells")).cuts
    ]
    assert "keep" in second.out


def test_a_list_for_another_tool_comes_back(show, columncast, tmp_path):
    labels = tmp_path / "cuts.txt"
    columncast("-C", show.root, "cut", "bells", "--labels", labels)
    rows = labels.read_text(encoding="utf-8").splitlines()
    labels.write_text(rows[0] + "\n", encoding="utf-8")

    done = columncast("-C", show.root, "cut", "bells", "--apply", labels)

    assert 0 == done.code, done.err
    assert ["retake"] == [one.kind for one in read_edits(show.episode("bells")).cuts]


def test_an_episode_that_cannot_be_cut_is_one_line_and_stays(show, columncast, tmp_path):
    source = show.root / "episodes/bells"
    facts = (source / "episode.toml").read_text(encoding="utf-8")
    column = (source / "column.md").read_text(encoding="utf-8")
    said = []

    def try_it():
        before = public(show.root)
        done = columncast("-C", show.root, "cut", "bells", "--apply", "sure")
        assert before == public(show.root)
        assert 1 == len(done.err.strip().splitlines()), done.err
        said.append((done.code, done.err))

    (source / "episode.toml").write_text(facts + "kept = true\n", encoding="utf-8")  # in [source]
    try_it()
    (source / "episode.toml").write_text(facts, encoding="utf-8")
    (source / "column.md").write_text(f"---\nlanguage: fr\n---\n\n{column}", encoding="utf-8")
    try_it()
    (source / "column.md").write_text(column_of(OAK), encoding="utf-8")
    try_it()
    (source / "column.md").write_text(column, encoding="utf-8")
    (source / "narration.wav").unlink()
    (source / "narration.wav").symlink_to(tmp_path / "gone.wav")
    try_it()

    assert [3] * 4 == [code for code, _ in said]
    for (_, line), says in zip(
        said,
        ("published as it came", "in English only", "does not read this text", "narration.wav"),
        strict=True,
    ):
        assert says in line


def test_a_text_that_is_read_without_a_stumble_is_added_as_ever(given, tmp_path):
    folder = new_show(tmp_path / "show")

    add(folder, given[0] / "clean.wav", given[0] / "column.md", cut="sure")

    assert not folder.episode("bells").is_edited
    with pytest.raises(ColumncastError, match="nothing is cut in it"):
        publish.undo_cuts(folder, "bells")


def test_a_text_that_changed_under_a_cut_is_noted(cut_show):
    column = cut_show.root / "episodes/bells/column.md"
    text = column.read_text(encoding="utf-8")
    column.write_text(text.replace("4,100 pounds", "two tons"), encoding="utf-8")

    publish.build(cut_show)

    assert "cut-text-changed" in codes(cut_show.root)
    assert 2 == len(read_edits(cut_show.episode("bells")).applied)


# what the editor hears


def test_a_seam_is_heard_before_and_after(show):
    (cut, _) = publish.cuts_of(show, "bells").cuts

    before, after = (publish.seam_sound(show, "bells", cut, made=made) for made in (False, True))

    seconds = []
    for sound in (before, after):
        with wave.open(io.BytesIO(sound)) as read:
            seconds.append(read.getnframes() / read.getframerate())
    assert seconds == pytest.approx([cut.end_s - cut.start_s + 6, 6 + cut.fill_s], abs=0.02)
    assert before[-96_000:] == after[-96_000:]  # two seconds behind the cut
