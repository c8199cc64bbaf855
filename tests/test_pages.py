"""The public pages, read with a parser of HTML that did not write them."""

from __future__ import annotations

import json
import re

import pytest
from feed_builders import BASE_URL, COVER_URL, SHARED, enclosure, episode, master, notes, show
from selectolax.lexbor import LexborHTMLParser

from columncast.episodes.errors import SettingsError
from columncast.episodes.model.episode import Attachment, Chapter, Person
from columncast.episodes.model.picture import Picture, PictureFile
from columncast.episodes.model.podcast20 import EpisodeTags, Funding
from columncast.episodes.model.summary import listings_of
from columncast.episodes.show.settings import FeedSettings, PodcastSettings
from columncast.feed.rss.document import plan_pages
from columncast.feed.site.assets import CSS_COMMENT, lean_style, static_text
from columncast.feed.site.pages import render_index, render_not_found, render_page, render_root


def page(an_episode=None, a_show=None, **how) -> LexborHTMLParser:
    html = render_page(a_show or show(), an_episode or episode(), files=SHARED, **how)
    return LexborHTMLParser(html)


def index_of(a_show, *episodes, page=0) -> str:
    plan = plan_pages(a_show, listings_of(episodes))
    return render_index(a_show, plan[page], total=len(episodes), files=SHARED)


def index(*episodes, **said) -> LexborHTMLParser:
    return LexborHTMLParser(index_of(show(**said), *episodes))


def meta(html: LexborHTMLParser, name: str) -> str:
    found = html.css_first(f'meta[property="{name}"], meta[name="{name}"]')
    return found.attributes["content"]


def linked_data(html: LexborHTMLParser) -> dict:
    return json.loads(html.css_first('script[type="application/ld+json"]').text())


def test_the_page_plays_without_javascript_and_without_fetching_before_asked():
    html = page()

    player = html.css_first("audio")

    assert "controls" in player.attributes
    assert "none" == player.attributes["preload"]
    assert "../../audio/week-1-1a2b3c4d.mp3" == player.attributes["src"]
    assert [None, "../player-0a1b2c3d.js", "../page-0a1b2c3d.js"] == [
        s.attributes.get("src") for s in html.css("script")
    ]


def test_the_page_loads_nothing_from_elsewhere():
    html = page(episode(master=master()))

    sources = [e.attributes["src"] for e in html.css("[src]")]
    styles = [e.attributes["href"] for e in html.css('link[rel*="icon"], link[rel="stylesheet"]')]

    assert all(source.startswith("../") for source in sources)
    assert all(style.startswith("../") for style in styles)
    assert "url(" not in html.css_first("style").text()
    assert "@import" not in html.css_first("style").text()


@pytest.mark.parametrize(
    "html",
    [
        render_page(show(), episode(), files=SHARED),
        index_of(show(), episode()),
        render_root(show(), listings_of([episode()])[0], files=SHARED),
        render_not_found(show(), files=SHARED),
    ],
    ids=["episode", "show", "root", "not found"],
)
def test_no_page_loads_the_cover_as_directories_get_it(html):
    pictures = [img.attributes["src"] for img in LexborHTMLParser(html).css("img")]

    assert pictures
    assert {SHARED.picture} == {src.rpartition("/")[2] for src in pictures}


def test_a_style_sheet_goes_out_shorter_and_means_the_same():
    for name in ("player.css", "show.css", "embed.css"):
        text = static_text(name)
        lean = lean_style(text)

        values = re.compile(r"\"[^\"]*\"|#\w+|--[\w-]+|[\d.]+\w*%?|\b[a-z-]+\(")
        assert values.findall(lean) == values.findall(CSS_COMMENT.sub("", text))
        assert len(lean) < 0.9 * len(text)


def test_title_date_season_length_and_author_are_said():
    numbered = episode(season=2, number=7, podcast=EpisodeTags(season_name="The River"))

    told = page(numbered).css_first("header.hero .meta").text()

    assert "2 January 2026 · The River · Episode 7 · 7\N{NO-BREAK SPACE}min · Ada Mill" == told


def test_notes_are_shown_as_html_and_everything_else_as_text():
    tricky = episode(title='<b>1 < 2</b> & "co"', notes=notes("<p>An <em>important</em> boat.</p>"))

    html = page(tricky)

    assert "important" == html.css_first(".prose em").text()
    assert '<b>1 < 2</b> & "co"' == html.css_first("h1").text()
    assert '<b>1 < 2</b> & "co" · Letters from a Slow Town' == html.css_first("title").text()


def test_the_whole_column_is_shown_when_the_show_says_so_and_stays_the_original():
    full = show(feed=FeedSettings(page="text"))

    html = page(a_show=full)

    assert "two timetables" in html.css_first(".prose").text()
    assert (
        "https://example.org/columns/week-1"
        == html.css_first('[rel="canonical"]').attributes["href"]
    )


def test_of_the_notes_this_page_is_the_original():
    assert f"{BASE_URL}feed/week-1/" == page().css_first('[rel="canonical"]').attributes["href"]


def test_chapters_lead_into_the_audio():
    marked = episode(
        chapters=(Chapter(start_s=0, title="Case"), Chapter(start_s=3725.4, title="Late"))
    )

    rows = page(marked).css('.chapters a[href*="#t="]')

    assert ["0:00 Case", "1:02:05 Late"] == [" ".join(r.text().split()) for r in rows]
    assert rows[1].attributes["href"].endswith(".mp3#t=3725")


def test_transcripts_and_other_encodings_can_be_taken():
    rich = episode(
        transcripts=(
            Attachment(url=f"{BASE_URL}feed/week-1/transcript.vtt", mime_type="text/vtt"),
        ),
        alternates=(
            enclosure("week-1-99aa88bb.opus", title="Small (Opus)", length_bytes=1_720_000),
        ),
    )

    html = page(rich)

    assert html.css_first('a[href="../../feed/week-1/transcript.vtt"]')
    assert "1.7 MB" in html.css_first('a[href="../../audio/week-1-99aa88bb.opus"]').text()


def test_credits_are_given_with_their_links():
    credited = episode(
        persons=(
            Person(name="Ada Mill", role="author", group="writing"),
            Person(name="Tomas Reed", role="narrator", href="https://example.org/tomas"),
        )
    )

    html = page(credited)

    assert "Tomas Reed narrator" == " ".join(
        html.css_first('a[href="https://example.org/tomas"]').text().split()
    )
    assert "Ada Mill" in html.css_first("aside").text()


def test_search_engines_read_the_episode():
    data = linked_data(page(episode(season=1, number=3)))

    assert "PodcastEpisode" == data["@type"]
    assert "PT0H7M10S" == data["timeRequired"]
    assert "5160000" == data["associatedMedia"]["contentSize"]
    assert f"{BASE_URL}feed/feed.xml" == data["partOfSeries"]["webFeed"]
    assert (3, 1) == (data["episodeNumber"], data["partOfSeason"]["seasonNumber"])


def test_search_engines_read_chapters_and_transcripts():
    rich = episode(
        chapters=(Chapter(start_s=0, title="Case"), Chapter(start_s=20.4, title="Late")),
        transcripts=(Attachment(url=f"{BASE_URL}feed/week-1/t.vtt", mime_type="text/vtt"),),
    )

    data = linked_data(page(rich))

    clips = [(c["name"], c["startOffset"], c["endOffset"]) for c in data["hasPart"]]
    assert [("Case", 0, 20), ("Late", 20, 430)] == clips
    assert f"{BASE_URL}feed/week-1/#t=20" == data["hasPart"][1]["url"]
    assert "text/vtt" == data["associatedMedia"]["caption"][0]["encodingFormat"]


def test_what_only_a_producer_asks_for_is_not_on_the_page():
    """Loudness, codecs and kinds of files are in the preview."""
    rich = episode(
        master=master(),
        transcripts=tuple(
            Attachment(url=f"{BASE_URL}feed/week-1/t.{kind}", mime_type=mime)
            for kind, mime in (("json", "application/json"), ("vtt", "text/vtt"))
        ),
    )

    html = page(rich)

    rows = [row.text().strip() for row in html.css("aside .rows li")]
    assert ["Download (5.2 MB)", "Transcript"] == rows
    assert html.css_first('a[href="../../feed/week-1/t.vtt"]')
    for word in ("LUFS", "dBTP", "MP3", "WebVTT", "SubRip"):
        assert word not in html.body.text()


def test_the_columns_own_pictures_wait_until_a_reader_comes_near():
    boat = Picture(files=(PictureFile(name="picture-a-1a2b3c4d.jpg", width_px=9, height_px=9),))
    html = page(episode(text_html=f"<p>{boat.html('A boat')}</p>"), words="words.json")

    picture = html.css_first(".prose img")

    assert ("lazy", "async") == (picture.attributes["loading"], picture.attributes["decoding"])


def test_an_episode_with_its_own_cover_shows_that_one_alone():
    own = episode(image_url=f"{BASE_URL}feed/week-1/cover-1a2b3c4d.jpg", image_alt="A green boat")

    html = page(own, picture="thumbnail-1a2b3c4d.webp")

    shown = [(img.attributes["src"], img.attributes["alt"]) for img in html.css("img")]
    assert [("thumbnail-1a2b3c4d.webp", "A green boat")] == shown


def test_the_browser_takes_on_the_colour_of_the_paper(tmp_path):
    ours = page().css('meta[name="theme-color"]')
    (tmp_path / "style.css").write_text(":root { --paper: teal; }", encoding="utf-8")
    own = page(templates=tmp_path).css('meta[name="theme-color"]')

    assert ["#fbfaf7", "#171512"] == [m.attributes["content"] for m in ours]
    assert ["teal"] == [m.attributes["content"] for m in own]


def test_a_title_cannot_end_the_linked_data():
    data = linked_data(page(episode(title="</script><script>alert(1)</script>")))

    assert "</script><script>alert(1)</script>" == data["name"]


def test_a_shared_link_shows_title_picture_and_player():
    html = page(episode(subtitle="About a boat"))

    assert "Week 1: the ferry" == meta(html, "og:title")
    assert "About a boat" == meta(html, "og:description")
    assert COVER_URL == meta(html, "og:image")
    assert f"{BASE_URL}audio/week-1-1a2b3c4d.mp3" == meta(html, "og:audio")
    assert "player" == meta(html, "twitter:card")


def test_readers_find_the_feed_from_every_page():
    for html in (page(), index(episode())):
        link = html.css_first('link[rel="alternate"][type="application/rss+xml"]')
        assert f"{BASE_URL}feed/feed.xml" == link.attributes["href"]


def test_the_index_lists_the_newest_first_and_offers_apps():
    html = index(
        episode(1),
        episode(2),
        podcast=PodcastSettings(funding=(Funding(url="https://e.org/give", text="Give"),)),
    )

    assert ["week-2/index.html", "week-1/index.html"] == [
        a.attributes["href"] for a in html.css(".episodes .title")
    ]
    hrefs = [a.attributes["href"] for a in html.css(".buttons a")]
    assert "podcast://example.org/podcast/feed/feed.xml" in hrefs
    assert "https://e.org/give" in hrefs


def test_every_episode_of_the_list_plays_without_javascript_and_has_a_line_of_text():
    html = index(episode(1, subtitle="About a boat"), episode(2))

    plays = html.css(".episodes a.play")

    assert ["../audio/week-2-1a2b3c4d.mp3", "../audio/week-1-1a2b3c4d.mp3"] == [
        a.attributes["href"] for a in plays
    ]
    assert "Play: Week 2: the ferry" == plays[0].attributes["aria-label"]
    assert ["A boat.", "About a boat"] == [p.text() for p in html.css(".episodes .summary")]


def test_episodes_stand_by_their_seasons():
    html = index(
        episode(1, season=1, podcast=EpisodeTags(season_name="The River")),
        episode(2, type="bonus"),
        episode(3, season=2),
        episode(4, season=1, podcast=EpisodeTags(season_name="The River")),
    )

    assert ["The River", "Season 2", "Other episodes"] == [h.text() for h in html.css("h3")]
    assert not [p.text() for p in html.css("ol .meta") if "Season" in p.text()]
    assert ["#season-1", "#season-2", "#season-0"] == [
        a.attributes["href"] for a in html.css(".seasons a")
    ]
    assert [["week-4", "week-1"], ["week-3"], ["week-2"]] == [
        [a.attributes["href"].partition("/")[0] for a in ol.css(".title")]
        for ol in html.css("ol.episodes")
    ]


def test_a_show_without_seasons_has_no_headings_of_seasons():
    html = index(episode(1), episode(2))

    assert [] == html.css("h3, .seasons")


@pytest.mark.parametrize("render", [page, index])
def test_services_of_the_show_come_first_and_their_apps_are_not_offered_twice(render):
    said = {
        "subscribe": {
            "spotify": "https://open.spotify.com/show/abc",
            "apple": "https://podcasts.apple.com/us/podcast/id123",
            "Radio Walls": "https://walls.example/radio?show=7",
        }
    }
    html = page(a_show=show(**said)) if render is page else index(episode(1), **said)

    links = [(a.text(), a.attributes["href"]) for a in html.css(".buttons:not(.seasons) a")]

    assert [
        ("Spotify", "https://open.spotify.com/show/abc"),
        ("Apple Podcasts", "https://podcasts.apple.com/us/podcast/id123"),
        ("Radio Walls", "https://walls.example/radio?show=7"),
        ("Pocket Casts", "pktc://subscribe/example.org/podcast/feed/feed.xml"),
    ] == links[:4]
    assert 1 == [name for name, _ in links].count("Apple Podcasts")


def test_the_ways_to_subscribe_are_one_step_from_the_player_without_javascript():
    html = page()

    button = html.css_first(".top a.button")

    assert ("#subscribe", "Subscribe") == (button.attributes["href"], button.text())
    assert html.css_first("#subscribe").text() == button.text()


@pytest.mark.parametrize("html", [page(), index(episode(1))], ids=["episode", "show"])
def test_the_feeds_address_can_be_copied_and_the_shows_page_scanned(html):
    address = html.css_first("[data-copy] code")
    code = html.css_first(".qr svg")

    assert f"{BASE_URL}feed/feed.xml" == address.text()
    assert "hidden" in html.css_first("[data-copy] button").attributes
    assert "img" == code.attributes["role"]
    assert code.attributes["aria-label"].startswith("QR code")


def test_search_engines_learn_where_else_the_show_is():
    links = {"spotify": "https://open.spotify.com/show/abc"}
    data = linked_data(index(subscribe=links, description="Essays."))

    assert "PodcastSeries" == data["@type"]
    assert ["https://open.spotify.com/show/abc"] == data["sameAs"]
    assert "Essays." == data["description"]
    assert "Ada Mill" == data["author"]["name"]
    assert "en" == data["inLanguage"]


def test_an_empty_show_has_a_page_too():
    assert "on its way" in index().body.text()


@pytest.mark.parametrize(
    ("language", "direction"), [("ar", "rtl"), ("he-il", "rtl"), ("de", "ltr")]
)
def test_language_and_direction_are_told_to_the_browser(language, direction):
    root = page(a_show=show(language=language)).root

    assert (language, direction) == (root.attributes["lang"], root.attributes["dir"])


def test_every_picture_has_its_text_and_every_heading_its_place():
    html = page(a_show=show(cover_alt="A waveform"))

    assert ["", "A waveform"] == [img.attributes["alt"] for img in html.css("img")]
    assert 1 == len(html.css("h1"))
    assert 1 == len(html.css("main"))


def test_a_show_may_bring_its_own_templates_and_colours(tmp_path):
    (tmp_path / "style.css").write_text(":root { --accent: teal }", encoding="utf-8")
    (tmp_path / "episode.html").write_text("<h1>{{ episode.title }}!</h1>", encoding="utf-8")

    html = page(templates=tmp_path)

    assert "Week 1: the ferry!" == html.css_first("h1").text()
    assert "teal" in html.css_first("style").text()


def test_a_mistake_in_an_own_template_is_told_with_file_and_line(tmp_path):
    (tmp_path / "episode.html").write_text("<h1>\n{% if %}</h1>", encoding="utf-8")

    with pytest.raises(SettingsError, match=r"templates/episode\.html line 2"):
        page(templates=tmp_path)


def test_the_same_episode_gives_the_same_page():
    pages = {render_page(show(), episode(master=master()), files=SHARED) for _ in range(2)}

    assert 1 == len(pages)


def test_a_long_list_is_cut_into_pages_that_lead_to_each_other():
    weeks = [episode(n) for n in range(1, 8)]
    small = show(feed=FeedSettings(page_size=2))
    pages = [LexborHTMLParser(index_of(small, *weeks, page=n)) for n in range(4)]

    slugs = [[a.attributes["href"] for a in p.css(".episodes .title")] for p in pages]
    ways = [[(a.text(), a.attributes["href"]) for a in p.css("nav.buttons a")] for p in pages]

    assert ["week-7/index.html", "week-6/index.html"] == slugs[0]
    assert [("Older episodes", "page-4.html")] == ways[0]
    assert [("Newer episodes", "index.html"), ("Older episodes", "page-3.html")] == ways[3]
    assert [("Newer episodes", "page-3.html")] == ways[1]
    assert 7 == len({slug for page in slugs for slug in page})
