"""The page's scripts: modules that a browser loads one by one, or as one text for a file."""

from __future__ import annotations

import re

from columncast.episodes.text.template import shipped

PACKAGE = "columncast.feed.preview"
MAIN = "preview.js"
_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|let|class)", re.MULTILINE)
REVIEW = "review.js"
"""What a file that is sent to others can do besides: it takes remarks."""
ONLY_LIVE = frozenset(
    {
        "news.js",
        "form.js",
        "text.js",
        "actions.js",
        "add.js",
        "reviews.js",
        "keys.js",
        "find.js",
        "ask.js",
        "warnings.js",
        "cuts.js",
    }
)
"""What needs the server; a file that is sent to others does without."""


def modules(main: str = MAIN) -> tuple[str, ...]:
    """Return the names of *main* and of all that it imports, each after those that it needs.

    >>> modules("player.js")
    ('dom.js', 'parts.js', 'player.js')
    """
    found: dict[str, None] = {}
    for name in _IMPORT.findall(shipped(PACKAGE, main)):
        found |= dict.fromkeys(modules(name))
    return (*found, main)


def in_one_text() -> str:
    """Return the scripts of an exported page as one module; names are unique among all of them."""
    parts = [part for part in _IMPORT.findall(shipped(PACKAGE, MAIN)) if part not in ONLY_LIVE]
    names = dict.fromkeys(name for part in (*parts, REVIEW) for name in modules(part))
    return "".join(_EXPORT.sub("", _IMPORT.sub("", shipped(PACKAGE, name))) for name in names)
