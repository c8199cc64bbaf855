"""Listeners counted in a host's own logs: against known truth, by each rule, never twice, in private."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import random
import shutil
import sys
import zipfile
from collections import defaultdict
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import audience_builders
import boto3
import pytest
from audience_builders import (
    APPS,
    BASE,
    BOTS,
    CHROME,
    CLOUDFRONT_HEAD,
    IPHONE,
    LENGTH_BYTES,
    MINUTE,
    START,
    WATCH,
    Line,
    add_episode,
    country_database,
    crowd,
    listening_show,
    path_of,
)

from columncast.episodes.audience import engine, sources
from columncast.episodes.audience.agents import agent_of
from columncast.episodes.audience.as_json import as_csv, as_json
from columncast.episodes.audience.count import count_listeners
from columncast.episodes.audience.networks import MACHINES, UNKNOWN, Addresses
from columncast.episodes.audience.rules import RULES
from columncast.episodes.audience.text import told
from columncast.episodes.errors import InputError, SettingsError, UsageError
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview.draft import read_draft
from columncast.feed.preview.page import _glance

NOON = START + timedelta(hours=12)
LATER = START + timedelta(days=60)
FERRY = path_of("the-ferry")


@pytest.fixture(scope="module")
def three_weeks(tmp_path_factory):
    """A show of three episodes, a week apart; copied for each test."""
    return listening_show(tmp_path_factory.mktemp("quay") / "show").root


@pytest.fixture
def quay(three_weeks, tmp_path):
    """A show of three episodes, a week apart."""
    shutil.copytree(three_weeks, tmp_path / "show")
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def wrote(tmp_path):
    """Write lines as a log; return where it is."""

    def write(*lines, name="access.log"):
        path = tmp_path / name
        text = "".join(f"{line if isinstance(line, str) else line.combined()}\n" for line in lines)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        return str(path)

    return write


def count(folder, *logs, now=LATER, **rest):
    return count_listeners(folder, logs, now=now, **rest)


def downloads(found, slug="the-ferry", age="all"):
    (episode,) = [each for each in found.episodes if each.known.slug == slug]
    return episode.downloads[age]


def play(minutes=0, who="79.200.1.1", **rest):
    """One listener's request."""
    return Line(at=NOON + timedelta(minutes=minutes), address=who, path=FERRY, **rest)


def with_setting(folder, table):
    """The show with `[audience]` in its show.toml."""
    path = folder.root / "show.toml"
    path.write_text(f"{path.read_text()}\n[audience]\n{table}\n")
    return ShowFolder(folder.root)


# against known truth


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_count_of_a_crowd_is_within_a_hundredth_of_the_truth(quay, wrote, seed):
    people = crowd(quay, seed=seed)

    found = count(quay, wrote(*people.sorted()))

    for slug, truth in people.downloads.items():
        assert abs(downloads(found, slug) - truth) <= 0.01 * truth, slug
        first_day = people.first_day[slug]
        assert abs(downloads(found, slug, "24h") - first_day) <= 0.02 * first_day, slug
    for app, truth in people.apps.items():
        assert abs(found.total("apps")[app] - truth) <= 0.01 * truth, app


def test_at_most_one_robot_in_two_hundred_is_let_through(quay, wrote):
    people = crowd(quay, listeners=0)
    robots = [line for line in people.lines if line.agent not in APPS.values()]
    robots = [line for line in robots if "(device" not in line.agent]

    found = count(quay, wrote(*robots))

    assert people.bots > 300
    assert sum(downloads(found, slug) for slug in people.downloads) <= 0.005 * people.bots


def op3(lines):
    """Count by OP3's published rules (worker/backend/downloads.ts, bots.ts), line after line.

    A GET for more than two bytes, or for `bytes=0-1`, is a download, once a UTC day for each address,
    user agent, referrer and URL; robots are taken out. What was really sent does not matter.
    """
    seen = defaultdict(set)
    for line in lines:
        kind = agent_of(line.agent).kind
        if line.method == "GET" and line.status in (200, 206) and kind in ("app", "web"):
            who = (line.address, line.agent, line.referrer)
            seen[line.path].add((line.at.date(), who))
    return {path: len(found) for path, found in seen.items()}


def test_every_difference_to_op3_is_one_of_five_that_can_be_named(quay, wrote):
    """
    OP3 sees requests before they are answered, knows no /64 and no list of networks, and its day ends
    at midnight UTC. Taking those differences out one by one leaves none.
    """
    people = crowd(quay)
    lines = [line for line in people.sorted() if line.path == FERRY]
    found = count(quay, wrote(*lines))
    theirs = op3(lines)[FERRY]

    too_short = {
        (line.address, line.agent)
        for line in lines
        if line.status == 206 and line.sent == MINUTE // 4
    }
    clouds = [line for line in lines if line.address.startswith("18.130.") and line.agent == CHROME]
    rotated = [line for line in lines if line.address.startswith("2003:")]
    networks = {(line.address.split(":")[1:3][0], line.address.split(":")[2]) for line in rotated}
    heard = [
        line
        for line in lines
        if line.agent in APPS.values() and (line.address, line.agent) not in too_short
    ]
    days = defaultdict(set)
    for line in heard:
        if line not in rotated and line.sent != 2:
            days[line.address, line.agent].add(line.at.date())
    over_midnight = sum(
        len(dates) - 1
        for who, dates in days.items()
        if len(dates) > 1 and _span(heard, who) < timedelta(hours=24)
    )

    explained = theirs - len(too_short) - over_midnight
    explained -= len(rotated) - len(networks)
    explained -= _caught(clouds)
    assert theirs > downloads(found)
    assert abs(explained - downloads(found)) <= 3, (theirs, explained, downloads(found))


def _span(lines, who):
    times = [line.at for line in lines if (line.address, line.agent) == who]
    return max(times) - min(times)


def _caught(lines):
    flags = Addresses(secret=b"k" * 32).read([line.address for line in lines])[1]
    return int((flags & MACHINES > 0).sum())


# kinds of logs


def test_each_kind_of_log_is_known_by_its_lines_and_gives_the_same_count(quay, wrote):
    people = crowd(quay, listeners=80)
    lines = people.sorted()
    kinds = {
        "combined": [line.combined() for line in lines],
        "S3": [line.s3() for line in lines],
        "CloudFront standard": [CLOUDFRONT_HEAD[:-1], *(line.cloudfront() for line in lines)],
        "CloudFront v2": [line.cloudfront_json() for line in lines],
        "Cloudflare": [line.cloudflare() for line in lines],
        "Caddy": [line.caddy() for line in lines],
        "Bunny": [line.bunny() for line in lines if line.method == "GET"],
    }

    for name, text in kinds.items():
        shutil.rmtree(quay.audience, ignore_errors=True)

        found = count(quay, wrote(*text, name="no-name"))

        assert name in found.reading.kinds[0]
        assert 0 == found.reading.unreadable, name
        for slug, truth in people.downloads.items():
            assert abs(downloads(found, slug) - truth) <= 0.01 * truth, (name, slug)


def test_a_format_of_ones_own_is_read_as_nginx_would_write_it(quay, wrote):
    line = (
        '$remote_addr [$time_iso8601] $status $body_bytes_sent "$request" "$http_user_agent" $host'
    )
    folder = with_setting(quay, f"format = '{line}'")
    written = [
        f'79.200.1.{n} [{NOON.isoformat()}] 206 {LENGTH_BYTES} "GET {FERRY} HTTP/2" '
        f'"{APPS["Castro"]}" cast.example'
        for n in range(7)
    ]

    found = count(folder, wrote(*written, "79.200.1.9 [nonsense"))

    assert 7 == downloads(found)
    assert 1 == found.reading.unreadable


def test_a_format_without_what_counting_needs_is_refused(quay, wrote):
    folder = with_setting(quay, "format = '$remote_addr \"$http_user_agent\" $status'")

    with pytest.raises(SettingsError, match="needs"):
        count(folder, wrote(play()))


def test_logs_are_read_packed_from_folders_patterns_and_standard_input(quay, tmp_path, monkeypatch):
    text = play().combined().encode() + b"\n"
    home = tmp_path / "logs"
    (home / "deep").mkdir(parents=True)
    (home / "access.log.2.gz").write_bytes(gzip.compress(text))
    (home / "deep" / "access").write_bytes(bz2.compress(text.replace(b"1.1 ", b"1.2 ", 1)))
    (home / "error.log").write_text("2026/11/02 12:00:00 [error] 12#12: *1 open() failed\n" * 4)
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(text.replace(b"1.1 ", b"1.3 ", 1)))
    )

    found = count(quay, str(home), str(home / "*.gz"), "-")

    assert 3 == downloads(found)
    assert 3 == found.reading.read
    assert any("error.log" in note for note in found.notes)


def test_the_small_logs_of_a_bucket_are_read_in_batches(quay, bucket, s3_server, monkeypatch):
    store = boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1")
    for number in range(30):
        line = play(number, who=f"79.200.1.{number + 1}").s3()
        store.put_object(Bucket=bucket, Key=f"logs/2026-11-02-{number}", Body=f"{line}\n".encode())
    settings = quay.root / "show.toml"
    place = f'[publish.web]\nkind = "s3"\nbucket = "{bucket}"\nendpoint_url = "{s3_server}"'
    settings.write_text(f"{settings.read_text()}\n{place}\n")
    monkeypatch.setattr(sources, "_OBJECTS_AT_ONCE", 7)

    found = count(with_setting(quay, f"logs = ['s3://{bucket}/logs/']"))

    assert 30 == downloads(found)
    assert ("S3 server access",) == found.reading.kinds


def test_logs_that_show_toml_names_are_read_without_naming_them(quay, wrote, columncast):
    log = wrote(play())
    with_setting(quay, f"logs = ['{log}']")

    result = columncast("-C", quay.root, "audience", "--json")

    told_ = json.loads(result.out)
    assert 0 == result.code, result.err
    assert {"24h": 1, "7d": 1, "30d": 1, "all": 1} == told_["episodes"][-1]["downloads"]


def test_a_time_is_read_with_its_zone(quay, wrote):
    early = START + timedelta(days=1, hours=6, minutes=-1)
    lines = [Line(at=early, address=f"79.200.1.{n}", path=FERRY) for n in range(2)]

    found = count(quay, wrote(lines[0].combined(zone="-0800"), lines[1].combined(zone="+0900")))

    assert 2 == downloads(found, age="24h")


# rules


RULED = {
    "requests": play(method="POST"),
    "one-minute": play(sent=MINUTE - 1),
    "two-bytes": play(sent=2),
    "bots": play(agent=BOTS[1]),
    "no-agent": play(agent=""),
    "data-centres": play(who="52.95.110.1"),
    "apple-watch": play(agent=WATCH),
    "preloads": play(agent=f"{CHROME} OPR/111.0.0.0"),
}


@pytest.mark.parametrize("rule", RULED)
def test_a_rule_leaves_out_what_it_names_and_can_be_switched_off(quay, wrote, rule):
    log = wrote(play(who="79.200.1.2"), RULED[rule])

    found = count(quay, log)

    assert 1 == downloads(found)
    assert 1 == found.reading.left_out[rule]
    # An answer of two bytes has no minute either, so it counts only without both.
    off = [rule, "one-minute"] if rule == "two-bytes" else [rule]
    found = count(with_setting(quay, f"rules_off = {off}"), log)
    assert 2 == downloads(found)
    assert rule not in [each.name for each in found.rules]


def test_a_listener_counts_once_within_24_hours_of_the_first_request(quay, wrote):
    log = wrote(play(), play(60), play(24 * 60 - 1), play(24 * 60), play(30 * 60))

    assert 2 == downloads(count(quay, log))
    assert 5 == downloads(count(with_setting(quay, "rules_off = ['once-a-day']"), log))


def test_an_ipv6_address_counts_by_its_network(quay, wrote):
    log = wrote(*(play(n, who=f"2003:e1:1:1:aaaa::{n + 1}") for n in range(4)))

    assert 1 == downloads(count(quay, log))
    assert 4 == downloads(count(with_setting(quay, "rules_off = ['ipv6-64']"), log))


def test_people_behind_one_address_are_told_apart_by_what_they_listen_with(quay, wrote):
    log = wrote(*(play(n, agent=f"{IPHONE} {n}") for n in range(50)))

    assert 50 == downloads(count(quay, log))


def test_a_file_that_was_tagged_anew_is_the_same_episode(quay, wrote):
    lines = [play(sent=MINUTE // 2), play(1, sent=MINUTE // 2)]
    lines[1].path = path_of("the-ferry", "99999999")

    assert 1 == downloads(count(quay, wrote(*lines)))


def test_a_short_episode_counts_when_all_of_it_was_sent(tmp_path, wrote, monkeypatch):
    monkeypatch.setattr(audience_builders, "LENGTH_S", 45.0)
    folder = listening_show(tmp_path / "show")

    found = count(folder, wrote(play(sent=LENGTH_BYTES), play(who="79.1.1.1", sent=MINUTE)))

    assert 1 == downloads(found)


def test_every_rule_is_reported_with_its_source(quay, wrote):
    document = as_json(count(quay, wrote(play())))

    assert {rule.name for rule in RULES} == {rule["name"] for rule in document["rules"]}
    assert all(rule["source"] and rule["text"] for rule in document["rules"])


# the listener's address


def test_behind_a_proxy_the_address_is_the_one_that_a_trusted_hop_saw(quay, wrote):
    folder = with_setting(quay, "address_header = 'X-Forwarded-For'\ntrusted_proxies = 2")
    chains = ["6.6.6.6, 79.200.1.1, 10.0.0.9", "7.7.7.7, 79.200.1.1, 10.0.0.9", "10.0.0.9", "-"]

    found = count(
        folder, wrote(*(play(who="10.0.0.1").combined(further=f' "{c}"') for c in chains))
    )

    assert 1 == downloads(found)
    assert 2 == found.reading.left_out["no address"]


def test_addresses_of_a_proxy_are_noticed(quay, wrote):
    found = count(quay, wrote(*(play(who=f"10.0.0.{n}") for n in range(1, 30))))

    assert any("address_header" in note for note in found.notes)


@pytest.mark.parametrize("shape", ["79.{}.4.0", "2003:{}::"])
def test_shortened_addresses_are_noticed_and_counts_called_lower_bounds(quay, wrote, shape):
    found = count(quay, wrote(*(play(who=shape.format(n)) for n in range(1, 60))))

    assert any("lower bounds" in note for note in found.notes)


# never twice


def test_a_log_that_is_read_again_adds_nothing(quay, wrote):
    people = crowd(quay, listeners=60)
    log = wrote(*people.sorted())

    first, again = count(quay, log), count(quay, log)

    assert first.downloads == again.downloads
    assert () == again.booked


def test_rotated_overlapping_and_longer_logs_add_up_to_what_one_log_would(quay, wrote, tmp_path):
    people = crowd(quay, listeners=120)
    lines = [line.combined() for line in people.sorted()]
    whole = count(listening_show(tmp_path / "other"), wrote(*lines, name="whole.log"))
    end = len(lines)
    parts = [(0, end // 3), (end // 5, end // 2), (end // 5, 3 * end // 4), (end // 3, end)]

    for number, (first, last) in enumerate(parts):
        old = wrote(*lines[first : (first + last) // 2], name=f"{number}.1")
        new = wrote(*lines[(first + last) // 3 : last], name=f"{number}.log")
        found = count(quay, old, new)

    assert whole.days == found.days
    assert as_json(whole)["episodes"] == as_json(found)["episodes"]


def test_a_line_that_is_in_two_logs_counts_once_and_one_that_is_twice_in_a_log_counts_twice(
    quay, wrote
):
    half = play(sent=MINUTE // 2)
    other = play(who="79.200.1.2", sent=MINUTE // 2)

    found = count(quay, wrote(half, half, other, name="a"), wrote(half, other, name="b"))

    assert 1 == downloads(found)


def test_only_windows_that_are_closed_for_a_day_are_booked(quay, wrote):
    lines = [play(60 * hour, who=f"79.200.1.{hour}") for hour in range(1, 100)]
    log = wrote(*lines)

    found = count(quay, log)

    # The last line is of Friday 15:00. Tuesday's last window has ended on Wednesday at midnight at
    # the latest, which is a day before; Wednesday's may have ended a day later.
    assert ("2026-11-02", "2026-11-03") == found.booked
    assert ("2026-11-04", "2026-11-05", "2026-11-06") == found.provisional
    assert 99 == downloads(found)


def test_what_was_provisional_is_counted_again_from_the_logs(quay, wrote):
    lines = [play(60 * hour, who=f"79.200.1.{hour}") for hour in range(1, 100)]
    count(quay, wrote(*lines[:50]))

    assert 99 == downloads(count(quay, wrote(*lines)))


def test_a_book_lives_on_when_its_logs_are_gone_and_the_gap_is_named(quay, wrote):
    lines = [play(60 * hour, who=f"79.200.1.{hour}") for hour in range(1, 200)]
    count(quay, wrote(*lines[:100]))

    found = count(quay, wrote(*lines[150:]))

    assert 11 + 24 + 49 == downloads(found)
    assert ("2026-11-04", "2026-11-05", "2026-11-06", "2026-11-07") == found.gaps
    assert any("no logs of 2026-11-04" in note for note in found.notes)


def test_earlier_hours_that_come_to_light_replace_a_day_and_are_never_added_to_it(quay, wrote):
    lines = [play(60 * hour, who=f"79.200.1.{hour}") for hour in range(1, 100)]
    count(quay, wrote(*lines[5:]))

    found = count(quay, wrote(*lines))

    assert ("2026-11-02",) == found.booked
    assert 99 == downloads(found)


def test_the_log_of_another_server_does_not_replace_what_was_booked(quay, wrote):
    lines = [play(30 * half, who=f"79.200.1.{half}") for half in range(1, 240)]
    first = count(quay, wrote(*lines[:180:3], *lines[180:]))

    found = count(quay, wrote(*(line for n, line in enumerate(lines) if n % 3 or n >= 180)))

    assert {first.days[day] for day in first.booked} == {found.days[day] for day in first.booked}
    assert any("[audience] machine" in note for note in found.notes)


def test_a_stray_line_of_years_ago_makes_no_days(tmp_path, wrote):
    folder = listening_show(tmp_path / "show")
    add_episode(folder, "the-old", START - timedelta(days=3_000))
    stray = Line(at=START - timedelta(days=2_000), address="79.1.1.1", path="/")

    found = count(folder, wrote(stray, *(play(n, who=f"79.200.1.{n}") for n in range(1, 99))))

    assert 98 == found.downloads
    assert ["2026-11-02"] == [day for day, number in found.days.items() if number]
    assert 2 == len(found.days)


def test_a_killed_run_books_nothing_and_leaves_nothing(quay, wrote, monkeypatch):
    lines = [play(60 * hour, who=f"79.200.{hour // 250}.{hour % 250}") for hour in range(1, 1400)]

    class KilledError(BaseException):
        pass

    def killed(*_):
        raise KilledError

    monkeypatch.setattr("columncast.episodes.disk.journal.complete", lambda _: killed())
    with pytest.raises(KilledError):
        count(quay, wrote(*lines))
    monkeypatch.undo()

    # The journal was written, so the next run completes it: all months at once, and once.
    found = count(ShowFolder(quay.root), wrote(*lines))
    assert 1399 == downloads(found)
    assert () == found.booked
    assert {"2026-11.jsonl", "2026-12.jsonl"} == {path.name for path in quay.audience.iterdir()}


def test_counts_of_several_machines_add_up(quay, wrote):
    lines = [play(60 * hour, who=f"79.200.1.{hour}") for hour in range(1, 200)]
    count(with_setting(quay, "machine = 'edge-1'"), wrote(*lines[::2]))
    settings = quay.root / "show.toml"
    settings.write_text(settings.read_text().replace("edge-1", "edge-2"))

    found = count(ShowFolder(quay.root), wrote(*lines[1::2]))

    booked = [line for line in lines if f"{line.at:%Y-%m-%d}" in found.booked]
    assert len(booked) == sum(found.days[day] for day in found.booked)


def test_a_damaged_book_is_refused_with_its_line(quay, wrote):
    lines = [play(60 * hour, who=f"79.200.1.{hour}") for hour in range(1, 100)]
    count(quay, wrote(*lines))
    book = quay.audience / "2026-11.jsonl"
    book.write_text(book.read_text() + '{"day": "2026-11-0')

    with pytest.raises(SettingsError, match=r"2026-11.jsonl: line 3 is damaged"):
        count(quay, wrote(*lines))


# privacy


def test_no_address_and_no_user_agent_is_ever_written(quay, wrote, monkeypatch, tmp_path):
    """The engine is made to spill all it has, and every byte on disk is looked through."""
    people = crowd(quay, listeners=400)
    monkeypatch.setattr(engine, "_HITS_MEMORY", "6MB")
    monkeypatch.setattr(sources, "BLOCK_BYTES", 100_000)
    log = wrote(*people.sorted())
    written = set()

    def look():
        for path in quay.root.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                written.add(path.relative_to(quay.root).as_posix())
                for secret in secrets:
                    assert secret not in data, path

    secrets = {line.address.encode() for line in people.lines if len(line.address) > 10}
    secrets = set(random.Random(1).sample(sorted(secrets), 60))
    secrets |= {agent.encode() for agent in (*APPS.values(), CHROME, WATCH, BOTS[0])}
    counted = engine.Hits.count

    def spied(self):
        self._run("CREATE TABLE more AS SELECT h.* FROM hits h, range(60)")
        look()
        counted(self)
        look()

    monkeypatch.setattr(engine.Hits, "count", spied)
    found = count(quay, log)
    look()

    assert sum(people.downloads.values()) <= found.downloads
    assert any("duckdb_temp" in name for name in written), "nothing was spilled"
    assert not list(quay.root.rglob("*duckdb_temp*"))


def test_what_a_reader_holds_can_not_be_spilled(quay, wrote, monkeypatch):
    seen = []
    read = engine._Reader.read

    def spied(self, *given):
        seen.append(self._rows("SELECT current_setting('temp_directory')")[0][0])
        return read(self, *given)

    monkeypatch.setattr(engine._Reader, "read", spied)
    count(quay, wrote(play()))

    assert [""] == seen


# figures


def test_figures_of_an_age_that_the_logs_do_not_hold_are_marked(quay, wrote):
    found = count(quay, wrote(*(play(60 * h, who=f"79.200.1.{h}") for h in range(1, 100))))

    ferry = as_json(found)["episodes"][-1]
    assert {"24h": False, "7d": False, "30d": False} == ferry["complete"]
    assert "no logs" in ferry["no_trend"]


def test_an_episode_is_compared_with_the_median_of_earlier_ones_at_its_age(tmp_path, wrote):
    slugs = ["one", "two", "three", "four"]
    folder = listening_show(tmp_path / "show", slugs, every=1)
    heard = {"one": 4, "two": 10, "three": 6, "four": 9}
    around = (START - timedelta(hours=1), START + timedelta(days=4, hours=12))
    lines = [Line(at=at, address="79.1.1.1", path="/") for at in around]
    for episode in folder.all():
        for person in range(heard[episode.slug]):
            at = episode.facts.published + timedelta(minutes=person)
            lines.append(Line(at=at, address=f"79.200.1.{person}", path=path_of(episode.slug)))

    found = count(folder, wrote(*lines), now=START + timedelta(days=5))

    newest = found.episodes[0]
    assert 0.5 == newest.trend.change
    assert 6 == newest.trend.median
    assert "+50 % at 24h" in "\n".join(told(found))


def test_subscribers_are_those_that_apps_tell_of_and_those_that_fetch_the_feed(quay, wrote):
    feed = "/feed/feed.xml"
    sync = "Overcast/1.0 Podcast Sync ({} subscribers; feed-id=1; +http://overcast.fm/)"
    cloud = "52.95.110.1"
    lines = [
        play(0, who=cloud, agent=sync.format(40)),
        play(9, who=cloud, agent=sync.format(41)),
        *(play(n, who=f"79.200.1.{n}") for n in range(5)),
        play(3, who="79.200.1.3"),
        play(4, who=cloud, agent=BOTS[0]),
    ]
    for line in lines:
        line.path = feed

    found = count(quay, wrote(*lines, play(60 * 24 * 9)))

    assert {"Overcast": 41, "AntennaPod": 5} == found.subscribers
    assert 41 == found.claimed


def test_plays_on_pages_are_told_apart_by_where_they_were(quay, wrote):
    pages = {
        "page": f"{BASE}feed/the-ferry/",
        "embed": f"{BASE}feed/the-ferry/embed.html",
        "site": f"{audience_builders.SITE}columns/the-ferry",
        "search": "https://www.google.com/",
        "social": "https://www.reddit.com/r/ferries",
        "elsewhere": "https://blog.example/",
        "none": "-",
    }

    found = count(
        quay,
        wrote(
            play(),
            *(
                play(who=f"79.200.2.{n}", agent=CHROME, referrer=page)
                for n, page in enumerate(pages.values(), 1)
            ),
        ),
    )

    assert dict.fromkeys(pages, 1) == found.total("referrers")
    assert 7 == as_json(found)["web"]


def test_the_best_hour_is_one_of_the_shows_own_time_zone(quay, wrote):
    path = quay.root / "show.toml"
    lines = [play(n, who=f"79.200.1.{n + 1}") for n in range(5)]
    settings = path.read_text()
    assert 'timezone = "UTC"' in settings
    path.write_text(settings.replace('timezone = "UTC"', 'timezone = "Europe/Berlin"'))

    found = count(ShowFolder(quay.root), wrote(*lines))

    assert 5 == found.hours[13]


def test_a_table_for_spreadsheets_holds_no_formula(quay, wrote):
    found = count(quay, wrote(play()))
    episode = found.episodes[0]
    object.__setattr__(episode.known, "title", '=HYPERLINK("http://evil.example")')

    assert "'=HYPERLINK" in as_csv(found)


def test_countries_need_a_database_and_a_file_that_is_none_is_refused(quay, wrote):
    (quay.root / "countries.mmdb").write_bytes(b"no database")

    assert {} == count(quay, wrote(play())).total("countries")
    folder = with_setting(quay, "countries = 'countries.mmdb'")
    with pytest.raises(SettingsError, match="country database"):
        count(folder, wrote(play()))


GERMAN, FRENCH = "79.192.0.0/10", "90.0.0.0/9"


@pytest.mark.parametrize(
    ("networks", "counted"),
    [
        ({GERMAN: "DE", FRENCH: "FR", "2003::/19": "DE"}, {"DE": 3, "FR": 1, "": 1}),
        ({GERMAN: "DE", FRENCH: "FR"}, {"DE": 2, "FR": 1, "": 2}),
    ],
    ids=["IPv4 and IPv6", "IPv4 alone"],
)
def test_downloads_are_counted_by_country_with_a_database_that_the_producer_brings(
    quay, wrote, networks, counted
):
    (quay.root / "countries.mmdb").write_bytes(country_database(networks))
    listeners = ("79.200.1.1", "79.200.1.2", "90.1.1.1", "2003:e1::1", "8.8.8.8")
    log = wrote(*(play(n, who=who) for n, who in enumerate(listeners)))

    found = count(
        with_setting(quay, "countries = 'countries.mmdb'\nrules_off = ['data-centres']"), log
    )

    assert counted == {"" if k == UNKNOWN else k: n for k, n in found.total("countries").items()}


@pytest.mark.parametrize("broken_at", range(0, 60, 9))
def test_a_damaged_database_of_countries_is_refused_or_knows_less(quay, wrote, broken_at):
    whole = country_database({GERMAN: "DE", FRENCH: "FR"})
    data = bytearray(whole)
    data[broken_at : broken_at + 3] = b"\x00\xff\xff"
    (quay.root / "countries.mmdb").write_bytes(data)
    folder = with_setting(quay, "countries = 'countries.mmdb'")

    log = wrote(play(), play(1, who="90.1.1.1"))

    with suppress(SettingsError):  # said in one line; else only countries may be missing
        assert 2 == downloads(count(folder, log))


def test_the_preview_of_an_episode_shows_what_is_booked_but_not_in_a_file_for_others(
    one_episode, wrote
):
    slug = "what-the-masons-left"
    (audio,) = one_episode.audio.glob("*.mp3")
    out = one_episode.episode(slug).facts.published
    lines = [
        Line(
            at=out + timedelta(hours=hour), address=f"79.200.1.{hour}", path=f"/audio/{audio.name}"
        )
        for hour in range(1, 100)
    ]
    found = count(one_episode, wrote(*lines), now=out + timedelta(days=9))

    draft = read_draft(one_episode.root, slug)
    texts = [str(_glance(draft, now)) for now in (out + timedelta(days=9), None)]

    booked = sum(found.days[day] for day in found.booked)
    assert f"'Listeners', 'value': '{booked}'" in texts[0]
    assert "Listeners" not in texts[1]


# bad input


def test_a_line_that_was_cut_off_costs_itself_only(quay, wrote):
    whole = [play(who=f"79.200.1.{n}").combined() for n in range(1, 40)]
    cut = [line[: len(line) - 7 * n] for n, line in enumerate(whole[:20], 1)]

    found = count(
        quay, wrote(*(line for pair in zip(cut, whole, strict=False) for line in pair), *whole[20:])
    )

    assert 39 == downloads(found)
    assert 20 == found.reading.unreadable
    assert 59 == found.reading.read


@pytest.mark.parametrize(
    "agent",
    [
        b'x"y" "z',
        b"\x1b]0;evil\x07\x1b[31m",
        b"A" * 8_000,
        b"'; DROP TABLE hits; --",
        b"\xff\xfe\x00",
        b'{"a": [',
        b"%00%ff%",
        b"\\",
        b'\\"',
    ],
)
def test_a_hostile_user_agent_is_one_listener_and_never_shown(quay, wrote, columncast, agent):
    line = play(who="79.200.1.9", agent="AGENT").combined().encode()
    quoted = agent.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    log = wrote(play())
    with Path(log).open("ab") as file:
        file.write(line.replace(b"AGENT", quoted) + b"\n")

    result = columncast("-C", quay.root, "audience", log, "-v")

    assert 0 == result.code, result.err
    assert "2 downloads" in result.out
    assert "\x1b" not in result.out + result.err
    assert "DROP" not in result.out


def test_lines_of_clocks_that_jump_are_left_out_and_counted(quay, wrote):
    found = count(quay, wrote(play(), play(60 * 24 * 365 * 70), play(-60 * 24 * 365 * 40)))

    assert 1 == downloads(found)
    assert 2 == found.reading.left_out["clock"]


def test_the_logs_of_another_site_are_refused(quay, wrote, columncast):
    lines = [Line(at=NOON, address="79.1.1.1", path=f"/wp/{n}.html") for n in range(9)]

    result = columncast("-C", quay.root, "audience", wrote(*lines))

    assert 3 == result.code
    assert "another site" in result.err
    assert 1 == result.err.count("\n")
    assert not quay.audience.exists()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"# A shopping list\neggs\nmilk\n" * 9, "not an access log"),
        (b"\x00\x01\x02" * 99 + b"\n", "not an access log"),
        (b"PAR1\x00\x00", "Parquet"),
    ],
)
def test_a_file_that_is_no_log_is_refused_in_one_line(quay, tmp_path, columncast, data, reason):
    path = tmp_path / "notes.log"
    path.write_bytes(data)

    result = columncast("-C", quay.root, "audience", path)

    assert 3 == result.code
    assert reason in result.err
    assert 1 == result.err.count("\n")


def test_a_zip_that_is_called_gz_is_refused_in_one_line(quay, tmp_path, columncast):
    path = tmp_path / "access.log.gz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("access.log", play().combined())

    result = columncast("-C", quay.root, "audience", path)

    assert 3 == result.code
    assert "zip archive" in result.err


def test_of_a_packed_log_that_breaks_off_all_that_is_there_is_counted(quay, tmp_path):
    lines = "".join(
        f"{play(who=f'79.200.{n // 200}.{n % 200}').combined()}\n" for n in range(5_000)
    )
    path = tmp_path / "access.log.gz"
    path.write_bytes(gzip.compress(lines.encode())[:-2_000])

    found = count(quay, str(path))

    assert 1_000 < downloads(found) < 5_000
    assert any("cut short" in note for note in found.notes)


def test_a_line_without_end_is_left_out_and_the_next_is_read(quay, wrote, monkeypatch):
    monkeypatch.setattr(sources, "BLOCK_BYTES", 10_000)
    endless = play(agent="A" * 300_000)

    found = count(quay, wrote(play(), endless, play(who="79.200.1.2")))

    assert 2 == downloads(found)
    assert 1 == found.reading.unreadable


def test_without_logs_and_without_a_book_it_says_how_to_name_them(quay):
    with pytest.raises(UsageError, match="LOG"):
        count(quay)


def test_a_log_that_is_not_there_is_named(quay):
    with pytest.raises(InputError, match=r"missing.log"):
        count(quay, "/nowhere/missing.log")


# agents


@pytest.mark.parametrize(("name", "agent"), APPS.items())
def test_an_app_is_known_by_its_user_agent(name, agent):
    assert name == agent_of(agent).name
    assert "app" == agent_of(agent).kind


@pytest.mark.parametrize("agent", BOTS)
def test_a_robot_is_none_of_the_listeners(agent):
    assert agent_of(agent).kind in {"bot", "none"}
