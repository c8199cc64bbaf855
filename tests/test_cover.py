"""A cover is what directories accept, or becomes it, or is refused with the way out."""

from __future__ import annotations

import io
import os
import random
import struct
import zlib
from pathlib import Path

import pytest
from builders import packed_zeros
from PIL import Image, ImageCms

from columncast.episodes.errors import CoverError
from columncast.episodes.model.limits import COVER_BYTES
from columncast.feed.artwork.cover import (
    PAGE_BYTES,
    page_icon,
    page_picture,
    read_cover,
)
from columncast.feed.artwork.placeholder import placeholder_cover


def colour_at(picture: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """The colour of one pixel, of a picture that has more than shades of grey."""
    colour = picture.getpixel((x, y))
    assert isinstance(colour, tuple)
    return colour


@pytest.fixture
def saved(tmp_path):
    """Write a plain picture and say where it is."""

    def save(
        name="cover.jpg", size=(1400, 1400), mode="RGB", kind="JPEG", colour=None, **how
    ) -> Path:
        path = tmp_path / name
        Image.new(mode, size, colour if colour is not None else 0).save(path, kind, **how)
        return path

    return save


def opened(cover) -> Image.Image:
    return Image.open(io.BytesIO(cover.content))


def codes(cover) -> list[str]:
    return [notice.code for notice in cover.notices]


@pytest.mark.parametrize("side", [1400, 3000])
def test_a_good_cover_is_passed_on_byte_for_byte(saved, side):
    path = saved(size=(side, side))

    cover = read_cover(path)

    assert path.read_bytes() == cover.content
    assert (".jpg", "image/jpeg", side, ()) == (
        cover.suffix,
        cover.mime_type,
        cover.side_px,
        cover.notices,
    )


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((1399, 1399), "1399 x 1399 pixels; directories want at least 1400"),
        ((1600, 1400), r"want a square: crop it as you like it to 1400 x 1400"),
    ],
)
def test_what_only_a_designer_can_mend_is_refused(saved, size, told):
    with pytest.raises(CoverError, match=told):
        read_cover(saved(size=size))


def test_an_oversized_cover_is_scaled_down_never_up(saved):
    cover = read_cover(saved(size=(3600, 3600)))

    assert (3000, 3000) == opened(cover).size
    assert ["cover-scaled"] == codes(cover)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("L", "JPEG"), ("RGBA", "PNG"), ("P", "PNG"), ("I;16", "PNG")],
)
def test_other_colours_become_rgb_and_it_is_said(saved, mode, kind):
    cover = read_cover(saved(name=f"cover.{kind.lower()}", mode=mode, kind=kind))

    assert "RGB" == opened(cover).mode
    assert ["cover-colour"] == codes(cover)


def test_transparency_shows_white_as_on_most_apps(saved):
    cover = read_cover(saved(name="cover.png", mode="RGBA", kind="PNG", colour=(255, 0, 0, 0)))

    assert (255, 255, 255) == opened(cover).getpixel((700, 700))


def test_a_profile_is_taken_into_account(saved):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = saved(name="cover.webp", kind="WEBP", colour=(200, 40, 40), icc_profile=profile)

    red, green, blue = colour_at(opened(read_cover(path)), 700, 700)

    assert (abs(red - 200) < 8, abs(green - 40) < 8, abs(blue - 40) < 8) == (True, True, True)


def test_another_kind_of_picture_becomes_jpeg(saved):
    cover = read_cover(saved(name="c.webp", kind="WEBP"))

    assert "JPEG" == opened(cover).format
    assert ".jpg" == cover.suffix
    assert "cover-type" in codes(cover)


def test_the_bytes_decide_not_the_name(saved):
    """Apple compares the extension with the true type."""
    path = saved(name="cover.jpg", kind="PNG")

    cover = read_cover(path)

    assert (".png", "image/png") == (cover.suffix, cover.mime_type)
    assert path.read_bytes() == cover.content
    assert ["cover-extension"] == codes(cover)


def test_a_heavy_cover_is_brought_under_the_weight(tmp_path):
    path = tmp_path / "cover.png"
    Image.effect_noise((1400, 1400), 90).convert("RGB").save(path)
    assert path.stat().st_size > COVER_BYTES

    cover = read_cover(path)

    assert len(cover.content) <= COVER_BYTES
    assert (1400, 1400) == opened(cover).size
    assert ["cover-weight"] == codes(cover)


def test_a_photo_taken_sideways_stands_upright(tmp_path):
    path = tmp_path / "cover.jpg"
    picture = Image.new("RGB", (1400, 1400))
    picture.paste((255, 255, 255), (0, 0, 1400, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the stored top is the right-hand side
    picture.save(path, exif=exif)

    cover = opened(read_cover(path))

    assert colour_at(cover, 1390, 700)[0] > 200
    assert colour_at(cover, 700, 10)[0] < 50


@pytest.mark.parametrize("data", [b"", b"no picture at all", b"\xff\xd8\xff\xe0broken"])
def test_what_is_no_picture_is_refused_in_one_line(tmp_path, data):
    path = tmp_path / "cover.jpg"
    path.write_bytes(data)

    with pytest.raises(CoverError, match="save it as JPEG or PNG") as caught:
        read_cover(path)

    assert "\n" not in str(caught.value)


def test_a_cut_off_picture_is_refused(saved):
    path = saved()
    path.write_bytes(path.read_bytes()[:-2000])

    with pytest.raises(CoverError):
        read_cover(path)


@pytest.fixture
def untouched(monkeypatch):
    """Fail if a pixel is unpacked."""

    def unpacked(_):
        pytest.fail("a pixel was unpacked")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", unpacked)
    monkeypatch.setattr("PIL.WebPImagePlugin.WebPImageFile.load", unpacked)
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load_prepare", unpacked)


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG whose header says so, of a few bytes; *chunks* are further ones, with their names."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [b"IHDR" + head, *chunks, b"IDAT" + zlib.compress(bytes(1000)), b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in parts
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (png(6001, 6001), "6001 x 6001 pixels"),
        (png(1, 40_000_000), "1 x 40000000 pixels"),
        (png(12_000, 12_000), "far too large"),
        (png(60_000, 60_000), "far too large"),
        (png(2**31 - 1, 2**31 - 1), "far too large"),
        (png(2000, 2000, b"iCCPx\0\0" + packed_zeros(80)), "not a picture that can be read"),
        (png(2000, 2000, b"zTXtx\0\0" + packed_zeros(80)), "not a picture that can be read"),
        (png(2000, 2000, b"acTL" + struct.pack(">II", 500, 0)), "moves"),
        (png(2000, 1900), "want a square"),
    ],
    ids=["large", "long", "larger", "largest", "absurd", "profile", "text", "moving", "oblong"],
)
def test_what_would_fill_memory_is_refused_by_its_header(untouched, tmp_path, data, told):
    path = tmp_path / "cover.png"
    path.write_bytes(data)

    with pytest.raises(CoverError, match=told) as caught:
        read_cover(path)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "PNG"])
def test_a_picture_that_moves_is_refused(untouched, tmp_path, kind):
    path = tmp_path / "cover"
    first, second = (Image.new("RGB", (1400, 1400), colour) for colour in ("navy", "olive"))
    first.save(path, kind, save_all=True, append_images=[second])

    with pytest.raises(CoverError, match=r"moves|of a kind"):
        read_cover(path)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "PPM", "ICO", "PDF", "EPS", "JPEG2000"])
def test_no_other_decoder_is_ever_opened(untouched, tmp_path, kind):
    path = tmp_path / "cover.jpg"
    Image.new("RGB", (1400, 1400)).save(path, kind)

    with pytest.raises(CoverError, match="of a kind that is opened here; save it as JPEG or PNG"):
        read_cover(path)


def test_a_jpeg_of_thousands_of_scans_is_refused_by_its_bytes(untouched, tmp_path):
    path = tmp_path / "cover.jpg"
    Image.new("L", (1400, 1400)).save(path, progressive=True)
    data = path.read_bytes()
    last = data[data.rindex(b"\xff\xda") : -2]
    path.write_bytes(data[:-2] + 5000 * last + data[-2:])

    with pytest.raises(CoverError, match=r"is a JPEG of 5,\d\d\d scans"):
        read_cover(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_where_a_cover_was_taken_is_not_published(tmp_path, kind):
    path = tmp_path / f"cover.{kind.lower()}"
    facts = Image.Exif()
    facts[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    Image.new("RGB", (1400, 1400), "navy").save(path, kind, exif=facts)

    cover = read_cover(path)

    assert ["cover-place"] == [notice.code for notice in cover.notices]
    assert not opened(cover).getexif()


def test_a_file_of_any_size_is_not_read_into_memory(tmp_path):
    path = tmp_path / "cover.png"
    path.write_bytes(png(2000, 2000))
    os.truncate(path, 50_000_000_000)

    with pytest.raises(CoverError, match="over 40 MB"):
        read_cover(path)


def test_a_phones_picture_with_another_inside_is_a_jpeg(tmp_path):
    path = tmp_path / "cover.jpg"
    first = Image.new("RGB", (1400, 1400), "navy")
    first.save(path, "MPO", save_all=True, append_images=[Image.new("RGB", (700, 700))])

    assert "JPEG" == opened(read_cover(path)).format


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_picture_is_read_or_refused_in_one_line(tmp_path, kind):
    path = tmp_path / "cover"
    picture = Image.radial_gradient("L").resize((1400, 1400)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "A gate"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(path, kind, exif=exif, icc_profile=profile, quality=20)
    whole = path.read_bytes()
    chance = random.Random(21)
    said = []

    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 4, 40])):
            damaged[chance.randrange(len(damaged) if chance.random() < 0.3 else 4000)] ^= (
                1 << chance.randrange(8)
            )
        path.write_bytes(damaged[: chance.choice([len(damaged), len(damaged) // 2])])
        try:
            read_cover(path)
        except CoverError as e:
            said.append(str(e))

    assert said
    assert [] == [line for line in said if "\n" in line]


def test_a_missing_cover_is_named(tmp_path):
    with pytest.raises(CoverError, match=r"nowhere\.jpg: the cover is missing"):
        read_cover(tmp_path / "nowhere.jpg")


@pytest.mark.parametrize(
    "title",
    [
        "The Ferry",
        "Rhabarberkuchenrezeptsammlung " * 6,
        "Колонка о городе",
        "山の手紙",
        "",
        "\ud83d",
    ],
    ids=["short", "endless", "cyrillic", "japanese", "empty", "half-an-emoji"],
)
def test_the_placeholder_is_a_cover_that_directories_accept(tmp_path, title):
    path = tmp_path / "cover.jpg"
    path.write_bytes(placeholder_cover(title))

    cover = read_cover(path)

    assert () == cover.notices
    assert len(cover.content) < 200_000


def test_the_placeholder_is_always_the_same_for_a_show_and_differs_between_shows():
    assert placeholder_cover("The Ferry") == placeholder_cover("The Ferry")
    assert placeholder_cover("The Ferry") != placeholder_cover("The Bridge")


# As pages show it


def noise(side_px=1500) -> bytes:
    picture = Image.frombytes("RGB", (side_px, side_px), random.Random(7).randbytes(3 * side_px**2))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "drawn", [lambda: placeholder_cover("The Ferry"), noise], ids=["plain", "noise"]
)
def test_the_picture_on_a_page_is_small_and_always_the_same(drawn):
    content = drawn()

    picture = page_picture(content)

    assert len(picture) <= PAGE_BYTES <= 10_000
    assert picture == page_picture(content)
    shown = Image.open(io.BytesIO(picture))
    assert ("WEBP", "RGB") == (shown.format, shown.mode)
    assert shown.width == shown.height >= 96


def test_a_plain_cover_is_sharp_on_a_screen_of_two_pixels_for_one():
    assert (448, 448) == Image.open(io.BytesIO(page_picture(placeholder_cover("The Ferry")))).size


@pytest.mark.parametrize(("mode", "size"), [("CMYK", (1400, 1400)), ("RGB", (1600, 900))])
def test_a_cover_as_another_host_served_it_is_made_small_too(saved, mode, size):
    content = saved(mode=mode, size=size).read_bytes()

    assert Image.open(io.BytesIO(page_picture(content))).mode == "RGB"


def test_a_home_screen_gets_the_cover_as_it_asks_for_it():
    icon = Image.open(io.BytesIO(page_icon(placeholder_cover("The Ferry"))))

    assert ("PNG", (180, 180)) == (icon.format, icon.size)


def test_what_is_no_picture_is_not_made_small():
    with pytest.raises(CoverError):
        page_picture(b"no picture")
