"""Cuts on the page: found by the text, seen and heard with and without, decided, and built."""

from __future__ import annotations

import http.client
import io
import json
import shutil
import time
import wave
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_builders import until
from editing_builders import sentences, writer
from playwright.sync_api import expect
from preview_builders import serving
from selectolax.lexbor import LexborHTMLParser

from columncast import publish
from columncast.episodes.errors import ConflictError, UsageError
from columncast.episodes.model.cuts import Cut
from columncast.episodes.model.found_cuts import PEAKS_PER_S, FoundCuts
from columncast.episodes.show.edits_file import read_edits
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview import cutting
from columncast.feed.preview.pages import Desk
from columncast.feed.site.create import create_show

SLUG = "bells"
BELLS, POUNDS, MELT = 1, 2, 3
"""Sentences of the text, in truth.json."""


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> tuple[Path, FoundCuts]:
    """A show with one take, in which the second of three sentences is read twice, and its cuts."""
    root = tmp_path_factory.mktemp("cuts")
    take, _ = writer(sentences(), root)(1.0, BELLS, 0.5, POUNDS, 0.8, POUNDS, 0.5, MELT, 1.0)
    said = sentences()
    column = root / "column.md"
    text = "\n\n".join(said[n][0] for n in (BELLS, POUNDS, MELT))
    column.write_text(f"# The bells\n\n{text}\n", encoding="utf-8")
    folder = create_show(
        root / "show",
        title="The Long Wall",
        site_url="https://walls.example/",
        author="Ruth Calder",
        email="ruth@walls.example",
        language="en",
        category=("Arts",),
        settings={},
    )
    publish.add(folder, take, column, slug=SLUG, date="2026-01-05T06:00Z", force=True)
    return folder.root, publish.find_cuts(folder, SLUG)


@pytest.fixture
def found(template) -> FoundCuts:
    return template[1]


@pytest.fixture
def folder(template, tmp_path) -> ShowFolder:
    """A copy in which cuts were looked for."""
    shutil.copytree(template[0], tmp_path / "show", copy_function=shutil.copy2)
    folder = ShowFolder(tmp_path / "show")
    cutting.find(folder, folder.episode(SLUG), lambda: template[1])
    return folder


def page(folder) -> LexborHTMLParser:
    return LexborHTMLParser(Desk(folder.root, writable=True).episode(SLUG).html)


def decide(folder, choice, cut=None):
    cut = cut or cutting.table(folder, folder.episode(SLUG)).found.cuts[0]
    start_ms, end_ms = cutting.milliseconds(cut.start_s), cutting.milliseconds(cut.end_s)
    return cutting.decide(folder.root, SLUG, start_ms, end_ms, choice)


def edits(folder):
    return read_edits(folder.episode(SLUG))


def seconds(wav: bytes) -> float:
    with wave.open(io.BytesIO(wav)) as sound:
        return sound.getnframes() / sound.getframerate()


# --- the page -----------------------------------------------------------------------------------


def test_before_anybody_has_looked_the_page_offers_to(template):
    html = page(ShowFolder(template[0]))

    assert "find-cuts" == html.css_first("#cuts button").attributes["data-action"]


def test_each_cut_is_listed_with_its_words_its_time_and_its_sound(folder, found):
    (row,) = page(folder).css("#cuts [data-cut]")

    assert "retake" in row.css_first(".what").text()
    assert sentences()[POUNDS][0] in row.css_first(".said").text()
    assert "open" == row.css_first("rect").attributes["class"]
    assert 1 == row.css_first("svg path").attributes["d"].count("M0.5")
    assert 2 == len(row.css("[data-hear]"))


def test_a_page_that_cannot_be_written_has_no_cuts(folder):
    html = LexborHTMLParser(Desk(folder.root).episode(SLUG).html)

    assert html.css_first("#cuts") is None


def test_a_decision_is_shown_at_once(folder):
    decide(folder, "keep")

    html = page(folder)

    assert "stays" == html.css_first("#cuts [data-cut]").attributes["class"]
    assert "1 cut: 0 made, 0 open" in html.css_first("#cuts .counted").text()


def test_a_damaged_list_of_edits_is_named_and_the_last_good_page_stays(folder):
    desk = Desk(folder.root, writable=True)
    desk.episode(SLUG)

    folder.episode(SLUG).edits_file.write_text("recording_sha256 = 3\n", encoding="utf-8")

    html = LexborHTMLParser(desk.episode(SLUG).html)
    assert "edits.toml" in html.css_first("#problem").text()
    assert "The bells" in html.css_first("h1").text()


@pytest.mark.parametrize(
    "wrong",
    [
        {"duration_s": -1.0},
        {"duration_s": float("nan")},
        {"cuts": (Cut(start_s=3.0, end_s=2.0, kind="noise", sure=True),)},
        {"cuts": (Cut(start_s=0.0, end_s=1e9, kind="noise", sure=True),)},
        {"cuts": (Cut(start_s=float("nan"), end_s=2.0, kind="noise", sure=True),)},
        {"tone_start_s": 5.0, "tone_end_s": 4.0},
        {"peaks": b"x" * 10_000},
    ],
    ids=str,
)
def test_times_that_cannot_be_are_refused(found, wrong):
    with pytest.raises(ValueError, match=r"cannot be|no stretch|more peaks"):
        replace(found, **wrong)


def test_what_was_found_is_forgotten_when_it_is_damaged_or_the_recording_is_another(folder):
    episode = folder.episode(SLUG)
    kept = folder.cache / "found-cuts" / f"{SLUG}.json"

    kept.write_text(kept.read_text().replace('"duration_s":', '"duration_s":-'))
    assert cutting.table(folder, episode) is None
    shutil.copystat(episode.path, episode.narration)

    assert cutting.table(folder, episode) is None


# --- decisions ----------------------------------------------------------------------------------


def test_a_cut_is_made_kept_and_opened_again_in_edits_toml(folder, found):
    decide(folder, "cut")
    made = edits(folder)
    decide(folder, "keep")
    kept = edits(folder)
    decide(folder, "open")

    assert found.recording_sha256 == made.recording_sha256
    assert [(True, False)] == [(cut.applied, cut.kept) for cut in made.cuts]
    assert [(False, True)] == [(cut.applied, cut.kept) for cut in kept.cuts]
    assert not folder.episode(SLUG).edits_file.exists()


def test_a_cut_that_is_not_there_changes_nothing(folder):
    with pytest.raises(UsageError, match="no such cut"):
        cutting.decide(folder.root, SLUG, 1, 2, "cut")

    assert not folder.episode(SLUG).edits_file.exists()


def test_after_the_column_has_changed_nothing_is_decided(folder):
    column = folder.episode(SLUG).column
    column.write_text(column.read_text() + "\nOne more.\n", encoding="utf-8")

    with pytest.raises(ConflictError, match="find them again"):
        cutting.decide(folder.root, SLUG, 1, 2, "cut")


def test_a_list_of_another_recording_is_of_no_effect_and_is_replaced(folder):
    decide(folder, "cut")
    file = folder.episode(SLUG).edits_file
    sha256 = edits(folder).recording_sha256
    file.write_text(file.read_text().replace(sha256, "0" * 64), encoding="utf-8")

    laid = cutting.table(folder, folder.episode(SLUG))
    assert [False] == [cut.applied for cut in laid.cuts]
    decide(folder, "keep")

    assert sha256 == edits(folder).recording_sha256


# --- sound --------------------------------------------------------------------------------------


def test_a_seam_is_heard_with_and_without_its_cut_however_it_was_decided(folder, found):
    (cut,) = found.cuts
    publish.find_cuts(folder, SLUG)

    for choice in ("open", "cut", "keep"):
        decide(folder, choice)
        (laid,) = cutting.table(folder, folder.episode(SLUG)).cuts
        whole, shorter = (
            seconds(publish.seam_sound(folder, SLUG, laid, made=made)) for made in (False, True)
        )
        assert whole - shorter == pytest.approx(cut.saved_s, abs=0.03)


def test_peaks_are_high_where_somebody_speaks_and_low_in_pauses(found):
    peaks = found.peaks

    assert len(peaks) == pytest.approx(found.duration_s * PEAKS_PER_S, abs=2)
    assert max(peaks[: PEAKS_PER_S // 2]) < 50
    assert max(peaks) > 70


# --- the server ---------------------------------------------------------------------------------


@pytest.fixture
def ask(folder):
    with serving(folder) as address:

        def request(path, method="GET", *, token=True, **fields):
            connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=120)
            headers = {"Cookie": address.cookie, "Origin": str(address)}
            headers |= {"X-Columncast-Token": address.door.token} if token else {}
            connection.request(method, path, body=urlencode(fields) or None, headers=headers)
            answer = connection.getresponse()
            said = answer.read()
            connection.close()
            return answer.status, said

        yield request


def test_the_server_plays_and_decides_with_the_token_only(folder, found, ask):
    (cut,) = found.cuts
    start, end = (cutting.milliseconds(at) for at in (cut.start_s, cut.end_s))
    path = f"/episodes/{SLUG}/cuts"

    status, sound = ask(f"{path}/{start}-{end}.wav?made=1")
    assert (200, b"RIFF") == (status, sound[:4])
    assert 403 == ask(path, "POST", token=False, start=start, end=end, choice="cut")[0]
    assert not folder.episode(SLUG).edits_file.exists()
    status, said = ask(path, "POST", start=start, end=end, choice="cut")
    assert (200, True) == (status, json.loads(said)["cut"]["applied"])
    assert edits(folder).cuts[0].applied


def test_the_button_looks_for_cuts_and_the_page_lists_them(folder, ask):
    shutil.rmtree(folder.cache / "found-cuts")
    assert page(folder).css_first("#cuts [data-cut]") is None

    assert 200 == ask(f"/episodes/{SLUG}/do/find-cuts", "POST")[0]
    end = time.monotonic() + 120
    while (task := json.loads(ask("/task")[1]))["running"]:
        assert time.monotonic() < end, task
        time.sleep(0.02)

    assert ["1 cut found, 1 of them sure"] == task["lines"]
    assert page(folder).css_first("#cuts [data-cut]") is not None


@pytest.mark.parametrize(
    ("start", "end", "choice"),
    [("1", "2", "cut"), ("x", "2", "cut"), ("1", "2", "burn"), ("-1", "2", "keep"), ("", "", "")],
)
def test_what_names_no_cut_is_refused(folder, ask, start, end, choice):
    path = f"/episodes/{SLUG}/cuts"

    assert 422 == ask(path, "POST", start=start, end=end, choice=choice)[0]
    assert 422 == ask(f"{path}/1-2.wav")[0]
    assert not folder.episode(SLUG).edits_file.exists()


# --- in a browser -------------------------------------------------------------------------------


def test_a_cut_is_heard_and_decided_by_the_keyboard_alone(browser, folder):
    complaints = []
    with serving(folder) as address:
        page = browser.new_page()
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(address.opening(f"/episodes/{SLUG}/"))
        cut = page.locator("#cuts [data-cut]")
        expect(page.locator('#live[data-state="on"]')).to_be_visible()

        page.keyboard.press("j")
        expect(cut).to_be_focused()
        page.keyboard.press("Space")
        until(page, "document.querySelector('#seam').currentTime > 0", within_s=120)
        page.keyboard.press("a")
        expect(cut).to_have_class("made")
        expect(cut).to_be_focused()
        page.keyboard.press("r")
        expect(cut).to_have_class("stays")
        page.keyboard.press("r")
        expect(cut).to_have_class("open")

        assert [] == complaints
        assert [] == Axe().run(page, context="#cuts").response["violations"]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


# --- after a build ------------------------------------------------------------------------------


def test_a_build_makes_the_sound_of_a_decision_and_undoing_it_gives_the_former_file_back(folder):
    before = publish.build(folder, [SLUG]).find(SLUG)

    decide(folder, "cut")
    assert "Not built yet: the cuts" in " ".join(page(folder).css_first("#state").text().split())
    cut = publish.build(folder, [SLUG]).find(SLUG)
    (times,) = [a.attributes["data-duration"] for a in page(folder).css(".timeline")]
    decide(folder, "open")
    after = publish.build(folder, [SLUG]).find(SLUG)

    assert cut.enclosure.duration_s < before.enclosure.duration_s - 1
    assert float(times) == pytest.approx(cut.enclosure.duration_s)
    assert before.enclosure.sha256 == after.enclosure.sha256
