"""The house as drawn: data flows one way, and each library has one door."""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = """
episodes/model: nothing
episodes/phrases: episodes/model
episodes/text: episodes/model
episodes/disk: episodes/text
episodes/waiting: nothing
episodes/http: episodes/disk episodes/model episodes/waiting
episodes/show: episodes/disk episodes/model episodes/phrases episodes/text
episodes/storage: episodes/disk episodes/http episodes/model episodes/show episodes/waiting
episodes/doctor: episodes/disk episodes/show episodes/storage
episodes/columns/input: episodes/model episodes/text
episodes/columns/private: episodes/model episodes/text
episodes/columns/blocks: episodes/columns/private episodes/model episodes/text
episodes/columns/formats: episodes/columns/blocks episodes/columns/input
    episodes/columns/private episodes/model episodes/text
episodes/columns/exports: episodes/columns/blocks episodes/columns/formats
    episodes/columns/input episodes/columns/private episodes/model episodes/text
episodes/columns/review: episodes/columns/input episodes/model episodes/text
episodes/pictures: episodes/columns/input episodes/disk episodes/http episodes/model
    episodes/text episodes/waiting
episodes/columns: episodes/columns/exports episodes/columns/formats episodes/columns/input
    episodes/columns/review episodes/disk episodes/model episodes/pictures
episodes/notes: episodes/columns/blocks episodes/model episodes/phrases episodes/show
    episodes/text
episodes/narration: episodes/model episodes/text
episodes/manual: nothing
episodes/building: episodes/disk episodes/model episodes/show episodes/waiting
episodes/entry: episodes/building episodes/columns episodes/columns/blocks episodes/disk
    episodes/model episodes/narration episodes/notes episodes/pictures episodes/show
    episodes/text
episodes/remarks: episodes/building episodes/disk episodes/entry episodes/model
    episodes/narration episodes/show episodes/text
episodes/stats: episodes/building episodes/model episodes/narration episodes/show
episodes/dates: episodes/model episodes/phrases
episodes/console: episodes/building episodes/dates episodes/disk episodes/entry episodes/manual
    episodes/model episodes/narration episodes/show episodes/text episodes/waiting
episodes/audience: episodes/building episodes/disk episodes/model episodes/show
    episodes/storage
episodes/importing/feed: episodes/columns/blocks episodes/model episodes/show episodes/text
episodes/importing/pairs: episodes/columns episodes/columns/formats episodes/importing/feed
    episodes/model episodes/narration episodes/text
episodes/importing: episodes/building episodes/columns episodes/columns/exports episodes/console
    episodes/disk
    episodes/entry episodes/http episodes/importing/feed episodes/importing/pairs
    episodes/model episodes/narration episodes/pictures episodes/show episodes/text
    episodes/waiting
audio/ffmpeg: episodes/model episodes/text episodes/waiting
audio/loudness: audio/ffmpeg episodes/disk episodes/model
audio/mp3: nothing
audio/mastering: audio/ffmpeg audio/loudness audio/mp3 episodes/disk episodes/model
    episodes/show
audio/tags: audio/ffmpeg episodes/disk episodes/model episodes/text
audio/align/languages: nothing
audio/align/text: audio/align/languages
audio/align/search: audio/align/languages audio/align/text audio/ffmpeg
audio/align/decide: audio/align/languages audio/align/search episodes/model
audio/align: audio/align/decide audio/align/languages audio/align/search audio/align/text audio/ffmpeg
    episodes/model episodes/text
audio/editing: audio/align audio/align/decide audio/align/search audio/ffmpeg audio/mastering
    episodes/disk episodes/model
audio/editing/pickups: audio/align audio/align/search audio/editing audio/ffmpeg audio/mastering
    episodes/disk episodes/model
audio/enclosures: audio/align audio/editing audio/editing/pickups audio/ffmpeg audio/mastering audio/tags
    episodes/building episodes/disk episodes/model episodes/show
feed/artwork: episodes/building episodes/disk episodes/model episodes/show
feed/serving: episodes/disk episodes/model episodes/waiting
feed/rss: episodes/model episodes/phrases episodes/show episodes/text
feed/rules: episodes/building episodes/disk episodes/entry episodes/http episodes/model
    episodes/narration episodes/show episodes/text feed/artwork feed/rss
feed/site: episodes/building episodes/disk episodes/entry episodes/model
    episodes/narration episodes/phrases episodes/show episodes/text feed/artwork feed/rss feed/rules feed/serving
feed/statistics: episodes/audience episodes/model episodes/narration episodes/phrases episodes/stats
    episodes/text
feed/live: episodes/building episodes/console episodes/disk episodes/entry episodes/http episodes/model
    episodes/narration episodes/remarks episodes/show episodes/storage episodes/waiting feed/rss feed/rules feed/serving
feed/preview/apps: episodes/model episodes/show episodes/text
feed/preview: episodes/audience episodes/building episodes/columns/formats episodes/columns/input episodes/disk
    episodes/entry episodes/http episodes/model episodes/narration episodes/remarks episodes/show episodes/text
    feed/artwork feed/live feed/preview/apps feed/rss feed/rules feed/serving feed/site
"""
"""Each room and those that its modules may import, from the ground up: a room knows none above it."""

AT_THE_FOOT = {"errors.py", "format.py", "later.py", "private_urls.py"}
"""Modules of `episodes/` itself, which every room may use and which use none."""

ABOVE = ("columncast.publish", "columncast.cli")
"""What stands above all rooms and uses any of them."""

# Parts of one building kit, used at several places by design.
EVERYWHERE = {"numpy", "msgspec"}
# A door of several leaves: one for each format; one for each application that is written in it;
# one for pictures that come in, one for the picture that is drawn.
WIDE_DOORS = {
    # One opens and judges, the others draw, scale and encode.
    "PIL": {
        "feed/artwork/opening.py",
        "feed/artwork/cover.py",
        "feed/artwork/placeholder.py",
        "feed/artwork/column_picture.py",
    },
    # Arguments come in at one, messages go out at another, and the options stand between them.
    "click": {
        "cli.py",
        "episodes/console/completion.py",
        "episodes/console/console.py",
        "episodes/console/editor.py",
        "episodes/console/ending.py",
        "episodes/console/facts.py",
        "episodes/console/options.py",
        "episodes/manual/commands.py",
        "episodes/console/parameters.py",
        "episodes/console/sections.py",
        "episodes/importing/command.py",
    },
    "mutagen": {
        "audio/tags/door.py",
        "audio/tags/id3.py",
        "audio/tags/mp4.py",
        "audio/tags/vorbis.py",
    },
    # One colours lines, the other draws what has several: tables, progress, documents.
    "rich": {"episodes/console/colour.py", "episodes/console/console.py"},
    "starlette": {
        "feed/serving/server.py",
        "feed/preview/server.py",
        "feed/preview/writing.py",
        "feed/preview/review_routes.py",  # what changes something, apart from what shows it
    },
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


def rooms():
    return {
        name: [] if neighbours == "nothing" else neighbours.split()
        for name, neighbours in re.findall(r"^(\S+): ((?:.|\n    )+)$", ROOMS, re.MULTILINE)
    }


def room_of(dotted):
    """The room of a module, or of something in a module, of ours; None for the root's own."""
    parts = dotted.split(".")[1:]
    while parts and not ROOT.joinpath(*parts, "__init__.py").is_file():
        parts.pop()
    return "/".join(parts) or None


def neighbours(room):
    """The rooms that the modules of *room* import; the foot of `episodes` goes without saying."""
    found = {
        room_of(name)
        for path in ROOT.joinpath(room).glob("*.py")
        for name in imported(path)
        if name.startswith("columncast.")
    }
    return found - {room, "episodes"}


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_the_rooms_it_may_and_no_other(room):
    assert set(rooms()[room]) == neighbours(room)


def test_a_room_knows_none_above_it():
    order = list(rooms())

    for room, below in rooms().items():
        assert all(order.index(other) < order.index(room) for other in below), room


def test_every_module_stands_in_a_room():
    loose = {
        path.relative_to(ROOT).as_posix()
        for part in ("episodes", "audio", "feed")
        for path in ROOT.joinpath(part).rglob("*.py")
        if path.parent.relative_to(ROOT).as_posix() not in rooms()
    }

    assert loose == {
        *(f"{part}/__init__.py" for part in ("episodes", "audio", "feed")),
        *(f"episodes/{name}" for name in AT_THE_FOOT),
    }


def test_the_foot_of_the_house_stands_on_nothing_else():
    assert neighbours("episodes") == set()


@pytest.mark.parametrize("room", rooms())
def test_a_room_says_what_it_is_for_and_what_it_may_import(room):
    init = ROOT / room / "__init__.py"
    said = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8")))
    purpose, _, allowed = said.partition("\n\n")

    assert purpose.endswith(".")
    assert "\n" not in purpose
    assert " ".join(allowed.split()) == f"May import: {', '.join(rooms()[room]) or 'nothing'}."
    assert len(ast.parse(init.read_text(encoding="utf-8")).body) == 1, "a room's door is a module"


def test_the_map_of_the_house_shows_each_room_with_its_purpose():
    page = (ROOT / "docs" / "explanation" / "internals.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w/]+)` \| (.+) \|$", page, re.MULTILINE))

    purposes = {
        room: ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text("utf-8")))
        for room in rooms()
    }

    assert {room: said.partition("\n")[0] for room, said in purposes.items()} == rows
    assert list(rooms()) == list(rows), "from the ground up"


@pytest.mark.parametrize("room", rooms())
def test_what_stands_above_the_rooms_is_imported_by_none(room):
    used = {name for path in (ROOT / room).glob("*.py") for name in imported(path)}

    assert not {name for name in used if name.startswith(ABOVE)}
    # Nor by the public names, which the root only hands out.
    assert not {
        name for name in used if re.fullmatch(r"columncast\.(?!episodes|audio|feed)\w+", name)
    }


def test_each_library_has_one_door():
    doors = defaultdict(set)

    for path in modules():
        for name in imported(path):
            library = name.split(".")[0]
            if library != "columncast" and library not in sys.stdlib_module_names:
                doors[library].add(path.relative_to(ROOT).as_posix())

    wide = {library: found for library, found in doors.items() if len(found) > 1}

    assert {name: found for name, found in wide.items() if name not in EVERYWHERE} == WIDE_DOORS


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
    assert {"__init__.py", "__main__.py", "cli.py", "publish.py"} == {
        p.name for p in ROOT.glob("*.py")
    }


ANY_KEYWORDS = {
    # The names that a template uses: they stand in the template, one set for each.
    "episodes/text/template.py render",
    "feed/site/pages.py _filled",
    "feed/site/pages.py _laid_out",
    "feed/preview/page.py fill",
    "feed/preview/page.py part",
    # A method that a library calls, with what it pleases.
    "episodes/importing/command.py make_context",
    "episodes/columns/formats/frontmatter.py load",
    # What paramiko's own class takes, handed on to it.
    "episodes/storage/sftp.py _transport",
}


def functions():
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path.relative_to(ROOT).as_posix(), node


def test_a_function_spells_out_what_it_takes():
    anything = {
        f"{path} {function.name}"
        for path, function in functions()
        if function.args.kwarg
        and ast.unparse(function.args.kwarg.annotation or ast.Name("Any")) in ("Any", "object")
    }

    assert ANY_KEYWORDS == anything


def test_a_function_has_a_name_to_search_for():
    assert [] == [f"{path}:{f.lineno}" for path, f in functions() if not f.name.strip("_")]
