"""Reviews on the preview's page: remarks beside their sentences, done or open, and the approval."""

from __future__ import annotations

import pytest
from preview_builders import serving
from review_builders import approval, content, review, sent
from selectolax.lexbor import LexborHTMLParser
from test_preview_editing import SLUG, Page

from columncast.episodes.remarks.book import reviews_of, take
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview.pages import Desk

SENTENCE = "Every spring the masons came back, added a yard, and were paid in cheese."


@pytest.fixture
def reviewed(one_episode, tmp_path):
    """A show whose episode has a review with one remark."""
    settings = one_episode.root / "show.toml"
    settings.write_text(settings.read_text() + '\n[publish]\napproval = "required"\n')
    folder = ShowFolder(one_episode.root)
    take(folder, sent(tmp_path, review(folder, SLUG)))
    return folder


@pytest.fixture
def page(reviewed):
    with serving(reviewed) as address:
        yield Page(address)


def shown(folder, *, writable=True) -> LexborHTMLParser:
    return LexborHTMLParser(Desk(folder.root, writable=writable).episode(SLUG).html)


def words(node) -> str:
    return " ".join(node.text().split())


def only_review(folder):
    (found,) = reviews_of(folder.episode(SLUG))
    return found


def mark(page, folder, *, number="0", done="1"):
    return page.post(
        f"/episodes/{SLUG}/reviews/mark", review=only_review(folder).id, remark=number, done=done
    )


def approve(page, name="Ruth Calder", **basis):
    return page.post(f"/episodes/{SLUG}/reviews/approve", name=name, **basis)


def test_a_remark_stands_on_the_page_with_name_date_and_sentence(reviewed):
    html = shown(reviewed)

    told = words(html.css_first("#reviews .remark"))
    assert "Ruth Calder, 2026-11-28 18:00 UTC" in told
    assert "A yard of what?" in told
    assert f"“{SENTENCE}”" in told


def test_a_remark_stands_beside_its_line_of_the_column(reviewed):
    html = shown(reviewed)

    (line,) = html.css("#column li.asked")
    assert SENTENCE in words(line)
    assert "Ruth Calder: A yard of what?" in words(line)
    assert html.css_first(f'#reviews a[href="#{line.id}"]')


def test_a_remark_on_what_is_gone_says_so(reviewed):
    path = reviewed.root / f"episodes/{SLUG}/column.txt"
    path.write_text(path.read_text().replace(SENTENCE, "It rained."))

    assert "no longer in the text" in words(shown(reviewed).css_first("#reviews .remark"))


def test_a_remark_is_done_and_open_again(page, reviewed):
    assert (200, {"done": True}) == mark(page, reviewed)
    html = shown(reviewed)
    assert "1 done" in words(html.css_first("#remarks-done summary"))
    assert [] == html.css("#column li.asked")

    assert (200, {"done": False}) == mark(page, reviewed, done="")
    assert not only_review(reviewed).remarks[0].done


@pytest.mark.parametrize("number", ["1", "-1", "", "x", "²"])
def test_a_remark_that_is_not_there_cannot_be_done(page, reviewed, number):
    status, said = mark(page, reviewed, number=number)

    assert 422 == status
    assert "nothing was changed" in said["error"]


def test_the_state_says_that_an_approval_is_needed(reviewed):
    assert "It needs an approval before it can be published: nobody has approved it" in words(
        shown(reviewed).css_first("#state")
    )


def test_an_episode_is_approved_on_the_page(page, reviewed):
    status, said = approve(page, **vars(content(reviewed, SLUG)))

    html = shown(reviewed)
    assert (200, "approved") == (status, said["state"])
    assert "Approved by Ruth Calder" in words(html.css_first("#reviews .approval"))
    assert "approval" not in words(html.css_first("#state"))
    assert not html.css("#approve")


def test_what_has_changed_since_it_was_shown_is_not_approved(page, reviewed):
    basis = vars(content(reviewed, SLUG))
    path = reviewed.root / f"episodes/{SLUG}/column.txt"
    path.write_text(path.read_text().replace("cheese", "wine"))

    status, said = approve(page, **basis)

    assert 422 == status
    assert "has changed since it was shown" in said["error"]
    assert 1 == len(reviews_of(reviewed.episode(SLUG)))


def test_nobody_approves_without_a_name(page, reviewed):
    status, _ = approve(page, name=" ", **vars(content(reviewed, SLUG)))

    assert 422 == status


def test_another_page_marks_and_approves_nothing(page, reviewed):
    path = f"/episodes/{SLUG}/reviews/mark"

    assert 403 == page.ask(path, "POST", b"", X_Columncast_Token="no")[0]
    assert 403 == page.ask(path, "POST", b"", Origin="http://evil.example")[0]


def test_a_page_to_read_has_no_buttons(reviewed):
    html = shown(reviewed, writable=False)

    assert html.css("#reviews .remark")
    assert [] == html.css("#reviews button, #reviews form")


def test_markup_in_a_review_is_text_on_the_page(one_episode, tmp_path):
    hostile = "<img src=x onerror=alert(1)>"
    take(
        one_episode,
        sent(tmp_path, review(one_episode, SLUG, name=hostile, remarks=[{"text": hostile}])),
    )

    html = shown(one_episode)
    assert [] == html.css("#reviews img")
    assert hostile in words(html.css_first("#reviews .remark"))


def test_a_damaged_review_leaves_the_rest_of_the_page(one_episode, tmp_path):
    take(one_episode, sent(tmp_path, approval(one_episode, SLUG)))
    (file,) = (one_episode.root / f"episodes/{SLUG}/reviews").iterdir()
    file.write_text("name = 3")

    html = shown(one_episode)

    assert f"reviews/{file.name}" in words(html.css_first("#reviews"))
    assert html.css("#apps .pane")
