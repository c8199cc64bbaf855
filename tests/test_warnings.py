"""docs/warnings.md explains every code that reading a column or making notes can give."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "warnings.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### ([a-z-]+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
MODULES = [
    *(ROOT / "episodes" / "columns").glob("*.py"),
    *(ROOT / "episodes" / f"{name}.py" for name in ("notes", "hook", "names", "mentions", "pace")),
]
CODE = re.compile(r"(?:code=|_tell\(\s*|\.tell\(\s*)\"([a-z-]+)\"")
CODES = {code for path in MODULES for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_the_codes_are_found_in_the_source():
    assert {"paywall-cut", "link-dropped", "series-removed", "notes-cut", "pace-wrong"} <= CODES
    assert len(CODES) >= 29


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_explained(code):
    severity, _, reason = SECTIONS[code].partition(".* ")

    assert severity.strip("\n*") in ("error", "warning", "info")
    assert len(reason) > 60


def test_no_explanation_outlives_its_code():
    assert set(SECTIONS) == CODES
