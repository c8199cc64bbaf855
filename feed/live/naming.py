"""Which files some documents name, in whatever spelling: a file that might be named is kept.

A feed names files in attributes, in text, in HTML within text and in JSON that it leads to; under
the address of today or a former one, behind a measuring prefix, percent-encoded, escaped once or
twice. So nothing is parsed here. A document is unescaped until it stays the same, and a file counts
as named where its name stands in the text at any stage of that. Names hold a hash of the bytes or
the name of an episode, so little is kept that need not be.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import unquote

from columncast.feed.serving.headers import is_hashed

MOST_ESCAPES = 4
"""How often one text may be escaped within another: HTML in XML in a URL in JSON."""
WORD = re.compile(r"[\w.~-]+")
FOLDER = re.compile(r"[\w.~-]+(?=/)|(?<=feed/)[\w.~-]+|(?<=\.\./)[\w.~-]+")
"""What stands where a folder's name does: before a slash, or at the end of an address."""
SLASHES = re.compile(r"/(?:\.?/)+")
"""All the same as one."""
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(/))")
"""As JSON and JavaScript have them."""
INDEX = "index.html"
MARKS = (
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""How a document begins that is not UTF-8; without a byte order mark, by its first character."""


class Names:
    """What the documents that were read name."""

    def __init__(self, *documents: bytes, odd: Iterable[str] = ()) -> None:
        """Read *documents*; *odd* are keys whose names are no words: `feed/my photo.jpg`."""
        self._words: set[str] = set()
        self._folders: set[str] = set()
        self._odd = {_name(key) for key in odd if not WORD.fullmatch(_name(key))}
        for document in documents:
            self.read(document)

    def read(self, document: bytes) -> None:
        """Add what *document* names."""
        text = _folded(_decoded(document))
        for _ in range(MOST_ESCAPES + 1):
            words = WORD.findall(text)
            self._words.update(words, (word.rstrip(".") for word in words))
            self._words.update(name for name in self._odd if name in text)
            self._folders.update(FOLDER.findall(SLASHES.sub("/", text)))
            unescaped = _folded(_unescaped(text))
            if unescaped == text:
                break
            text = unescaped

    def name(self, key: str) -> bool:
        """Whether the file *key* is named, or, for a page, the folder that it answers for.

        >>> Names(b'<a href="https://w.example/audio%2Fferry%2D1a2b3c4d.mp3">').name("audio/ferry-1a2b3c4d.mp3")
        True
        >>> Names(b"<link>https://w.example/feed/ferry/</link>").name("feed/ferry/index.html")
        True
        """
        if not is_hashed(key):
            parts = _folded(key).split("/")
            if len(parts) > 2 and parts[1] in self._folders:
                return True
            if parts[-1] == INDEX:
                return len(parts) <= 2
        return _name(key) in self._words


def _decoded(document: bytes) -> str:
    kind = next((name for mark, name in MARKS if document.startswith(mark)), "utf-8")
    try:
        return document.decode(kind)
    except UnicodeDecodeError:
        # A page of somebody's own, of a time before UTF-8: both readings count.
        return document.decode(kind, "replace") + "\n" + document.decode("cp1252", "replace")


def _name(key: str) -> str:
    return _folded(PurePosixPath(key).name)


def _unescaped(text: str) -> str:
    return ESCAPE.sub(
        lambda m: m[3] or chr(int(m[1] or m[2], 16)), unquote(html.unescape(text), errors="replace")
    )


def _folded(text: str) -> str:
    """Return *text* so that spellings which some server takes for the same are the same."""
    return unicodedata.normalize("NFC", text).casefold()
