"""The text that lights up as it is spoken, in a real browser."""

import re
import threading
import time
from itertools import chain

import numpy as np
import pytest
from builders import write_wav
from selectolax.lexbor import LexborHTMLParser

from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra, TimedWord
from columncast.feed.serving import loopback
from columncast.feed.serving.server import public
from columncast.feed.site.readalong import render_readalong, static_files, timed_html

AUDIO = "../../audio/walls.wav"
HTML = (
    '<h2>Of “walls”</h2><p>The <em>lo</em>ng wall<sup><a href="#note-1">1</a></sup>, they '
    'said,&nbsp;was <a href="https://walls.example/?a=1&amp;b=2">never &lt;done&gt;</a>.</p>'
    "<p>Nobody came.<br>It rained.</p><p>Then spring.</p>"
)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip


def sentence(text, start_s=None, *, status="read", word_s=0.5, **more):
    words, at = [], start_s
    for word in text.split():
        timed = at is not None
        words.append(TimedWord(text=word, start_s=at, end_s=at + word_s if timed else None))
        at = at + word_s if timed else None
    end_s = at
    status = status if start_s is not None else "missing"
    return AlignedSentence(
        text=text, start_s=start_s, end_s=end_s, status=status, words=tuple(words), **more
    )


@pytest.fixture
def alignment():
    return Alignment(
        sentences=(
            sentence("The Long Wall", 0.5, heading=True),  # on the page as its title
            sentence("Of “walls”", 2.0, heading=True),
            sentence("The long wall, they said, was never <done>.", 4.0),
            sentence("Nobody came."),
            sentence("It rained.", 9.0, status="unsure"),
            sentence("Then spring.", 12.0),
        ),
        extras=(
            Extra(start_s=0.0, end_s=0.4, kind="intro", after=-1),
            Extra(start_s=10.0, end_s=11.5, kind="ad-lib", after=4),
        ),
        duration_s=15.0,
    )


def text_of(html):
    tree = LexborHTMLParser(html)
    for link in tree.css(".ra-time, .ra-note, .ra-extra"):
        link.decompose()
    return re.sub(r"[\s\xa0]+", "", tree.body.text())  # spaces come with the links


@pytest.mark.parametrize("check", [False, True])
def test_nothing_of_the_page_is_lost(alignment, check):
    timed = timed_html(alignment, HTML, audio_url=AUDIO, check=check)

    assert text_of(HTML) == text_of(timed)
    for kept in ("<em>", 'href="https://walls.example/?a=1&amp;b=2"', "<sup>", "<br>"):
        assert kept in timed


def test_every_spoken_word_has_its_time(alignment):
    tree = LexborHTMLParser(timed_html(alignment, HTML, audio_url=AUDIO))

    words = [(n.text(), n.attributes["data-s"]) for n in tree.css(".ra-word")]

    assert [("Of", "2"), ("“walls”", "2.5"), ("The", "4"), ("lo", "4.5"), ("ng", "4.5")] == words[
        :5
    ]
    assert ("<done>", "7.5") in words
    assert not {"Nobody", "1"} & {word for word, _ in words}


def test_every_sentence_has_a_link_to_its_time(alignment):
    tree = LexborHTMLParser(timed_html(alignment, HTML, audio_url=AUDIO))

    links = [(n.text(), n.attributes["href"]) for n in tree.css("a.ra-time")]

    assert [
        ("0:02", f"{AUDIO}#t=2"),
        ("0:04", f"{AUDIO}#t=4"),
        ("0:09", f"{AUDIO}#t=9"),
        ("0:12", f"{AUDIO}#t=12"),
    ] == links


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    "html",
    [
        '<p><a href="https://w.example/">It rained.</a> Then spring.</p>',
        '<p><em><a href="https://w.example/"><b>It</b> rained. Then</a></em> spring.</p>',
        '<p>Hm. <A HREF="https://w.example/">It</A> rained. <a href="https://w.example/2">Then spring.</a></p>',
    ],
    ids=["whole", "two-sentences", "two-links"],
)
def test_a_link_that_begins_a_sentence_goes_on_leading_where_it_did(alignment, html, check):
    before = LexborHTMLParser(html).css("a")

    tree = LexborHTMLParser(timed_html(alignment, html, audio_url=AUDIO, check=check))

    after = [a for a in tree.css("a") if "w.example" in (a.attributes["href"] or "")]
    assert [(a.attributes["href"], a.text()) for a in before] == [
        (a.attributes["href"], a.text()) for a in after
    ]
    assert ["0:09", "0:12"] == [n.text() for n in tree.css("a.ra-time")]
    assert (1 if check else 0) <= len(tree.css("a.ra-extra"))


def test_readers_do_not_see_the_narration_check(alignment):
    html = render_readalong(alignment, HTML, audio_url=AUDIO)

    assert not re.search("ra-missing|ra-extra|ra-note|Narration check", html)


def test_the_editor_sees_what_differs_in_its_place(alignment):
    html = render_readalong(alignment, HTML, audio_url=AUDIO, check=True)

    tree = LexborHTMLParser(html)
    assert ["Nobody", "came."] == [n.text() for n in tree.css(".ra-missing")]
    assert ["not read", "listen to this one"] == [n.text() for n in tree.css(".ra-note")]
    assert [f"{AUDIO}#t=0,0.4", f"{AUDIO}#t=10,11.5"] == [
        n.attributes["href"] for n in tree.css(".ra-extra")
    ]
    assert html.index("rained.</span>") < html.index("#t=10,11.5") < html.index("spring.")
    assert "was not read" in tree.css_first(".ra-check").text()


def test_a_refused_alignment_leaves_the_text_as_it_is():
    refused = Alignment(sentences=(), verdict="too-noisy", message="Too noisy.")

    html = render_readalong(refused, HTML, audio_url=AUDIO, check=True)

    assert HTML in html
    assert "Too noisy." in html


def test_the_script_asks_nothing_of_a_content_security_policy(alignment):
    html = render_readalong(alignment, HTML, audio_url=AUDIO, check=True)

    assert not re.search(r"<script|<style|\son\w+=|\sstyle=|javascript:", html)
    assert not re.search(r"innerHTML|eval\(|https?:", static_files()["readalong.js"])


PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Walls</title>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'self'; style-src 'self'; media-src 'self'">
<link rel="stylesheet" href="../readalong.css"><script defer src="../readalong.js"></script>
</head><body><h1>The Long Wall</h1><audio controls preload="auto" src="{audio}"></audio>
{body}</body></html>"""


@pytest.fixture
def address(alignment, tmp_path):
    """The page on a real server, with ranges as browsers need them to seek."""
    feed = tmp_path / "feed" / "walls"
    feed.mkdir(parents=True)
    (tmp_path / "audio").mkdir()
    write_wav(tmp_path / "audio" / "walls.wav", np.zeros(15 * 8000), rate_hz=8000)
    body = render_readalong(alignment, HTML, audio_url=AUDIO, check=True)
    (feed / "index.html").write_text(PAGE.format(audio=AUDIO, body=body), encoding="utf-8")
    for name, content in static_files().items():
        (tmp_path / "feed" / name).write_text(content, encoding="utf-8")
    listening = loopback.listen(loopback.LOOPBACK, 0)
    started = threading.Event()
    server = loopback.server(public(tmp_path, lambda _: None), listening, lambda _: started.set())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    started.wait(20)
    yield f"http://{loopback.LOOPBACK}:{listening.getsockname()[1]}/feed/walls/"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def browser(part):
    chromium = part("chromium", "chromium-browser", "google-chrome")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser, address):
    """The page, with a list of everything that the browser complained about."""
    tab = browser.new_page()
    tab.complaints = []
    tab.on("console", lambda said: tab.complaints.append(said.text))
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.goto(address)
    until(tab, "document.querySelector('audio').readyState > 0")
    yield tab
    tab.close()


def until(page, condition):
    """Wait for *condition* from outside: the page's policy forbids evaluating strings inside."""
    end = time.monotonic() + 30
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"never true: {condition}"
        page.wait_for_timeout(20)


def time_of(page):
    return page.evaluate("document.querySelector('audio').currentTime")


def playing(page):
    return not page.evaluate("document.querySelector('audio').paused")


def lit(page):
    return page.evaluate("[...document.querySelectorAll('.ra-on')].map(e => e.textContent)")


def seek(page, seconds):
    page.evaluate(f"document.querySelector('audio').currentTime = {seconds}")


@pytest.mark.parametrize(
    ("seconds", "words"), [(4.6, ["lo", "ng"]), (7.7, ["<done>", "."]), (9.2, ["It"]), (8.5, [])]
)
def test_the_word_that_is_spoken_lights_up(page, seconds, words):
    seek(page, seconds)

    until(
        page,
        f"JSON.stringify([...document.querySelectorAll('.ra-on')].map(e => e.textContent)) === "
        f"JSON.stringify({words})",
    )
    assert page.complaints == []


def test_words_light_up_one_after_the_other_while_it_plays(page):
    page.evaluate(
        """() => { window.seen = []; window.most = 0; new MutationObserver(() => {
            most = Math.max(most, document.querySelectorAll('.ra-now').length);
            const on = [...document.querySelectorAll('.ra-on')].map(e => e.textContent).join('');
            if (on && seen.at(-1) !== on) seen.push(on);
        }).observe(document.body, {attributes: true, subtree: true}); }"""
    )

    page.get_by_text("they", exact=True).click()
    until(page, "window.seen.length >= 4")

    assert page.evaluate("seen.slice(0, 4)") == ["they", "said,", "was", "never"]
    assert page.evaluate("most") == 11  # the pieces of that sentence: markup cuts three words
    assert page.complaints == []


def test_a_click_on_a_word_plays_from_it(page):
    page.locator(".ra-word", has_text="spring").click()

    until(page, "document.querySelector('audio').currentTime >= 12.5")
    assert playing(page)


def test_a_link_in_the_text_is_still_a_link(page):
    with page.expect_request(re.compile(r"walls\.example")):
        page.locator("a", has_text="never").click(no_wait_after=True)


def test_a_time_link_plays_here_instead_of_leaving(page, address):
    page.get_by_text("0:09", exact=True).click()

    until(page, "document.querySelector('audio').currentTime >= 9")
    assert page.url == address


def test_an_extra_is_played_to_its_end_and_no_further(page):
    page.locator(".ra-ad-lib").click()
    until(page, "document.querySelector('audio').currentTime > 10")

    until(page, "document.querySelector('audio').paused")

    assert 11.4 < time_of(page) < 12


def test_the_keyboard_is_enough(page):
    page.evaluate(
        """() => { const audio = document.querySelector('audio'); window.sought = [];
            audio.playbackRate = 0.1;  // a slow machine must not run on to the next sentence
            audio.addEventListener('seeking', () => sought.push(Math.floor(audio.currentTime))); }"""
    )
    page.locator(".ra-text").focus()

    for number, key in enumerate(["ArrowRight", "ArrowRight", "ArrowLeft"], start=1):
        page.keyboard.press(key)
        until(page, f"window.sought.length === {number}")
    page.keyboard.press(" ")

    assert page.evaluate("sought") == [2, 4, 2]
    assert not playing(page)


def test_an_address_with_a_time_opens_there(browser, address):
    tab = browser.new_page()

    tab.goto(f"{address}#t=9.2")
    tab.wait_for_selector(".ra-on")

    assert lit(tab) == ["It"]
    tab.close()


def test_without_javascript_it_is_the_text_with_links(browser, address):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()

    tab.goto(address)

    assert not tab.locator(".ra-hint").is_visible()
    assert tab.locator("a.ra-time").count() == 4
    assert tab.get_by_text("spring.").is_visible()
    context.close()


def test_the_page_does_not_glide_for_those_who_asked_it_not_to(browser, address):
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 320, "height": 160})
    tab = context.new_page()
    tab.goto(address)
    until(tab, "document.querySelector('audio').readyState > 0")
    tab.evaluate(
        """() => { window.asked = []; const old = Element.prototype.scrollIntoView;
            Element.prototype.scrollIntoView = function (how) { asked.push(how.behavior); old.call(this, how); }; }"""
    )
    tab.locator(".ra-text").focus()

    for _ in range(4):
        tab.keyboard.press("ArrowRight")
    until(tab, "window.asked.length > 0")

    assert set(tab.evaluate("asked")) == {"auto"}
    context.close()


def test_static_files_are_complete():
    assert {"readalong.js", "readalong.css"} == set(static_files())
    assert all(chain(static_files().values()))
