"""The text of somebody else's XML: which encoding its bytes are in, whatever it says of itself.

What the bytes are counts before what anybody says they are. Text that is valid UTF-8 and not plain
ASCII is never anything else in practice. After that come the server's word and the document's own
(RFC 7303, 3.2), and `iso-8859-1` means Windows-1252, as it does to browsers (WHATWG Encoding, 4.2).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WITHOUT_MARK = (
    (re.compile(rb"(?:[\t\n\r ]\x00)*<\x00[?!a-zA-Z]\x00"), "utf-16-le"),
    (re.compile(rb"(?:\x00[\t\n\r ])*\x00<\x00[?!a-zA-Z]"), "utf-16-be"),
)
"""How `<` and what follows it look in UTF-16 (w3.org/TR/xml, appendix F)."""
_DECLARED = re.compile(rb"<\?xml[^>]{0,300}?encoding\s*=\s*[\"']\s*([\w.:-]{1,40})", re.IGNORECASE)
_KNOWN = re.compile(
    r"utf-?8|utf-?(16|32)(-?[lb]e)?|iso8859-\d+|cp(125\d|437|850|852|866|874|932|949|950)|koi8-[rtu]|"
    r"mac-?(roman|cyrillic|latin2)|big5(hkscs)?|gb(2312|k|18030)|euc_(jp|kr)|shift_jis|iso2022_jp|ascii"
)
"""Python's names. A codec that is no character set (rot13, zip, idna) is never let in by a file."""
_WESTERN = ("cp1252", "iso8859-15")
_WINDOWS_1252 = {"iso8859-1": "cp1252", "ascii": "cp1252"}
MIXED = "columncast.windows-1252"
"""How to decode bytes that are not of an encoding (an argument `errors`)."""


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read what is not valid as Windows-1252, which is what editors paste into UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", errors="ignore"), error.end


codecs.register_error(MIXED, _windows_1252)


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How a file is read."""

    name: str
    errors: str = "replace"
    remark: str = ""
    """What somebody who looks after the file should know; empty when it is what it says."""


def encoding_of(path: Path, *, served_as: str = "") -> Encoding:
    """Return the encoding of *path*; *served_as* is the charset that its server named.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as f:
        start = f.read(4096)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return Encoding(name=name, errors=MIXED if name == "utf-8-sig" else "replace")
    for pattern, name in _WITHOUT_MARK:
        if pattern.match(start):
            return Encoding(name=name)
    found = _DECLARED.search(start)
    said = found[1].decode("ascii") if found else ""
    declared, served = known_encoding(said), known_encoding(served_as)
    if declared == "iso2022_jp" and b"\x1b" in start:
        return Encoding(name=declared)  # of ASCII bytes alone, like UTF-8
    valid, wrong = _survey(path)
    if not wrong:
        remark = ""
        if valid and declared not in ("", "utf-8"):
            remark = f"says that it is {said}, but is UTF-8; it is read as that"
        return Encoding(name="utf-8", errors=MIXED, remark=remark)
    # A server that was never told names its default, so a document that knows better wins.
    order = [declared, served] if served == "cp1252" and declared != "utf-8" else [served, declared]
    # One that says it in ASCII is not in UTF-16, whatever it says.
    other = next((name for name in order if name and not name.startswith("utf-")), "")
    if other and not (other in _WESTERN and valid > wrong):
        remark = "" if other == (declared or served) else f"is in {other}, not in {said or 'UTF-8'}"
        return Encoding(name=other, errors=MIXED if other in _WESTERN else "replace", remark=remark)
    unknown = (
        f"names the encoding {said!r}, which nobody knows, and " if said and not declared else ""
    )
    remark = f"{unknown}holds {wrong:,} bytes that are not UTF-8; they are read as Windows-1252"
    return Encoding(name="utf-8", errors=MIXED, remark=remark)


def decoded(path: Path, encoding: Encoding) -> Iterator[str]:
    """Yield the text of *path* in pieces.

    Raises:
        OSError: It cannot be read.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)(errors=encoding.errors)
    with path.open("rb") as f:
        while piece := f.read(_CHUNK):
            yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def settle_encoding(path: Path, *, served_as: str) -> None:
    """Write the document *path* as UTF-8 if only its server knows its encoding.

    Raises:
        OSError: It cannot be read or written.
    """
    served = encoding_of(path, served_as=served_as)
    if not served_as or served == encoding_of(path):
        return
    settled = path.with_name(f"{path.name}.utf-8")
    with settled.open("w", encoding="utf-8-sig", errors="replace", newline="") as f:
        f.writelines(decoded(path, served))
    settled.replace(path)


def charset_of(content_type: str) -> str:
    """Return the charset that a Content-Type names; empty if it names none.

    >>> charset_of('text/xml; Charset="windows-1251"'), charset_of("text/xml")
    ('windows-1251', '')
    """
    found = re.search(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    return found[1] if found else ""


def known_encoding(label: str) -> str:
    """Return Python's name of the character set that *label* names; empty when it names none.

    >>> [known_encoding(name) for name in ("ISO-8859-1", "utf8", "windows-1251", "rot13", "UTUTF-8")]
    ['cp1252', 'utf-8', 'cp1251', '', '']
    """
    try:
        name = codecs.lookup(label.strip()).name if label.strip() else ""
    except (LookupError, ValueError):
        return ""
    return _WINDOWS_1252.get(name, name) if _KNOWN.fullmatch(name) else ""


def _survey(path: Path) -> tuple[int, int]:
    """Return how many characters beyond ASCII are valid UTF-8, and how many bytes are not."""
    valid = wrong = 0
    utf8 = Encoding(name="utf-8", errors="surrogateescape")
    for piece in decoded(path, utf8):
        if not piece.isascii():
            bad = len(re.findall("[\udc80-\udcff]", piece))
            valid += len(re.findall("[^\x00-\x7f]", piece)) - bad
            wrong += bad
    return valid, wrong
