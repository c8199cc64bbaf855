"""Numbers in words, by language: the one door to `num2words` (LGPL).

It knows cardinals and ordinals in their plainest form; what readers make of them in dates, times
and prices is in a language's file, and `figures` puts it together.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Literal

MOST = 10**15
"""What is larger is read digit by digit."""


@cache
def in_words(n: int, language: str, to: Literal["cardinal", "ordinal"] = "cardinal") -> str:
    """Return *n*, from 0 to 10^15, in words of *language*, a name of num2words'; "" for none.

    >>> in_words(21, "fr"), in_words(21, "es", "ordinal")
    ('vingt et un', 'vigésimo primero')
    """
    module = importlib.import_module("num2words")
    try:
        said = str(module.num2words(n, lang=language, to=to))
    except (ArithmeticError, LookupError, NotImplementedError, TypeError, ValueError):
        return ""  # Polish has no zeroth
    return " ".join(said.casefold().replace(",", " ").replace("-", " ").split())
