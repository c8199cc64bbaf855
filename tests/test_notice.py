"""One type for everything that there is to tell, and one vocabulary for how bad it is."""

from typing import get_args

from columncast.episodes.model.notice import (
    Cure,
    Notice,
    Severity,
    errors_in,
    problem_counts,
    problems_in,
)


def notice(severity: Severity, code: str = "notes-cut") -> Notice:
    return Notice(code=code, message="is too long", where="line 14", severity=severity)


def test_the_severities_are_error_warning_and_note():
    assert ("error", "warning", "note") == get_args(Severity)


def test_tools_get_the_code_the_message_the_place_the_severity_and_the_source():
    assert {
        "code": "notes-cut",
        "message": "is too long",
        "where": "line 14",
        "severity": "note",
        "source": "",
    } == notice("note").as_json()


def test_tools_get_what_to_change_at_the_server_too():
    cure = Cure(what="nginx: etag on", host="nginx", by_host=(("nginx", "etag on"), ("other", "x")))

    told = Notice(code="no-304", message="answers with 200", cure=cure).as_json()

    assert ("nginx", "nginx: etag on") == (told["host"], told["fix"])
    assert {"nginx": "etag on", "other": "x"} == told["fixes"]


def test_a_note_is_no_problem_and_a_warning_is_no_error():
    found = [notice("note"), notice("warning"), notice("error"), notice("warning")]

    assert [notice("error")] == errors_in(found)
    assert [notice("warning"), notice("error"), notice("warning")] == problems_in(found)
    assert "1 error, 2 warnings" == problem_counts(found)
