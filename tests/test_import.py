"""Columns from exports through the command line: the post that was chosen, and nothing else."""

import json
import zipfile

import pytest

from columncast.episodes.columns.door import read_column
from columncast.episodes.columns.extract import as_page

POST = """\
<div class="captioned-image-container"><figure><img src="https://walls.example/w.jpg" alt="A wall">
<figcaption class="image-caption">The wall</figcaption></figure></div>
<p>Listen to the audio narration of the column above!</p>
<p>The wall was never finished, and nobody in the valley could say who had <em>asked</em> for it.
See <a href="https://walls.example/map">the map</a>.</p>
<h2>The masons</h2>
<p>Every spring the masons came back, added a yard, and were paid in cheese.</p>
"""
PAID = '<p>Free words of the second post, for everybody to read.</p><div class="paywall-jump"></div><p>SECRET</p>'
CSV = """\
post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url
101.the-masons,2026-01-05T06:00:00.000Z,true,,newsletter,everyone,What the Masons Left,A wall,
102.half,2026-01-12T06:00:00.000Z,true,,newsletter,everyone,Half of It,,
103.paying,2026-01-19T06:00:00.000Z,true,,newsletter,only_paid,For Payers,,
"""


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts.csv", CSV)
        archive.writestr("posts/101.the-masons.html", POST)
        archive.writestr("posts/102.half.html", PAID)
        archive.writestr("posts/103.paying.html", "<p>SECRET words for those who pay for them.</p>")
        archive.writestr("email_list.walls.csv", "email\nreader@private.example\n")
    return path


def test_the_posts_of_an_export_are_listed(columncast, export):
    result = columncast("import", export, "--list", "--json")

    posts = json.loads(result.out)["posts"]
    assert ["the-masons", "half", "paying"] == [post["slug"] for post in posts]
    assert "only_paid" == posts[2]["audience"]


def test_a_chosen_post_becomes_a_file_that_add_reads(columncast, export, tmp_path):
    result = columncast("import", export, "--post", "the-masons", "--to", tmp_path / "out")

    assert 0 == result.code, result.err
    column = read_column(tmp_path / "out" / "the-masons.html")
    assert "What the Masons Left" == column.title
    assert "A wall" == column.subtitle
    assert 2026 == column.published.year


def test_all_means_all_that_everyone_may_read(columncast, export, tmp_path):
    columncast("import", export, "--all", "--to", tmp_path / "out")

    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert ["half.html", "the-masons.html"] == made
    assert "SECRET" not in (tmp_path / "out" / "half.html").read_text()


def test_a_post_for_paying_readers_needs_a_flag_that_says_so(columncast, export, tmp_path):
    out = tmp_path / "out"

    refused = columncast("import", export, "--post", "paying", "--to", out)
    let_out = columncast("import", export, "--post", "paying", "--to", out, "--include-paid-text")

    assert 3 == refused.code
    assert 0 == let_out.code
    assert "SECRET" in (out / "paying.html").read_text()


def test_an_episode_keeps_the_one_post_and_no_export(columncast, show, export, take):
    result = columncast("add", take, export, "--post", "the-masons", "--json")

    assert 0 == result.code, result.err
    episode = show.episode(json.loads(result.out)["slug"])
    assert "column.html" == episode.column.name
    kept = b"".join(
        p.read_bytes() for p in show.root.rglob("*") if p.suffix != ".wav" and p.is_file()
    )
    assert b"reader@private.example" not in kept
    assert b"SECRET" not in kept
    assert episode.facts.published.isoformat().startswith("2026-01-05T06:00:00")


def test_paid_text_stays_out_of_everything_that_is_made(columncast, show, tmp_path, take):
    column = tmp_path / "post.html"
    column.write_text(f"<h1>Half of It</h1>{PAID}")

    result = columncast("add", take, column, "--slug", "half")

    assert 0 == result.code, result.err
    public = b"".join(
        p.read_bytes() for d in (show.audio, show.feed) for p in d.rglob("*") if p.is_file()
    )
    assert b"SECRET" not in public
    assert "SECRET".encode("utf-16-le") not in public


def test_what_was_taken_out_reads_back_as_what_it_was(export, tmp_path):
    column = read_column(export, post="the-masons")
    page = tmp_path / "page.html"
    page.write_text(as_page(column), encoding="utf-8")

    again = read_column(page)

    for name in ("title", "subtitle", "published", "html", "text", "footnotes"):
        assert getattr(column, name) == getattr(again, name)
