"""What of other people's markup may stay as it is: what the HTML5 sanitiser leaves alone."""

import json

import pytest
from feed_builders import COVER_URL, episode
from feed_builders import show as a_show
from hostile_markup import LINKS, PAYLOADS
from test_kept import CHAPTERS, FACTS, GUID, NOTES, item_of, old_audio, taken_over  # noqa: F401

from columncast import publish
from columncast.audio.tags.door import read_tags
from columncast.episodes.entry.imported_notes import imported_notes_of
from columncast.episodes.model import media_types
from columncast.episodes.model.notice import errors_in
from columncast.episodes.narration import captions
from columncast.episodes.narration.captions import made_ours, read_cues
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import change_settings
from columncast.episodes.text.html import as_words, unfit
from columncast.episodes.text.html_lint import read_markup
from columncast.feed.preview.draft import read_draft
from columncast.feed.preview.export import exported
from columncast.feed.rss.document import render_rss

HARMLESS = [
    "One & two.\n\nThree <3, four < five > six",
    NOTES,
    "<P ALIGN=center>One<BR>two<p>three",
    "<p>One<br/>two<br />three</p>",
    "<a href='https://old.example/?a=1&b=2'>One</a> <a href=\"HTTPS://OLD.example/\">two</a>",
    '<a href="mailto:ada@old.example" rel=nofollow>One</a> <a href="tel:+49301234">two</a>',
    "<p>&copy; &amp; &#8217; &#x2019 &lt;script&gt; &nbsp</p>",
    '<div class="x" id="y" data-z="1"><span style="color: #333; font-size: 1.2em">One</span></div>',
    "<table><tr><td>One</table>",
    '<h2 dir="rtl" lang="he">One</h2><hr><ol start=3 reversed><li value="2">Two</ol>',
    '<img src="https://old.example/a.png" alt="A &quot;gate&quot;" width=1 height=1>',
    '<font color="red" face="Arial, sans-serif">One</font><u>two</u><center>three</center>',
]
FOREIGN = [
    '<p onclick="x()">One</p>',
    '<p style="background: url(https://evil.example/x)">One</p>',
    '<p style="position: fixed; top: 0">One</p>',
    r'<p style="background: u\72l(https://evil.example/x)">One</p>',
    '<a href="//old.example/x">One</a>',
    '<a href="/x">One</a>',
    '<a href="https:///x">One</a>',
    '<a href="ftp://old.example/">One</a>',
    '<img src="data:image/png;base64,AAAA">',
    '<img src="https://a.example/x" srcset="javascript:x 1x">',
    "<p>One<!-- two --></p>",
    "<\x0bscript>x()</\x0bscript>",
    "<p>One\x00</p>",
    "<p>One <b",
    '<p title="<b>">One</p>',
    "<p a=1>One</p>",
    "<b>" * 3000,
    "<i></i>" * 40_000,
]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_spelling_is_fit_to_keep(text):
    assert () == unfit(text)


@pytest.mark.parametrize("text", [*FOREIGN, *PAYLOADS.values(), *LINKS.values()])
def test_what_the_sanitiser_would_change_is_not_and_what_becomes_of_it_is(text, taken_over):  # noqa: F811
    (taken_over.episodes / "two-ferries" / "notes.html").write_text(text, encoding="utf-8")

    notes = imported_notes_of(taken_over.episode("two-ferries"), link="https://old.example/two/")

    assert () != unfit(text)
    assert text not in (notes.html, notes.full_html)
    assert () == unfit(notes.html)
    assert () == unfit(notes.full_html)
    assert [] == read_markup(notes.full_html).open_tags


def test_what_stands_against_it_is_named():
    assert ("<svg>", 'onclick="x()"') == unfit("<svg></svg><p onclick=x()>One")
    assert ('href="javascript:x()"',) == unfit("<a href='java&#115;cript:x()'>One</a>")


def test_plain_texts_are_left_alone_unless_they_would_run():
    assert "Ham & <b>eggs</b> <3" == as_words("Ham & <b>eggs</b> <3")
    assert "One two" == as_words("One <img src=x onerror=ran()>two")
    assert "‹script›" == as_words("<script>")


def test_a_shows_description_is_text_to_apps_that_take_it_for_html():
    xml = render_rss(
        a_show(description="How <script>x()</script> & <b>y</b>"), [episode()], cover_url=COVER_URL
    ).decode()
    plain = render_rss(a_show(description="Ham & <b>eggs</b>"), [episode()], cover_url=COVER_URL)

    assert "<description>How &amp;lt;script&amp;gt;" in xml
    assert b"<description>Ham &amp; &lt;b&gt;eggs" in plain


# transcripts

VTT_AS_ELSEWHERE = (
    b"\xef\xbb\xbfWEBVTT - Made elsewhere\r\nKind: captions\r\nLanguage: en\r\n\r\n"
    b"NOTE\r\nof nobody's concern\r\n\r\nSTYLE\r\n::cue { color: lime }\r\n\r\n"
    b"REGION\r\nid:fred\r\nwidth:40%\r\n\r\n"
    b"intro\r\n00:01.000-->00:02.500 align:start position:0%\r\n"
    b"<v.loud Ada Mill>Ham &amp; <c.x>eggs</c> <00:00:02.000>now\r\n\r\n"
    b"1:00:00.5 --> 100:00:02.250\r\n- Two\r\n  lines\r\n"
)


def test_webvtt_is_read_as_browsers_read_it():
    first, second = read_cues(VTT_AS_ELSEWHERE, "text/vtt")

    assert (1.0, 2.5, "Ham & eggs now", "Ada Mill") == first
    assert (3600.5, 360002.25, "- Two\nlines", "") == second
    assert ("text/vtt", VTT_AS_ELSEWHERE) == made_ours(VTT_AS_ELSEWHERE, "text/vtt")


@pytest.mark.parametrize(
    ("data", "mime_type", "said"),
    [
        (b"WEBVTT\n0:00:00.080 --> 0:00:01.4\n One.\n", media_types.VTT.mime, "One."),
        (b"WEBVTT\n\n00:00.000 --> 00:02.000\nCaf\xe9\n", media_types.VTT.mime, "Café"),
        ("WEBVTT\n\n00:00.000 --> 00:02.000\nCafé".encode("utf-16"), media_types.VTT.mime, "Café"),
        (b"1\n00:00:00.000 --> 00:00:02.000\nDots.\n", media_types.SRT.mime, "Dots."),
        (b"1\n00:00:00,000 --> 00:00:02,000\n{\\an8}<i>Up.</i>\n", media_types.SRT.mime, "Up."),
        (b"WEBVTT\n\nbroken\n\n00:00.000 --> 00:02.000\nOne.\n", media_types.VTT.mime, "One."),
        (
            b'{"version":"1.0.0","segments":[{"startTime":"0","endTime":2,"body":"One."}]}',
            media_types.JSON.mime,
            "One.",
        ),
    ],
)
def test_a_transcript_of_an_old_host_is_understood(data, mime_type, said):
    kind, ours = made_ours(data, mime_type)

    assert mime_type == kind
    (cue,) = captions._cues(ours.decode("utf-8-sig"), kind, lenient=True)
    assert said == cue.text


@pytest.mark.parametrize(
    ("data", "mime_type", "said"),
    [
        (
            b"WEBVTT\n\n00:01.000 --> 00:02.000\n \nOne<00:01.400><c> two</c>\n",
            media_types.VTT.mime,
            ["One two"],
        ),
        (
            b"WEBVTT\n\n00:01.000 --> 00:02.000\nOne.\n00:02.000 --> 00:03.000\nTwo.\n",
            media_types.VTT.mime,
            ["One.", "Two."],
        ),
        (
            b"1\n00:00:01,000 --> 00:00:02,000\nOne.\n2\n00:00:02,000 --> 00:00:03,000\nTwo.\n",
            media_types.SRT.mime,
            ["One.", "Two."],
        ),
        (
            b"1\n\n00:00:01,000 --> 00:00:02,000\nOne\n\nmore.\n",
            media_types.SRT.mime,
            ["One more."],
        ),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nOne.\n", media_types.SRT.mime, ["One."]),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nO\0ne.\n", media_types.VTT.mime, ["One."]),
    ],
    ids=["whitespace line", "no gap", "no gap in SubRip", "gaps in SubRip", "misnamed", "NUL"],
)
def test_what_only_some_readers_understand_is_written_so_that_all_do(data, mime_type, said):
    kind, ours = made_ours(data, mime_type)

    assert said == [cue.text for cue in read_cues(ours, kind)]
    assert b"\0" not in ours


@pytest.mark.parametrize(
    ("data", "mime_type", "reason"),
    [
        (b"", media_types.VTT.mime, "is empty"),
        (b"1\n00:00 --> 00:02\nOne", media_types.VTT.mime, "does not begin with WEBVTT"),
        (b"<!doctype html><p>Not found", media_types.SRT.mime, "is a web page"),
        (b"\x00\x01\x02\x9d", media_types.SRT.mime, "is neither UTF-8 nor"),
        (b"[" * 100_000, media_types.JSON.mime, "is JSON that no app reads"),
        (b'{"segments": [1]}', media_types.JSON.mime, "has a segment without"),
        (
            b'{"segments": [{"startTime": 1e999, "endTime": 2, "body": ""}]}',
            media_types.JSON.mime,
            "has a",
        ),
        (b'{"segments": []}', media_types.JSON.mime, "has no cues"),
        (b"<p></p>", media_types.HTML.mime, "has no words"),
        (b"<b>" * 100_000, media_types.HTML.mime, "more than 60,000 tags"),
    ],
)
def test_or_refused_with_its_reason(data, mime_type, reason):
    with pytest.raises(ValueError, match=reason):
        made_ours(data, mime_type)


@pytest.mark.parametrize(
    ("text", "mime_type"),
    [
        (
            "WEBVTT\n\n00:00.000 --> 00:02.000\nOne <script>ran()</script> two.",
            media_types.VTT.mime,
        ),
        (
            "WEBVTT\n\n00:00.000 --> 00:02.000\n<v a onfocus=ran() tabindex=1>One two.",
            media_types.VTT.mime,
        ),
        (
            "WEBVTT\n\nNOTE <img src=x onerror=ran()>\n\n00:00.000 --> 00:02.000\nOne",
            media_types.VTT.mime,
        ),
        ("1\n00:00:00,000 --> 00:00:02,000\n<font color=x onclick=ran()>One", media_types.SRT.mime),
        ("1\n00:00:00,000 --> 00:00:02,000\n<svg/onload=ran()>One", media_types.SRT.mime),
        (
            '{"segments":[{"startTime":0,"endTime":1,"body":"One \\u003csvg onload=ran()>"}]}',
            media_types.JSON.mime,
        ),
        (
            '{"segments":[{"startTime":0,"endTime":1,"body":"One","speaker":"<svg onload=ran()>"}]}',
            media_types.JSON.mime,
        ),
        (
            '{"segments":[{"startTime":0,"endTime":1,"body":"<svg onload=ran()>","body":"One"}]}',
            media_types.JSON.mime,
        ),
        (
            "<cite>Ada:</cite><time>0:00</time><p>One<script>ran()</script></p>",
            media_types.HTML.mime,
        ),
        ("<p>One<img src=x onerror=ran()></p>", media_types.HTML.mime),
        ("One <img src=x onerror=ran()>", media_types.TEXT.mime),
    ],
)
def test_a_transcript_that_would_run_somewhere_keeps_its_words_alone(text, mime_type):
    kind, ours = made_ours(text.encode(), mime_type)

    said = ours.decode()
    assert kind != media_types.HTML.mime
    assert "One" in said
    assert "=ran" not in said
    assert "<script" not in said


def test_a_page_becomes_webvtt_by_its_times_and_text_without_any():
    timed = (
        b"<cite>Ada Mill:</cite><time>0:05</time><p>Ham &amp; eggs.</p>"
        b"<cite>Tom:</cite><time>0:07</time><p>Three words more.</p>"
    )

    kind, ours = made_ours(timed, media_types.HTML.mime)

    assert media_types.VTT.mime == kind
    assert [(5.0, 7.0, "Ham & eggs.", "Ada Mill"), (7.0, 8.2, "Three words more.", "Tom")] == [
        tuple(cue) for cue in read_cues(ours, kind)
    ]
    assert (media_types.TEXT.mime, b"Ada: One & two.\n") == made_ours(
        b"<title>x</title><cite>Ada</cite><p>One &amp; two.</p>", media_types.HTML.mime
    )


def test_no_page_of_another_host_is_served_from_this_site(taken_over):  # noqa: F811
    folder = taken_over.episodes / "two-ferries"
    (folder / "transcript.html").write_text("<time>0:00</time><p>One<script>ran()</script></p>")
    (folder / "transcript.de.html").write_text("<p>Eins.</p>")
    (folder / "transcript.fr.vtt").write_text("nothing of the kind")

    built = publish.build(taken_over).find("two-ferries")

    public = taken_over.feed / "two-ferries"
    assert [("text/vtt", ""), ("text/plain", "de")] == [
        (t.mime_type, t.language) for t in built.transcripts
    ]
    assert {"index.html"} == {path.name for path in public.glob("*.html")}
    assert ["transcript-left-out", "transcript-mended", "transcript-mended"] == sorted(
        notice.code for notice in built.notices
    )
    assert [] == errors_in(publish.check(taken_over))


def test_chapters_with_links_that_run_are_written_anew(taken_over):  # noqa: F811
    chapters = [
        {"startTime": 0, "title": "Quay <img src=x onerror=ran()>", "url": "javascript:ran()"},
        {"startTime": 4.5, "title": "Boat", "img": "data:image/svg+xml,<svg onload=ran()>"},
    ]
    path = taken_over.episodes / "two-ferries" / "chapters.json"
    path.write_text(json.dumps({"version": "1.2.0", "chapters": chapters}))

    built = publish.build(taken_over).find("two-ferries")

    name = built.chapters_file.url.rpartition("/")[2]
    public = json.loads((taken_over.feed / "two-ferries" / name).read_text())
    assert [{"startTime": 0.0, "title": "Quay"}, {"startTime": 4.5, "title": "Boat"}] == (
        public["chapters"]
    )


def test_what_an_earlier_version_took_over_is_judged_at_the_next_build(taken_over, monkeypatch):  # noqa: F811
    folder = taken_over.episodes / "two-ferries"
    (folder / "notes.html").write_text(f"<p>One.</p>{PAYLOADS['noscript-closed']}")
    (folder / "transcript.html").write_text("<p>One<script>ran()</script></p>")
    with monkeypatch.context() as earlier:
        earlier.setattr("columncast.episodes.text.html.unfit", lambda _: ())
        earlier.setattr("columncast.episodes.text.html_lint.unfit", lambda _: ())
        earlier.setattr(
            "columncast.episodes.narration.captions.made_ours", lambda data, kind: (kind, data)
        )
        earlier.setattr("columncast.feed.site.write.check_episode", lambda *_: [])
        earlier.setattr("columncast.feed.site.write.check_feed", lambda *_, **__: [])
        earlier.setattr("columncast.feed.site.write._remove_left_over", lambda *_: None)
        earlier.setattr("columncast.episodes.building.ledger.software", lambda: "an earlier one")
        earlier.setattr("columncast.episodes.disk.versions.software", lambda: "an earlier one")
        earlier.setattr("columncast.feed.site.write.software", lambda: "an earlier one")
        publish.build(taken_over)
    dangerous = (taken_over.feed / "feed.xml").read_text()
    findings = {finding.code for finding in publish.check(taken_over)}

    publish.build(taken_over)

    assert "onerror=ran()" in dangerous
    assert {"notes-dangerous", "transcript-page", "item-notes", "item-transcript"} <= findings
    assert "onerror=ran()" not in (taken_over.feed / "feed.xml").read_text()
    assert {"index.html"} == {p.name for p in (taken_over.feed / "two-ferries").glob("*.html")}
    assert [] == errors_in(publish.check(taken_over))


def test_titles_and_names_that_an_earlier_version_took_over_become_words_at_the_next_build(
    taken_over,  # noqa: F811
):
    run, old = "<img src=x onerror=ran()>", "<svg onload=ran()>"
    facts = FACTS.format(guid=GUID, kept="false").replace("Two Ferries", f"Two Ferries {run}")
    person = f'[[person]]\nname = "Ida {old}"\nhref = "javascript:ran()"\n'
    notes = f'[notes]\nauthor = "Ada {old}"\nsubtitle = "A quay {run}"\n'
    (taken_over.episodes / "two-ferries" / "episode.toml").write_text(f"{facts}{notes}{person}")
    change_settings(
        taken_over,
        {
            "title": f"Harbour {run} Days",
            "author": f"Ada {old}",
            "podcast.person": [{"name": f"Tom {old}", "img": "javascript:ran()"}],
        },
    )
    taken_over = ShowFolder(taken_over.root)

    built = publish.build(taken_over).find("two-ferries")

    places = [*taken_over.feed.rglob("*.xml"), *taken_over.feed.rglob("*.html")]
    shown = "".join(path.read_text(encoding="utf-8") for path in places)
    draft = read_draft(taken_over.root, "two-ferries")
    tags = str(read_tags(taken_over.root / built.enclosure.path))
    assert ("The Long Wall: Two Ferries", "Ada", "A quay") == (
        built.title,
        built.author,
        built.subtitle,
    )
    assert "Harbour Days" == draft.show.title
    assert "ran()" not in shown + tags
    assert ["Ida"] == [person.name for person in draft.episode.persons if not person.href]
    exporting = exported(draft, embed_audio=False)
    assert not [mark for mark in ("onerror=", "onload=", 'href="javascript') if mark in exporting]
    found = publish.check(taken_over)
    assert [] == errors_in(found)
    assert {"person-link-left-out", "show-person-link"} <= {finding.code for finding in found}


@pytest.mark.parametrize("title", ["5 < 6", "Q&A <3", "C++ <vector>", "Use <b>bold</b>"])
def test_an_ordinary_title_of_an_earlier_version_stays(taken_over, title):  # noqa: F811
    path = taken_over.episodes / "two-ferries" / "episode.toml"
    path.write_text(path.read_text().replace("The Long Wall: Two Ferries", title))
    change_settings(taken_over, {"title": title})

    show = ShowFolder(taken_over.root)

    assert (title, title) == (show.show.title, show.episode("two-ferries").facts.title)


def test_a_title_of_a_show_that_was_never_elsewhere_is_its_writers(show):
    change_settings(show, {"title": "The <script> tag"})

    assert "The <script> tag" == ShowFolder(show.root).show.title
