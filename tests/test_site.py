"""The folder `feed/` is brought up to date: all that changed, and nothing else."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from builders import plain_cover
from feed_builders import episode, notes, show
from selectolax.lexbor import LexborHTMLParser

from columncast.episodes.disk import files
from columncast.episodes.errors import FeedError, SettingsError
from columncast.episodes.model.summary import listings_of
from columncast.episodes.phrases.book import phrases
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.show_toml import show_toml
from columncast.feed.artwork import cover as cover_module
from columncast.feed.artwork.placeholder import placeholder_cover
from columncast.feed.rules.item import ITEM
from columncast.feed.site import article
from columncast.feed.site import write as site_write
from columncast.feed.site.assets import lean_script
from columncast.feed.site.rendered import Rendered, everything
from columncast.feed.site.write import write_site

WEEKS = [episode(week) for week in range(1, 8)]


@pytest.fixture
def folder(tmp_path):
    """A show's folder, of two episodes a page."""
    toml = f"{show_toml(show())}\n[feed]\npage_size = 2\n"
    (tmp_path / "show.toml").write_text(toml, encoding="utf-8")
    (tmp_path / "cover.jpg").write_bytes(plain_cover())
    return ShowFolder(tmp_path)


@pytest.fixture
def written(folder, monkeypatch):
    """Write the site; say what was written, and what was rendered for it."""
    rendered = []

    def noted(render):
        def noting(*arguments, **named):
            rendered.append(render.__name__)
            return render(*arguments, **named)

        return noting

    for name in ("render_page", "render_rss", "render_index"):
        monkeypatch.setattr(site_write, name, noted(getattr(site_write, name)))

    def write(*episodes):
        rendered.clear()
        again = ShowFolder(folder.root)
        whole = {e.slug: e for e in episodes}
        return set(write_site(again, listings_of(episodes), whole.__getitem__)), sorted(rendered)

    return write


def test_everything_is_written_at_first(written, folder):
    changed, _ = written(*WEEKS)

    assert {
        f"feed/{name}" for name in ("feed.xml", "page-2.xml", "page-3.xml", "page-4.xml")
    } < changed
    assert {"feed/index.html", "feed/feed.css", "feed/week-7/index.html"} < changed
    assert len(list(folder.feed.glob("*/index.html"))) == 7


def test_a_second_time_nothing_is_rendered_and_nothing_written(written):
    written(*WEEKS)

    assert (set(), []) == written(*WEEKS)


def test_one_more_episode_renders_its_page_and_its_neighbours_two_lists_and_two_pages_of_the_feed(
    written,
):
    written(*WEEKS)

    changed, rendered = written(*WEEKS, episode(8))

    assert {
        f"feed/{name}"
        for name in (
            "week-8/index.html",
            "week-8/listen.json",
            "week-8/oembed.json",
            "week-8/oembed.xml",
            "week-8/embed/index.html",
            "week-7/index.html",
            "latest.html",
            "index.html",
            "page-4.html",
            "sitemap.xml",
            "feed.xml",
            "page-4.xml",
        )
    } == changed
    assert ["render_index"] * 2 + ["render_page"] * 2 + ["render_rss"] * 2 == rendered


def test_an_edit_of_an_old_episode_renders_its_page_and_its_part_of_the_feed(written):
    written(*WEEKS)
    edited = dataclasses.replace(WEEKS[0], notes=notes("<p>A green boat.</p>"))

    changed, _ = written(edited, *WEEKS[1:])

    assert {"feed/week-1/index.html", "feed/page-2.xml"} == changed


def test_a_change_of_the_show_is_in_every_file(written, folder):
    written(*WEEKS)
    toml = folder.root / "show.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("Ada Mill", "Ada Miller"), encoding="utf-8"
    )

    changed, _ = written(*WEEKS)

    assert {"feed/feed.xml", "feed/page-2.xml"} < changed


def test_a_change_of_an_own_template_is_in_every_page(written, folder):
    written(*WEEKS)
    (folder.root / "templates").mkdir()
    (folder.root / "templates" / "style.css").write_text("body { color: teal }", encoding="utf-8")

    changed, _ = written(*WEEKS)

    assert {"feed/index.html", "feed/week-1/index.html", "feed/week-7/index.html"} <= changed


@pytest.mark.parametrize(
    "name",
    [
        "feed.xml",
        "page-2.xml",
        "week-3/index.html",
        "index.html",
        "latest.html",
        "week-3/embed/index.html",
    ],
)
def test_what_somebody_spoiled_or_removed_is_made_again(written, folder, name):
    written(*WEEKS)
    good = (folder.feed / name).read_bytes()
    (folder.feed / name).write_text("spoiled", encoding="utf-8")

    spoiled, _ = written(*WEEKS)
    (folder.feed / name).unlink()
    removed, _ = written(*WEEKS)

    assert {f"feed/{name}"} == spoiled == removed
    assert good == (folder.feed / name).read_bytes()


def test_folders_of_episodes_are_not_listed_again_until_a_file_in_them_changed(
    written, monkeypatch
):
    listed = []
    really = files.names_below
    monkeypatch.setattr(files, "names_below", lambda *of: listed.append(of[0]) or really(*of))
    written(*WEEKS)
    listed.clear()

    written(*WEEKS)
    assert [] == listed

    written(*WEEKS, episode(8))
    assert {"week-7", "week-8"} == {Path(path).name for path in listed} - {"embed"}


def test_items_that_were_found_good_are_not_checked_again(written, monkeypatch):
    checked = []
    really = ITEM.check

    def check(item, where):
        checked.append(where)
        return really(item, where)

    monkeypatch.setattr(ITEM, "check", check, raising=False)
    written(*WEEKS)
    assert sorted(week.guid for week in WEEKS) == sorted(checked)

    checked.clear()
    written(*WEEKS, episode(8))
    assert {episode(7).guid, episode(8).guid} == set(checked)


@pytest.mark.parametrize("record", ["", "{", json.dumps({"feed.xml": 7})])
def test_a_lost_or_broken_record_costs_time_and_nothing_else(written, folder, record):
    written(*WEEKS)
    (folder.cache / "rendered.json").write_text(record, encoding="utf-8")

    changed, rendered = written(*WEEKS)

    assert set() == changed
    assert 15 == len(rendered)


def test_what_left_the_feed_leaves_the_folder(written, folder):
    written(*WEEKS)

    written(*WEEKS[:2])

    assert ["week-1", "week-2"] == sorted(p.parent.name for p in folder.feed.glob("*/index.html"))
    assert ["feed.xml", "sitemap.xml"] == sorted(p.name for p in folder.feed.glob("*.xml"))


def test_an_episode_that_breaks_a_rule_leaves_everything_as_it_was(written, folder):
    written(*WEEKS)
    before = {p: p.read_bytes() for p in folder.feed.rglob("*") if p.is_file()}
    broken = dataclasses.replace(WEEKS[3], notes=notes(f"<p>{'€' * 2000}</p>"))

    with pytest.raises(FeedError, match=r"week-4: .*6007 bytes.*\[notes-length"):
        written(*WEEKS[:3], broken, *WEEKS[4:])

    assert before == {p: p.read_bytes() for p in folder.feed.rglob("*") if p.is_file()}


def test_a_broken_episode_is_refused_again_the_second_time(written):
    """What did not change is not looked at again, but only once it was found good."""
    broken = dataclasses.replace(WEEKS[0], guid="")

    for _ in range(2):
        with pytest.raises(FeedError, match="guid"):
            written(broken, *WEEKS[1:])


def test_a_page_of_the_list_that_is_no_longer_needed_goes(written, folder):
    written(*WEEKS)

    written(*WEEKS[:2])

    assert ["feed.xml", "index.html", "latest.html", "sitemap.xml"] == sorted(
        p.name for p in folder.feed.glob("*") if p.suffix in (".xml", ".html")
    )


def test_what_pages_fetch_is_there_under_a_name_with_its_hash(written, folder):
    written(*WEEKS)
    html = (folder.feed / "week-3" / "index.html").read_text(encoding="utf-8")

    fetched = re.findall(r"\.\./((?:thumbnail|icon|player)-[0-9a-f]{8}\.\w+)", html)

    assert {"thumbnail", "icon", "player"} == {name.partition("-")[0] for name in fetched}
    for name in fetched:
        digest = hashlib.sha256((folder.feed / name).read_bytes()).hexdigest()
        assert digest.startswith(name.rpartition("-")[2].partition(".")[0])


def test_files_that_pages_do_not_name_any_more_go(written, folder):
    (folder.feed / "week-3").mkdir(parents=True)
    for old in ("readalong.js", "readalong.css", "player-00000000.js", "thumbnail-00000000.jpg"):
        (folder.feed / old).write_text("of an earlier version", encoding="utf-8")
    (folder.feed / "week-3" / "words-00000000.json").write_text("{}", encoding="utf-8")
    (folder.feed / "week-3" / "transcript-00000000.vtt").write_text("WEBVTT", encoding="utf-8")

    written(*WEEKS)

    assert not list(folder.feed.glob("readalong.*"))
    assert not list(folder.feed.rglob("*-00000000.js*")) + list(folder.feed.glob("*-00000000.jpg"))
    assert (folder.feed / "week-3" / "transcript-00000000.vtt").is_file(), "apps still ask for it"


def test_an_episode_leads_to_the_ones_before_and_after_it(written, folder):
    written(*WEEKS)
    html = LexborHTMLParser((folder.feed / "week-3" / "index.html").read_bytes())

    assert "../week-2/index.html" == html.css_first('[rel="prev"]').attributes["href"]
    assert "../week-4/index.html" == html.css_first('[rel="next"]').attributes["href"]


def test_another_title_is_on_the_pages_next_to_it_too(written):
    written(*WEEKS)
    renamed = dataclasses.replace(WEEKS[2], title="Week 3: the lantern")

    changed, _ = written(*WEEKS[:2], renamed, *WEEKS[3:])

    assert {f"feed/week-{n}/index.html" for n in (2, 3, 4)} < changed
    assert "feed/week-1/index.html" not in changed


def test_an_article_finds_the_script_and_what_belongs_to_an_episode_under_the_same_names_for_ever(
    written, folder
):
    written(*WEEKS)
    with_times = folder.feed / "week-3" / "sentences-00000000.json"
    with_times.write_text("{}", encoding="utf-8")
    script = folder.feed / "listen.js"
    for path in (script, folder.feed / "week-3" / "listen.json"):
        path.write_text("spoiled", encoding="utf-8")

    written(*WEEKS)

    index = json.loads((folder.feed / "week-3" / "listen.json").read_text(encoding="utf-8"))
    assert (1, "Week 3: the ferry", "") == (index["version"], index["title"], index["sentences"])
    assert "../../audio/week-3-1a2b3c4d.mp3" == index["audio"]
    assert "Listen to this column" == index["say"]["listen"]
    assert script.read_bytes() == lean_script(article.SCRIPT)
    assert not with_times.exists(), "this episode has no times any more"


def test_the_sitemap_names_every_page_but_the_players_for_other_sites(written, folder):
    written(*WEEKS)
    root = ET.fromstring((folder.feed / "sitemap.xml").read_bytes())

    named = [loc.text for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    home = f"{folder.show.base_url}feed/"
    pages = {p.relative_to(folder.feed).as_posix() for p in folder.feed.rglob("index.html")}
    pages |= {p.name for p in folder.feed.glob("page-*.html")}
    pages -= {f"{e.slug}/embed/index.html" for e in WEEKS}
    assert pages == {(n.removeprefix(home) + "index.html" * n.endswith("/")) for n in named}


# The pages for the base address


@pytest.fixture
def rooted(folder, written):
    """Write the site of a show that asks for them; give the two pages."""
    with (folder.root / "show.toml").open("a", encoding="utf-8") as f:
        f.write("[site]\nroot = true\n")

    def write(*episodes):
        written(*episodes)
        return [
            LexborHTMLParser((folder.site / name).read_text(encoding="utf-8"))
            for name in ("index.html", "404.html")
        ]

    return write


def links(page):
    """Where the page leads, and what it loads from here."""
    found = [n.attributes.get("href") or n.attributes.get("src") for n in page.css("[href], [src]")]
    return [link for link in found if link and not re.match(r"[a-z+-]+:|#", link)]


def test_a_show_that_does_not_ask_has_no_folder_site(written, folder):
    written(*WEEKS)

    assert not folder.site.exists()


def test_the_base_address_shows_the_latest_episode_and_the_ways_to_subscribe(rooted, folder):
    page, _ = rooted(*WEEKS)

    assert folder.show.title == page.css_first("h1").text()
    assert ["Week 7: the ferry"] == [n.text() for n in page.css("a.title")]
    assert page.css_first("#subscribe")
    assert folder.show.base_url == page.css_first("link[rel=canonical]").attributes["href"]


def test_everything_that_the_page_of_the_base_address_leads_to_is_there(rooted, folder):
    page, _ = rooted(*WEEKS)
    media = [link for link in links(page) if link.startswith("audio/")]

    assert media
    assert not [x for x in set(links(page)) - set(media) if not (folder.root / x).is_file()]


def test_the_page_for_wrong_addresses_leads_back_from_any_depth(rooted, folder):
    _, page = rooted(*WEEKS)
    base = urlsplit(folder.show.base_url).path

    assert all(link.startswith(f"{base}feed/") for link in links(page))
    assert not [x for x in links(page) if not (folder.root / x.removeprefix(base)).is_file()]
    assert page.css_first("meta[name=robots]").attributes["content"] == "noindex"
    assert page.css_first("link[rel=canonical]") is None


def test_a_show_without_episodes_has_its_pages(rooted):
    page, _ = rooted()

    assert "The first episode is on its way." in page.css_first("main").text()


@pytest.mark.parametrize("language", ["de", "ar"])
def test_they_speak_the_language_of_the_show(rooted, folder, language):
    toml = folder.root / "show.toml"
    toml.write_text(re.sub(r'language = ".*"', f'language = "{language}"', toml.read_text()))
    page, lost = rooted(*WEEKS)

    assert [language] * 2 == [p.css_first("html").attributes["lang"] for p in (page, lost)]
    assert phrases(language, "site", {})["not_found"] == lost.css_first("h1").text()
    assert phrases(language, "site", {})["to_show"] in page.css_first("main").text()


@pytest.mark.parametrize("name", ["index.html", "404.html"])
def test_a_page_of_somebody_else_in_the_folder_site_is_not_replaced(rooted, folder, name):
    folder.site.mkdir()
    (folder.site / name).write_text("<p>made by another program</p>")

    with pytest.raises(SettingsError, match="left untouched"):
        rooted(*WEEKS)
    assert "<p>made by another program</p>" == (folder.site / name).read_text()
    assert not (folder.feed / "feed.xml").exists()


def test_a_page_that_is_gone_is_work_for_the_next_build(rooted, folder):
    rooted(*WEEKS)
    listed = listings_of(WEEKS)
    settled = Rendered(ShowFolder(folder.root)).settled(everything(ShowFolder(folder.root), listed))
    (folder.site / "404.html").unlink()
    again = Rendered(ShowFolder(folder.root)).settled(everything(ShowFolder(folder.root), listed))

    assert (True, False) == (settled, again)


def test_the_small_pictures_of_a_cover_are_made_once_until_there_is_another(
    folder, written, monkeypatch
):
    made = []
    for name in ("page_picture", "page_icon", "play_picture"):
        make = getattr(cover_module, name)
        monkeypatch.setattr(
            cover_module, name, lambda content, make=make: made.append(content) or make(content)
        )

    written(*WEEKS[:1])
    written(*WEEKS[:2])
    assert 3 == len(made)

    folder.cover.write_bytes(placeholder_cover("Another Show"))
    written(*WEEKS[:2])
    assert 6 == len(made)
    assert made[0] != made[3]
