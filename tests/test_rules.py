"""Every rule, kept once and broken once."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from feed_builders import BASE_URL, COVER_URL, enclosure, episode, notes, show
from PIL import Image

from columncast.episodes.disk.files import sha256
from columncast.episodes.model.episode import Attachment, Chapter, Person
from columncast.episodes.model.notice import Notice, errors_in
from columncast.episodes.model.podcast20 import EpisodeTags, Soundbite
from columncast.episodes.model.summary import listings_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Ids, PodcastSettings
from columncast.feed.artwork.placeholder import placeholder_cover
from columncast.feed.live.server_rules import (
    ARTICLE,
    CERTIFICATE,
    CORS,
    FEED_REPLY,
    FILE_REPLY,
    FRAME,
    REPLY,
    WAY,
)
from columncast.feed.rss.document import render_pages, render_rss
from columncast.feed.rules.channel import CHANNEL
from columncast.feed.rules.document import DOCUMENT, check_feed
from columncast.feed.rules.episode import EPISODE, check_episode
from columncast.feed.rules.files import FILES, MediaFacts, check_files
from columncast.feed.rules.item import ITEM
from columncast.feed.rules.links_out import PUBLIC, check_public
from columncast.feed.rules.show import ART, SHOW, TOGETHER, check_episodes, check_show

RULES = {
    rule.code: rule
    for book in (SHOW, ART, TOGETHER, EPISODE, FILES, PUBLIC, DOCUMENT, CHANNEL, ITEM)
    for rule in book
}
LIVE_RULES = {
    rule.code: rule
    for book in (WAY, REPLY, CERTIFICATE, FEED_REPLY, CORS, ARTICLE, FRAME, FILE_REPLY)
    for rule in book
}
"""Of the real server; test_live_check breaks them."""
ALL_RULES = RULES | LIVE_RULES
DOCS = Path(__file__).parent.parent / "docs"
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ada Mill>The ferry has two timetables.\n"
CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Glass"}]}'
MP3 = b"ID3\x04" + bytes(996)


def codes(found: list[Notice]) -> set[str]:
    return {finding.code for finding in found}


def of_show(**said):
    return lambda _: check_show(show(**said))


def of_episode(**said):
    return lambda _: check_episode(show(), episode(**said))


def together(*episodes, **said):
    return lambda _: check_episodes(show(**said), listings_of(episodes))


def of_cover(size=(1400, 1400), mode="RGB"):
    def check(folder: Path):
        Image.new(mode, size).save(folder / "cover.jpg")
        return check_show(show(), folder / "cover.jpg")

    return check


def of_closed(folder: Path):
    show_toml(folder)
    (folder / "feed").mkdir()
    (folder / "feed" / "about.txt").write_text("for nobody")
    (folder / "feed" / "about.txt").chmod(0o600)
    return check_public(ShowFolder(folder))


def show_toml(folder: Path):
    (folder / "show.toml").write_text(
        'title = "T"\nsite_url = "https://t.example"\nbase_url = "https://t.example"\n'
    )


def of_link(folder: Path):
    outside = folder.parent / f"{folder.name}-private.txt"
    outside.write_text("private")
    show_toml(folder)
    (folder / "feed").mkdir()
    (folder / "feed" / "about.txt").symlink_to(outside)
    return check_public(ShowFolder(folder))


def of_feed(was: str, becomes: str, *, count: int = 1):
    """The rendered feed with one place in it changed."""

    def check(_):
        xml = render_rss(show(), [episode(1), episode(2)], cover_url=COVER_URL).decode()
        changed = re.sub(was, becomes, xml, count=count, flags=re.DOTALL)
        assert changed != xml
        return check_feed(changed.encode())

    return check


def of_files(spoil: Callable[[Path], object] = lambda _: None, **said):
    """A built episode with its files, after something happened to them."""

    def check(folder: Path):
        built = built_episode(folder)
        spoil(folder)
        facts = MediaFacts(duration_s=10.0, tags={"title": built.title, "album": show().title})
        facts = dataclasses.replace(facts, **said)
        return check_files(show(), built, folder, facts)

    return check


def of_placeholder(folder: Path):
    """The cover that `init` draws."""
    cover = folder / "cover.jpg"
    cover.write_bytes(placeholder_cover("The Long Wall"))
    return check_show(show(), cover)


def of_kept_transcript(text: str):
    """A transcript that came from another host."""

    def check(folder: Path):
        built = built_episode(folder)
        rewrite("feed/week-1/transcript.vtt", text)(folder)
        kept = dataclasses.replace(built.transcripts[0], kept=True)
        return check_files(show(), dataclasses.replace(built, transcripts=(kept,)), folder)

    return check


def built_episode(folder: Path, data: bytes = MP3, **said):
    audio = folder / "audio" / "week-1-1a2b3c4d.mp3"
    notes_folder = folder / "feed" / "week-1"
    for path in (audio.parent, notes_folder):
        path.mkdir(parents=True)
    audio.write_bytes(data)
    (notes_folder / "transcript.vtt").write_text(VTT, encoding="utf-8")
    (notes_folder / "chapters.json").write_text(CHAPTERS, encoding="utf-8")
    here = f"{BASE_URL}feed/week-1/"
    return episode(
        **{
            "enclosure": enclosure(
                "week-1-1a2b3c4d.mp3",
                length_bytes=len(data),
                duration_s=10.0,
                sha256=sha256(audio),
            ),
            "chapters": (Chapter(start_s=0, title="Glass"),),
            "chapters_file": Attachment(
                url=f"{here}chapters.json", mime_type="application/json+chapters"
            ),
            "transcripts": (Attachment(url=f"{here}transcript.vtt", mime_type="text/vtt"),),
        }
        | said
    )


def rewrite(name: str, text: str):
    return lambda folder: (folder / name).write_text(text, encoding="utf-8")


def replace_audio(data: bytes):
    return lambda folder: (folder / "audio/week-1-1a2b3c4d.mp3").write_bytes(data)


BROKEN: dict[str, Callable[[Path], list[Notice]]] = {
    "show-title-length": of_show(title="a" * 256),
    "show-description-missing": of_show(description=" "),
    "show-description-length": of_show(description="€" * 1334),
    "show-text-illegal": of_show(description="a\x0bb"),
    "show-author-missing": of_show(author=""),
    "show-person-link": of_show(
        podcast=PodcastSettings(person=(Person(name="Ida", img="data:image/svg+xml,x"),))
    ),
    "show-email-missing": of_show(email=""),
    "show-not-https": of_show(site_url="http://example.org"),
    "show-address-private": of_show(base_url="http://127.0.0.1:8000"),
    "show-guid-missing": of_show(ids=Ids()),
    "show-guid-invalid": of_show(ids=Ids(guid="my-podcast")),
    "show-copyright-sign": of_show(copyright="© 2026 The Press"),
    "cover-refused": of_cover(size=(1400, 1000)),
    "cover-placeholder": of_placeholder,
    "cover-mended": of_cover(mode="CMYK"),
    "guid-duplicate": together(episode(1), episode(2, guid=episode(1).guid)),
    "enclosure-duplicate": together(episode(1), episode(2, enclosure=episode(1).enclosure)),
    "title-duplicate": together(episode(1), episode(2, title="WEEK 1: the ferry ")),
    "number-duplicate": together(episode(1, number=4), episode(2, number=4)),
    "number-missing": together(episode(1, number=1), episode(2), type="serial"),
    "no-episode": together(),
    "title-empty": of_episode(title=" "),
    "title-length": of_episode(title="a" * 256),
    "title-number": of_episode(title="S01E02 The ferry"),
    "text-illegal": of_episode(title="The\x07ferry"),
    "title-direction": of_episode(title="The \u202eyrref"),
    "guid-empty": of_episode(guid=""),
    "date-impossible": of_episode(published=datetime(1958, 5, 1, tzinfo=UTC)),
    "notes-empty": of_episode(notes=notes("")),
    "notes-length": of_episode(notes=notes(f"<p>{'€' * 1333}</p>")),
    "notes-open": of_episode(notes=notes("<p>A <em>boat</p>")),
    "notes-dangerous": of_episode(notes=notes('<p><a href="java\tscript:x()">a</a></p>')),
    "notes-tags": of_episode(notes=notes("<h2>A boat</h2>")),
    "notes-links": of_episode(notes=notes('<p><a href="/boats">a</a></p>')),
    "address-broken": of_episode(link="columns/ferry"),
    "address-not-https": of_episode(link="http://example.org/columns/ferry"),
    "enclosure-type": of_episode(enclosure=enclosure("a-1a2b3c4d.wav")),
    "enclosure-length": of_episode(enclosure=enclosure(length_bytes=0)),
    "number-invalid": of_episode(season=0),
    "image-type": of_episode(image_url=f"{BASE_URL}feed/week-1/cover.webp"),
    "transcript-type": of_episode(
        transcripts=(
            Attachment(url=f"{BASE_URL}a.vtt", mime_type="text/vtt"),
            Attachment(url=f"{BASE_URL}a.doc", mime_type="application/msword"),
        )
    ),
    "transcript-page": of_episode(
        transcripts=(
            Attachment(url=f"{BASE_URL}a.vtt", mime_type="text/vtt"),
            Attachment(url=f"{BASE_URL}a.html", mime_type="text/html"),
        )
    ),
    "text-markup": of_episode(title="Ferry <img src=x onerror=alert(1)>"),
    "transcript-apple": of_episode(
        transcripts=(Attachment(url=f"{BASE_URL}a.json", mime_type="application/json"),)
    ),
    "chapters-order": of_episode(
        chapters=(Chapter(start_s=60, title="Late"), Chapter(start_s=0, title="Glass"))
    ),
    "soundbite-beyond-end": of_episode(
        podcast=EpisodeTags(soundbite=(Soundbite(start_s=420, duration_s=15),))
    ),
    "alternate-unverified": of_episode(alternates=(enclosure("a-1a2b3c4d.opus", sha256=""),)),
    "file-missing": of_files(lambda f: (f / "audio/week-1-1a2b3c4d.mp3").unlink()),
    "file-length": of_files(replace_audio(MP3 + b"more")),
    "file-changed": of_files(replace_audio(MP3[:-1] + b"x")),
    "file-type": lambda folder: check_files(
        show(), built_episode(folder, b"OggS" + MP3[4:]), folder
    ),
    "file-duration": of_files(duration_s=11.5),
    "file-tags": of_files(tags={"title": "Another title"}),
    "transcript-broken": of_files(rewrite("feed/week-1/transcript.vtt", "1\n00:00 --> soon\nHi")),
    "transcript-times": of_files(
        rewrite("feed/week-1/transcript.vtt", VTT.replace("00:02.000", "00:12.000"))
    ),
    "transcript-kept": of_kept_transcript(VTT.replace("00:02.000", "00:12.000")),
    "transcript-lines": of_files(
        rewrite("feed/week-1/transcript.vtt", VTT.replace("The ferry", "The ferry " * 9))
    ),
    "chapters-broken": of_files(
        rewrite("feed/week-1/chapters.json", CHAPTERS.replace("Glass", "Other"))
    ),
    "feed-not-xml": of_feed("</channel>", ""),
    "feed-heavy": of_feed("</rss>", f"</rss><!--{'a' * 5_000_000}-->"),
    "feed-namespace": of_feed(
        "https://podcastindex.org/namespace", "http://PodcastIndex.org/namespace"
    ),
    "feed-required": of_feed("<language>en</language>", ""),
    "feed-art": of_feed(r"<itunes:image [^>]*>", ""),
    "feed-self": of_feed('rel="self"', 'rel="via"'),
    "feed-author": of_feed("<itunes:author>[^<]*</itunes:author>", ""),
    "feed-owner": of_feed("<itunes:email>[^<]*</itunes:email>", ""),
    "feed-language": of_feed("<language>en<", "<language>english<"),
    "feed-category": of_feed("Personal Journals", "personal journals"),
    "feed-values": of_feed("<itunes:explicit>false", "<itunes:explicit>no"),
    "feed-deprecated": of_feed("<itunes:type>", "<itunes:summary>A</itunes:summary><itunes:type>"),
    "feed-order": of_feed("Fri, 09 Jan 2026", "Fri, 02 Jan 2015", count=2),
    "feed-unique": of_feed("000000000002", "000000000001"),
    "public-unreadable": of_closed,
    "link-outside": of_link,
    "feed-addresses": of_feed(r"(<media:thumbnail url=\")https://example.org", r"\1"),
    "feed-not-https": of_feed("https://example.org/columns", "http://example.org/columns"),
    "feed-pages": of_feed(
        'rel="self"', 'rel="self"/><atom:link href="https://example.org/2" rel="next"'
    ),
    "item-required": of_feed("<pubDate>[^<]*</pubDate>", ""),
    "item-guid": of_feed('isPermaLink="false"', 'isPermaLink="true"'),
    "item-date": of_feed("<pubDate>Fri, 09 Jan 2026", "<pubDate>2026-01-09"),
    "item-text-length": of_feed("<title>Week 2", f"<title>{'Week' * 70}"),
    "item-notes": of_feed(r"waits for it\.</p>", "waits for it."),
    "item-enclosure": of_feed('length="5160000"', 'length="None"'),
    "item-duration": of_feed("<itunes:duration>430", "<itunes:duration>00:07:10"),
    "item-transcript": of_feed(
        "</item>", '<podcast:transcript url="https://example.org/a" type="text/plan"/></item>'
    ),
    "item-audio": lambda folder: check_feed(
        render_rss(show(), [episode()], cover_url=COVER_URL), folder
    ),
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_rule_is_told_with_its_source_and_alone(code, tmp_path):
    found = BROKEN[code](tmp_path)

    assert {code} == codes(found)
    for finding in found:
        assert RULES[code].severity == finding.severity
        assert finding.source.startswith("https://")
        assert finding.message
        assert "\n" not in finding.message


def test_every_rule_is_broken_once():
    assert set(RULES) == set(BROKEN)


def test_a_rule_is_a_function_that_bears_its_code():
    for code, rule in ALL_RULES.items():
        assert code == rule.look.__name__.replace("_", "-")
        assert rule.look is getattr(sys.modules[rule.look.__module__], rule.look.__name__)


@pytest.mark.parametrize("code", ALL_RULES)
def test_every_rule_says_itself_in_a_sentence(code):
    assert ALL_RULES[code].says.endswith(".")


def test_every_rule_is_in_the_docs():
    text = (DOCS / "reference" / "rules.md").read_text(encoding="utf-8")

    listed = re.findall(
        r"^\| \[`([a-z0-9-]+)`\]\(warnings\.md#\1\) \| (\w+) \| (.+?) \| \[source\]\((.+)\) \|$",
        text,
        re.MULTILINE,
    )

    assert [(r.code, r.severity, r.says, r.source) for r in ALL_RULES.values()] == listed


def test_a_good_show_has_nothing_to_be_told(tmp_path):
    Image.new("RGB", (1400, 1400)).save(tmp_path / "cover.jpg")
    good = built_episode(
        tmp_path,
        season=1,
        number=1,
        persons=(Person(name="Ada Mill", role="author", group="writing"),),
        alternates=(
            enclosure("a-1a2b3c4d.opus", url="https://other.example/a.opus", mime_type="audio/ogg"),
        ),
    )
    xml = render_rss(show(), [good], cover_url=COVER_URL)

    found = [
        *check_show(show(), tmp_path / "cover.jpg"),
        *check_episode(show(), good),
        *check_episodes(show(), listings_of([good])),
        *check_files(show(), good, tmp_path, MediaFacts(duration_s=10.4)),
        *check_feed(xml, tmp_path),
    ]

    assert [] == found


def test_a_feed_in_pages_keeps_the_rules_on_every_page():
    small = show(feed=dataclasses.replace(show().feed, page_size=2))
    files = render_pages(small, [episode(n) for n in range(1, 8)], cover_url=COVER_URL)

    assert 4 == len(files)
    assert [] == [finding for xml in files.values() for finding in check_feed(xml)]


def test_only_errors_hold_a_feed_back():
    found = [*check_show(show(author="")), *check_show(show(title="a" * 256))]

    assert {"show-title-length"} == codes(errors_in(found))


def test_another_rss_document_is_judged_without_failing():
    """`check` also looks at feeds that we did not write."""
    found = check_feed(b"<rss version='2.0'><channel><item/></channel></rss>")

    assert {"feed-required", "feed-art", "feed-self", "item-required", "item-enclosure"} <= codes(
        found
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", b"<rss/>", b"\x00\xff", b"<!DOCTYPE x [<!ENTITY a 'b'>]><rss>&a;</rss>"],
)
def test_what_is_no_feed_is_one_finding(data):
    assert ["feed-not-xml"] == [finding.code for finding in check_feed(data)]
