"""How the pages say dates, lengths, sizes and places: in plain English, on every machine alike."""

from __future__ import annotations

from columncast.episodes.model.summary import Listing

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]  # strftime would use the machine's language
KINDS = {
    "audio/mpeg": "MP3",
    "audio/mp4": "M4A",
    "audio/x-m4a": "M4A",
    "audio/ogg": "Opus",
    "audio/opus": "Opus",
    "text/vtt": "WebVTT",
    "application/x-subrip": "SubRip",
    "application/json": "JSON",
    "text/html": "Web page",
    "text/plain": "Text",
}


def date(episode: Listing) -> str:
    """The day of publication: `2 January 2026`."""
    day = episode.published
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def place(episode: Listing) -> str:
    """Its place in the show: `The River · Episode 7`; empty when it has none."""
    season = episode.season_name or (f"Season {episode.season}" if episode.season else "")
    number = episode.episode_display or (f"Episode {episode.number}" if episode.number else "")
    special = "" if episode.type == "full" else episode.type.capitalize()
    return " · ".join(part for part in (season, number, special) if part)


def length(duration_s: float) -> str:
    """A duration as people say it: `9 min`, `1 h 5 min`."""
    minutes = max(1, round(duration_s / 60))
    hours, rest = divmod(minutes, 60)
    told = f"{hours} h {rest} min" if hours else f"{minutes} min"
    return told.replace(" ", "\N{NO-BREAK SPACE}")


def iso_duration(duration_s: float) -> str:
    """A duration by ISO 8601: `PT9M12S`."""
    whole = max(1, round(duration_s))
    return f"PT{whole // 3600}H{whole // 60 % 60}M{whole % 60}S"


def kind(mime_type: str) -> str:
    """The common name of a type of file."""
    return KINDS.get(mime_type, mime_type)


def shortened(text: str, limit: int = 200) -> str:
    """The beginning of *text* on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + "…"
