"""The documents say what is true: every command, setting and code that there is."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from columncast.cli import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "docs").glob("**/*.md"))
FRONT = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
ALL = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def pages_of(nav: object) -> Iterator[str]:
    """The pages of the site's navigation, or of a part of it."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict | list):
        for part in nav.values() if isinstance(nav, dict) else nav:
            yield from pages_of(part)


def anchors(page: Path) -> set[str]:
    """What a link can name on *page*: its headings, as forges and the site's generator call them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h.lower()).strip().replace(" ", "-") for h in headings}


def code() -> Iterator[Path]:
    """Every module and data file that may name a document."""
    for pattern in ("*.py", "*.toml", "*.js", "*.html"):
        for part in ("episodes", "audio", "feed", "tests", "benchmarks"):
            yield from (ROOT / part).rglob(pattern)
    yield from ROOT.glob("*.py")


@pytest.mark.parametrize("name", cli.commands)
def test_every_command_is_explained_with_an_example(name):
    command = cli.commands[name]

    assert command.help
    assert f"Example: columncast {name}" in command.help
    assert f"`columncast {name}" in ALL


def test_every_page_is_in_the_navigation_of_the_site():
    site = tomllib.loads((ROOT / "docs" / "zensical.toml").read_text(encoding="utf-8"))["project"]

    assert PAGES == sorted(ROOT / "docs" / page for page in pages_of(site["nav"]))


def test_every_page_is_found_from_the_first():
    start = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")

    listed = {ROOT / "docs" / link for link in re.findall(r"\]\(([\w./-]+)\)", start)}
    assert set(PAGES) <= listed | {ROOT / "docs" / "index.md"}


def test_the_readme_leads_to_the_documents():
    assert "](docs/index.md)" in README


@pytest.mark.parametrize("page", [*FRONT, *PAGES], ids=lambda p: p.name)
def test_no_link_leads_nowhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))

    inside = [link.partition("#") for link in links if not link.startswith(("http", "mailto:"))]
    assert [] == [path for path, _, _ in inside if path and not (page.parent / path).exists()]
    assert [] == [
        f"{path}#{anchor}"
        for path, _, anchor in inside
        if anchor
        and not path.endswith(".svg")
        and anchor not in anchors(page.parent / path if path else page)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_link_leaves_the_documents_which_travel_alone(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8"))

    inside = [link for link in links if not link.startswith(("http", "mailto:"))]
    docs = ROOT / "docs"
    assert [] == [li for li in inside if not (page.parent / li).resolve().is_relative_to(docs)]


def test_the_code_names_no_document_that_is_not_there():
    named = {
        (path.relative_to(ROOT), name)
        for path in code()
        for name in re.findall(r"(?<![\w/.])docs/[\w/-]+\.md", path.read_text(encoding="utf-8"))
    }

    assert [] == [(path, name) for path, name in named if not (ROOT / name).exists()]


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_documents_are_those_of_the_commands_as_they_are():
    made = generator().generated()

    pages = {ROOT / "docs" / "reference" / "options.md", *(ROOT / "docs" / "man").iterdir()}
    old = [path.name for path, text in made.items() if text != path.read_text(encoding="utf-8")]
    assert pages == set(made), "run ./run.sh fix"
    assert [] == old, "run ./run.sh fix"


@pytest.mark.parametrize("page", [*FRONT, *PAGES], ids=lambda p: p.name)
def test_no_document_tells_of_an_installation_that_cannot_work_yet(page):
    """
    columncast is in no package index: what is installed is a folder, an archive, or a library.
    """
    text = page.read_text(encoding="utf-8")

    assert [] == re.findall(r"pipx? install (?:-\S+ )*[\"']?columncast\b.*", text)


def test_the_site_loads_nothing_from_another_host(tmp_path):
    shutil.copytree(ROOT / "docs", tmp_path / "pages")
    config = (tmp_path / "pages" / "zensical.toml").rename(tmp_path / "zensical.toml")
    program = Path(sys.executable).with_name("zensical")

    subprocess.run([program, "build", "--strict", "-f", config], check=True, capture_output=True)

    site = tmp_path / "site"
    assert (site / "search.json").exists()
    loaded = {
        address
        for page in site.rglob("*.html")
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.read_text("utf-8"))
        for address in re.findall(r"(?:src|href)=\"?((?:https?:)?//[^\" >]+)", tag)
    }
    assert set() == loaded
