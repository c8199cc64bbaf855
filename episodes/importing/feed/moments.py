"""The dates of feeds, in all the forms in which software and people write them.

The rule is RFC 822 with RFC 2822's corrections (obsolete zones, years of two digits); the habit is
anything. What a zone means is known or told: a date is never moved in silence.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from columncast.episodes.model.clock import moment_of

_LONGEST = 120

_MONTHS = """
january january_ enero janvier januar gennaio janeiro januari jänner tammikuu stycznia styczeń ledna leden января январь січня ocak ianuarie január ιανουαρίου jan ene sty led янв січ oca ιαν tammi janv genn
february febrero février februar febbraio fevereiro februari helmikuu lutego luty února únor февраля февраль лютого şubat februarie február φεβρουαρίου feb fév fev lut úno фев лют şub φεβ helmi févr fevr febr
march marzo mars märz marzo março maart maaliskuu marca marzec března březen марта март березня mart martie március μαρτίου mar mär mrz bře мар бер maalis mrt
april abril avril april aprile abril april huhtikuu kwietnia kwiecień dubna duben апреля апрель квітня nisan aprilie április απριλίου apr abr avr kwi dub апр кві nis απρ huhti
may mayo mai mai maggio maio mei maj toukokuu maja maj května květen мая май травня mayıs mai május μαΐου may mag kvě тра μαΐ touko
june junio juin juni giugno junho juni kesäkuu czerwca czerwiec června červen июня июнь червня haziran iunie június ιουνίου jun giu cze июн чер haz ιουν kesä
july julio juillet juli luglio julho juli heinäkuu lipca lipiec července červenec июля июль липня temmuz iulie július ιουλίου jul lug juil lip июл лип tem ιουλ heinä
august agosto août august agosto agosto augustus augusti elokuu sierpnia sierpień srpna srpen августа август серпня ağustos august augusztus αυγούστου aug ago aoû sie srp авг сер ağu αυγ elo
september septiembre septembre september settembre setembro september syyskuu września wrzesień září zari сентября сентябрь вересня eylül septembrie szeptember σεπτεμβρίου sep sept set wrz zář сен вер eyl σεπ syys setiembre
october octubre octobre oktober ottobre outubro oktober lokakuu października październik října říjen октября октябрь жовтня ekim octombrie október οκτωβρίου oct okt out ott paź říj окт жов eki οκτ loka
november noviembre novembre november novembre novembro november marraskuu listopada listopad listopadu ноября ноябрь листопада kasım noiembrie november νοεμβρίου nov lis ноя лис kas νοε marras
december diciembre décembre dezember dicembre dezembro december joulukuu grudnia grudzień prosince prosinec декабря декабрь грудня aralık decembrie december δεκεμβρίου dec dic déc dez gru pro дек гру ara δεκ joulu desember dicbre
""".strip().splitlines()
"""In the languages of most podcasts, with their short forms: a line a month."""

_HOURS = {
    # RFC 822, 5.1, and those of the United States beside them.
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5,
    "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "hdt": -9,
    "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5,
    # Europe and Africa.
    "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "met": 1, "mest": 2,
    "eet": 2, "eest": 3, "msk": 3, "msd": 4, "sast": 2, "wat": 1, "cat": 2, "eat": 3, "trt": 3,
    # Asia, Australia and the rest.
    "pkt": 5, "npt": 5.75, "ict": 7, "wib": 7, "hkt": 8, "sgt": 8, "awst": 8, "pht": 8, "jst": 9,
    "kst": 9, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "brt": -3, "brst": -2, "art": -3, "clt": -4, "clst": -3, "cot": -5, "pet": -5,
}  # fmt: skip
_SEVERAL = {"bst": 1, "ist": 5.5}
"""British summer or Bangladesh; India, Israel or Ireland: the likelier, and it is told."""

_ZONE_NAMES = {
    "eastern standard time": -5, "eastern daylight time": -4, "central standard time": -6,
    "central daylight time": -5, "mountain standard time": -7, "mountain daylight time": -6,
    "pacific standard time": -8, "pacific daylight time": -7, "coordinated universal time": 0,
    "greenwich mean time": 0, "british summer time": 1, "central european standard time": 1,
    "central european time": 1, "central european summer time": 2, "gmt daylight time": 1,
}  # fmt: skip
"""Those of Windows, which says `standard time` and `daylight time`, and of browsers."""

_PLACES = {
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver",
    "pt": "America/Los_Angeles", "eastern time": "America/New_York",
    "central time": "America/Chicago", "mountain time": "America/Denver",
    "pacific time": "America/Los_Angeles", "eastern": "America/New_York",
    "central": "America/Chicago", "mountain": "America/Denver", "pacific": "America/Los_Angeles",
    # POSIX, as old servers have it.
    "est5edt": "America/New_York", "cst6cdt": "America/Chicago", "mst7mdt": "America/Denver",
    "pst8pdt": "America/Los_Angeles",
}  # fmt: skip
"""Zones that are one thing in winter and another in summer."""

_TIME = re.compile(
    r"(?<![\d:.])(?P<before>[上下午前後后오전후]{2}\s*)?(?:"
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.m](?P<second>\d{2})(?:[.,]\d+)?)?s?"
    r"(?:\s*(?P<half>[ap])\.?\s?m\b\.?)?"
    r"|(?P<only>\d{1,2})\s?(?P<half_of>[ap])\.?m\b\.?|(?P<french>\d{1,2})\s?h\b"
    r"|\b(?P<run>[0-2]\d[0-5]\d[0-5]\d)\b)",
    re.IGNORECASE,
)
"""`6:07:08 pm`, `18h07`, `6 pm`, `18 h`, `180708`, `下午6:07`."""
_AFTERNOON = frozenset({"下午", "午後", "午后", "오후"})
_FORENOON = frozenset({"上午", "午前", "오전"})
_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})"
    r"(?:(?:T|\s)\s*(\d{1,2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?(?=[\sZ+\u2212\[ap-]|$))?\s*(.*)",
    re.DOTALL | re.IGNORECASE,
)
_SLASHED = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)")
_DOTTED = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})\b")
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_OFFSET = re.compile(
    r"(?:\b(?:gmt|utc|ut))?\s*([+\u2212-])\s?(\d{1,2})(?::?(\d{2}))?\b", re.IGNORECASE
)


@dataclass(frozen=True)
class FeedDate:
    """When a feed says that something was."""

    at: datetime
    remark: str = ""
    """What had to be guessed; empty when nothing was."""


def read_moment(text: str) -> datetime | None:
    """Return a date of a feed, with a zone; None when it is none.

    >>> [str(read_moment(t)) for t in ("Mon, 4 Mar 2019 5:06 EST", "2019-03-04T05:06:07Z", "soon")]
    ['2019-03-04 05:06:00-05:00', '2019-03-04 05:06:07+00:00', 'None']
    """
    found = feed_date(text)
    return found.at if found else None


def feed_date(text: str) -> FeedDate | None:
    """Return the date that *text* says, and what had to be guessed; None when it is none.

    >>> feed_date("So., 5. Mai 19 07:30 Uhr CEST").at.isoformat()
    '2019-05-05T07:30:00+02:00'
    >>> feed_date("Mon, 05 Jan 2026 06:00 Q").remark
    "the zone 'Q' is not known; it is read as UTC"
    """
    if len(text) > 10 * _LONGEST:
        return None
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if not text or len(text) > _LONGEST:
        return None
    try:
        if re.fullmatch(r"1\d{9}(\d{3})?", text):  # seconds or thousandths since 1970
            return FeedDate(datetime.fromtimestamp(int(text[:10]), UTC))
        wall, rest = _wall(text)
        return _zoned(wall, rest) if wall else None
    except (ValueError, OverflowError):
        return None


def _wall(text: str) -> tuple[datetime | None, str]:
    """Return the time on the wall, and what is left of *text*: the zone."""
    if iso := _ISO.match(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in iso.groups()[:6])
        half = re.match(r"([ap])\.?\s?m\b\.?", iso[7], re.IGNORECASE)
        rest = iso[7][half.end() :] if half else iso[7]
        time = _of_clock(hour, minute, second, half[1] if half else "")
        return _made((year, month, day), time), rest
    for pattern, order in ((_EAST_ASIAN, (1, 2, 3)), (_SLASHED, (1, 2, 3)), (_DOTTED, (4, 3, 1))):
        if date := pattern.search(text):
            year, month, day = (int(date[group]) for group in order)
            if pattern is _DOTTED and month != day and month <= 12 and day <= 12 and date[2] != ".":
                return None, ""  # 03/04/2026 is another day on either side of the ocean
            if pattern is _DOTTED and month > 12:
                month, day = day, month
            time, _, after = _apart(text[date.end() :])
            return _made((year, month, day), time), after
    return _in_words(*_apart(text))


def _apart(text: str) -> tuple[tuple[int, int, int], str, str]:
    """Return the time in *text*, and what stands before and after it."""
    found = _TIME.search(text)
    if found is None:
        return (0, 0, 0), text, ""
    if run := found["run"]:
        time = _of_clock(int(run[:2]), int(run[2:4]), int(run[4:]), "")
        return time, text[: found.start()], text[found.end() :]
    hour = int(found["hour"] or found["only"] or found["french"])
    half = found["half"] or found["half_of"] or ""
    before = (found["before"] or "").strip()
    half = "p" if before in _AFTERNOON else "a" if before in _FORENOON else half
    time = _of_clock(hour, int(found["minute"] or 0), int(found["second"] or 0), half)
    return time, text[: found.start()], text[found.end() :]


def _in_words(time: tuple[int, int, int], before: str, after: str) -> tuple[datetime | None, str]:
    """A date with the name of its month: `5 Jan 2026`, `January 5th, 2026`, `Jan 5 06:00:00 2026`."""
    month = None
    numbers: list[str] = []
    zone: list[str] = []
    # 05-Jan-2026; behind the time, a hyphen is that of a zone.
    words = re.split(r"[\s,]+|(?<=[^\W\d])-(?=\d)|(?<=\d)-(?=[^\W\d])", before.strip())
    for word, is_after in [(w, False) for w in words] + [(w, True) for w in after.split()]:
        number = re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th|er|[.ºª])?", word.strip("'’,"))
        if month is None and (named := _month(word)):
            month = named
        elif number and len(numbers) < 2:
            numbers.append(number[1])
        elif is_after or (len(numbers) == 2 and re.match(r"[A-Z+(\u2212-]", word)):
            zone.append(word)
    if month is None or len(numbers) != 2:
        return None, ""
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return _made((_year(year), month, int(day)), time), " ".join(zone)


def _zoned(wall: datetime, rest: str) -> FeedDate | None:
    rest = re.sub(r"\b(uhr|heures?|hrs?|o'clock|klo|kl)\b\.?", "", rest, flags=re.IGNORECASE).strip(
        " ,;."
    )
    # RFC 2822, 3.3: -0000 is a time in UTC of a clock that stands elsewhere.
    if rest.lower() in ("z", "gmt", "utc", "ut", "+0000", "-0000"):
        return FeedDate(wall.replace(tzinfo=UTC))
    if offset := _OFFSET.match(rest):
        hours = int(offset[2]) if len(offset[2]) < 3 else 0
        minutes = int(offset[3] or 0)
        if hours <= 14 and minutes < 60:
            sign = 1 if offset[1] == "+" else -1
            zone = timezone(sign * timedelta(hours=hours, minutes=minutes))
            return FeedDate(wall.replace(tzinfo=zone))
    if not rest:
        return FeedDate(wall.replace(tzinfo=UTC), "it has no zone; it is read as UTC")
    return _by_name(wall, rest)


def _by_name(wall: datetime, rest: str) -> FeedDate | None:
    if place := re.search(r"[A-Z][A-Za-z_+-]+/[A-Za-z_/+-]+[A-Za-z0-9]", rest):
        return _at_place(wall, place[0])
    bare = rest.strip("()[] ").lower()
    # The zone stands first; a name in brackets after it says the same again.
    for name in (bare, bare.partition(" ")[0].strip("()")):
        if name in _PLACES:
            return _at_place(wall, _PLACES[name])
        if (hours := {**_HOURS, **_ZONE_NAMES}.get(name)) is not None:
            return FeedDate(wall.replace(tzinfo=timezone(timedelta(hours=hours))))
        if (hours := _SEVERAL.get(name)) is not None:
            zone = timezone(timedelta(hours=hours))
            remark = f"the zone {name.upper()} is that of several countries; it is read as {zone}"
            return FeedDate(wall.replace(tzinfo=zone), remark)
    return _unknown(wall, rest)


def _at_place(wall: datetime, place: str) -> FeedDate:
    try:
        meant = moment_of(wall, place)
    except (KeyError, ValueError, OSError):
        return _unknown(wall, place)
    remark = f"{meant.problem}; it is read as {meant.at.isoformat()}" if meant.problem else ""
    return FeedDate(meant.at, remark)


def _unknown(wall: datetime, rest: str) -> FeedDate:
    # RFC 2822, 4.3: letters of the military count as no zone, as their meaning was given wrongly.
    return FeedDate(
        wall.replace(tzinfo=UTC), f"the zone {rest[:40]!r} is not known; it is read as UTC"
    )


def _made(date: tuple[int, int, int], time: tuple[int, int, int]) -> datetime:
    hour, minute, second = time
    more = timedelta(days=1) if hour == 24 and not minute else timedelta()
    # A leap second is the last that clocks without them can show.
    return datetime(*date, hour % 24 if hour == 24 else hour, minute, min(second, 59)) + more  # noqa: DTZ001 - the zone follows


def _of_clock(hour: int, minute: int, second: int, half: str) -> tuple[int, int, int]:
    if half:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return hour, minute, second


def _year(text: str) -> int:
    """RFC 2822, 4.3: of two digits those up to 49 are in this century; of three, they count from 1900."""
    year = int(text)
    if len(text) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(text) == 3 else year


@cache
def _months() -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_MONTHS, 1):
        for name in line.split():
            for spelling in {name, _bare(name)}:
                found.setdefault(spelling, set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}


def _month(word: str) -> int | None:
    word = word.lower().strip(".")
    return _months().get(word) or _months().get(_bare(word))


def _bare(word: str) -> str:
    """A name without its accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))
