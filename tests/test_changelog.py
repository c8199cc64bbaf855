"""The changelog has the form of keepachangelog.com 1.1.0, so that people and tools find a change."""

import re
from datetime import date
from pathlib import Path

import pytest

from columncast import __version__

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
"""The kinds of changes that Keep a Changelog knows, in its order."""


def sections(text: str, level: str) -> dict[str, str]:
    """The text under each heading of *level*; one heading twice is a fault."""
    _, *parts = re.split(rf"^{level} (.+)\n", text, flags=re.MULTILINE)
    titles, bodies = parts[::2], parts[1::2]
    assert len(set(titles)) == len(titles), f"the same heading twice in {titles}"
    return dict(zip(titles, bodies, strict=True))


RELEASES = sections(TEXT, "##")


def test_what_is_not_released_stands_on_top_and_the_newest_release_follows():
    unreleased, *released = RELEASES

    parts = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) - (\d{4}-\d\d-\d\d)", name) for name in released]
    versions = [tuple(map(int, part.groups()[:3])) for part in parts if part]
    days = [date.fromisoformat(part[4]) for part in parts if part]

    assert unreleased == "Unreleased"
    assert len(versions) == len(released), "a release reads: 1.2.3 - 2027-01-31"
    assert sorted(versions, reverse=True) == versions
    assert sorted(days, reverse=True) == days
    assert versions[-1] == (0, 1, 0)


def test_the_newest_release_is_the_version_that_this_is():
    assert list(RELEASES)[1].startswith(f"{__version__} - ")


@pytest.mark.parametrize("release", RELEASES)
def test_a_release_sorts_its_changes_by_kind_and_each_kind_has_some(release):
    kinds = sections(RELEASES[release], "###")

    assert [kind for kind in KINDS if kind in kinds] == list(kinds)
    for kind, changes in kinds.items():
        assert re.search(r"^- ", changes, re.MULTILINE), f"nothing was {kind.lower()}"
        for line in changes.strip().splitlines():
            assert re.match(r"(- |  |\*\*[^*]+\*\*$|$)", line), f"neither change nor topic: {line}"


def test_a_heading_in_the_changelog_is_a_release_or_a_kind_of_change():
    levels = {heading.split(" ")[0] for heading in re.findall(r"^#+ .*", TEXT, re.MULTILINE)}

    assert levels == {"#", "##", "###"}
    assert TEXT.startswith("# Changelog\n")
