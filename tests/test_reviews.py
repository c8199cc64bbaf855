"""What colleagues send back: taken from a stranger's hands, kept beside the episode, found again."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_builders import approval, review, sent

from columncast.episodes.errors import ReviewError
from columncast.episodes.remarks.review_file import (
    BEGIN,
    END,
    MOST_BYTES,
    MOST_REMARKS,
    TEXT_LIMIT,
    received,
)

SLUG = "what-the-masons-left"
SENTENCE = "Every spring the masons came back, added a yard, and were paid in cheese."
REMARK = {"text": "A yard of what?"}


@pytest.fixture
def take(columncast, one_episode, tmp_path):
    """Take a review, and say what tools hear of it."""

    def taken(what, *options, name="review.json"):
        result = columncast("review", "take", sent(tmp_path, what, name), "--json", *options)
        return (json.loads(result.out) if result.out else {}) | {
            "code": result.code,
            "err": result.err,
        }

    return taken


def in_folder(show):
    return {
        path.relative_to(show.root).as_posix(): path.read_bytes()
        for path in show.root.rglob("*")
        if path.is_file() and ".columncast" not in path.parts
    }


def column(show):
    return show.root / f"episodes/{SLUG}/column.txt"


def test_a_review_is_kept_in_the_folder_of_its_episode_by_day_and_person(take, one_episode):
    told = take(review(one_episode, SLUG))

    (file,) = (one_episode.root / f"episodes/{SLUG}/reviews").iterdir()
    assert (0, SLUG, True, 1) == (told["code"], told["slug"], told["new"], told["open"])
    assert file.name.startswith("2026-11-28-ruth-calder-")
    assert f'\nsentence = "{SENTENCE}"\n' in file.read_text()


def test_the_same_review_taken_twice_is_there_once(take, one_episode):
    take(review(one_episode, SLUG))
    before = in_folder(one_episode)

    told = take(review(one_episode, SLUG), name="again.json")

    assert (0, False) == (told["code"], told["new"])
    assert before == in_folder(one_episode)


def test_a_review_that_came_in_is_nothing_that_a_build_looks_at(take, one_episode, columncast):
    columncast("build")

    take(review(one_episode, SLUG))

    assert {} == json.loads(columncast("build", "--json").out)["reasons"]


def test_a_review_comes_out_of_an_answered_e_mail(take, one_episode):
    packed = base64.encodebytes(json.dumps(review(one_episode, SLUG)).encode()).decode()
    lines = ["Looks good!", BEGIN, *packed.splitlines(), END, "-- ", "Ruth"]
    mail = "On Friday, Ruth wrote:\r\n" + "".join(f"> {line}\r\n" for line in lines)

    told = take(mail.encode(), name="mail.txt")

    assert (0, 1) == (told["code"], told["open"])


def test_an_e_mail_that_was_cut_off_says_so(take, one_episode):
    packed = base64.encodebytes(json.dumps(review(one_episode, SLUG)).encode()).decode()

    told = take(f"{BEGIN}\n{packed[:81]}\n{END}\n".encode(), name="mail.txt")

    assert 3 == told["code"]
    assert "mail.txt: is n" in told["err"]


def test_the_list_names_people_places_and_who_approves(take, one_episode, columncast):
    take(approval(one_episode, SLUG, remarks=[REMARK | {"sentence": SENTENCE}]))

    shown = columncast("review", "show", SLUG).out

    assert "Ruth Calder, 2026-11-28 18:00 UTC: 1 remark, approves it" in shown
    assert "A yard of what?" in shown
    assert f"“{SENTENCE}”" in shown
    assert "by Ruth Calder, as it is now" in shown


def test_without_a_review_the_list_says_how_to_get_one(one_episode, columncast):
    shown = columncast("review", "show", SLUG).out

    assert f"columncast preview {SLUG} --export {SLUG}.html" in shown


@pytest.mark.parametrize(
    ("now", "found", "changed"),
    [
        (SENTENCE, True, False),
        (SENTENCE.replace("came back,", "came back –"), True, False),
        (SENTENCE.replace("cheese", "good cheese"), True, True),
        ("It rained.", False, False),
    ],
    ids=["as it was", "typography", "a word more", "gone"],
)
def test_a_remark_finds_its_sentence_again_or_says_that_it_is_gone(
    take, one_episode, columncast, now, found, changed
):
    take(review(one_episode, SLUG))
    text = column(one_episode).read_text()

    column(one_episode).write_text("A new beginning.\n\n" + text.replace(SENTENCE, now))

    told = json.loads(columncast("review", "show", SLUG, "--json").out)
    (remark,) = told["remarks"]
    assert (found, changed) == (remark["found"], remark["changed"])


def test_a_review_of_an_episode_that_has_another_name_by_now_is_its_own(
    take, one_episode, columncast
):
    waits = review(one_episode, SLUG)
    columncast("edit", SLUG, "--slug", "masons")

    assert "masons" == take(waits)["slug"]


def test_remarks_can_be_read_while_the_recording_is_away(take, one_episode, columncast, tmp_path):
    take(approval(one_episode, SLUG, remarks=[REMARK]))
    (recording,) = (one_episode.root / f"episodes/{SLUG}").glob("narration.*")
    recording.unlink()
    recording.symlink_to(tmp_path / "disk that is away.wav")

    told = json.loads(columncast("review", "show", SLUG, "--json").out)
    exported = columncast("preview", SLUG, "--export", tmp_path / "masons.html")

    assert ([REMARK["text"]], "none") == (
        [one["text"] for one in told["remarks"]],
        told["approval"]["state"],
    )
    assert 0 == exported.code, exported.err
    assert '"approves": null' in (tmp_path / "masons.html").read_text()


DAMAGED = {
    "no JSON": b"<html>",
    "nothing": b"",
    "a list": b"[]",
    "deep": b"[" * 100_000,
    "deep within": b'{"guid":' + b"[" * 100_000,
    "halves of letters": b'{"name": "\xff\xfe"}',
    "a number without end": b'{"columncast_review": 1e999}',
    "large": b" " * (MOST_BYTES + 1),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_review_is_refused_in_one_line(take, one_episode, data):
    before = in_folder(one_episode)

    told = take(data)

    assert 3 == told["code"]
    assert told["err"].startswith("Error: review.json: is ")
    assert "nothing was changed" in told["err"]
    assert 1 == told["err"].count("\n")
    assert before == in_folder(one_episode)


HOSTILE = {
    "another episode": {"guid": "urn:uuid:of-another-show"},
    "no episode": {"guid": ""},
    "no name": {"name": " \t "},
    "a huge name": {"name": "Ruth" * 100},
    "a name that recolours": {"name": "Ruth\x1b[31m"},
    "a name that turns around": {"name": "Ruth\u202eexe"},
    "a key that nobody knows": {"admin": True},
    "a remark with another key": {"remarks": [REMARK | {"done": True}]},
    "a remark that says nothing": {"remarks": [{"text": " \n "}]},
    "a long remark": {"remarks": [{"text": "x" * (TEXT_LIMIT + 1)}]},
    "very many": {"remarks": [REMARK] * (MOST_REMARKS + 1)},
    "neither a remark nor an approval": {"remarks": []},
    "before the beginning": {"remarks": [REMARK | {"at_s": -1}]},
    "after the end": {"remarks": [REMARK | {"at_s": 3600}]},
    "after all time": {"remarks": [REMARK | {"at_s": 1e300}]},
    "an approval of nothing": {"approves": {"words": "", "recording": ""}},
    "an approval that is a path": {"approves": {"words": "../../x", "recording": "a" * 64}},
    "a control": {"remarks": [{"text": "a\x00b"}]},
    "half a letter": {"remarks": [{"text": "a\udcffb"}]},
    "a day that never was": {"sent": "2026-02-30T00:00:00Z"},
    "no zone": {"sent": "2026-11-28T18:00:00"},
    "long ago": {"sent": "0001-01-01T00:00:00Z"},
    "another version": {"columncast_review": 2},
    "a name that is a list": {"name": ["Ruth"]},
}


@pytest.mark.parametrize("changed", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_review_changes_nothing_and_says_why_in_one_line(take, one_episode, changed):
    before = in_folder(one_episode)

    told = take(review(one_episode, SLUG, **changed))

    assert 3 == told["code"]
    assert "nothing was changed" in told["err"]
    assert 1 == told["err"].count("\n")
    assert before == in_folder(one_episode)


def test_markup_in_a_remark_is_text(take, one_episode, columncast):
    markup = "<script>alert(1)</script> & <b>bold</b>"

    take(review(one_episode, SLUG, name="<i>Ruth</i>", remarks=[{"text": markup}]))

    (remark,) = json.loads(columncast("review", "show", SLUG, "--json").out)["remarks"]
    assert (markup, "<i>Ruth</i>") == (remark["text"], remark["name"])


def test_a_kept_review_that_somebody_damaged_is_named(take, one_episode, columncast):
    take(review(one_episode, SLUG))
    (file,) = (one_episode.root / f"episodes/{SLUG}/reviews").iterdir()
    file.write_text(file.read_text().replace("name = ", "nom = "))

    result = columncast("review", "show", SLUG)

    assert 2 == result.code
    assert f"episodes/{SLUG}/reviews/{file.name}: 'nom' is not a setting" in result.err


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("columncast_review", "guid", "title", "name", "sent", "remarks", "approves")


@given(data=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_pass_for_a_review(data):
    with pytest.raises(ReviewError):
        received(data)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(changed=st.dictionaries(st.sampled_from(KEYS), JSON, min_size=1, max_size=3))
def test_whatever_stands_in_the_place_of_a_value_a_review_is_whole_or_refused(changed):
    whole = {
        "columncast_review": 1,
        "guid": "x",
        "title": "",
        "name": "Ruth",
        "sent": "2026-11-28T18:00:00Z",
        "remarks": [REMARK],
    }

    with suppress(ReviewError):
        found = received(json.dumps(whole | changed).encode()).review
        assert found.name
        assert (found.remarks, found.approves) != ((), None)
