"""When a column was published, and what its story is about."""

import re

import pytest

from columncast.episodes.columns.input.dates import is_story_date, read_date
from columncast.episodes.errors import ColumnError, UsageError
from columncast.episodes.model.clock import parse_date


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2025-07-30", "2025-07-30T00:00:00+02:00"),
        ("2025-07-30 09:00", "2025-07-30T09:00:00+02:00"),
        ("2025-12-30T09:00", "2025-12-30T09:00:00+01:00"),
        ("2025-07-30T09:00Z", "2025-07-30T09:00:00+00:00"),
        ("2025-07-30 09:00:00 UTC", "2025-07-30T09:00:00+00:00"),
        ("2025-07-30T09:00-05:00", "2025-07-30T09:00:00-05:00"),
        ("Wed, 30 Jul 2025 13:00:00 +0000", "2025-07-30T13:00:00+00:00"),
        ("2025/7/30", "2025-07-30T00:00:00+02:00"),
        ("2024-02-29", "2024-02-29T00:00:00+01:00"),
        ("20251230T0900", "2025-12-30T09:00:00+01:00"),
        ("2025-12-30T09", "2025-12-30T09:00:00+01:00"),
    ],
)
def test_a_date_without_a_zone_is_the_shows(text, read):
    published, _ = read_date(text, timezone="Europe/Berlin", where="front matter")

    assert read == published.isoformat()


def test_an_hour_that_the_clocks_skip_is_moved_and_told():
    published, notices = read_date(
        "2025-03-30T02:30", timezone="Europe/Berlin", where="front matter"
    )

    assert "2025-03-30T03:30:00+02:00" == published.isoformat()
    assert ["date-without-zone", "date-in-clock-change"] == [notice.code for notice in notices]


def test_an_hour_that_comes_twice_is_the_first_and_told():
    published, notices = read_date(
        "2025-10-26T02:30", timezone="Europe/Berlin", where="front matter"
    )

    assert "2025-10-26T02:30:00+02:00" == published.isoformat()
    assert ["date-without-zone", "date-in-clock-change"] == [notice.code for notice in notices]
    assert "2025-10-26T02:30+01:00" in notices[1].message


def test_a_day_whose_midnight_is_skipped_begins_at_one():
    published, notices = read_date("2026-04-24", timezone="Africa/Cairo", where="front matter")

    assert "2026-04-24T01:00:00+03:00" == published.isoformat()
    assert ["date-without-zone"] == [notice.code for notice in notices]


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("2026-03-29T02:30", "2026-03-29T01:30+01:00 or 2026-03-29T03:30+02:00"),
        ("2026-03-29 02:00:00", "2026-03-29T01:00+01:00 or 2026-03-29T03:00+02:00"),
        ("2025-10-26T02:30", "2025-10-26T02:30+02:00 or 2025-10-26T02:30+01:00"),
    ],
)
def test_a_time_that_a_person_types_must_mean_one_moment(text, choices):
    with pytest.raises(UsageError, match=re.escape(choices)):
        parse_date(text, "Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-29T01:59", "2026-03-29T01:59:00+01:00"),
        ("2026-03-29T03:00", "2026-03-29T03:00:00+02:00"),
        ("2026-03-29T02:30+01:00", "2026-03-29T02:30:00+01:00"),
        ("2026-03-29", "2026-03-29T00:00:00+01:00"),
        ("20260329", "2026-03-29T00:00:00+01:00"),
        ("2026-03-29T02:30+01:00:30", "2026-03-29T01:29:30+00:00"),
    ],
)
def test_the_times_around_a_change_of_clocks_are_what_they_say(text, read):
    assert read == parse_date(text, "Europe/Berlin").isoformat()


@pytest.mark.parametrize(
    "text",
    ["0001-01-01", "0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31", "1999-12-31T23:00Z"],
)
def test_a_date_at_either_end_of_the_calendar_is_refused_in_one_line(text):
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        with pytest.raises(UsageError, match="between 2000 and a year from now"):
            parse_date(text, zone)


@pytest.mark.parametrize(
    "text", ["soon", "1958", "31/12/2025", "2025-02-30", "1958-07-31", "1999-12-31"]
)
def test_what_is_no_date_of_publication_is_refused(text):
    with pytest.raises(ColumnError, match="front matter"):
        read_date(text, timezone="UTC", where="front matter")


@pytest.mark.parametrize(
    "text",
    ["July 31, 1958", "31 July 1958", "1958", "3. Mai 1912", "1958-07-31", "31.7.1958", "July 1958",
     "Summer of 1958", "c. 800 BCE", "July 31–August 3, 1958", "le 3 mars 1912", "Thursday, July 31st, 1958",
     "the 1950s"],
)  # fmt: skip
def test_a_line_that_is_a_date_is_a_story_date(text):
    assert is_story_date(text)


@pytest.mark.parametrize(
    "text",
    ["1958 was a good year", "Chapter 12", "May", "In the summer", "Room 1958", "12", "March on"],
)
def test_a_line_that_only_holds_a_date_is_not(text):
    assert not is_story_date(text)
