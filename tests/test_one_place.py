"""One fact, one place: what a module of its own says is written nowhere else."""

import ast
import re
from pathlib import Path

import pytest

from columncast.episodes.model import media_types

ROOT = Path(__file__).parent.parent
SOURCES = [
    path
    for part in (*(ROOT / name for name in ("episodes", "audio", "feed")), ROOT)
    for path in sorted(part.glob("*.py") if part == ROOT else part.rglob("*.py"))
]


def place(path):
    return path.relative_to(ROOT).as_posix()


def elsewhere(home):
    """Each module but *home*, with its tree."""
    for path in SOURCES:
        if place(path) != home:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def texts(tree):
    """The string literals of a module, without its docstrings and what stands under a name."""
    notes = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in notes:
            yield node


KINDS = [kind for kind in vars(media_types).values() if isinstance(kind, media_types.MediaType)]
MIMES = {mime for kind in KINDS for mime in (*kind.mimes, *kind.also)}
HOST_SETTINGS = {"feed/live/recipes.py", "feed/live/advice.py"}
"""Text that people copy into a server's settings; `test_hosting_docs` compares it with the types."""


def test_types_of_files_stand_in_one_table():
    named = re.compile("|".join(rf"(?<![\w/]){re.escape(mime)}(?![\w+-])" for mime in MIMES))
    found = [
        f"{place(path)}:{node.lineno}: {node.value!r}"
        for path, tree in elsewhere("episodes/model/media_types.py")
        if place(path) not in HOST_SETTINGS
        for node in texts(tree)
        if named.search(node.value)
    ]

    assert found == []


def test_suffixes_are_given_to_kinds_of_files_in_one_table():
    found = [
        f"{place(path)}:{node.lineno}"
        for path, tree in elsewhere("episodes/model/media_types.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict) and node.values and all(map(is_suffix, node.values))
    ]

    assert found == []


def is_suffix(node):
    return isinstance(node, ast.Constant) and bool(re.fullmatch(r"\.\w{2,5}", str(node.value)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_of_file_is_found_again_by_its_suffix_and_its_types(kind):
    assert kind is media_types.by_suffix(kind.suffix.upper(), (kind,))
    assert all(kind is media_types.by_mime(mime) for mime in kind.mimes)
    assert all(media_types.same_type(kind.mime, mime) for mime in kind.also)


def test_the_types_that_subscribers_have_seen_in_feeds_stay():
    assert [
        ("audio/mpeg", "audio/mpeg", ".mp3"),
        ("audio/x-m4a", "audio/mp4", ".m4a"),
        ("audio/ogg", "audio/ogg", ".opus"),
        ("text/vtt", "text/vtt; charset=utf-8", ".vtt"),
        ("application/x-subrip", "application/x-subrip", ".srt"),
        ("application/json", "application/json", ".json"),
    ] == [
        (kind.mime, kind.served, kind.suffix)
        for kind in (*media_types.SOUNDS, *media_types.TRANSCRIPTS[:3])
    ]
