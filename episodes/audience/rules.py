"""By which rules downloads are counted: each has a name, a source, and can be switched off.

Comparable numbers need the same rules, so a count is kept with their version and with those that
were off.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from columncast.episodes.show.settings import AudienceRule

VERSION = "2026-11"
"""Goes up whenever a rule, the tables of apps or the list of networks changes what is counted."""

WINDOW_S = 24 * 3600
"""How long a listener's requests for an episode are one download."""
SOUND_S = 60.0
"""How much sound a download has."""
GRACE_S = 24 * 3600
"""For how long after the end of a window a log line may still come (S3 delivers within hours)."""
TWO_BYTES = 2
"""What players ask for to learn whether a server knows ranges (`bytes=0-1`)."""

_IAB = "IAB Tech Lab, Podcast Measurement Technical Guidelines 2.2"
_OP3 = "OP3, github.com/skymethod/op3, worker/backend"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule as a report names it."""

    name: AudienceRule
    text: str
    source: str


RULES = (
    Rule(
        name="requests",
        text="only GET requests that were answered with 200 or 206 count",
        source=_IAB,
    ),
    Rule(
        name="one-minute",
        text="the bytes really sent to a listener within 24 hours hold the file's header and a "
        "minute of sound, or the whole file if it is shorter",
        source=_IAB,
    ),
    Rule(
        name="once-a-day",
        text="a listener (address and user agent) counts once per episode within 24 hours, from "
        "the first request on",
        source=_IAB,
    ),
    Rule(
        name="ipv6-64",
        text="an IPv6 address counts by its first 64 bits, since devices change the rest daily",
        source="IAB Australia on 2.1; RFC 8981",
    ),
    Rule(
        name="two-bytes",
        text="an answer of two bytes or fewer is a player's question (bytes=0-1) and no download",
        source=f"{_OP3}/downloads.ts",
    ),
    Rule(
        name="bots",
        text="programs that name themselves as bots, crawlers, monitors, importers or scripts do "
        "not count",
        source=f"{_IAB}; crawler-user-agents (MIT); {_OP3}/bots.ts",
    ),
    Rule(
        name="no-agent",
        text="requests without a user agent do not count",
        source=f"{_OP3}/bots.ts",
    ),
    Rule(
        name="data-centres",
        text="requests from networks of data centres do not count (list of 2026-10-05)",
        source=f"{_IAB}; episodes/audience/networks.txt",
    ),
    Rule(
        name="apple-watch",
        text="Apple Watch does not count: the phone has asked for the same episode",
        source="IAB Tech Lab, watchOS guidance of 2020-10; 2.2",
    ),
    Rule(
        name="preloads",
        text="browsers and widgets known to fetch an episode before anybody presses play do not count",
        source=f"{_OP3}/bots.ts",
    ),
)


def in_force(off: Collection[str]) -> tuple[Rule, ...]:
    """Return the rules that are not switched *off*.

    >>> len(in_force(["bots"])) == len(RULES) - 1
    True
    """
    return tuple(rule for rule in RULES if rule.name not in off)


def signature(off: Collection[str]) -> str:
    """Return what numbers must agree in to be compared: the version, and the rules that are off.

    >>> signature([]), signature(["no-agent", "bots"])
    ('2026-11', '2026-11 without bots, no-agent')
    """
    return f"{VERSION} without {', '.join(sorted(off))}" if off else VERSION
