"""English numbers as they are read aloud, with the ways in which readers differ.

A reading is a tuple of words. "and" is said in Britain and left out in America; a year may be
read as two numbers or as one; so each function returns every reading that is common.
"""

from __future__ import annotations

from functools import cache

from columncast.audio.align.languages.book import known

Reading = tuple[str, ...]

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


@cache
def abbreviations(code: str = "en") -> dict[str, list[Reading]]:
    """Return the abbreviations and units of a language, and what is said for them."""
    return {
        short: [tuple(way.split()) for way in ways]
        for short, ways in known(code).abbreviations.items()
    }


def cardinal(n: int) -> list[Reading]:
    """Return the readings of a whole number from 0 to 999 trillion.

    >>> cardinal(1281)
    [('one', 'thousand', 'two', 'hundred', 'eighty', 'one'), \
('one', 'thousand', 'two', 'hundred', 'and', 'eighty', 'one')]
    """
    plain, with_and = _words(n, ""), _words(n, "and")
    return [plain] if plain == with_and else [plain, with_and]


def year(n: int) -> list[Reading]:
    """Return the readings of a year.

    >>> year(1905)[0], year(2008)[0], year(1900)[0]
    (('nineteen', 'oh', 'five'), ('two', 'thousand', 'eight'), ('nineteen', 'hundred'))
    """
    century, rest = divmod(n, 100)
    readings: list[Reading] = []
    if 1100 <= n < 10000 and century % 10:
        head = _words(century, "")
        if rest == 0:
            readings = [(*head, "hundred")]
        elif rest < 10:
            readings = [(*head, "oh", _ONES[rest]), (*head, "hundred", "and", _ONES[rest])]
        else:
            readings = [(*head, *_words(rest, ""))]
    elif century % 10 == 0 and rest >= 10:
        readings = [*cardinal(n), (*_words(century, ""), *_words(rest, ""))]
    return readings + [r for r in cardinal(n) if r not in readings]


def ordinal(n: int) -> list[Reading]:
    """Return the readings of a place in an order.

    >>> ordinal(21), ordinal(40)
    ([('twenty', 'first')], [('fortieth',)])
    """
    return [(*r[:-1], _ordinal_word(r[-1])) for r in cardinal(n)]


def plural(reading: Reading) -> Reading:
    """Return *reading* with its last word in the plural: the nineteen fifties."""
    last = reading[-1]
    ending = last[:-1] + "ies" if last.endswith("y") else last + ("es" if last == "six" else "s")
    return (*reading[:-1], ending)


def decimal(whole: str, fraction: str) -> list[Reading]:
    """Return the readings of a number with a decimal point: "four point oh five"."""
    heads = cardinal(int(whole)) if whole else [(), ("zero",)]
    digits = tuple(_ONES[int(d)] for d in fraction)
    spoken = [digits] + ([tuple("oh" if d == "zero" else d for d in digits)] * ("zero" in digits))
    return [(*head, "point", *tail) for head in heads for tail in spoken]


def digits(text: str) -> Reading:
    """Return *text* digit by digit, as flights and rooms are read: "oh" for a nought."""
    return tuple("oh" if d == "0" else _ONES[int(d)] for d in text)


def roman(text: str) -> int | None:
    """Return the value of a Roman numeral in its usual spelling, or None.

    >>> roman("XIV"), roman("IIX"), roman("MIX")
    (14, None, 1009)
    """
    if not text or any(c not in _ROMAN for c in text):
        return None
    values = [_ROMAN[c] for c in text]
    n = sum(-v if v < w else v for v, w in zip(values, [*values[1:], 0], strict=True))
    return n if _to_roman(n) == text else None


def _to_roman(n: int) -> str:
    steps = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
    names = ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"]
    out = ""
    for step, name in zip(steps, names, strict=True):
        out += name * (n // step)
        n %= step
    return out


def _ordinal_word(word: str) -> str:
    if word in _ORDINALS:
        return _ORDINALS[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"


def _words(n: int, conjunction: str) -> Reading:
    if n < 20:
        return (_ONES[n],)
    if n < 100:
        tens, ones = divmod(n, 10)
        return (_TENS[tens - 2], *((_ONES[ones],) if ones else ()))
    joint = (conjunction,) if conjunction else ()
    if n < 1000:
        hundreds, rest = divmod(n, 100)
        tail = (*joint, *_words(rest, "")) if rest else ()
        return (_ONES[hundreds], "hundred", *tail)
    for scale, name in _SCALES:
        if n >= scale:
            many, rest = divmod(n, scale)
            between = joint if rest < 100 else ()
            tail = (*between, *_words(rest, conjunction)) if rest else ()
            return (*_words(many, conjunction), name, *tail)
    raise AssertionError(n)  # n < 1000 was answered above
