"""The script in the publisher's own article, in a real browser and from another origin."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from article_pages import BOX, CHANGED, SYSTEMS, column, ghost, spoken
from axe_playwright_python.sync_playwright import Axe
from browser_builders import served_publicly
from browser_builders import until as until_true
from builders import write_wav
from feed_builders import enclosure, episode, show
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from columncast.feed.serving import loopback
from columncast.feed.site import article
from columncast.feed.site.assets import Asset, lean_script

PARAGRAPHS = column()
SENTENCES = spoken(PARAGRAPHS)
LENGTH_S = 30
EACH_S = LENGTH_S / len(SENTENCES)
SITE = "http://paper.example"
FOUND = """() => [...columncastListen.values()][0].sentences.map(({ ranges }) => ranges.map(range => [
    String(range), range.startContainer.parentElement.closest("[data-p]")?.dataset.p ?? ""]))"""
INSTANCE = "[...columncastListen.values()][0]"


def times(texts):
    return [
        [text, round(100 * n * EACH_S), round(100 * (n + 1) * EACH_S)]
        for n, text in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """The address of a show's public folder on a real server; the article is another site's."""
    folder = tmp_path_factory.mktemp("article")
    (folder / "audio").mkdir()
    write_wav(folder / "audio" / "walls-1a2b3c4d.wav", np.zeros(LENGTH_S * 8000), rate_hz=8000)
    home = folder / "feed" / "walls"
    home.mkdir(parents=True)
    listening = loopback.listen(loopback.LOOPBACK, 0)
    base_url = f"http://{loopback.LOOPBACK}:{listening.getsockname()[1]}/"
    one = episode(
        slug="walls",
        title="The Long Wall",
        enclosure=enclosure(
            "walls-1a2b3c4d.wav",
            url=f"{base_url}audio/walls-1a2b3c4d.wav",
            mime_type="audio/wav",
            duration_s=float(LENGTH_S),
        ),
    )
    data = article.index(
        show(base_url=base_url), one, Asset(name="sentences-1a2b3c4d.json", content=b"")
    )
    arabic = replace(one, slug="arabic", title="الجدار الطويل", language="ar")
    (folder / "feed" / "arabic").mkdir()
    (folder / "feed" / "arabic" / article.INDEX).write_text(
        article.index(show(base_url=base_url), arabic, None), encoding="utf-8"
    )
    (folder / "feed" / article.SCRIPT).write_bytes(lean_script(article.SCRIPT))
    (home / article.INDEX).write_text(data, encoding="utf-8")
    timed = {"version": 1, "sentences": times(text for text, _ in SENTENCES)}
    (home / "sentences-1a2b3c4d.json").write_text(json.dumps(timed), encoding="utf-8")
    later = folder / "feed" / "later"
    later.mkdir()
    (later / article.INDEX).write_text(
        json.dumps(
            {
                "version": 99,
                "title": "Of tomorrow",
                "audio": "../../audio/walls-1a2b3c4d.wav",
                "other": 1,
            }
        ),
        encoding="utf-8",
    )
    with served_publicly(folder, listening):
        yield base_url


@pytest.fixture
def read(browser, host):
    """Open an article of the publisher's site, under a policy that allows the show's host alone."""
    contexts = []

    def opened(
        page_of=ghost, paragraphs=PARAGRAPHS, *, slug="walls", before="", html="", width=800, **how
    ):
        context = browser.new_context(viewport={"width": width, "height": 600}, **how)
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.fetched = [], []
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.fetched.append(request.url.rpartition("/")[2]))
        origin = host.rstrip("/")
        policy = (
            f"default-src 'none'; script-src {origin}; connect-src {origin}; media-src {origin}"
        )
        tag = f'<script src="{host}feed/listen.js" data-episode="{slug}" async></script>'
        whole = f"<!doctype html><html lang=en><title>t</title>{html or page_of(paragraphs, tag)}"
        page.route(
            f"{SITE}/**",
            lambda route: route.fulfill(
                body=whole,
                content_type="text/html; charset=utf-8",
                headers={"content-security-policy": policy},
            ),
        )
        if before:
            page.add_init_script(before)
        page.goto(f"{SITE}/walls")
        return page

    yield opened
    for context in contexts:
        context.close()


until = partial(until_true, within_s=40)


def listening(page):
    """Begin to play, then stop; the sentences are there and were looked for."""
    until(page, "document.querySelector('columncast-listen')?.shadowRoot.querySelector('.play')")
    page.locator("columncast-listen .box .play").click()
    until(page, "document.querySelector('columncast-listen').dataset.found")
    page.evaluate(f"{INSTANCE}.audio.pause()")
    return page


def plain(text):
    return "".join(c for c in text.casefold() if c.isalnum()).replace(
        "\N{LATIN SMALL LIGATURE FI}", "fi"
    )


# Finding the column


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_sentences_are_found_in_the_articles_of_three_systems_and_none_at_a_wrong_place(
    read, system
):
    page = listening(read(SYSTEMS[system]))

    found = page.evaluate(FOUND)

    there = [(f, s) for f, s in zip(found, SENTENCES, strict=True) if s[1] != CHANGED]
    changed = [f for f, s in zip(found, SENTENCES, strict=True) if s[1] == CHANGED]
    wrong = [(f, s) for f, s in there if any(home != str(s[1]) for _, home in f)]
    missing = [s for f, s in there if not f]
    assert [] == wrong
    assert len(missing) <= len(there) / 100, missing
    assert not any(changed)
    assert [] == page.complaints


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["drop", "word", "insert", "quote", "box", "anew"]),
        st.integers(0, 10_000),
    ),
    max_size=25,
)


@pytest.fixture
def rewritten(read):
    """A page that every example is written into."""
    return listening(read())


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
@example(edits=[("word", 111), ("quote", 299)])  # a box ends as its sentence does, before the next
def test_whatever_was_edited_what_is_found_is_right_and_what_is_left_is_found(rewritten, edits):
    body = [[(text, n, True) for text, m in SENTENCES if m == n] for n in range(len(PARAGRAPHS))]
    lone: list[tuple[int, str]] = []
    for kind, where in edits:
        n = where % len(body)
        if not body[n]:
            continue
        k = where // len(body) % len(body[n])
        text = body[n][k][0]
        if kind == "drop":
            del body[n][k]
        elif kind == "word":
            words = text.split()
            words[where % len(words)] = "wholly"
            body[n][k] = (" ".join(words), n, False)
        elif kind == "insert":
            body[n].insert(k, (f"Number {where} was never on any list of ours.", -1, False))
        elif kind == "anew":
            body[n][k] = (f"Another {where} sentence altogether, by other hands.", -1, False)
        else:
            lone.append((n, text if kind == "quote" else BOX))
    parts = []
    for n, cuts in enumerate(body):
        parts.append([str(n), " ".join(text for text, _, _ in cuts)])
        parts += [["", text] for m, text in lone if m == n]

    found = rewritten.evaluate(
        """parts => { const home = document.querySelector(".gh-content");
            for (const old of document.querySelectorAll("p, blockquote, figure, header")) old.remove();
            for (const [number, text] of parts) {
                const p = document.createElement(number ? "p" : "blockquote");
                if (number) p.dataset.p = number;
                p.textContent = text;
                home.append(p);
            }
            const it = [...columncastListen.values()][0];
            it.search();
            return it.sentences.map(({ ranges }) => ranges.map(range => [
                String(range), range.startContainer.parentElement.closest("[data-p]")?.dataset.p ?? ""])); }""",
        parts,
    )

    left = {(text, n) for cuts in body for text, n, whole in cuts if whole}
    at_wrong_place = [
        (truth, said, home)
        for ranges, truth in zip(found, SENTENCES, strict=True)
        for said, home in ranges
        # Of a sentence that was dropped, a quotation is all there is.
        if home != str(truth[1]) and (truth in left or plain(said) != plain(truth[0]))
    ]
    there = [(f, s) for f, s in zip(found, SENTENCES, strict=True) if s in left]
    missing = [s for f, s in there if not f]
    assert [] == at_wrong_place
    assert len(missing) <= len(there) / 100 + 1, missing


def test_a_page_that_renders_itself_anew_keeps_the_player_and_the_marks(read):
    page = listening(read(ghost))
    before = page.evaluate("document.querySelector('columncast-listen').dataset.found")

    page.evaluate(
        """() => { const all = document.querySelector(".viewport"), copy = all.cloneNode(true);
            copy.querySelector("columncast-listen").remove(); all.replaceWith(copy); }"""
    )
    until(page, "document.querySelector('columncast-listen')")
    until(
        page, f"{INSTANCE}.sentences.every(s => s.ranges.every(r => r.startContainer.isConnected))"
    )
    until(page, f"String({INSTANCE}.sentences[3].ranges[0]).length > 3")

    assert before == page.evaluate("document.querySelector('columncast-listen').dataset.found")
    assert 1 == page.locator("columncast-listen").count()


# The player in the page of others


def test_before_play_the_script_and_a_small_index_are_all_that_is_fetched(read):
    page = read()
    until(page, "document.querySelector('columncast-listen')?.shadowRoot.querySelector('.play')")

    assert ["listen.js", "listen.json", "walls"] == sorted(page.fetched)
    text = page.locator("columncast-listen .play").first.inner_text()
    assert "Listen to this column" in text


def test_the_sentence_that_is_spoken_is_marked(read):
    page = listening(read())
    page.evaluate(f"{INSTANCE}.seek({EACH_S * 4.5})")

    until(page, "CSS.highlights.has('columncast-sentence')")
    marked = page.evaluate("[...CSS.highlights.get('columncast-sentence')].map(String).join(' ')")

    sentence = plain(SENTENCES[4][0])
    assert plain(marked) in (sentence, f"{sentence}1")  # with or without its footnote's number


def test_a_click_on_a_sentence_plays_from_it_and_a_link_stays_a_link(read):
    page = listening(read())
    page.evaluate(f"{INSTANCE}.audio.playbackRate = 0.1")  # however slow the machine is
    at = 20
    box = page.evaluate(
        f"""() => {{ const range = {INSTANCE}.sentences[{at}].ranges[0];
            range.startContainer.parentElement.scrollIntoView({{ block: "center" }});
            const box = range.getClientRects()[0];
            return [box.left + 5, box.top + box.height / 2]; }}"""
    )
    page.mouse.click(*box)
    until(page, f"!{INSTANCE}.audio.paused")
    assert page.evaluate(f"{INSTANCE}.now()") == pytest.approx(at * EACH_S, abs=2)

    page.evaluate(f"{INSTANCE}.audio.pause()")
    page.locator("[data-p] a[href='#elsewhere']").first.click()
    assert page.url.endswith("#elsewhere")
    assert page.evaluate(f"{INSTANCE}.audio.paused")


def test_text_can_be_selected_without_a_sound(read):
    page = listening(read())
    page.locator("[data-p='2']").scroll_into_view_if_needed()
    box = page.locator("[data-p='2']").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 8)
    page.mouse.up()

    assert page.evaluate("String(getSelection()).length > 3")
    assert page.evaluate(f"{INSTANCE}.audio.paused")


def test_the_bar_is_in_view_while_the_player_is_not_and_can_be_closed(read):
    page = listening(read())
    page.evaluate("scrollTo(0, 3000)")
    bar = page.locator("columncast-listen .bar")
    until(page, "document.querySelector('columncast-listen').shadowRoot.querySelector('.bar.open')")

    assert bar.is_visible()
    assert "The Long Wall" in bar.inner_text()
    bar.get_by_role("button", name="Stop and close the player").click()
    assert not bar.is_visible()


@pytest.mark.parametrize(
    ("slug", "direction", "scheme"), [("walls", "ltr", "light"), ("arabic", "rtl", "dark")]
)
def test_the_player_fits_a_phone_and_shuts_nobody_out(read, slug, direction, scheme):
    dark = "color-scheme: dark; background: #111; color: #eee" if scheme == "dark" else ""
    page = read(
        lambda paragraphs, tag: (
            f"<body style='margin: 1rem; font: 18px serif; {dark}' dir={direction}><main>{tag}"
            + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        ),
        slug=slug,
        width=320,
        color_scheme=scheme,
    )
    until(page, "document.querySelector('columncast-listen')?.shadowRoot.querySelector('.play')")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, f"{INSTANCE}.started && {INSTANCE}.audio.currentTime > 0")
    page.keyboard.press("Space")
    until(page, f"{INSTANCE}.audio.paused")
    page.evaluate("scrollTo(0, 3000)")
    until(page, "document.querySelector('columncast-listen').shadowRoot.querySelector('.bar.open')")

    sizes = page.evaluate(
        """[...document.querySelector("columncast-listen").shadowRoot.querySelectorAll("button, select, input")]
            .map(e => e.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"""
    )
    found = Axe().run(page, context="columncast-listen")
    assert [] == [violation["id"] for violation in found.response["violations"]]
    assert 24 <= min(sizes)
    assert 320 == page.evaluate("document.documentElement.scrollWidth")


def test_nothing_else_of_the_page_changes(read):
    look = """() => [document.body.querySelectorAll(":not(columncast-listen)").length,
        document.documentElement.outerHTML.replace(/<columncast-listen.*?<\\/columncast-listen>/, ""),
        [...document.querySelectorAll("body *:not(columncast-listen)")].map(e => getComputedStyle(e).cssText).join().length,
        document.cookie]"""
    page = read(before="window.before = Object.keys(window)")
    until(page, "document.querySelector('columncast-listen')?.shadowRoot.querySelector('.play')")
    before = page.evaluate(look)
    listening(page)

    assert before == page.evaluate(look)
    assert ["before", "columncastListen"] == page.evaluate(
        "Object.keys(window).filter(name => !before.includes(name)).sort()"
    )
    assert 0 == page.evaluate("localStorage.length + sessionStorage.length")


# Where something lacks


@pytest.mark.parametrize(
    "lacking",
    [
        "delete window.Highlight",
        "delete window.CSSStyleSheet; window.CSSStyleSheet = class { constructor() { throw 0 } }",
        "delete HTMLElement.prototype.showPopover",
        "delete window.MediaMetadata",
    ],
)
def test_a_browser_that_lacks_something_has_a_player_that_plays(read, lacking):
    page = read(before=lacking)
    until(
        page,
        "document.querySelector('columncast-listen')?.shadowRoot.querySelector('.play, audio')",
    )

    own = page.locator("columncast-listen audio[controls]")
    if own.count():
        own.evaluate("audio => audio.play()")
        until(
            page,
            "!document.querySelector('columncast-listen').shadowRoot.querySelector('audio').paused",
        )
    else:
        page.locator("columncast-listen .play").first.click()
        until(page, f"!{INSTANCE}.audio.paused")
    assert [] == page.complaints


def test_data_of_a_later_version_plays_in_the_browsers_own_player(read):
    page = read(slug="later")

    until(page, "document.querySelector('columncast-listen')?.shadowRoot.querySelector('audio')")

    assert [] == page.complaints


def test_an_episode_that_is_not_there_leaves_the_page_as_it_would_be_without_the_tag(read):
    page = read(slug="nowhere")
    until(page, "window.columncastListen?.size === 0")

    assert 0 == page.locator("columncast-listen").count()


def test_an_article_without_the_column_has_a_player_and_no_marks(read):
    page = listening(read(paragraphs=[BOX] * 8))
    page.evaluate(f"{INSTANCE}.seek({EACH_S * 4.5})")

    assert "0" == page.evaluate("document.querySelector('columncast-listen').dataset.found")
    assert not page.evaluate("CSS.highlights.has('columncast-sentence')")


def test_the_script_is_at_most_ten_kilobytes():
    assert len(gzip.compress(lean_script(article.SCRIPT), 9)) <= 10_000
