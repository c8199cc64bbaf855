"""Moving in from feeds as they really are: what is odd with one costs no episode, and no key is kept."""

from __future__ import annotations

import json
import tomllib

import pytest
from mutagen.id3 import ID3

from columncast.audio.tags.door import read_tags
from columncast.episodes.entry import imported_narration
from columncast.episodes.importing.episode import Move

HEAD = (
    '<?xml version="1.0"{said}?><rss version="2.0" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:psc="http://podlove.org/simple-chapters" '
    'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>{title}</title>'
    "<link>https://old.example/</link><language>en</language>{more}"
)
DATE = "<pubDate>Mon, 05 Jan 2026 06:00:00 GMT</pubDate>"
GATE = "/weir/WEIR-003%20final.mp3"
COUNTS = "/media/weir-001.mp3"


def sound(url, kind="audio/mpeg"):
    return f'<enclosure url="{url}" length="9" type="{kind}"/>'


def item(name, inner, guid=None):
    named = f"<guid isPermaLink='false'>{guid or name}</guid>"
    return f"<item><title>{name}</title>{named}{DATE}{inner}</item>"


def feed(*items, title="The Weir", more="", said=""):
    return HEAD.format(title=title, more=more, said=said) + "".join(items) + "</channel></rss>"


@pytest.fixture
def import_(columncast, old_host, tmp_path):
    """Serve a feed and take it over into one folder; return how that ended."""

    class Import:
        show = tmp_path / "show"

        def __call__(self, document, *options, place="/odd.xml", url="", to="show"):
            host = url or old_host.url + place
            data = document if isinstance(document, bytes) else document.encode()
            old_host.files[place.partition("?")[0]] = old_host.files[place] = data
            new = ("--base-url", "https://new.example/pod/", "--yes")
            return columncast("import", host, "--to", tmp_path / to, *new, *options)

    return Import()


def slugs(show):
    return {path.name for path in (show / "episodes").iterdir() if not path.name.startswith(".")}


def everything_in(show):
    return b"".join(path.read_bytes() for path in show.rglob("*") if path.is_file())


# the audio


def test_what_an_old_feed_says_amiss_keeps_no_feed_from_being_built(import_, old_host, columncast):
    bites = '<podcast:soundbite startTime="0" duration="60">All of it</podcast:soundbite>'
    number = "<itunes:episode>1</itunes:episode>"
    cover = f'<itunes:image href="{old_host.url}/words.txt"/>'
    old_host.files["/words.txt"] = b"no picture"
    one = item("one", sound(old_host.url + COUNTS) + bites + cover)
    items = (one, item("two", sound(GATE) + number))

    result = import_(feed(*items, more="<itunes:type>serial</itunes:type>"))

    assert 0 == result.code
    assert "1 of 1 soundbites, which end after the audio does" in result.err
    assert f"the cover {old_host.url}/words.txt (the cover is not a picture" in result.err
    assert 0 == columncast("-C", import_.show, "build", "--jobs", "1").code
    checked = columncast("-C", import_.show, "check")
    assert 0 == checked.code
    assert "one has no number" in checked.out


def test_the_bytes_tell_what_the_feed_does_not(import_, old_host):
    host = old_host.url
    for number in (1, 2, 3):
        old_host.files[f"/t/abc?e={number}"] = old_host.files[GATE]
    old_host.files["/t/page"] = b"<html>gone</html>"
    old_host.files["/t/picture"] = old_host.files["/art/clerk.jpg"]
    document = feed(
        item("octets", sound(f"{host}/t/abc?e=1", "application/octet-stream")),
        item("empty", sound(f"{host}/t/abc?e=2", "")),
        item("second", sound(f"{host}/t/page", "") + sound(f"{host}/t/abc?e=3", "")),
        item("ranked", sound(f"{host}/x.ogg", "audio/ogg") + sound(f"{host}{COUNTS}")),
        item("picture", sound(f"{host}/t/picture", "")),
    )

    result = import_(document)

    assert 3 == result.code
    assert {"octets", "empty", "second", "ranked"} == slugs(import_.show)
    (line,) = [line for line in result.err.splitlines() if line.startswith("Error:")]
    assert "picture: " in line


def test_chapters_come_in_the_order_of_their_times_and_all_of_them_are_published(
    import_,
    old_host,
    columncast,
):
    marks = "".join(
        f'<psc:chapter start="0:00:{at // 100:02}.{at % 100:02}0" title="At {at}"/>'
        for at in (3, *range(300), 3, 99_00)
    )
    document = feed(
        item("many", sound(old_host.url + COUNTS) + f"<psc:chapters>{marks}</psc:chapters>")
    )

    taken = import_(document, "--master")
    built = columncast("-C", import_.show, "build", "--jobs", "1", "--json")

    assert (0, 0) == (taken.code, built.code), taken.err + built.err
    assert "3 of 303 chapters are left out: 1 beyond the end, 2 that begin where" in taken.err
    (audio,) = (import_.show / "audio").glob("*.mp3")
    assert 255 == len(read_tags(audio).chapters) == len(ID3(audio)["CTOC:toc"].child_element_ids)
    (published,) = (import_.show / "feed" / "many").glob("chapters*.json")
    starts = [mark["startTime"] for mark in json.loads(published.read_bytes())["chapters"]]
    assert 300 == len(starts)
    assert sorted(starts) == starts
    told = json.loads(columncast("-C", import_.show, "show", "many", "--json").out)["warnings"]
    assert "chapters-beyond-tags" in [notice["code"] for notice in told]


def test_a_chapters_file_in_another_order_keeps_what_it_says_of_each(import_, old_host):
    marks = [
        {"startTime": 2, "title": "Second", "img": "https://a.example/2.jpg"},
        {"startTime": 0, "title": "First", "url": "https://a.example/1"},
        {"startTime": 1},
    ]
    old_host.files["/marks.json"] = json.dumps({"version": "1.2.0", "chapters": marks}).encode()
    linked = f'<podcast:chapters url="{old_host.url}/marks.json" type="application/json"/>'

    result = import_(feed(item("one", sound(old_host.url + COUNTS) + linked)))

    assert 0 == result.code, result.err
    said = json.loads((import_.show / "episodes" / "one" / "chapters.json").read_bytes())
    assert [marks[1], marks[0]] == said["chapters"]


# who an episode is


def signed(host, token):
    guid = f"{host}/play?id=7&amp;token={token}"
    one = sound(f"{host}{GATE}?Expires=1&amp;Signature={token}&amp;Key-Pair-Id=K")
    two = sound(f"{host}{COUNTS}?auth_token={token}")
    return feed(item("one", one, guid=guid), f"<item><title>two</title>{DATE}{two}</item>")


def test_what_is_signed_anew_every_day_is_the_same_episode(import_, old_host):
    for token in ("monday", "tuesday"):
        for place in (f"{GATE}?Expires=1&Signature={token}&Key-Pair-Id=K",
                      f"{COUNTS}?auth_token={token}"):  # fmt: skip
            old_host.files[place] = old_host.files[place.partition("?")[0]]

    first = import_(signed(old_host.url, "monday"))
    second = import_(signed(old_host.url, "tuesday"), "--json")

    assert (0, 0) == (first.code, second.code), first.err + second.err
    assert (2, []) == (json.loads(second.out)["known"], json.loads(second.out)["episodes"])
    assert {"one", "two"} == slugs(import_.show)
    assert b"monday" not in everything_in(import_.show)


# private feeds


KEY = "s3cr3tK3y9876"


@pytest.mark.parametrize(
    "place",
    [f"/rss/weir?auth={KEY}", f"/private/{KEY}/feed.xml", f"/feed/podcast/77/private/{KEY}.rss"],
)
def test_the_key_of_a_private_feed_is_neither_kept_nor_printed(
    import_,
    old_host,
    columncast,
    place,
):
    host = old_host.url
    audio = f"/private/{KEY}/one.mp3"
    old_host.files[audio] = old_host.files[f"/one.mp3?auth={KEY}"] = old_host.files[COUNTS]
    more = (
        f'<atom:link rel="self" href="{host}{place}"/>'
        f"<description>Yours alone: {host}{place}</description>"
        f'<itunes:image href="{host}/gone.jpg?token={KEY}"/>'
    )
    notes = (
        f"<link>{host}/one?token={KEY}</link><description>At {host}{place} or {KEY}</description>"
    )
    document = feed(
        item("one", sound(host + audio) + notes),
        item("two", sound(f"{host}/one.mp3?auth={KEY}")),
        item("gone", sound(f"{host}/private/{KEY}/gone.mp3")),
        more=more,
    )

    result = import_(document, "--json", place=place)
    again = import_(document, place=place)
    columncast("-C", import_.show, "build", "--jobs", "1")

    assert (3, 3) == (result.code, again.code)
    assert {"one", "two"} == slugs(import_.show)
    assert json.loads(result.out)["private"]
    assert "make sure that you may" in again.out
    for said in (result.out, result.err, again.out, again.err):
        assert KEY not in said
    assert KEY.encode() not in everything_in(import_.show)


def test_a_name_and_a_password_go_to_their_server_and_nowhere_else(import_, old_host):
    old_host.user = "ines:pass-word-1"
    document = feed(item("one", sound(old_host.url + COUNTS)))

    result = import_(document, url=old_host.url.replace("//", f"//{old_host.user}@") + "/odd.xml")

    assert 0 == result.code, result.err
    facts = tomllib.loads((import_.show / "episodes" / "one" / "episode.toml").read_text())
    assert f"{old_host.url}/odd.xml" == facts["source"]["feed"]
    assert "pass-word-1" not in result.out + result.err
    assert b"pass-word-1" not in everything_in(import_.show)


# the feed as a whole


@pytest.mark.parametrize(
    ("encoding", "said", "served", "title"),
    [
        ("windows-1251", "", "text/xml; charset=windows-1251", "Плотина"),
        ("utf-8", "", "text/xml; charset=iso-8859-1", "Плотина"),
        ("windows-1251", ' encoding="windows-1251"', "text/xml; charset=utf-8", "Плотина"),
        ("windows-1251", ' encoding="utf-8"', 'text/xml; charset="cp1251"', "Плотина"),
        ("koi8-r", ' encoding="koi8-r"', "text/xml; charset=iso-8859-1", "Плотина"),
        ("windows-1252", "", "application/rss+xml", "Café – it’s"),
        ("shift_jis", "", "text/xml;charset=Shift_JIS", "手紙"),
    ],
)
def test_the_encoding_is_that_of_the_bytes_whoever_says_what(
    import_,
    old_host,
    encoding,
    said,
    served,
    title,
):
    old_host.types["/odd.xml"] = served
    document = feed(item("one", sound(old_host.url + COUNTS)), title=title, said=said)

    result = import_(document.encode(encoding), "--dry-run")

    assert 0 == result.code, result.err
    assert f"Podcast   {title}" in result.out


def test_a_web_page_leads_to_the_podcast_that_it_names(import_, old_host):
    alternate = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'
    old_host.files["/comments.xml"] = feed(item("re", ""), title="Comments").encode()
    old_host.files["/pod.xml"] = feed(item("one", sound(old_host.url + COUNTS))).encode()
    page = (
        "<!doctype html><html><head>"
        + alternate.format("Comments", "/comments.xml")
        + alternate.format("All posts", "/gone.xml")
        + alternate.format("The Weir", "pod.xml")
        + "</head><body>Hello</body></html>"
    )

    result = import_(page, place="/site.html")

    assert 0 == result.code, result.err
    assert f"Feed      {old_host.url}/pod.xml" in result.out
    assert "is a web page" in result.out
    assert {"one"} == slugs(import_.show)


def test_a_page_whose_feeds_are_no_podcasts_says_which_it_tried(import_):
    page = '<html><head><link rel=alternate type=application/atom+xml href="/gone"></head></html>'

    result = import_(page)

    assert 3 == result.code
    assert "/gone" in result.err
    assert not import_.show.exists()


@pytest.mark.parametrize("local", [False, True])
def test_a_feed_without_episodes_makes_a_show(import_, columncast, local, tmp_path):
    document = feed(more="<itunes:author>Harriet</itunes:author>")
    (tmp_path / "feed.xml").write_text(document)

    result = import_(document, url=str(tmp_path / "feed.xml") if local else "")

    assert 0 == result.code, result.err
    assert "none in the feed yet" in result.out
    said = tomllib.loads((import_.show / "show.toml").read_text())
    assert ("The Weir", "Harriet") == (said["title"], said["author"])
    assert 0 == columncast("-C", import_.show, "build").code


def test_a_file_is_a_podcast_whatever_stands_before_it(import_, tmp_path, old_host):
    document = "<br />\n<b>Notice</b>: x in <b>/y.php</b>\n\n" + feed(
        item("one", sound(old_host.url + COUNTS))
    )
    (tmp_path / "saved.xml").write_text(document)

    result = import_(document, "--allow-private", url=str(tmp_path / "saved.xml"))

    assert 0 == result.code, result.err
    assert {"one"} == slugs(import_.show)


# one item that nobody has thought of


class UnthoughtError(RuntimeError):
    """What nobody has thought of."""


def failing(*_, **__):
    raise UnthoughtError("nobody\nthought of it")


@pytest.mark.parametrize("method", ["heard", "facts", "write_notes", "check_length"])
def test_one_item_that_nobody_has_thought_of_stops_no_other(
    import_,
    old_host,
    monkeypatch,
    method,
):
    ours = getattr(Move, method)
    monkeypatch.setattr(
        Move,
        method,
        lambda self, *given: (failing if self.entry.slug == "bad" else ours)(
            *((self, *given) if self.entry.slug != "bad" else ())
        ),
    )
    document = feed(
        *(item(name, sound(f"{old_host.url}{COUNTS}?{name}")) for name in ("one", "bad", "two"))
    )
    for name in ("one", "bad", "two"):
        old_host.files[f"{COUNTS}?{name}"] = old_host.files[COUNTS]

    result = import_(document)

    assert 3 == result.code
    assert {"one", "two"} == slugs(import_.show)
    (line,) = [line for line in result.err.splitlines() if "bad: " in line]
    assert "UnthoughtError at test_movein_kinds.py" in line
    assert "fault of columncast" in line


@pytest.mark.parametrize("part", ["chapters", "transcript", "cover"])
def test_a_part_that_nobody_has_thought_of_is_left_out_and_told(
    import_,
    old_host,
    monkeypatch,
    part,
):
    place = "/wp-content/uploads/2026/02/weir-003"
    linked = {
        "chapters": f'<podcast:chapters url="{old_host.url}{place}.json" type="application/json"/>',
        "transcript": f'<podcast:transcript url="{old_host.url}{place}.vtt" type="text/vtt"/>',
        "cover": f'<itunes:image href="{old_host.url}/art/clerk.jpg"/>',
    }
    if part == "cover":
        monkeypatch.setattr("columncast.feed.artwork.cover.suffix_of", failing)
    else:
        name = {"chapters": "read_marks", "transcript": "transcript_name"}[part]
        monkeypatch.setattr(imported_narration, name, failing)

    result = import_(feed(item("one", sound(old_host.url + COUNTS) + linked[part])))

    assert 0 == result.code, result.err
    assert {"one"} == slugs(import_.show)
    (line,) = [line for line in result.err.splitlines() if "left out: the" in line]
    assert "UnthoughtError" in line
