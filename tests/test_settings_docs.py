"""The page on show.toml names every setting that there is, with the default that it has."""

import dataclasses
import re
from pathlib import Path
from typing import get_type_hints

import pytest

from columncast.episodes.show.settings import Show

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "reference" / "show-toml.md").read_text(encoding="utf-8")
FEED = (DOCS / "reference" / "feed.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`.+?) \| .* \| (.*) \|$", PAGE, re.MULTILINE)
DEFAULTS = {name: cell for names, cell in ROWS for name in re.findall(r"`(\w+)`", names)}
ELSEWHERE = {"feed", "podcast", "ids", "subscribe", "publish", "pronunciation", "phrases"}
"""Tables that pages of their own explain, or whose keys are names that people choose."""


def settings():
    """Each setting of a table with a fixed default: the table, the key, the default."""
    hints = get_type_hints(Show)
    for field in dataclasses.fields(Show):
        kind = hints[field.name]
        if field.name in ELSEWHERE:
            continue
        if dataclasses.is_dataclass(kind):
            yield from (
                (f"[{field.name}]", one.name, one.default) for one in dataclasses.fields(kind)
            )
        else:
            yield "", field.name, field.default


def name_of(value: object) -> str:
    return value if isinstance(value, str) else type(value).__name__


@pytest.mark.parametrize(("table", "key", "default"), list(settings()), ids=name_of)
def test_a_setting_stands_on_the_page_with_its_default(table, key, default):
    if table:
        assert f"`{table}`" in PAGE
    assert key in DEFAULTS, "no row"
    shown = re.findall(r"-?[\w.]+", DEFAULTS[key])
    if isinstance(default, bool):
        assert str(default).lower() in (*shown, "false" if "off" in shown else "")
    elif isinstance(default, int | float) and "SECONDS" not in DEFAULTS[key]:
        assert f"{default:g}" in shown
    elif isinstance(default, str) and default:
        assert f'"{default}"' in DEFAULTS[key]


@pytest.mark.parametrize("table", sorted(ELSEWHERE))
def test_a_table_that_is_explained_elsewhere_is_named(table):
    assert f"[{table}" in PAGE + FEED
