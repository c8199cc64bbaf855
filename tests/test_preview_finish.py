"""From an empty show to a published episode, on the page and by the keyboard alone, in a real browser."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_builders import until
from builders import COLUMN
from PIL import Image
from playwright.sync_api import expect
from preview_builders import serving

from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import change_facts, change_settings

SLUG = "what-the-masons-left"
PAGE = f"/episodes/{SLUG}/"
DESK, TABLET, PHONE = ({"width": w, "height": h} for w, h in ((1440, 900), (768, 1024), (390, 844)))
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def opened(browser):
    """Open pages of a preview; whatever a page complains of fails the test."""
    complaints = []

    def open_page(address, path=PAGE, *, viewport=DESK, context=None):
        context = context or browser.new_context(viewport=viewport)
        page = context.new_page()
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
        page.goto(address.opening(path))
        expect(page.locator('#live[data-state="on"]')).to_be_visible()
        return page

    yield open_page
    assert [] == [text for text in complaints if not re.search("40[49]|422", text)]


@pytest.fixture
def published(show):
    """An empty show with a place to publish to."""
    place = {"kind": "folder", "path": "../www", "verify": False}
    change_settings(show, {"publish": {"web": place}})
    return show


def tab_to(page, selector):
    """Go to what *selector* names as who has no mouse does."""
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"Tab never came to {selector}")


def choose(page, selector, path):
    tab_to(page, selector)
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Enter")
    chosen.value.set_files(path)


def no_one_is_shut_out(page):
    found = Axe().run(page, options={"runOnly": RULES})
    assert 0 == found.violations_count, found.generate_report()


def test_an_empty_show_gets_a_published_episode_by_the_keyboard_alone(
    opened, published, take, column
):
    with serving(published) as address:
        page = opened(address, "/")
        no_one_is_shut_out(page)
        choose(page, "#add-recording", take)
        choose(page, "#add-column", column)
        tab_to(page, "#add-form button")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{PAGE}")
        expect(page.locator("#state")).to_contain_text("Built, and not live yet")

        page.keyboard.press("e")
        page.keyboard.type("The Wall That Nobody Ordered")
        tab_to(page, "#hook")
        page.keyboard.type("A wall, and cheese.")
        page.keyboard.press("Control+s")
        expect(page.locator("#toast")).to_have_text("Saved.")
        expect(page.locator("h1")).to_have_text("The Wall That Nobody Ordered")
        tab_to(page, "#author")
        page.keyboard.press("Escape")
        tab_to(page, "#group-cover > summary")
        page.keyboard.press("t")
        expect(page.locator("#column-text")).to_be_focused()
        page.keyboard.press("Control+End")
        page.keyboard.type("And then they left.")
        page.keyboard.press("Control+s")
        expect(page.locator("#column-form [data-said]")).to_have_text("The column is saved.")
        expect(page.locator("#state")).to_contain_text("Not built yet")
        tab_to(page, "#column-form button")
        page.keyboard.press("n")
        expect(page.locator("#step-build")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[data-doing]")).to_have_text("Building: done.")
        expect(page.locator("#step-rehearse.next")).to_be_visible()
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        expect(page.locator("[data-agree]")).to_be_focused()
        expect(page.locator("[data-told]")).to_contain_text("Put       audio/")
        no_one_is_shut_out(page)
        page.keyboard.press("Enter")
        expect(page.locator("[data-doing]")).to_have_text("Publishing: done.")
        expect(page.locator("#state")).to_contain_text("Live since")

    feed = (published.root.parent / "www/feed/feed.xml").read_text(encoding="utf-8")
    assert "The Wall That Nobody Ordered" in feed
    assert "A wall, and cheese." in feed
    text = next(published.episode(SLUG).path.glob("column.*")).read_text(encoding="utf-8")
    assert COLUMN + "And then they left." == text


@pytest.fixture
def address(one_episode):
    with serving(one_episode) as url:
        yield url


def column_of(folder) -> Path:
    return next(folder.episode(SLUG).path.glob("column.*"))


def test_what_is_typed_and_not_saved_survives_a_reload_and_a_killed_preview(
    browser, opened, one_episode
):
    context = browser.new_context(viewport=DESK)
    with serving(one_episode) as url:
        port = int(url.rpartition(":")[2])
        page = opened(url, context=context)
        page.locator("#hook").fill("A wall.")
        page.locator("#text-edit > summary").click()
        page.locator("#column-text:enabled").press("Control+End")
        page.keyboard.type("More.")
        until(page, "localStorage.length === 2")
        page.close(run_before_unload=False)
    with serving(one_episode, port=port) as url:
        page = opened(url, context=context)

        expect(page.locator("#hook")).to_have_value("A wall.")
        expect(page.locator("#facts [data-said]")).to_contain_text("Not saved yet")
        expect(page.locator("#column-text")).to_have_value(COLUMN + "More.")
        page.locator("#hook").press("Control+s")
        expect(page.locator("#facts [data-said]")).to_have_text("Saved.")
        page.locator("#column-text").press("Control+s")
        expect(page.locator("#column-form [data-said]")).to_have_text("The column is saved.")
        until(page, "localStorage.length === 0")

    assert "A wall." == ShowFolder(one_episode.root).episode(SLUG).facts.notes.hook
    assert column_of(one_episode).read_text(encoding="utf-8").endswith("More.")


def test_a_column_that_somebody_else_saved_is_shown_next_to_ones_own(opened, one_episode, address):
    page = opened(address)
    page.locator("#text-edit > summary").click()
    page.locator("#column-text:enabled").press("Control+End")
    page.keyboard.type("Mine.")
    column_of(one_episode).write_text(COLUMN + "Theirs.\n", encoding="utf-8")

    page.locator("#column-text").press("Control+s")

    expect(page.locator("#column-form .conflict pre")).to_contain_text("Theirs.")
    expect(page.locator("#column-text")).to_have_value(COLUMN + "Mine.")
    no_one_is_shut_out(page)
    page.get_by_role("button", name="Take what the file says").click()
    expect(page.locator("#column-text")).to_have_value(COLUMN + "Theirs.\n")
    page.get_by_role("button", name="Bring mine back").click()
    expect(page.locator("#column-text")).to_have_value(COLUMN + "Mine.")
    page.locator("#column-text").press("Control+s")
    expect(page.locator("#column-form [data-said]")).to_have_text("The column is saved.")
    assert COLUMN + "Mine." == column_of(one_episode).read_text(encoding="utf-8")


def test_a_draft_of_a_field_that_somebody_else_has_set_meanwhile_shows_both(
    browser, opened, one_episode, address
):
    context = browser.new_context(viewport=DESK)
    page = opened(address, context=context)
    page.locator("#hook").fill("Mine.")
    until(page, "localStorage.length === 1")
    page.close(run_before_unload=False)
    change_facts(one_episode.episode(SLUG), {"notes.hook": "Theirs."})
    page = opened(address, context=context)
    expect(page.locator("#hook")).to_have_value("Mine.")

    page.locator("#hook").press("Control+s")

    row = page.locator("#facts .conflict tr").nth(1)
    expect(row).to_contain_text("Hook")
    expect(row.locator("td")).to_have_text(["Mine.", "Theirs."])
    assert "Theirs." == ShowFolder(one_episode.root).episode(SLUG).facts.notes.hook
    page.get_by_role("button", name="Save mine all the same").click()
    expect(page.locator("#facts [data-said]")).to_have_text("Saved.")
    assert "Mine." == ShowFolder(one_episode.root).episode(SLUG).facts.notes.hook


def test_whoever_types_on_while_it_saves_loses_nothing_and_meets_no_conflict(
    opened, one_episode, address
):
    page = opened(address)
    page.locator("#hook").press_sequentially("A wall")
    page.keyboard.press("Control+s")
    page.keyboard.type(", and cheese.")
    expect(page.locator("#hook")).to_have_value("A wall, and cheese.")
    expect(page.locator("#apps")).to_contain_text("A wall")

    page.keyboard.press("Control+s")

    expect(page.locator("#apps")).to_contain_text("A wall, and cheese.")
    expect(page.locator("#facts .conflict tr")).to_have_count(0)
    hook = ShowFolder(one_episode.root).episode(SLUG).facts.notes.hook
    assert "A wall, and cheese." == hook


def test_a_column_that_cannot_be_read_is_repaired_on_the_page(opened, one_episode):
    text = column_of(one_episode)
    text.write_text("---\ntitle: A: B\n---\n" + COLUMN, encoding="utf-8")
    with serving(one_episode) as address:
        page = opened(address)
        expect(page.locator(".problem")).to_contain_text("quotes")
        no_one_is_shut_out(page)
        page.locator("#text-edit > summary").click()
        page.locator("#column-text:enabled").fill(COLUMN)

        page.locator("#column-text").press("Control+s")

        expect(page.locator("#state")).to_be_visible()
    assert COLUMN == text.read_text(encoding="utf-8")


def test_a_save_can_be_undone_by_a_key(opened, one_episode, address):
    page = opened(address)
    page.locator("#hook").fill("A wall.")
    page.locator("#hook").press("Control+s")
    expect(page.locator("#undo")).to_have_text("Undo the save of the fields")
    page.locator("#group-words > summary").focus()

    page.keyboard.press("u")

    expect(page.locator("#undo")).to_have_count(0)
    expect(page.locator("#hook")).to_have_value("")
    assert "" == ShowFolder(one_episode.root).episode(SLUG).facts.notes.hook


def test_chapters_are_added_moved_and_removed_at_the_playing_position(opened, one_episode, address):
    page = opened(address)
    page.locator("#audio").evaluate("a => { a.muted = true; a.currentTime = 2; }")
    page.locator("#group-chapters > summary").focus()

    page.keyboard.press("c")
    page.keyboard.type("The cheese")
    page.locator("#audio").evaluate("a => { a.currentTime = 3; }")
    page.keyboard.press("Control+s")
    expect(page.locator("#facts [data-said]")).to_have_text("Saved.")
    own = one_episode.episode(SLUG).path / "chapters.json"
    assert '"startTime": 2.0, "title": "The cheese"' in " ".join(own.read_text("utf-8").split())
    page.get_by_role("button", name="Move chapter 1 to the playing position").click()
    page.keyboard.press("Control+s")
    expect(page.locator('[name="chapter-time"]')).to_have_value("0:03.0")
    expect(page.locator("#facts [data-said]")).to_have_text("Saved.")
    page.get_by_role("button", name="Remove chapter 1").click()
    page.keyboard.press("Control+s")
    expect(page.locator("#facts [data-said]")).to_have_text("Saved.")
    assert not own.exists()


def test_a_cover_that_directories_would_refuse_is_refused_where_one_looks(
    opened, one_episode, address, tmp_path
):
    Image.new("RGB", (300, 300)).save(tmp_path / "small.png")
    Image.new("RGB", (1400, 1400), "teal").save(tmp_path / "fit.png")
    page = opened(address)
    page.locator("#group-cover > summary").click()
    page.locator("#cover").set_input_files(tmp_path / "small.png")
    page.locator("#cover").press("Control+s")
    expect(page.locator("#toast")).to_contain_text("small.png: the cover is 300 x 300 pixels")

    page.locator("#cover").set_input_files(tmp_path / "fit.png")
    page.locator("#cover").press("Control+s")

    expect(page.locator("#facts [data-said]")).to_have_text("Saved.")
    expect(page.locator("#cover-remove")).to_be_visible()
    assert one_episode.episode(SLUG).cover


def test_nothing_is_built_or_published_before_what_is_typed_is_saved(opened, address):
    page = opened(address)
    page.locator("#hook").fill("A wall.")

    page.locator("#step-build").click()

    expect(page.locator("[data-refused]")).to_contain_text("not saved yet")


def test_the_keys_are_listed_and_single_letters_can_be_switched_off(opened, address):
    page = opened(address)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    no_one_is_shut_out(page)
    page.locator("#single-keys").press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()

    page.keyboard.press("e")

    expect(page.locator("#title")).not_to_be_focused()
    page.locator("#show-keys").click()
    expect(page.locator("#keys")).to_be_visible()


@pytest.mark.parametrize("viewport", [DESK, TABLET, PHONE], ids=["desk", "tablet", "phone"])
def test_everything_open_and_text_of_twice_the_size_lose_nothing(opened, address, viewport):
    page = opened(address, viewport=viewport)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    expect(page.locator("#column-text")).to_be_enabled()
    page.locator("#step-schedule").click()
    no_one_is_shut_out(page)

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('button, label, summary, h1, h2, h3, .how, .help')]
        .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1
            && getComputedStyle(one).overflowX !== 'visible').map((one) => one.textContent)"""
    )
    assert [] == cut


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_what_has_the_focus_is_not_hidden_by_what_stays_on_top(opened, address, viewport):
    page = opened(address, viewport=viewport)
    hidden = []
    for _ in range(120):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => { const e = document.activeElement, b = e.getBoundingClientRect();
            if (e === document.body || e.closest('.standing, .player, .top')) return '';
            const at = [[b.left + 3, b.top + 3], [b.left + 3, b.bottom - 3],
                        [b.left + b.width / 2, b.top + b.height / 2]];
            const seen = at.some(([x, y]) => { const o = document.elementFromPoint(x, y);
                return o && (e.contains(o) || o.contains(e)); });
            return seen ? '' : (e.id || e.outerHTML.slice(0, 80)); }"""
        )
        hidden += [name] if name else []

    assert [] == hidden


def test_a_page_that_is_read_only_has_nothing_to_press(opened, one_episode):
    with serving(one_episode, read_only=True) as address:
        page = opened(address)

        expect(page.locator("#state")).to_contain_text("Built, and not live yet")
        expect(page.locator("form, .standing button, #work")).to_have_count(0)
        no_one_is_shut_out(page)


def test_a_refused_add_says_why_and_keeps_what_was_chosen(opened, published, take, tmp_path):
    (tmp_path / "empty.md").write_text("   \n", encoding="utf-8")
    shutil.copy(take, tmp_path / "take.wav")
    with serving(published) as address:
        page = opened(address, "/")
        page.locator("#add-recording").set_input_files(tmp_path / "take.wav")
        page.locator("#add-column").set_input_files(tmp_path / "empty.md")
        page.locator("#add-form button").click()

        expect(page.locator("#add-form [data-said]")).to_contain_text("the column is empty")
        assert 1 == page.evaluate("document.querySelector('#add-recording').files.length")
    assert [] == published.slugs()
