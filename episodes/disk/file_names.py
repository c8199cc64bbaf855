"""Names from outside, before any of them becomes a path.

Slugs of exports, titles, the suffix of a producer's file, names in listings of servers: none is
trusted. `file_name` makes one step of a path of any text, one that every system takes and that
leads nowhere: no separators, no `..`, no control characters, no device of Windows, no hidden or
draft's name. `files.inside` then asserts that the path stays in its folder.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from itertools import count
from pathlib import PurePath

from columncast.episodes.text.normalize import one_line

LENGTH_BYTES = 120
"""In UTF-8, without a suffix: eCryptfs takes 143, other file systems 255, and drafts add to it."""
DISK_BYTES = 255
"""Of a name that is there already: no file system that we know takes more."""

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_UNFIT = re.compile(r'[<>:"/\\|?*%$`!&;\x7f-\x9f]+')
"""Separators, what Windows forbids (learn.microsoft.com, "Naming Files"), and what shells expand."""
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(?=\.|$| )",
    re.IGNORECASE,
)
"""Windows opens the device, whatever stands behind the dot."""


def file_name(text: str) -> str:
    r"""Return one step of a path that stands for *text*, without a suffix of its own.

    What is fit stays as it is, in any script. What is too long, or has nothing fit in it, gets a
    hash of the whole, so that two such texts get two names.

    >>> file_name("the-ferry"), file_name("../../etc/passwd"), file_name("C:\\x\\The Ferry.")
    ('the-ferry', 'etc-passwd', 'C-x-The Ferry')
    >>> file_name("nul.txt"), file_name("-rf"), file_name(".columncast-x"), file_name("山田")
    ('nul_.txt', 'rf', 'columncast-x', '山田')
    >>> file_name("..")
    'unnamed-5ec1f7e7'
    """
    # Without what nobody sees, letters and spaces may stand side by side that did not before.
    name = one_line("".join(c for c in one_line(text) if unicodedata.category(c)[0] != "C"))
    name = re.sub(r"-(?:[-.]*-)+", "-", _UNFIT.sub("-", name)).strip(" .-~")
    if not any(c.isalnum() for c in name):
        return f"unnamed-{_hash8(text)}"
    name = _DEVICE.sub(r"\1_", name, count=1) if _DEVICE.match(name) else name
    if len(name.encode()) > LENGTH_BYTES:
        cut = name.encode()[: LENGTH_BYTES - 9].decode(errors="ignore")
        name = f"{cut.rstrip(' .-')}-{_hash8(text)}"
    return name


def as_text(name: str) -> str:
    r"""Return the *name* of a file as text that can be kept: bytes that are no UTF-8 are spelled out.

    Linux keeps names as bytes; Python has those that are no UTF-8 as halves of characters (PEP 383),
    which no file of ours can hold.

    >>> as_text("Señor.wav"), as_text("take\udcff.wav")
    ('Señor.wav', 'take\\udcff.wav')
    """
    return name.encode("utf-8", "backslashreplace").decode()


def suffix_of(path: PurePath) -> str:
    """Return the suffix of *path* in lower case if it can be part of a name of ours, else "".

    >>> suffix_of(PurePath("Take 3.WAV")), suffix_of(PurePath("take.w v")), suffix_of(PurePath("take"))
    ('.wav', '', '')
    """
    suffix = path.suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def same_file(name: str) -> str:
    """Return *name* for comparing as the least careful file systems do: case and NFC do not count.

    >>> same_file("Caf\u00e9.html") == same_file("cafe\u0301.HTML")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


class Names:
    """Gives each of several texts a file name of its own, numbered where it is there already."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """Start with the names *taken*, which are given to nobody."""
        self._taken = {same_file(name) for name in taken}

    def candidates(self, text: str, suffix: str = "") -> Iterable[str]:
        """Yield names for *text* that none before it got, the plain one first; take one of them.

        >>> names = Names()
        >>> names.take("a.html"); next(iter(names.candidates("A", ".html")))
        'A-2.html'
        """
        stem = file_name(text)
        for number in count(1):
            name = f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}"
            if same_file(name) not in self._taken:
                yield name

    def take(self, name: str) -> None:
        """Give *name* to nobody from now on."""
        self._taken.add(same_file(name))


def plain_name(name: str) -> bool:
    r"""Whether *name*, as a server lists it, is one step of a path and nothing else.

    >>> [plain_name(name) for name in ("x.mp3", "..", "a/b", "a\\b", "x\n", "")]
    [True, False, False, False, False, False]
    """
    if name in ("", ".", "..") or len(name.encode("utf-8", "replace")) > DISK_BYTES:
        return False
    return not re.search(r"[/\\\x00-\x1f\x7f-\x9f]", name)


def plain_key(key: str) -> bool:
    """Whether *key*, a path with forward slashes, leads downwards at each of its steps.

    >>> plain_key("audio/x.mp3"), plain_key("audio/../../x"), plain_key("/etc/x")
    (True, False, False)
    """
    return all(plain_name(step) for step in key.split("/"))


def _hash8(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
