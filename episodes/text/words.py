"""The words of a text, whatever typography they are set in: what is written, and what one hears of it.

Quotation marks, dashes, spaces, line breaks, ligatures and invisible characters are typography;
commas and full stops count as such here. A letter, a digit, an accent, a sign that is read out (`%`,
`€`) and the mark of a question or an exclamation do not.
"""

from __future__ import annotations

import functools
import re
import unicodedata

_APOSTROPHES = frozenset("'’‘ʼ‛′`´")
_MARKS = {"؟": "?", "՞": "?", "՜": "!"}
_SET = frozenset(
    [
        "<compat>",
        "<wide>",
        "<narrow>",
        "<noBreak>",
        "<initial>",
        "<medial>",
        "<final>",
        "<isolated>",
    ]
)
"""How Unicode marks a character that is another, set its own way: `ﬁ`, `Ａ`. A raised `²` is none."""
_SIGNS = frozenset("%‰&@#§/")
"""Signs that are read out, in a class of Unicode that otherwise holds punctuation."""
_NO_SIGNS = frozenset("|~^¨¯¸❛❜❝❞❟")
_BETWEEN = {"-": "-", "−": "-", "–": "-", ".": ".", ",": ".", ":": ".", "'": "'"} | dict.fromkeys(
    "?!", "?"
)
_WORD = re.compile(r"(?:(?<![wd])-)?d+(?:\.d+)*|w[wd]*(?:'[wd]+)*|\?+|x")
"""Over the shapes of a text's characters, see `_shape`."""


def words(text: str) -> list[str]:
    """Return the words of *text* in their order, as they count when texts are compared.

    >>> words("“Don’t,” he said — 50 % of the ﬁrst ‘well-known’ few…")
    ["Don't", 'he', 'said', '50', '%', 'of', 'the', 'first', 'well', 'known', 'few']
    >>> words("Don't, he said -- 50% of the first 'well-known' few")[:6]
    ["Don't", 'he', 'said', '50', '%', 'of']
    >>> words("at −5 °C, 1914–1918, x²?")
    ['at', '-5', '°', 'C', '1914', '1918', 'x²', '?']
    """
    plain = "".join(map(_plainly, unicodedata.normalize("NFC", text)))
    plain = unicodedata.normalize("NFC", plain)
    shapes = "".join(map(_shape, plain))
    found = [plain[word.start() : word.end()] for word in _WORD.finditer(shapes)]
    return [f"-{word[1:]}" if word[0] in "−–" else word for word in found]


def said(text: str) -> list[str]:
    """Return the words of *text* as one hears them: neither case nor the marks of a sentence count.

    >>> said("“Who, ME?” he asked.")
    ['who', 'me', 'he', 'asked']
    """
    return [word.casefold() for word in words(text) if word[0] not in "?!"]


@functools.cache  # by the few hundred characters that a show is written in
def _plainly(character: str) -> str:
    """The character without its setting; nothing for one that nobody sees."""
    if character in _APOSTROPHES:
        return "'"
    if unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    kind = unicodedata.decomposition(character).partition(" ")[0]
    plain = unicodedata.normalize("NFKC", character) if kind in _SET else character
    return _MARKS.get(plain, plain)


@functools.cache
def _shape(character: str) -> str:
    """What a character is to a word: a letter `w`, a digit `d`, a sign `x`, or what stands between."""
    if character in _BETWEEN:
        return _BETWEEN[character]
    kind = unicodedata.category(character)[0]
    if kind in "LMN":
        return "d" if character.isdecimal() else "w"
    signs = character in _SIGNS or (kind == "S" and character not in _NO_SIGNS)
    return "x" if signs else " "
