"""Who an address belongs to, as far as it matters: a data centre, a private network, a country.

Works on distinct addresses by the hundred thousand, so it is done on arrays. The door to maxminddb.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from columncast.episodes.audience.libraries import missing
from columncast.episodes.errors import SettingsError

try:
    import maxminddb
except ImportError as e:
    raise missing("maxminddb") from e

INVALID, PRIVATE, SHORTENED, MACHINES = 1, 2, 4, 8
"""Flags of an address: none at all; of a private network, so a proxy's; with its end cut off for
privacy; of a data centre or a crawler."""
UNKNOWN = "??"
"""The country of an address that the database does not know."""

_BEFORE_IPV4 = b"\0" * 10 + b"\xff\xff"
_MAPPED = 0xFFFF
"""What stands before an IPv4 address that is written as an IPv6 one (RFC 4291)."""
_NO_ADDRESS = b"\0" * 16
_PRIVATE = (
    (0x0A000000, 0x0AFFFFFF),
    (0x64400000, 0x647FFFFF),
    (0x7F000000, 0x7FFFFFFF),
    (0xAC100000, 0xAC1FFFFF),
    (0xC0A80000, 0xC0A8FFFF),
)
"""10/8, 100.64/10, 127/8, 172.16/12, 192.168/16 (RFC 1918, 6598)."""
_SIP = tuple(
    np.uint64(start)
    for start in (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
)
Flags = npt.NDArray[Any]
Keys = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.uint16]


class Addresses:
    """Tells of addresses what is counted; of themselves only a hash leaves, keyed for one run."""

    def __init__(
        self, *, secret: bytes, whole: bool = False, countries: Path | None = None
    ) -> None:
        """Use *secret* for the hashes; with *whole*, IPv6 addresses are told apart to the last bit.

        Raises:
            SettingsError: *countries* is no database of countries.
        """
        self._key = secret[:16]
        self._whole = whole
        self._codes: dict[str, int] = {UNKNOWN: 0}
        self._path = countries
        self._countries = _open(countries) if countries else None

    def __enter__(self) -> Self:
        """Use it in a `with`; the database is closed at its end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the database."""
        if self._countries:
            self._countries.close()

    @property
    def countries(self) -> list[str]:
        """The country of each code, as ISO 3166 has them; empty without a database."""
        return list(self._codes) if self._countries else []

    def read(self, addresses: Sequence[str]) -> tuple[Keys, Flags, Codes]:
        """Return a hash, flags and a country code for each of *addresses*."""
        packed = [_packed(text) for text in addresses]
        halves = np.frombuffer(b"".join(packed), ">u8").astype(np.uint64).reshape(-1, 2)
        high, low = halves[:, 0], halves[:, 1]
        four = (high == 0) & (low >> 32 == _MAPPED)
        number = np.where(four, low & 0xFFFFFFFF, high)
        invalid = (high == 0) & (low == 0)
        keys = siphash(self._key, np.where(four, low, high))
        if self._whole:
            keys = siphash(self._key, np.where(four, np.uint64(0), low) ^ keys)
        private, shortened = _shapes(four, number, low)
        machines = np.where(four, _inside(number, 0), _inside(number, 1))
        flags = private * PRIVATE | shortened * SHORTENED | machines * MACHINES
        flags = np.where(invalid, INVALID, flags).astype(np.uint8)
        codes = np.zeros(len(packed), np.uint16)
        if self._countries:
            codes[:] = [
                0 if odd else self._country(text)
                for text, odd in zip(addresses, invalid.tolist(), strict=True)
            ]
        return keys, flags, codes

    def _country(self, text: str) -> int:
        found: Any = None
        try:
            if self._countries:
                found = self._countries.get(text.partition("%")[0])
        except maxminddb.InvalidDatabaseError as e:  # its head is whole, and what follows is not
            raise _unreadable(self._path) from e
        except ValueError:
            return 0  # an IPv6 address, and the database knows IPv4 alone
        country = found.get("country") if isinstance(found, dict) else None
        code = country.get("iso_code") if isinstance(country, dict) else None
        if not (isinstance(code, str) and len(code) == 2 and code.isalpha() and code.isascii()):
            return 0
        return self._codes.setdefault(code.upper(), len(self._codes))


def _unreadable(path: Path | None) -> SettingsError:
    return SettingsError(
        f"[audience] countries: {path} cannot be read as a country database (.mmdb of MaxMind "
        "or DB-IP); nothing was counted",
        where="show.toml",
    )


def _open(path: Path) -> maxminddb.Reader:
    try:
        reader = maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as e:
        raise _unreadable(path) from e
    kind = reader.metadata().database_type
    if "country" not in kind.lower() and "city" not in kind.lower():
        reader.close()
        raise SettingsError(
            f"[audience] countries: {path} is a database of kind {kind!r}, not of countries; nothing "
            "was counted",
            where="show.toml",
        )
    return reader


def _packed(text: str) -> bytes:
    """The 16 bytes of an address, those of an IPv4 one as RFC 4291 maps it; zeros if it is none.

    >>> _packed("::ffff:192.0.2.1") == _packed("192.0.2.1"), any(_packed("1.2.3"))
    (True, False)
    """
    try:
        if ":" not in text:
            return _BEFORE_IPV4 + socket.inet_pton(socket.AF_INET, text)
        return socket.inet_pton(socket.AF_INET6, text.partition("%")[0])
    except (OSError, ValueError):
        return _NO_ADDRESS


def _shapes(four: Flags, number: Keys, low: Keys) -> tuple[Flags, Flags]:
    """Which addresses are of private networks, and which end as one that was cut."""
    private = np.zeros(len(number), bool)
    for first, last in _PRIVATE:
        private |= four & (number >= first) & (number <= last)
    top = number >> np.uint64(48)
    private |= ~four & ((top & 0xFE00 == 0xFC00) | (top == 0xFE80) | (number == 0))
    cut = np.where(four, number & 0xFF == 0, (low == 0) & (number & 0xFFFF == 0))
    return private, cut


def _inside(number: Keys, version: int) -> Flags:
    starts, ends = _machines()[version]
    row = np.searchsorted(starts, number, side="right")
    inside: Flags = (row > 0) & (number <= ends[np.maximum(row, 1) - 1])
    return inside


def siphash(key: bytes, values: Keys) -> Keys:
    """Return SipHash-2-4 of each of *values*, eight bytes each, by a secret *key* of 16 bytes.

    Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). Whoever has hashes, but not the
    key, learns nothing of the values, however few they may be.

    >>> hex(siphash(bytes(range(16)), np.frombuffer(bytes(range(8)), "<u8"))[0])
    '0x93f5f5799a932462'
    """
    first, second = np.frombuffer(key, "<u8").astype(np.uint64)
    v = [
        np.full(len(values), start ^ half, np.uint64)
        for start, half in zip(_SIP, (first, second, first, second), strict=True)
    ]
    last = np.full(len(values), 8 << 56, np.uint64)
    for block in (values.astype(np.uint64), last):
        v[3] ^= block
        _sip_rounds(v, 2)
        v[0] ^= block
    v[2] ^= np.uint64(0xFF)
    _sip_rounds(v, 4)
    mixed: Keys = v[0] ^ v[1] ^ v[2] ^ v[3]
    return mixed


def _sip_rounds(v: list[Keys], rounds: int) -> None:
    for _ in range(rounds):
        for a, b, left in ((0, 1, 13), (2, 3, 16), (0, 3, 21), (2, 1, 17)):
            v[a] += v[b]
            v[b] = (v[b] << np.uint64(left)) | (v[b] >> np.uint64(64 - left))
            v[b] ^= v[a]
            if left in (13, 17):
                v[a] = (v[a] << np.uint64(32)) | (v[a] >> np.uint64(32))


@functools.cache
def _machines() -> tuple[tuple[Keys, Keys], tuple[Keys, Keys]]:
    """First and last address of each network in `networks.txt`: IPv4, and IPv6 by its first half."""
    text = (
        resources.files("columncast.episodes.audience").joinpath("networks.txt").read_text("ascii")
    )
    ranges: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        network = ipaddress.ip_network(line)
        four = network.version == 4
        first, last = int(network.network_address), int(network.broadcast_address)
        ranges[int(not four)].append((first, last) if four else (first >> 64, last >> 64))
    starts, ends = ([np.array(sorted(each), np.uint64)[:, n] for each in ranges] for n in (0, 1))
    return (starts[0], ends[0]), (starts[1], ends[1])
