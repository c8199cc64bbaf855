"""How the pages say lengths and places, in the words of `episodes/phrases`."""

from __future__ import annotations

from columncast.episodes.model.summary import Listing
from columncast.episodes.model.timecode import hours_and_minutes
from columncast.episodes.phrases.book import Section


def place(episode: Listing, say: Section) -> str:
    """Return its place in the show: `The River · Episode 7`; empty when it has none.

    *say* are the phrases of an episode's page.
    """
    season = episode.season_name
    if episode.season and not season:
        season = say["season"].format(number=episode.season)
    number = episode.episode_display
    if episode.number and not number:
        number = say["number"].format(number=episode.number)
    special = "" if episode.type == "full" else say[episode.type]
    return " · ".join(part for part in (season, number, special) if part)


def length(duration_s: float, units: Section) -> str:
    """Return a duration as people say it: `9 min`, `1 h 5 min`."""
    hours, minutes = hours_and_minutes(max(60, duration_s))
    said = units.counted("minutes", minutes)
    if hours:
        whole = units.counted("hours", hours)
        said = units["hours_and_minutes"].format(hours=whole, minutes=said) if minutes else whole
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def shortened(text: str, limit: int = 200) -> str:
    """Return the beginning of *text* on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + "…"
