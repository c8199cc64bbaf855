"""The examples in docstrings are specifications, so they run."""

import doctest
import importlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
MODULES = sorted(
    f"{package}.{path.stem}"
    for package in PACKAGES
    for path in ROOT.joinpath(*package.split(".")[1:]).glob("*.py")
    if path.stem not in ("__init__", "__main__") and ">>>" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of(name):
    module = importlib.import_module(name)

    failed, tried = doctest.testmod(module)

    assert tried
    assert not failed
