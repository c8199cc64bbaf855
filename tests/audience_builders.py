"""A host's access logs with known truth: who listened, who only seemed to, and what was written."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import NamedTuple
from urllib.parse import quote

from feed_builders import enclosure, episode

from columncast.episodes.building.records import record
from columncast.episodes.show.facts import Provenance
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import new_facts
from columncast.feed.site.create import create_show

BASE = "https://cast.quay.example/"
SITE = "https://quay.example/"
START = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday."""
LENGTH_BYTES, LENGTH_S = 6_000_000, 600.0
MINUTE = LENGTH_BYTES // 10
"""Bytes that hold a minute; the files have no header."""

IPHONE = "AppleCoreMedia/1.0.0.21G93 (iPhone; U; CPU OS 17_6_1 like Mac OS X; en_us)"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
APPS = {
    "Apple Podcasts": "Podcasts/4025.510.2 CFNetwork/1568.100.1 Darwin/24.0.0",
    "Overcast": "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)",
    "AntennaPod": "AntennaPod/3.4.1",
    "Pocket Casts": "Pocket Casts/7.66 (Android 14)",
    "Spotify": "Spotify/8.9.44 Android/34 (SM-G991B)",
    "Castro": "Castro 2024.1/1511",
}
BOTS = (
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "PodcastIndex.org Crawler/1.0",
    "Go-http-client/2.0",
    "Podchaser Parser/1.0",
    "facebookexternalhit/1.1",
    "",
)
WATCH = "atc/1.0 watchOS/10.4 model/Watch6,2 hwp/t8301 build/21T216 (6; dt:229)"


@dataclass(kw_only=True)
class Line:
    """One request, before it is written in the form of some server."""

    at: datetime
    address: str
    path: str
    sent: int = LENGTH_BYTES
    agent: str = APPS["AntennaPod"]
    status: int = 206
    method: str = "GET"
    referrer: str = "-"

    def combined(self, *, zone: str = "+0000", further: str = "") -> str:
        """As nginx and Apache write it."""
        hours = int(zone[:3])
        local = self.at + timedelta(hours=hours)
        agent = (self.agent or "-").replace("\\", "\\x5C").replace('"', "\\x22")
        return (
            f'{self.address} - - [{local:%d/%b/%Y:%H:%M:%S} {zone}] "{self.method} {self.path} '
            f'HTTP/1.1" {self.status} {self.sent} "{self.referrer}" "{agent}"{further}'
        )

    def s3(self) -> str:
        return (
            f"79a59df900b949e5 walls [{self.at:%d/%b/%Y:%H:%M:%S} +0000] {self.address} - "
            f'3E57427F3EXAMPLE REST.GET.OBJECT {self.path[1:]} "{self.method} /walls{self.path} '
            f'HTTP/1.1" {self.status} - {self.sent} {LENGTH_BYTES} 70 10 "{self.referrer}" '
            f'"{self.agent}" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3 SigV4 '
            "ECDHE-RSA-AES128-GCM-SHA256 - walls.s3.amazonaws.com TLSv1.3 - -"
        )

    def cloudfront(self) -> str:
        agent = quote(self.agent, safe="/()") or "-"
        fields = [f"{self.at:%Y-%m-%d}", f"{self.at:%H:%M:%S}", "FRA50-C1", self.sent, self.address]
        fields += [self.method, "d111.cloudfront.net", self.path, self.status, self.referrer, agent]
        fields += ["-", "-", "Hit", "id==", "cast.quay.example", "https", 300, 0.2, "-", "TLSv1.3"]
        return "\t".join(map(str, fields))

    def cloudfront_json(self) -> str:
        return json.dumps(
            {
                "date": f"{self.at:%Y-%m-%d}",
                "time": f"{self.at:%H:%M:%S}",
                "x-edge-location": "FRA50-C1",
                "sc-bytes": str(self.sent),
                "c-ip": self.address,
                "cs-method": self.method,
                "cs-uri-stem": self.path,
                "sc-status": str(self.status),
                "cs(Referer)": self.referrer,
                "cs(User-Agent)": quote(self.agent, safe="/()") or "-",
            }
        )

    def cloudflare(self) -> str:
        return json.dumps(
            {
                "ClientIP": self.address,
                "ClientRequestMethod": self.method,
                "ClientRequestURI": self.path,
                "EdgeResponseStatus": self.status,
                "EdgeResponseBytes": self.sent,
                "EdgeStartTimestamp": f"{self.at:%Y-%m-%dT%H:%M:%SZ}",
                "ClientRequestReferer": self.referrer,
                "ClientRequestUserAgent": self.agent,
            }
        )

    def caddy(self) -> str:
        headers = {"User-Agent": [self.agent], "Referer": [self.referrer]}
        return json.dumps(
            {
                "level": "info",
                "ts": self.at.timestamp() + 0.25,
                "request": {
                    "remote_ip": self.address,
                    "client_ip": self.address,
                    "method": self.method,
                    "uri": self.path,
                    "headers": headers,
                },
                "size": self.sent,
                "status": self.status,
            }
        )

    def bunny(self) -> str:
        fields = ["HIT", self.status, int(self.at.timestamp() * 1000), self.sent, 412, self.address]
        fields += [self.referrer, f"https://cast.b-cdn.net{self.path}", "DE", self.agent]
        return "|".join(map(str, [*fields, "322b688bd63fb63f2babe9de30a5d262", "DE"]))


CLOUDFRONT_HEAD = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem "
    "sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type "
    "x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol\n"
)


def listening_show(root, slugs=("the-ferry", "the-lamp", "the-wall"), *, settings="", every=7):
    """A show whose episodes were built, one every so many days from `START` on."""
    create_show(
        root,
        title="The Quay",
        site_url=SITE,
        base_url=BASE,
        author="Ada Mill",
        category=["History"],
    )
    if settings:
        path = root / "show.toml"
        path.write_text(path.read_text() + f"\n{settings}\n")
    folder = ShowFolder(root)
    for number, slug in enumerate(slugs):
        published = START + timedelta(days=every * number, hours=6)
        add_episode(folder, slug, published)
    return folder


def add_episode(folder, slug, published):
    home = folder.episodes / slug
    home.mkdir(parents=True)
    source = Provenance(
        recording="take.wav", recording_sha256="0" * 64, column="column.md", column_sha256="0" * 64
    )
    (home / "episode.toml").write_text(new_facts(source, published, guid=f"guid-{slug}"))
    sound = enclosure(duration_s=LENGTH_S, path=path_of(slug)[1:], length_bytes=LENGTH_BYTES)
    facts = {"slug": slug, "guid": f"guid-{slug}", "title": f"On {slug}", "enclosure": sound}
    record(folder, episode(1, published=published, **facts))


def path_of(slug, tags="1a2b3c4d"):
    return f"/audio/{slug}-{tags}.mp3"


@dataclass(kw_only=True)
class Crowd:
    """Lines with their truth: how many downloads of each episode a perfect count would find."""

    lines: list[Line] = field(default_factory=list)
    downloads: Counter[str] = field(default_factory=Counter)
    first_day: Counter[str] = field(default_factory=Counter)
    apps: Counter[str] = field(default_factory=Counter)
    bots: int = 0
    """Robots that fetched a whole episode."""

    def sorted(self):
        return sorted(self.lines, key=lambda line: line.at)


def address(random_, *, six=False):
    """One of a household; none is of a data centre."""
    if six:
        return f"2003:{random_.randrange(0x10000):x}:{random_.randrange(1, 0x10000):x}:"
    first, second = random_.choice(((79, 192), (84, 128), (87, 128), (93, 192), (91, 0)))
    return (
        f"{first}.{second + random_.randrange(64)}.{random_.randrange(256)}"
        f".{random_.randrange(1, 255)}"
    )


def crowd(folder, *, listeners=300, days=20, seed=1):
    """People with all their ways to listen, and robots, over *days* from `START` on."""
    r = random.Random(seed)
    made = Crowd()
    published = {e.slug: e.facts.published for e in folder.all()}
    end = START + timedelta(days=days)
    for slug, out in published.items():
        span = (end - out).total_seconds() - 3 * 86400
        if span <= 0:
            continue
        for person in range(listeners):
            at = out + timedelta(seconds=int(min(r.expovariate(1 / 200_000), span - 1)))
            app = r.choice(list(APPS))
            _listen(made, r, slug, at, out, app, person)
        _neighbours(made, r, slug, out + timedelta(hours=30), out)
        _seeming(made, r, slug, out)
    return made


def _counts(made, slug, at, out, app, *, times=1):
    made.downloads[slug] += times
    made.apps[app] += times
    if at - out < timedelta(hours=24):
        made.first_day[slug] += times


def _listen(made, r, slug, at, out, app, person):
    ways = (_whole, _streams, _seeks, _resumes, _too_short, _next_day, _six, _over_midnight)
    way = ways[person % len(ways)]
    way(made, r, slug, at, out, app)


def _line(made, at, who, slug, agent, sent=LENGTH_BYTES, **rest):
    made.lines.append(Line(at=at, address=who, path=path_of(slug), sent=sent, agent=agent, **rest))


def _whole(made, r, slug, at, out, app):
    _line(made, at, address(r), slug, APPS[app], status=200)
    _counts(made, slug, at, out, app)


def _streams(made, r, slug, at, out, app):
    """A player asks for two bytes, then for piece after piece."""
    who, agent = address(r), APPS[app]
    _line(made, at, who, slug, agent, sent=2)
    for piece in range(12):
        _line(
            made, at + timedelta(seconds=1 + 20 * piece), who, slug, agent, sent=LENGTH_BYTES // 12
        )
    _counts(made, slug, at, out, app)


def _seeks(made, r, slug, at, out, app):
    """Forth and back: more bytes than the file has, and one listener all the same."""
    who, agent = address(r), APPS[app]
    for jump in range(5):
        _line(
            made,
            at + timedelta(minutes=jump),
            who,
            slug,
            agent,
            sent=r.randrange(MINUTE, 4 * MINUTE),
        )
    _counts(made, slug, at, out, app)


def _resumes(made, r, slug, at, out, app):
    """Twenty seconds, a walk with the dog, the rest."""
    who, agent = address(r), APPS[app]
    _line(made, at, who, slug, agent, sent=MINUTE // 3)
    _line(made, at + timedelta(hours=5), who, slug, agent, sent=LENGTH_BYTES - MINUTE // 3)
    _counts(made, slug, at, out, app)


def _too_short(made, r, slug, at, out, app):
    who = address(r)
    for piece in range(3):
        _line(made, at + timedelta(seconds=piece), who, slug, APPS[app], sent=MINUTE // 4)


def _next_day(made, r, slug, at, out, app):
    """Heard again a day and an hour later: two downloads."""
    who, agent = address(r), APPS[app]
    later = at + timedelta(hours=25)
    for moment in (at, later):
        _line(made, moment, who, slug, agent)
        _counts(made, slug, moment, out, app)


def _six(made, r, slug, at, out, app):
    """A phone takes another IPv6 address within its network after an hour."""
    network = address(r, six=True)
    for hour in range(3):
        who = f"{network}1:{r.randrange(1, 0x10000):x}:3:4:{hour + 1:x}"
        _line(made, at + timedelta(hours=hour), who, slug, APPS[app])
    _counts(made, slug, at, out, app)


def _over_midnight(made, r, slug, at, out, app):
    who, agent = address(r), APPS[app]
    late = at.replace(hour=23, minute=50, second=r.randrange(60))
    if late < out:
        late += timedelta(days=1)
    _line(made, late, who, slug, agent, sent=MINUTE * 2 // 3)
    _line(made, late + timedelta(minutes=20), who, slug, agent, sent=MINUTE * 2 // 3)
    _counts(made, slug, late, out, app)


def _neighbours(made, r, slug, at, out):
    """Fifty people of one school, all behind one address, with apps and devices of their own."""
    who = address(r)
    for person in range(50):
        app = list(APPS)[person % len(APPS)]
        _line(made, at + timedelta(seconds=person), who, slug, f"{APPS[app]} (device {person})")
        _counts(made, slug, at, out, app)


def _seeming(made, r, slug, out):
    """What fetches whole episodes and is nobody: robots, data centres, a watch, a preview."""
    for number in range(60):
        at = out + timedelta(minutes=7 * number)
        agent = BOTS[number % len(BOTS)]
        _line(made, at, address(r), slug, agent, status=200)
        cloud = f"18.130.{r.randrange(256)}.{r.randrange(1, 255)}"  # Amazon, London
        _line(made, at, cloud, slug, CHROME, status=200)
        made.bots += 2
    for number in range(10):
        at = out + timedelta(minutes=number)
        _line(made, at, address(r), slug, WATCH)
        _line(made, at, address(r), slug, CHROME, method="HEAD", sent=0, status=200)
        _line(made, at, address(r), slug, CHROME, status=404, sent=150)
        _line(made, at, address(r), slug, CHROME, status=304, sent=0)


def country_database(networks: dict[str, str], *, kind: str = "GeoLite2-Country") -> bytes:
    """Return a database of countries as MaxMind's format has it (maxmind.github.io/MaxMind-DB, 2.0).

    *networks* are written as `79.192.0.0/10`, or as `2003::/19`; IPv4 alone makes an IPv4 database.
    """
    whole = [ip_network(network) for network in networks]
    version = 6 if any(network.version == 6 for network in whole) else 4
    nodes: list[list[int | str]] = [["", ""]]
    for network, country in zip(whole, networks.values(), strict=True):
        skipped = 96 if version == 6 and network.version == 4 else 0  # IPv4 lies at ::/96
        bits = "0" * skipped + f"{int(network.network_address):0{network.max_prefixlen}b}"
        at = 0
        path = bits[: skipped + network.prefixlen]
        for bit in path[:-1]:
            if not isinstance(nodes[at][int(bit)], int):
                nodes.append(["", ""])
                nodes[at][int(bit)] = len(nodes) - 1
            at = int(nodes[at][int(bit)])
        nodes[at][int(path[-1])] = country
    data, places = b"", {}
    for country in sorted(set(networks.values())):
        places[country] = len(data)
        data += _mmdb({"country": {"iso_code": country}})
    tree = b""
    for node in nodes:
        for leads in node:
            leaf = (
                len(nodes) + (16 + places[leads] if leads else 0)
                if isinstance(leads, str)
                else leads
            )
            tree += leaf.to_bytes(3, "big")
    about = {
        "binary_format_major_version": _Number(2, "uint16"),
        "binary_format_minor_version": _Number(0, "uint16"),
        "build_epoch": _Number(1_790_000_000, "uint64"),
        "database_type": kind,
        "ip_version": _Number(version, "uint16"),
        "languages": [],
        "node_count": _Number(len(nodes), "uint32"),
        "record_size": _Number(24, "uint16"),
        "description": {},
    }
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + _mmdb(about)


class _Number(NamedTuple):
    value: int
    kind: str


_HEADS = {"uint16": b"\xa2", "uint32": b"\xc4", "uint64": b"\x08\x02"}
"""Type and size of a number; those of more types than fit in three bits have the type behind."""
_SIZES = {"uint16": 2, "uint32": 4, "uint64": 8}


def _mmdb(value: object) -> bytes:
    """One value in the data section: its type and size, then itself."""
    match value:
        case str():
            return bytes([2 << 5 | len(value)]) + value.encode()
        case _Number():
            return _HEADS[value.kind] + value.value.to_bytes(_SIZES[value.kind], "big")
        case dict():
            inside = b"".join(_mmdb(key) + _mmdb(one) for key, one in value.items())
            return bytes([7 << 5 | len(value)]) + inside
        case list():
            return bytes([len(value), 11 - 7]) + b"".join(map(_mmdb, value))
    raise TypeError(value)
