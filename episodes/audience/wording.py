"""How the figures are said, the same in a terminal and on the page."""

from __future__ import annotations

from columncast.episodes.audience.audience import Audience, EpisodeAudience

REASONS = {
    "clock": "from the future, or of before the first episode",
    "other files": "for other files than episodes and the feed",
    "requests": "no GET request",
    "status": "not answered with a file (404, 302 …)",
    "two-bytes": "two bytes or fewer",
    "no address": "without an address of a listener",
    "no-agent": "without a user agent",
    "apple-watch": "by Apple Watch",
    "preloads": "preloads",
    "bots": "by bots and scripts",
    "data-centres": "from data centres",
    "one-minute": "of listeners who were sent less than a minute",
}
REFERRERS = {
    "none": "not said",
    "page": "the podcast's own pages",
    "site": "the publication's site",
    "embed": "an embedded player",
    "search": "search engines",
    "social": "social networks",
    "elsewhere": "other sites",
}


def summary(audience: Audience) -> str:
    """Say how many downloads there are, and of when."""
    if not audience.days:
        return "No downloads yet"
    first, last = min(audience.days), max(audience.days)
    return f"{audience.downloads:,} downloads from {first} to {last}"


def best_hour(audience: Audience) -> str:
    """Say at which hour most people listen; empty if nobody does."""
    most = max(audience.hours)
    if not most:
        return ""
    hour = audience.hours.index(most)
    return f"{hour}:00 to {(hour + 1) % 24}:00 ({audience.zone.key}), {share(most, sum(audience.hours))}"


def share(part: int, whole: int) -> str:
    """Return *part* of *whole* in per cent.

    >>> share(1, 3), share(0, 0)
    ('33 %', '0 %')
    """
    return f"{100 * part / whole:.0f} %" if whole else "0 %"


def trend(episode: EpisodeAudience) -> str:
    """Say how an episode stands against earlier ones; empty if that can't be said.

    The form is `+12 % at 7d`.
    """
    found = episode.trend
    return f"{100 * found.change:+.0f} % at {found.age}" if found else ""


def at_age(episode: EpisodeAudience, age: str) -> str:
    """Return the downloads up to an age; `(…)` if the logs don't hold all of the time, or it is not over."""
    number = f"{episode.downloads[age]:,}"
    return number if episode.complete.get(age, True) else f"({number})"
