"""How the pages say lengths and places, in the words of `episodes/phrases`."""

from __future__ import annotations

from columncast.episodes.model.summary import Listing
from columncast.episodes.model.timecode import hours_and_minutes
from columncast.episodes.phrases.book import Section


def season(episode: Listing, say: Section) -> str:
    """Return the name of its season: `The River`, `Season 2`; empty when it has none.

    *say* are the phrases of an episode's page.
    """
    if episode.season_name or not episode.season:
        return episode.season_name
    return say["season"].format(number=episode.season)


def place(episode: Listing, say: Section) -> str:
    """Return its place in the show: `The River · Episode 7`; empty when it has none.

    *say* are the phrases of an episode's page.
    """
    return " · ".join(filter(None, (season(episode, say), place_in_season(episode, say))))


def place_in_season(episode: Listing, say: Section) -> str:
    """Return its place where its season is named already: `Episode 7`; empty when it has none.

    *say* are the phrases of an episode's page.
    """
    number = episode.episode_display
    if episode.number and not number:
        number = say["number"].format(number=episode.number)
    special = "" if episode.type == "full" else say[episode.type]
    return " · ".join(filter(None, (number, special)))


def length(duration_s: float, units: Section) -> str:
    """Return a duration as people say it: `9 min`, `1 h 5 min`."""
    hours, minutes = hours_and_minutes(max(60, duration_s))
    said = units.counted("minutes", minutes)
    if hours:
        whole = units.counted("hours", hours)
        said = units["hours_and_minutes"].format(hours=whole, minutes=said) if minutes else whole
    return said.replace(" ", "\N{NO-BREAK SPACE}")
