"""One fact, one place: what a module of its own says is written nowhere else."""

import ast
import re
from fnmatch import fnmatch
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from columncast.episodes.model import asset_name, media_types, timecode
from columncast.episodes.text import normalize
from columncast.feed.rss import xml
from columncast.feed.serving.headers import is_hashed

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
            yield path, tree_of(path)


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


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


# Hashes of other things than a file's content.
OTHER_HASHES = {
    "episodes/disk/file_names.py": "of a name that no disk takes",
    "episodes/disk/files.py": "of the machine, in the name of a draft",
    "episodes/text/normalize.py": "of a title without letters",
}


def test_the_hash_in_a_files_name_is_written_and_read_in_one_place():
    found = [
        f"{place(path)}:{getattr(node, 'lineno', 0)}"
        for path, tree in elsewhere("episodes/model/asset_name.py")
        if place(path) not in HOST_SETTINGS
        for node in ast.walk(tree)
        if place(path) not in OTHER_HASHES and (is_hash_pattern(node) or is_short_hash(node))
    ]

    assert found == []


def is_hash_pattern(node):
    """Whether *node* is text, or text many times over, that matches eight hexadecimal digits."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return isinstance(node.left, ast.Constant) and node.left.value == "[0-9a-f]"
    return isinstance(node, ast.Constant) and "[0-9a-f]{8}" in str(node.value)


def is_short_hash(node):
    """Whether *node* is the first eight characters of something, other than of a list."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Slice)
        and (node.slice.lower, node.slice.step) == (None, None)
        and isinstance(node.slice.upper, ast.Constant)
        and node.slice.upper.value == 8
        and bool(re.search("digest|sha256|hash", ast.unparse(node.value)))
    )


SHA256 = "1a2b3c4d" + "0" * 56
ASSETS = [
    ("the-ferry", ".mp3"),
    ("the-ferry", ".m4a"),
    ("the-ferry", ".opus"),
    ("ferry-1a2b3c4d", ".mp3"),
    ("My_Ferry.2", ".mp3"),
    ("transcript", ".vtt"),
    ("transcript.pt-br", ".srt"),
    ("chapters", ".json"),
    ("cover", ".png"),
]


@pytest.mark.parametrize(("stem", "suffix"), ASSETS)
def test_the_name_of_a_public_file_is_read_as_it_was_written(stem, suffix):
    name = asset_name.asset_name(stem, SHA256, suffix)

    assert (stem, "1a2b3c4d", suffix) == asset_name.parse(name)
    assert stem + suffix == asset_name.without_hash(name)
    assert asset_name.keeps_promise(name, SHA256)
    assert not asset_name.keeps_promise(name, "0" * 64)
    assert fnmatch(name, asset_name.glob_of(stem))
    assert is_hashed(f"feed/x/{name}")


@pytest.mark.parametrize(
    "name", ["the-ferry.mp3", "ferry-1A2B3C4D.mp3", "x-1a2b3c4.mp3", "cover.jpg"]
)
def test_a_name_without_a_hash_promises_nothing(name):
    assert asset_name.parse(name) is None
    assert name == asset_name.without_hash(name)
    assert not asset_name.keeps_promise(name, SHA256)
    assert not is_hashed(name)


LIMITS = {4000, 255, 1400, 3000, 512 * 1024}
"""Those that people know by heart and write down once more."""
OTHER_LIMITS = {
    ("episodes/disk/file_names.py", 255): "bytes of a file's name",
    ("episodes/columns/input/decoding.py", 4000): "characters of a paragraph, and of a sample",
    ("episodes/columns/private/passages.py", 4000): "characters of a tag",
    ("episodes/importing/feed/xml.py", 4000): "characters in which a page says what it is",
    ("audio/align/search/features.py", 4000): "windows at a time",
    ("audio/loudness/first_pass.py", 255): "what a byte holds",
    ("audio/mp3/info_frame.py", 255): "what a byte holds",
    ("feed/artwork/placeholder.py", 255): "what a byte holds",
    ("feed/artwork/cover.py", 255): "what a byte holds",
    ("feed/artwork/column_picture.py", 255): "what a byte holds",
    ("feed/artwork/gif.py", 255): "the label of a block",
    ("episodes/model/containers.py", 255): "what a byte holds",
    ("episodes/storage/sftp.py", 255): "kibibytes at a time",
    ("episodes/audience/networks.py", 255): "what a byte holds",
}


def numbers(tree):
    """The whole numbers of a module that are written out, products of two included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield node.lineno, node.value
        elif (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Mult)
            and isinstance(node.left, ast.Constant)
            and isinstance(node.right, ast.Constant)
            and type(node.left.value) is type(node.right.value) is int
        ):
            yield node.lineno, node.left.value * node.right.value


def test_limits_of_platforms_stand_in_one_module():
    found = [
        f"{place(path)}:{line}: {number}"
        for path, tree in elsewhere("episodes/model/limits.py")
        for line, number in numbers(tree)
        if number in LIMITS and (place(path), number) not in OTHER_LIMITS
    ]

    assert found == []


def test_messages_take_the_limits_of_platforms_from_there():
    spelled = re.compile(
        r"(?<![\w.])(4,?000 (bytes|characters)|255|1,?400 to|3,?000 (pixels|x)|512 KB)"
    )
    found = [
        f"{place(path)}:{node.lineno}: {node.value!r}"
        for path, tree in elsewhere("episodes/model/limits.py")
        for node in texts(tree)
        if spelled.search(node.value)
    ]

    assert found == []


def test_every_limit_says_what_it_is_of_and_who_sets_it():
    module = ast.parse((ROOT / "episodes/model/limits.py").read_text(encoding="utf-8"))
    first = next(i for i, node in enumerate(module.body) if isinstance(node, ast.AnnAssign))
    kinds = [type(node) for node in module.body[first:]]

    assert {ast.AnnAssign, ast.Expr} == set(kinds)
    assert kinds[-1] is ast.Expr
    assert (ast.Expr, ast.Expr) not in pairwise(kinds)


SIXTIES = {60, 3600, 60_000}
OTHER_SIXTIES = {
    "episodes/stats/figures.py": "words a minute",
    "episodes/narration/pace.py": "words a minute",
    "feed/preview/pages.py": "the minute of now",
}


def is_sixty(node):
    return (
        isinstance(node, ast.Constant)
        and type(node.value) in {int, float}
        and (node.value in SIXTIES)
    )


def takes_time_apart(node):
    """Whether *node* makes minutes or hours of seconds, or the other way round."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "divmod":
        return is_sixty(node.args[1])
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, (ast.Mult, ast.FloorDiv, ast.Mod))
        and is_sixty(node.right)
        and not isinstance(node.left, (ast.Constant, ast.JoinedStr))
    )


def test_times_are_written_and_read_in_one_module():
    found = [
        f"{place(path)}:{node.lineno}: {ast.unparse(node)}"
        for path, tree in elsewhere("episodes/model/timecode.py")
        if place(path) not in OTHER_SIXTIES
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and takes_time_apart(node)
    ]

    assert found == []


@pytest.mark.parametrize("start_s", [0, 0.0004, 59.9996, 83.4, 3599.9994, 3725.25, 360_000.5])
def test_a_time_for_programs_is_read_as_it_was_written_to_the_thousandth(start_s):
    assert timecode.read_clock(timecode.stamp(start_s)) == pytest.approx(round(start_s, 3))


def test_a_length_is_rounded_and_a_place_is_cut():
    assert ("1:24", "1:23", "00:01:23") == (
        timecode.clock(83.9),
        timecode.position(83.9),
        timecode.link_position(83.9),
    )


def test_what_a_text_may_hold_is_one_set_and_two_names_never_differ_in_meaning():
    functions = {
        (place(path), node.name)
        for path, tree in elsewhere("episodes/text/normalize.py")
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and node.name in {"clean", "one_line", "without_illegal", "illegal_lines"}
    }

    assert functions == set()
    assert xml.ILLEGAL is normalize.ILLEGAL
