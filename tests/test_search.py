"""The search of the show's page: what is found, in how many bytes, and what a new episode changes."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from datetime import UTC, datetime
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_builders import served_publicly
from builders import plain_cover
from feed_builders import episode, notes, show

from columncast.episodes.building.records import read_along_folder
from columncast.episodes.model.episode import Attachment
from columncast.episodes.model.summary import listings_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.show_toml import show_toml
from columncast.feed.serving import loopback
from columncast.feed.site import search
from columncast.feed.site.search import FEWEST, words_of
from columncast.feed.site.write import write_site

VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\nNothing yet.\n\n01:05.000 --> 01:09.000\n{}\n"
SAID = {3: "The lighthouse keeper\nwrote letters.", 5: "A café in Łódź <b>&</b> a house."}
TITLES = {4: "The lighthouse", 6: "東京都の船", 7: "Über die Straße", 8: "مَرْحَبًا"}


def write_weeks(root, weeks, base_url="https://example.org/podcast/", **changed):
    """Write the site of a show with so many weeks; return its folder and what was written."""
    root.mkdir(exist_ok=True)
    (root / "show.toml").write_text(show_toml(show(base_url=base_url)), encoding="utf-8")
    (root / "cover.jpg").write_bytes(plain_cover())
    folder = ShowFolder(root)
    episodes = {}
    for week in range(1, weeks + 1):
        one = episode(week, title=TITLES.get(week, f"Week {week}: the ferry"))
        if week in SAID:
            home = read_along_folder(folder, one.slug)
            home.mkdir(parents=True, exist_ok=True)
            (home / "transcript-1a2b3c4d.vtt").write_text(VTT.format(SAID[week]), "utf-8")
            url = f"{base_url}feed/{one.slug}/transcript-1a2b3c4d.vtt"
            one = dataclasses.replace(one, transcripts=(Attachment(url=url, mime_type="text/vtt"),))
        episodes[one.slug] = dataclasses.replace(one, **changed.get(one.slug, {}))
    written = write_site(folder, listings_of(episodes.values()), episodes.__getitem__)
    return folder, set(written)


@pytest.fixture
def make(tmp_path):
    """Write the site of a show of this test."""
    return partial(write_weeks, tmp_path / "show")


def table(folder):
    page = (folder.feed / "index.html").read_text(encoding="utf-8")
    name = re.search(r'data-search="(search-[0-9a-f]{8}\.json)"', page)[1]
    return json.loads((folder.feed / name).read_bytes())


def search_files(names):
    return {name for name in names if re.search(r"/search-.*\.json$", name)}


def test_a_show_of_few_episodes_has_no_search(make):
    folder, written = make(FEWEST - 1)

    assert set() == search_files(written)
    assert "data-search" not in (folder.feed / "index.html").read_text(encoding="utf-8")


def test_years_that_share_a_file_are_not_indexed_again(make, monkeypatch):
    same = {"title": "The ferry", "notes": notes("<p>A green boat.</p>")}
    weeks = {
        f"week-{week}": {**same, "published": datetime(2022 + (week + 3) // 6, 1, week, tzinfo=UTC)}
        for week in range(1, 21)
    }
    folder, _ = make(20, **weeks)
    parts = [name for block in table(folder) for name in filter(None, block[1])]
    assert len(set(parts)) < len(parts)
    indexed = []
    monkeypatch.setattr(search, "_block", lambda *_: indexed.append(1))

    make(20, **weeks)

    assert [] == indexed


def test_the_table_names_every_file_and_each_is_there(make):
    folder, _ = make(60)

    named = {name for lines, parts in table(folder) for name in (lines, *filter(None, parts))}
    there = {path.name for path in folder.feed.glob("search-*.json")}

    assert 2 == len(table(folder)), "60 weeks from January on are two years"
    assert named < there
    assert 1 == len(there - named), "the table itself"


def test_a_new_episode_leaves_the_files_of_other_years_as_they_are(make):
    before, _ = make(60)
    old = set(json.dumps(table(before)[1]).split('"'))

    after, written = make(61)

    assert old == set(json.dumps(table(after)[1]).split('"'))
    assert 3 == len(search_files(written)), "the table, its lines, and its words"
    assert 1 + 2 * 2 == len(list(after.feed.glob("search-*.json"))), "the former ones are gone"


def test_nothing_new_writes_nothing_and_the_cache_may_be_lost(make):
    folder, _ = make(60)
    (folder.cache / "search.json").unlink()

    _, written = make(60)

    assert set() == search_files(written)


def test_a_spoiled_file_is_made_again(make):
    folder, _ = make(12)
    spoiled = folder.feed / table(folder)[0][0]
    good = spoiled.read_bytes()
    spoiled.write_bytes(b"[]")

    make(12)

    assert good == spoiled.read_bytes()


def test_the_files_of_a_long_year_are_small_each(make):
    words = random.Random(1)
    long = notes(plain=" ".join(f"{words.choice('abcdefgh')}{n}" for n in range(20_000)))

    folder, _ = make(12, **{"week-1": {"notes": long}})

    sizes = [(folder.feed / name).stat().st_size for name in table(folder)[0][1] if name]
    assert len(sizes) > 4
    assert max(sizes) < 60_000


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of the page of a show of twelve weeks."""
    listening = loopback.listen(loopback.LOOPBACK, 0)
    base_url = f"http://{loopback.LOOPBACK}:{listening.getsockname()[1]}/"
    folder, _ = write_weeks(tmp_path_factory.mktemp("search") / "show", 12, base_url)
    with served_publicly(folder.root, listening):
        yield f"{base_url}feed/"


@pytest.fixture
def visit(browser, address):
    """Open the page; it notes what is fetched."""

    def opened(query="", **how):
        page = browser.new_page(**how)
        page.fetched, page.trouble = [], []
        page.on("request", lambda r: page.fetched.append(r.url.rpartition("/")[2]))
        page.on("pageerror", lambda e: page.trouble.append(str(e)))
        page.goto(address + query)
        return page

    return opened


def results(page, query):
    page.fill("#search", query)
    page.press("#search", "Enter")
    page.wait_for_function("document.querySelector('.search-status').textContent")
    page.wait_for_load_state("networkidle")
    return [a.text_content() for a in page.query_selector_all(".found .title")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("lighthouse", ["The lighthouse", "Week 3: the ferry"]),
        ("LIGHT keep", ["Week 3: the ferry"]),
        ("cafe lodz", []),  # Ł is a letter of its own, as dictionaries have it
        ("cafe łodz", ["Week 5: the ferry"]),
        ("uber strasse", ["Über die Straße"]),
        ("東京", ["東京都の船"]),
        ("京", ["東京都の船"]),
        ("مرحبا", ["مَرْحَبًا"]),
        ("12: ferry", ["Week 12: the ferry"]),
        ("__proto__ constructor", []),
    ],
)
def test_titles_notes_and_transcripts_are_found(visit, query, expected):
    page = visit()

    assert expected == results(page, query)
    assert page.is_hidden("[data-list]")
    assert [] == page.trouble


def test_a_result_leads_to_the_moment_at_which_it_is_said(visit):
    page = visit()

    results(page, "keeper")
    page.wait_for_selector(".passage")

    assert "week-3/index.html#t=65" == page.get_attribute(".moment", "href")
    assert "1:05 The lighthouse keeper wrote letters." == page.text_content(".passage")
    assert "keeper" == page.text_content("mark")


def test_nothing_is_loaded_before_somebody_searches(visit):
    page = visit()
    page.wait_for_load_state("networkidle")

    assert [] == [name for name in page.fetched if name.startswith("search") and "json" in name]


def test_a_search_can_be_linked_to_and_ended(visit):
    page = visit("?q=lighthouse")
    page.wait_for_selector(".found .title")

    page.fill("#search", "")
    page.wait_for_selector("[data-list]:not([hidden])")

    assert page.is_hidden("[data-found]")
    assert page.url.endswith("/feed/")


def test_a_search_that_cannot_be_loaded_says_so(visit):
    page = visit()
    page.route("**/search-*.json", lambda route: route.abort())

    results(page, "ferry")

    assert page.text_content(".search-status").startswith("The search could not be loaded")


def test_more_results_come_on_demand_and_the_focus_goes_to_them(visit):
    page = visit()

    first = results(page, "boat")
    page.click("[data-found] > button")

    assert (10, 12) == (len(first), page.locator(".found .title").count())
    assert page.evaluate("document.activeElement === document.querySelectorAll('.found a')[10]")


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_fit_and_shut_nobody_out(visit, width, scheme):
    page = visit(viewport={"width": width, "height": 900}, color_scheme=scheme)

    results(page, "lighthouse")
    page.wait_for_selector(".passage")

    assert [] == [v["id"] for v in Axe().run(page).response["violations"]]
    assert width == page.evaluate("document.documentElement.scrollWidth")


def test_without_javascript_there_is_the_list_and_no_search(visit):
    page = visit(java_script_enabled=False)

    assert page.is_hidden("[data-search]")
    assert 12 == page.locator(".episodes .title").count()


def test_the_page_splits_words_as_the_index_does():
    text = "Don't—co-op 3.5 ÀÉ İzmir ΣΊΣΥΦΟΣ straße x_y"

    assert [
        "don",
        "t",
        "co",
        "op",
        "3",
        "5",
        "ae",
        "izmir",
        "σισυφος",
        "strasse",
        "x",
        "y",
    ] == list(words_of(text))
