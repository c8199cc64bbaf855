"""docs/warnings.md explains every code that columns, notes, recordings and narrations can give."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "warnings.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### ([a-z-]+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
TOLD_BY = (
    *("notes", "hook", "names", "mentions", "pace", "kept", "credits", "narration", "master"),
    *("source", "read_along", "publish", "compose", "imported", "check", "recording"),
)
MODULES = [
    *(
        path
        for room in ("columns", "podcast", "importing")
        for path in (ROOT / "episodes" / room).rglob("*.py")
    ),
    *(
        path
        for place in ("episodes", "audio", "publish.py")
        for path in [ROOT / place, *(ROOT / place).rglob("*.py")]
        if path.is_file() and path.stem in TOLD_BY
    ),
]
# As an argument, as the first of a tuple of facts, or as one of several to choose from.
CODE = re.compile(
    r"(?:code=|[\s._]tell\(\s*|^ +\(\n +|code=.* if .* else )\"([a-z]+-[a-z-]+|mojibake)\""
    r"|\"(narration-[a-z-]+|not-in-column)\"",
    re.MULTILINE,
)
CODES = {
    code
    for path in MODULES
    for found in CODE.findall(path.read_text(encoding="utf-8"))
    for code in found
    if code
}


def test_the_codes_are_found_in_the_source():
    assert {"paywall-cut", "link-dropped", "series-removed", "notes-cut", "pace-wrong"} <= CODES
    assert len(CODES) >= 45


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_explained(code):
    severity, _, reason = SECTIONS[code].partition(".* ")

    assert severity.strip("\n*") in ("error", "warning", "note")
    assert len(reason) > 60


def test_no_explanation_outlives_its_code():
    assert set(SECTIONS) == CODES
