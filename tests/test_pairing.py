"""Recordings and columns of a folder find each other, and what is not sure is asked."""

import json

import pytest
from builders import speech_like, write_wav

from columncast.episodes.importing.pairs.pairing import pair_up

WORDS = "One word after the other is read here in a voice that does not hurry at all. "


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "old"


@pytest.fixture
def glance():
    """The tags and lengths of recordings, by their names."""

    class Glance:
        def __init__(self):
            self.known = {}

        def __call__(self, path):
            return self.known.get(path.name, ("", 6.0))

    return Glance()


def lay(folder, *names, title="", words=1):
    """Write recordings (empty: they are only glanced at) and columns."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in (".wav", ".mp3"):
            path.write_bytes(b"")
        else:
            head = title or path.stem.replace("-", " ").title()
            path.write_text(f"{head}\n\n{WORDS * words}", encoding="utf-8")


def pairs_of(found):
    return {(p.recording.path.name, p.column.path.name, p.by, p.sure) for p in found.pairs}


@pytest.mark.parametrize(
    ("recording", "column", "by"),
    [
        ("the-ferry.wav", "the-ferry.txt", "name"),
        ("The Ferry - narration FINAL.wav", "the_ferry.md", "name"),
        ("2026-01-05 the ferry take 3.wav", "the-ferry.txt", "name"),
        ("2026-01-05.wav", "20260105 column.txt", "date"),
        ("week-1/audio.wav", "week-1/text.txt", "folder"),
    ],
)
def test_names_dates_and_folders_pair(folder, glance, recording, column, by):
    lay(folder, recording, column, "elsewhere/other-thing.txt", "elsewhere/more.txt")

    found = pair_up(folder, glance)

    name = recording.rpartition("/")[2], column.rpartition("/")[2]
    assert (*name, by, True) in pairs_of(found)


def test_a_tag_pairs_with_a_title(folder, glance):
    lay(folder, "rec0017.wav", "rec0018.wav", "a.txt", title="The Ferry")
    lay(folder, "b.txt", title="The Tide")
    glance.known |= {"rec0017.wav": ("Audio: The Tide", 6.0), "rec0018.wav": ("The Ferry", 6.0)}

    found = pair_up(folder, glance)

    by = "tag and title"
    assert {("rec0017.wav", "b.txt", by, True), ("rec0018.wav", "a.txt", by, True)} == pairs_of(
        found
    )


def test_a_pair_that_nobody_could_read_in_that_time_is_not_sure(folder, glance):
    lay(folder, "the-ferry.wav", "the-ferry.txt", words=40)

    found = pair_up(folder, glance)

    assert {("the-ferry.wav", "the-ferry.txt", "name", False)} == pairs_of(found)


def test_two_takes_of_one_column_are_not_guessed(folder, glance):
    lay(folder, "the-ferry take 1.wav", "the-ferry take 2.wav", "the-ferry.txt")

    found = pair_up(folder, glance)

    assert () == found.pairs
    assert ["the-ferry.txt"] == [r.path.name for r in found.unpaired[0].candidates]
    assert "may be of the same column" in found.unpaired[0].why


def test_names_with_words_in_common_are_asked(folder, glance):
    lay(
        folder,
        "ferry-captain-interviewless.wav",
        "harbour.wav",
        "the-old-ferry-captain.txt",
        "x.txt",
    )

    found = pair_up(folder, glance)

    expected = ("ferry-captain-interviewless.wav", "the-old-ferry-captain.txt", "like words", False)
    assert expected in pairs_of(found)


def test_the_last_two_that_fit_in_length_are_asked(folder, glance):
    lay(folder, "zoom0001.wav", "on-tides.txt")
    glance.known["zoom0001.wav"] = ("", 7.0)

    found = pair_up(folder, glance)

    assert {("zoom0001.wav", "on-tides.txt", "length", False)} == pairs_of(found)


def test_numbers_alone_pair_whatever_their_zeros(folder, glance):
    lay(folder, "01.wav", "02.wav", "1.txt", "2.txt")

    found = pair_up(folder, glance)

    assert {("01.wav", "1.txt", "name", True), ("02.wav", "2.txt", "name", True)} == pairs_of(found)


# through the command line


@pytest.fixture
def backlog(folder, ffmpeg):
    """Two columns that have their recordings, and a recording that fits neither."""
    folder.mkdir()
    for number, name in enumerate(["2026-02-03-ferry.wav", "tide.wav"]):
        write_wav(folder / name, speech_like(6, seed=number))
    write_wav(folder / "laughter.wav", speech_like(1, seed=9))
    lay(folder, "ferry.txt", title="The Ferry Waits")
    lay(folder, "tide.txt", title="What the Tide Took")
    return folder


def test_sure_pairs_are_added_and_the_rest_is_told(columncast, show, backlog):
    result = columncast("import", backlog, "--yes", "--json")

    told = json.loads(result.out)
    assert 0 == result.code, result.err
    assert ["the-ferry-waits", "what-the-tide-took"] == sorted(told["added"])
    assert ["laughter.wav"] == [u["recording"].rpartition("/")[2] for u in told["unpaired"]]
    published = show.episode("the-ferry-waits").facts.published
    assert "2026-02-03" == f"{published:%Y-%m-%d}"


def test_adding_twice_adds_nothing(columncast, show, backlog):
    columncast("import", backlog, "--yes")
    before = sorted(path.name for path in show.episodes.iterdir())

    again = columncast("import", backlog, "--yes")

    assert 0 == again.code, again.err
    assert "There     the-ferry-waits" in again.out
    assert before == sorted(path.name for path in show.episodes.iterdir())


def test_the_pairs_are_shown_as_a_table_and_without_a_terminal_nothing_is_done(
    columncast, show, backlog
):
    result = columncast("import", backlog)

    assert 2 == result.code
    assert "RECORDING" in result.out
    assert "2026-02-03-ferry.wav" in result.out
    assert not list(show.episodes.iterdir())


def test_a_folder_without_recordings_is_no_backlog(columncast, show, tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("A\n\nB c d.")

    result = columncast("import", tmp_path / "texts", "--yes")

    assert 2 == result.code
    assert "no recordings" in result.err


def test_a_person_is_asked_about_what_is_not_sure(columncast, show, folder, monkeypatch):
    for number in (1, 2):
        folder.mkdir(exist_ok=True)
        write_wav(folder / f"the-ferry take {number}.wav", speech_like(6, seed=number))
    lay(folder, "the-ferry.txt")
    answers = iter(["0", "1"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _="": next(answers))

    result = columncast("import", folder, "--json")

    assert 0 == result.code, result.err
    assert ["the-ferry"] == json.loads(result.out)["added"]
    assert "the-ferry take 2.wav" == show.episode("the-ferry").facts.source.recording
