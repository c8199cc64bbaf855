"""Posts as their systems keep them: WordPress's shortcodes and paragraphs, Ghost's documents."""

import json

import pytest

from columncast.episodes.columns.door import read_column
from columncast.episodes.errors import ColumnError

WXR = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Harbour Days</title>
<item><title>The Piano</title><link>https://example.org/the-piano/</link>
<content:encoded><![CDATA[{body}]]></content:encoded>
<wp:post_date_gmt>2025-07-30 13:00:00</wp:post_date_gmt><wp:post_name>the-piano</wp:post_name>
<wp:status>{status}</wp:status><wp:post_type>post</wp:post_type>
<wp:postmeta><wp:meta_key>_edit_last</wp:meta_key><wp:meta_value>1</wp:meta_value></wp:postmeta>
<wp:postmeta><wp:meta_key>footnotes</wp:meta_key><wp:meta_value><![CDATA[{notes}]]></wp:meta_value></wp:postmeta>
</item></channel></rss>
"""


@pytest.fixture
def wordpress(tmp_path):
    """Return the column of a WordPress post with this body."""

    def read(body: str, *, notes: str = "", status: str = "publish", **options):
        path = tmp_path / "export.xml"
        text = WXR.replace("{body}", body).replace("{notes}", notes).replace("{status}", status)
        path.write_text(text, encoding="utf-8")
        return read_column(path, post="the-piano", **options)

    return read


@pytest.mark.parametrize(
    "body",
    [
        "The ferry left.\n\nNobody saw,\nat noon.",
        "<p>The ferry left.</p>\n\nNobody saw,\nat noon.",
        "The ferry left.\n\n<p>Nobody saw,\nat noon.</p>",
        "The ferry left.<p>Nobody saw,\nat noon.",
        "<!-- wp:paragraph -->\n<p>The ferry left.</p>\n<!-- /wp:paragraph -->\n\nNobody saw,\nat noon.",
        "<div>The ferry left.\n\nNobody saw,\nat noon.</div>",
        "The ferry left.\r\n\r\nNobody saw,\r\nat noon.",
    ],
)
def test_a_blank_line_parts_paragraphs_whatever_tags_stand_elsewhere(wordpress, body):
    assert "<p>The ferry left.</p><p>Nobody saw,<br>at noon.</p>" == wordpress(body).html


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<blockquote>One.\n\nTwo.</blockquote>Three.", "<blockquote><p>One.</p><p>Two.</p></blockquote><p>Three.</p>"),
        ("Up.\n<h3>Deck</h3>\nBelow.", "<p>Up.</p><h3>Deck</h3><p>Below.</p>"),
        ("<pre>a\n\nb</pre>\n\nEnd.", "<pre><code>a\n\nb</code></pre><p>End.</p>"),
        ("<ul>\n<li>One</li>\n<li>Two</li>\n</ul>\nEnd.", "<ul><li>One</li><li>Two</li></ul><p>End.</p>"),
        ("One.<!--more Go on-->\n\nTwo.<!--nextpage-->", "<p>One.</p><p>Two.</p>"),
    ],
)  # fmt: skip
def test_other_blocks_of_a_classic_post(wordpress, body, shown):
    assert shown == wordpress(body).html


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("[powerpress]", ""),
        ('[powerpress url="https://old.example/a.mp3"]', ""),
        ("[podcast_player]", ""),
        ('[audio mp3="https://old.example/a.mp3"][/audio]', ""),
        ('[gallery ids="1,2" columns="2"]', ""),
        ('[contact-form-7 id="9" title="Write"]', ""),
        ("[su_quote]A quote.[/su_quote]", "<blockquote><p>A quote.</p></blockquote>"),
        ('[su_quote cite="Ida [x]" url="#"]A quote.[/su_quote]', "<blockquote><p>A quote.</p></blockquote>"),
        ('[vc_row][vc_column width="1/2"][vc_column_text]Text.[/vc_column_text][/vc_column][/vc_row]', "<p>Text.</p>"),
        ("[et_pb_section][et_pb_text]<p>Text.</p>[/et_pb_text][/et_pb_section]", "<p>Text.</p>"),
        ("[dropcap]T[/dropcap]ext.", "<p>Text.</p>"),
        ("[myplugin]Text.[/myplugin]", "<p>Text.</p>"),
        ("[myplugin on=1 /]", ""),
        ("[separator /]", ""),
        ("[su_private]SECRET[/su_private]", ""),
        ("[comment]SECRET[/comment]", ""),
        ("[s2If current_user_can(access_s2member_level1)]SECRET[/s2If]", ""),
        ("[members_only]SECRET", None),
        ("[[gallery]]", "<p>[gallery]</p>"),
        ("[code]x[0] = [gallery][/code]", "<pre><code>x[0] = </code></pre>"),
        ("[embed]https://www.youtube.com/watch?v=abc[/embed]",
         '<p><a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a></p>'),
        ("[youtube https://www.youtube.com/watch?v=abc]",
         '<p><a href="https://www.youtube.com/watch?v=abc">youtube.com</a></p>'),
        ('[caption width="3" caption="On deck"]<img src="https://example.org/a.png" alt="A">[/caption]',
         '<figure><img src="https://example.org/a.png" alt="A"><figcaption>On deck</figcaption></figure>'),
        ('[click_to_tweet tweet="So"]So[/click_to_tweet]', ""),
    ],
)  # fmt: skip
def test_shortcodes_run_or_go(wordpress, code, shown):
    column = wordpress(f"Before.\n\n{code}\n\nAfter.")

    after = "" if shown is None else "<p>After.</p>"
    assert f"<p>Before.</p>{shown or ''}{after}" == column.html
    assert "SECRET" not in repr(column)


@pytest.mark.parametrize(
    "remark",
    ["[sic]", "[laughs]", "[1]", "[…]", "[the museum]", "[Ida's own]", "[video of the ferry]",
     "[it is 3 = three]", "[A, B, C] != [A, C, B]", "[sic] and [sic]", "[emphasis mine]", "[re-read]"],
)  # fmt: skip
def test_a_remark_in_brackets_stays(wordpress, remark):
    assert f"He wrote {remark} there." == wordpress(f"He wrote {remark} there.").text


@pytest.mark.parametrize(
    "body",
    [
        "The ferry left.[efn_note]A note.[/efn_note]",
        "The ferry left.[ref]A note.[/ref]",
        "The ferry left.[mfn]A note.[/mfn]",
        "The ferry left.((A note.))",
        (
            '<p>The ferry left.<sup data-fn="5d-1" class="fn"><a href="#5d-1" id="5d-1-link">1</a></sup></p>'
            "\n<!-- wp:footnotes /-->"
        ),
    ],
)
def test_footnotes_of_wordpress_are_footnotes(wordpress, body):
    notes = json.dumps([{"id": "5d-1", "content": "A note."}]) if "data-fn" in body else ""

    column = wordpress(body, notes=notes)

    assert ["A note."] == [note.text for note in column.footnotes]
    assert "The ferry left." == column.text
    assert '<sup><a href="#note-1"' in column.html


def test_a_few_words_in_double_brackets_are_no_footnote(wordpress):
    column = wordpress("The ferry ((an old one)) left((ibid.)) ((At noon.)) early.")

    assert "The ferry ((an old one)) left" in column.text
    assert ["ibid.", "At noon."] == [note.text for note in column.footnotes]


def test_an_address_alone_in_its_paragraph_is_not_read_aloud(wordpress):
    column = wordpress(
        "Before.\n\nhttps://www.youtube.com/watch?v=def\n\nSee https://example.org/a too."
    )

    assert "Before.\n\nSee https://example.org/a too." == column.text
    assert '<a href="https://www.youtube.com/watch?v=def">' in column.html


def test_what_was_left_out_of_a_post_is_told_in_one_line(wordpress):
    column = wordpress("A.\n\n[gallery][powerpress][gallery]")

    (told,) = [n for n in column.notices if "left-out" in n.code]
    assert "[gallery], [powerpress]" in told.message


# Ghost

LEXICAL = {
    "root": {"type": "root", "children": [
        {"type": "paragraph", "children": [
            {"type": "extended-text", "text": "The ", "format": 0},
            {"type": "extended-text", "text": "ferry", "format": 3},
            {"type": "linebreak"},
            {"type": "link", "url": "__GHOST_URL__/log/", "children": [{"type": "text", "text": "left", "format": 2}]},
            {"type": "text", "text": " <b>at noon</b>.", "format": 0}]},
        {"type": "extended-heading", "tag": "h3", "children": [{"type": "text", "text": "Deck"}]},
        {"type": "list", "listType": "number", "children": [
            {"type": "listitem", "children": [{"type": "text", "text": "One"}]},
            {"type": "listitem", "children": [{"type": "list", "listType": "bullet", "children": [
                {"type": "listitem", "children": [{"type": "text", "text": "Two"}]}]}]}]},
        {"type": "extended-quote", "children": [{"type": "text", "text": "Why?"}]},
        {"type": "image", "src": "__GHOST_URL__/a.png", "alt": "A lamp", "caption": "<i>On</i> deck"},
        {"type": "html", "html": "<p onclick='x()'>Raw.<script>SECRET</script></p>"},
        {"type": "html", "html": "<p>SECRET</p>", "visibility": {"web": {"nonMember": False}}},
        {"type": "html", "html": "<p>SECRET</p>", "visibility": {"showOnWeb": False, "segment": ""}},
        {"type": "markdown", "markdown": "**Bold** and *so*."},
        {"type": "codeblock", "code": "a < b", "language": "c"},
        {"type": "bookmark", "url": "https://example.org/b", "metadata": {"title": "The Buoy"}},
        {"type": "embed", "url": "https://www.youtube.com/watch?v=abc", "html": "<iframe></iframe>", "metadata": {"title": "Film"}},
        {"type": "horizontalrule"},
        {"type": "callout", "calloutEmoji": "", "calloutText": "Heed <b>this</b>."},
        {"type": "toggle", "heading": "More", "content": "<p>Inside.</p>"},
        {"type": "button", "buttonText": "SECRET", "buttonUrl": "https://x.example"},
        {"type": "signup", "header": "SECRET"}, {"type": "email", "html": "SECRET"},
        {"type": "audio", "src": "https://x.example/a.mp3", "duration": 61.5},
        {"type": "nft", "name": "SECRET"},
        {"type": "paywall"},
        {"type": "paragraph", "children": [{"type": "text", "text": "SECRET"}]},
    ]}
}  # fmt: skip

MOBILEDOC = {
    "version": "0.3.1", "ghostVersion": "4.0",
    "atoms": [["soft-return", "", {}]],
    "cards": [["image", {"src": "/a.png", "alt": "A lamp", "caption": "On deck"}], ["hr", {}],
              ["html", {"html": "<p>Raw.</p>"}], ["card-markdown", {"markdown": "**Bold**"}],
              ["odd", {"text": "SECRET"}], ["paywall", {}], ["code", {"code": "a < b"}]],
    "markups": [["strong"], ["a", ["href", "https://example.org/log", "rel", "x"]], ["em"]],
    "sections": [
        [1, "p", [[0, [0], 0, "The "], [0, [2], 2, "ferry"], [1, [], 0, 0], [0, [1], 1, "left"], [0, [], 0, " <now>."]]],
        [1, "h3", [[0, [], 0, "Deck"]]], [1, "blockquote", [[0, [], 0, "Why?"]]],
        [3, "ul", [[[0, [], 0, "One"]], [[0, [], 0, "Two"]]]],
        [10, 0], [10, 1], [10, 2], [10, 3], [10, 4], [10, 6], [10, 99], [2, "https://example.org/b.png"],
        [10, 5], [1, "p", [[0, [], 0, "SECRET"]]],
    ],
}  # fmt: skip


@pytest.fixture
def ghost(tmp_path):
    """Return the column of a Ghost post with these fields."""

    def read(**fields):
        post = {"title": "The Piano", "slug": "the-piano", "status": "published", "html": None}
        path = tmp_path / "ghost.json"
        path.write_text(json.dumps({"db": [{"data": {"posts": [post | fields]}}]}))
        return read_column(path, site_url="https://example.org")

    return read


def test_a_ghost_post_that_has_lexical_only(ghost):
    column = ghost(lexical=json.dumps(LEXICAL))

    assert (
        "<p>The <em><strong>ferry</strong></em><br>"
        '<a href="https://example.org/log/"><em>left</em></a> &lt;b&gt;at noon&lt;/b&gt;.</p>'
        "<h3>Deck</h3><ol><li>One</li><li><ul><li>Two</li></ul></li></ol>"
        "<blockquote><p>Why?</p></blockquote>"
        '<figure><img src="https://example.org/a.png" alt="A lamp"><figcaption><em>On</em> deck</figcaption></figure>'
        "<p>Raw.</p><p><strong>Bold</strong> and <em>so</em>.</p><pre><code>a &lt; b</code></pre>"
        '<p><a href="https://example.org/b">The Buoy</a></p>'
        '<p><a href="https://www.youtube.com/watch?v=abc">Film</a></p><hr>'
        "<p>Heed <strong>this</strong>.</p><h4>More</h4><p>Inside.</p>"
    ) == column.html
    assert 61.5 == column.audio_duration_s
    assert {"paywall-cut", "document-parts-left-out"} <= {n.code for n in column.notices}
    assert "SECRET" not in column.html + column.text


def test_a_ghost_post_that_has_mobiledoc_only(ghost):
    column = ghost(mobiledoc=json.dumps(MOBILEDOC))

    assert (
        "<p><strong>The <em>ferry</em></strong><br>"
        '<a href="https://example.org/log">left</a> &lt;now&gt;.</p>'
        "<h3>Deck</h3><blockquote><p>Why?</p></blockquote><ul><li>One</li><li>Two</li></ul>"
        '<figure><img src="https://example.org/a.png" alt="A lamp"><figcaption>On deck</figcaption></figure><hr>'
        "<p>Raw.</p><p><strong>Bold</strong></p><pre><code>a &lt; b</code></pre>"
        '<figure><img src="https://example.org/b.png" alt=""></figure>'
    ) == column.html
    assert "odd" in next(n.message for n in column.notices if n.code == "document-parts-left-out")


@pytest.mark.parametrize("field", ["lexical", "mobiledoc"])
@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"root": 1}', '{"sections": [[1],[10,[]],[3,"ul",5],7]}',
                                  '{"root":' + '{"children":[' * 300 + "]}" * 300 + "}"])  # fmt: skip
def test_a_damaged_document_is_one_clear_line(ghost, field, text):
    with pytest.raises(ColumnError) as caught:
        ghost(**{field: text})

    assert "\n" not in str(caught.value)


# Encodings


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("UTUTF-8", "utf-8"), ("utf8mb4", "utf-8"), ("UTF-16", "utf-8"), ("windows-1252", "cp1252"),
     ("UTF-8", "cp1252"), ("us-ascii", "utf-8"), ("UTF-16", "utf-16"), ("rot13", "utf-8"), ("zip", "utf-8")],
)  # fmt: skip
def test_a_wxr_in_another_encoding_than_it_says(tmp_path, declared, encoding):
    path = tmp_path / "export.xml"
    text = (
        WXR.replace("{body}", "Café – the ferry’s.")
        .replace("{notes}", "")
        .replace("{status}", "publish")
    )
    path.write_bytes(text.replace('"UTF-8"', f'"{declared}"').encode(encoding))

    assert "Café – the ferry’s." == read_column(path).text


@pytest.mark.parametrize("before", ["\n\n", "<br />\n<b>Warning</b>: x in y.php\n", "\ufeff"])
def test_what_a_server_writes_around_an_export_is_passed_over(tmp_path, before):
    path = tmp_path / "export.xml"
    text = (
        WXR.replace("{body}", "The\x0b ferry\x08 left. 🚢")
        .replace("{notes}", "")
        .replace("{status}", "publish")
    )
    path.write_text(f"{before}{text}<script>1</script>\n", encoding="utf-8")

    assert "The ferry left. 🚢" == read_column(path, post="the-piano").text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("The Café\n\nThe ferry’s late.".encode() + b" It \x93cannot\x94 be na\xefve.\n",
         "The ferry’s late. It “cannot” be naïve."),
        ("The Café\r\rThe ferry’s late.\r\n".encode(), "The ferry’s late."),
        ("灯房\n\n码头尽头有一间灯房，钥匙由船长保管。人们都这么说。\n".encode("utf-16-le"), "码头尽头有一间灯房，钥匙由船长保管。人们都这么说。"),
        ("The Café\n\nThe ferry’s late. 🚢\n".encode("utf-16-be"), "The ferry’s late. 🚢"),
        (b"The Caf\xe9\n\nThe ferry\x92s late.\n", "The ferry’s late."),
    ],
)  # fmt: skip
def test_text_in_mixed_and_unmarked_encodings(tmp_path, data, text):
    path = tmp_path / "column.txt"
    path.write_bytes(data)

    assert text == read_column(path).text
