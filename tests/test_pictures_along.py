"""The pictures of a column come along: from beside it, from its export, from itself, from the web."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import time
import urllib.request
import zipfile

import pytest
from bad_hosts import bad_host_at
from builders import DATE, files_of
from docx_builders import paragraph, picture, write_docx
from PIL import Image
from preview_builders import serving
from selectolax.lexbor import LexborHTMLParser

from columncast import publish
from columncast.episodes.building.records import last_built
from columncast.episodes.columns.door import read_column
from columncast.episodes.columns.extract import Extracted, extract
from columncast.episodes.entry import imported_notes
from columncast.episodes.http.client import Client
from columncast.episodes.http.networks import Network
from columncast.episodes.model.bounds import Bound
from columncast.episodes.pictures import gather
from columncast.episodes.pictures.gather import Gatherer, from_web
from columncast.episodes.pictures.names import pictures_in
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.artwork.column_picture import suffix_of_picture
from columncast.feed.live.naming import Names

TEXT = """\
# What the Masons Left

The wall was never finished, and nobody in the valley could say who had asked for it.

{pictures}

Every spring the masons came back, added a yard, and were paid in cheese.
"""
HERE = frozenset({Network.PUBLIC, Network.LOOPBACK})


def png(colour="red", size=(40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def written(tmp_path):
    """Write a column with pictures, and files beside it; return where it is."""

    def write(*pictures: str, name="column.md", **beside: bytes):
        folder = tmp_path / "writing"
        folder.mkdir(exist_ok=True)
        for path, data in beside.items():
            place = folder / path.replace("__", "/").replace("_", ".")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        column = folder / name
        column.write_text(TEXT.format(pictures="\n\n".join(pictures)), encoding="utf-8")
        return column

    return write


@pytest.fixture
def gathered(tmp_path):
    """Gather the pictures of a column; return what lies in the folder, reasons as text."""

    def run(column, *, fetch=None, former=None, origin=None, **how):
        folder = tmp_path / "episode"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        text = read_column(column, **how)
        gatherer = Gatherer(judge=suffix_of_picture, fetch=fetch)
        gatherer.gather(text.pictures, origin or column, folder, former=former)
        return {
            path.name: path.read_text() if path.suffix == ".txt" else path.read_bytes()
            for path in folder.iterdir()
        }

    return run


def reasons(found):
    return [text.strip() for name, text in sorted(found.items()) if name.endswith(".txt")]


def test_a_picture_beside_the_column_is_copied_under_a_name_of_ours(written, gathered):
    column = written("![The quay](images/Old%20Quay.png)")
    (column.parent / "images").mkdir()
    (column.parent / "images/Old Quay.png").write_bytes(png())

    found = gathered(column)

    (name,) = found
    assert re.fullmatch(r"picture-old-quay-[0-9a-f]{10}\.png", name)
    assert png() == found[name]


def test_the_bytes_decide_what_it_is_called(written, gathered):
    found = gathered(written("![Quay](quay.png)", quay_png=jpeg()))

    assert [".jpg"] == [name[-4:] for name in found]


def test_a_picture_within_the_column_itself_is_taken_out_of_it(written, gathered):
    data = base64.b64encode(png(size=(400, 300)) + bytes(400)).decode()

    found = gathered(written(f'<img src="data:image/png;base64,{data}" alt="Quay">'))

    assert ["picture-inside"] == [name[:14] for name in found]


def test_an_embedded_picture_of_obsidian_is_one_of_the_column(written, gathered):
    column = written("![[deck.png|300]]", "![[deck.png|The deck]]", deck_png=png())

    assert ["picture-deck"] == [name[:12] for name in gathered(column)]
    assert ["", "The deck"] == [b.alt for b in read_column(column).blocks if b.kind == "image"]


@pytest.mark.parametrize(
    "named",
    [
        "../secret.png",
        "images/../../secret.png",
        "%2e%2e/secret.png",
        "..%2fsecret.png",
        "/etc/passwd",
        "file:///etc/passwd",
        "C:/pictures/secret.png",
        "C:%5Cpictures%5Csecret.png",
        "cid:image001.png@01D9",
    ],
)
def test_no_path_leads_out_of_the_columns_folder(written, gathered, named):
    column = written(f"![Secret]({named})")
    (column.parent.parent / "secret.png").write_bytes(png())

    (reason,) = reasons(gathered(column))

    assert reason.startswith("has a name that leads out of the column's folder")


def test_no_link_leads_out_of_the_columns_folder(written, gathered):
    column = written("![Secret](inside.png)", "![Secret](away/secret.png)")
    (column.parent.parent / "secret.png").write_bytes(png())
    (column.parent / "inside.png").symlink_to(column.parent.parent / "secret.png")
    (column.parent / "away").symlink_to(column.parent.parent)

    assert 2 * ["is a link that leads out of the column's folder"] == reasons(gathered(column))


def test_a_device_a_folder_and_a_missing_file_stop_nothing(written, gathered):
    column = written(
        "![Pipe](pipe.png)",
        "![Folder](sub)",
        "![Gone](gone.png)",
        "![Quay](quay.png)",
        quay_png=png(),
    )
    os.mkfifo(column.parent / "pipe.png")
    (column.parent / "sub").mkdir()

    found = gathered(column)

    assert ["is not there", "is a folder or a device", "is a folder or a device"] == reasons(found)
    assert 4 == len(found)


def test_svg_is_never_copied(written, gathered):
    found = gathered(written("![Plan](plan.svg)", plan_svg=b"<svg><script>1</script></svg>"))

    assert ["is an SVG drawing, which can hold scripts; save it as PNG"] == reasons(found)


def test_a_file_of_any_size_is_not_read(written, gathered):
    column = written("![Huge](huge.png)")
    with (column.parent / "huge.png").open("wb") as f:
        f.truncate(31_000_000)

    assert ["has over 30 MB; save it smaller"] == reasons(gathered(column))


def test_so_many_pictures_are_taken_and_no_more(written, gathered, monkeypatch):
    monkeypatch.setattr("columncast.episodes.model.bounds.COLUMN_PICTURES", 2)
    column = written(*(f"![Quay]({n}.png)" for n in range(3)))
    for n in range(3):
        (column.parent / f"{n}.png").write_bytes(png())

    assert ["is one of more than 2"] == reasons(gathered(column))


# From the web.


@pytest.fixture
def host():
    with bad_host_at() as host:
        yield host


def web(**how):
    return from_web(Client(timeout_s=1, stall_s=0.3, networks=HERE, **how))


def test_a_picture_on_the_web_is_fetched(written, gathered, host):
    host.files["/quay.jpg"] = jpeg()

    found = gathered(written(f"![Quay]({host.url}/redirect/quay.jpg)"), fetch=web())

    assert [jpeg()] == list(found.values())


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("nowhere.jpg", "could not be fetched: the server answered 404"),
        ("page.jpg", "is a web page and not a picture"),
        ("plan.png", "is an SVG drawing"),
        ("loop/x.jpg", "could not be fetched: leads from one address to the next"),
        ("redirect/file:///etc/passwd", "could not be fetched: "),
        ("drip/x.jpg", "could not be fetched: "),
        ("silent/x.jpg", "could not be fetched: no whole answer in"),
        ("endless/x.jpg", "could not be fetched: is larger than"),
    ],
)
def test_what_a_server_does_instead_is_the_reason(written, gathered, host, monkeypatch, place, why):
    small = Bound(most_bytes=300_000, whole_s=1)
    monkeypatch.setattr("columncast.episodes.model.bounds.COLUMN_PICTURE", small)
    host.files["/page.jpg"] = b"<!doctype html><title>Not here</title>"
    host.files["/plan.png"] = b"<svg/>"
    began = time.monotonic()

    found = gathered(
        written(f"![X]({host.url}/{place})", "![Quay](quay.png)", quay_png=png()), fetch=web()
    )

    assert 2 == len(found)
    (reason,) = reasons(found)
    assert reason.startswith(why)
    assert time.monotonic() - began < 20


def test_no_column_leads_into_this_machine_or_a_private_network(written, gathered, host):
    host.files["/quay.jpg"] = jpeg()
    column = written(
        f"![Quay]({host.url}/quay.jpg)",
        "![Router](http://192.168.0.1/logo.png)",
        "![Cloud](http://169.254.169.254/latest/meta-data)",
    )

    found = gathered(column, fetch=from_web())

    assert 3 * ["is not on the public internet; put it next to the column"] == reasons(found)
    assert [] == host.asked


def test_a_redirect_is_judged_where_it_leads(written, gathered, host):
    column = written(f"![Quay]({host.url}/redirect/http://10.0.0.1/quay.jpg)")

    found = gathered(column, fetch=web())

    assert ["is not on the public internet; put it next to the column"] == reasons(found)


def test_a_server_that_gave_no_answer_is_not_asked_for_the_next_picture(written, gathered, host):
    column = written(*(f"![Quay]({host.url}/silent/{n}.jpg)" for n in range(5)))

    found = gathered(column, fetch=web())

    assert 5 == len(reasons(found))
    assert {"/silent/0.jpg"} == set(host.asked)


def test_all_pictures_together_have_a_bound(written, gathered, host, monkeypatch):
    monkeypatch.setattr(gather.bounds, "COLUMN_PICTURES_BYTES", 10)
    host.files |= {"/1.jpg": jpeg(), "/2.jpg": jpeg()}

    found = gathered(written(f"![1]({host.url}/1.jpg)", f"![2]({host.url}/2.jpg)"), fetch=web())

    assert ["was not fetched, since the others took too long or too much"] == reasons(found)


def test_where_the_web_is_left_alone_nobody_is_asked(written, gathered, host):
    assert {} == gathered(written(f"![Quay]({host.url}/quay.jpg)"))
    assert [] == host.asked


def test_a_picture_beside_the_column_counts_before_the_one_at_its_address(written, gathered, host):
    column = written("![Quay](quay.png)", quay_png=png())
    column.write_text(f"---\nurl: {host.url}/column\n---\n{column.read_text()}")

    found = gathered(column, fetch=web())

    assert [png()] == list(found.values())
    assert [] == host.asked


def test_what_the_web_gives_no_more_stays_from_the_last_time(written, gathered, host, tmp_path):
    host.files["/quay.jpg"] = jpeg()
    column = written(f"![Quay]({host.url}/quay.jpg)")
    first = gathered(column, fetch=web())
    former = (tmp_path / "episode").rename(tmp_path / "former")
    del host.files["/quay.jpg"]

    assert first == gathered(column, fetch=web(), former=former)


# From exports.


def substack(path, body, **members: bytes):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "posts.csv",
            "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,"
            "podcast_url\n"
            "1.the-quay,2026-01-05T06:00:00.000Z,true,,,newsletter,everyone,The Quay,,\n",
        )
        archive.writestr("posts/1.the-quay.html", body)
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return path


BODY = "<p>The wall was never finished, and nobody could say who had asked for it.</p>"


def test_a_picture_in_the_archive_of_an_export_comes_along(gathered, tmp_path):
    export = substack(
        tmp_path / "export.zip",
        f'{BODY}<figure><img src="images/quay.png" alt="Quay"></figure>',
        posts__images__quay_png=png(),
    )

    found = gathered(export, post="the-quay")

    assert [png()] == list(found.values())


def test_extracting_a_post_lays_its_pictures_next_to_it(tmp_path):
    export = substack(
        tmp_path / "export.zip",
        f'{BODY}<figure><img src="images/quay.png" alt="Quay"></figure>'
        '<figure><img src="../out.png" alt="Out"></figure>',
        posts__images__quay_png=png(),
        out_png=png(),
    )

    (made,) = extract(export, ["the-quay"], tmp_path / "columns")

    assert isinstance(made, Extracted)
    assert png() == (tmp_path / "columns/images/quay.png").read_bytes()
    assert ["picture-missing"] == [n.code for n in made.notices]
    assert not (tmp_path / "out.png").exists()
    shown = [b.file for b in read_column(made.path).blocks if b.kind == "image"]
    assert ["images/quay.png", "../out.png"] == shown


def test_extracting_replaces_no_file_of_somebody_elses(tmp_path):
    export = substack(
        tmp_path / "export.zip",
        f'{BODY}<img src="quay.png" alt="Quay">',
        posts__quay_png=png(),
    )
    (tmp_path / "columns").mkdir()
    (tmp_path / "columns/quay.png").write_bytes(b"mine")

    (made,) = extract(export, ["the-quay"], tmp_path / "columns")

    assert isinstance(made, Extracted)
    assert b"mine" == (tmp_path / "columns/quay.png").read_bytes()
    assert "the name of another file" in made.notices[0].message


@pytest.mark.parametrize("place", ["", "data/", "backup/data/"])
def test_a_ghost_export_brings_the_pictures_in_its_archive(gathered, tmp_path, place):
    shown = f'{BODY}<figure><img src="__GHOST_URL__/content/images/2026/quay.png" alt="Q"></figure>'
    post = {"title": "The Quay", "slug": "the-quay", "html": shown, "status": "published"}
    post |= {"type": "post", "visibility": "public", "published_at": "2026-01-05T06:00:00.000Z"}
    export = tmp_path / "ghost.zip"
    with zipfile.ZipFile(export, "w") as archive:
        archive.writestr(
            f"{place}walls.ghost.json",
            json.dumps({"db": [{"meta": {}, "data": {"posts": [post]}}]}),
        )
        archive.writestr(f"{place.removesuffix('data/')}content/images/2026/quay.png", png())

    found = gathered(export, post="the-quay", site_url="https://walls.example/")

    assert [png()] == list(found.values())


def test_a_word_document_brings_its_own_pictures(gathered, tmp_path):
    column = write_docx(
        tmp_path / "column.docx",
        paragraph("The Quay", style="Title")
        + paragraph("The wall was never finished, and nobody could say who had asked for it.")
        + paragraph(picture("image1.png", "The quay"))
        + paragraph(picture("image2.png", "A boat")),
        media={"image1.png": png(), "image2.png": png("blue")},
    )

    found = gathered(column)

    assert sorted([png(), png("blue")]) == sorted(found.values())
    images = [block for block in read_column(column).blocks if block.kind == "image"]
    assert [("word/media/image1.png", "The quay"), ("word/media/image2.png", "A boat")] == [
        (block.file, block.alt) for block in images
    ]


def test_uploads_beside_an_export_are_found_by_their_address(written, gathered):
    column = written("![Quay](https://walls.example/wp-content/uploads/2026/quay.png)")
    place = column.parent / "wp-content/uploads/2026"
    place.mkdir(parents=True)
    (place / "quay.png").write_bytes(png())

    assert [png()] == list(gathered(column).values())


# In the show.


@pytest.fixture(scope="session")
def illustrated(empty_show, recordings, tmp_path_factory):
    """A show with an episode whose column shows a picture, and whose page shows the column."""
    root = tmp_path_factory.mktemp("illustrated")
    shutil.copytree(empty_show, root / "show")
    with (root / "show/show.toml").open("a", encoding="utf-8") as f:
        f.write('\n[feed]\npage = "text"\n')
    pictures = "![The quay](images/quay.png)\n\n![](https://walls.example.invalid/x.jpg)"
    (root / "writing/images").mkdir(parents=True)
    (root / "writing/images/quay.png").write_bytes(png())
    column = root / "writing/column.md"
    column.write_text(TEXT.format(pictures=pictures), encoding="utf-8")
    publish.add(ShowFolder(root / "show"), recordings / "take.wav", column, date=DATE, force=True)
    return root


@pytest.fixture
def added(illustrated, tmp_path, monkeypatch):
    """Such a show for one test, and the current folder; its episode, and the column as given."""
    for name in ("show", "writing"):
        shutil.copytree(illustrated / name, tmp_path / name)
    monkeypatch.chdir(tmp_path / "show")
    folder = ShowFolder(tmp_path / "show")
    return folder, last_built(folder, "what-the-masons-left"), tmp_path / "writing/column.md"


def page_of(folder, episode):
    return (folder.feed / episode.slug / "index.html").read_text(encoding="utf-8")


def test_the_page_shows_the_copy_and_asks_nobody_else(added):
    folder, episode, _ = added
    html = page_of(folder, episode)

    (name,) = episode.pictures
    assert (
        f'<img src="{name}" alt="The quay" width="40" height="30" loading="lazy" decoding="async">'
        in html
    )
    assert (folder.feed / episode.slug / name).is_file()
    loaded = re.findall(r'(?:src|srcset)="([^"]*)"', html)
    assert not [url for url in loaded if "://" in url]
    assert ["picture-missing"] == [
        n.code for n in episode.notices if "picture-" in n.code and n.severity == "warning"
    ]


def test_apps_get_a_link_to_the_copy(added):
    folder, episode, _ = added

    assert f'<a href="{episode.page_url}{episode.pictures[0]}">The quay</a>' in episode.notes.html
    assert "<img" not in (folder.feed / "feed.xml").read_text(encoding="utf-8")


def test_a_build_needs_neither_the_web_nor_the_writers_folder(added):
    folder, episode, column = added
    before = files_of(folder.root)
    shutil.rmtree(column.parent)
    shutil.rmtree(folder.cache)
    shutil.rmtree(folder.feed / episode.slug)

    publish.build(ShowFolder(folder.root))

    assert before == files_of(folder.root)


def test_nothing_is_due_after_a_build_and_a_changed_picture_is(added):
    folder, episode, _ = added
    publish.build(ShowFolder(folder.root))  # it was copied to here
    again = publish.build(ShowFolder(folder.root))
    (source,) = [p for p in pictures_in(folder.episodes / episode.slug) if p.suffix == ".png"]
    source.write_bytes(png("blue"))

    changed = publish.build(ShowFolder(folder.root))

    assert {} == again.reasons
    assert [source.name] == [reason.what for reason in changed.reasons[episode.slug]]
    now = changed.find(episode.slug)
    assert now.pictures != episode.pictures
    shown = [p.name for p in (folder.feed / episode.slug).glob("picture-*")]
    assert list(now.pictures) == shown, "the picture that is no more shown is gone"


def test_another_column_brings_its_pictures_and_the_old_ones_go(added, written):
    folder, episode, _ = added
    column = written("![A boat](boat.png)", name="new.md", boat_png=png("blue"))

    built = publish.edit(ShowFolder(folder.root), episode.slug, {}, column=column)

    (source,) = pictures_in(folder.episodes / episode.slug)
    assert source.name.startswith("picture-boat-")
    assert built.find(episode.slug).pictures[0].startswith("picture-boat-")
    assert 1 == len(list((folder.feed / episode.slug).glob("picture-*")))
    assert 1 == len(list((folder.cache / "pictures" / episode.slug).glob("picture-*")))


def test_another_title_leaves_the_pictures_alone(added):
    folder, episode, _ = added
    before = [path.name for path in pictures_in(folder.episodes / episode.slug)]

    built = publish.edit(ShowFolder(folder.root), episode.slug, {"title": "Stones"})

    assert before == [path.name for path in pictures_in(folder.episodes / episode.slug)]
    assert episode.pictures == built.find(episode.slug).pictures


def test_a_retired_episode_takes_its_pictures_out_of_the_public_folder(added):
    folder, episode, _ = added

    publish.retire(ShowFolder(folder.root), episode.slug)

    assert not (folder.feed / episode.slug).exists()
    assert pictures_in(folder.episodes / episode.slug)


def test_an_episode_that_never_came_leaves_nothing_of_its_pictures(show, written, tmp_path):
    noise = tmp_path / "noise.wav"
    noise.write_bytes(b"RIFF nothing")
    column = written("![The quay](quay.png)", quay_png=png())

    with pytest.raises(publish.RecordingError):
        publish.add(show, noise, column, date=DATE)

    assert [] == list((show.cache / "pictures").glob("*"))
    assert [] == list(show.episodes.glob("*"))


def test_a_show_may_leave_the_web_alone(show, take, written, monkeypatch):
    def asked(*_, **__):
        pytest.fail("a server was asked")

    monkeypatch.setattr(gather, "download", asked)
    with (show.root / "show.toml").open("a", encoding="utf-8") as f:
        f.write("\n[feed]\nfetch_pictures = false\n")
    column = written("![Quay](https://walls.example/quay.jpg)")

    episode = publish.add(show, take, column, date=DATE, force=True).episode

    assert ["picture-elsewhere"] == [
        n.code for n in episode.notices if n.code.startswith("picture-")
    ]
    assert '<a href="https://walls.example/quay.jpg">Quay</a>' in episode.text_html
    assert "<img" not in episode.text_html


def test_pictures_go_live_before_the_page_that_shows_them(added, columncast):
    folder, episode, _ = added
    with (folder.root / "show.toml").open("a", encoding="utf-8") as f:
        f.write('\n[publish.web]\nkind = "folder"\npath = "../web"\nverify = false\n')

    planned = columncast("publish", "--dry-run").out

    put = [line.split()[1] for line in planned.splitlines() if line.startswith("Put")]
    page = f"feed/{episode.slug}/index.html"
    assert put.index(f"feed/{episode.slug}/{episode.pictures[0]}") < put.index(page)


def test_check_names_a_picture_that_is_gone(added, columncast):
    folder, episode, _ = added
    (folder.feed / episode.slug / episode.pictures[0]).unlink()

    said = columncast("check").out

    assert f"{episode.pictures[0]} is missing; run build" in said


def test_the_preview_shows_the_same_pictures(added):
    folder, episode, _ = added
    shutil.rmtree(folder.feed / episode.slug)  # as before the feed lists it

    with serving(folder) as address:
        (name,) = episode.pictures
        page = f"{address}/public/feed/{episode.slug}/"
        html = asked(page, address.cookie).read().decode()
        picture = asked(page + name, address.cookie)

    assert f'src="{name}"' in html
    assert "image/png" == picture.headers["Content-Type"]
    made = Image.open(io.BytesIO(picture.read()))
    assert (40, 30) == made.size


def test_an_exported_preview_has_the_pictures_in_it(added, columncast):
    folder, episode, _ = added

    done = columncast("preview", episode.slug, "--export", "masons.html")

    html = LexborHTMLParser((folder.root / "masons.html").read_text(encoding="utf-8"))
    (picture,) = html.css("#pictures img")
    kind, _, data = picture.attributes["src"].partition(",")
    assert (0, "The quay", "data:image/png;base64") == (done.code, picture.attributes["alt"], kind)
    assert (folder.feed / episode.slug / episode.pictures[0]).read_bytes() == base64.b64decode(data)


def asked(url, cookie):
    return urllib.request.urlopen(
        urllib.request.Request(url, headers={"Cookie": cookie}), timeout=20
    )


def test_pruning_keeps_what_a_page_names_in_any_size(added):
    folder, episode, _ = added
    page = (folder.feed / episode.slug / "index.html").read_bytes()

    names = Names(page, b'<img srcset="picture-a-1a2b3c4d.jpg 608w, picture-b-1a2b3c4d.jpg 1216w">')

    assert names.name(f"feed/{episode.slug}/{episode.pictures[0]}")
    assert names.name("feed/x/picture-a-1a2b3c4d.jpg")
    assert names.name("feed/x/picture-b-1a2b3c4d.jpg")
    assert not names.name("feed/x/picture-c-1a2b3c4d.jpg")


def test_pairs_of_a_folder_bring_the_pictures_of_their_columns(show, columncast, take, written):
    column = written("![The quay](images/quay.png)", name="the-quay.md", images__quay_png=png())
    shutil.copy(take, column.parent / "the-quay.wav")

    said = columncast("import", column.parent, "--yes")

    assert 0 == said.code, said.err
    (folder,) = show.episodes.iterdir()
    assert ["picture-quay"] == [path.name[:12] for path in pictures_in(folder)]


def test_the_notes_of_an_imported_podcast_ask_nobody_for_pictures():
    notes = '<p>One <img src="https://t.example/pixel.png" alt="a boat"> two.</p>'

    assert (
        '<p>One <a href="https://t.example/pixel.png">a boat</a> two.</p>'
        == imported_notes.shown(notes)
    )


def test_a_producer_sees_how_many_pictures_came_along(added, columncast):
    _, episode, _ = added

    assert "Pictures  1 of 2 come along" in re.sub(
        r" {3,}", "  ", columncast("show", episode.slug).out
    )
