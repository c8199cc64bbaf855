"""The documents say what is true: every command, setting and code that there is."""

import re
from pathlib import Path

import pytest

from columncast.cli import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "docs").glob("*.md"))
ALL = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


@pytest.mark.parametrize("name", cli.commands)
def test_every_command_is_explained_with_an_example(name):
    command = cli.commands[name]

    assert command.help
    assert f"Example: columncast {name}" in command.help
    assert f"`columncast {name}" in ALL


def test_every_page_is_listed_in_the_readme():
    listed = set(re.findall(r"\]\((docs/[\w./-]+)\)", README))

    assert {f"docs/{page.name}" for page in PAGES} <= listed


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda p: p.name)
def test_no_link_leads_nowhere(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8"))

    inside = [link for link in links if not link.startswith(("http", "mailto:"))]
    assert [] == [link for link in inside if not (page.parent / link).exists()]
