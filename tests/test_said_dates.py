"""Dates as people say them: understood in one way, asked about, or refused; never guessed."""

from datetime import UTC, date, datetime

import pytest

from columncast.episodes.console import dates
from columncast.episodes.console.console import Console
from columncast.episodes.console.dates import said_date
from columncast.episodes.dates.meaning import Wall, meaning
from columncast.episodes.errors import SettingsError, UsageError
from columncast.episodes.model.weekly import weekly
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import ScheduleSettings

FRIDAY_NOON = "2026-11-27T12:00+01:00"


def said(text, *, now=FRIDAY_NOON, language="en-gb", timezone="Europe/Berlin", every="", taken=()):
    """Return what *text* means in Berlin, on a Friday at noon: the time on the wall there."""
    wall = Wall(
        timezone=timezone,
        language=language,
        now=datetime.fromisoformat(now),
        every=every,
        taken=lambda: taken,
    )
    return meaning(text, wall)


def at(text, **where):
    """Return the one moment that *text* means."""
    meant = said(text, **where)
    assert not meant.why
    (only,) = meant.choices
    return f"{only:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("friday 6am", "2026-12-04 06:00"),
        ("Friday 6 AM", "2026-12-04 06:00"),
        ("fri 06:00", "2026-12-04 06:00"),
        ("friday, 6am", "2026-12-04 06:00"),
        ("6am friday", "2026-12-04 06:00"),
        ("on friday at 6:30 p.m.", "2026-12-04 18:30"),
        ("saturday 6am", "2026-11-28 06:00"),
        ("thursday", "2026-12-03 00:00"),
        ("tomorrow", "2026-11-28 00:00"),
        ("tomorrow 6am", "2026-11-28 06:00"),
        ("tomorrow at 18:30", "2026-11-28 18:30"),
        ("tomorrow noon", "2026-11-28 12:00"),
        ("the day after tomorrow", "2026-11-29 00:00"),
        ("today 6pm", "2026-11-27 18:00"),
        ("this friday 18:00", "2026-11-27 18:00"),
        ("in 3 days", "2026-11-30 00:00"),
        ("in 3 days at 6am", "2026-11-30 06:00"),
        ("in 2 weeks", "2026-12-11 00:00"),
        ("in 24 hours", "2026-11-28 12:00"),
        ("in 90 minutes", "2026-11-27 13:30"),
        ("now", "2026-11-27 12:00"),
        ("6am", "2026-11-28 06:00"),
        ("18:00", "2026-11-27 18:00"),
        ("12am tomorrow", "2026-11-28 00:00"),
        ("12pm tomorrow", "2026-11-28 12:00"),
        ("28/11/2026", "2026-11-28 00:00"),
        ("28/11/2026 6am", "2026-11-28 06:00"),
        ("28.11.2026", "2026-11-28 00:00"),
        ("28.11.", "2026-11-28 00:00"),
        ("28/11/26", "2026-11-28 00:00"),
        ("26/11", "2027-11-26 00:00"),
        ("2026/11/28", "2026-11-28 00:00"),
        ("2026-11-28 6am", "2026-11-28 06:00"),
        ("2026-11-28", "2026-11-28 00:00"),
        ("28 November 2026", "2026-11-28 00:00"),
        ("Nov 28 6am", "2026-11-28 06:00"),
        ("december 1st", "2026-12-01 00:00"),
        ("saturday 28 november", "2026-11-28 00:00"),
        ("２８/１１/２０２６", "2026-11-28 00:00"),
    ],
)
def test_a_date_in_words_or_numbers(text, moment):
    assert moment == at(text)


@pytest.mark.parametrize(
    ("language", "text", "moment"),
    [
        ("de", "freitag 6 uhr", "2026-12-04 06:00"),
        ("de", "Fr. 6:00", "2026-12-04 06:00"),
        ("de", "morgen 6 Uhr", "2026-11-28 06:00"),
        ("de", "in 3 Tagen", "2026-11-30 00:00"),
        ("de", "1. Dezember", "2026-12-01 00:00"),
        ("de", "friday 6am", "2026-12-04 06:00"),
        ("fr", "vendredi 6h", "2026-12-04 06:00"),
        ("fr-ca", "demain à 18h30", "2026-11-28 18:30"),
        ("es", "mañana", "2026-11-28 00:00"),
        ("pl", "piątek 6:00", "2026-12-04 06:00"),
        ("ar", "غدا", "2026-11-28 00:00"),
        ("tlh", "friday 6am", "2026-12-04 06:00"),
    ],
)
def test_a_date_in_the_shows_language(language, text, moment):
    assert moment == at(text, language=language)


@pytest.mark.parametrize("clock", ["05:00", "06:00", "23:59"])
@pytest.mark.parametrize("text", ["friday", "friday 6am", "friday 23:59"])
def test_friday_on_a_friday_is_in_seven_days(text, clock):
    assert at(text, now=f"2026-11-27T{clock}+01:00").startswith("2026-12-04")


def test_the_day_is_that_of_the_shows_clock():
    """In Auckland it is Saturday already."""
    assert "2026-11-29 06:00" == at("tomorrow 6am", timezone="Pacific/Auckland")


@pytest.mark.parametrize(
    ("language", "text", "moment"),
    [
        ("en-us", "12/11/2026", "2026-12-11 00:00"),
        ("en-gb", "12/11/2027", "2027-11-12 00:00"),
        ("de", "1/12/2026", "2026-12-01 00:00"),
        ("en-us", "28/11/2026", "2026-11-28 00:00"),
        ("en-gb", "11/28/2026", "2026-11-28 00:00"),
        ("en", "11/28/2026", "2026-11-28 00:00"),
        ("en", "1.12.2026", "2026-12-01 00:00"),
        ("en", "12/12/2026", "2026-12-12 00:00"),
    ],
)
def test_the_shows_locale_orders_numbers(language, text, moment):
    assert moment == at(text, language=language)


@pytest.mark.parametrize(
    ("language", "text", "moments"),
    [
        ("en", "3/4/2027", ["2027-04-03 00:00", "2027-03-04 00:00"]),
        ("en", "3/4/2027 6am", ["2027-04-03 06:00", "2027-03-04 06:00"]),
        ("sv", "3/4/2027", ["2027-04-03 00:00", "2027-03-04 00:00"]),
        ("en", "friday at 6", ["2026-12-04 06:00", "2026-12-04 18:00"]),
        ("en", "next saturday", ["2026-11-28 00:00", "2026-12-05 00:00"]),
        ("de", "nächsten Samstag", ["2026-11-28 00:00", "2026-12-05 00:00"]),
    ],
)
def test_what_can_mean_two_dates_is_both(language, text, moments):
    meant = said(text, language=language)

    assert moments == [f"{one:%Y-%m-%d %H:%M}" for one in meant.choices]
    assert text in meant.why


@pytest.mark.parametrize(
    ("text", "offsets"),
    [
        ("28/3/2027 02:30", ["+01:00", "+02:00"]),
        ("28 march 2027 2:30", ["+01:00", "+02:00"]),
        ("31/10/2027 02:30", ["+02:00", "+01:00"]),
        ("2027-10-31T02:30", ["+02:00", "+01:00"]),
    ],
)
def test_a_time_in_a_change_of_the_clocks_is_both(text, offsets):
    meant = said(text)

    assert offsets == [one.isoformat()[-6:] for one in meant.choices]
    assert "clocks go" in meant.why


@pytest.mark.parametrize("text", ["yesterday", "3 days ago", "-3 days", "today", "27/11/2026"])
def test_what_is_over_is_known_to_be(text):
    assert said(text).past


def test_iso_8601_is_exact_past_or_not():
    meant = said("2020-01-05T06:00")

    assert meant.exact
    assert not meant.past


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a",
            "may",
            "november",
            "2026",
            "9999",
            "32/13/2026",
            "0/0/0000",
            "1/1/0000",
            "0000-01-01",
        ),
        *(
            "31/12/9999",
            "in 99999999999 years",
            "in 3 years",
            "30 feb 2027",
            "29/2/2027",
            "x" * 8_000,
        ),
        *("1 " * 4_000, "friday 25:00", "friday 6:75", "friday 13pm", "0am tomorrow", "friday 6"),
        *("monday or tuesday", "friday 6am 7am", "friday 6am EST", "tomorrow +02:00", "tonight"),
        *("12/12/2026 6am PST", "tomorrow morning", "midnight", "friday midnight", "last friday"),
        *(
            "friday 28 november",
            "\x00",
            "\n",
            "🗓",
            "next free slot",
            "'; drop table",
            "%s",
            "\ud800",
        ),
    ],
)
def test_what_is_no_date_is_refused_in_a_short_line(text):
    with pytest.raises(UsageError) as refused:
        said(text)

    assert 2 == refused.value.exit_code
    assert 300 > len(str(refused.value))


@pytest.mark.parametrize(
    ("taken", "moment"),
    [
        ((), "2026-12-04 06:00"),
        ((date(2026, 12, 4),), "2026-12-11 06:00"),
        ((date(2026, 12, 4), date(2026, 12, 11)), "2026-12-18 06:00"),
        ((date(2026, 12, 11),), "2026-12-04 06:00"),
    ],
)
@pytest.mark.parametrize("text", ["next free slot", "Next slot", "the next free slot"])
def test_the_next_free_slot(text, taken, moment):
    assert moment == at(text, every="friday 06:00", taken=taken)


def test_a_slot_of_today_that_is_to_come_is_free():
    assert "2026-11-27 18:00" == at("next free slot", every="fri 18:00")


@pytest.mark.parametrize(
    "every", ["friday", "06:00", "freitag 06:00", "friday 24:00", "fr 06:00", "x"]
)
def test_a_schedule_that_cannot_be_is_refused(every):
    with pytest.raises(ValueError, match="friday 06:00"):
        ScheduleSettings(every=every)


def test_a_schedule_can_be_short():
    assert weekly("friday 06:00") == weekly("Fri 6:00")


@pytest.fixture
def on_friday(monkeypatch):
    """Let the command be run at noon on a Friday."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromisoformat(FRIDAY_NOON).astimezone(tz)

    monkeypatch.setattr(dates, "datetime", Clock)


@pytest.fixture
def person(monkeypatch):
    """Let a person at a terminal answer."""

    def answers(*given):
        lines = iter(given)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(lines))

    return answers


def settings_of(show, more):
    path = show.root / "show.toml"
    path.write_text(
        path.read_text("utf-8").replace('timezone = "UTC"', 'timezone = "Europe/Berlin"') + more,
        encoding="utf-8",
    )
    return ShowFolder(show.root)


def test_what_was_understood_is_said_with_weekday_and_zone(show, on_friday, capsys):
    show = settings_of(show, "")

    meant = said_date(show, Console(), "friday 6am")

    assert "2026-12-04T06:00:00+01:00" == meant
    assert (
        "Date      Friday 4 December 2026, 06:00 (Europe/Berlin, UTC+01:00)\n"
        == capsys.readouterr().out
    )


def test_iso_8601_is_passed_on_as_it_is(show, on_friday, capsys):
    assert "2020-01-05T06:00" == said_date(show, Console(), "2020-01-05T06:00")
    assert "" == said_date(show, Console(), "")
    assert "" == capsys.readouterr().out


@pytest.mark.parametrize("text", ["3/4/2027", "friday at 6", "yesterday", "next saturday"])
def test_where_nobody_can_be_asked_it_is_refused_with_what_to_write(show, on_friday, text):
    with pytest.raises(UsageError, match=r"write 20\d\d-\d\d-\d\dT\d\d:00") as refused:
        said_date(show, Console(), text)

    assert "nothing was changed" in str(refused.value)


def test_a_person_chooses(show, on_friday, person):
    person("2")

    assert "2027-03-04T00:00:00+00:00" == said_date(show, Console(), "3/4/2027")


def test_a_person_who_chooses_none_stops_it(show, on_friday, person):
    person("0")

    with pytest.raises(UsageError):
        said_date(show, Console(), "3/4/2027")


def test_a_person_says_whether_the_past_is_meant(show, on_friday, person):
    person("y", "n")

    assert "2026-11-26T00:00:00+00:00" == said_date(show, Console(), "yesterday")
    with pytest.raises(UsageError, match="is past"):
        said_date(show, Console(), "yesterday")


def test_a_slot_is_taken_by_an_episode_that_day_at_any_hour(one_episode, on_friday, columncast):
    show = settings_of(one_episode, '\n[schedule]\nevery = "friday 06:00"\n')
    slug = "what-the-masons-left"

    assert 0 == columncast("edit", slug, "--date", "2026-12-04T20:00").code
    assert "2026-12-11T06:00:00+01:00" == said_date(show, Console(), "next free slot")

    assert 0 == columncast("retire", slug).code
    assert "2026-12-04T06:00:00+01:00" == said_date(
        ShowFolder(show.root), Console(), "next free slot"
    )


def test_show_toml_names_a_schedule_that_cannot_be(show):
    with pytest.raises(SettingsError, match=r"\[schedule\].*friday 06:00"):
        _ = settings_of(show, '\n[schedule]\nevery = "fridays at six"\n').show


def test_edit_takes_a_date_in_words_and_lists_speak_the_shows_time(
    one_episode, on_friday, columncast
):
    settings_of(one_episode, "")

    done = columncast("edit", "masons", "--date", "friday 6am")
    listed, shown = columncast("list"), columncast("show", "masons")

    assert "Friday 4 December 2026, 06:00 (Europe/Berlin, UTC+01:00)" in done.out
    assert "2026-12-04 06:00 +01:00" in listed.out
    assert "2026-12-04 06:00 +01:00" in shown.out


def test_lists_speak_the_shows_time_whatever_the_date_was_written_in(one_episode, columncast):
    settings_of(one_episode, "")

    assert "2026-01-05 07:00 +01:00" in columncast("list").out
    assert "2026-01-05 07:00 +01:00" in columncast("show", "latest").out
    assert datetime(2026, 1, 5, 6, tzinfo=UTC).isoformat() in columncast("list", "--json").out


def test_a_date_that_is_refused_changes_nothing(show, take, column, on_friday, columncast):
    done = columncast("add", take, column, "--date", "3/4/2027")

    assert 2 == done.code
    assert "2027-04-03" in done.err
    assert "2027-03-04" in done.err
    assert [] == show.slugs()
