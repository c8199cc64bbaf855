"""The preview in a real browser: Chromium, driven by Playwright, with axe looking on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from builders import files_of
from hostile_markup import served
from playwright.sync_api import expect
from preview_builders import COLUMN, HOOK, SLUG, build, make_show, serving

from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import change_facts
from columncast.feed.preview.export import export

PAGE = f"/episodes/{SLUG}/"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def template(tmp_path_factory, ffmpeg) -> Path:
    folder = tmp_path_factory.mktemp("preview-browser")
    for name, hertz in (("tone", 440), ("new-tone", 550)):
        source = f"sine={hertz}:duration=36"
        ffmpeg("-f", "lavfi", "-i", source, "-b:a", "64k", "-ac", "1", folder / f"{name}.mp3")
    make_show(folder / "show", folder / "tone.mp3")
    return folder


@pytest.fixture
def folder(template, tmp_path) -> ShowFolder:
    shutil.copytree(template / "show", tmp_path / "show")
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def address(folder):
    tags = [("Title", "The Lamp on the Mole"), ("Album", "Harbour Letters")]
    live = (folder.feed / "feed.xml").read_bytes()
    with serving(folder, tags=lambda _: tags, live=lambda: live) as url:
        yield url


@pytest.fixture
def opened(browser, address):
    """Open pages of the preview in one window; whatever a page complains of fails the test."""
    contexts, complaints = [], []

    def open_page(path=PAGE, *, context=None, viewport=DESK, **how):
        if context is None:
            context = browser.new_context(viewport=viewport, **how)
            contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
        page.goto(address.opening(path) if path.startswith("/") else path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [] == [c for c in complaints if "409" not in c and "422" not in c]


@pytest.fixture
def column(folder) -> Path:
    return folder.episodes / SLUG / "column.md"


@pytest.fixture
def facts(folder) -> Path:
    return folder.episodes / SLUG / "episode.toml"


def until(page, condition: str) -> None:
    """Wait until *condition* holds; Playwright's own way needs `eval`, which the page forbids."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"it never came to {condition}")


def live(page):
    """Wait until the page hears of saves."""
    expect(page.locator('#live[data-state="on"]')).to_be_visible()
    until(page, "performance.getEntriesByType('resource').length > 1")
    return page


def save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def apple(page):
    return page.locator(".pane").first.locator(".screen")


# --- live -------------------------------------------------------------------------------------


def test_a_save_changes_the_open_page(opened, column):
    page = live(opened())

    save(column, COLUMN.replace("eleven years", "twelve winters"))

    expect(apple(page)).to_contain_text("twelve winters")
    expect(page.locator("#changes .diff").first).to_contain_text("eleventwelve")


def test_a_save_keeps_place_and_player(opened, column):
    page = live(opened())
    page.locator("#audio").evaluate("a => { a.muted = true; a.currentTime = 20; return a.play(); }")
    page.locator("#tags").scroll_into_view_if_needed()
    page.locator("#audio").evaluate("a => { a.marked = true; }")
    before = page.locator("#tags").bounding_box()["y"]

    save(column, COLUMN.replace("## The boat", "A new line.\n\nAnd another.\n\n## The boat"))
    expect(apple(page)).to_contain_text("And another.")

    assert page.locator("#audio").evaluate("a => a.marked && !a.paused && a.currentTime >= 20")
    assert abs(page.locator("#tags").bounding_box()["y"] - before) < 2


def test_a_build_elsewhere_changes_the_audio_and_playing_goes_on(opened, folder, template):
    page = live(opened())
    page.locator("#audio").evaluate("a => { a.muted = true; a.currentTime = 20; return a.play(); }")
    before = page.locator("#audio").get_attribute("src")

    build(folder, template / "new-tone.mp3")

    expect(page.locator("#audio")).not_to_have_attribute("src", before)
    until(page, "document.querySelector('#audio').currentTime >= 20")
    until(page, "!document.querySelector('#audio').paused")


def test_an_error_is_shown_and_the_last_good_preview_stays(opened, column):
    page = live(opened())

    save(column, "---\ntitle: A: B\n---\nText.\n")
    problem = page.locator("#problem")
    expect(problem).to_contain_text("Error:")
    expect(problem).to_contain_text("quotes")
    expect(page.locator("h1")).to_have_text("The Lamp on the Mole")
    expect(apple(page)).to_contain_text("no boat")
    save(column, COLUMN)

    expect(problem).to_be_empty()


def test_a_template_that_is_saved_changes_the_public_page(opened, folder):
    page = live(opened())
    (folder.root / "templates").mkdir()
    # Out of sight it would not be loaded.
    page.evaluate("document.querySelector('#page iframe').parentElement.scrollIntoView()")

    save(folder.root / "templates/episode.html", "<h1>{{ episode.title }}, ahoy!</h1>")

    expect(page.frame_locator("#page iframe").locator("h1")).to_have_text(
        "The Lamp on the Mole, ahoy!"
    )


def test_more_pages_than_a_browser_has_connections_all_hear_of_a_save(opened, column):
    first = live(opened())
    pages = [first, *(live(opened(context=first.context)) for _ in range(6))]

    save(column, COLUMN.replace("eleven years", "twelve winters"))

    for page in pages:
        page.bring_to_front()
        expect(apple(page)).to_contain_text("twelve winters")


def test_when_the_listening_page_goes_another_listens(opened, column):
    first = live(opened())
    second = live(opened(context=first.context))

    first.close()
    expect(second.locator('#live[data-state="on"]')).to_be_visible()
    save(column, COLUMN.replace("eleven years", "twelve winters"))

    expect(apple(second)).to_contain_text("twelve winters")


def test_the_list_of_episodes_is_live_too(opened, folder):
    page = live(opened("/"))

    shutil.copytree(folder.episodes / SLUG, folder.episodes / "another")

    expect(page.locator(".episodes li")).to_have_count(2)


def test_the_list_is_narrowed_to_what_is_looked_for(opened, folder):
    for slug, title in (("ferry", "The Last Ferry"), ("zurich", "Zürich, Twice")):
        shutil.copytree(folder.episodes / SLUG, folder.episodes / slug)
        change_facts(folder.episode(slug), {"title": title, "guid": slug})
    page = opened("/")
    shown = page.locator(".episodes > li:visible .name")

    page.keyboard.press("/")
    page.keyboard.type("zurich not built")
    expect(shown).to_have_text(["Zürich, Twice"])
    expect(page.locator("#found")).to_have_text("1 of 3")
    change_facts(folder.episode("ferry"), {"title": "From Zurich by Night"})

    expect(shown).to_have_text(["Zürich, Twice", "From Zurich by Night"])
    expect(page.locator("#found")).to_have_text("2 of 3")


def test_a_preview_that_has_stopped_says_so(browser, folder):
    context = browser.new_context()
    page = context.new_page()
    with serving(folder) as url:
        page.goto(url.opening(PAGE))
        live(page)

    expect(page.locator("#live")).to_contain_text("The preview has stopped")


def test_a_page_without_the_key_opens_by_itself_once_the_browser_has_it(browser, address):
    context = browser.new_context()
    locked, page = context.new_page(), context.new_page()
    locked.goto(address + PAGE)
    expect(locked.locator("h1")).to_have_text("This preview is locked")

    page.goto(address.opening("/"))

    expect(locked.locator("h1")).to_have_text("The Lamp on the Mole")
    assert [] == [c for c in page.evaluate("[document.cookie]") if c]
    context.close()


TRIED = """async (target) => {
    const said = [];
    for (const [how, options] of Object.entries({
        write: {method: "POST", mode: "no-cors", credentials: "include", body: "hook=x"},
        read: {credentials: "include"},
        blind: {mode: "no-cors", credentials: "include"},
    })) {
        try {
            const answer = await fetch(target, options);
            said.push([how, answer.type == "opaque" ? "" : await answer.text()]);
        } catch { said.push([how, ""]); }
    }
    const form = document.body.appendChild(document.createElement("form"));
    form.method = "post"; form.target = "there"; form.action = target;
    const frame = document.body.appendChild(document.createElement("iframe"));
    frame.name = "there";
    form.submit();
    await new Promise((done) => setTimeout(done, 200));
    try { said.push(["frame", frame.contentDocument.body.textContent]); } catch {}
    return said;
}"""


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_page_of_another_origin_gets_and_changes_nothing_though_the_browser_has_the_key(
    browser, address, folder, name
):
    """Another port of this machine is the same site to a browser, which sends it the cookie."""
    before = files_of(folder.root)
    context = browser.new_context()
    context.new_page().goto(address.opening("/"))
    with served({"/": ""}) as elsewhere:
        page = context.new_page()
        page.goto(elsewhere.replace("127.0.0.1", name) + "/")

        said = [
            each
            for path in (
                *(f"{PAGE}{name}" for name in ("facts", "", "live", "column", "undo", "do/build")),
                *(f"{PAGE}do/{name}" for name in ("publish", "withdraw", "schedule")),
                *("/token", "/add", "/upload/cover", "/task"),
            )
            for each in page.evaluate(TRIED, address + path)
        ]

    assert 39 <= len(said)
    assert [] == [each for each in said if each[1] and "answers to its own pages" not in each[1]]
    assert before == files_of(folder.root)
    context.close()


# --- the player -------------------------------------------------------------------------------


def test_a_chapter_plays_from_its_start_by_a_range_request(opened):
    page = opened()
    statuses = []
    page.on("response", lambda r: ".mp3" in r.url and statuses.append(r.status))
    page.reload()
    page.locator("#audio").evaluate("a => { a.muted = true; }")

    page.locator(".chapters a", has_text="The boat").click()

    until(page, "document.querySelector('#audio').currentTime > 24.2")
    assert 206 in statuses
    expect(page.locator("#now")).to_have_text("The boat")
    assert "true" == page.locator(".chapters a").nth(2).get_attribute("aria-current")


def test_the_transcript_is_read_along(opened):
    page = opened()

    page.locator("#audio").evaluate("a => { a.currentTime = 16; }")

    expect(page.locator('.cues [aria-current="true"]')).to_contain_text("eleven years")


def test_a_time_in_a_pane_leads_into_the_recording(opened):
    page = opened()
    page.locator("#audio").evaluate("a => { a.muted = true; }")

    apple(page).get_by_role("link", name="00:00:12").click()

    until(page, "document.querySelector('#audio').currentTime >= 12")


def test_the_picture_of_the_loudness_is_a_way_into_the_recording(opened):
    page = opened()
    page.locator("#audio").evaluate("a => { a.muted = true; }")
    box = page.locator(".timeline").bounding_box()

    page.locator(".timeline").click(position={"x": box["width"] / 2, "y": 10})

    until(page, "Math.abs(document.querySelector('#audio').currentTime - 18) < 1.5")


# --- the editor's fields ----------------------------------------------------------------------


def test_a_field_is_saved_from_the_keyboard_and_shown(opened, facts):
    page = live(opened())
    page.get_by_label("Hook").fill(HOOK)
    page.get_by_label("Episode", exact=True).fill("7")

    page.keyboard.press("Control+s")

    expect(page.locator("#facts [data-said]")).to_have_text("Saved.")
    expect(apple(page).locator("p").first).to_have_text(HOOK)
    text = facts.read_text(encoding="utf-8")
    assert f'hook = "{HOOK}"' in text
    assert "number = 7" in text
    assert "# a note of Ida's" in text


def test_what_is_being_typed_survives_saves_of_the_column(opened, column):
    page = live(opened())
    page.get_by_label("Hook").fill(HOOK)

    save(column, COLUMN.replace("eleven years", "twelve winters"))
    expect(apple(page)).to_contain_text("twelve winters")

    expect(page.get_by_label("Hook")).to_have_value(HOOK)
    expect(page.get_by_label("Hook")).to_be_focused()


def conflict(page, facts):
    page.get_by_label("Hook").fill(HOOK)
    save(facts, facts.read_text(encoding="utf-8") + '\n[notes]\nhook = "Theirs."\n')
    expect(apple(page).locator("p").first).to_have_text("Theirs.")
    page.get_by_role("button", name="Save to episode.toml").click()
    expect(page.locator("#facts [data-said]")).to_contain_text("nothing was saved")
    assert "Theirs." in facts.read_text(encoding="utf-8")


def test_a_conflict_is_told_and_the_other_version_can_be_taken(opened, facts):
    page = live(opened())
    conflict(page, facts)

    page.get_by_role("button", name="Show what the file says").click()

    expect(page.get_by_label("Hook")).to_have_value("Theirs.")


def test_a_conflict_is_told_and_ones_own_version_can_be_kept(opened, facts):
    page = live(opened())
    conflict(page, facts)

    page.get_by_role("button", name="Save mine all the same").click()

    expect(page.locator("#facts [data-said]")).to_have_text("Saved.")
    assert f'hook = "{HOOK}"' in facts.read_text(encoding="utf-8")


def test_a_value_that_cannot_be_is_told_beside_the_button(opened):
    page = live(opened())
    page.get_by_label("Published").fill("1958-07-31T00:00")

    page.get_by_role("button", name="Save to episode.toml").click()

    expect(page.locator("#facts [data-said]")).to_contain_text("must lie between 2000 and")


def test_a_mention_that_is_ticked_appears_in_the_notes(opened):
    page = live(opened())
    page.locator("#group-mentions > summary").click()
    mention = page.locator("#group-mentions .tick").first
    title = mention.locator("label").inner_text().split("\n")[0]
    mention.locator("input").check()

    page.keyboard.press("Control+s")

    expect(page.locator("#facts [data-said]")).to_have_text("Saved.")
    expect(apple(page)).to_contain_text("Mentioned")
    expect(apple(page)).to_contain_text(title.split(" https")[0])


# --- warnings ---------------------------------------------------------------------------------


def test_a_warning_is_accepted_at_its_line_from_the_keyboard(opened, column, facts):
    save(column, COLUMN.replace("a quarter past nine", "9:15"))
    page = live(opened())
    at_line = page.locator("#L16 .at-line")

    at_line.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("It is the name of a train.")
    page.keyboard.press("Enter")

    expect(at_line).to_have_count(0)
    expect(page.locator("#warnings .counted")).to_have_text("1 warning, 1 accepted")
    assert "It is the name of a train." in facts.read_text(encoding="utf-8")
    page.locator("#accepted summary").click()
    page.get_by_role("button", name="Take back").click()

    expect(at_line).to_be_visible()
    assert "train" not in facts.read_text(encoding="utf-8")


# --- for everybody ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "viewport", "scheme"),
    [
        (PAGE, PHONE, "light"),
        (PAGE, PHONE, "dark"),
        (PAGE, DESK, "light"),
        (PAGE, DESK, "dark"),
        ("/", PHONE, "dark"),
        ("/", DESK, "light"),
    ],
    ids=["phone-light", "phone-dark", "desk-light", "desk-dark", "list-phone", "list-desk"],
)
def test_nobody_is_shut_out(opened, path, viewport, scheme, column):
    save(column, COLUMN.replace("a quarter past nine", "9:15").replace("eleven", "twelve"))
    page = opened(path, viewport=viewport, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    )

    assert 0 == found.violations_count, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_panes_are_shown_as_somebody_chose_after_a_save_and_on_the_next_page(opened, column):
    page = live(opened(viewport={"width": 768, "height": 900}))
    assert page.locator(".pane.same").first.is_visible()

    page.get_by_label("Only where they differ").check()
    page.locator("#view-scheme").select_option("dark")
    page.locator("#view-size").select_option("largest")
    save(column, COLUMN.replace("eleven years", "twelve winters"))
    expect(apple(page)).to_contain_text("twelve winters")

    for each in (page, opened(context=page.context)):
        expect(each.get_by_label("Only where they differ")).to_be_checked()
        assert not each.locator(".pane.same").first.is_visible()
        assert "dark" == apple(each).evaluate("e => getComputedStyle(e).colorScheme")
        assert "24px" == apple(each).evaluate("e => getComputedStyle(e).fontSize")
        assert each.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_error_and_a_conflict_shut_nobody_out(opened, column, facts):
    page = live(opened())
    conflict(page, facts)
    save(column, "---\ntitle: A: B\n---\nText.\n")
    expect(page.locator("#problem")).to_contain_text("Error:")

    found = Axe().run(page)

    assert 0 == found.violations_count, found.generate_report()


def test_the_keyboard_reaches_everything(opened):
    page = opened()
    page.evaluate("document.body.focus()")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll(`a[href], button, input:not([type=hidden]), textarea,
        summary, audio, [tabindex="0"]`)].filter((e) => e.checkVisibility()).length"""
    )

    reached = set()
    for _ in range(3 * wanted):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                """() => { const e = document.activeElement;
                e.number ??= (window.count = (window.count ?? 0) + 1); return e.number; }"""
            )
        )

    assert len(reached) >= wanted


def test_the_first_tab_leads_past_the_top(opened):
    page = opened()

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()


def test_whoever_wants_no_motion_gets_none(opened, column):
    page = live(opened(reduced_motion="reduce"))

    save(column, COLUMN.replace("eleven years", "twelve winters"))
    expect(page.locator("#apps.fresh")).to_be_visible()

    assert "none" == page.locator("#apps").evaluate("e => getComputedStyle(e).animationName")


def test_without_javascript_everything_can_be_read(opened):
    page = opened(java_script_enabled=False)

    expect(apple(page)).to_contain_text("no boat")
    expect(page.locator("#audio")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("needs JavaScript")


# --- one file ---------------------------------------------------------------------------------


def test_an_exported_file_plays_from_the_disk_and_asks_for_nothing(opened, folder, tmp_path):
    export(folder, SLUG, tmp_path / "lamp.html", embed_audio=True)
    page = opened("about:blank")
    asked = []
    page.on("request", lambda r: asked.append(r.url[:40]))

    page.goto((tmp_path / "lamp.html").as_uri())
    page.locator("#audio").evaluate("a => { a.muted = true; }")
    page.locator(".chapters a", has_text="The boat").click()

    until(page, "document.querySelector('#audio').currentTime > 24.2")
    assert [] == [url for url in asked if not url.startswith(("file:", "data:"))]
    assert 0 == Axe().run(page).violations_count
