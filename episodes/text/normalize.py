r"""Text as people paste it, made fit for XML, tags and file names.

One normal form everywhere: Unicode NFC, `\n` for every kind of line end, plain spaces, and no
character that XML 1.0 forbids (w3.org/TR/xml §2.2): one of those would stop the whole feed.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata

SLUG_LIMIT = 48
"""Characters of a slug that is made here; people may choose a longer one (`show/slugs`)."""

_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u00ad]")
"""Left behind by web editors; the joiners U+200C and U+200D stay, for they shape emoji and Persian."""
ILLEGAL = re.compile(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
)
"""What XML 1.0 forbids (w3.org/TR/xml, 2.2) or discourages, white space apart."""
_UNCLEAN_ASCII = re.compile(r"[^\t\n\x20-\x7e]")
_BIDI = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|del|em|font|h[1-6]|i|img|mark|p|s|small|span|strong|sub|sup|u)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_MOJIBAKE = re.compile(
    r"â€[™œ\u009d“”¦˜\S]|Ã[©¨¤¶¼ª\u00ad±§]|(?<=[^\W\dA-Z])Ã |(?<![A-ZÀ-Þ])Â[ «»°·]|ï»¿"
)
"""UTF-8 read as Windows-1252; a capital before `Ã` or `Â` makes it a word in capitals instead."""
_APOSTROPHES = re.compile(r"['’‘ʼ′`´]")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya i yi ye g".split(),
        strict=True,
    )
)
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$")


def clean(text: str) -> str:
    r"""Return *text* in the project's normal form, illegal characters gone.

    >>> clean("one\r\ntwo\u2028three\u00a0four\x07")
    'one\ntwo\nthree four'
    """
    if text.isascii() and not _UNCLEAN_ASCII.search(text):
        return text
    text = _whole(text)
    text = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", ILLEGAL.sub("", _INVISIBLE.sub("", text)))


def without_illegal(text: str) -> str:
    """Return *text* without the characters that XML forbids; line ends and spaces stay as they are."""
    return ILLEGAL.sub("", text)


def illegal_lines(text: str) -> list[int]:
    """Return the lines, from 1, that hold a character which no feed may hold."""
    lines = _LINE_ENDS.sub("\n", _whole(text)).split("\n")
    return [number for number, line in enumerate(lines, 1) if ILLEGAL.search(line)]


def mojibake(text: str) -> str:
    """Return the first sign that *text* was decoded wrongly before we got it, or "".

    >>> mojibake("Maoâ€™s pool")
    'â€™'
    """
    found = _MOJIBAKE.search(text)
    return found[0] if found else ""


def one_line(text: str) -> str:
    """Return *text* with every run of white space as one space."""
    return " ".join(clean(text).split())


def decode_entities(text: str) -> str:
    """Return *text* with its complete HTML entities decoded, once.

    >>> decode_entities("Q&amp;amp;A &mdash; AT&T &copy")
    'Q&amp;A — AT&T &copy'
    """
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def plain_title(text: str) -> str:
    r"""Return a title as plain text: no markup, one line, nothing that turns the reading direction.

    >>> plain_title("The <em>Ferry</em>:\n a **short** story &amp; <3")
    'The Ferry: a short story & <3'
    """
    text = without_tags(text)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<!\w)([*_])(?=\S)([^*_]+?)(?<=\S)\1(?!\w)", r"\2", text)
    return one_line(_BIDI.sub("", decode_entities(text)))


def without_tags(text: str) -> str:
    """Return *text* without the tags of HTML that titles carry."""
    return _TAG.sub("", text)


def has_markup(text: str) -> bool:
    """Whether a title carries something that `plain_title` takes off."""
    return one_line(text) != plain_title(text)


def clip(text: str, limit: int) -> str:
    """Return *text* cut at a word to at most *limit* characters, with an ellipsis if cut.

    >>> clip("The ferry leaves at noon", 15)
    'The ferry…'
    """
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    if space and len(head) > limit // 2:
        cut = head
    return whole_graphemes(text, len(cut)).rstrip(" ,;:–—-") + "…"


def whole_graphemes(text: str, length: int) -> str:
    """Return the first *length* characters of *text*, or fewer so that none is torn apart.

    A family emoji, a flag or a letter with its accents is one character to the reader.
    """
    while 0 < length < len(text) and _continues(text, length):
        length -= 1
    return text[:length]


def make_slug(title: str) -> str:
    """Return the part of an address that stands for *title*: ASCII, lower case, hyphens.

    >>> make_slug("Khrushchev’s Secret Trip to Beijing")
    'khrushchevs-secret-trip-to-beijing'
    >>> make_slug("Møde på Søen: “Ça va?”")
    'mode-pa-soen-ca-va'
    >>> make_slug("山田")
    'column-5f34cd83'
    """
    slug = cut_slug(_spelled(title))
    if not slug:
        return "column-" + hashlib.sha256(title.encode()).hexdigest()[:8]
    # Windows cannot have a folder of such a name.
    return f"{slug}-column" if _RESERVED.match(slug) else slug


def cut_slug(slug: str, most: int = SLUG_LIMIT) -> str:
    """Return *slug* cut between words to at most *most* characters.

    >>> cut_slug("the-last-ferry-home", 16), cut_slug("donaudampfschiff", 5)
    ('the-last-ferry', 'donau')
    """
    if len(slug) <= most:
        return slug
    head = slug[: most + 1].rpartition("-")[0]
    return (head or slug[:most]).strip("-")


def cut_from(title: str, slug: str) -> bool:
    """Whether *slug* is what is left of a *title* too long for one."""
    return len(_spelled(title)) > SLUG_LIMIT and make_slug(title) == slug


def _spelled(title: str) -> str:
    """Return *title* whole in the letters of a slug."""
    text = _APOSTROPHES.sub("", title).lower().translate(_LETTERS)
    text = "".join(_CYRILLIC.get(c, c) for c in text)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def plain_words(text: str) -> str:
    """Return the words of *text* as people type them in a hurry: no case, accents or marks.

    >>> plain_words("L’Été, c’est Møde"), plain_words("the-last-ferry")
    ('lete cest mode', 'the last ferry')
    """
    text = _APOSTROPHES.sub("", text).casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare))


def fold(text: str) -> str:
    """Return *text* for comparing: case, apostrophes and white space do not count."""
    return one_line(_APOSTROPHES.sub("'", text)).casefold()


def split_series(title: str, show_title: str) -> tuple[str, str]:
    """Return (series, title): the series is taken off only when it is the show's own name.

    >>> split_series("This Week in Rivers: The Ferry", "This week in rivers")
    ('This Week in Rivers', 'The Ferry')
    >>> split_series("Part 1: The Ferry", "This week in rivers")
    ('', 'Part 1: The Ferry')
    """
    if show_title:
        for mark in re.finditer(r"\s*[:|–—]\s+|\s+-\s+", title):
            left, right = title[: mark.start()], title[mark.end() :]
            if right and fold(left) == fold(show_title):
                return left, right
            if left and mark[0].strip() != ":" and fold(right) == fold(show_title):
                return right, left
    return "", title


def _whole(text: str) -> str:
    """Join the halves of characters that JSON wrote as two; a half alone becomes U+FFFE (illegal)."""
    if not re.search(r"[\ud800-\udfff]", text):
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\ufffd", "\ufffe") if "\ufffd" not in text else joined


def _continues(text: str, at: int) -> bool:
    char, before = text[at], text[at - 1]
    if char in "\u200c\u200d" or before == "\u200d" or unicodedata.combining(char):
        return True
    if "\ufe00" <= char <= "\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if unicodedata.category(char) in ("Mc", "Me", "Mn"):
        return True
    flags = 0
    while at - 1 - flags >= 0 and "\U0001f1e6" <= text[at - 1 - flags] <= "\U0001f1ff":
        flags += 1
    return "\U0001f1e6" <= char <= "\U0001f1ff" and flags % 2 == 1
