"""Names from outside become names of ours before they become paths, and nothing leads out."""

import csv
import io
import json
import unicodedata
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import LENGTH_BYTES, Names, file_name, same_file
from columncast.episodes.errors import OutsideError, SettingsError
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage

HOSTILE = {
    "steps up": "../../precious",
    "steps up in the middle": "a/../../../precious",
    "absolute": "/tmp/precious",
    "of Windows": "..\\..\\precious",
    "with a drive": "C:\\precious",
    "nothing but dots": "..",
    "hidden": ".precious",
    "a draft of ours": ".columncast-precious",
    "an option": "-rf",
    "a device": "nul",
    "a device with a suffix": "CON.txt",
    "too long": "precious-" * 40,
    "too long in bytes": "é" * 200,
    "with a line break": "one\ntwo",
    "with an escape": "one\x1b]0;two\x07",
    "turning the direction": "one\u202elmth.two",
    "with a dot at the end": "precious. .",
    "half a character": "one\ud83d",
    "of spaces": "   ",
}
WORDS = "The ferry left the harbour at noon with eleven passengers and a crated piano."


def ghost(folder, slugs):
    posts = [
        {"title": f"Post {n}", "slug": slug, "html": f"<p>{WORDS} {n}</p>", "status": "published"}
        for n, slug in enumerate(slugs)
    ]
    path = folder / "ghost.json"
    path.write_text(json.dumps({"db": [{"data": {"posts": posts}}]}), encoding="ascii")
    return path


def substack(folder, slugs):
    rows = io.StringIO()
    table = csv.writer(rows)
    table.writerow(["post_id", "post_date", "is_published", "type", "audience", "title"])
    for n, slug in enumerate(slugs):
        plain = slug.encode("utf-8", "replace").decode()
        table.writerow([f"{n}.{plain}", "", "true", "newsletter", "everyone", f"Post {n}"])
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts.csv", rows.getvalue())
        for n in range(len(slugs)):
            archive.writestr(f"posts/{n}.html", f"<p>{WORDS} {n}</p>")
    return path


def wordpress(folder, slugs):
    items = "".join(
        f"<item><title>Post {n}</title><wp:post_type>post</wp:post_type>"
        f"<wp:status>publish</wp:status><wp:post_name>{escape(legal(slug))}</wp:post_name>"
        f"<content:encoded>&lt;p&gt;{WORDS} {n}&lt;/p&gt;</content:encoded></item>"
        for n, slug in enumerate(slugs)
    )
    path = folder / "wxr.xml"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:wp="http://wordpress.org/export/1.2/" '
        f'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>{items}</channel></rss>',
        encoding="utf-8",
    )
    return path


def legal(text):
    """What XML can hold of it."""
    return "".join(c for c in text if c == "\n" or (" " <= c and not "\ud800" <= c <= "\udfff"))


def newsfeed(folder, slugs):
    items = "".join(
        f"<item><title>Post {n}</title><link>https://old.example/{escape(legal(slug))}</link>"
        f"<description>&lt;p&gt;{WORDS} {n}&lt;/p&gt;</description></item>"
        for n, slug in enumerate(slugs)
    )
    path = folder / "news.xml"
    path.write_text(
        f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>', encoding="utf-8"
    )
    return path


def tree(folder):
    """Every file below *folder* with its bytes, links as links."""
    return {
        path.relative_to(folder): path.readlink() if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


# --- one name ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_becomes_a_harmless_name(text, tmp_path):
    name = file_name(text)

    (tmp_path / f"{name}.html").write_text("x")

    assert [f"{name}.html"] == [path.name for path in tmp_path.iterdir()]
    assert name == name.strip(" .-")
    assert name.lower().partition(".")[0] not in ("", "con", "nul")


@given(st.text(alphabet=st.characters(), max_size=400))
def test_whatever_the_text_its_name_is_one_step(text):
    name = file_name(text)

    assert file_name(name) == name
    assert Path(name).parts == (name,)
    assert name.isprintable()
    assert 0 < len(name.encode()) <= LENGTH_BYTES
    assert not set(name) & set('/\\<>:"|?*\x00')
    assert unicodedata.is_normalized("NFC", name)


def test_names_that_one_disk_or_another_takes_for_the_same_get_numbers():
    names, found = Names(), []

    for text in ("Ferry", "ferry", "caf\u00e9", "cafe\u0301", "ferry-2"):
        found.append(next(iter(names.candidates(text, ".html"))))
        names.take(found[-1])

    assert ["Ferry.html", "ferry-2.html", "café.html", "café-2.html", "ferry-2-2.html"] == found
    assert len(found) == len({same_file(name) for name in found})


# --- exports ----------------------------------------------------------------------------------


@pytest.mark.parametrize("export", [ghost, substack, wordpress, newsfeed])
def test_no_post_of_an_export_is_written_outside_of_its_folder(export, tmp_path, columncast):
    inner = tmp_path / "deep" / "down"
    inner.mkdir(parents=True)
    source = export(tmp_path, list(HOSTILE.values()))
    for place in (tmp_path, tmp_path / "deep", inner):
        (place / "precious.html").write_text("mine")
    before = tree(tmp_path)

    done = columncast("import", source, "--all", "--to", inner / "columns")

    after = tree(tmp_path)
    made = after.keys() - before.keys()
    assert 0 == done.code
    assert len(HOSTILE) == len(made)
    assert {inner / "columns"} == {(tmp_path / path).parent for path in made}
    assert before == {path: after[path] for path in before}


@pytest.mark.parametrize("export", [ghost, substack, wordpress, newsfeed])
def test_of_two_posts_with_one_name_each_is_there(export, tmp_path, columncast):
    source = export(tmp_path, ["the-ferry", "the-ferry", "the-ferry"])

    done = columncast("import", source, "--all", "--to", tmp_path / "columns")

    texts = {path.name: path.read_text()[-40:] for path in (tmp_path / "columns").iterdir()}
    assert 0 == done.code
    assert {"the-ferry.html", "the-ferry-2.html", "the-ferry-3.html"} == texts.keys()
    assert 3 == len(set(texts.values()))


def test_of_two_posts_with_one_name_either_can_be_chosen(tmp_path, columncast):
    source = ghost(tmp_path, ["the-ferry", "the-ferry"])

    columncast("import", source, "--post", "the-ferry-2", "--to", tmp_path / "columns")

    (made,) = (tmp_path / "columns").iterdir()
    assert f"{WORDS} 1" in made.read_text()


def test_a_file_that_is_there_is_never_replaced_by_a_post(tmp_path, columncast):
    source, columns = ghost(tmp_path, ["the-ferry", "the-buoy"]), tmp_path / "columns"
    columns.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (columns / "the-ferry.html").write_text("edited by hand")
    (columns / "the-buoy.html").symlink_to(tmp_path / "secret.txt")

    first = columncast("import", source, "--all", "--to", columns)
    second = columncast("import", source, "--all", "--to", columns)

    assert "edited by hand" == (columns / "the-ferry.html").read_text()
    assert "secret" == (tmp_path / "secret.txt").read_text()
    assert "the-ferry.html: holds another text and was left unchanged" in first.err
    assert 4 == len(list(columns.iterdir()))  # the second run found what the first had made
    assert first.out == second.out


def test_the_slug_of_a_post_that_becomes_an_episode_is_one_of_ours(
    show, take, tmp_path, columncast
):
    source = ghost(tmp_path, ["../../precious", "the-ferry"])

    done = columncast("add", take, source, "--post", "../../precious", "--force")

    assert 0 == done.code
    assert ["precious"] == show.slugs()


@pytest.mark.parametrize("slug", ["../x", "a/b", "nul", "com1", "a b", "-a", "x" * 100, "a\n"])
def test_a_slug_that_could_lead_elsewhere_is_refused(slug, show, take, column, columncast):
    done = columncast("add", take, column, "--slug", slug)

    assert 2 == done.code
    assert [] == list(show.episodes.glob("*"))


# --- staying in a folder ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "..", ".", "out/x", "out/deep/x"])
def test_a_path_that_leads_out_of_its_folder_is_refused(name, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "out").symlink_to(tmp_path)

    with pytest.raises(OutsideError, match="leads out"):
        files.inside(home, name)


def test_a_link_within_a_folder_is_followed(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to("a")

    assert tmp_path / "b" / "x" == files.inside(tmp_path, "b/x")


def writers():
    def scratch(path):
        with files.scratch(path):
            pass

    yield pytest.param(lambda path: files.write(path / "x", "new"), id="write")
    yield pytest.param(lambda path: files.copy(Path(__file__), path / "x"), id="copy")
    yield pytest.param(lambda path: files.link(Path(__file__), path / "x"), id="link")
    yield pytest.param(lambda path: files.move(path / ".." / ".." / "one", path / "x"), id="move")
    yield pytest.param(scratch, id="scratch")


@pytest.mark.parametrize("write", list(writers()))
@pytest.mark.parametrize("part", ["feed", "feed/the-ferry", "episodes/the-ferry", "audio/x"])
def test_nothing_is_written_through_a_link_that_leads_out_of_a_show(write, part, tmp_path):
    show, outside = tmp_path / "show", tmp_path / "outside"
    outside.mkdir()
    (show / part).parent.mkdir(parents=True)
    (show / "show.toml").write_text("")
    (show / part).symlink_to(outside)

    with pytest.raises(OutsideError, match="leads out of the show"):
        write(show / part)

    assert not list(outside.iterdir())


def test_audio_may_lie_on_another_disk(tmp_path):
    show, disk = tmp_path / "show", tmp_path / "disk"
    disk.mkdir()
    show.mkdir()
    (show / "show.toml").write_text("")
    (show / "audio").symlink_to(disk)

    files.write(show / "audio" / "x.mp3", b"sound")

    assert b"sound" == (disk / "x.mp3").read_bytes()


def test_a_link_at_the_target_is_replaced_and_never_written_through(tmp_path):
    (tmp_path / "precious").write_text("same")
    (tmp_path / "target").symlink_to(tmp_path / "precious")

    files.write(tmp_path / "target", "same")

    assert not (tmp_path / "target").is_symlink()
    files.write(tmp_path / "target", "other")
    assert "same" == (tmp_path / "precious").read_text()


@pytest.mark.parametrize("key", ["../x", "audio/../../x", "/x", "out/x"])
def test_a_folder_as_a_destination_keeps_what_it_stores_within(key, tmp_path):
    store = open_storage(Destination(kind="folder", path="www"), tmp_path)
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "out").symlink_to(tmp_path)

    for use in (
        lambda: store.put_if(key, b"x", None, None),
        lambda: store.get(key),
        lambda: store.delete(key),
    ):
        with pytest.raises(OutsideError):
            use()


def test_audio_and_feed_of_a_destination_may_lie_on_another_disk(tmp_path):
    store = open_storage(Destination(kind="folder", path="www"), tmp_path)
    (tmp_path / "www").mkdir()
    for part in ("audio", "feed"):
        (tmp_path / "disk" / part).mkdir(parents=True)
        (tmp_path / "www" / part).symlink_to(tmp_path / "disk" / part)
    (tmp_path / "disk" / "feed" / "out").symlink_to(tmp_path)

    store.put("audio/x.mp3", Path(__file__), None, lambda _: None)
    store.put_if("feed/x/feed.xml", b"x", None, None)

    found = [stored.key for part in ("audio/", "feed/") for stored in store.find(part)]
    assert ["audio/x.mp3", "feed/x/feed.xml"] == found
    assert b"x" == store.get("feed/x/feed.xml").data
    for key in ("feed/out/x", "audio/../../x", "audio"):
        with pytest.raises(OutsideError):
            store.put_if(key, b"x", None, None)
    for key in found:
        store.delete(key)
    assert ["audio", "feed"] == sorted(path.name for path in (tmp_path / "www").iterdir())
    assert [] == [path for path in (tmp_path / "disk").rglob("*") if path.is_file()]


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "setting",
    [
        'cover = "../art.jpg"',
        'cover = "/home/me/art.jpg"',
        'cover = "C:\\\\art.jpg"',
        'cover = ""',
        '[audio]\nintro = "/home/me/memo.m4a"',
        '[audio]\noutro = "x/../../y.wav"',
        '[notes]\ntemplate = "..\\\\own.html"',
        '[publish."../../x"]\nkind = "folder"\npath = "www"',
        '[publish.x]\nkind = "s3"\nbucket = "b"\nprefix = "a/../../b"',
    ],
)
def test_a_setting_that_leads_out_of_the_show_is_refused(setting, tmp_path):
    (tmp_path / "show.toml").write_text(
        f'title = "T"\nsite_url = "https://t.example"\nbase_url = "https://t.example"\n{setting}\n'
    )

    with pytest.raises(SettingsError, match=r"show\.toml"):
        _ = ShowFolder(tmp_path).show
