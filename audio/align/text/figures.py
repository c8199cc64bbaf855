"""Everything written with digits, as it is said in a language other than English.

What a language's file says in templates is filled in here: dates, years, times, prices, ranges,
kings and centuries. Where readers differ, each common way is a reading; the recording decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from columncast.audio.align.languages.book import Figures, Language
from columncast.audio.align.text import numerals
from columncast.audio.align.text.number_words import MOST, in_words
from columncast.audio.align.text.numerals import Reading

_MOST_READINGS = 20
_LEAST_YEAR, _LAST_YEAR = 1100, 2099
_WHOLE = r"\d{1,3}(?:[.'’]\d{3})+|\d+"
_NUMBER = re.compile(rf"({_WHOLE})(?:,(\d+))?")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d\d)h?|(\d{1,2})h")
_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d\d)?")
_RANGE = re.compile(r"(\d[\d.,]*)[-–—](\d[\d.,]*)(.*)")
_WITH_MORE = re.compile(rf"(\D*?)((?:{_WHOLE})(?:,\d+)?)(\D+)?")
_PIECE = re.compile(r"[^\W\d_]+|\d+")
_ROMAN = re.compile(r"([IVXLCDM]+)(\D{0,3})")


class Said:
    """The readings of figures in one language."""

    def __init__(self, language: Language, figures: Figures) -> None:
        self._units = {unit: _split(ways) for unit, ways in language.units.items()}
        self._told = figures
        self._months = figures.months.split()
        self._marks = frozenset(figures.marks.split())
        pieces = sorted(figures.pieces.casefold().split(), key=len, reverse=True)
        self._pieces = re.compile("|".join(map(re.escape, pieces))) if pieces else None

    def readings(self, text: str, before: str, after: str, *, dotted: bool) -> list[Reading]:
        """Return the readings of *text*, which holds digits; *dotted* if a full stop follows it."""
        ways = self._whole(text, before, after, dotted=dotted) or self._mixed(text)
        return list(dict.fromkeys(way for way in ways if way))[:_MOST_READINGS]

    def joint(self, text: str, following: str) -> tuple[Reading, ...]:
        """Return the readings of an amount and its currency, or of a number in two groups."""
        if re.fullmatch(r"[1-9]\d{0,2}", text) and re.fullmatch(r"\d{3}", following):
            return tuple(self.cardinals(int(text + following)))
        sign, amount = (
            (text, following) if text.casefold() in self._told.currencies else (following, text)
        )
        match = _NUMBER.fullmatch(amount)
        if match is None or sign.casefold() not in self._told.currencies:
            return ()
        if sign == following and not match[2] and len(sign) > 1:
            return ()  # two words that are said as they stand
        return tuple(self._money(match, sign.casefold()))

    def place(self, text: str) -> list[Reading]:
        """Return the readings of a Roman numeral: of a king, a century, a chapter; else none."""
        match = _ROMAN.fullmatch(text)
        value = numerals.roman(match[1]) if match else None
        if match is None or value is None or (match[2] and match[2] not in self._marks):
            return []
        return self._filled(self._told.kings, value)[:_MOST_READINGS]

    def cardinals(self, n: int) -> list[Reading]:
        """Return *n* in words, in its forms of gender and case."""
        return self._forms(in_words(n, self._told.num2words), self._told.cardinal_forms)

    def ordinals(self, n: int) -> list[Reading]:
        """Return the place *n* in words, in its forms of gender and case."""
        said = in_words(n, self._told.num2words, "ordinal")
        return self._forms(said, self._told.ordinal_forms) if said else self.cardinals(n)

    def _whole(self, text: str, before: str, after: str, *, dotted: bool) -> list[Reading]:
        if (match := _DATE.fullmatch(text)) and (match[3] or text.endswith(".")):
            return self._date(match)
        if match := _CLOCK.fullmatch(text):
            clock = self._clock(int(match[1] or match[3]), int(match[2] or 0))
            return [*clock, *self._decimal(match[1], match[2])] if "." in text else clock
        if match := _NUMBER.fullmatch(text):
            return self._number(match, before, after, dotted=dotted)
        if match := _RANGE.fullmatch(text):
            return self._range(match, before, after)
        if match := _WITH_MORE.fullmatch(text):
            return self._with_more(match, before, after)
        return []

    def _number(
        self, match: re.Match[str], before: str, after: str, *, dotted: bool = False
    ) -> list[Reading]:
        whole = re.sub(r"\D", "", match[1])
        if match[2]:
            return self._decimal(whole, match[2])
        n = int(whole[:16])
        if len(whole) > 15 or (len(whole) > 1 and whole[0] == "0"):
            return [tuple(w for digit in whole for w in self.cardinals(int(digit))[0])]
        beside_month = before.casefold() in self._months or self._is_month(after)
        ways: list[Reading] = []
        if beside_month and n <= 31:
            ways += self._day(n)
        elif dotted and n <= 2100:
            ways += self.ordinals(n)
        if len(match[1]) == 4 and _LEAST_YEAR <= n <= _LAST_YEAR:
            ways += self._year(n)
        return [*ways, *self.cardinals(n)]

    def _is_month(self, word: str) -> bool:
        """Whether *word* is a month, also shortened or behind a preposition: `de mayo`."""
        bare = word.casefold().rstrip(".")
        return any(m == bare or (len(bare) > 2 and m.startswith(bare)) for m in self._months) or (
            bool(self._told.after_day) and bare == self._told.after_day
        )

    def _day(self, n: int) -> list[Reading]:
        first = [tuple(word.split()) for word in self._told.first] if n == 1 else []
        return [*first, *self._filled(self._told.days, n)]

    def _year(self, n: int) -> list[Reading]:
        century, rest = divmod(n, 100)
        ways: list[Reading] = []
        if self._told.year_endings:
            ways += self.ordinals(n)
        if century != 20 or rest > 9:
            words = {"c": self._plain(century), "r": self._plain(rest) if rest else ""}
            ways += [tuple(template.format(**words).split()) for template in self._told.years]
        return ways

    def _date(self, match: re.Match[str]) -> list[Reading]:
        day, month = int(match[1]), int(match[2])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return []
        link = tuple(self._told.after_day.split())
        years: list[Reading] = [()]
        if match[3]:
            n = int(match[3])
            years = [*(self._year(n) if n > 99 else []), *self.cardinals(n)][:3]
        named: list[Reading] = [(self._months[month - 1],), *self.ordinals(month)[:3]]
        return [
            (*d, *link, *m, *(link if year else ()), *year)
            for d in self._day(day)[:4]
            for m in named
            for year in years
        ]

    def _clock(self, hour: int, minutes: int) -> list[Reading]:
        told = self._told
        hours = [hour, hour - 12] if hour > 12 else [hour]
        ways: list[Reading] = []
        for h in hours:
            said = self._hours(h)
            if minutes == 0:
                ways += _product(told.sharp, h=said)
            if minutes == 30:
                ways += _product(told.half_past, h=said)
            if minutes:
                ways += _product(told.clock, h=said, m=[self._minutes(minutes)])
        return ways

    def _hours(self, h: int) -> list[str]:
        ways = self.cardinals(h)[:3] if h in (1, 21) else self.cardinals(h)[:1]
        if any("{o}" in template for template in self._told.clock):  # at the seventh hour
            ways = [*self.ordinals(h)[3:5], *self.ordinals(h)[:1], *ways]
        return [" ".join(way) for way in ways]

    def _minutes(self, m: int) -> str:
        return f"{self._plain(0)} {self._plain(m)}" if m < 10 else self._plain(m)

    def _money(self, match: re.Match[str], sign: str) -> list[Reading]:
        units = self._told.currencies[sign]
        whole = int(re.sub(r"\D", "", match[1])[:15])
        if not match[2]:
            return [(*n, *u.split()) for n in self.cardinals(whole)[:3] for u in units]
        if len(match[2]) != 2:
            return [(*n, *u.split()) for n in self._decimal(match[1], match[2]) for u in units]
        return _product(
            self._told.money,
            n=[" ".join(way) for way in self.cardinals(whole)[:2]],
            u=list(units[:1]),
            k=[" ".join(way) for way in self.cardinals(int(match[2]))[:2]],
        )

    def _decimal(self, whole: str, fraction: str) -> list[Reading]:
        head = self.cardinals(int(re.sub(r"\D", "", whole)[:15]))[0]
        zeros = len(fraction) - len(fraction.lstrip("0"))
        digits = tuple(w for d in fraction for w in self.cardinals(int(d))[0])
        ways = [digits]
        if len(fraction) < 4 and fraction.strip("0"):
            nought = self.cardinals(0)[0] * zeros
            ways = [(*nought, *self.cardinals(int(fraction))[0]), digits]
        tenths: list[Reading] = []
        if len(fraction) == 1:
            said = [" ".join(way) for way in self.cardinals(int(fraction))]
            tenths = _product(self._told.tenths, n=[" ".join(head)], k=said)
        return [*((*head, self._told.decimal, *way) for way in ways), *tenths]

    def _range(self, match: re.Match[str], before: str, after: str) -> list[Reading]:
        low = self._whole(match[1], before, "", dotted=False)[:2]
        high = self._whole(match[2] + match[3], "", after, dotted=False)[:2]
        return [(*a, *link, *b) for a in low for b in high for link in ((self._told.to,), ())]

    def _with_more(self, match: re.Match[str], before: str, after: str) -> list[Reading]:
        """Return the readings of a number with a sign, a unit or an ending: €5, 20°C, 21º, XXe."""
        sign, suffix = match[1].casefold(), (match[3] or "").casefold()
        number = _NUMBER.fullmatch(match[2])
        if number is None:
            return []
        if sign in self._told.currencies and not suffix:
            return self._money(number, sign)
        if suffix in self._told.currencies and not sign:
            return self._money(number, suffix)
        if suffix in self._units and not sign:
            ways = self._number(number, before, "")[-1:]
            return [(*n, *unit) for n in ways for unit in self._units[suffix]]
        if suffix in self._marks and not sign and not number[2]:
            n = int(re.sub(r"\D", "", number[1])[:15])
            return [*self.ordinals(n), *(self._day(n) if self._is_month(after) else [])]
        return []

    def _mixed(self, text: str) -> list[Reading]:
        """Return "B-52" or "covid-19" as words and numbers."""
        said: list[str] = []
        for piece in _PIECE.findall(text):
            if piece.isdecimal() and int(piece) < MOST:
                said += self.cardinals(int(piece))[0]
            elif piece.isdecimal():
                said += [w for digit in piece for w in self.cardinals(int(digit))[0]]
            else:
                said.append(piece.casefold())
        return [tuple(said)]

    def _filled(self, templates: Sequence[str], n: int) -> list[Reading]:
        """Return *templates* with *n* in words; every form of it where it stands alone."""
        ways: list[Reading] = []
        for template in templates:
            if template == "{o}":
                ways += self.ordinals(n)
            elif template == "{c}":
                ways += self.cardinals(n)
            else:
                words = {"o": " ".join(self.ordinals(n)[0]), "c": self._plain(n)}
                ways.append(tuple(template.format(**words).split()))
        return ways

    def _plain(self, n: int) -> str:
        return " ".join(self.cardinals(n)[0])

    def _forms(self, said: str, forms: Iterable[str]) -> list[Reading]:
        plain = " ".join(part for word in said.split() for part in self._parted(word))
        ways = [plain, *(_with_endings(plain, form) for form in forms)]
        return [tuple(way.split()) for way in dict.fromkeys(ways)]

    def _parted(self, word: str) -> list[str]:
        """Return a number written in one word piece by piece: sieben und zwanzigste."""
        parts: list[str] = []
        at = 0
        while self._pieces and (match := self._pieces.match(word, at)):
            parts.append(match[0])
            at = match.end()
        if not parts:
            return [word]
        return [*parts[:-1], parts[-1] + word[at:]]


def _with_endings(said: str, form: str) -> str:
    """Return *said* with endings changed as *form* has it: `y:ego i:iego`; `_` is a space."""
    pairs = [pair.replace("_", " ").split(":") for pair in form.split()]
    for old, new in pairs:
        if " " in old:
            said = f" {said}".replace(f" {old}", f" {new}", 1).strip()
    endings = [(old, new) for old, new in pairs if " " not in old]
    return " ".join(
        next((w.removesuffix(old) + new for old, new in endings if w.endswith(old)), w)
        for w in said.split()
    )


def _product(templates: Iterable[str], **choices: Sequence[str]) -> list[Reading]:
    filled: list[dict[str, str]] = [{}]
    for name, ways in choices.items():
        filled = [{**words, name: way} for words in filled for way in ways]
    return [
        tuple(template.replace("{o}", "{h}").format(**words).split())
        for template in templates
        for words in filled
    ]


def _split(ways: Iterable[str]) -> list[Reading]:
    return [tuple(way.split()) for way in ways]
