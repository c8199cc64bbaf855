"""What an editor may say of one episode in episode.toml reaches the feed, and is checked."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

PODCAST = "{https://podcastindex.org/namespace/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"

SAID = """
explicit = true
block = true
season = 2
number = 7
cover_alt = "A boat from the hill"
[[person]]
name = "Mina Bell"
role = "narrator"
[podcast]
season_name = "The River"
episode_display = "Ch. 7"
license = "cc-by-4.0"
ai_content = true
location = [{ name = "Lyon", country = "fr" }]
txt = [{ value = "abc", purpose = "verify" }]
"""


@pytest.fixture
def said(one_episode):
    """Add lines to the episode's facts: those of tables at the end, the others before them."""
    path = one_episode.root / "episodes" / "what-the-masons-left" / "episode.toml"

    def add(text):
        top, _, tables = text.partition("[")
        facts, _, source = path.read_text(encoding="utf-8").partition("[source]")
        rest = f"[{tables}" if tables else ""
        path.write_text(f"{facts}{top}\n[source]{source}\n{rest}", encoding="utf-8")
        return path.parent

    return add


def item(folder) -> ET.Element:
    return ET.parse(folder.root / "feed" / "feed.xml").find("channel/item")


def test_everything_said_is_in_the_feed(columncast, one_episode, said):
    folder = said(SAID)
    data = io.BytesIO()
    Image.new("RGB", (1400, 1400), "teal").save(data, "PNG")
    (folder / "cover.png").write_bytes(data.getvalue())

    built = columncast("build")

    assert 0 == built.code, built.err
    told = item(one_episode)
    assert "true" == told.findtext(f"{ITUNES}explicit")
    assert "Yes" == told.findtext(f"{ITUNES}block")
    assert "The River" == told.find(f"{PODCAST}season").get("name")
    assert "Ch. 7" == told.find(f"{PODCAST}episode").get("display")
    assert "Mina Bell" == told.findtext(f"{PODCAST}person")
    assert "cc-by-4.0" == told.findtext(f"{PODCAST}license")
    assert "Lyon" == told.findtext(f"{PODCAST}location")
    assert ["abc", "true"] == [e.text for e in told.findall(f"{PODCAST}txt")]
    cover = told.find(f"{ITUNES}image").get("href").rpartition("/")[2]
    assert "A boat from the hill" == told.find(f"{PODCAST}image").get("alt")
    published = one_episode.root / "feed" / "what-the-masons-left" / cover
    assert data.getvalue() == published.read_bytes()


def test_a_cover_that_was_replaced_has_another_name(columncast, one_episode, said):
    folder = said("")
    names = set()
    for colour in ("teal", "navy"):
        Image.new("RGB", (1400, 1400), colour).save(folder / "cover.png")
        columncast("build")
        names.add(item(one_episode).find(f"{ITUNES}image").get("href"))

    assert 2 == len(names)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("[podcast]\nlicense = 'mine'", "license_url"),
        ("[podcast]\nsoundbite = [{ start_s = 0, duration_s = 5 }]", "15 to 120 seconds"),
        ("[podcast]\nsoundbyte = []", "did you mean 'soundbite'"),
        ("[[person]]\nname = 'A'\nrole = 'reader'", "not one of the group 'cast'"),
        ("[podcast]\nlocation = [{ name = 'A', geo = '1,2' }]", "geo:48.858093,2.294694"),
    ],
)
def test_what_cannot_be_is_told_with_file_and_rule(columncast, one_episode, said, wrong, told):
    said(wrong)

    built = columncast("build")

    assert 0 != built.code
    assert told in built.err
    assert "episode.toml" in built.err
