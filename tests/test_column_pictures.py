"""A column's picture is published as pixels alone: small, upright, in sRGB; or refused with a reason."""

from __future__ import annotations

import io
import re
import struct
import zlib
from functools import partial

import pytest
from builders import packed_zeros
from PIL import Image, ImageCms, ImageSequence, PngImagePlugin

from columncast.episodes.errors import PictureError
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.artwork.column_picture import published_picture, suffix_of_picture
from columncast.feed.artwork.gif import without_remarks

SECRET = b"Nobody but me"


@pytest.fixture
def folder(tmp_path):
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def published(folder, tmp_path):
    """Publish the bytes of a picture; return it with its files, the widest last."""

    def publish(data: bytes, name="picture-quay"):
        source = tmp_path / "source"
        source.write_bytes(data)
        picture = published_picture(folder, source, "the-quay", name)
        waiting = folder.cache / "pictures" / "the-quay"
        return picture, [(waiting / name).read_bytes() for name in picture.names]

    return publish


def saved(picture: Image.Image, kind: str, **how) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def pixel(data: bytes, at: tuple[int, int]) -> tuple[int, ...]:
    found = opened(data).convert("RGB").getpixel(at)
    assert isinstance(found, tuple)
    return found


def photo(width=1800, height=1200) -> Image.Image:
    """What weighs as a photograph does: no two pixels are alike."""
    small = Image.effect_noise((width // 4, height // 4), 90)
    return small.resize((width, height), Image.Resampling.BICUBIC).convert("RGB")


def telling() -> dict[str, object]:
    """What cameras and programs write into a picture beside its pixels."""
    exif = Image.Exif()
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 17.0)
    return {"exif": exif, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}


def test_a_photograph_gets_two_widths_under_names_of_their_bytes(published):
    picture, (small, large) = published(saved(photo(), "JPEG", quality=95))

    assert [(608, 405), (1216, 811)] == [opened(data).size for data in (small, large)]
    assert [(608, 405), (1216, 811)] == [(f.width_px, f.height_px) for f in picture.files]
    assert all(re.fullmatch(r"picture-quay-[0-9a-f]{8}\.jpg", name) for name in picture.names)
    assert len(small) <= 0.7 * len(large)


def test_the_same_picture_gives_the_same_bytes(published, folder):
    data = saved(photo(), "JPEG")
    first = published(data)
    for path in (folder.cache / "pictures/the-quay").iterdir():
        path.unlink()

    assert first == published(data)


def test_a_small_picture_is_never_made_larger(published):
    picture, _ = published(saved(photo(300, 200), "JPEG"))

    assert [(300, 200)] == [(f.width_px, f.height_px) for f in picture.files]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_published(published, kind):
    how = telling()
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", SECRET.decode())
        texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        how["pnginfo"] = texts
    if kind == "JPEG":
        how["comment"] = SECRET
    data = saved(photo(), kind, **how)

    _, files = published(data)

    assert SECRET in data
    for made in files:
        assert SECRET not in made
        assert not opened(made).getexif()
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(opened(made).info)


def test_a_picture_taken_sideways_stands_upright(published):
    sideways = Image.new("RGB", (200, 100), "blue")
    sideways.paste("red", (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter to the right

    _, (made,) = published(saved(sideways, "JPEG", exif=exif))

    assert (100, 200) == opened(made).size
    assert pixel(made, (50, 20))[0] > 200, "red is at the top"


def test_colours_are_brought_to_those_of_the_web(published):
    wide = ImageCms.ImageCmsProfile(io.BytesIO(swapped_profile()))

    _, (made,) = published(
        saved(Image.new("RGB", (64, 64), "red"), "PNG", icc_profile=wide.tobytes())
    )

    assert pixel(made, (9, 9))[:2] == pytest.approx((0, 255), abs=60)


def swapped_profile() -> bytes:
    """The profile of sRGB with red and green changed over, which no one can take for sRGB."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", data, 128)[0]
    at = {bytes(data[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, green = at[b"rXYZ"], at[b"gXYZ"]
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)


@pytest.mark.parametrize(
    ("mode", "kind", "suffix"),
    [
        ("CMYK", "JPEG", ".jpg"),
        ("L", "JPEG", ".jpg"),
        ("I;16", "PNG", ".png"),
        ("1", "PNG", ".png"),
        ("P", "GIF", ".png"),
        ("LA", "PNG", ".png"),
    ],
)
def test_pictures_of_every_mode_become_ones_that_browsers_show(published, mode, kind, suffix):
    picture, (made,) = published(saved(Image.new(mode, (90, 60)), kind))

    assert picture.name.endswith(suffix)
    assert opened(made).mode in ("RGB", "RGBA", "L", "P")
    assert (90, 60) == opened(made).size


def test_sixteen_bits_keep_their_greys(published):
    grey = Image.new("I;16", (40, 40), 32_768)

    _, (made,) = published(saved(grey, "PNG"))

    assert opened(made).convert("L").getpixel((5, 5)) == pytest.approx(128, abs=2)


def test_a_drawing_of_few_colours_stays_one(published):
    noise = Image.effect_noise((800, 500), 90).quantize(16)
    data = saved(noise, "PNG", bits=4)

    picture, files = published(data)

    assert picture.name.endswith(".png")
    assert len(files[-1]) <= 1.1 * len(data)
    assert noise.convert("RGB").tobytes() == opened(files[-1]).convert("RGB").tobytes()


def test_what_is_seen_through_stays_so(published):
    heavy = Image.merge("RGBA", (*photo(1400, 900).split(), Image.new("L", (1400, 900), 99)))

    light_picture, (light, *_) = published(saved(Image.new("RGBA", (90, 60)), "PNG"))
    heavy_picture, files = published(saved(heavy, "PNG"))

    assert light_picture.name.endswith(".png")
    assert opened(light).getchannel("A").getextrema() == (0, 0)
    assert heavy_picture.name.endswith(".webp")
    assert opened(files[-1]).getchannel("A").getextrema() == pytest.approx((99, 99), abs=3)


def gif(frames=4, size=(120, 80), **how) -> bytes:
    pictures = [Image.effect_noise(size, 40 + n).convert("P") for n in range(frames)]
    return saved(
        pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=80, loop=0, **how
    )


def test_a_gif_goes_on_moving_without_its_remarks(published):
    data = gif(comment=SECRET) + b"after the end " + SECRET

    picture, (still, moving) = published(data)

    assert picture.moves
    assert SECRET in data
    assert SECRET not in moving
    assert 4 == len(list(ImageSequence.Iterator(opened(moving))))
    assert (0, 80) == (opened(moving).info["loop"], opened(moving).info["duration"])
    for frame in range(4):
        before, after = opened(data), opened(moving)
        before.seek(frame)
        after.seek(frame)
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()
    assert 1 == getattr(opened(still), "n_frames", 1)
    assert (
        f'<source media="(prefers-reduced-motion: reduce)" srcset="{picture.files[0].name}">'
        in picture.html("Waves")
    )


@pytest.mark.parametrize("cut_at", [12, 200, 900, -1])
def test_a_damaged_gif_is_refused_or_read(cut_at):
    data = gif()[:cut_at]

    with pytest.raises(PictureError, match="damaged GIF"):
        without_remarks(data)


@pytest.mark.parametrize(
    "data",
    [
        gif(frames=30, size=(500, 400)),
        saved(
            Image.new("RGB", (9, 9)),
            "WEBP",
            save_all=True,
            append_images=[Image.new("RGB", (9, 9), "red")],
        ),
        saved(
            Image.new("RGB", (9, 9)),
            "PNG",
            save_all=True,
            append_images=[Image.new("RGB", (9, 9), "red")],
        ),
    ],
    ids=["heavy-gif", "webp", "png"],
)
def test_other_pictures_that_move_show_how_they_begin(published, data):
    picture, files = published(data)

    assert picture.stopped
    assert not picture.moves
    assert all(getattr(opened(made), "n_frames", 1) == 1 for made in files)


def png_of(width: int, height: int, *chunks: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [b"IHDR" + head, *chunks, b"IDAT" + zlib.compress(bytes(1000)), b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in parts
    )


REFUSED = {
    "bomb": (png_of(40_000, 40_000), "far too large"),
    "just too large": (png_of(8192, 6145), "far too large"),
    "long bomb": (png_of(1, 60_000_000), "far too large"),
    "profile bomb": (
        png_of(90, 90, b"iCCPx\0\0" + packed_zeros(80)),
        "can be read",
    ),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "SVG"),
    "svg with a head": (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x -->\n<SVG/>', "SVG"),
    "page": (b"<!DOCTYPE html><title>Not found</title>", "web page"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(99), "HEIC"),
    "tiff": (saved(Image.new("RGB", (9, 9)), "TIFF"), "TIFF"),
    "bmp": (saved(Image.new("RGB", (9, 9)), "BMP"), "of a kind"),
    "pdf": (b"%PDF-1.7", "PDF"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "of a kind"),
    "text": (b"name,address\n", "of a kind"),
    "nothing": (b"", "of a kind"),
}


@pytest.mark.parametrize(("data", "why"), REFUSED.values(), ids=REFUSED)
def test_what_no_page_can_show_is_refused_with_a_reason(published, tmp_path, data, why):
    source = tmp_path / "given"
    source.write_bytes(data)

    for ask in (partial(suffix_of_picture, source), partial(published, data)):
        if "bomb" in why and ask.func is suffix_of_picture:
            continue
        with pytest.raises(PictureError, match=why) as caught:
            ask()
        assert "\n" not in str(caught.value)


def test_a_cut_off_picture_is_refused_when_its_pixels_are_read(published):
    data = saved(photo(), "JPEG")

    with pytest.raises(PictureError, match="can be read"):
        published(data[: len(data) // 2])


def test_a_very_tall_picture_is_brought_to_what_screens_take(published):
    picture, _ = published(saved(Image.new("L", (600, 16_000)), "PNG"))

    assert [(300, 8000)] == [(f.width_px, f.height_px) for f in picture.files]
