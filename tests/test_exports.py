"""Columns out of exports, documents and feeds; and what must never come out of them."""

import io
import json
import struct
import zipfile
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from columncast.episodes.columns.door import list_posts, read_column, read_posts
from columncast.episodes.columns.exports import wordpress as wxr
from columncast.episodes.errors import ColumnError

TEXT = "<p>The ferry left the harbour at noon with eleven passengers and a crated piano.</p>"
PAID = "the combination of the captain's safe"

POSTS_CSV = """\
post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url
1001.the-piano,2025-07-30T13:00:00.000Z,true,2025-07-30T13:00:10.000Z,,newsletter,everyone,The Piano,"What the crate held, and why",
1002.the-safe,2025-08-06T13:00:00.000Z,TRUE,,,newsletter,only_paid,The Safe,,
1003.chat,2025-08-07T13:00:00.000Z,true,,,thread,everyone,Talk to us,,
1004.about,2025-08-07T13:00:00.000Z,true,,,page,everyone,About,,
1005.the-buoy,,FALSE,,,newsletter,everyone,The Buoy,,
"""


@pytest.fixture
def substack(tmp_path):
    """Make a Substack export whose post `the-piano` has the given body."""

    def make(body: str = TEXT, **members: str):
        path = tmp_path / "export.zip"
        with zipfile.ZipFile(path, "w") as z:
            z.writestr("posts.csv", "\ufeff" + POSTS_CSV)
            z.writestr("posts/1001.the-piano.html", body)
            z.writestr("posts/1002.the-safe.html", f"{TEXT}<p>{PAID}</p>")
            z.writestr("posts/1005.html", TEXT)
            z.writestr("posts/1001.the-piano.opens.csv", b"email\n\xffreader@example.org\n")
            z.writestr("email_list.harbour.csv", "email\nreader@example.org\n")
            for name, content in members.items():
                z.writestr(name.replace("__", "/"), content)
        return path

    return make


def test_a_substack_export_lists_its_columns_and_not_its_pages(substack):
    posts = list_posts(substack())

    assert ["the-piano", "the-safe", "the-buoy"] == [post.slug for post in posts]
    assert [True, False, True] == [post.is_public for post in posts]
    assert [False, False, True] == [post.draft for post in posts]


def test_a_substack_post_has_its_facts_from_the_list(substack):
    column = read_column(substack(), post="the-piano", site_url="https://harbour.example.org/")

    assert "The Piano" == column.title
    assert "What the crate held, and why" == column.subtitle
    assert datetime(2025, 7, 30, 13, tzinfo=UTC) == column.published
    assert "https://harbour.example.org/p/the-piano" == column.source_url
    assert "the-piano" == column.slug


def test_a_date_in_the_subtitle_is_the_storys(substack, tmp_path):
    path = substack()
    dated = tmp_path / "dated.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(dated, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(
                name, content.replace(b'"What the crate held, and why"', b'"March 3, 1912"')
            )

    column = read_column(dated, post="the-piano")

    assert "March 3, 1912" == column.story_date
    assert "" == column.subtitle


SUBSTACK_BLOCKS = [
    (('<div class="captioned-image-container"><figure><a class="image-link" href="https://cdn.example.org/a.jpg">'
     '<img src="https://cdn.example.org/a.jpg" alt="A crate"></a><figcaption class="image-caption">On deck'
     "</figcaption></figure></div>"),
     '<figure><img src="https://cdn.example.org/a.jpg" alt="A crate"><figcaption>On deck</figcaption></figure>'),
    (('<p class="button-wrapper" data-attrs="{}"><a class="button" href="https://x.example.org/subscribe">'
     "Subscribe now</a></p>"), ""),
    ('<div class="subscription-widget-wrap-editor"><p>Thanks for reading!</p></div>', ""),
    ('<div class="subscription-widget-wrap"><form>Join</form></div>', ""),
    (('<div class="native-audio-embed" data-component-name="AudioPlaceholder" '
     'data-attrs="{&quot;duration&quot;:521.3,&quot;mediaUploadId&quot;:&quot;x&quot;}"></div>'), ""),
    (('<div class="digest-post-embed" data-attrs="{&quot;title&quot;:&quot;The Buoy&quot;,'
     '&quot;canonical_url&quot;:&quot;https://x.example.org/p/the-buoy&quot;}"></div>'),
     '<p><a href="https://x.example.org/p/the-buoy">The Buoy</a></p>'),
    (('<div class="embedded-post-wrap" data-attrs="{&amp;quot;title&amp;quot;:&amp;quot;Twice&amp;quot;,'
     '&amp;quot;url&amp;quot;:&amp;quot;https://x.example.org/p/twice&amp;quot;}"></div>'),
     '<p><a href="https://x.example.org/p/twice">Twice</a></p>'),
    (('<div class="tweet" data-attrs="{&quot;url&quot;:&quot;https://social.example.org/1&quot;,'
     '&quot;full_text&quot;:&quot;A piano, afloat&quot;,&quot;name&quot;:&quot;Ida&quot;}"></div>'),
     '<blockquote><p>A piano, afloat</p></blockquote><p><a href="https://social.example.org/1">Ida</a></p>'),
    (('<div class="youtube-wrap" data-attrs="{&quot;videoId&quot;:&quot;abc&quot;}"><iframe '
     'src="https://www.youtube-nocookie.com/embed/abc?rel=0"></iframe></div>'),
     '<p><a href="https://www.youtube.com/watch?v=abc">youtube.com</a></p>'),
    (('<div class="image-gallery-embed" data-attrs="{&quot;gallery&quot;:{&quot;images&quot;:[{&quot;src&quot;:'
     '&quot;https://cdn.example.org/1.jpg&quot;}],&quot;caption&quot;:&quot;Two views&quot;}}"></div>'),
     '<figure><img src="https://cdn.example.org/1.jpg" alt=""><figcaption>Two views</figcaption></figure>'),
    (('<div class="file-embed-wrapper"><div class="file-embed-details-h1">The log</div>'
     '<a class="file-embed-button" href="https://cdn.example.org/log.pdf">Download</a></div>'),
     '<p><a href="https://cdn.example.org/log.pdf">The log</a></p>'),
    ('<div class="latex-rendered" data-attrs="{&quot;persistentExpression&quot;:&quot;E = mc^2&quot;}"></div>',
     "<pre><code>E = mc^2</code></pre>"),
    ('<div class="dynamic-content-block" data-dynamic-audiences="paid_sub,founding_sub"><p>Dear patrons</p></div>',
     ""),
    ('<div class="dynamic-content-block" data-dynamic-audiences="non_sub"><p>Dear all</p></div>',
     "<p>Dear all</p>"),
    ('<p>With <span class="mention-wrap" data-attrs="{&quot;name&quot;:&quot;Ida&quot;}"></span> aboard.</p>',
     "<p>With Ida aboard.</p>"),
    ('<div class="comment" data-attrs="{}"><p>Nice one!</p></div>', ""),
    ("<p></p><p>  </p>", ""),
]  # fmt: skip


@pytest.mark.parametrize(("block", "shown"), SUBSTACK_BLOCKS)
def test_every_block_of_a_substack_post_is_read_or_left_out(substack, block, shown):
    column = read_column(substack(TEXT + block + TEXT), post="the-piano")

    assert TEXT + shown + TEXT == column.html


def test_a_substack_player_says_how_long_the_recording_is(substack):
    player = '<div class="native-audio-embed" data-attrs="{&quot;duration&quot;:521.3}"></div>'

    column = read_column(substack(player + TEXT), post="the-piano")

    assert 521.3 == column.audio_duration_s


@pytest.mark.parametrize(
    "note",
    [
        (
            '<div class="footnote" data-component-name="FootnoteToDOM"><a id="footnote-1" '
            'href="#footnote-anchor-1" class="footnote-number">1</a><div class="footnote-content">{}</div></div>'
        ),
        (
            '<div class="footnote" id="footnote-1"><a href="#footnote-anchor-1" class="footnote-number">1</a>'
            '<div class="footnote-content">{}</div></div>'
        ),
    ],
)
def test_substack_footnotes_old_and_new(substack, note):
    mark = '<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1">1</a>'
    body = TEXT.replace("</p>", f"{mark}</p>") + note.format("<p>The log says so.</p>")

    column = read_column(substack(body), post="the-piano")

    assert 1 == len(column.blocks)
    assert [(1, "The log says so.")] == [(note.number, note.text) for note in column.footnotes]


PAYWALLS = [
    '<div class="paywall-jump" data-component-name="PaywallToDOM"></div>',
    '<div data-component-name="PaywallToDOM"></div>',
    "<!--members-only-->",
    "<!-- wp:jetpack/paywall /-->",
    "<!-- wp:premium-content/subscriber-view -->",
]


@pytest.mark.parametrize("mark", PAYWALLS)
def test_nothing_behind_a_paywall_gets_out(substack, mark):
    note = f'<ol><li id="fn1">{PAID} <a href="#r1">↩</a></li></ol>'
    before = TEXT.replace("</p>", '<sup><a id="r1" href="#fn1">1</a></sup></p>')
    body = (
        f'<div><div>{before}{mark}<p>{PAID}</p><img src="https://x.example.org/a.png" alt="{PAID}"></div>'
        f"{note}</div><h2>{PAID}</h2>"
    )

    column = read_column(substack(body), post="the-piano")

    assert PAID not in repr(column)
    assert "paywall-cut" in [notice.code for notice in column.notices]


def test_paid_text_needs_a_flag_that_names_the_risk(substack):
    path = substack()

    with pytest.raises(ColumnError, match="--include-paid-text"):
        read_column(path, post="the-safe")

    column = read_column(path, post="the-safe", paid_text=True)
    assert PAID in column.text
    assert "paid-text-included" in [notice.code for notice in column.notices]


def test_a_draft_is_read_with_a_warning_and_without_a_date(substack):
    column = read_column(substack(), post="the-buoy")

    assert column.published is None
    assert "draft-post" in [notice.code for notice in column.notices]


def test_subscriber_files_are_never_opened(substack, monkeypatch):
    path = substack()
    opened = []
    read = zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile,
        "open",
        lambda z, name, *a, **k: (opened.append(name), read(z, name, *a, **k))[1],
    )

    read_column(path, post="the-piano")

    assert ["posts.csv", "posts/1001.the-piano.html"] == opened


@pytest.mark.parametrize(
    ("post", "told"),
    [
        (None, "choose one with --post SLUG"),
        ("the-paino", "did you mean 'the-piano'?"),
        ("zzz", "has no post 'zzz'"),
        ("../../etc/passwd", "has no post"),
    ],
)
def test_a_post_that_is_not_there_is_told(substack, post, told):
    with pytest.raises(ColumnError, match=r"export\.zip") as caught:
        read_column(substack(), post=post)

    assert told in str(caught.value)


WXR = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Harbour Days</title>
<item><title>The Piano &amp; the Safe</title><link>https://example.org/the-piano/</link>
<dc:creator><![CDATA[ida]]></dc:creator>
<content:encoded><![CDATA[{body}]]></content:encoded>
<excerpt:encoded><![CDATA[What the crate held]]></excerpt:encoded>
<wp:post_id>7</wp:post_id><wp:post_date>2025-07-30 15:00:00</wp:post_date>
<wp:post_date_gmt>2025-07-30 13:00:00</wp:post_date_gmt><wp:post_name>the-piano</wp:post_name>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type><wp:post_password></wp:post_password>
<wp:comment><wp:comment_author_email>reader@example.org</wp:comment_author_email>
<wp:comment_content>Nice</wp:comment_content></wp:comment></item>
<item><title>Locked</title><content:encoded><![CDATA[secret]]></content:encoded>
<wp:post_name>locked</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<wp:post_password>abc</wp:post_password><wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt></item>
<item><title>A picture</title><wp:post_type>attachment</wp:post_type><wp:status>inherit</wp:status></item>
</channel></rss>
"""


@pytest.fixture
def wordpress(tmp_path):
    def make(body: str = TEXT):
        path = tmp_path / "export.xml"
        path.write_text(WXR.replace("{body}", body), encoding="utf-8")
        return path

    return make


def test_a_wordpress_post_has_its_facts(wordpress):
    column = read_column(wordpress(), post="the-piano")

    assert "The Piano & the Safe" == column.title
    assert datetime(2025, 7, 30, 13, tzinfo=UTC) == column.published
    assert "https://example.org/the-piano/" == column.source_url
    assert "What the crate held" == column.subtitle
    assert "reader@example.org" not in repr(column)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("One line\nand its next.\n\nAnother.", "<p>One line<br>and its next.</p><p>Another.</p>"),
        ("<!-- wp:paragraph -->\n<p>Blocks.</p>\n<!-- /wp:paragraph -->", "<p>Blocks.</p>"),
        (('[caption id="a" width="3"]<img src="https://example.org/a.jpg" alt="Deck"> On deck[/caption]\n\n'
         "<p>After.</p>"),
         '<figure><img src="https://example.org/a.jpg" alt="Deck"><figcaption>On deck</figcaption></figure><p>After.</p>'),
        ('<p>Before.</p>[gallery ids="1,2"][audio src="a.mp3"][/audio]<p>After [sic].</p>',
         "<p>Before.</p><p>After [sic].</p>"),
        ("<p>Free.</p>[mepr-show if='paid']<p>secret</p>[/mepr-show]<p>More.</p>", "<p>Free.</p><p>More.</p>"),
        ('<p>Hi <img class="emoji" alt="⛴" src="https://s.w.org/x.svg"></p>', "<p>Hi ⛴</p>"),
        ('<figure class="wp-block-embed"><div>https://www.youtube.com/watch?v=abc</div></figure><p>x</p>',
         '<p><a href="https://www.youtube.com/watch?v=abc">youtube.com</a></p><p>x</p>'),
    ],
)  # fmt: skip
def test_wordpress_bodies_old_and_new(wordpress, body, shown):
    assert shown == read_column(wordpress(body), post="the-piano").html


def test_a_post_with_a_password_is_not_let_out(wordpress):
    with pytest.raises(ColumnError, match="with a password"):
        read_column(wordpress(), post="locked")


@pytest.mark.parametrize(
    "head",
    [
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        f'<?xml version="1.0"?><!-- <a> {"x" * 100} --><!DOCTYPE rss [<!ENTITY b "x">]>',
    ],
)
def test_xml_that_defines_entities_is_refused(tmp_path, head):
    path = tmp_path / "export.xml"
    path.write_text(head + WXR.split("?>", 1)[1].replace("{body}", "&b;"), encoding="utf-8")

    with pytest.raises(ColumnError, match="defines XML entities"):
        list_posts(path)


GHOST = {
    "db": [
        {
            "meta": {"exported_on": 1, "version": "5.1"},
            "data": {
                "posts": [
                    {"id": "a", "title": "The Piano", "slug": "the-piano", "status": "published",
                     "html": '<p>See <a href="__GHOST_URL__/log/">the log</a>.</p><!--kg-card-begin: html-->'
                     '<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" '
                     'href="https://example.org/b"><div class="kg-bookmark-title">The Buoy</div></a></figure>'
                     '<div class="kg-card kg-signup-card">Join</div>',
                     "visibility": "public", "published_at": "2025-07-30T13:00:00.000Z", "type": "post",
                     "custom_excerpt": "What the crate held", "plaintext": "x", "mobiledoc": "{}"},
                    {"id": "b", "title": "The Safe", "slug": "the-safe", "status": "published",
                     "html": PAID, "visibility": "paid", "type": "post"},
                    {"id": "c", "title": "About", "slug": "about", "status": "published", "html": "x",
                     "visibility": "public", "type": "page"},
                    {"id": 4, "title": "Old", "slug": "old", "status": "published", "html": TEXT,
                     "published_at": 1426078349156, "page": 0},
                ],
                "users": [{"id": "u", "name": "Ida Lindqvist", "email": "ida@example.org"}],
                "posts_authors": [{"post_id": "a", "author_id": "u"}],
                "members": [{"email": "reader@example.org"}],
            },
        }
    ]
}  # fmt: skip


@pytest.fixture
def ghost(tmp_path):
    path = tmp_path / "ghost.json"
    path.write_text(json.dumps(GHOST), encoding="utf-8")
    return path


def test_a_ghost_post_has_its_facts(ghost):
    column = read_column(ghost, post="the-piano", site_url="https://example.org")

    assert ("The Piano", "Ida Lindqvist") == (column.title, column.author)
    assert "What the crate held" == column.subtitle
    assert "https://example.org/the-piano/" == column.source_url
    assert (
        '<p>See <a href="https://example.org/log/">the log</a>.</p>'
        '<p><a href="https://example.org/b">The Buoy</a></p>'
    ) == column.html


def test_a_ghost_export_lists_its_posts(ghost):
    posts = list_posts(ghost)

    assert ["the-piano", "the-safe", "old"] == [post.slug for post in posts]
    assert 2015 == posts[2].published.year


def test_a_ghost_post_for_members_is_not_let_out(ghost):
    with pytest.raises(ColumnError, match="audience: paid"):
        read_column(ghost, post="the-safe")


def test_a_post_that_cannot_be_taken_out_stops_no_other(ghost, tmp_path, columncast):
    all_of_them = columncast(
        "import", ghost, "--to", tmp_path / "out", "--post", "the-safe", "--post", "old", "--json"
    )
    only_one = columncast("import", ghost, "--to", tmp_path / "none", "--post", "the-safe")
    unknown = columncast("import", ghost, "--to", tmp_path / "none", "--post", "x", "--post", "old")

    assert ["old.html"] == [path.name for path in (tmp_path / "out").iterdir()]
    assert (3, 3, 3) == (all_of_them.code, only_one.code, unknown.code)
    assert 1 == len(json.loads(all_of_them.out)["failed"])
    assert "'the-safe' is not for everyone" in all_of_them.err
    assert not (tmp_path / "none").exists()


def test_half_a_character_in_json_harms_nothing(ghost):
    ghost.write_text(
        ghost.read_text().replace("See ", r"\ud83d See \ud83d\ude00 "), encoding="utf-8"
    )

    column = read_column(ghost, post="the-piano")

    assert column.text.startswith("See 😀")


ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Days</title>
<entry><title type="html">The &lt;em&gt;Piano&lt;/em&gt;</title><link href="https://example.org/p/the-piano"/>
<author><name>Ida Lindqvist</name></author><published>2025-07-30T13:00:00Z</published>
<content type="html">&lt;p&gt;The ferry &amp;amp; the crate.&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</content></entry>
<entry><title>The Buoy</title><link href="https://example.org/p/the-buoy"/><updated>2025-08-01T00:00:00Z</updated>
<content type="html">&lt;p&gt;Red.&lt;/p&gt;</content></entry></feed>"""


def test_an_entry_of_the_publications_feed(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(ATOM, encoding="utf-8")

    column = read_column(path, post="the-piano")

    assert ("The Piano", "Ida Lindqvist") == (column.title, column.author)
    assert datetime(2025, 7, 30, 13, tzinfo=UTC) == column.published
    assert "<p>The ferry &amp; the crate.</p>" == column.html
    assert list_posts(path)[1].published is None


def test_a_short_entry_without_a_summary_has_its_text_and_no_subtitle(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        "<item><title>The Buoy</title><link>https://example.org/the-buoy</link>"
        "<content:encoded><![CDATA[<p>Red.</p>]]></content:encoded></item></channel></rss>"
    )

    column = read_column(path, post="the-buoy")

    assert ("", "<p>Red.</p>") == (column.subtitle, column.html)


def test_a_feed_that_is_damaged_in_its_middle_is_one_line(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_bytes(
        b"<?xml version='1.0' en\xecoding='UTF-8'?><rss xmlns:content='http://purl.org/rss/1.0/modt/1.2/'>"
        b"<channel><item><title>T\xb4/title><content:encoded><![CDATA[x]]></content:encoded></item></rss>"
    )

    found = [column for _, column in read_posts(path, {post.slug: "" for post in list_posts(path)})]

    assert all(isinstance(column, ColumnError) for column in found)


@pytest.fixture
def word(tmp_path):
    """Make a .docx with the parts that Word and Google Docs write."""

    def make(body: str, **parts: str):
        path = tmp_path / "column.docx"
        space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        with zipfile.ZipFile(path, "w") as z:
            z.writestr(
                "[Content_Types].xml",
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                '<Default Extension="xml" ContentType="application/xml"/></Types>',
            )
            z.writestr(
                "_rels/.rels",
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                'relationships/officeDocument" Target="word/document.xml"/></Relationships>',
            )
            styles = "".join(
                f'<w:style w:type="paragraph" w:styleId="{i}"><w:name w:val="{n}"/></w:style>'
                for i, n in (
                    ("Title", "Title"),
                    ("Subtitle", "Subtitle"),
                    ("Heading1", "heading 1"),
                )
            )
            z.writestr("word/styles.xml", f"<w:styles {space}>{styles}</w:styles>")
            z.writestr(
                "word/_rels/document.xml.rels",
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                '<Relationship Id="s1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                'relationships/styles" Target="styles.xml"/></Relationships>',
            )
            document = f"<w:document {space}><w:body>{body}</w:body></w:document>"
            z.writestr("word/document.xml", parts.get("document", document))
        return path

    return make


def a_paragraph(text: str, style: str = "", run: str = "") -> str:
    kind = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{kind}<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def test_a_word_document_is_a_column(word):
    body = (
        a_paragraph("The Piano", "Title")
        + a_paragraph("What the crate held", "Subtitle")
        + a_paragraph("The ferry left at noon. ")
        + a_paragraph("Below deck", "Heading1")
        + a_paragraph("Nobody knew.", run="<w:i/>")
    )

    column = read_column(word(body))

    assert ("The Piano", "What the crate held") == (column.title, column.subtitle)
    assert (
        "<p>The ferry left at noon.</p><h2>Below deck</h2><p><em>Nobody knew.</em></p>"
        == column.html
    )


@pytest.mark.parametrize(
    "document", ["<w:document", "<!DOCTYPE d [<!ENTITY a 'b'>]><d>&a;</d>", ""]
)
def test_a_broken_or_hostile_document_is_refused(word, document):
    with pytest.raises(ColumnError, match=r"column\.docx"):
        read_column(word("", document=document))


PAGE = """<!doctype html><html lang="en-GB"><head><title>The Piano - Harbour Days</title>
<meta property="og:title" content="The Piano"><meta name="author" content="Ida Lindqvist">
<meta property="article:published_time" content="2025-07-30T13:00:00+02:00">
<meta property="og:description" content="What the crate held">
<link rel="canonical" href="https://example.org/p/the-piano"></head><body>
<nav><a href="/">Home</a></nav><header><h1>Harbour Days</h1></header>
<article><h1>The Piano</h1><p class="date">July 30, 2025</p><p>By Ida Lindqvist</p>
<div class="available-content"><p>Listen to the narration of this column below</p>{}</div>
<footer>Share this</footer></article><aside>Related</aside>
<div class="comments"><p>Nice one, I loved it!</p></div><script>track()</script></body></html>"""


def test_a_saved_page_gives_the_article_and_nothing_around_it(tmp_path):
    path = tmp_path / "page.html"
    body = (
        TEXT
        + '<p>See <a href="/log">the log</a>, kept in the harbour office to this day by three clerks.</p>'
    )
    path.write_text(PAGE.replace("{}", body + TEXT), encoding="utf-8")

    column = read_column(path)

    assert ("The Piano", "Ida Lindqvist", "en-gb") == (column.title, column.author, column.language)
    assert "https://example.org/p/the-piano" == column.source_url
    assert "What the crate held" == column.subtitle
    assert "2025-07-30T13:00:00+02:00" == column.published.isoformat()
    assert TEXT + body[len(TEXT) :].replace("/log", "https://example.org/log") + TEXT == column.html


def test_a_zip_that_unpacks_without_end_is_stopped(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("posts.csv", POSTS_CSV)
        z.writestr("posts/1001.the-piano.html", b"a" * 40_000_000)

    with pytest.raises(ColumnError, match="unpacks to more than 16 MB"):
        read_column(path, post="the-piano")


def test_a_zip_with_an_endless_table_of_contents_is_refused(tmp_path):
    path = tmp_path / "many.zip"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 900_000_000, 0, 0)
    path.write_bytes(b"PK\x03\x04" + b"\x00" * 100 + end)

    with pytest.raises(ColumnError, match="too many files"):
        list_posts(path)


@pytest.mark.parametrize("name", ["../posts.csv", "/posts.csv", "C:\\posts.csv"])
def test_names_in_a_zip_lead_nowhere(tmp_path, name):
    path = tmp_path / "tricks.zip"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr(name, POSTS_CSV)
        z.writestr("../posts/1001.the-piano.html", TEXT)
    before = sorted(tmp_path.parent.rglob("*"))

    with suppress(ColumnError):
        read_column(path, post="the-piano")

    assert before == sorted(tmp_path.parent.rglob("*"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 nothing more", "damaged zip"),
        (b'{"db": [{"data": {"posts": 1}}]}', "no Ghost export"),
        (b'{"data": null}', "no posts"),
        (b'{"db":' + b"[" * 100_000, "no Ghost export"),
        (WXR.encode()[:-400], "damaged XML"),
    ],
)
def test_a_damaged_export_is_one_clear_line(tmp_path, content, told):
    path = tmp_path / "export"
    path.write_bytes(content)

    with pytest.raises(ColumnError, match=told) as caught:
        list_posts(path)

    assert "\n" not in str(caught.value)


def test_a_zip_of_something_else_is_told(tmp_path):
    path = tmp_path / "photos.zip"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as z:
        z.writestr("a.jpg", "x")
    path.write_bytes(buffer.getvalue())

    with pytest.raises(ColumnError, match="no export of Substack"):
        read_column(path)


@pytest.mark.parametrize("kind", ["substack", "wordpress", "ghost"])
@pytest.mark.parametrize("paid_text", [False, True])
def test_posts_read_all_at_once_are_what_each_is_alone(kind, paid_text, request):
    path = request.getfixturevalue(kind)
    path = path() if callable(path) else path
    slugs = [post.slug for post in list_posts(path)]
    alone: dict[str, object] = {}
    for slug in slugs:
        try:
            alone[slug] = read_column(path, post=slug, title="Ours", paid_text=paid_text)
        except ColumnError as e:
            alone[slug] = str(e)

    found = list(read_posts(path, dict.fromkeys(slugs, "Ours"), paid_text=paid_text))

    together = {slug: str(c) if isinstance(c, ColumnError) else c for slug, c in found}
    assert alone == together
    assert len(found) == len(slugs) > 1


def test_an_export_is_read_once_however_many_posts_are_wanted(wordpress, monkeypatch):
    path = wordpress()
    posts = {post.slug: "" for post in list_posts(path)}
    times = []
    read = wxr.read_items
    monkeypatch.setattr(wxr, "read_items", lambda *a: times.append(1) or read(*a))

    assert len(list(read_posts(path, posts))) > 1
    assert 1 == len(times)


def test_a_single_column_has_no_posts_to_read(tmp_path):
    path = tmp_path / "column.txt"
    path.write_text("The Piano\n\nA crate came.\n", encoding="utf-8")

    with pytest.raises(ColumnError, match=r"^column.txt: .*single column"):
        list(read_posts(path, {"the-piano": ""}))


@pytest.mark.parametrize(
    ("before", "encoding", "after"),
    [
        ("\n\n", "UTF-8", ""),
        ("<br />\n<b>Notice</b>: x in <b>/y.php</b> on line <b>3</b>\n", "UTF-8", ""),
        ("", "UTUTF-8", ""),
        ("", "UTF-8", "\n<!-- 0.3 seconds --><script>1 && 2</script>"),
        ("", "UTF-8", "\x0b"),
    ],
)
def test_an_export_is_read_whatever_its_server_put_around_it(tmp_path, before, encoding, after):
    path = tmp_path / "export.xml"
    path.write_text(
        f'{before}<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><title>The \x0bFerry</title>'
        "<content:encoded><![CDATA[<p>It’s late.</p>]]></content:encoded>"
        "<wp:post_name>the-ferry</wp:post_name><wp:status>publish</wp:status>"
        f"<wp:post_type>post</wp:post_type></item></channel></rss>{after}",
        encoding="utf-8",
    )

    assert ["The Ferry"] == [post.title for post in list_posts(path)]
