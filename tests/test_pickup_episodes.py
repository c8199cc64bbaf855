"""Sentences that were read again go into an episode, and come out of it again.

Its recording stays what it is. What was read again lies in `pickups/`, what of it is heard in `edits.toml`.
"""

import json
import shutil
from html.parser import HTMLParser

import pytest
from editing_builders import sentences, writer

from columncast import publish
from columncast.episodes.building.built import built_episode
from columncast.episodes.building.records import last_aligned
from columncast.episodes.errors import EpisodeError, RecordingError
from columncast.episodes.model.alignment import AlignedSentence, Alignment
from columncast.episodes.narration.sheet import Reason, Sheet, to_read_again
from columncast.episodes.show.edits_file import read_edits
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.site.create import create_show

BELLS, POUNDS, MELT, WHEEL, OAK = 1, 2, 3, 6, 8  # sentences, by their number in truth.json
COLUMN = (BELLS, POUNDS, MELT, OAK, WHEEL)


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A narration that lacks one sentence of its column, fixes to it, and a file that is none."""
    folder, said = tmp_path_factory.mktemp("given"), sentences()
    write = writer(said, folder)
    write(1.0, BELLS, 0.5, POUNDS, 0.5, MELT, 0.7, WHEEL, 1.0)
    write(0.8, OAK, 1.2, POUNDS, 1.0, name="fixes.wav", gain=0.5, noise=5e-4)
    write(0.8, "aside", 1.0, name="aside.wav")
    text = "# The bells\n\n" + "\n\n".join(said[n][0] for n in COLUMN) + "\n"
    (folder / "column.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plain(given, tmp_path_factory):
    """A show with the narration as its one episode."""
    folder = create_show(
        tmp_path_factory.mktemp("plain") / "show",
        title="The Long Wall",
        site_url="https://walls.example/",
        author="Ruth Calder",
        email="ruth@walls.example",
        language="en",
        category=("Arts",),
    )
    publish.add(
        folder,
        given / "take.wav",
        given / "column.md",
        slug="bells",
        date="2026-01-05T06:00Z",
        force=True,
    )
    return folder.root


@pytest.fixture(scope="module")
def fixed(plain, given, tmp_path_factory):
    """The same with the fixes in it, and what became of each."""
    root = tmp_path_factory.mktemp("fixed") / "show"
    shutil.copytree(plain, root)
    folder = ShowFolder(root)
    with publish.episode_pickups(folder, "bells", [given / "fixes.wav"]) as found:
        rows, _ = publish.pickup_episode(folder, found)
    return root, rows


def copied(root, tmp_path):
    shutil.copytree(root, tmp_path / "show")
    return ShowFolder(tmp_path / "show")


def public(root):
    """All that listeners get, byte by byte, and what is kept of the sources."""
    parts = ("audio", "feed", "episodes")
    files = [path for part in parts for path in (root / part).rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def statuses(root):
    return [s.status for s in last_aligned(ShowFolder(root), "bells").sentences if not s.heading]


def test_a_sentence_that_was_missing_is_heard_and_another_is_replaced(plain, fixed):
    root, rows = fixed

    before, after = (built_episode(ShowFolder(r), "bells") for r in (plain, root))
    edits = read_edits(ShowFolder(root).episode("bells"))

    assert [True, True] == [row.placed for row in rows]
    assert sorted(row.text for row in rows) == sorted(p.text for p in edits.pickups)
    assert "missing" == statuses(plain)[3]
    assert ["read"] * 5 == statuses(root)
    longer_s = sum(p.to_s - p.from_s - (p.end_s - p.start_s) for p in edits.pickups)
    assert after.enclosure.duration_s - before.enclosure.duration_s == pytest.approx(
        longer_s, abs=0.02
    )
    assert "sentence-not-read" not in [n.code for n in after.notices]


def test_the_recording_stays_and_the_fixes_are_kept_beside_it(plain, fixed, given):
    was, now = (ShowFolder(root).episode("bells") for root in (plain, fixed[0]))

    names = sorted(path.name for path in now.pickups.iterdir())
    kept = [p for p in now.pickups.iterdir() if p.suffix == ".wav"]

    assert was.narration.read_bytes() == now.narration.read_bytes()
    assert [".flac", ".flac", ".wav"] == sorted(name[name.rindex(".") :] for name in names)
    assert [(given / "fixes.wav").read_bytes()] == [path.read_bytes() for path in kept]
    assert {f"pickups/{n}" for n in names if n.endswith(".flac")} == {
        p.file for p in read_edits(now).pickups
    }


def test_taking_them_out_gives_the_former_bytes_back(plain, fixed, tmp_path):
    folder = copied(fixed[0], tmp_path)
    # Former audio stays for subscribers who have the old feed.
    published = set(public(plain))

    publish.undo_pickups(folder, "bells")

    now = public(folder.root)
    assert public(plain) == {name: now[name] for name in published}
    assert not any("pickups" in name or "edits.toml" in name for name in now)
    with pytest.raises(EpisodeError, match="nothing in it was read again"):
        publish.undo_pickups(folder, "bells")


def test_the_same_fixes_again_change_nothing(fixed, given, columncast, tmp_path):
    folder = copied(fixed[0], tmp_path)
    before = public(folder.root)

    done = columncast("-C", folder.root, "pickup", "bells", given / "fixes.wav", "--json")

    assert 0 == done.code, done.err
    assert [True, True] == [p["placed"] for p in json.loads(done.out)["pickups"]]
    assert before == public(folder.root)


def test_fixes_that_fit_nowhere_change_nothing(plain, given, columncast, tmp_path):
    folder = copied(plain, tmp_path)
    before = public(folder.root)

    done = columncast("-C", folder.root, "pickup", "bells", given / "aside.wav")

    assert 3 == done.code
    assert "no sentence could be placed" in done.err
    assert "nothing was changed" in done.err
    assert 1 == len(done.err.strip().splitlines())
    assert before == public(folder.root)


def test_a_whole_new_narration_is_no_pickup(plain, given, columncast, tmp_path):
    folder = copied(plain, tmp_path)
    before = public(folder.root)

    done = columncast("-C", folder.root, "pickup", "bells", given / "take.wav")

    assert 3 == done.code
    assert "columncast edit SLUG --recording FILE" in done.err
    assert 1 == len(done.err.strip().splitlines())
    assert before == public(folder.root)


@pytest.mark.parametrize("name", ["latest", "bel"])
def test_an_episode_is_named_as_elsewhere_since_all_can_be_taken_back(
    fixed, columncast, tmp_path, name
):
    folder = copied(fixed[0], tmp_path)

    done = columncast("-C", folder.root, "pickup", name, "--undo")

    assert 0 == done.code, done.err
    assert not read_edits(folder.episode("bells")).pickups


def test_a_pickup_that_is_gone_is_said_in_one_line(fixed, tmp_path):
    folder = copied(fixed[0], tmp_path)
    episode = folder.episode("bells")
    for path in episode.pickups.glob("*.flac"):
        path.unlink()

    with pytest.raises(RecordingError, match="no such file"):
        publish.edit(folder, "bells", {"title": "Other bells"})


def test_a_new_recording_begins_without_them(fixed, given, tmp_path):
    folder = copied(fixed[0], tmp_path)
    take, _ = writer(sentences(), tmp_path)(1.0, BELLS, 0.5, POUNDS, 0.6, MELT, 0.7, WHEEL, 1.0)

    publish.edit(folder, "bells", {}, recording=take, force=True)

    assert "missing" == statuses(folder.root)[3]
    codes = [notice.code for notice in built_episode(folder, "bells").notices]
    assert "edits-of-another-recording" in codes


@pytest.mark.parametrize(
    ("words", "said_of_it"),
    [
        (["bells"], "name one or more files of fixes"),
        (["bells", "nothing.wav"], "nothing.wav: no such file"),
        (["bells", "nothing.wav", "--sheet"], "take an episode and no fixes"),
        (["bells", "--track", "2"], "columncast edit bells --track N"),
    ],
)
def test_what_cannot_be_asked_of_an_episode_is_refused(plain, columncast, words, said_of_it):
    done = columncast("-C", plain, "pickup", *words)

    assert 2 == done.code
    assert said_of_it in done.err


# the sheet


def sentence(text, status="read", start_s=None, **more):
    end_s = None if start_s is None else start_s + 2
    return AlignedSentence(text=text, status=status, start_s=start_s, end_s=end_s, **more)


LAID = Alignment(
    sentences=(
        sentence("The Wall", "missing", heading=True),
        sentence("It was long.", start_s=1.0),
        sentence("It was <b>high</b>.", "missing"),
        sentence("It fell.", "unsure", 5.0),
        sentence("A table | of walls", "missing", optional=True),
        sentence("Nobody came & nobody wept.", "unsure"),
        sentence("It stands.", start_s=12.0),
    )
)


def test_what_was_not_read_as_it_is_written_is_on_the_sheet():
    rows = to_read_again(LAID)

    assert [2, 3, 5] == [row.sentence for row in rows]
    assert [("was not read",), ("was read in part, or in other words",)] == [
        row.reasons for row in rows[:2]
    ]
    assert "noise" in rows[2].reasons[0]
    assert ("It was long.", 3.0) == (rows[0].before, rows[0].at_s)


def test_other_reasons_go_with_it():
    stress = Reason(sentence=3, why="Max: the stress is on “fell”")
    changed = Reason(sentence=1, why="changed since it was read")

    rows = to_read_again(LAID, [stress, changed, Reason(sentence=99, why="gone")])

    assert [1, 2, 3, 5] == [row.sentence for row in rows]
    assert ("changed since it was read",) == rows[0].reasons
    assert "Max: the stress is on “fell”" == rows[2].reasons[1]


def test_the_page_to_read_from_holds_the_text_as_text_and_loads_nothing():
    page = Sheet(title="Walls <i>", language="en", rows=to_read_again(LAID)).page()

    seen = Page()
    seen.feed(page)
    assert not {"script", "img", "b", "i", "iframe"} - {"b"} & seen.tags
    assert "It was <b>high</b>." in seen.text
    assert "Walls <i>" in seen.text
    assert not [url for url in seen.urls if not url.startswith("data:")]


class Page(HTMLParser):
    """The tags, the addresses and the text of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.urls, self.text = set(), [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.urls += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.text += data


def test_the_command_prints_the_sheet_and_writes_the_page(plain, columncast, tmp_path):
    folder = copied(plain, tmp_path)
    page = tmp_path / "sheet.html"

    listed = columncast("-C", folder.root, "pickup", "bells", "--sheet", "--html", page)
    told = columncast("-C", folder.root, "pickup", "bells", "--sheet", "--json")

    (row,) = json.loads(told.out)["sentences"]
    oak = sentences()[OAK][0]
    assert 0 == listed.code, listed.err
    assert oak in listed.out
    assert "was not read" in listed.out
    assert oak in page.read_text(encoding="utf-8")
    assert (oak, ["was not read"]) == (row["text"], row["reasons"])
    assert sentences()[MELT][0] == row["before"]


def test_an_episode_of_which_all_was_read_needs_no_sheet(fixed, columncast):
    done = columncast("-C", fixed[0], "pickup", "bells", "--sheet")

    assert 0 == done.code, done.err
    assert "Nothing is to be read again" in done.out
