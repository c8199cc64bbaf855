"""Pages, feed and notes in the listener's language, to the last phrase, and right to left."""

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from builders import plain_cover
from feed_builders import SHARED, enclosure, episode, notes, show
from selectolax.lexbor import LexborHTMLParser

from columncast.episodes.model.column import Block, Column, Footnote, Mention, Span
from columncast.episodes.model.editor import Correction, Editor
from columncast.episodes.model.episode import Attachment, Chapter, Person
from columncast.episodes.model.summary import listing_of, listings_of
from columncast.episodes.notes.compose import show_notes
from columncast.episodes.phrases.shipped import of_file
from columncast.episodes.show.settings import FeedSettings
from columncast.feed.artwork.small_pictures import Cover, pictures_of
from columncast.feed.rss.document import plan_pages, render_rss
from columncast.feed.rss.subscribe import subscribe_links
from columncast.feed.site.assets import shared_files
from columncast.feed.site.pages import render_embed, render_feed_style, render_index, render_page

BRACES = re.compile(r"\\\{\w+\\\}")
FILLED_IN = r"(?:\{\w+\}|[\d.,:]+(?: MB)?|1 January 2026|Qux)"
SAID = re.compile("aria-label|title|alt|content|data-.+")
APPS = {link.app for link in subscribe_links("https://q.example/")}
"""Names that are the same in every language: Podcast Addict."""
WORDS = "Qux qax qix"
"""Text that is in no language, so that every word of one on a page is ours."""


def a_show(language, **said):
    return show(
        **{"title": "Qux", "author": "Qax", "description": "Qix.", "language": language} | said
    )


def an_episode(slug="qux", **said):
    """An episode with everything that a page has phrases for."""
    filled = {
        "slug": slug,
        "title": WORDS,
        "author": "Qax",
        "season": 1,
        "number": 2,
        "notes": notes(f"<p>{WORDS}</p>", plain=WORDS),
        "text_html": f"<p>{WORDS}</p>",
        "enclosure": enclosure(duration_s=3900.0),
        "chapters": (Chapter(start_s=0, title="Qix"), Chapter(start_s=20, title="Qox")),
        "persons": tuple(
            Person(name="Qax", role=role, group=group)
            for role, group in (("Author", "writing"), ("narrator", "cast"), ("Co-Host", "cast"))
        ),
        "alternates": (enclosure("qux.opus", mime_type="audio/ogg"),),
        "transcripts": (Attachment(url="https://q.example/t.vtt", mime_type="text/vtt"),),
    }
    return episode(1, **filled | said)


def pages(language):
    """Every kind of page of a show, as text."""
    ours = a_show(language, feed=FeedSettings(page_size=1))
    several = [an_episode(f"qux-{n}", type=kind) for n, kind in enumerate(("full", "trailer"))]
    several += [an_episode("qux-2", type="bonus"), an_episode("qux-3", text_html="")]
    beside = listing_of(several[0])
    for one in several:
        yield render_page(
            ours, one, files=SHARED, words="w.json", previous=beside, following=beside
        )
        yield render_embed(ours, one, files=SHARED)
    yield render_page(ours, several[0], files=SHARED)
    plan = plan_pages(ours, listings_of(several))
    for page in plan:
        yield render_index(ours, page, total=len(several), files=SHARED)
    for total in (0, 1):
        yield render_index(ours, plan_pages(ours, [])[0], total=total, files=SHARED)
    yield render_rss(ours, several[:1], cover_url=SHARED.cover_url).decode()


def notes_in(language):
    column = Column(
        title=WORDS,
        slug="qux",
        blocks=(Block(spans=(Span(text=f"{WORDS}. "), Span(kind="note", text="1"))),),
        footnotes=(Footnote(number=1, blocks=(Block(spans=(Span(text="Qox"),)),)),),
        story_date="1.1.",
    )
    several = [
        Editor(
            author="Qax",
            narrator=name,
            mentioned=(Mention(title="Qix", by="Qox"),),
            correction=(Correction(date=date(2026, 1, 1), text="Qox"),),
        )
        for name in ("Qax", "Qox")
    ]
    link = "https://q.example/"
    return [
        show_notes(column, a_show(language), link=link, editor=editor).html for editor in several
    ]


def read_aloud(html):
    """Each text of a page that a person sees or hears: text and the attributes that hold some."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(["style", "script"])
    for node in tree.root.traverse(include_text=True):
        if node.tag == "-text" and node.text(deep=False) not in APPS:
            yield node.text(deep=False).strip().replace("\N{NO-BREAK SPACE}", " ")
        for name, value in node.attributes.items():
            if value and SAID.fullmatch(name):
                yield value


def every(language):
    for named in of_file(language).values():
        for phrase in named.values():
            yield from phrase.values() if isinstance(phrase, dict) else [phrase]


def as_pattern(phrase):
    """A phrase of English as it stands on a page, whatever is filled in."""
    text = BRACES.sub(lambda _: FILLED_IN, re.escape(phrase))
    return re.compile(rf"(?<!\w){text}(?!\w)")


def own_phrases():
    """The phrases of English that have words, by the pattern that finds them."""
    return {
        phrase: as_pattern(phrase)
        for phrase in every("en")
        if re.search(r"\w", BRACES.sub("", re.escape(phrase)))
    }


def spoken_in(language, texts):
    """The phrases of English among *texts* that the file of *language* has not."""
    its = set(every(language))
    return {
        phrase
        for phrase, pattern in own_phrases().items()
        if phrase not in its and any(pattern.search(text) for text in texts)
    }


def test_every_phrase_of_english_stands_somewhere_on_these_pages():
    """Or the next test would look for what it cannot find."""
    texts = [text for html in (*pages("en"), *notes_in("en")) for text in read_aloud(html)]
    sections = ("notes", "units", "episode", "player", "subscribe", "feed")
    wanted = [phrase for section in sections for phrase in of_file("en")[section].values()]
    wanted.remove(of_file("en")["player"]["close"])  # of the player in somebody's own article

    assert set() == {
        phrase
        for phrase, pattern in own_phrases().items()
        if phrase in wanted and not any(pattern.search(text) for text in texts)
    }


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr", "it", "nl", "pl", "pt", "sv"])
def test_no_english_phrase_stands_on_a_page_in_another_language(language):
    texts = [text for html in pages(language) for text in read_aloud(html)]
    texts += [text for html in notes_in(language) for text in read_aloud(html)]

    assert set() == spoken_in(language, texts)


def test_english_on_a_welsh_page_is_marked_for_screen_readers_and_welsh_is_not():
    html = LexborHTMLParser(next(pages("cy")))

    assert "cy" == html.root.attributes["lang"]
    for said in ("a.skip", "#listen", "[data-controls]", "[data-bar]", "aside h2", ".foot h2"):
        assert "en" == html.css_first(said).attributes["lang"], said
    assert "cy" == html.css_first("[data-bar] [dir=auto]").attributes["lang"]
    for own in ("h1", ".prose", "time"):
        assert "lang" not in html.css_first(own).attributes
    assert "2 Ionawr 2026" == html.css_first("time").text()


def test_phrases_in_the_language_of_the_page_need_no_mark():
    assert all(
        "lang" not in node.attributes
        for node in LexborHTMLParser(next(pages("de-at"))).css("body *")
    )


def test_a_show_says_it_in_its_own_words():
    own = {"de": {"episode": {"transcript": "Zum <Lesen>"}, "notes": {"read_column": "Hier"}}}

    html = render_page(a_show("de", phrases=own), an_episode(), files=SHARED)
    theirs = show_notes(
        Column(title="Qux", slug="qux", blocks=(Block(spans=(Span(text=WORDS),)),)),
        a_show("de", phrases=own),
        link="https://q.example/",
    )

    assert "Zum &lt;Lesen&gt;" in html
    assert "Hier: <a" in theirs.html


@pytest.mark.parametrize(
    ("duration_s", "language", "length"),
    [
        (30, "en", "1 min"),
        (3900, "en", "1 h 5 min"),
        (7200, "de", "2 Std."),
        (60, "ar", "دقيقة واحدة"),
        (3720, "ar", "ساعة ودقيقتان"),
        (7800, "ar", "ساعتان و10 دقائق"),
        (660, "ar", "11 دقيقة"),
    ],
)
def test_a_length_is_said_as_people_say_it(duration_s, language, length):
    html = render_page(
        a_show(language), an_episode(enclosure=enclosure(duration_s=duration_s)), files=SHARED
    )

    meta = LexborHTMLParser(html).css("header.hero .meta bdi")

    assert length == meta[1].text().replace("\N{NO-BREAK SPACE}", " ")


def keys_on(language):
    html = LexborHTMLParser(render_page(a_show(language), an_episode(), files=SHARED))
    return [kbd.text() for kbd in html.css(".keys kbd")], html


def test_from_right_to_left_the_arrow_to_the_right_leads_back():
    """The player turns them round as well; what is said of `<` is not mirrored by the browser."""
    english, _ = keys_on("en")
    arabic, html = keys_on("ar")

    assert ["←", "→", "<", ">"] == english[-4:]
    assert ["→", "←", "<", ">"] == arabic[-4:]
    assert "ltr" == html.css(".keys dt")[-1].attributes["dir"]


def test_the_feed_of_an_arabic_show_opens_from_right_to_left_and_no_other_says_so():
    arabic, english = (
        render_rss(a_show(language), [an_episode()], cover_url=SHARED.cover_url).decode()
        for language in ("ar", "en")
    )

    assert '<xhtml:div dir="rtl">' in arabic
    assert "<xhtml:div>" in english


ARABIC = "كان الجدار الطويل يمتد على طول النهر، ولم يأتِ أحد. " * 8


@pytest.fixture
def arabic(tmp_path):
    """A show in Arabic on the disk: its page, and an episode's with all that a page has."""
    ours = a_show(
        "ar", title="رسائل من بلدة هادئة", author="آدا", description="مقالات عن بلدة على النهر."
    )
    one = an_episode(
        title="الجدار الطويل",
        author="آدا",
        notes=notes(f"<p>{ARABIC}</p>", plain=ARABIC),
        chapters=(Chapter(start_s=0, title="المقدمة"), Chapter(start_s=20, title="المطر")),
        persons=(Person(name="توماس ريد", role="narrator"),),
    )
    cover = Cover(
        content=plain_cover(),
        suffix=".jpg",
        mime_type="image/jpeg",
        side_px=1400,
    )
    shared, assets = shared_files(ours, pictures_of(cover))
    feed = tmp_path / "feed"
    (feed / one.slug).mkdir(parents=True)
    for asset in assets:
        (feed / asset.name).write_bytes(asset.content)
    beside = listing_of(an_episode(title="النهر"))
    html = render_page(ours, one, files=shared, previous=beside, following=beside)
    (feed / one.slug / "index.html").write_text(html, encoding="utf-8")
    page = plan_pages(ours, listings_of([one]))[0]
    index = render_index(ours, page, total=3, files=shared)
    (feed / "index.html").write_text(index, encoding="utf-8")
    return feed


@pytest.fixture
def seen(browser):
    """Open a file in Chromium; return what *ask* finds, and what shuts people out of a page."""

    def see(path, ask, width, *, accessible=True):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        violations = Axe().run(page).response["violations"] if accessible else []
        return page.evaluate(ask), [violation["id"] for violation in violations]

    return see


@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("path", ["index.html", "qux/index.html"])
def test_an_arabic_page_fits_a_phone_and_shuts_nobody_out(arabic, seen, path, width):
    found, violations = seen(
        arabic / path,
        """() => {
            const root = document.documentElement;
            const box = document.querySelector("h1").getBoundingClientRect();
            return [root.scrollWidth, scrollX, box.left >= 0 && box.right <= innerWidth,
                    getComputedStyle(document.querySelector("h1")).direction, root.lang];
        }""",
        width,
    )

    assert [] == violations
    assert [width, 0, True, "rtl", "ar"] == found


def test_an_arabic_feed_fits_a_phone_from_right_to_left(arabic, seen):
    xml = render_rss(a_show("ar", title="رسائل"), [an_episode()], cover_url=SHARED.cover_url)
    (arabic / "feed.xml").write_bytes(xml)
    (arabic / "feed.css").write_text(render_feed_style(), encoding="utf-8")

    found, _ = seen(
        arabic / "feed.xml",
        """() => [document.documentElement.scrollWidth,
                  getComputedStyle(document.querySelector("channel > title")).direction]""",
        390,
        accessible=False,
    )

    assert [390, "rtl"] == found
