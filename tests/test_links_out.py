"""No link leads what is published to files that are not the show's."""

import shutil

import pytest

from columncast import publish
from columncast.episodes.errors import ColumncastError, OutsideError
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.live.local_site import local_feed, wanted

SLUG = "what-the-masons-left"
PLACE = '[publish.www]\nkind = "folder"\npath = "../www"\nverify = false\n'


@pytest.fixture
def private(tmp_path):
    """A folder of somebody's own, outside of the show."""
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / "diary.txt").write_text("my diary")
    return folder


def with_place(show):
    with (show.root / "show.toml").open("a", encoding="utf-8") as f:
        f.write(f"\n{PLACE}")
    return show


def enclosure(show):
    return next(show.audio.iterdir())


def a_file_of_the_site(show, private):
    (show.feed / "about.txt").symlink_to(private / "diary.txt")


def a_folder_of_the_site(show, private):
    (show.feed / "about").symlink_to(private)


def the_page_of_an_episode(show, private):
    shutil.move(show.feed / SLUG, private / SLUG)
    (show.feed / SLUG).symlink_to(private / SLUG)


def the_enclosure(show, private):
    audio = enclosure(show)
    shutil.move(audio, private)
    audio.symlink_to(private / audio.name)


def the_feed_itself(show, private):
    shutil.move(show.feed / "feed.xml", private)
    (show.feed / "feed.xml").symlink_to(private / "feed.xml")


def all_of_feed(show, private):
    shutil.move(show.feed, private / "feed")
    show.feed.symlink_to(private / "feed")


def the_cover(show, private):
    shutil.move(show.root / "cover.jpg", private)
    (show.root / "cover.jpg").symlink_to(private / "cover.jpg")


LINKS = [
    a_file_of_the_site,
    a_folder_of_the_site,
    the_page_of_an_episode,
    the_enclosure,
    the_feed_itself,
    all_of_feed,
    the_cover,
]


@pytest.mark.parametrize("link", LINKS)
def test_publish_refuses_a_link_that_leads_out(link, one_episode, private, tmp_path, columncast):
    show = with_place(one_episode)
    link(show, private)

    done = columncast("publish")

    assert 3 == done.code
    assert "link" in done.err
    assert "leads out of" in done.err
    assert 1 == done.err.count("\n")
    assert not (tmp_path / "www").exists()


@pytest.mark.parametrize("link", LINKS[3:6])
def test_what_is_put_live_is_looked_at_again_when_it_is_taken(link, one_episode, private):
    """`check` may have run on another day."""
    link(one_episode, private)

    with pytest.raises(OutsideError):
        list(wanted(one_episode, local_feed(one_episode), ("audio", "feed")))


def test_audio_on_another_disk_is_published(one_episode, private, tmp_path, columncast):
    show = with_place(one_episode)
    shutil.move(show.audio, private / "audio")
    show.audio.symlink_to(private / "audio")

    done = columncast("publish")

    assert 0 == done.code, done.err
    assert (
        enclosure(show).read_bytes()
        == (tmp_path / "www" / "audio" / enclosure(show).name).read_bytes()
    )


@pytest.mark.parametrize(
    "name", ["column.txt", "cover.jpg", "transcript.vtt", "notes.html", "chapters.json"]
)
def test_build_reads_no_text_or_picture_from_elsewhere(name, one_episode, private):
    path = one_episode.episodes / SLUG / name
    if path.exists():
        shutil.move(path, private / name)
    else:
        (private / name).write_text("<p>my diary</p>")
    path.symlink_to(private / name)

    built = publish.build(one_episode)

    assert "leads out of the show" in str(built.failed[SLUG])
    assert not [p for p in one_episode.feed.rglob("*.*") if b"my diary" in p.read_bytes()]


@pytest.mark.parametrize("name", ["own.html", "templates/episode.html"])
def test_no_template_is_read_from_elsewhere(name, one_episode, private):
    path = one_episode.root / name
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(private / "diary.txt")
    settings = one_episode.root / "show.toml"
    settings.write_text(
        settings.read_text().replace("[notes]\n", '[notes]\ntemplate = "own.html"\n')
    )

    with pytest.raises(ColumncastError, match="leads out of the show"):
        publish.build(ShowFolder(one_episode.root)).find(SLUG)


def test_a_linked_recording_stays_what_it_was(show, take, column, columncast):
    done = columncast("add", take, column, "--link", "--date", "2026-11-20T06:00Z")

    (narration,) = show.episodes.glob("*/narration.*")
    assert 0 == done.code
    assert narration.is_symlink()
    assert not enclosure(show).is_symlink()


def test_serve_shows_no_folder_of_somebody_elses(one_episode, private, columncast):
    all_of_feed(one_episode, private)

    assert 3 == columncast("serve", "--port", "0").code
