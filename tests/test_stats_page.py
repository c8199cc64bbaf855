"""The page and the picture of statistics: whole in themselves, for every screen and everybody."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from audience_builders import START, crowd, listening_show
from axe_playwright_python.sync_playwright import Axe
from feed_builders import enclosure, episode, loud, master, show

from columncast.episodes.audience.count import count_listeners
from columncast.episodes.model.episode import Silence
from columncast.episodes.stats.distribution import Distribution
from columncast.episodes.stats.figures import Gathered, figures_of
from columncast.episodes.stats.statistics import statistics
from columncast.feed.statistics.charts import Axis, bars_svg, strip
from columncast.feed.statistics.listeners import render_audience
from columncast.feed.statistics.page import render_stats
from columncast.feed.statistics.svg import spread_svg

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def figures(week, *, kept=False, source=-24.0, after=-19.0, words=1050, **said):
    silences = (Silence(start_s=week % 50 * 7.0, duration_s=1 + week % 9 / 4),)
    made = master(source=loud(source), loudness=loud(after), silences=silences)
    built = episode(
        week,
        published=datetime(2026, 1, 5, 6, tzinfo=UTC) + timedelta(days=week * 7),
        word_count=words,
        enclosure=enclosure(duration_s=400.0 + week % 13 * 10),
        master=None if kept else made,
        **said,
    )
    return figures_of(built, now=NOW)


def a_year(**rest):
    """Forty weeks, with one thing of each kind that is to be looked at."""
    usual = [figures(week, source=-32 + week % 17) for week in range(5, 44)]
    odd = [
        figures(0, kept=True),
        figures(1, after=-21.2, title="<b>Bread</b> & salt, " + "endlessly " * 12),
        figures(2, words=500),
        figures(60),
    ]
    return statistics(show(), Gathered(figures=(*odd[:3], *usual, odd[3]), **rest))


def of(*found, **rest):
    return statistics(show(), Gathered(figures=found, **rest))


SHOWS = {
    "a-year": a_year(retired=1, not_built=2),
    "nothing": of(),
    "not-built": of(not_built=3),
    "one": of(figures(1)),
    "all-kept": of(*(figures(week, kept=True, words=0) for week in range(3))),
    "only-scheduled": of(figures(60, after=-22.0)),
    "twenty-years": of(*(figures(week) for week in range(-1000, 40))),
}


@pytest.fixture
def opened(browser, tmp_path):
    """Open *content* as a file from the disk; `asked` are the addresses that it asked for."""
    contexts = []

    def look(content, name="stats.html", width=1440, scheme="light"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda r: page.asked.append(r.url))
        page.goto(path.as_uri())
        return page

    yield look
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1440])
def test_the_page_fits_the_screen_and_shuts_nobody_out(opened, width, scheme):
    page = opened(render_stats(SHOWS["a-year"]), width=width, scheme=scheme)
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")

    found = Axe().run(page)

    assert [] == [violation["id"] for violation in found.response["violations"]]
    assert width == page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("name", SHOWS)
def test_every_kind_of_show_has_a_page(opened, name):
    page = opened(render_stats(SHOWS[name]), width=390)

    found = Axe().run(page)

    assert [] == [violation["id"] for violation in found.response["violations"]]
    assert 390 == page.evaluate("document.documentElement.scrollWidth")
    assert not re.search(r"\bnan\b", page.text_content("body"))


def test_the_page_is_whole_in_itself_and_runs_no_script(opened):
    content = render_stats(SHOWS["a-year"])

    page = opened(content)

    assert [page.url] == [url for url in page.asked if not url.startswith("data:")]
    assert "<script" not in content
    assert not re.search(r"(?:src|href)=\"(?!#|data:)|url\(|@import", content)


def test_a_title_is_text_and_never_markup(opened):
    page = opened(render_stats(SHOWS["a-year"]))

    assert "<b>Bread</b> & salt" in page.text_content("#target ~ table")
    assert 0 == page.locator("table b").count()


def test_behind_every_picture_is_a_table(opened):
    page = opened(render_stats(SHOWS["a-year"]))

    for section in ("loudness", "months", "pace"):
        assert page.locator(f"section[aria-labelledby={section}] svg[role=img]").count()
        assert page.locator(f"section[aria-labelledby={section}] details table").count()


def test_labels_under_a_picture_do_not_touch_each_other(opened):
    page = opened(render_stats(SHOWS["twenty-years"]), width=320)

    gaps = page.evaluate(
        """() => [...document.querySelectorAll(".axis")].flatMap(axis => {
            const at = [...axis.children].map(label => label.getBoundingClientRect());
            return at.slice(1).map((label, i) => label.left - at[i].right);
        })"""
    )

    assert len(gaps) > 8
    assert min(gaps) > 4


def test_the_target_line_stands_over_its_label(opened):
    page = opened(render_stats(SHOWS["a-year"]))

    line, label = page.evaluate(
        """() => [".strip .target", ".axis .told"].map(name => {
            const box = document.querySelector(name).getBoundingClientRect();
            return box.left + box.width / 2;
        })"""
    )

    assert line == pytest.approx(label, abs=1.5)


def test_lists_stay_short_and_say_how_many_there_are():
    content = render_stats(of(*(figures(week, after=-25.0) for week in range(250))))

    assert 100 == content.count("6.0 LU too soft")
    assert "And 150 more; columncast stats --json lists every one." in content


def test_equal_shows_give_equal_bytes():
    assert render_stats(a_year()) == render_stats(a_year())
    assert spread_svg(a_year()) == spread_svg(a_year())


# Pictures


def heights(path):
    """The height of each bar from left to right, by where it stands."""
    bars = re.findall(r"M([\d.]+) 100V([\d.]+)", path)
    return [(float(left), round(100 - float(top), 1)) for left, top in bars]


def test_a_bar_for_each_month_and_none_where_there_was_nothing():
    bars = heights(bars_svg([2.0, 0.0, 4.0], most=4.0, told=""))

    assert [50.0, 100.0] == [height for _, height in bars]
    assert bars[1][0] - bars[0][0] == pytest.approx(2000 / 3, abs=0.2)


def test_a_strip_counts_the_values_where_they_lie():
    values = Distribution.of([-30, -20, -20, -20, -20])

    bars = heights(strip(values, Axis(low=-40, high=-10, step=10), []))

    assert [20.0, 80.0] == [height for _, height in bars]
    assert [333, 667] == pytest.approx([left for left, _ in bars], abs=20)


@pytest.mark.parametrize("name", SHOWS)
def test_the_picture_alone_is_an_svg_that_says_itself_in_words(name):
    root = ET.fromstring(spread_svg(SHOWS[name]))

    assert "{http://www.w3.org/2000/svg}svg" == root.tag
    assert root.get("aria-label").startswith(("Loudness of", "No loudness"))


def test_the_picture_alone_is_seen_by_light_and_in_the_dark(opened):
    shown = {
        scheme: opened(spread_svg(a_year()), "spread.svg", scheme=scheme).evaluate(
            "getComputedStyle(document.querySelector('.card')).fill"
        )
        for scheme in ("light", "dark")
    }

    assert {"light": "rgb(255, 255, 255)", "dark": "rgb(33, 30, 26)"} == shown


# the page of the listeners


@pytest.fixture(scope="module")
def audience(tmp_path_factory):
    """The listeners of a show of four episodes, one of which has a title that is markup."""
    root = tmp_path_factory.mktemp("audience")
    folder = listening_show(root / "show", ["the-ferry", "the-lamp", "the-wall", "the-bell"])
    log = root / "access.log"
    people = crowd(folder, listeners=40, days=30)
    log.write_text("".join(f"{line.combined()}\n" for line in people.sorted()))
    found = count_listeners(folder, [str(log)], now=START + timedelta(days=30))
    object.__setattr__(found.episodes[0].known, "title", "<b>Bread</b> & salt")
    return found


@pytest.mark.parametrize("width", [320, 1440])
def test_the_page_of_listeners_fits_the_screen_and_shuts_nobody_out(opened, audience, width):
    page = opened(render_audience(audience), width=width)
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")

    found = Axe().run(page)

    assert [] == [violation["id"] for violation in found.response["violations"]]
    assert width == page.evaluate("document.documentElement.scrollWidth")


def test_the_page_of_listeners_loads_nothing_and_takes_no_title_for_markup(opened, audience):
    content = render_audience(audience)

    page = opened(content)

    assert [page.url] == [url for url in page.asked if not url.startswith("data:")]
    assert "<script" not in content
    assert "<b>Bread</b> & salt" in page.text_content("#episodes ~ div table")
    assert 0 == page.locator("table b").count()


def test_the_page_of_listeners_names_every_rule(audience):
    content = render_audience(audience)

    assert all(f">{rule.name}<" in content for rule in audience.rules)
