"""Millions of log lines into downloads: the door to DuckDB.

Two steps, kept apart for the listeners' sake. A `_Reader` has lines, addresses and user agents in
memory only: its engine has no folder to spill to. What leaves it are numbers and keyed hashes. These
alone come to `Hits`, whose engine may spill them to a folder that is removed afterwards. The key is
made for one run and never written, so no hash can be traced back or compared with another run's.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from columncast.episodes.audience.agents import Agent, agent_of
from columncast.episodes.audience.kinds import Kind, kind_of
from columncast.episodes.audience.libraries import missing
from columncast.episodes.audience.networks import INVALID, MACHINES, PRIVATE, SHORTENED, Addresses
from columncast.episodes.audience.referrers import Referrers
from columncast.episodes.audience.rules import TWO_BYTES, WINDOW_S
from columncast.episodes.audience.sources import Block, Log
from columncast.episodes.building.jobs import Progress, quiet
from columncast.episodes.errors import InputError
from columncast.episodes.show.settings import AudienceRule, AudienceSettings

try:
    import duckdb
except ImportError as e:
    raise missing("DuckDB") from e

DAY_S = 24 * 3600
FORMS = ("mp3", "m4a", "opus")
FEED = -1
"""In the place of an episode: the feed itself."""
REASONS = (
    "",
    "unreadable",
    "clock",
    "other files",
    "requests",
    "status",
    "two-bytes",
    "no address",
    "no-agent",
    "apple-watch",
    "preloads",
    "bots",
    "data-centres",
)
"""Why a line counts for nothing, by number; those that are rules have the rule's name."""
_OF = {reason: number for number, reason in enumerate(REASONS)}

_KINDS = {
    "none": _OF["no-agent"],
    "watch": _OF["apple-watch"],
    "preload": _OF["preloads"],
    "bot": _OF["bots"],
}
AGES_S = (24 * 3600, 7 * DAY_S, 30 * DAY_S)
_AGES = (
    " ".join(f"WHEN first - published < {age} THEN {number}" for number, age in enumerate(AGES_S))
    + f" ELSE {len(AGES_S)}"
)
_READERS = 2
_READER_MEMORY, _HITS_MEMORY = "120MB", "128MB"
_BEFORE_S = 2 * DAY_S  # so long before the first episode the logs of a show may begin
_AHEAD_S = 3600  # a server's clock may be ahead of ours by so much
_LONGEST_AGENT, _LONGEST_REFERRER = 2_000, 500

Column = npt.NDArray[Any]


@dataclass(kw_only=True)
class Tally:
    """What was read, beside the downloads themselves."""

    read: int = 0
    left_out: Counter[tuple[int, int]] = field(default_factory=Counter)
    """How many lines, by day since 1970 (0: not known) and by number of reason."""
    lines: Counter[int] = field(default_factory=Counter)
    """How many readable lines there are of each day."""
    first: int | None = None
    last: int | None = None
    private: int = 0
    shortened: int = 0
    listeners: int = 0
    """Distinct addresses seen, summed over blocks; what the two before are shares of."""
    agents: list[Agent] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    passed_over: list[str] = field(default_factory=list)
    """Files in folders that are no access logs."""
    notes: list[str] = field(default_factory=list)

    def left(self, reason: str) -> int:
        """How many lines were left out for *reason*."""
        number = _OF[reason]
        return sum(n for (_, why), n in self.left_out.items() if why == number)


class _Reader:
    """Reads blocks of one kind after another; one for each thread."""

    def __init__(
        self,
        settings: AudienceSettings,
        episodes: Sequence[Wanted],
        addresses: Addresses,
        secret: bytes,
        now: int,
    ) -> None:
        self._settings, self._addresses, self._secret, self._now = settings, addresses, secret, now
        self._first = min((each.published for each in episodes), default=now) - _BEFORE_S
        self._engine = duckdb.connect(
            ":memory:",
            config={
                "threads": 1,
                "memory_limit": _READER_MEMORY,
                "temp_directory": "",  # lines, addresses and agents are never written
                "preserve_insertion_order": False,
                "allow_unsigned_extensions": False,
                "autoinstall_known_extensions": False,
            },
        )
        self._engine.execute("SET TimeZone = 'UTC'").fetchall()
        files = [
            (f"{each.slug}-.{form}", number, each.scales.get(form, 1.0))
            for number, each in enumerate(episodes)
            for form in FORMS
        ]
        names, numbers, scales = zip(*files, strict=True) if files else ((), (), ())
        self._put(
            "files",
            name=np.array([*names, None], object)[:-1],
            number=np.array(numbers, np.int16),
            scale=np.array(scales, np.float64),
        )
        self._run("CREATE TABLE names AS SELECT * FROM files")

    def read(self, block: Block, kind: Kind, book: _Agents) -> _Numbers:
        """Return what *block*, a part of a log of *kind*, holds, in numbers."""
        self._put("lines", line=np.array(block.lines, object))
        self._run(self._parse(kind))
        self._engine.unregister("lines")
        counted = self._rows(
            "SELECT reason, day, count(*), min(moment), max(moment) FROM parsed GROUP BY ALL"
        )
        who = self._distinct("who")
        keys, flags, codes = self._addresses.read(who)
        self._put(
            "a", who=np.array([*who, None], object)[:-1], key=keys, flags=flags, country=codes
        )
        agents = self._distinct("agent")
        hashes = np.array([self._hash(text) for text in agents], np.uint64)
        numbers = np.array([book.number(agent_of(text)) for text in agents], np.uint32)
        self._put("g", agent=np.array([*agents, None], object)[:-1], key=hashes, number=numbers)
        pages = self._distinct("referrer")
        classes = np.array([book.referrers.of(text) for text in pages], np.uint8)
        self._put("r", referrer=np.array([*pages, None], object)[:-1], class_=classes)
        columns = self._engine.execute("""
            SELECT p.moment, p.episode, p.sent, p.line, a.key AS address, a.flags, a.country,
                g.key AS agent, g.number, r.class_ AS referrer
            FROM parsed p JOIN a USING (who) JOIN g USING (agent) JOIN r USING (referrer)
            WHERE reason = 0""").fetchnumpy()
        self._run("DROP TABLE parsed")
        return _Numbers(
            columns={name: np.ma.getdata(column) for name, column in columns.items()},
            counted=counted,
            overlong=block.overlong,
            addresses=len(who),
            private=int(np.count_nonzero(flags & PRIVATE)),
            shortened=int(np.count_nonzero(flags & SHORTENED)),
        )

    def _parse(self, kind: Kind) -> str:
        on = _On(self._settings)
        who, hops = "address", self._settings.trusted_proxies
        if self._settings.address_header:
            # The rightmost address is the one that the proxy nearest to us saw, and so on leftwards.
            listed = "string_split(replace(coalesce(forwarded, ''), ' ', ''), ',')"
            who = f"{listed}[len({listed}) - {hops - 1}]"
        # `the-ferry-1a2b3c4d.mp3`: the hash changes whenever the tags do; what is around it is the
        # episode. The names that are looked up have their hash taken out: `the-ferry-.mp3`.
        long = "ends_with(name, '.opus')"
        file = f"left(name, CASE WHEN {long} THEN -13 ELSE -12 END)"
        file = f"{file} || right(name, CASE WHEN {long} THEN 5 ELSE 4 END)"
        method = "request <> 'GET'" if on("requests") else "request NOT IN ('GET', 'HEAD', 'POST')"
        answer = "answer NOT IN (200, 206) AND NOT (answer = 304 AND episode = -1)"
        two = f"sent <= {TWO_BYTES} AND episode >= 0" if on("two-bytes") else "false"
        begins = f" WHERE line <> '' AND NOT starts_with(line, '{kind.begins or chr(0x10FFFF)}')"
        return f"""
            CREATE OR REPLACE TEMP TABLE parsed AS
            WITH read AS ({kind.select}{begins}),
            typed AS (SELECT {who} AS who, floor(moment)::BIGINT AS moment, method AS request,
                TRY_CAST(status AS SMALLINT) AS answer, coalesce(TRY_CAST(sent AS BIGINT), 0) AS sent,
                coalesce(referrer, '') AS referrer, coalesce(agent, '') AS agent, line,
                split_part(split_part(path, '?', 1), '/', -1) AS name,
                split_part(split_part(path, '?', 1), '/', -2) AS folder,
                CASE WHEN folder = 'audio' THEN {file} END AS file FROM read),
            found AS (SELECT t.* REPLACE (round(sent * coalesce(scale, 1))::BIGINT AS sent),
                    CASE WHEN folder = 'feed' AND t.name = 'feed.xml' THEN {FEED}
                    ELSE n.number END AS episode
                FROM typed t LEFT JOIN names n ON n.name = t.file),
            judged AS (SELECT *, CASE
                WHEN moment IS NULL OR answer IS NULL OR coalesce(request, '') = '' THEN {_OF["unreadable"]}
                WHEN moment NOT BETWEEN {self._first} AND {self._now + _AHEAD_S} THEN {_OF["clock"]}
                WHEN episode IS NULL THEN {_OF["other files"]}
                WHEN {method} THEN {_OF["requests"]}
                WHEN {answer} THEN {_OF["status"]}
                WHEN {two} THEN {_OF["two-bytes"]} ELSE 0 END AS reason FROM found)
            SELECT reason::UTINYINT AS reason, moment,
                CASE WHEN reason IN ({_OF["unreadable"]}, {_OF["clock"]}) THEN 0
                    ELSE moment // {DAY_S} END AS day,
                episode, sent,
                CASE WHEN reason = 0 THEN coalesce(who, '') END AS who,
                CASE WHEN reason = 0 THEN left(agent, {_LONGEST_AGENT}) END AS agent,
                CASE WHEN reason = 0 THEN left(referrer, {_LONGEST_REFERRER}) END AS referrer,
                CASE WHEN reason = 0 THEN hash(line, {int.from_bytes(self._secret[:7], "big")}) END
                    AS line
            FROM judged"""

    def _hash(self, text: str) -> int:
        digest = blake2b(text.encode("utf-8", "replace"), key=self._secret, digest_size=8).digest()
        return int.from_bytes(digest, "little")

    def _distinct(self, column: str) -> list[str]:
        rows = self._rows(f"SELECT DISTINCT {column} FROM parsed WHERE reason = 0")
        return [text for (text,) in rows]

    def _put(self, table: str, **columns: Column) -> None:
        self._engine.register(table, columns)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._engine.execute(sql).fetchall()

    def _run(self, sql: str) -> None:
        self._engine.execute(sql).fetchall()

    def close(self) -> None:
        """Let go of the memory."""
        self._engine.close()


class _On:
    """Whether a rule is in force."""

    def __init__(self, settings: AudienceSettings) -> None:
        self._off = frozenset(settings.rules_off)

    def __call__(self, rule: AudienceRule) -> bool:
        return rule not in self._off


@dataclass(kw_only=True)
class _Numbers:
    """A block of lines, in numbers and hashes."""

    columns: dict[str, Column]
    counted: list[tuple[int, int, int, int, int]]
    overlong: int
    addresses: int
    private: int
    shortened: int


class _Agents:
    """The agents of all readers, each with a number."""

    def __init__(self, referrers: Referrers) -> None:
        self.referrers = referrers
        self.all: list[Agent] = []
        self._numbers: dict[Agent, int] = {}
        self._lock = threading.Lock()

    def number(self, agent: Agent) -> int:
        with self._lock:
            if agent not in self._numbers:
                self._numbers[agent] = len(self.all)
                self.all.append(agent)
            return self._numbers[agent]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An episode that downloads are counted of."""

    slug: str
    least_bytes: int
    """What a listener was sent at least who heard a minute: header and sound."""
    published: int
    """In seconds since 1970."""
    scales: Mapping[str, float] = field(default_factory=dict)
    """By form of file: what its bytes have to be multiplied with to be those of the enclosure."""


class Downloads(NamedTuple):
    """Downloads that are alike in everything that is reported."""

    day: int
    """Since 1970, in UTC, as the hour is."""
    episode: int
    hour: int
    agent: int
    country: int
    referrer: int
    age: int
    """0 in the first 24 hours of the episode, 1 in the first 7 days, 2 in the first 30, else 3."""
    number: int


class Hits:
    """The requests that count, and what downloads they make."""

    def __init__(
        self,
        folder: Path,
        settings: AudienceSettings,
        episodes: Sequence[Wanted],
        referrers: Referrers,
        *,
        countries: Path | None = None,
        now: float | None = None,
    ) -> None:
        """Spill to *folder*, if need be; nothing but numbers and hashes comes there."""
        self._settings, self._episodes = settings, list(episodes)
        self._on = _On(settings)
        self._now = int(time.time() if now is None else now)
        self._secret = secrets.token_bytes(32)
        self.addresses = Addresses(
            secret=self._secret, whole=not self._on("ipv6-64"), countries=countries
        )
        self._book = _Agents(referrers)
        self.tally = Tally(agents=self._book.all)
        self._sources = 0
        self._engine = duckdb.connect(
            ":memory:",
            config={
                "threads": 2,
                "memory_limit": _HITS_MEMORY,
                "temp_directory": str(folder),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            },
        )
        self._run("""CREATE TABLE hits (listener UBIGINT, moment BIGINT, sent BIGINT, line UBIGINT,
            episode SMALLINT, agent UINTEGER, country USMALLINT, referrer UTINYINT, source UINTEGER)""")

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget everything."""
        self._engine.close()
        self.addresses.__exit__(kind, error, trace)

    def read(self, logs: Sequence[Log], progress: Progress = quiet) -> None:
        """Read all *logs*.

        Raises:
            InputError: One that was named is no access log.
            FolderError: One cannot be read.
        """
        idle: list[_Reader] = []
        readers: list[_Reader] = []

        def work(block: Block, kind: Kind) -> _Numbers:
            reader = idle.pop()
            try:
                return reader.read(block, kind, self._book)
            finally:
                idle.append(reader)

        try:
            for _ in range(_READERS):
                reader = _Reader(
                    self._settings, self._episodes, self.addresses, self._secret, self._now
                )
                readers.append(reader)
            idle += readers
            with ThreadPoolExecutor(_READERS, thread_name_prefix="log") as pool:
                waiting: dict[Future[_Numbers], int] = {}
                for number, block, kind in self._blocks(logs, progress):
                    if len(waiting) > _READERS:  # no more than one block ahead
                        self._take(waiting)
                    waiting[pool.submit(work, block, kind)] = number
                while waiting:
                    self._take(waiting)
        finally:
            for reader in readers:
                reader.close()
        self._sources = len(logs)

    def _take(self, waiting: dict[Future[_Numbers], int]) -> None:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            self._add(future.result(), waiting.pop(future))

    def _blocks(self, logs: Sequence[Log], progress: Progress) -> Iterator[tuple[int, Block, Kind]]:
        for number, log in enumerate(logs):
            progress("logs", number / len(logs))
            kind: Kind | None = None
            for block in log.blocks():
                if kind is None:
                    some = [line for line in block.lines[:200] if line.strip()][:50]
                    if not some:
                        continue
                    kind = kind_of(some, self._settings.format, self._settings.address_header)
                    if kind is None:
                        self._strange(log)
                        break
                    self.tally.kinds[kind.name] += 1
                yield number, block, kind
            self.tally.notes += [f"{log.name} {note}" for note in log.notes]

    def _strange(self, log: Log) -> None:
        if log.asked:
            raise InputError(
                "is not an access log of a kind that is known (combined, CloudFront, S3, Cloudflare, "
                "Caddy, Bunny); name another one's [audience] format in show.toml; nothing was counted",
                where=log.name,
            )
        self.tally.passed_over.append(log.name)

    def _add(self, found: _Numbers, source: int) -> None:
        """Take a block: count what is left out, and put the rest with the others."""
        tally, columns = self.tally, found.columns
        tally.read += found.overlong
        tally.left_out[0, _OF["unreadable"]] += found.overlong
        for reason, day, lines, first, last in found.counted:
            tally.read += lines
            if reason:
                tally.left_out[day, reason] += lines
            if reason not in (_OF["unreadable"], _OF["clock"]):
                tally.lines[day] += lines
                tally.first = first if tally.first is None else min(first, tally.first)
                tally.last = last if tally.last is None else max(last, tally.last)
        tally.listeners += found.addresses
        tally.private += found.private
        tally.shortened += found.shortened
        reasons = self._reasons(columns)
        days = columns["moment"] // DAY_S
        kinds, counts = np.unique(
            days[reasons > 0] * len(REASONS) + reasons[reasons > 0], return_counts=True
        )
        for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True):
            tally.left_out[divmod(kind, len(REASONS))] += count
        kept = reasons == 0
        self._engine.register(
            "new",
            {
                # Both are keyed hashes of 64 bits, so their sum is one, too.
                "listener": (columns["address"] + columns["agent"])[kept],
                "moment": columns["moment"][kept],
                "sent": columns["sent"][kept],
                "line": columns["line"][kept],
                "episode": columns["episode"][kept],
                "agent": columns["number"][kept],
                "country": columns["country"][kept],
                "referrer": columns["referrer"][kept],
                "source": np.full(int(kept.sum()), source, np.uint32),
            },
        )
        self._run("INSERT INTO hits SELECT * FROM new")
        self._engine.unregister("new")

    def _reasons(self, columns: dict[str, Column]) -> Column:
        agents = self._book.all
        kinds = np.array([_KINDS.get(agent.kind, 0) for agent in agents] or [0], np.int64)
        claims = np.array([agent.subscribers > 0 for agent in agents] or [False])
        unasked = np.array([agent.preloads for agent in agents] or [False])
        number, feed = columns["number"], columns["episode"] == FEED
        reasons = kinds[number]
        unsent = unasked[number] & (columns["referrer"] == 0) & ~feed
        reasons = np.where((reasons == 0) & unsent, _OF["preloads"], reasons)
        machines = (columns["flags"] & MACHINES) > 0
        off = [_OF[rule] for rule in self._settings.rules_off if rule in _OF]
        reasons = np.where(np.isin(reasons, off), 0, reasons)
        if self._on("data-centres"):
            reasons = np.where((reasons == 0) & machines, _OF["data-centres"], reasons)
        # Who fetches the feed for many may be a robot in a data centre: that is its business.
        reasons = np.where(feed & claims[number], 0, reasons)
        nobody = (columns["flags"] & INVALID) > 0
        return np.where(nobody, _OF["no address"], reasons).astype(np.int64)

    def count(self) -> None:
        """Make downloads of what was read; `downloads`, `requests` and `fetchers` tell of them."""
        self._without_copies()
        wanted = self._episodes
        self._engine.register(
            "wanted",
            {
                "episode": np.arange(len(wanted), dtype=np.int16),
                "least": np.array(
                    [each.least_bytes if self._on("one-minute") else 0 for each in wanted], np.int64
                ),
                "published": np.array([each.published for each in wanted], np.int64),
            },
        )
        if not self._on("once-a-day"):
            self._run("""CREATE TABLE windows AS SELECT listener, episode, moment AS first,
                    moment AS last, sent, 1::BIGINT AS lines, agent, country, referrer
                FROM hits WHERE episode >= 0""")
            return
        self._run("""CREATE TABLE windows AS SELECT listener, episode, min(moment) AS first,
                max(moment) AS last, sum(sent)::BIGINT AS sent, count(*)::BIGINT AS lines,
                min(agent) AS agent, min(country) AS country,
                arg_min(referrer, moment) AS referrer
            FROM hits WHERE episode >= 0 GROUP BY listener, episode""")
        self._split()

    def _without_copies(self) -> None:
        """Count a line once that is in several logs: a rotated one, and its copy.

        A line may well be twice in one log, so it stays as often as in the log that has it most.
        """
        if self._sources < 2:
            return
        self._run("""CREATE TABLE copies AS SELECT line FROM hits GROUP BY line
            HAVING min(source) <> max(source)""")
        self._run("""DELETE FROM hits USING (
                SELECT line, arg_max(source, times) AS source FROM (
                    SELECT line, source, count(*) AS times FROM hits SEMI JOIN copies USING (line)
                    GROUP BY line, source) GROUP BY line) AS kept
            WHERE hits.line = kept.line AND hits.source <> kept.source""")
        self._run("DROP TABLE copies")

    def _split(self) -> None:
        """Cut what is spread over more than a day into windows, each from its first request on."""
        self._run(f"""CREATE TABLE spread AS SELECT listener, episode FROM windows
            WHERE last - first >= {WINDOW_S}""")
        self._run(f"DELETE FROM windows WHERE last - first >= {WINDOW_S}")
        rows = self._engine.cursor().execute("""
            SELECT listener, episode, moment, sent, agent, country, referrer
            FROM hits SEMI JOIN spread USING (listener, episode) ORDER BY listener, episode, moment""")
        made: list[list[int]] = []
        while some := rows.fetchmany(50_000):
            for listener, episode, at, sent, agent, country, referrer in some:
                last = made[-1] if made else None
                if last and last[:2] == [listener, episode] and at - last[2] < WINDOW_S:
                    last[3] = at
                    last[4] += sent
                    last[5] += 1
                else:
                    made.append([listener, episode, at, at, sent, 1, agent, country, referrer])
            self._append(made[:-1])
            del made[:-1]
        self._append(made)

    def _append(self, made: list[list[int]]) -> None:
        if made:
            columns = np.array(made, np.uint64).T
            self._engine.register("made", {f"c{n}": column for n, column in enumerate(columns)})
            self._run("INSERT INTO windows SELECT * FROM made")

    def downloads(self) -> list[Downloads]:
        """Return the downloads, alike ones together."""
        rows = self._rows(f"""SELECT first // {DAY_S}, w.episode, first % {DAY_S} // 3600, agent,
                country, referrer, CASE {_AGES} END, count(*)
            FROM windows w JOIN wanted USING (episode) WHERE sent >= least GROUP BY ALL ORDER BY ALL""")
        return [Downloads(*row) for row in rows]

    def too_little(self) -> int:
        """Return how many lines are of listeners who were sent less than a minute."""
        rows = self._rows("""SELECT coalesce(sum(lines), 0)::BIGINT FROM windows
            JOIN wanted USING (episode) WHERE sent < least""")
        return int(rows[0][0])

    def requests(self) -> dict[int, list[int]]:
        """Return how many requests of each day counted for something, by ten minutes."""
        days: dict[int, list[int]] = {}
        for part, number in self._rows("SELECT moment // 600, count(*) FROM hits GROUP BY ALL"):
            days.setdefault(part // 144, [0] * 144)[part % 144] = number
        return days

    def fetchers(self) -> list[tuple[int, int, int]]:
        """Return day, agent, and how many fetched the feed by it on that day."""
        return self._rows(f"""SELECT moment // {DAY_S}, agent, count(DISTINCT listener) FROM hits
            WHERE episode = {FEED} GROUP BY ALL ORDER BY ALL""")

    def _run(self, sql: str) -> None:
        self._engine.execute(sql).fetchall()

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._engine.execute(sql).fetchall()
