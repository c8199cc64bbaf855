"""Tests that can fail: an assert offers no way out."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def way_out(test):
    """Why an assert of *test* may hold whatever the code does; nothing where it cannot."""
    match test:
        case ast.BoolOp(op=ast.Or()):
            return "one side of an `or` is enough"
        case ast.Constant() | ast.Tuple() | ast.List() | ast.GeneratorExp() | ast.Lambda():
            return "it is true by itself"
    return ""


@pytest.mark.parametrize("path", sorted(TESTS.glob("*.py")), ids=lambda path: path.stem)
def test_an_assert_offers_no_way_out(path):
    asserts = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Assert)]

    assert {} == {a.lineno: why for a in asserts if (why := way_out(a.test))}


@pytest.mark.parametrize(
    "written", ["a or 0 == code", "(a, 'why')", "True", "(x for x in y)", "lambda: x"]
)
def test_a_way_out_is_seen(written):
    assert way_out(ast.parse(written, mode="eval").body)
