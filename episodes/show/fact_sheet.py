"""The facts of an episode on one sheet, for an editor: every one there is, each with a note.

What is set stands there as it is, and what is not stands there as a note that can be taken up. What
comes back is read as TOML and compared with what was given; only differences are changes.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from columncast.episodes.errors import SettingsError
from columncast.episodes.model.clock import in_whole_minutes
from columncast.episodes.show.fact_table import FACTS, Fact
from columncast.episodes.show.facts import Facts
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.show.settings import convert, parsed, read_text

_HEADER = """\
# The facts of the episode {slug}. Save this file and close it to change them.
# A line that starts with # is not read. Take the # away to set a fact; take a line away to clear it.
# To change nothing, close the file as it is, or leave it empty.
# The guid {guid} never changes. To withdraw the episode: columncast retire {slug}
"""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What somebody changed on a sheet."""

    facts: Mapping[str, object]
    """By the key of `episode.toml`; None: it is taken away."""
    date: str
    """Another publication date; empty: it stays."""


def sheet(episode: EpisodeFolder, timezone: str) -> str:
    """Return the facts of *episode* as text; its date is in *timezone*.

    Raises:
        SettingsError: `episode.toml` is broken.
    """
    facts, given = episode.facts, parsed(read_text(episode.facts_file))
    lines = [_HEADER.format(slug=episode.slug, guid=json.dumps(facts.guid)).rstrip("\n")]
    table = ""
    for fact in FACTS:
        if fact.table != table:
            table = fact.table
            lines += ["", f"[{table}]"]
        value = _at(given, fact.key)
        if fact.kind == "date":
            value = in_whole_minutes(facts.published.astimezone(ZoneInfo(timezone)))
        mark, shown = ("#", fact.example) if value is None else ("", value)
        lines += ["", f"# {fact.about}", f"{mark}{fact.key.rpartition('.')[2]} = {as_toml(shown)}"]
    return "\n".join(lines) + "\n"


def read_sheet(text: str, given: str) -> Changes:
    """Return what *text* changes of the sheet that was *given*.

    Raises:
        SettingsError: It is no TOML, or holds what no episode can say; the message names the line.
    """
    before = parsed(given)
    if not text.strip():
        return Changes(facts={}, date="")
    try:
        after = parsed(text)
    except tomllib.TOMLDecodeError as e:
        found = re.search(r"\(at line (\d+), column \d+\)|\(at end of document\)", str(e))
        line = int(found[1]) if found and found[1] else len(text.splitlines())
        what = str(e).partition(" (at ")[0]
        raise SettingsError(f"{what}: this is not TOML", where=f"line {line}") from e
    for key in ("guid", "source", "retired"):
        if key in after:
            raise SettingsError(f"{key} is not changed here; take it away", where=_where(text, key))
    if isinstance(moment := after.pop("published", None), datetime | date):
        moment = moment.isoformat()
    if not isinstance(moment, str) or not moment.strip():
        raise SettingsError(
            "published must be a date, as in 2026-11-27T06:00", where=_where(text, "published")
        )
    _check(text, after)
    old, new = _facts_of(before), _facts_of(after)
    facts = {key: new.get(key) for key in {**old, **new} if new.get(key) != old.get(key)}
    known = before["published"].isoformat()
    return Changes(facts=facts, date="" if moment == known else moment)


def _check(text: str, facts: dict[str, Any]) -> None:
    """Refuse what cannot be, with the line of *text* that says it."""
    others = {
        "guid": "x",
        "published": datetime.fromisoformat("2026-01-01T00:00:00Z"),
        "source": {"recording": "x", "recording_sha256": "x"},
    }
    try:
        convert(facts | others, Facts, where="")
    except SettingsError as e:
        named = [fact for fact in FACTS if fact.key.rpartition(".")[2] in e.message]
        unknown = re.search(r"'(\w+)' is not a setting", e.message)
        key = unknown[1] if unknown else _first_named(e.message, named)
        raise SettingsError(e.message, where=_where(text, key)) from e


def _first_named(message: str, named: list[Fact]) -> str:
    """Return the key in *message* that it begins with."""
    keys = [fact.key.rpartition(".")[2] for fact in named]
    return min(keys, key=message.index, default="")


def _where(text: str, key: str) -> str:
    """Return the line of *text* that sets *key*, as `line 4`; empty where none does."""
    for number, line in enumerate(text.splitlines(), 1):
        if key and re.match(rf"\s*\[*\s*[\w.]*\b{re.escape(key)}\b\s*[\].=]", line):
            return f"line {number}"
    return ""


def _facts_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what *data* says of each fact, by its key."""
    found = {fact.key: _at(data, fact.key) for fact in FACTS if fact.kind != "date"}
    return {key: value for key, value in found.items() if _says_something(key, value)}


_MAY_BE_NONE = frozenset(fact.key for fact in FACTS if fact.may_be_none)


def _says_something(key: str, value: object) -> bool:
    return value not in (None, "", [], {}) or (value == "" and key in _MAY_BE_NONE)


def _at(data: Mapping[str, Any], dotted: str) -> Any:
    table, _, key = dotted.rpartition(".")
    inner = data.get(table, {}) if table else data
    return inner.get(key) if isinstance(inner, dict) else None


def as_toml(value: object) -> str:
    """Return *value* as TOML on one line.

    >>> as_toml([{"name": "Mina", "role": "narrator"}]), as_toml(True), as_toml({"One": "A"})
    ('[{ name = "Mina", role = "narrator" }]', 'true', '{ "One" = "A" }')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # A JSON string is a TOML one, but for one control character.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(map(as_toml, value))}]"
        case dict():
            inner = ", ".join(f"{_key(key)} = {as_toml(each)}" for key, each in value.items())
            return f"{{ {inner} }}" if inner else "{}"
    return str(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[a-z_]+", key) else as_toml(key)
