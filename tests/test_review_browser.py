"""The way of a review on a phone: exported, read, remarked on, approved, sent back and taken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_builders import until
from playwright.sync_api import expect
from preview_builders import DURATION_S, SLUG, make_show
from review_builders import aligned, sent

from columncast.episodes.remarks.book import take
from columncast.episodes.remarks.look import look_at_reviews
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview.export import export

PHONE = {"width": 390, "height": 844}
SENTENCE = "It ends at a quarter past nine on a Sunday, in the middle of a word."


@pytest.fixture(scope="module")
def template(tmp_path_factory, ffmpeg) -> Path:
    folder = tmp_path_factory.mktemp("review-browser")
    tone = folder / "tone.mp3"
    source = f"sine=440:duration={DURATION_S}"
    ffmpeg("-f", "lavfi", "-i", source, "-b:a", "64k", "-ac", "1", tone)
    show = make_show(folder / "show", tone)
    aligned(show, SLUG, duration_s=DURATION_S)
    export(show, SLUG, folder / "lamp.html", embed_audio=False)
    return folder


@pytest.fixture
def folder(template, tmp_path) -> ShowFolder:
    shutil.copytree(template / "show", tmp_path / "show")
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def opened(browser, template):
    """Open the exported file; whatever the page complains of, or asks a network for, fails the test."""
    complaints, asked = [], []

    def open_page(**how):
        context = browser.new_context(**({"viewport": PHONE} | how))
        page = context.new_page()
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
        page.on("request", lambda r: asked.append(r.url))
        page.goto((template / "lamp.html").as_uri())
        return page

    yield open_page
    assert [] == complaints
    assert [] == [url[:40] for url in asked if not url.startswith(("file:", "data:", "blob:"))]


def remark(page, text):
    page.get_by_label("Remark", exact=True).fill(text)
    page.get_by_role("button", name="Keep the remark").click()


def sent_back(page, tmp_path):
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the review").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_a_review_goes_out_and_comes_back(opened, folder, tmp_path):
    page = opened()

    page.get_by_text(SENTENCE).first.click()
    remark(page, "Which Sunday?")
    page.get_by_label("Your name").fill("Ruth Calder")
    page.get_by_label("I approve this episode").check()
    back = sent_back(page, tmp_path)
    take(folder, back)

    found = look_at_reviews(folder, SLUG)
    (only,) = found.remarks
    assert f"review-{SLUG}-ruth-calder.json" == back.name
    assert ("Which Sunday?", SENTENCE) == (only.remark.text, only.remark.sentence)
    assert 0 < only.remark.at_s < DURATION_S
    assert (False, False) == (only.lost, only.changed)
    assert ("approved", "Ruth Calder") == (found.approval.state, found.approval.name)


def test_a_moment_that_is_heard_is_remarked_on_with_its_sentence(opened, folder, tmp_path):
    page = opened()
    page.locator("#audio").evaluate("a => { a.currentTime = 20; }")
    page.get_by_role("button", name="Remark at 0:20").click()

    remark(page, "A door slams.")

    page.get_by_label("Your name").fill("Ruth")
    said = json.loads(sent_back(page, tmp_path).read_text())
    (only,) = said["remarks"]
    assert 20 == only["at_s"]
    assert only["sentence"]
    assert said["approves"] is None


def test_a_sentence_is_chosen_by_the_keyboard_alone(opened):
    page = opened()
    page.get_by_role("button", name="Remark on: He kept the ledger").focus()

    page.keyboard.press("Enter")
    page.keyboard.type("Eleven?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    listed = page.locator("#remarks li")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("He kept the ledger")
    expect(page.locator("#remark")).not_to_be_visible()


def test_remarks_survive_a_reload_and_can_be_changed_and_removed(opened):
    page = opened()
    page.get_by_role("button", name="Remark on the whole").click()
    remark(page, "Fine.")
    page.get_by_label("Your name").fill("Ruth")

    page.reload()

    expect(page.locator("#remarks li")).to_contain_text("Fine.")
    expect(page.get_by_label("Your name")).to_have_value("Ruth")
    page.get_by_role("button", name="Change remark 1").click()
    remark(page, "Very fine.")
    expect(page.locator("#remarks li")).to_contain_text("Very fine.")
    page.get_by_role("button", name="Remove remark 1").click()
    expect(page.locator("#remarks li")).to_have_count(0)


def test_without_a_place_to_keep_them_the_page_warns(browser, template):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });"
    )

    page.goto((template / "lamp.html").as_uri())

    expect(page.get_by_text("This browser does not keep your remarks")).to_be_visible()


def test_nothing_is_sent_without_a_name_or_without_a_word(opened):
    page = opened()

    page.get_by_role("button", name="Download the review").click()
    expect(page.locator("#sent")).to_have_text("Write your name first.")
    page.get_by_label("Your name").fill("Ruth")
    page.get_by_role("button", name="Download the review").click()

    expect(page.locator("#sent")).to_contain_text("nothing to send yet")


def test_a_review_goes_as_text_where_mail_takes_no_files(opened, folder, tmp_path):
    page = opened(permissions=[])
    page.get_by_role("button", name="Remark on the whole").click()
    remark(page, "“Fine” — très bien. 山")
    page.get_by_label("Your name").fill("Ruth")

    page.get_by_role("button", name="Copy it as text").click()

    text = page.locator("#text-to-copy")
    until(page, "document.querySelector('#text-to-copy').value !== ''")
    mail = "> " + text.input_value().replace("\n", "\r\n> ")
    taken = take(folder, sent(tmp_path, mail.encode(), "mail.txt"))
    assert "“Fine” — très bien. 山" == taken.review.remarks[0].text


def test_markup_in_a_remark_stays_text_on_the_page(opened):
    page = opened()
    page.get_by_role("button", name="Remark on the whole").click()

    remark(page, "<img src=x onerror=alert(1)>")

    expect(page.locator("#remarks li")).to_contain_text("<img src=x onerror=alert(1)>")
    assert 0 == page.locator("#remarks img").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_and_leaves_nobody_out(opened, scheme):
    page = opened(color_scheme=scheme)
    page.get_by_role("button", name="Remark on the whole").click()
    remark(page, "Fine.")

    assert 390 == page.evaluate("document.documentElement.scrollWidth")
    assert [] == Axe().run(page).response["violations"]
    page.get_by_role("button", name="Change remark 1").click()
    assert [] == Axe().run(page).response["violations"]
