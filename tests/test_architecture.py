"""The house as drawn: data flows one way, and each library has one door."""

import ast
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "episodes": {"episodes"},
    "audio": {"episodes", "audio"},
    "feed": {"episodes", "feed"},
    "publish": {"episodes", "audio", "feed", "publish"},
    "cli": {"episodes", "audio", "feed", "publish", "cli"},
    "__main__": {"cli"},
}
# Parts of one building kit, used at several places by design.
EVERYWHERE = {"numpy", "msgspec"}
# A door of several leaves: one for each format; one for each application that is written in it.
WIDE_DOORS = {
    "mutagen": {
        "audio/tags/door.py",
        "audio/tags/id3.py",
        "audio/tags/mp4.py",
        "audio/tags/vorbis.py",
    },
    "starlette": {"feed/serving/server.py", "feed/preview/server.py"},
}


def modules():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    for package in settings["packages"]:
        yield from sorted(ROOT.joinpath(*package.split(".")[1:]).glob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(path):
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", list(modules()), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_data_flows_one_way(path):
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("columncast.")}

    assert ours <= MAY_IMPORT[part_of(path)]


def test_each_library_has_one_door():
    doors = defaultdict(set)

    for path in modules():
        for name in imported(path):
            library = name.split(".")[0]
            if library != "columncast" and library not in sys.stdlib_module_names:
                doors[library].add(path.relative_to(ROOT).as_posix())

    for library, found in doors.items():
        if library not in EVERYWHERE:
            assert len(found) == 1 or found <= WIDE_DOORS.get(library, set()), library


def test_every_package_in_the_tree_is_named_in_pyproject():
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {
        "columncast." + ".".join(init.parent.relative_to(ROOT).parts)
        for name in ("episodes", "audio", "feed")
        for init in (ROOT / name).rglob("__init__.py")
    }

    assert folders | {"columncast"} == set(named)


def test_the_root_holds_no_stray_module():
    # Every *.py in the root would be installed as a module of the package.
    assert {"__main__.py", "cli.py", "publish.py"} == {p.name for p in ROOT.glob("*.py")}
