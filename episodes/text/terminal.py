"""What is printed: text from anywhere, made so that a terminal shows it and does not obey it.

Titles, file names, feeds and servers' answers can hold escape sequences that recolour, overwrite,
retitle or type; a line break in a name would fake a second message. All that is printed passes here.
"""

from __future__ import annotations

import json
import re

_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 and C1 controls (ECMA-48), line separators, and what turns the direction of writing (UAX #9)
for more than a letter. A half of a character stands for a byte of a file's name that is no UTF-8."""


def plain(text: str) -> str:
    r"""Return *text* as one line of visible characters, what is none of them spelled out.

    >>> print(plain("a\x1b[31mb\nc"), plain("x\udcff.wav"), plain("evil\u202ecod.exe"))
    a\x1b[31mb\nc x\xff.wav evil\u202ecod.exe
    """
    return _OBEYED.sub(lambda found: _spelled(found[0]), text)


def plain_json(value: object, *, only_ascii: bool = False) -> str:
    r"""Return *value* as JSON of several lines, with nothing in it that a terminal obeys.

    With *only_ascii*, for a stream that has no other characters.

    >>> print(plain_json("ü\x9b1m\udcff"))
    "ü\u009b1m\udcff"
    """
    text = json.dumps(value, indent=2, ensure_ascii=only_ascii)
    # Within strings json.dumps has escaped what is below a space; what is left are its own breaks.
    return _OBEYED.sub(lambda f: f[0] if f[0] == "\n" else f"\\u{ord(f[0]):04x}", text)


def _spelled(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # os.fsdecode's way to keep a byte (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(
        character, f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    )
