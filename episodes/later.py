"""A module that is loaded when something of it is first used: what starts with little starts at once.

For the command line, which a shell also runs to complete a word, and whose first tenth of a second
has to be over before Ctrl-C is answered as it should be.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """Stands for the module called *name*.

    >>> json = Later("json")
    >>> json.dumps(["a"])
    '["a"]'
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Load the module, and return what it has under this name."""
        return getattr(import_module(self._name), attribute)
