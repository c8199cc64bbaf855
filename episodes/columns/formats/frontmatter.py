"""Front matter: the facts that a writer puts above a Markdown column.

Every value is read as the text that it is (YAML would make `no` a truth value, `12:30` a number
and a title `1958` an integer); whoever uses a fact says what it makes of its text.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import yaml
from frontmatter.default_handlers import BaseHandler, YAMLHandler

from columncast.episodes.errors import ColumnError

_LIMIT = 64 * 1024
"""Characters; front matter is a handful of lines."""

_KEY_AND_VALUE = re.compile(r"^\s*([\w-]+):\s+(.*\S)\s*$")


def split_front_matter(text: str) -> tuple[dict[str, Any], str, int]:
    r"""Return the facts, the text below them, and how many lines the facts took.

    >>> split_front_matter("---\ntitle: 1958\nexplicit: no\n---\nThe ferry.\n")
    ({'title': '1958', 'explicit': 'no'}, 'The ferry.\n', 4)

    Raises:
        ColumnError: It cannot be read; the message names the line and what to write instead.
    """
    handler = next((h for h in (_Yaml(), _Toml()) if h.detect(text)), None)
    if handler is None:
        return _json(text) or _headers(text) or ({}, text, 0)
    try:
        inner, body = handler.split(text)
    except ValueError as e:
        if not re.match(r"---\s*\n\s*[\w-]+:", text):
            return {}, text, 0  # a line across the page, and no front matter
        raise ColumnError(
            "the front matter is never closed; put a line of three hyphens (---) under it",
            where="line 1",
        ) from e
    if len(inner) > _LIMIT:
        raise ColumnError(
            "the front matter is longer than 64 KB; is the closing line missing?", where="line 1"
        )
    facts = handler.load(inner)
    return (
        _named(facts),
        body.removeprefix("\n"),
        text.count("\n") - body.removeprefix("\n").count("\n"),
    )


class _Texts(yaml.BaseLoader):  # type: ignore[misc] # PyYAML ships no types
    """YAML in which every scalar is text and a key stands only once."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[object] = set()
        for key, _ in node.value:
            if isinstance(key.value, str) and key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{key.value!r} is given twice; keep one", problem_mark=key.start_mark
                )
            seen.add(key.value if isinstance(key.value, str) else id(key))
        return dict(super().construct_mapping(node, deep))


class _Yaml(YAMLHandler):
    def load(self, fm: str, **_: object) -> dict[str, Any]:
        try:
            facts = yaml.load(fm.strip("\n"), Loader=_Texts)  # noqa: S506 - it knows no objects
        except yaml.MarkedYAMLError as e:
            raise _explained(e, fm.strip("\n").split("\n")) from e
        except (yaml.YAMLError, RecursionError, ValueError) as e:
            raise ColumnError(f"the front matter is not YAML: {e}", where="line 1") from e
        if not facts:
            return {}
        if not isinstance(facts, dict):
            raise ColumnError("the front matter is not made of `name: value` lines", where="line 2")
        return facts


class _Toml(BaseHandler):
    """Hugo's `+++`, read by the standard library (the handler that ships needs a package)."""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        try:
            return {key: _as_text(value) for key, value in tomllib.loads(fm).items()}
        except (ValueError, RecursionError) as e:
            raise ColumnError(f"the front matter is not TOML: {e}", where="line 1") from e


def _named(facts: dict[Any, Any]) -> dict[str, Any]:
    return {str(key).strip().lower().replace("-", "_"): value for key, value in facts.items()}


def _json(text: str) -> tuple[dict[str, Any], str, int] | None:
    """Hugo's third kind: an object in braces, and nothing around it; or between `;;;` lines."""
    start = re.match(r"(?:;;;\s*\n)?\s*(?=\{\s*\"[\w-]+\"\s*:)", text)
    if not start:
        return None
    try:
        facts, end = json.JSONDecoder().raw_decode(text[: _LIMIT + start.end()], start.end())
    except (ValueError, RecursionError) as e:
        raise ColumnError(f"the front matter is not JSON: {e}", where="line 1") from e
    closing = re.compile(r"[ \t]*(?:\n;;;[ \t]*)?(?:\n|\Z)").match(text, end)
    if closing is None:
        return None
    return (
        _named({key: _as_text(v) for key, v in facts.items()}),
        text[closing.end() :],
        (text.count("\n", 0, closing.end())),
    )


def _headers(text: str) -> tuple[dict[str, Any], str, int] | None:
    """MultiMarkdown's and Pelican's: `Title: …` lines at the very top, and a blank one."""
    found = re.match(r"(?:[A-Za-z][\w-]{0,30}:[ \t]+\S[^\n]*\n)+(?=[ \t]*\n)", text)
    if not found or not re.match(r"title:", text, re.IGNORECASE) or found[0].count("\n") < 2:
        return None
    pairs = (line.partition(":") for line in found[0].splitlines())
    facts = {key: value.strip() for key, _, value in pairs}
    return _named(facts), text[found.end() :], found[0].count("\n")


def _explained(e: yaml.MarkedYAMLError, lines: list[str]) -> ColumnError:
    mark = e.problem_mark or e.context_mark
    at = min(mark.line if mark else 0, len(lines) - 1)
    where = f"line {at + 2}"  # the opening --- is line 1
    wanted = _KEY_AND_VALUE.match(lines[at])
    if wanted and ": " in wanted[2] and "values are not allowed" in str(e.problem):
        key, value = wanted.groups()
        value = value.replace("\\", "\\\\").replace('"', '\\"')
        return ColumnError(
            f'the {key} holds a colon. Put it in quotes: {key}: "{value}"', where=where
        )
    return ColumnError(f"the front matter is not YAML: {e.problem}", where=where)


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return [_as_text(item) for item in value] if isinstance(value, list) else str(value)
