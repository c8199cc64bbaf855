"""How the pages say dates, lengths, sizes and places, in the words of `episodes/phrases`."""

from __future__ import annotations

from datetime import datetime

from columncast.episodes.model.summary import Listing
from columncast.episodes.model.timecode import hours_and_minutes
from columncast.episodes.phrases.book import ENGLISH, phrases


def date(day: datetime, language: str = ENGLISH) -> str:
    """Return the day of *day*: `2 January 2026`."""
    units = phrases(language, "units")
    return units["date"].format(day=day.day, month=month(day.month, language), year=day.year)


def month(number: int, language: str = ENGLISH) -> str:
    """Return the name of a month, counted from 1."""
    return phrases(language, "units")[f"month_{number}"]


def place(episode: Listing, language: str = ENGLISH) -> str:
    """Return its place in the show: `The River · Episode 7`; empty when it has none."""
    said = phrases(language, "episode")
    season = episode.season_name
    if episode.season and not season:
        season = said["season"].format(number=episode.season)
    number = episode.episode_display
    if episode.number and not number:
        number = said["number"].format(number=episode.number)
    special = "" if episode.type == "full" else said[episode.type]
    return " · ".join(part for part in (season, number, special) if part)


def length(duration_s: float, language: str = ENGLISH) -> str:
    """Return a duration as people say it: `9 min`, `1 h 5 min`."""
    hours, minutes = hours_and_minutes(max(60, duration_s))
    phrase = phrases(language, "units")["hours" if hours else "minutes"]
    return phrase.format(hours=hours, minutes=minutes).replace(" ", "\N{NO-BREAK SPACE}")


def size(length_bytes: int, language: str = ENGLISH) -> str:
    """Return the size of a file in megabytes of a million bytes: `6.6 MB`."""
    return phrases(language, "units")["megabytes"].format(number=f"{length_bytes / 1e6:.1f}")


def shortened(text: str, limit: int = 200) -> str:
    """Return the beginning of *text* on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + "…"
