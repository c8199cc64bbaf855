r"""The kinds of access logs: how a line of each becomes address, time, request, answer and agent.

A kind is known by its lines, never by a name. Each has one SELECT of DuckDB over `lines(line)` with
the columns of `COLUMNS`; what it can't read becomes NULL there and is counted as unreadable. A line
is one row whatever is in it, so that one that was cut off never swallows the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from columncast.episodes.errors import SettingsError

COLUMNS = (
    "address",
    "forwarded",
    "moment",
    "method",
    "path",
    "status",
    "sent",
    "referrer",
    "agent",
)
"""`moment` is in seconds since 1970, `sent` in bytes; all others are text as it stands in the log."""

_CLF_TIME = "%d/%b/%Y:%H:%M:%S %z"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of log."""

    name: str
    """As a report calls it."""
    select: str
    """SQL over `lines(line)`, with the columns of `COLUMNS` and `line`."""
    begins: str = ""
    """What lines begin with that are no requests: `#`."""


def kind_of(lines: Sequence[str], format_line: str = "", header: str = "") -> Kind | None:
    """Return the kind of log that *lines*, some of its first, are of; None if they are of none.

    Args:
        lines: With something in them.
        format_line: A format of the producer's own; it goes before all others.
        header: The name of the header that tells the listener's address behind a proxy.
    """
    named = next((line for line in lines if line.startswith("#Fields:")), "")
    lines = [line for line in lines if not line.startswith("#")]
    if format_line:
        own = own_kind(format_line)
        pattern = re.compile(_own_pattern(format_line)[0])
        if not lines or 2 * sum(bool(pattern.match(line)) for line in lines) >= len(lines):
            return own
    if named:
        return _w3c(named)
    found = [_guess(line, header) for line in lines]
    known = [kind for kind in found if kind]
    if not known:
        return None
    best = max(known, key=known.count)
    return best if 2 * known.count(best) >= len(lines) or len(lines) < 3 else None


def _guess(line: str, header: str) -> Kind | None:
    if line.startswith("{"):
        return _json_kind(line, header)
    fields = line.split("|")
    if len(fields) >= 11 and fields[1].isdigit() and re.fullmatch(r"[0-9]{13}", fields[2]):
        return BUNNY
    quoted = line.split('"')
    if len(quoted) < 2:
        return None
    if re.match(r"\S+ \S+ \[\d\d/\w{3}/\d{4}:[\d:]{8} [+-]\d{4}\] \S+ \S+ \S+ [A-Z]+\.", quoted[0]):
        return S3
    clf = r"\S+ .*\[\d\d/\w{3}/\d{4}:[\d:]{8} [+-]\d{4}\] $"
    if re.match(clf, quoted[0]) and len(quoted) >= 6 and re.match(r" \d{3} (\d+|-)", quoted[2]):
        first = quoted[0].split(" ")
        return COMBINED_WITH_HOST if len(first) > 5 and _is_address(first[1]) else COMBINED
    return None


def _is_address(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]+(\.[0-9]+){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+", text))


def _clf(name: str, address: int) -> Kind:
    # nginx writes a quote as \x22, Apache as \": after this there is none left within a field.
    return Kind(
        name=name,
        select=rf"""
        SELECT split_part(q[1], ' ', {address}) AS address, q[8] AS forwarded,
            epoch(try_strptime(substr(q[1], strpos(q[1], '[') + 1, 26), '{_CLF_TIME}')) AS moment,
            split_part(q[2], ' ', 1) AS method, split_part(q[2], ' ', 2) AS path,
            split_part(q[3], ' ', 2) AS status, split_part(q[3], ' ', 3) AS sent,
            q[4] AS referrer, q[6] AS agent, line
        FROM (SELECT line, CASE WHEN len(s) >= 7 THEN s END AS q FROM (
            SELECT line, string_split(CASE WHEN contains(line, '\"')
                THEN replace(replace(line, '\\', '\x5c'), '\"', '\x22') ELSE line END, '"') AS s
            FROM lines))""",
    )


COMBINED = _clf("combined (nginx, Apache)", 1)
COMBINED_WITH_HOST = _clf("combined, with the host before it", 2)
S3 = Kind(
    name="S3 server access",
    select=f"""
    SELECT split_part(split_part(q[1], '] ', 2), ' ', 1) AS address, NULL AS forwarded,
        epoch(try_strptime(substr(q[1], strpos(q[1], '[') + 1, 26), '{_CLF_TIME}')) AS moment,
        split_part(q[2], ' ', 1) AS method, split_part(q[2], ' ', 2) AS path,
        split_part(q[3], ' ', 2) AS status, split_part(q[3], ' ', 4) AS sent,
        q[4] AS referrer, q[6] AS agent, line
    FROM (SELECT line, CASE WHEN len(s) >= 7 THEN s END AS q
        FROM (SELECT line, string_split(line, '"') AS s FROM lines))""",
)
BUNNY = Kind(
    name="Bunny CDN",
    select="""
    SELECT f[6] AS address, NULL AS forwarded, TRY_CAST(f[3] AS BIGINT) / 1000 AS moment,
        'GET' AS method, f[8] AS path, f[2] AS status, f[4] AS sent, f[7] AS referrer,
        f[10] AS agent, line
    FROM (SELECT line, CASE WHEN len(s) >= 11 THEN s END AS f
        FROM (SELECT line, string_split(line, '|') AS s FROM lines))""",
)


def _moment(text: str) -> str:
    """SQL for seconds since 1970 of *text*: a number of s, ms, µs or ns, or ISO 8601 with a zone."""
    number = f"TRY_CAST({text} AS DOUBLE)"
    return f"""CASE WHEN {number} IS NULL THEN
            CASE WHEN regexp_matches({text}, '(Z|z|[+-][0-9]{{2}}:?[0-9]{{2}})$')
                THEN epoch(TRY_CAST({text} AS TIMESTAMPTZ)) END
        WHEN {number} > 1e17 THEN {number} / 1e9 WHEN {number} > 1e14 THEN {number} / 1e6
        WHEN {number} > 1e11 THEN {number} / 1e3 ELSE {number} END"""


def _json_kind(line: str, header: str) -> Kind | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    names: tuple[str, ...]
    if "ClientRequestUserAgent" in found:
        uri = "ClientRequestPath" if "ClientRequestPath" in found else "ClientRequestURI"
        names = ("ClientIP", '"-"', "EdgeStartTimestamp", "ClientRequestMethod", uri)
        names += ("EdgeResponseStatus", "EdgeResponseBytes", "ClientRequestReferer")
        return _json("Cloudflare Logpush", (*names, "ClientRequestUserAgent"))
    if isinstance(found.get("request"), dict) and "ts" in found:
        asked = found["request"]
        address = "client_ip" if "client_ip" in asked and not header else "remote_ip"
        headers = "request.headers."
        forwarded = f'{headers}"{(header or "X-Forwarded-For").title()}"[0]'  # as Go spells them
        names = (f"request.{address}", forwarded, "ts", "request.method", "request.uri")
        names += ("status", "size", f"{headers}Referer[0]", f'{headers}"User-Agent"[0]')
        return _json("Caddy", names)
    if "c-ip" in found and "cs-uri-stem" in found:
        names = ("c-ip", "x-forwarded-for", "timestamp(ms)", "cs-method", "cs-uri-stem")
        names += ("sc-status", "sc-bytes", "cs(Referer)", "cs(User-Agent)")
        return _json(
            "CloudFront v2",
            [f'"{name}"' for name in names],
            date_and_time="timestamp(ms)" not in found,
            encoded=True,
        )
    return None


def _json(
    name: str, paths: Sequence[str], *, date_and_time: bool = False, encoded: bool = False
) -> Kind:
    wanted = [f"'$.{path}'" for path in (*paths, "date", "time")]
    at = "f[10] || 'T' || f[11] || 'Z'" if date_and_time else "f[3]"
    agent = _decoded("f[9]") if encoded else "f[9]"
    return Kind(
        name=name,
        select=f"""
        SELECT f[1] AS address, f[2] AS forwarded, {_moment(at)} AS moment, f[4] AS method,
            f[5] AS path, f[6] AS status, f[7] AS sent, f[8] AS referrer, {agent} AS agent, line
        FROM (SELECT line, CASE WHEN json_valid(line)
            THEN json_extract_string(line, [{", ".join(wanted)}]) END AS f FROM lines)""",
    )


def _decoded(field: str) -> str:
    return f"CASE WHEN contains({field}, '%') THEN url_decode({field}) ELSE {field} END"


def _w3c(named: str) -> Kind | None:
    """A log in W3C's extended form, whose first lines name its fields: CloudFront's standard one."""
    names = named.removeprefix("#Fields:").split()
    separator = "\t" if "x-edge-location" in names else " "
    place = {name: number for number, name in enumerate(names, 1)}

    def field(*options: str) -> str:
        return next((f"f[{place[name]}]" for name in options if name in place), "NULL")

    needed = ("c-ip", "cs-method", "sc-status", "cs(User-Agent)", "date", "time")
    if not all(name in place for name in needed):
        return None
    moment = f"{field('date')} || 'T' || {field('time')} || 'Z'"  # W3C and CloudFront: UTC
    agent = field("cs(User-Agent)")
    plus = f"replace({agent}, '+', ' ')" if separator == " " else agent
    return Kind(
        name="CloudFront standard" if separator == "\t" else "W3C extended",
        begins="#",
        select=f"""
        SELECT {field("c-ip")} AS address, {field("x-forwarded-for")} AS forwarded,
            epoch(TRY_CAST({moment} AS TIMESTAMPTZ)) AS moment, {field("cs-method")} AS method,
            {field("cs-uri-stem")} AS path, {field("sc-status")} AS status,
            {field("sc-bytes")} AS sent, {field("cs(Referer)")} AS referrer,
            {_decoded(plus)} AS agent, line
        FROM (SELECT line, CASE WHEN len(s) >= {len(names)} THEN s END AS f
            FROM (SELECT line, string_split(line, '{separator}') AS s FROM lines))""",
    )


_VARIABLES = {
    "remote_addr": "address",
    "time_local": "local",
    "time_iso8601": "iso",
    "msec": "iso",
    "request": "request",
    "request_method": "method",
    "request_uri": "path",
    "uri": "path",
    "status": "status",
    "body_bytes_sent": "sent",
    "bytes_sent": "sent",
    "http_referer": "referrer",
    "http_user_agent": "agent",
    "http_x_forwarded_for": "forwarded",
}
"""nginx's variables (nginx.org/en/docs/varindex.html), as far as they count; others are passed over."""


def own_kind(format_line: str) -> Kind:
    """Return the kind of logs that are written by *format_line*, nginx's `log_format`.

    Raises:
        SettingsError: Something that counting needs is not in it.
    """
    pattern, names = _own_pattern(format_line)
    known = set(names)
    asked = "request" in known or {"method", "path"} <= known
    if not (asked and {"address", "status", "sent", "agent"} <= known and {"local", "iso"} & known):
        raise SettingsError(
            "[audience] format needs $remote_addr, $http_user_agent, $status, $body_bytes_sent, a "
            "time ($time_local, $time_iso8601, $msec) and $request",
            where="show.toml",
        )

    def field(name: str) -> str:
        return f"f.{name}" if name in known else "NULL"

    local = f"epoch(try_strptime({field('local')}, '{_CLF_TIME}'))"
    method = "split_part(f.request, ' ', 1)" if "request" in known else "f.method"
    path = "split_part(f.request, ' ', 2)" if "request" in known else "f.path"
    quoted = ", ".join(f"'{name}'" for name in names)
    escaped = pattern.replace("'", "''")
    return Kind(
        name="[audience] format",
        select=f"""
        SELECT nullif(f.address, '') AS address, {field("forwarded")} AS forwarded,
            {local if "local" in known else _moment("f.iso")} AS moment, {method} AS method,
            {path} AS path, f.status AS status, f.sent AS sent, {field("referrer")} AS referrer,
            f.agent AS agent, line
        FROM (SELECT line, regexp_extract(line, '{escaped}', [{quoted}]) AS f FROM lines)""",
    )


def _own_pattern(format_line: str) -> tuple[str, list[str]]:
    """The regular expression of a format, and which fields its groups are."""
    parts = re.split(r"\$(?:\{(\w+)\}|(\w+))", format_line)
    pattern, names = "^" + re.escape(parts[0]), []
    for at in range(1, len(parts), 3):
        variable = parts[at] or parts[at + 1]
        literal = parts[at + 2]
        until = f"[^{re.escape(literal[0])}]*" if literal else ".*"
        name = _VARIABLES.get(variable, "")
        if name and name not in names:
            names.append(name)
            pattern += f"({until})"
        else:
            pattern += until
        pattern += re.escape(literal)
    return pattern, names
