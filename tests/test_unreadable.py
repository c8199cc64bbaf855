"""A file that cannot be read is one clear line; and what is published can be read by all."""

import os
import shutil
import stat
import subprocess
import sys

import pytest

from columncast import publish
from columncast.episodes.show.folder import ShowFolder

SLUG = "what-the-masons-left"
PLACE = '\n[publish.www]\nkind = "folder"\npath = "../www"\nverify = false\n'
DAMAGES = ["a folder", "a disk error", "a loop"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc/self/mem gives a disk's error")


def damage(path, how):
    """Let *path* be something that is there and cannot be read."""
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    if how == "a folder":
        path.mkdir()
    elif how == "a loop":
        path.symlink_to(path.name)
    else:
        path.symlink_to("/proc/self/mem")  # opens, and every read fails with EIO


def is_one_clear_line(done):
    return is_one_clear_line_of(done.err)


def is_one_clear_line_of(err):
    assert 1 == len([line for line in err.splitlines() if line.startswith("Error:")]), err
    return not any(word in err for word in ("fault of columncast", "Errno", "Traceback"))


@linux
@pytest.mark.parametrize(
    ("command", "codes"),
    [
        ("add BAD column.txt", {2, 3}),
        ("add take.wav BAD", {2, 3}),
        ("edit SLUG --recording BAD", {2, 3}),
        ("edit SLUG --column BAD", {2, 3}),
        ("import BAD", {2, 3}),
        ("import BAD --list", {2, 3}),
        ("import feed.xml --to ../new --columns BAD --yes", {2, 3}),
        ("init ../new --title T --site-url https://t.example --cover BAD", {2, 3}),
        ("transcribe BAD column.txt -o out", {2, 3}),
        ("transcribe take.wav BAD -o out", {2, 3}),
        ("cut BAD column.txt -o cut.wav", {2, 3}),
        ("cut take.wav BAD -o cut.wav", {2, 3}),
    ],
)
@pytest.mark.parametrize("how", DAMAGES)
def test_an_input_that_cannot_be_read(command, codes, how, one_episode, take, column, columncast):
    bad = one_episode.root / "bad.wav"
    bad.touch()
    damage(bad, how)
    if how == "a folder" and command.startswith("import"):
        pytest.skip("a folder is what these take")
    (one_episode.root / "feed.xml").write_text("<rss><channel><title>T</title></channel></rss>")
    known = {"BAD": bad, "take.wav": take, "column.txt": column, "SLUG": SLUG}
    words = [known.get(w, w.replace("BAD", str(bad))) for w in command.split()]
    before = (one_episode.root / "feed" / "feed.xml").read_bytes()

    done = columncast(*words)

    assert done.code in codes, done.err
    assert is_one_clear_line(done)
    assert before == (one_episode.root / "feed" / "feed.xml").read_bytes()
    assert [SLUG] == one_episode.slugs()


OWN = [
    "cover.jpg",
    f"episodes/{SLUG}/column.txt",
    f"episodes/{SLUG}/narration.wav",
    f"episodes/{SLUG}/episode.toml",
    f"episodes/{SLUG}",
    "episodes",
    "feed/feed.xml",
    f"feed/{SLUG}",
    "audio",
    ".columncast",
    ".columncast/ledger.json",
]


@linux
@pytest.mark.parametrize(
    ("name", "how"),
    [
        *((name, "a disk error") for name in OWN),
        ("feed/feed.xml", "a folder"),
        ("cover.jpg", "a loop"),
    ],
)
def test_a_file_of_the_show_that_cannot_be_read(name, how, one_episode, columncast):
    """Each command ends well, or with one line; what is in the feed stays there."""
    root = one_episode.root
    with (root / "show.toml").open("a", encoding="utf-8") as f:
        f.write(PLACE)
    damage(root / name, how)

    for command in (["build", "--jobs", "1"], ["list"], ["publish"]):  # which checks, too
        done = columncast(*command)

        assert done.code in (0, 1, 2, 3), done.err
        assert "fault of columncast" not in done.err
        assert "Traceback" not in done.err
        if done.code:
            assert is_one_clear_line(done)


@pytest.fixture
def without_rights(part):
    """Run the command as somebody whom modes hold back: root is not, until it gives that up."""

    def run(*arguments):
        held = [] if os.geteuid() else [part("setpriv"), "--inh-caps=-all", "--bounding-set=-all"]
        command = [*held, sys.executable, "-m", "columncast", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


@linux
@pytest.mark.parametrize("name", [f"episodes/{SLUG}", "episodes"])
def test_a_folder_that_nobody_may_enter_takes_no_episode_out_of_the_feed(
    name, one_episode, without_rights
):
    feed = (one_episode.feed / "feed.xml").read_bytes()
    (one_episode.root / name).chmod(0)

    done = without_rights("-C", one_episode.root, "build", "--jobs", 1)

    (one_episode.root / name).chmod(0o755)
    assert done.returncode in (1, 3), done.stderr
    assert is_one_clear_line_of(done.stderr)
    assert feed == (one_episode.feed / "feed.xml").read_bytes()
    assert (one_episode.feed / SLUG / "index.html").is_file()


@linux
def test_a_recording_that_nobody_may_read_is_refused_as_an_input(
    one_episode, take, column, tmp_path, without_rights
):
    recording = tmp_path / "mine.wav"
    shutil.copy(take, recording)
    recording.chmod(0)

    done = without_rights("-C", one_episode.root, "add", recording, column)

    assert 3 == done.returncode
    assert is_one_clear_line_of(done.stderr)
    assert "mine.wav: cannot be read: Permission denied; nothing was changed" in done.stderr


# --- what is published can be read by all ------------------------------------------------------


@pytest.fixture
def umask_077():
    former = os.umask(0o077)
    yield
    os.umask(former)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def closed(folder):
    """What others may not read or enter."""
    paths = (folder, *folder.rglob("*"))
    return [p for p in paths if mode(p) & (0o055 if p.is_dir() else 0o044) == 0]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no umask")
@pytest.mark.usefixtures("umask_077")
def test_what_is_published_can_be_read_by_all_whatever_the_umask(one_episode, tmp_path, columncast):
    root = one_episode.root
    for part in ("audio", "feed", ".columncast"):
        shutil.rmtree(root / part)
    with (root / "show.toml").open("a", encoding="utf-8") as f:
        f.write(PLACE)

    assert 0 == columncast("build", "--jobs", "1").code
    assert 0 == columncast("publish").code

    www = tmp_path / "www"
    for folder in (root / "audio", root / "feed", www / "audio", www / "feed"):
        assert [] == closed(folder)
        assert list(folder.iterdir())
    assert mode(www) & 0o055 == 0o055
    assert mode(root / ".columncast") & 0o077 == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no umask")
@pytest.mark.usefixtures("umask_077")
def test_a_new_show_is_open_where_it_is_published_and_closed_elsewhere(tmp_path, columncast):
    root = tmp_path / "new"

    columncast("init", root, "--title", "T", "--site-url", "https://t.example")

    assert mode(root) & 0o077 == 0o011  # may be passed through, not looked into
    assert mode(root / "audio") & 0o055 == 0o055
    assert mode(root / "feed") & 0o055 == 0o055
    assert mode(root / "episodes") & 0o077 == 0
    assert mode(root / "show.toml") & 0o077 == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no umask")
def test_a_show_that_was_made_closed_is_said_to_be_and_opened_again(one_episode, columncast):
    page = one_episode.feed / "index.html"
    page.chmod(0o600)

    said = columncast("check").out
    publish.build(ShowFolder(one_episode.root), jobs=1)
    (one_episode.root / ".columncast" / "ledger.json").unlink()
    (one_episode.root / ".columncast" / "rendered.json").unlink(missing_ok=True)
    publish.build(ShowFolder(one_episode.root), jobs=1)

    assert "others may not read feed/index.html; run: chmod -R a+rX audio feed" in said
    assert mode(page) & 0o044 == 0o044
