"""What is written, as it is said: numerals, years, Roman numerals, abbreviations, respellings.

Where readers differ, every common reading is kept; the recording decides. Tokens are the words of
the column as it prints them, so that times can be given back to exactly what the reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from columncast.audio.align import numerals
from columncast.audio.align.numerals import Reading

_MONTHS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ]
)
_ABBREVIATIONS: dict[str, list[Reading]] = {
    "mr.": [("mister",)],
    "mr": [("mister",)],
    "mrs.": [("missus",)],
    "mrs": [("missus",)],
    "ms.": [("miz",), ("miss",)],
    "dr.": [("doctor",)],
    "dr": [("doctor",)],
    "st.": [("saint",), ("street",)],
    "prof.": [("professor",)],
    "gen.": [("general",)],
    "col.": [("colonel",)],
    "lt.": [("lieutenant",)],
    "capt.": [("captain",)],
    "sgt.": [("sergeant",)],
    "sen.": [("senator",)],
    "rep.": [("representative",)],
    "gov.": [("governor",)],
    "rev.": [("reverend",)],
    "hon.": [("honorable",)],
    "jr.": [("junior",)],
    "sr.": [("senior",)],
    "vs.": [("versus",)],
    "vs": [("versus",)],
    "v.": [("versus",), ("v",)],
    "etc.": [("et", "cetera")],
    "e.g.": [("for", "example"), ("e", "g")],
    "i.e.": [("that", "is"), ("i", "e")],
    "cf.": [("compare",), ("c", "f")],
    "ca.": [("circa",), ("about",)],
    "c.": [("circa",), ("about",), ("c",)],
    "no.": [("number",), ("no",)],
    "nos.": [("numbers",)],
    "vol.": [("volume",)],
    "pp.": [("pages",)],
    "p.": [("page",), ("p",)],
    "fig.": [("figure",)],
    "inc.": [("incorporated",), ("ink",)],
    "ltd.": [("limited",)],
    "co.": [("company",)],
    "corp.": [("corporation",)],
    "bros.": [("brothers",)],
    "mt.": [("mount",)],
    "ft.": [("feet",), ("fort",)],
    "dept.": [("department",)],
    "approx.": [("approximately",)],
    "a.m.": [("a", "m")],
    "p.m.": [("p", "m")],
    "&": [("and",)],
    "+": [("plus",)],
    "=": [("equals",), ("is",)],
    "km": [("kilometers",), ("kilometer",)],
    "kg": [("kilograms",), ("kilos",)],
    "cm": [("centimeters",)],
    "mm": [("millimeters",)],
    "km/h": [("kilometers", "an", "hour"), ("kilometers", "per", "hour")],
    "mph": [("miles", "an", "hour"), ("miles", "per", "hour"), ("m", "p", "h")],
    "°c": [("degrees", "celsius"), ("degrees",)],
    "°f": [("degrees", "fahrenheit"), ("degrees",)],
    "tv": [("t", "v")],
    "ok": [("okay",)],
    "wwi": [("world", "war", "one")],
    "wwii": [("world", "war", "two")],
}
_MONEY = {"$": "dollar", "£": "pound", "€": "euro", "¥": "yen"}
_LARGE = frozenset({"thousand", "million", "billion", "trillion", "bn", "m", "k"})
_LARGE_SHORT = {"bn": "billion", "m": "million", "k": "thousand"}
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-", "‐": "-", "−": "-"})
_FRAME = "\"'“”«»‹›()[]{}<>.,;:!?…*_~`|"
_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+")


@dataclass(frozen=True)
class Slot:
    """Some tokens in a row and the ways of saying them."""

    first: int
    last: int
    """Index of the last token, included."""
    readings: tuple[Reading, ...]


def slots(tokens: Sequence[str], pronunciation: Mapping[str, str] | None = None) -> list[Slot]:
    """Return how *tokens* are said, in their order; what is not said has no slot.

    *pronunciation* maps a name as written to a plain respelling: `"Zhou Enlai": "joe en lie"`.

    >>> [s.readings for s in slots("In 1905 — he sailed".split())][1]
    (('nineteen', 'oh', 'five'), ('nineteen', 'hundred', 'and', 'five'), \
('one', 'thousand', 'nine', 'hundred', 'five'), ('one', 'thousand', 'nine', 'hundred', 'and', 'five'))
    >>> [s.readings for s in slots(["Zhou", "Enlai’s"], {"Zhou Enlai": "joe en lie"})]
    [(("joe", 'en', "lie's"),)]
    """
    said = _phrases(pronunciation or {})
    found: list[Slot] = []
    at = 0
    while at < len(tokens):
        slot = _respelled(tokens, at, said) or _joint(tokens, at)
        if slot is None:
            before = _core(tokens[at - 1]) if at else ""
            after = _core(tokens[at + 1]) if at + 1 < len(tokens) else ""
            readings = _readings(tokens[at], before, after)
            slot = Slot(at, at, tuple(dict.fromkeys(readings)))
        if any(slot.readings):
            found.append(slot)
        at = slot.last + 1
    return found


def _core(token: str) -> str:
    return token.translate(_QUOTES).strip(_FRAME).strip("-–—")


def _phrases(pronunciation: Mapping[str, str]) -> dict[tuple[str, ...], Reading]:
    return {
        tuple(_core(w).casefold() for w in written.split()): tuple(
            w for w in re.split(r"[\s-]+", respelling.casefold()) if w
        )
        for written, respelling in pronunciation.items()
    }


def _respelled(
    tokens: Sequence[str], at: int, said: Mapping[tuple[str, ...], Reading]
) -> Slot | None:
    for written, reading in sorted(said.items(), key=lambda item: -len(item[0])):
        words = [_core(t).casefold() for t in tokens[at : at + len(written)]]
        if tuple(words) == written:
            return Slot(at, at + len(written) - 1, (reading,))
        if words and (*words[:-1], words[-1].removesuffix("'s")) == written:
            owned = (*reading[:-1], reading[-1] + "'s")
            return Slot(at, at + len(written) - 1, (owned,))
    return None


def _joint(tokens: Sequence[str], at: int) -> Slot | None:
    """Return the slot of "$5 million", whose words are said in another order."""
    text = _core(tokens[at])
    if at + 1 < len(tokens) and text[:1] in _MONEY and _core(tokens[at + 1]).lower() in _LARGE:
        amount = _NUMBER.fullmatch(text[1:])
        if amount:
            scale = _core(tokens[at + 1]).lower()
            unit = numerals.plural((_MONEY[text[0]],)) if text[0] != "¥" else ("yen",)
            scale = _LARGE_SHORT.get(scale, scale)
            readings = tuple((*r, scale, *unit) for r in _number(amount))
            return Slot(at, at + 1, readings)
    return None


def _readings(token: str, before: str, after: str) -> list[Reading]:
    bare = token.translate(_QUOTES)
    if re.fullmatch(r"[\[(]\d{1,3}[\])][.,;:]?|[\[(][*†‡][\])]", bare):
        return []  # the mark of a footnote
    framed = bare.strip("\"'“”«»()[]*_…,;:!?").casefold()
    text = _core(token)
    for known in (framed, text.casefold()):
        if known in _ABBREVIATIONS and not (known == "no." and not after[:1].isdigit()):
            return _ABBREVIATIONS[known]
    if not re.search(r"\w", text):
        return []
    if any(c.isdigit() for c in text):
        return _with_digits(text, before, after)
    if re.search(r"https?:|www\.|\w\.(com|org|net|edu|gov|io|co)\b|@", text):
        return [_address(text)]
    dotted = text.replace(".", "")
    if "." in text and all(len(part) <= 1 for part in re.split(r"[.']", text)[:-1]):
        return [tuple(dotted.casefold().replace("'s", ""))]
    value = numerals.roman(text)
    if value and (len(text) > 1 or (text in "VX" and before[:1].isupper())):
        name: list[Reading] = [("the", *r) for r in numerals.ordinal(value)]
        return [*numerals.cardinal(value), *name, tuple(_PIECE.findall(text.casefold()))]
    return _words(text)


def _words(text: str) -> list[Reading]:
    plain = tuple(p for p in _PIECE.findall(text) if p != "'")
    readings = [tuple(p.casefold() for p in plain)]
    caps = re.fullmatch(r"([A-Z]{2,5})('?s)?", text)
    if caps:
        letters = (*caps[1][:-1].casefold(), caps[1][-1].casefold() + ("'s" if caps[2] else ""))
        readings = [letters, (text.casefold(),)] if len(caps[1]) > 2 else [letters, *readings]
    return readings


def _address(text: str) -> Reading:
    text = re.sub(r"^https?://(www\.)?", "", text.casefold()).rstrip("/")
    named = {".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore"}
    return tuple(named.get(p, p) for p in re.findall(r"[a-z]+|\d|[.@/_-]", text))


def _number(match: re.Match[str]) -> list[Reading]:
    whole = match[1].replace(",", "")
    if match[2]:
        return numerals.decimal(whole, match[2])
    if len(whole) > 15:
        return [numerals.digits(whole)]
    if len(whole) == 4 and "," not in match[1]:
        return numerals.year(int(whole))
    readings = numerals.cardinal(int(whole))
    if len(whole) == 3 and whole[1:] != "00":
        readings.append((*numerals.cardinal(int(whole[0]))[0], *_pair(whole[1:])))
    return readings


def _pair(two: str) -> Reading:
    return numerals.digits(two) if two[0] == "0" else numerals.cardinal(int(two))[0]


def _with_digits(text: str, before: str, after: str) -> list[Reading]:
    if match := re.fullmatch(
        rf"([$£€¥]?){_NUMBER.pattern}(%|°[CF]?|st|nd|rd|th|'?s|[a-z]+)?", text
    ):
        return _amount(match, before, after)
    if clock := re.fullmatch(r"(\d{1,2}):(\d\d)(am|pm)?", text):
        hour = numerals.cardinal(int(clock[1]))[0]
        minutes = () if clock[2] == "00" else _pair(clock[2])
        tail = tuple(clock[3] or "")
        return [(*hour, *minutes, *tail), (*hour, "o'clock")][: 1 + (not minutes)]
    if span := re.fullmatch(rf"{_NUMBER.pattern}[-–—]{_NUMBER.pattern}(%?)", text):
        low, high = re.split(r"[-–—]", text.rstrip("%"))
        percent: Reading = ("per", "cent") if span[5] else ()
        return [
            (*a, *link, *b, *percent)
            for a in _readings(low, before, "")[:2]
            for b in _readings(high, "", after)[:2] + [_pair(high)] * (len(high) == 2)
            for link in (("to",), ())
        ]
    if fraction := re.fullmatch(r"(\d)/(\d)", text):
        bottom = {2: "half", 4: "quarter"}.get(int(fraction[2]))
        place = (bottom,) if bottom else numerals.ordinal(int(fraction[2]))[0]
        top = numerals.cardinal(int(fraction[1]))[0]
        return [(*top, *(place if fraction[1] == "1" else numerals.plural(place)))]
    return [_mixed(text)]


def _mixed(text: str) -> Reading:
    """Return "B-52", "MP3" or "covid-19" as letters, words and numbers."""
    said: list[str] = []
    for piece in _PIECE.findall(text):
        if piece.isdigit():
            said += numerals.cardinal(int(piece))[0] if len(piece) < 5 else numerals.digits(piece)
        elif piece.isupper() and len(piece) <= 4:
            said += piece.casefold()
        else:
            said.append(piece.casefold())
    return tuple(said)


def _amount(match: re.Match[str], before: str, after: str) -> list[Reading]:
    sign, whole, fraction, suffix = match[1], match[2], match[3], match[4] or ""
    n = int(whole.replace(",", "")) if len(whole) <= 19 else 0
    number = _NUMBER.fullmatch(whole + (f".{fraction}" if fraction else ""))
    readings = _number(number) if number else []
    if suffix in ("st", "nd", "rd", "th"):
        return [*numerals.ordinal(n), *(("the", *r) for r in numerals.ordinal(n))]
    if suffix in ("s", "'s"):
        short = [(*_pair(whole),)] if len(whole) == 2 else []
        return [numerals.plural(r) for r in [*short, *readings]]
    if suffix == "%":
        return [(*r, "percent") for r in readings]
    if suffix.startswith("°"):
        return [
            (*r, *t)
            for r in readings
            for t in _ABBREVIATIONS.get(suffix.casefold(), [("degrees",)])
        ]
    if sign:
        return _money(sign, n, fraction, _LARGE_SHORT.get(suffix, ""), readings)
    if suffix in _ABBREVIATIONS:
        return [(*r, *t) for r in readings for t in _ABBREVIATIONS[suffix]]
    if suffix:
        return [(*r, *(suffix if len(suffix) < 3 else (suffix,))) for r in readings]
    if 1 <= n <= 31 and not fraction:
        days = numerals.ordinal(n)
        if before.casefold() in _MONTHS:
            readings = [*readings, *days, *(("the", *d) for d in days)]
        elif after.casefold() in _MONTHS:
            readings = [
                *readings, *days, *(("the", *d) for d in days),
                *((*d, "of") for d in days), *(("the", *d, "of") for d in days),
            ]  # fmt: skip
    return readings


def _money(
    sign: str, n: int, fraction: str | None, scale: str, readings: list[Reading]
) -> list[Reading]:
    one = (_MONEY[sign],)
    unit = one if (n == 1 and not scale) or sign == "¥" else numerals.plural(one)
    if scale:
        return [(*r, scale, *unit) for r in readings]
    if fraction and len(fraction) == 2:
        heads = numerals.cardinal(n)
        cents = _pair(fraction)
        return [
            (*h, *unit, *link, *cents, *c)
            for h in heads
            for link in ((), ("and",))
            for c in ((), ("cents",))
        ]
    return [(*r, *unit) for r in readings]
