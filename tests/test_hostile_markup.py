"""What others wrote never runs: in apps that show our feed, on our pages, in the preview."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import zip_longest

import feedparser
import pytest
from hostile_markup import DANGEROUS, LINKS, PAYLOADS, opened, served, without_our_own

from columncast.episodes.model.notice import errors_in
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview.draft import read_draft
from columncast.feed.preview.export import exported
from columncast.feed.rules.document import check_feed

ALL = PAYLOADS | LINKS
ITEM = """<item><title>{title}</title><guid isPermaLink="false">{name}</guid>
<pubDate>{date}</pubDate><description>{notes}</description>
<content:encoded>{more}</content:encoded>
<enclosure url="{host}/a/{name}.mp3" length="1" type="audio/mpeg"/></item>"""
FEED = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
<title>&lt;img src=x onerror=ran()&gt; The Weir</title><link>https://weir.example/</link>
<description>&amp;lt;script&amp;gt;ran()&amp;lt;/script&amp;gt; On a river.</description>
<language>en</language><itunes:author>Harriet &lt;svg onload=ran()&gt; Sloane</itunes:author>
<podcast:person href="javascript:ran()" img="data:image/svg+xml,x">Tom</podcast:person>
<podcast:funding url="javascript:ran()">Give</podcast:funding>
{items}</channel></rss>"""


@pytest.fixture
def context(browser):
    return browser.new_context()


@pytest.fixture
def moved_in(columncast, old_host, old_files, tmp_path):
    """A show that was imported from a feed in which every item has two of the payloads."""
    first = datetime(2026, 1, 2, tzinfo=UTC)
    items = []
    names = list(ALL)
    for number, (name, other) in enumerate(
        zip_longest(names[::2], names[1::2], fillvalue="script")
    ):
        old_host.files[f"/a/{name}.mp3"] = old_files["trailer.mp3"]
        said = {"notes": f"{ALL[name]}<p>{name}</p>", "more": f"<p>{other}</p>{ALL[other]}"}
        items.append(
            ITEM.format(
                title=escape(f"{name} <svg onload=ran()>"),
                date=format_datetime(first + timedelta(days=number)),
                name=name,
                host=old_host.url,
                **{key: escape(value) for key, value in said.items()},
            )
        )
    old_host.files["/feed.xml"] = FEED.format(items="\n".join(items)).encode()
    root = tmp_path / "show"
    taken = columncast(
        *("import", f"{old_host.url}/feed.xml", "--to", root, "--yes"),
        *("--base-url", "https://new.example/"),
    )
    assert 0 == taken.code, taken.err
    built = columncast("-C", root, "build", "--jobs", "1")
    assert 0 == built.code, built.err
    return ShowFolder(root)


def together(pages: dict[str, str], at_once: int = 12) -> dict[str, str]:
    """Several pages as one: a browser takes its time for each."""
    names = list(pages)
    return {
        f"/{names[at]}": "".join(f"<div>{pages[name]}</div>" for name in names[at : at + at_once])
        for at in range(0, len(names), at_once)
    }


def as_readers_show(xml: bytes) -> dict[str, str]:
    """What a careless reader on the web makes of a feed: each text of it as HTML."""
    feed = feedparser.parse(xml, sanitize_html=False, resolve_relative_uris=False)
    shown = {"channel": feed.feed.subtitle + feed.feed.title + feed.feed.author}
    for item in feed.entries:
        content = "".join(c["value"] for c in item.get("content", ()))
        shown[item.id] = item.title + item.get("description", "") + content
    return shown


def test_raw_they_run_in_a_browser(context):
    """Or the other tests here would prove nothing."""
    pages = {"/": ""} | {f"/{name}": text for name, text in PAYLOADS.items()}

    with served(pages) as address:
        ran = opened(context, address, list(pages)[1:])

    assert len(ran) >= 50


def test_nothing_runs_of_what_was_imported(moved_in, context, monkeypatch):
    """
    Feed in a reader, episode pages, and previews, without the policies that ours are sent with.
    """
    monkeypatch.setattr("columncast.feed.preview.export._cover", lambda _: "")  # not of theirs
    slugs = list(moved_in.slugs())
    assert (len(ALL) + 1) // 2 == len(slugs)
    shown = as_readers_show((moved_in.feed / "feed.xml").read_bytes())
    for slug in slugs:
        page = moved_in.feed / slug / "index.html"
        shown[f"page/{slug}"] = without_our_own(page.read_text(encoding="utf-8"))
        draft = exported(read_draft(moved_in.root, slug), embed_audio=False)
        shown[f"preview/{slug}"] = without_our_own(draft)
    pages = {"/": ""} | together(shown)

    with served(pages) as address:
        ran = opened(context, address, list(pages)[1:])
        page = context.new_page()
        left = {}
        for path, text in pages.items():
            page.set_content(f"<body>{text}")
            if found := page.evaluate(DANGEROUS):
                left[path] = found
        page.close()

    assert set() == ran
    assert {} == left
    assert [] == errors_in(check_feed((moved_in.feed / "feed.xml").read_bytes()))
