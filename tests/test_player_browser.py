"""The player and the text that follows it, in a real browser."""

from __future__ import annotations

import gzip
import re
from importlib.resources import files

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_builders import served_publicly, until
from builders import plain_cover, write_wav
from feed_builders import enclosure, episode, notes, show
from read_along_builders import HTML, alignment

from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.summary import listing_of
from columncast.episodes.phrases.book import phrases
from columncast.feed.artwork.small_pictures import Cover, pictures_of
from columncast.feed.serving import loopback
from columncast.feed.site.assets import shared_files, words_file
from columncast.feed.site.pages import render_page

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle"
READ = "".join(f"<p>{'The ferry has two timetables. ' * 12}</p>" for _ in range(12))
POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
POLICY += "img-src 'self'; media-src 'self'; connect-src 'self'; base-uri 'none'"
LENGTH_S = 15


def episodes(base_url):
    """Pages by their slugs: one to follow, one in Arabic, one of long words, one of notes alone."""
    sound = enclosure(
        "walls-1a2b3c4d.wav",
        url=f"{base_url}audio/walls-1a2b3c4d.wav",
        mime_type="audio/wav",
        duration_s=float(LENGTH_S),
    )
    marks = (Chapter(start_s=2, title="Of walls"), Chapter(start_s=9, title="Rain"))

    def made(slug, text, **more):
        return episode(
            1,
            slug=slug,
            text_html=text,
            notes=notes(text),
            enclosure=sound,
            chapters=marks,
            page_url=f"{base_url}feed/{slug}/",
            **{"title": "The Long Wall"} | more,
        )

    yield made("walls", HTML + READ)
    yield made("arabic", HTML + READ, language="ar", title="الجدار الطويل")
    yield made("words", f"{HTML}<p>{LONG * 3}</p><pre>{'x' * 300}</pre>{READ}", title=LONG * 2)
    yield made("notes", READ)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of the pages on a real server, with ranges as browsers need them to seek."""
    folder = tmp_path_factory.mktemp("player")
    (folder / "audio").mkdir()
    quiet = np.zeros(LENGTH_S * 8000)
    write_wav(folder / "audio" / "walls-1a2b3c4d.wav", quiet, rate_hz=8000)
    listening = loopback.listen(loopback.LOOPBACK, 0)
    base_url = f"http://{loopback.LOOPBACK}:{listening.getsockname()[1]}/"
    ours = show(base_url=base_url, cover_alt="A waveform")
    content = plain_cover()
    cover = Cover(content=content, suffix=".jpg", mime_type="image/jpeg", side_px=1400)
    shared, assets = shared_files(ours, pictures_of(cover))
    for one in episodes(base_url):
        home = folder / "feed" / one.slug
        home.mkdir(parents=True)
        words = words_file(alignment(), one) if one.slug != "notes" else None
        if words:
            (home / words.name).write_bytes(words.content)
        html = render_page(
            ours,
            one,
            files=shared,
            words=words.name if words else "",
            previous=listing_of(episode(2)),
        ).replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">')
        (home / "index.html").write_text(html, encoding="utf-8")
    for asset in assets:
        (folder / "feed" / asset.name).write_bytes(asset.content)
    with served_publicly(folder, listening):
        yield base_url


@pytest.fixture
def visit(browser, site):
    """Open a page; it notes what the browser complained about and what was fetched."""
    contexts = []

    def opened(path="walls/", *, before="", width=1024, height=700, **how):
        context = browser.new_context(viewport={"width": width, "height": height}, **how)
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.fetched = [], []
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.fetched.append(request.url.rpartition("/")[2]))
        if before:
            page.add_init_script(before)
        page.goto(f"{site}feed/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(visit):
    return visit()


def asset_named(name):
    return (files("columncast.feed.site") / "static" / name).read_bytes()


def place(page):
    return page.evaluate("document.querySelector('audio').currentTime")


def playing(page):
    return not page.evaluate("document.querySelector('audio').paused")


def slowly(page):
    """Play so slowly that a busy machine does not run on to the next sentence."""
    page.evaluate(
        "(audio => { audio.defaultPlaybackRate = audio.playbackRate = 0.1; })(document.querySelector('audio'))"
    )


def begin(page, seconds=None):
    """Play, and stop at *seconds* with the times of the words there."""
    page.click(".play >> nth=0")
    until(page, "document.querySelector('audio').readyState > 1")
    if seconds is not None:
        page.evaluate("document.querySelector('audio').pause()")
        until(page, "CSS.highlights.size > 0 || document.querySelector('audio').paused")
        page.evaluate(f"document.querySelector('audio').currentTime = {seconds}")


def marked(name):
    return f"[...(CSS.highlights.get('{name}') ?? [])].map(String).join('|')"


SENTENCE, WORD = marked("spoken-sentence"), marked("spoken-word")


# Before anything is played


def test_nothing_is_fetched_but_what_the_page_shows(page):
    kinds = sorted(re.sub("-[0-9a-f]{8}", "", name) for name in page.fetched)

    assert ["", "page.js", "player.css", "player.js", "thumbnail.webp"] == kinds
    assert [] == page.complaints


def test_the_text_is_plain_text_and_copies_clean(page):
    text = page.evaluate("document.querySelector('[data-text]').innerHTML.trim()")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('[data-text] p'))")

    assert "<span" not in text
    assert "data-" not in text
    assert "The long wall1, they said,\N{NO-BREAK SPACE}was never <done>." == page.evaluate(
        "String(getSelection())"
    )


def test_a_show_that_copied_an_earlier_style_sheet_keeps_the_player_in_shape(visit):
    page = visit(width=390)
    page.add_style_tag(
        content=".player { display: flex; } .player img { width: 4.5rem; } .player p { margin: 3rem; } "
        "@media (max-width: 34rem) { .player { display: grid; } .player div { display: contents; } }"
    )

    shown = page.locator(".player-row, .player-time").evaluate_all(
        "all => all.map(e => getComputedStyle(e).display)"
    )

    assert ["flex", "flex"] == shown


def test_without_javascript_there_is_the_browsers_own_player(visit):
    page = visit(java_script_enabled=False)

    assert page.locator("audio[controls]").is_visible()
    assert not page.locator("[data-controls]").is_visible()
    assert not page.locator("[data-bar]").is_visible()
    assert page.get_by_text("Then spring.").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 768, 1440])
@pytest.mark.parametrize("path", ["walls/", "arabic/", "words/", "notes/"])
def test_a_page_fits_the_screen_and_shuts_nobody_out(visit, path, width, scheme):
    page = visit(path, width=width, color_scheme=scheme)
    page.locator(".player-card summary").click()
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    until(page, "!document.querySelector('[data-bar]').hidden")

    found = Axe().run(page)

    assert [] == [violation["id"] for violation in found.response["violations"]]
    assert width == page.evaluate("document.documentElement.scrollWidth")
    assert page.evaluate("document.querySelector('h1').getBoundingClientRect().left >= 0")
    assert [] == page.complaints


@pytest.mark.parametrize(("path", "language"), [("walls/", "en"), ("arabic/", "ar")])
def test_every_control_has_a_name_and_room_for_a_finger(visit, path, language):
    page = visit(path, width=320)
    page.locator(".player-card summary").click()
    page.evaluate("scrollTo(0, 2000)")
    until(page, "!document.querySelector('[data-bar]').hidden")

    small = page.evaluate(
        """() => [...document.querySelectorAll(".player-card, .bar, .chapters")]
            .flatMap(part => [...part.querySelectorAll("a, button, select, summary, input, label")])
            .filter(e => e.checkVisibility())
            .filter(e => { const b = e.getBoundingClientRect(); return b.width < 24 || b.height < 24; })
            .map(e => e.outerHTML)"""
    )
    names = (
        page.locator(".player-card, .bar")
        .get_by_role("button")
        .evaluate_all("all => all.map(e => e.ariaLabel || e.innerText)")
    )

    assert [] == small
    assert all(names)
    spoken = phrases(language, "player", {})
    assert {spoken[control] for control in ("play", "back", "ahead")} <= set(names)


# Playing


def test_play_and_pause_and_skip(page):
    page.get_by_role("button", name="Play").first.click()
    until(page, "!document.querySelector('audio').paused")
    until(page, "document.querySelector('audio').readyState > 0")
    page.get_by_role("button", name="Pause").first.click()
    until(page, "document.querySelector('audio').paused")

    page.evaluate("document.querySelector('audio').currentTime = 1")
    page.get_by_role("button", name="Forward 30 seconds").first.click()
    end = place(page)
    page.get_by_role("button", name="Back 15 seconds").first.click()

    assert end == pytest.approx(LENGTH_S, abs=0.1)
    assert place(page) == pytest.approx(0, abs=0.1)


def test_the_speed_is_kept_for_the_next_page(page, site):
    page.select_option("select", "1.5")
    page.goto(f"{site}feed/notes/")

    begin(page)

    assert 1.5 == page.evaluate("document.querySelector('audio').playbackRate")
    assert "1.5" == page.evaluate("document.querySelector('select').value")


def test_a_listener_can_go_on_where_they_left(page):
    begin(page, 7.2)
    slowly(page)
    page.evaluate("document.querySelector('audio').play()")
    until(page, "document.querySelector('audio').currentTime > 7.3")
    page.get_by_role("button", name="Pause").first.click()

    page.reload()
    slowly(page)
    page.get_by_role("button", name="Go on at 0:07").first.click()
    until(page, "document.querySelector('audio').currentTime > 7")

    page.evaluate("document.querySelector('audio').pause()")
    page.reload()
    slowly(page)
    page.get_by_role("button", name="From the start").click()
    until(page, "!document.querySelector('audio').paused")
    assert place(page) < 6


def test_the_bar_is_there_while_the_player_is_not(page):
    assert not page.locator("[data-bar]").is_visible()

    page.evaluate("scrollTo(0, 1500)")
    until(page, "!document.querySelector('[data-bar]').hidden")

    assert "The Long Wall" in page.locator("[data-bar]").inner_text()
    page.locator("[data-bar]").get_by_role("button", name="Play").click()
    until(page, "!document.querySelector('audio').paused")


@pytest.mark.parametrize("width", [320, 1440])
def test_the_bar_never_covers_what_has_the_focus(visit, width):
    page = visit(width=width, height=500)
    page.evaluate("scrollTo(0, 700)")
    until(page, "!document.querySelector('[data-bar]').hidden")

    covered = []
    for _ in range(40):
        page.keyboard.press("Tab")
        covered += page.evaluate(
            """() => { const e = document.activeElement, bar = document.querySelector("[data-bar]");
                if (e === document.body || bar.hidden || bar.contains(e)) return [];
                const line = bar.getBoundingClientRect().top, box = e.getBoundingClientRect();
                return box.height < line && box.bottom > line ? [e.outerHTML.slice(0, 80)] : []; }"""
        )

    assert [] == covered


def test_a_chapter_plays_here(page, site):
    page.click(".chapters >> text=Rain")

    until(page, "document.querySelector('audio').currentTime >= 9")
    assert playing(page)
    assert f"{site}feed/walls/" == page.url
    assert "Rain" in page.locator(".chapters [aria-current]").inner_text()


def test_a_link_to_this_moment_is_copied_and_leads_back_to_it(visit, site):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    begin(page, 9.4)
    page.wait_for_timeout(50)

    page.get_by_text("Copy link at 0:09").click()
    until(page, "document.querySelector('[data-status]').textContent === 'Link copied'")

    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"{site}feed/walls/#t=9" == copied
    page.goto("about:blank")
    page.goto(copied)
    until(page, f"{SENTENCE} === 'It rained.'")
    assert page.get_by_role("button", name="Go on at 0:09").first.is_visible()


def test_the_lock_screen_is_told(visit):
    page = visit(
        before="""window.acts = {}; navigator.mediaSession.setActionHandler = (n, f) => { acts[n] = f; };"""
    )
    begin(page, 0)

    told = page.evaluate(
        "(({title, artist, album}) => [title, artist, album])(navigator.mediaSession.metadata)"
    )
    page.evaluate("acts.nexttrack(); acts.nexttrack()")

    assert ["The Long Wall", "Ada Mill", "Letters from a Slow Town"] == told
    assert page.evaluate("navigator.mediaSession.metadata.artwork.length") == 2
    assert place(page) == pytest.approx(9, abs=0.1)
    page.evaluate("acts.previoustrack()")
    assert place(page) == pytest.approx(2, abs=0.1)


def test_keys_work_anywhere_but_in_a_field(page):
    slowly(page)
    for key, reached in (
        ("l", LENGTH_S),
        ("j", 0),
        ("ArrowRight", 2),
        ("ArrowRight", 4),
        ("ArrowLeft", 2),
    ):
        page.keyboard.press(key)
        until(page, f"Math.abs((document.querySelector('[data-slider]').value) - {reached}) < 0.3")
    page.keyboard.press(">")
    assert "1.25" == page.evaluate("document.querySelector('select').value")
    page.keyboard.press("<")
    page.keyboard.press("k")
    until(page, "!document.querySelector('audio').paused")
    page.keyboard.press(" ")
    until(page, "document.querySelector('audio').paused")

    page.locator("select").focus()
    page.keyboard.press("k")
    page.locator("select").blur()
    assert not playing(page)


def test_keys_can_be_switched_off_and_stay_so(page):
    page.locator(".player-card summary").click()
    page.locator("[data-keys]").uncheck()
    page.reload()

    page.keyboard.press("k")

    page.wait_for_timeout(100)
    assert not playing(page)


def test_a_space_on_a_button_presses_that_button_alone(page):
    page.locator(".over, [data-do=back]").nth(1).focus()

    page.keyboard.press(" ")

    page.wait_for_timeout(100)
    assert not playing(page)


@pytest.mark.parametrize(
    "blocked",
    [
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no'); }});",
        "Object.defineProperty(navigator, 'mediaSession', {value: undefined});",
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});",
        "delete window.IntersectionObserver; delete window.Highlight;",
    ],
    ids=["storage", "media-session", "clipboard", "highlights"],
)
def test_what_a_browser_lacks_is_done_without(visit, blocked):
    page = visit(before=blocked)

    begin(page)
    page.keyboard.press("ArrowRight")
    page.get_by_text("Copy link at").click()

    until(page, "document.querySelector('[data-status]').textContent !== ''")
    assert playing(page)
    assert [] == page.complaints


def test_no_timer_runs_while_nothing_plays(visit):
    page = visit(
        before="""window.due = new Set(); const set = setTimeout, clear = clearTimeout;
            window.setTimeout = (f, ms) => { const id = set(() => { due.delete(id); f(); }, ms); due.add(id); return id; };
            window.clearTimeout = (id) => { due.delete(id); clear(id); };
            window.setInterval = window.requestAnimationFrame = () => { throw new Error("a timer"); };"""
    )
    assert 0 == page.evaluate("due.size")

    begin(page)
    until(page, "due.size > 0")
    page.evaluate("document.querySelector('audio').pause()")

    until(page, "due.size === 0")
    assert [] == page.complaints


def test_audio_that_cannot_be_loaded_is_said(visit):
    page = visit()
    page.route("**/audio/**", lambda route: route.abort())

    page.click(".play >> nth=0")

    until(
        page,
        "document.querySelector('[data-status]').textContent.startsWith('The audio could not')",
    )


# Reading along


@pytest.mark.parametrize("path", ["walls/", "arabic/", "words/"])
@pytest.mark.parametrize(
    ("seconds", "sentence", "word"),
    [
        (4.6, "The long wall1, they said,\N{NO-BREAK SPACE}was never <done>.", "long"),
        (7.7, "The long wall1, they said,\N{NO-BREAK SPACE}was never <done>.", "<done>."),
        (9.2, "It rained.", "It"),
        (11.7, "", ""),
    ],
)
def test_the_sentence_and_the_word_that_are_spoken_are_marked(visit, path, seconds, sentence, word):
    page = visit(path)
    begin(page, seconds)

    until(page, f"{SENTENCE} === {sentence!r}")

    until(page, f"{WORD} === {word!r}")
    assert [] == page.complaints


def test_marks_move_on_while_it_plays(page):
    page.evaluate(
        """() => { window.seen = []; const set = CSS.highlights.set.bind(CSS.highlights);
            CSS.highlights.set = (name, marks) => {
                if (name === "spoken-word") seen.push([...marks].map(String).join()); return set(name, marks); }; }"""
    )

    page.locator("[data-text] p").first.click(position={"x": 5, "y": 10})
    until(page, "window.seen.length >= 5")

    assert ["The", "long", "wall1,", "they", "said,"] == page.evaluate("seen.slice(0, 5)")
    assert [] == page.complaints


def test_a_click_on_a_sentence_plays_from_it(page):
    page.get_by_text("Then spring.").click(position={"x": 30, "y": 10})

    until(page, "document.querySelector('audio').currentTime >= 12")
    assert playing(page)


def test_a_click_beside_the_text_and_a_selection_play_nothing(page):
    line = page.get_by_text("Then spring.")
    line.click(position={"x": 400, "y": 10})
    line.dblclick(position={"x": 400, "y": 10})
    page.evaluate("getSelection().selectAllChildren(document.querySelector('[data-text] h2'))")

    page.wait_for_timeout(300)

    assert not playing(page)


def test_a_link_in_the_text_is_still_a_link_where_it_begins_a_sentence(page):
    with page.expect_request(re.compile(r"walls\.example/rain")):
        page.locator("a", has_text="It rained").click(no_wait_after=True)


def test_enter_on_a_sentence_plays_from_it(page):
    page.locator("[data-text]").focus()
    for reached in (2, 4, 9):
        page.keyboard.press("ArrowRight")
        until(page, f"Math.abs(document.querySelector('[data-slider]').value - {reached}) < 0.1")
    assert not playing(page)

    page.keyboard.press("Enter")

    until(page, "document.querySelector('audio').currentTime > 9")
    assert playing(page)


def test_following_can_be_switched_off(page):
    page.locator(".player-card summary").click()
    page.locator("[data-follow]").uncheck()

    begin(page, 4.6)
    page.get_by_text("Then spring.").click(position={"x": 30, "y": 10})
    page.wait_for_timeout(200)

    assert "" == page.evaluate(SENTENCE)
    assert place(page) < 5
    assert not [name for name in page.fetched if name.startswith("words-")]


def test_where_highlights_are_unknown_boxes_lie_behind_the_sentence(visit):
    page = visit(before="delete window.Highlight;")

    page.get_by_text("Then spring.").click(position={"x": 30, "y": 10})
    until(page, "document.querySelectorAll('.spoken-box').length === 1")

    box = page.locator(".spoken-box").bounding_box()
    words = page.evaluate(
        "(() => { const r = new Range(); r.selectNodeContents([...document.querySelectorAll('[data-text] p')][2]);"
        " const b = r.getBoundingClientRect(); return [b.left, b.top, b.width]; })()"
    )
    assert [box["x"], box["y"], box["width"]] == pytest.approx(words, abs=1)
    assert [] == page.complaints


def test_times_of_another_text_mark_nothing(visit):
    page = visit()
    page.evaluate("document.querySelector('[data-text]').append('one more word')")

    begin(page, 4.6)
    page.wait_for_timeout(200)

    assert "" == page.evaluate(SENTENCE)
    assert [] == page.complaints


@pytest.mark.parametrize(
    ("motion", "behaviour"), [("reduce", "instant"), ("no-preference", "smooth")]
)
def test_the_page_does_not_glide_for_those_who_asked_it_not_to(visit, motion, behaviour):
    page = visit(width=320, height=300, reduced_motion=motion)
    page.evaluate(
        "() => { window.asked = []; window.scrollBy = (how) => asked.push(how.behavior); }"
    )

    for _ in range(3):
        page.keyboard.press("ArrowRight")
    until(page, "asked.length > 0")

    assert {behaviour} == set(page.evaluate("asked"))


def test_a_reader_who_scrolls_elsewhere_is_left_there_until_they_ask(visit):
    page = visit(width=390, height=500)
    begin(page)
    page.mouse.wheel(0, 2500)
    until(page, "scrollY > 1500 && !document.querySelector('[data-bar]').hidden")
    page.evaluate("document.querySelector('audio').currentTime = 4.1")
    until(page, f"{SENTENCE}.startsWith('The long')")
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY > 1500")

    page.locator("[data-do=place]").click()

    until(page, "scrollY < 1400")


# Sizes


def test_a_page_of_nine_minutes_is_light(visit):
    """All but its text, and 9,500 bytes for that of nine minutes, make 60,000 at most."""
    page = visit("walls/")

    sent = page.evaluate(
        """performance.getEntries().filter(e => e.transferSize).reduce((sum, e) => sum + e.transferSize, 0)"""
    )

    assert sent - len((HTML + READ).encode()) + 9_500 <= 60_000


def test_the_script_is_light_and_readable():
    script = asset_named("player.js")

    assert len(gzip.compress(script, 9)) <= 8_000
    assert max(map(len, script.decode().splitlines())) <= 110
    assert not re.search(r"innerHTML|eval\(|https?:|setInterval", script.decode())
