"""The player for other sites, and what oEmbed says of it."""

import dataclasses
import json
import re
import xml.etree.ElementTree as ET

import pytest
from builders import plain_cover
from feed_builders import BASE_URL, SHARED, episode, show
from selectolax.lexbor import LexborHTMLParser

from columncast.episodes.model.summary import listings_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.show_toml import show_toml
from columncast.feed.artwork.placeholder import placeholder_cover
from columncast.feed.serving.headers import content_type, frames
from columncast.feed.site import embed, paste
from columncast.feed.site.newsletter import letter
from columncast.feed.site.pages import render_embed, render_page
from columncast.feed.site.write import write_site

ODD = episode(3, title='"Fog" & <Rain>')
# What WordPress lets through of the HTML of a site that it does not know (wp-includes/embed.php).
WORDPRESS = {"src", "width", "height", "title"}


def said(one=ODD):
    return embed.oembed(show(), one, picture_url=SHARED.play_url)


def head_links(html):
    nodes = LexborHTMLParser(html).css("head link[rel=alternate]")
    return {n.attributes["type"]: n.attributes for n in nodes}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "show.toml").write_text(show_toml(show()), encoding="utf-8")
    (tmp_path / "cover.jpg").write_bytes(plain_cover())
    return ShowFolder(tmp_path)


def write(folder, *episodes):
    whole = {e.slug: e for e in episodes}
    again = ShowFolder(folder.root)
    return set(write_site(again, listings_of(episodes), whole.__getitem__))


def test_both_answers_say_the_same():
    from_xml = {node.tag: node.text for node in ET.fromstring(embed.as_xml(said()))}

    assert {key: str(value) for key, value in json.loads(embed.as_json(said())).items()} == from_xml


def test_an_answer_has_what_the_specification_asks_of_a_rich_one():
    answer = json.loads(embed.as_json(said()))

    assert ("rich", "1.0") == (answer["type"], answer["version"])
    assert (480, 200) == (answer["width"], answer["height"])
    assert {"thumbnail_url", "thumbnail_width", "thumbnail_height"} <= set(answer)


def test_an_answer_holds_one_frame_of_which_wordpress_keeps_all_that_matters():
    body = LexborHTMLParser(said()["html"]).body

    (frame,) = body.css("*")[1:]

    kept = {name: value for name, value in frame.attributes.items() if name in WORDPRESS}
    assert "iframe" == frame.tag
    assert {
        "src": f"{BASE_URL}feed/week-3/embed/",
        "title": 'Listen to "Fog" & <Rain>',
        "width": "480",
        "height": "200",
    } == kept
    assert "lazy" == frame.attributes["loading"]


def test_a_page_leads_to_both_answers_and_to_the_player():
    html = render_page(show(), ODD, files=SHARED)

    links = head_links(html)

    assert f"{BASE_URL}feed/week-3/oembed.json" == links["application/json+oembed"]["href"]
    assert f"{BASE_URL}feed/week-3/oembed.xml" == links["text/xml+oembed"]["href"]
    assert f'<meta name="twitter:player" content="{BASE_URL}feed/week-3/embed/">' in html
    assert not any("wp-json/oembed" in link["href"] for link in links.values())  # Ghost skips them


def test_a_player_is_whole_in_itself():
    html = render_embed(show(), ODD, files=SHARED)

    asked = re.findall(r"""(?:src|srcset|href)=["']([^"']+)""", html.partition("<body>")[2])

    assert [
        "../../thumbnail-0a1b2c3d.webp",
        "../../week-3/index.html",
        "../../../audio/week-3-1a2b3c4d.mp3",
    ] == asked
    assert 'preload="none"' in html
    assert not re.search(r"<script[^>]*src|<link[^>]*stylesheet|cookie|localStorage", html)


def test_a_player_has_the_colours_of_the_show_and_ours_for_those_it_does_not_name(tmp_path):
    (tmp_path / "style.css").write_text(
        "p { margin: 9em }\n@media (prefers-color-scheme: dark) { :root { --accent: teal } }",
        encoding="utf-8",
    )

    html = render_embed(show(), ODD, files=SHARED, templates=tmp_path)

    assert "--accent: teal" in html
    assert "--paper: #fbfaf7" in html
    assert "9em" not in html


def test_a_player_is_written_with_its_page_and_goes_with_it(folder):
    changed = write(folder, episode(1), ODD)
    write(folder, ODD)

    files = {"index.html", "oembed.json", "oembed.xml", "embed/index.html"}
    assert {f"feed/week-{week}/{name}" for week in (1, 3) for name in files} <= changed
    assert not (folder.feed / "week-1").exists()


def test_one_address_has_the_newest_episode_in_it(folder):
    write(folder, episode(1))
    before = (folder.feed / "latest.html").read_text(encoding="utf-8")

    changed = write(folder, episode(1), ODD)
    after = (folder.feed / "latest.html").read_text(encoding="utf-8")

    assert "feed/latest.html" in changed
    assert 'src="../audio/week-1-1a2b3c4d.mp3"' in before
    assert 'src="../audio/week-3-1a2b3c4d.mp3"' in after
    assert 'href="week-3/index.html"' in after


def test_a_show_without_episodes_has_no_newest_one(folder):
    write(folder, ODD)
    write(folder)

    assert not (folder.feed / "latest.html").exists()


def test_the_picture_that_an_answer_names_is_there_and_stays_when_the_cover_changes(folder):
    write(folder, ODD)
    answer = json.loads((folder.feed / "week-3" / "oembed.json").read_text(encoding="utf-8"))
    (folder.root / "cover.jpg").write_bytes(placeholder_cover("Another show"))
    write(folder, ODD)

    # It is in e-mails that were sent.
    first = folder.root / answer["thumbnail_url"].removeprefix(BASE_URL)
    assert first.is_file()
    assert len(list(folder.feed.glob("play-*.jpg"))) == 2
    assert all(path.stat().st_size <= 20_000 for path in folder.feed.glob("play-*.jpg"))


def test_only_players_may_stand_in_a_frame_of_another_site():
    framed = ("feed/week-3/embed/index.html", "feed/latest.html")
    others = ("feed/week-3/index.html", "feed/index.html", "feed/embed/index.html/x.json")

    assert {"frame-ancestors *"} == set(map(frames, framed))
    assert {"frame-ancestors 'self'"} == set(map(frames, others))


def test_the_answers_have_the_types_of_the_specification():
    assert "application/json" == content_type("feed/week-3/oembed.json")
    assert "text/xml" == content_type("feed/week-3/oembed.xml")


# What to paste, and the newsletter


def test_what_is_pasted_for_an_episode_is_its_frame_or_its_address():
    pastes = {one.editor: one.text for one in paste.of_episode(show(), ODD)}

    assert said()["html"] == pastes["HTML"]
    assert {ODD.page_url} == {pastes[name] for name in ("WordPress", "Ghost", "Substack")}


def test_what_is_pasted_for_the_newest_names_the_address_that_stays():
    pastes = {one.editor: one.text for one in paste.of_latest(show())}

    assert f'src="{BASE_URL}feed/latest.html"' in pastes["HTML"]
    assert 'title="The latest episode of Letters from a Slow Town"' in pastes["HTML"]


def block(one=ODD, **of_show):
    return letter(show(**of_show), one, picture_url=SHARED.play_url)


def test_a_letter_has_nothing_in_it_that_mail_programs_refuse():
    made = block(dataclasses.replace(ODD, text_html="<p>Fog &amp; rain.</p>" * 400)).html

    assert len(made.encode()) <= 20_000
    assert not re.search(r"<(script|iframe|style|link|div|svg)|class=|url\(|flex|grid|<!--", made)
    assert "color:#" not in made  # those of the letter around it hold, in dark mode as well


def test_a_picture_in_a_letter_has_words_and_its_size_in_numbers():
    (picture,) = LexborHTMLParser(block().html).css("img")

    assert {
        "src": SHARED.play_url,
        "alt": 'Listen to "Fog" & <Rain>',
        "width": "120",
        "height": "120",
    }.items() <= picture.attributes.items()
    assert ODD.page_url == picture.parent.attributes["href"]


def test_a_link_stands_outside_of_audio_that_some_mail_programs_take_out_or_keep_silent():
    made = LexborHTMLParser(block().html)
    audio, link = made.css_first("audio"), made.css("a")[-1]

    assert ("none", "") == (audio.attributes["preload"], audio.text())
    assert ODD.page_url == link.attributes["href"]
    assert "p" == link.parent.tag
    assert "Listen (7\N{NO-BREAK SPACE}min)" in link.text()


KNOWN_ELEMENTS = frozenset({"a", "audio", "img", "p", "table", "tbody", "td", "tr"})
KNOWN_STYLES = frozenset(
    {
        "border",
        "border-collapse",
        "border-radius",
        "color",
        "display",
        "font-family",
        "font-size",
        "font-weight",
        "height",
        "line-height",
        "margin",
        "max-width",
        "padding-left",
        "padding-right",
        "text-align",
        "text-decoration",
        "width",
        "mso-table-lspace",
        "mso-table-rspace",
    }
)


def test_a_letter_uses_what_was_looked_up_and_nothing_else():
    """In the data of caniemail.com, for Apple Mail, Gmail and Outlook; see docs/how-to/embed.md."""
    elements = LexborHTMLParser(block().html).body.css("*")[1:]
    styles = ";".join(e.attributes.get("style") or "" for e in elements)

    assert {e.tag for e in elements} <= KNOWN_ELEMENTS
    assert {one.partition(":")[0] for one in styles.split(";") if one} <= KNOWN_STYLES


def test_a_letter_from_right_to_left_is_laid_out_so():
    made = block(language="ar").html

    assert 'dir="rtl"' in made
    assert "padding-left:16px" in made
    assert "text-align:right" in made


def test_the_plain_half_of_a_letter_says_the_same():
    one = dataclasses.replace(
        ODD, text_html="<h2>Rain</h2><p>It <em>r</em>ained.<sup>1</sup></p><p>Fog.</p>"
    )

    assert (
        "Letters from a Slow Town\n"
        '"Fog" & <Rain>\n\n'
        "It rained. Fog.\n\n"
        f"Listen (7\N{NO-BREAK SPACE}min): {ODD.page_url}\n"
    ) == block(one).text


def test_the_commands_print_blocks_and_warn_of_what_is_not_live(columncast, one_episode):
    slug = "what-the-masons-left"

    pasted = columncast("embed", slug)
    newest = columncast("embed", "--json")
    mailed = columncast("newsletter", slug, "-v")

    assert (0, 0, 0) == (pasted.code, newest.code, mailed.code)
    assert f"feed/{slug}/embed/" in pasted.out
    assert "feed/latest.html" in json.loads(newest.out)[0]["text"]
    assert mailed.out.startswith("<table")
    assert 3 == mailed.err.count("[not-live-yet]")


def test_an_episode_without_a_page_is_refused(columncast, one_episode):
    slug = "what-the-masons-left"
    (one_episode.feed / slug / "oembed.json").unlink()

    refused = [columncast("embed", slug), columncast("newsletter", slug)]

    assert {3} == {done.code for done in refused}
    assert all("not in the feed yet" in done.err for done in refused)
