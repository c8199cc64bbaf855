"""`[publish] approval = "required"`: what goes live was approved as it is; typography is no change, a word is."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from review_builders import approval, content, review, sent

from columncast.episodes.model.cuts import Cut, Pickup, RecordingEdits
from columncast.episodes.model.review import Content
from columncast.episodes.remarks.content import content_of
from columncast.episodes.show.edits_file import edits_text
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.text.words import words

SLUG = "what-the-masons-left"
LATER = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"


@pytest.fixture
def needing(one_episode, tmp_path):
    """A show that is published to a folder, and only what is approved."""
    settings = one_episode.root / "show.toml"
    places = f'\n[publish]\napproval = "required"\n\n[publish.www]\nkind = "folder"\npath = "{tmp_path / "www"}"\nverify = false\n'
    settings.write_text(settings.read_text() + places)
    return ShowFolder(one_episode.root)


@pytest.fixture
def approved(needing, columncast, tmp_path):
    columncast("review", "take", sent(tmp_path, approval(needing, SLUG)))
    return needing


def column(show):
    return show.root / f"episodes/{SLUG}/column.txt"


def standing(columncast):
    return json.loads(columncast("review", "show", SLUG, "--json").out)["approval"]


def feed(tmp_path):
    return tmp_path / "www" / "feed" / "feed.xml"


def test_without_an_approval_nothing_goes_live(needing, columncast, tmp_path):
    result = columncast("publish")

    assert 3 == result.code
    assert f"Error: {SLUG}: nobody has approved it" in result.err
    assert f"columncast preview {SLUG} --export {SLUG}.html" in result.err
    assert 1 == result.err.count("\n")
    assert not feed(tmp_path).exists()


def test_a_dry_run_says_so_too(needing, columncast):
    assert 3 == columncast("publish", "--dry-run").code


def test_what_is_approved_goes_live(approved, columncast, tmp_path):
    assert 0 == columncast("publish").code
    assert feed(tmp_path).exists()


def test_a_show_that_asks_for_none_needs_none(one_episode, columncast, tmp_path):
    settings = one_episode.root / "show.toml"
    place = f'\n[publish.www]\nkind = "folder"\npath = "{tmp_path / "www"}"\nverify = false\n'
    settings.write_text(settings.read_text() + place)

    assert 0 == columncast("publish").code


def test_a_remark_is_no_approval(needing, columncast, tmp_path):
    columncast("review", "take", sent(tmp_path, review(needing, SLUG)))

    assert "nobody has approved it" in columncast("publish").err


def test_a_word_that_changed_since_voids_the_approval(approved, columncast, tmp_path):
    column(approved).write_text(column(approved).read_text().replace("cheese", "wine"))
    columncast("build")

    result = columncast("publish")

    assert 3 == result.code
    assert "the text has changed since Ruth Calder approved it on 2026-11-28" in result.err
    assert not feed(tmp_path).exists()


def test_an_approval_of_an_earlier_state_is_taken_and_does_not_hold(needing, columncast, tmp_path):
    earlier = approval(needing, SLUG)
    column(needing).write_text(column(needing).read_text().replace("cheese", "wine"))

    result = columncast("review", "take", sent(tmp_path, earlier))

    assert 0 == result.code
    assert "the text has changed since Ruth Calder approved it" in result.out


def test_a_word_that_is_changed_back_is_approved_again(approved, columncast):
    text = column(approved).read_text()
    column(approved).write_text(text.replace("cheese", "wine"))
    column(approved).write_text(text)

    assert "approved" == standing(columncast)["state"]


def test_typography_voids_nothing(approved, columncast):
    text = column(approved).read_text()
    set_otherwise = text.replace("finished, and", "finished – and").replace("a yard", "a\u00a0yard")
    assert text != set_otherwise

    column(approved).write_text(set_otherwise.replace("\n\n", "\r\n\r\n\r\n"))

    assert "approved" == standing(columncast)["state"]


def test_another_encode_voids_nothing(approved, columncast):
    settings = approved.root / "show.toml"
    text = settings.read_text()
    settings.write_text(text.replace('bitrate = "96k"', 'bitrate = "64k"'))

    assert text != settings.read_text()
    assert "approved" == standing(columncast)["state"]


def test_a_byte_of_the_recording_voids_it(approved, columncast):
    (recording,) = (approved.root / f"episodes/{SLUG}").glob("narration.*")
    data = bytearray(recording.read_bytes())
    data[-1] ^= 1
    recording.write_bytes(data)

    assert ["the recording"] == standing(columncast)["changed"]


def test_a_cut_that_is_heard_voids_it_and_one_that_is_kept_does_not(approved, columncast):
    folder = approved.episode(SLUG)
    sha256 = content(approved, SLUG).recording
    cut = Cut(start_s=1.0, end_s=2.0, kind="aside", sure=False)

    def choose(*, applied):
        edits = RecordingEdits(
            recording_sha256=sha256,
            duration_s=12.0,
            cuts=(Cut(**(vars(cut) | {"applied": applied})),),
        )
        folder.edits_file.write_text(edits_text(edits))
        return standing(columncast)["changed"]

    assert [] == choose(applied=False)
    assert ["the edits"] == choose(applied=True)
    assert [] == choose(applied=False)


@given(
    start_s=st.floats(0.0, 5.0),
    length_s=st.floats(0.1, 5.0),
    kind=st.sampled_from(["cut", "pickup"]),
)
def test_any_edit_that_is_heard_is_another_content(start_s, length_s, kind):
    at = {"start_s": start_s, "end_s": start_s + length_s}
    cut = Cut(**at, kind="noise", sure=True, applied=True)
    pickup = Pickup(**at, file="pickups/a.wav", from_s=0.0, to_s=1.0, sentence=0, text="x")
    edits = RecordingEdits(
        cuts=(cut,) if kind == "cut" else (), pickups=(pickup,) if kind == "pickup" else ()
    )

    assert edits.sound != RecordingEdits().sound


def test_what_is_live_as_it_is_needs_no_approval(one_episode, columncast, tmp_path):
    settings = one_episode.root / "show.toml"
    place = f'\n[publish.www]\nkind = "folder"\npath = "{tmp_path / "www"}"\nverify = false\n'
    settings.write_text(settings.read_text() + place)
    columncast("publish")

    settings.write_text(settings.read_text() + '\n[publish]\napproval = "required"\n')

    assert 0 == columncast("publish").code
    assert {} == json.loads(columncast("status", "--json").out)["to_approve"]


def test_the_status_says_what_waits_for_an_approval(needing, columncast):
    columncast("build")

    told, shown = json.loads(columncast("status", "--json").out), columncast("status").out

    assert "none" == told["to_approve"][SLUG]["state"]
    assert f"--export {SLUG}.html" in told["next"]
    assert f"Approve   {SLUG}   (nobody has approved it)" in shown


def test_a_damaged_review_does_not_hide_the_status(needing, columncast):
    reviews = needing.root / f"episodes/{SLUG}/reviews"
    reviews.mkdir()
    (reviews / "x.toml").write_text("name = 3")

    result = columncast("status")

    assert 0 == result.code
    assert f"episodes/{SLUG}/reviews/x.toml" in result.out


def test_a_draft_and_an_episode_to_come_keep_no_other_from_going_live(
    approved, columncast, recordings, tmp_path
):
    text = tmp_path / "next.txt"
    text.write_text(
        "The Long Wall: Next\n\n" + column(approved).read_text().replace("cheese", "oil")
    )
    added = columncast("add", recordings / "take-2.wav", text, "--date", LATER, "--slug", "next")
    assert 0 == added.code, added.err

    assert 0 == columncast("publish").code
    assert ["next"] == list(json.loads(columncast("status", "--json").out)["to_approve"])


def test_only_the_word_required_is_a_setting(needing, columncast):
    settings = needing.root / "show.toml"
    settings.write_text(
        settings.read_text().replace('approval = "required"', 'approval = "perhaps"')
    )

    result = columncast("publish")

    assert 2 == result.code
    assert 'known is approval = "required"' in result.err


# the words that count

WORDS = st.text("abcdefgßéñж0123456789", min_size=1, max_size=8)
TEXTS = st.lists(WORDS, min_size=1, max_size=12)
SETTINGS = (
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace(" ", " \n\t"),
    lambda text: text.replace(" ", " — "),
    lambda text: text.replace(" ", "–") if not any(c.isdecimal() for c in text) else text,
    lambda text: f"“{text}”",
    lambda text: f"'{text}'…",
    lambda text: text.replace(" ", ", "),
    "\u00ad".join,
    lambda text: "\ufeff" + text,
    lambda text: text.replace("fi", "ﬁ"),
)


@given(written=TEXTS, change=st.sampled_from(SETTINGS))
def test_however_a_text_is_set_it_has_the_same_words(written, change):
    text = " ".join(written)

    assert words(text) == words(change(text))


@given(written=TEXTS, other=WORDS, at=st.integers(0, 11))
def test_any_other_word_is_another_text(written, other, at):
    at = min(at, len(written) - 1)
    changed = [*written[:at], other, *written[at + 1 :]]

    assume("".join(written) != "".join(changed))

    assert words(" ".join(written)) != words(" ".join(changed))


@given(written=TEXTS, at=st.integers(0, 11))
def test_a_word_more_or_less_is_another_text(written, at):
    at = min(at, len(written) - 1)
    less = [*written[:at], *written[at + 1 :]]

    assert words(" ".join(written)) != words(" ".join(less))


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("10² m", "102 m"),
        ("5 °C", "-5 °C"),
        ("It's", "Its"),
        ("resign", "re-sign"),
        ("50 %", "50"),
        ("He did it.", "He did it?"),
        ("año", "ano"),
        ("कि", "की"),
        ("3.5", "35"),
        ("us", "US"),
        ("one two", "two one"),
    ],
)
def test_what_one_reads_otherwise_is_another_text(then, now):
    assert words(then) != words(now)


def test_the_address_of_a_link_counts_and_its_emphasis_does_not(one_episode):
    path = one_episode.root / f"episodes/{SLUG}/column.txt"
    markdown = path.with_suffix(".md")
    path.rename(markdown)

    def of(text: str) -> Content:
        markdown.write_text(text)
        folder = ShowFolder(one_episode.root)
        return content_of(folder, folder.episode(SLUG))

    linked = of("# A title\n\nThe [masons](https://a.example/) came.\n")

    assert linked == of("# A title\n\nThe *[masons](https://a.example/)* **came**.\n")
    assert linked != of("# A title\n\nThe [masons](https://b.example/) came.\n")
    assert linked != of("# A title\n\nThe masons came.\n")
