"""The public pages in a real browser: they play, fit, and shut nobody out."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from builders import plain_cover
from feed_builders import enclosure, episode, master, notes, show

from columncast.audio.ffmpeg.process import executable
from columncast.episodes.model.episode import Attachment, Chapter, Person
from columncast.episodes.model.podcast20 import Funding
from columncast.episodes.model.summary import listings_of
from columncast.episodes.show.settings import PodcastSettings
from columncast.feed.artwork.small_pictures import Cover, pictures_of
from columncast.feed.rss.document import plan_pages, render_rss
from columncast.feed.serving import loopback
from columncast.feed.serving.server import public
from columncast.feed.site.assets import shared_files
from columncast.feed.site.pages import (
    render_feed_style,
    render_index,
    render_not_found,
    render_page,
    render_root,
)

HTML = (
    "<p>The ferry has <em>two</em> timetables. <a href='https://example.org/x'>One</a> hangs in a "
    "glass case.</p><ul><li>Spring</li><li>Autumn</li></ul>"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a small show with everything in it, served as `columncast serve` does."""
    folder: Path = tmp_path_factory.mktemp("site")
    listening = loopback.listen(loopback.LOOPBACK, 0)
    base_url = f"http://{loopback.LOOPBACK}:{listening.getsockname()[1]}/"
    audio = folder / "audio" / "week-1-1a2b3c4d.mp3"
    audio.parent.mkdir()
    tone = "sine=frequency=220:duration=40"
    made = [
        executable(),
        "-loglevel",
        "error",
        "-f",
        "lavfi",
        "-i",
        tone,
        "-b:a",
        "64k",
        str(audio),
    ]
    subprocess.run(made, check=True)
    transcript = Attachment(url=f"{base_url}feed/week-1/transcript.vtt", mime_type="text/vtt")
    rich = episode(
        season=1,
        number=1,
        subtitle="About a boat, and who waits for it",
        notes=notes(HTML),
        enclosure=enclosure(
            audio.name, url=f"{base_url}audio/{audio.name}", length_bytes=audio.stat().st_size
        ),
        page_url=f"{base_url}feed/week-1/",
        chapters=(Chapter(start_s=0, title="Glass"), Chapter(start_s=20, title="Rain")),
        persons=(Person(name="Tomas Reed", role="narrator", href="https://example.org/tomas"),),
        transcripts=(transcript,),
        master=master(),
    )
    ours = show(
        base_url=base_url,
        cover_alt="The show's title over a waveform",
        copyright="2026 The Slow Town Press",
        podcast=PodcastSettings(funding=(Funding(url="https://example.org/give", text="Give"),)),
    )
    content = plain_cover()
    cover = Cover(content=content, suffix=".jpg", mime_type="image/jpeg", side_px=1400)
    shared, assets = shared_files(ours, pictures_of(cover))
    first = plan_pages(ours, listings_of([rich]))[0]
    index = render_index(ours, first, total=1, files=shared)
    for name, content in {
        **{f"feed/{asset.name}": asset.content for asset in assets},
        "feed/feed.css": render_feed_style().encode(),
        "feed/feed.xml": render_rss(ours, [rich], cover_url=shared.cover_url),
        "feed/index.html": index.encode(),
        "feed/week-1/index.html": render_page(ours, rich, files=shared).encode(),
        "site/index.html": render_root(ours, listings_of([rich])[0], files=shared).encode(),
        "site/404.html": render_not_found(ours, files=shared).encode(),
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    server = loopback.server(public(folder, lambda _: None, root=True), listening, lambda _: None)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield base_url
    server.should_exit = True
    thread.join(20)


def unexpected(response) -> bool:
    # A browser asks for an icon of its own accord where a document cannot name one.
    return response.status >= 400 and not response.url.endswith("/favicon.ico")


@pytest.fixture
def visit(site, browser):
    """Open a page of the site; notes what went wrong and what was asked of other servers."""
    contexts = []

    def open_page(path, width=1440, scheme="light", **how):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **how
        )
        contexts.append(context)
        page = context.new_page()
        page.trouble = []
        page.on("pageerror", lambda e: page.trouble.append(str(e)))
        page.on("response", lambda r: page.trouble.append(r.url) if unexpected(r) else None)
        page.on(
            "request",
            lambda r: None if r.url.startswith((site, "data:")) else page.trouble.append(r.url),
        )
        page.goto(site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", ["", "no/such/page", "feed/", "feed/week-1/"])
def test_a_page_fits_the_screen_and_shuts_nobody_out(visit, site, path, width, scheme):
    page = visit(path, width, scheme)

    found = Axe().run(page)

    assert [] == [violation["id"] for violation in found.response["violations"]]
    assert width == page.evaluate("document.documentElement.scrollWidth")
    assert ([site + path] if path.startswith("no/") else []) == page.trouble


def test_the_episode_plays_and_seeks(visit):
    page = visit("feed/week-1/")

    reached = page.evaluate(
        """async () => {
            const audio = document.querySelector("audio");
            await audio.play();
            audio.currentTime = 30;
            await new Promise(done => audio.addEventListener("seeked", done, {once: true}));
            await new Promise(done => audio.addEventListener("timeupdate", done, {once: true}));
            return [audio.currentTime, audio.duration, audio.error];
        }"""
    )

    assert 30 <= reached[0] < 40
    assert 40 == pytest.approx(reached[1], abs=0.2)
    assert reached[2] is None


def test_without_javascript_a_chapter_opens_the_audio_at_its_time(visit):
    page = visit("feed/week-1/", java_script_enabled=False)

    page.click("text=Rain", no_wait_after=True)
    page.wait_for_url("**/audio/*.mp3#t=20")


def test_an_episode_plays_where_it_is_listed_and_its_own_page_goes_on_there(visit):
    page = visit("feed/")
    page.wait_for_selector("button.play")

    page.focus("button.play")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[data-bar] audio').currentTime > 0.2")
    page.evaluate("document.querySelector('[data-bar] audio').currentTime = 12")
    page.wait_for_function("document.querySelector('[data-bar] audio').currentTime > 12.1")
    pressed = page.get_attribute("button.play", "aria-pressed")
    named = page.text_content("[data-bar] a")
    page.click("button.play")
    page.wait_for_function("document.querySelector('[data-bar] audio').paused")
    violations = Axe().run(page).response["violations"]
    page.click("[data-bar] a")
    page.wait_for_selector("[data-controls]:not([hidden])")

    assert "true" == pressed
    assert "Week 1: the ferry" == named
    assert [] == [violation["id"] for violation in violations]
    assert "Go on at 0:12" in page.text_content("[data-player]")
    assert [] == page.trouble


@pytest.mark.parametrize("path", ["feed/", "feed/week-1/"])
def test_the_feeds_address_is_copied_or_selected(visit, path):
    page = visit(path, permissions=["clipboard-read", "clipboard-write"])
    address = page.text_content("[data-copy] code")

    page.click("[data-copy] button")
    page.wait_for_function("document.querySelector('[data-copy] p').textContent")
    copied = page.evaluate("navigator.clipboard.readText()")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.click("[data-copy] button")
    page.wait_for_function("getSelection().toString()")

    assert address == copied == page.evaluate("getSelection().toString()")


def test_from_the_show_to_an_episode_and_back(visit):
    page = visit("feed/")

    page.click(".episodes .title")
    assert "Week 1: the ferry" == page.text_content("h1")
    page.click(".top a")

    assert "Letters from a Slow Town" == page.text_content("h1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_feed_opened_by_a_person_is_a_page_with_ways_to_subscribe(visit, site, scheme):
    page = visit("feed/feed.xml", scheme=scheme)

    shown = page.evaluate(
        """() => [...document.querySelectorAll("*")]
            .filter(e => e.children.length == 0 && e.getClientRects().length && e.textContent.trim())
            .map(e => e.textContent.trim())"""
    )
    app = page.evaluate("document.getElementsByTagName('a')[0]?.href ?? ''") or page.evaluate(
        "document.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', 'a')[0].href"
    )

    assert "Letters from a Slow Town" in shown
    assert "Week 1: the ferry" in shown
    assert "Apple Podcasts" in shown
    assert not [text for text in shown if text.startswith(("urn:", "<p>", "columncast"))]
    assert app.startswith("podcast://127.0.0.1")
    assert [] == page.trouble
