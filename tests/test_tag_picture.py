"""The cover that audio files carry is made once, and again when the show has another cover."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from columncast.episodes.disk.hashes import Hashes
from columncast.episodes.errors import CoverError
from columncast.feed.artwork import cover
from columncast.feed.artwork.tag_picture import tag_picture


@pytest.fixture
def picture(show):
    """Return the picture as a command of its own would get it."""
    return lambda: tag_picture(show, Hashes(show.cache / "hashes.json"))


def test_it_is_a_jpeg_of_600_pixels(picture):
    with Image.open(io.BytesIO(picture())) as seen:
        assert ("JPEG", (600, 600), "RGB") == (seen.format, seen.size, seen.mode)


def test_the_next_command_does_not_read_the_cover_again(picture, monkeypatch):
    first = picture()
    monkeypatch.delattr(cover, "read_cover")

    assert first == picture()


def test_another_cover_is_another_picture(show, picture):
    first = picture()
    Image.new("RGB", (1400, 1400), "olive").save(show.root / show.show.cover)

    with Image.open(io.BytesIO(picture())) as seen:
        colour = seen.getpixel((300, 300))
    assert first != picture()
    assert (128, 128, 0) == pytest.approx(colour, abs=4)


def test_a_lost_cache_gives_the_same_picture(show, picture):
    first = picture()
    for kept in (show.cache / "covers").iterdir():
        kept.unlink()

    assert first == picture()


def test_a_cover_that_is_gone_is_told_although_its_picture_is_there(show, picture):
    picture()
    (show.root / show.show.cover).unlink()

    with pytest.raises(CoverError, match="the cover is missing"):
        picture()


def test_a_cover_that_is_no_picture_leaves_none_behind(show, picture):
    (show.root / show.show.cover).write_text("no picture", encoding="utf-8")

    with pytest.raises(CoverError, match="not a picture"):
        picture()
    assert not (show.cache / "covers").exists()
