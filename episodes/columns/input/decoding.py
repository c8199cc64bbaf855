"""Reading a file's bytes as text, in the encoding that it is in, within bounds."""

from __future__ import annotations

import codecs
import contextlib
import re
from pathlib import Path

from columncast.episodes.errors import ColumnError
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.normalize import clean, illegal_lines, mojibake
from columncast.episodes.text.xml_bytes import MIXED

COMMENT = r"<!--(?:[^-]|-(?!->))*+-->\s*+"
"""A comment of HTML and the space after it, to be looked for in time that grows with the text only:
`<!--.*?-->` repeated can end in as many ways as there are comments, and a search tries them all."""

TEXT_LIMIT = 1_000_000
"""Bytes of text or Markdown: a long novel. A column larger than this is some other file."""

PAGE_LIMIT = 16_000_000
"""Bytes of HTML: a saved page can carry its pictures within itself."""

_LONGEST_LINE = 200_000
"""Characters; a column of 10,000 words pasted without a line end has 60,000."""

_MOST_BRACKETS = 1_000
"""In a paragraph; Markdown looks for the end of each. In all: twenty times as many."""

_MOST_MARKS = {
    "[": 20_000,
    "*": 40_000,
    "_": 40_000,
    "`": 40_000,
    "<": 40_000,
    ">": 40_000,
    "|": 200_000,
}
_MOST_MARKS |= {
    "{": 20_000,
    "%": 40_000,
    "&": 40_000,
    "#": 100_000,
    "^": 20_000,
    "=": 200_000,
    "\\": 100_000,
}
"""In a text: a long novel has a tenth of these, and what has more is no text."""
_MOST_LINES = 60_000
_IN_A_PARAGRAPH = 4_000
"""Of any of the marks that Markdown pairs."""

_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)

_OTHER_FILES = (
    (b"%PDF", "a PDF; export the column as text, Markdown or .docx instead"),
    (b"{\\rtf", "an RTF document; save it as .docx or plain text instead"),
    (b"\xd0\xcf\x11\xe0", "an old Word document (.doc); save it as .docx instead"),
    (b"bplist", "an Apple binary file; export the column as .docx or plain text instead"),
    (b"RIFF", "a recording, not a column; give the recording first, then the column"),
    (b"fLaC", "a recording, not a column; give the recording first, then the column"),
    (b"ID3", "a recording, not a column; give the recording first, then the column"),
    (b"OggS", "a recording, not a column; give the recording first, then the column"),
    (b"\x89PNG", "a picture, not a column"),
    (b"\xff\xd8\xff", "a picture, not a column"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
)


def read_bytes(path: Path, limit: int = PAGE_LIMIT) -> bytes:
    """Return what is in *path*, without ever holding more than *limit* bytes.

    Raises:
        ColumnError: There is no such file, it may not be read, it is empty, or too large.
    """
    try:
        with path.open("rb") as f:
            data = f.read(limit + 1)
    except FileNotFoundError as e:
        raise ColumnError("there is no such file") from e
    except IsADirectoryError as e:
        raise ColumnError("is a folder; name the column's file in it") from e
    except OSError as e:
        raise ColumnError(f"cannot be read: {e.strerror}") from e
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise ColumnError("the column is empty")
    refuse_too_large(data, limit)
    return data


def refuse_too_large(data: bytes, limit: int) -> None:
    """Refuse what no column needs.

    Raises:
        ColumnError: *data* is longer than *limit* bytes.
    """
    if len(data) > limit:
        raise ColumnError(
            f"is larger than {limit // 1_000_000} MB, which no column is; is it the right file?"
        )


def refuse_other_files(data: bytes) -> None:
    """Say what a file is that is plainly no column.

    Raises:
        ColumnError: It is.
    """
    for magic, what in _OTHER_FILES:
        if data.startswith(magic):
            raise ColumnError(f"is {what}")


def refuse_monsters(text: str) -> None:
    """Refuse text that no person wrote and that parsers take hours for.

    Raises:
        ColumnError: A line is longer than a column, or a paragraph is made of brackets.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _LONGEST_LINE:
            raise ColumnError(
                f"is one line of {len(line):,} characters, which no column has; is it the right file?",
                where=f"line {number}",
            )
    if any(part.count("[") > _MOST_BRACKETS for part in text.split("\n\n")):
        raise ColumnError(
            "has more than a thousand brackets in one paragraph; is it the right file?"
        )
    if text.count("\n") > _MOST_LINES:
        raise ColumnError(f"has more than {_MOST_LINES:,} lines, which no column has")
    for mark, most in _MOST_MARKS.items():
        count = text.count(mark)
        crowded = (
            count > _IN_A_PARAGRAPH
            and mark in "*_`^"
            and any(part.count(mark) > _IN_A_PARAGRAPH for part in text.split("\n\n"))
        )
        if count > most or crowded:
            raise ColumnError(f"is full of {mark!r} as no column is; is it the right file?")


def decode(data: bytes, declared: str = "") -> tuple[str, tuple[Notice, ...]]:
    """Return *data* as text in the project's normal form, and what was found on the way.

    *declared* is the encoding that the file itself names, as HTML and XML do.

    Raises:
        ColumnError: It is no text, or in an encoding that cannot be told from its bytes.
    """
    text, name = _decoded(data, declared)
    notices = []
    if name != "UTF-8":
        notices.append(
            Notice(
                code="encoding-found",
                message=f"the file is {name}, read as such; UTF-8 is the safer form to keep",
                severity="note",
            )
        )
    if lines := illegal_lines(text):
        places = ", ".join(f"line {number}" for number in lines[:5])
        more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
        notices.append(
            Notice(
                code="illegal-characters",
                message="removed characters that no feed may hold (control characters)",
                where=places + more,
            )
        )
    text = clean(text)
    if sign := mojibake(text):
        line = text[: text.index(sign)].count("\n") + 1
        notices.append(
            Notice(
                code="mojibake",
                message=f"{sign!r} looks like text that was saved in the wrong encoding; "
                "copy the column again from where it was written",
                where=f"line {line}",
            )
        )
    return text, tuple(notices)


def _decoded(data: bytes, declared: str) -> tuple[str, str]:  # noqa: PLR0911 - one case an encoding
    for bom, codec, name in _BOMS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], codec), name if codec != "utf-8" else "UTF-8"
    if codec := _utf16_without_mark(data):
        return _strictly(data, codec), "UTF-16"
    if b"\x00" in data and not _cjk_in_two_bytes(data):
        raise ColumnError("is not text (it holds NUL bytes); give the column as text")
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    if declared and _is_known(declared) and not re.match(r"utf[-_]?\d", declared, re.IGNORECASE):
        return _strictly(data, declared), declared
    if codec := _cjk_in_two_bytes(data):
        return _strictly(data, codec), "UTF-16"
    # A line of another encoding that was pasted into UTF-8: the rest shall not become garbage.
    if (longer := len(_MULTIBYTE.findall(data))) and 4 * longer >= _odd_bytes(data):
        return data.decode("utf-8", MIXED), "UTF-8 with some bytes of Windows-1252"
    controls = len(re.findall(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]", data))
    if controls * 50 > len(data):
        raise ColumnError("is not text; give the column as text, Markdown, HTML or .docx")
    return _strictly(data, "cp1252"), "Windows-1252"


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as e:
        raise ColumnError(
            f"is text in an unknown encoding (tried {codec}); save it as UTF-8"
        ) from e


def _utf16_without_mark(data: bytes) -> str:
    """Western text in UTF-16 has a NUL in every other place."""
    sample = data[:4000]
    half = len(sample) // 2
    if half < 4 or len(data) % 2:
        return ""
    if sample[1::2].count(0) > half * 0.7 and sample[0::2].count(0) == 0:
        return "utf-16-le"
    if sample[0::2].count(0) > half * 0.7 and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return ""


def _odd_bytes(data: bytes) -> int:
    return len(re.findall("[\udc80-\udcff]", data.decode("utf-8", "surrogateescape")))


def _cjk_in_two_bytes(data: bytes) -> str:
    """Chinese or Japanese in UTF-16 without a mark has NULs only where it has line ends or spaces."""
    if len(data) % 2 or b"\x00" not in data:
        return ""
    for codec in ("utf-16-le", "utf-16-be"):
        with contextlib.suppress(UnicodeDecodeError):
            text = data[:4000].decode(codec)
            known = sum(
                c.isspace() or 0x3000 <= ord(c) <= 0x9FFF or 0xAC00 <= ord(c) <= 0xFFEF
                for c in text
            )
            if known > 0.9 * len(text):
                return codec
    return ""


def _is_known(codec: str) -> bool:
    """Whether Python knows a *codec* that turns bytes into text."""
    try:
        # A codec that is no character set (rot13, zip) must never be let in by a file.
        return codecs.lookup(codec)._is_text_encoding  # noqa: SLF001 - the only way to ask
    except (LookupError, ValueError):
        return False
