"""The listeners of a show for tools: one document, or one table of its episodes."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Any

from columncast.episodes.audience.audience import AGES, Audience, EpisodeAudience


def as_json(audience: Audience) -> dict[str, Any]:
    """Return the document that `audience --json` prints."""
    reading = audience.reading
    return {
        "show": audience.title,
        "downloads": audience.downloads,
        "episodes": [_one(episode) for episode in audience.episodes],
        "subscribers": audience.subscribers,
        "subscribers_claimed": audience.claimed,
        "apps": audience.total("apps"),
        "platforms": audience.total("platforms"),
        "countries": audience.total("countries"),
        "referrers": audience.total("referrers"),
        "web": sum(episode.web for episode in audience.episodes),
        "hours": list(audience.hours),
        "timezone": audience.zone.key,
        "days": audience.days,
        "provisional_days": list(audience.provisional),
        "booked_days": list(audience.booked),
        "days_without_logs": list(audience.gaps),
        "rules": [asdict(rule) for rule in audience.rules],
        "lines": {
            "read": reading.read,
            "unreadable": reading.unreadable,
            "left_out": reading.left_out,
        },
        "logs": {
            "read": reading.logs,
            "kinds": list(reading.kinds),
            "first": reading.first.isoformat() if reading.first else None,
            "last": reading.last.isoformat() if reading.last else None,
        },
        "notes": list(audience.notes),
    }


def _one(episode: EpisodeAudience) -> dict[str, Any]:
    known = episode.known
    return {
        "slug": known.slug,
        "guid": known.guid,
        "title": known.title,
        "published": known.published.isoformat(),
        "downloads": episode.downloads,
        "complete": episode.complete,
        "provisional": episode.provisional,
        "web": episode.web,
        "apps": episode.apps,
        "platforms": episode.platforms,
        "countries": episode.countries,
        "referrers": episode.referrers,
        "trend": asdict(episode.trend) if episode.trend else None,
        "no_trend": episode.no_trend,
    }


def as_csv(audience: Audience) -> str:
    """Return a table of the episodes, newest first, for a spreadsheet."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")  # RFC 4180
    ages = [*AGES, "all"]
    writer.writerow(
        [
            *("slug", "title", "published"),
            *(f"downloads_{age}" for age in ages),
            *(f"complete_{age}" for age in AGES),
            *("provisional", "web", "trend_age", "trend_change"),
        ]
    )
    for episode in audience.episodes:
        known, trend = episode.known, episode.trend
        writer.writerow(
            [
                known.slug,
                _text(known.title),
                known.published.isoformat(),
                *(episode.downloads[age] for age in ages),
                *("yes" if episode.complete[age] else "no" for age in AGES),
                episode.provisional,
                episode.web,
                trend.age if trend else "",
                f"{trend.change:.3f}" if trend else "",
            ]
        )
    return table.getvalue()


def _text(title: str) -> str:
    """A title that a spreadsheet takes for a formula gets a quote before it, and is none (OWASP)."""
    return f"'{title}" if title.startswith(("=", "+", "-", "@", "\t", "\r")) else title
