"""The player on another site: found by an oEmbed consumer, and shown by a real browser in a frame."""

from __future__ import annotations

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import micawber
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_builders import served_publicly, until
from builders import plain_cover
from feed_builders import enclosure, episode, show
from selectolax.lexbor import LexborHTMLParser
from test_player_browser import LONG

from columncast.audio.ffmpeg.process import executable
from columncast.episodes.http.client import Client
from columncast.episodes.model.summary import listings_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.show_toml import show_toml
from columncast.feed.serving import loopback
from columncast.feed.site import embed
from columncast.feed.site.write import write_site

LENGTH_S = 15
BEFORE_PLAY_BYTES = 30_000
PLAYERS = ["feed/walls/embed/", "feed/arabic/embed/", "feed/words/embed/"]


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """The address of a show that `build` wrote, served as `columncast serve` does."""
    folder = tmp_path_factory.mktemp("embed")
    listening = loopback.listen(loopback.LOOPBACK, 0)
    base_url = f"http://{loopback.LOOPBACK}:{listening.getsockname()[1]}/"
    ours = show(base_url=base_url)
    (folder / "show.toml").write_text(show_toml(ours), encoding="utf-8")
    (folder / "cover.jpg").write_bytes(plain_cover())
    (folder / "audio").mkdir()
    whole = {}
    for week, slug, title, language in (
        (1, "arabic", "الجدار الطويل", "ar"),
        (2, "words", LONG * 2, "de"),
        (3, "walls", "The Long Wall", "en"),
    ):
        audio = f"{slug}-1a2b3c4d.mp3"
        silence = f"anullsrc=sample_rate=44100:duration={LENGTH_S}"
        made = [executable(), "-loglevel", "error", "-f", "lavfi", "-i", silence, "-b:a", "32k"]
        subprocess.run([*made, str(folder / "audio" / audio)], check=True)
        whole[slug] = episode(
            week,
            slug=slug,
            title=title,
            language=language,
            enclosure=enclosure(
                audio,
                url=f"{base_url}audio/{audio}",
                length_bytes=(folder / "audio" / audio).stat().st_size,
                duration_s=float(LENGTH_S),
            ),
            page_url=f"{base_url}feed/{slug}/",
            link=f"{base_url}feed/{slug}/",
        )
    write_site(ShowFolder(folder), listings_of(whole.values()), whole.__getitem__)
    with served_publicly(folder, listening):
        yield base_url


# oEmbed


def test_a_consumer_of_oembed_finds_the_player_by_the_address_of_the_page(host):
    page = f"{host}feed/walls/"
    head = LexborHTMLParser(Client(timeout_s=20).ask(page).content).head
    link = head.css_first('link[type="application/json+oembed"]')
    registry = micawber.ProviderRegistry()
    registry.register(rf"{host}feed/\S+", micawber.Provider(link.attributes["href"]))

    answer = registry.request(page, maxwidth=300)
    post = registry.parse_html(f"<p>Of walls.</p><p>{page}</p>")

    assert ("rich", "The Long Wall") == (answer["type"], answer["title"])
    (frame,) = LexborHTMLParser(post).css("iframe")
    assert f"{page}embed/" == frame.attributes["src"]
    picture = Client(timeout_s=20).ask(answer["thumbnail_url"])
    assert (200, "image/jpeg") == (picture.status, picture.mime_type)


# In a frame


@pytest.fixture(scope="module")
def paper():
    """The address of another site, and its pages by their paths."""
    pages: dict[str, str] = {}

    class Paper(BaseHTTPRequestHandler):
        def do_GET(self):
            body = pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer((loopback.LOOPBACK, 0), Paper)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    # A browser takes a name and a number for two sites.
    yield f"http://localhost:{server.server_port}/", pages
    server.shutdown()
    thread.join(20)
    server.server_close()


@pytest.fixture
def visit(browser):
    """Return a new page that notes what was asked of whom, and what the browser complained about."""
    contexts = []

    def opened(*, width=800, height=600, **how):
        context = browser.new_context(viewport={"width": width, "height": height}, **how)
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.done = [], []

        def said(message):
            # A browser asks for an icon of its own accord where a player is no frame.
            if not message.location["url"].endswith("/favicon.ico"):
                page.complaints.append(message.text)

        def done(request):
            page.done.append(request)

        page.on("console", said)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfinished", done)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def frame_of(visit, paper, host):
    """Show a file of the show in a frame of the other site, and return the frame."""
    address, pages = paper

    def opened(path, *, sandbox="", **how):
        page = visit(**how)
        element = embed.frame(host + path, "Listen").replace("<iframe", f"<iframe {sandbox}")
        pages["/walls"] = f"<!doctype html><html lang=en><title>Of walls</title>{element}"
        page.goto(f"{address}walls")
        frame = page.locator("iframe").element_handle().content_frame()
        frame.wait_for_load_state("load")
        return frame

    return opened


def test_before_play_little_is_loaded_and_no_audio_and_nobody_else_is_asked(frame_of, host, paper):
    frame = frame_of("feed/walls/embed/")
    frame.locator("[data-toggle]").wait_for()

    of_frame = [one for one in frame.page.done if not one.url.startswith(paper[0])]
    sizes = [one.sizes() for one in of_frame]
    loaded = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)

    assert {host} == {one.url[: len(host)] for one in of_frame}
    assert {"document", "image"} == {one.resource_type for one in of_frame}
    assert 5_000 < loaded <= BEFORE_PLAY_BYTES
    assert not [one for one in of_frame if one.response().header_value("set-cookie")]
    assert [] == frame.page.context.cookies()
    assert [] == frame.page.complaints


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts"'])
@pytest.mark.parametrize("path", ["feed/walls/embed/", "feed/latest.html"])
def test_a_player_plays_in_a_frame_of_another_site(frame_of, path, sandbox):
    frame = frame_of(path, sandbox=sandbox)

    frame.locator("[data-toggle]").click()
    until(frame, "document.querySelector('audio').currentTime > 0")
    playing = frame.locator("[data-toggle]").get_attribute("aria-label")
    frame.locator("[data-toggle]").click()
    until(frame, "document.querySelector('audio').paused")
    frame.locator('[data-skip="30"]').click()
    until(frame, f"document.querySelector('audio').currentTime > {LENGTH_S - 1}")

    assert playing != frame.locator("[data-toggle]").get_attribute("aria-label")
    assert "" == frame.locator("[data-status]").inner_text()
    assert [] == frame.page.complaints


@pytest.mark.parametrize("sandbox", ["", "sandbox"])
def test_without_javascript_a_frame_has_the_browsers_own_player(frame_of, sandbox):
    frame = frame_of("feed/walls/embed/", sandbox=sandbox, java_script_enabled=False)

    assert frame.locator("audio[controls]").is_visible()
    assert frame.get_by_text("The Long Wall").is_visible()
    assert not frame.locator("[data-controls]").first.is_visible()


def test_no_other_page_of_the_show_stands_in_a_frame_of_another_site(frame_of):
    frame = frame_of("feed/walls/")

    assert frame.url.startswith("chrome-error:")
    assert any("frame-ancestors" in said for said in frame.page.complaints)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [200, 320, 480, 900])
@pytest.mark.parametrize("path", PLAYERS)
def test_a_player_fits_its_frame_and_shuts_nobody_out(visit, host, path, width, scheme):
    page = visit(width=width, height=embed.HEIGHT_PX, color_scheme=scheme)
    page.goto(host + path)

    found = Axe().run(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input")]
            .filter(e => e.checkVisibility())
            .filter(e => { const b = e.getBoundingClientRect(); return b.width < 24 || b.height < 24; })
            .map(e => e.outerHTML)"""
    )

    assert [] == [violation["id"] for violation in found.response["violations"]]
    assert [width, embed.HEIGHT_PX] == page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert [] == small
    assert [] == page.complaints


def test_the_player_of_an_arabic_episode_runs_from_right_to_left(visit, host):
    page = visit(width=480, height=embed.HEIGHT_PX)
    page.goto(f"{host}feed/arabic/embed/")

    picture, name = (page.locator(one).bounding_box() for one in ("main img", "h1"))

    assert picture["x"] > name["x"]
