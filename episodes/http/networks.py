"""Which network an address belongs to: the public internet, or one that a stranger must not reach.

A feed may name any address. What it names is fetched by this machine, from inside of its networks,
so a feed could make it ask a router, a neighbour or a cloud's metadata service (169.254.169.254).
The ranges are those of IANA's registries of special-purpose addresses (RFC 6890 and its updates);
`ipaddress.is_global` follows them only in part, and differently from one Python to the next.
"""

from __future__ import annotations

import enum
import re
import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


class Network(enum.Enum):
    """A kind of network; its value completes "the server is …"."""

    PUBLIC = "public"
    LOOPBACK = "this machine itself"
    PRIVATE = "in a private network"
    LINK_LOCAL = "on the local link"
    SHARED = "in an inner network of a provider or a VPN"
    SPECIAL = "at no public address"


_RANGES: tuple[tuple[Network, tuple[str, ...]], ...] = (
    (Network.LOOPBACK, ("127.0.0.0/8", "::1/128")),
    (Network.PRIVATE, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")),
    (Network.LINK_LOCAL, ("169.254.0.0/16", "fe80::/10")),
    (Network.SHARED, ("100.64.0.0/10",)),  # RFC 6598
    (
        Network.SPECIAL,
        (
            "0.0.0.0/8",  # this network; Linux connects 0.0.0.0 to the machine itself
            "192.0.0.0/24",  # IETF protocol assignments
            "192.0.2.0/24",  # documentation, as the next two
            "198.51.100.0/24",
            "203.0.113.0/24",
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "198.18.0.0/15",  # benchmarks
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
            "2001::/23",  # Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation, as the next one
            "3fff::/20",
            "2002::/16",  # 6to4 carries an IPv4 address of any kind, and is gone (RFC 7526)
        ),
    ),
)
_NETWORKS = [(network, ip_network(text)) for network, texts in _RANGES for text in texts]
_UNICAST_6 = IPv6Network("2000::/3")
"""What IANA has given out of IPv6; all else is special, whatever becomes of it."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 as networks without IPv4 see it (RFC 6052); names are resolved to it there."""


def network_of(address: IPv4Address | IPv6Address | str) -> Network:
    """Return the network that *address* belongs to.

    An IPv4 address inside of an IPv6 one counts as what it is where a line really leads there
    (NAT64); `::ffff:a.b.c.d` is never how a public server is named.

    >>> [network_of(text).name for text in ("192.168.1.1", "::1", "1.1.1.1")]
    ['PRIVATE', 'LOOPBACK', 'PUBLIC']
    """
    number = ip_address(address) if isinstance(address, str) else address
    if isinstance(number, IPv6Address):
        if mapped := number.ipv4_mapped:
            inner = network_of(mapped)
            return Network.SPECIAL if inner is Network.PUBLIC else inner
        if number in _NAT64:
            return network_of(IPv4Address(int(number) & 0xFFFFFFFF))
    for network, numbers in _NETWORKS:
        if _in(number, numbers):
            return network
    if isinstance(number, IPv6Address) and number not in _UNICAST_6:
        return Network.SPECIAL
    return Network.PUBLIC


def _in(number: IPv4Address | IPv6Address, numbers: IPv4Network | IPv6Network) -> bool:
    return number.version == numbers.version and number in numbers


_INNER_NAMES = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")
"""Ends of names that mean something in one network only (RFC 6761, 6762, 8375, and habit)."""


def open_to_all(host: str) -> bool:
    """Whether *host*, as an address has it, is one that everybody can reach; no name is looked up.

    >>> [open_to_all(host) for host in ("cast.walls.example", "1.1.1.1", "nas", "nas.local", "127.1", "::1")]
    [True, True, False, False, False, False]
    """
    name = host.strip("[]").partition("%")[0].rstrip(".").lower()
    with suppress(ValueError):
        return network_of(name) is Network.PUBLIC
    if re.fullmatch(r"(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+))*", name):
        with suppress(OSError):  # other spellings of an IPv4 address: 127.1, 2130706433, 0x7f.1
            return network_of(IPv4Address(socket.inet_aton(name))) is Network.PUBLIC
    return "." in name and not any(f".{name}".endswith(f".{end}") for end in _INNER_NAMES)
