"""The public interface: what is exported is documented, typed and explained, and nothing else is public."""

import ast
import dataclasses
import doctest
import inspect
import re
import shutil
import subprocess
import sys
import typing
from pathlib import Path

import pytest
from builders import COLUMN

import columncast
from columncast.episodes import errors

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
INIT = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
EXPORTED = {name: getattr(columncast, name) for name in columncast.__all__}
FUNCTIONS = {name: one for name, one in EXPORTED.items() if inspect.isfunction(one)}
CLASSES = {name: one for name, one in EXPORTED.items() if inspect.isclass(one)}
UNITS = ("_s", "_bytes", "_lufs", "_dbtp", "_db", "_lu", "_hz", "_at_s")


def test_what_is_exported_is_what_is_documented():
    table = PAGE.partition("## Every name")[2] + PAGE.partition("## Errors")[2].partition("##")[0]

    documented = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)

    assert sorted(set(documented)) == sorted(columncast.__all__)


def test_the_examples_on_the_page_are_true(take, tmp_path, monkeypatch):
    shutil.copy(take, tmp_path / "take.wav")
    (tmp_path / "column.txt").write_text(COLUMN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    failed, tried = doctest.testfile(
        str(ROOT / "docs" / "reference" / "api.md"), module_relative=False
    )

    assert tried > 20
    assert not failed


def test_the_types_that_a_reader_of_types_sees_are_those_that_are_loaded():
    typed, _ = (node for node in INIT.body if isinstance(node, ast.If))

    seen = {
        alias.asname or alias.name: (part.module, alias.name)
        for part in typed.body
        if isinstance(part, ast.ImportFrom)
        for alias in part.names
    }

    loaded = {
        public: (module, own or public)
        for module, names in columncast._HOMES.items()
        for public, _, own in (entry.partition("=") for entry in names.split())
    }
    assert seen == loaded
    assert {"__version__", *seen} == set(columncast.__all__)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_says_what_it_does_takes_returns_and_raises(name):
    explained = inspect.getdoc(FUNCTIONS[name]) or ""
    signature = inspect.signature(FUNCTIONS[name])
    hints = typing.get_type_hints(FUNCTIONS[name], localns=names_for_types(FUNCTIONS[name]))

    raised = re.findall(r"^ {4}(\w+Error):", explained.partition("Raises:")[2], re.MULTILINE)

    assert explained.partition("\n")[0].endswith(".")
    assert set(signature.parameters) | {"return"} == set(hints)
    for error in raised:
        assert any(kind.__name__ in EXPORTED for kind in getattr(errors, error).__mro__), error


def names_for_types(function) -> dict[str, object]:
    """What a module imports for its annotations alone."""
    tree = ast.parse(Path(inspect.getfile(function)).read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            exec(ast.unparse(ast.Module(node.body, [])), names)
    return names


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_says_what_it_is_and_its_numbers_say_their_unit(name):
    kind = CLASSES[name]

    assert (inspect.getdoc(kind) or "").partition("\n")[0].endswith(".")
    for field in dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ():
        if "float" in str(field.type):
            assert field.name.endswith(UNITS), f"{name}.{field.name}: in which unit?"


def test_to_ask_for_the_version_loads_nothing_of_the_house():
    code = "import columncast, sys; columncast.__version__; print(*sys.modules)"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert {"columncast"} == {name for name in ran.stdout.split() if name.startswith("columncast")}


def test_a_name_that_is_not_public_is_not_there():
    private = "add"

    with pytest.raises(AttributeError, match="has no attribute 'add'"):
        getattr(columncast, private)


def test_public_names_are_listed_for_those_who_look_around():
    assert set(columncast.__all__) <= set(dir(columncast))
