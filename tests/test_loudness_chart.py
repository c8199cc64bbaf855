"""The picture of an episode's loudness, as the preview shows it to the editor."""

from __future__ import annotations

import pytest
from feed_builders import loud, master, show
from selectolax.lexbor import LexborHTMLParser

from columncast.feed.preview.loudness_chart import caption, loudness_svg, metered


def chart(a_master) -> LexborHTMLParser:
    picture = loudness_svg(a_master, target_lufs=metered(show(), a_master))
    return LexborHTMLParser(f"{picture}<figcaption>{caption(a_master)}</figcaption>")


def test_the_loudness_picture_says_in_words_what_it_shows():
    html = chart(master())

    picture = html.css_first("svg.loudness")

    assert "img" == picture.attributes["role"]
    assert "−16.0 LUFS as heard, −1.2 dBTP true peak" in picture.attributes["aria-label"]
    assert html.css_first("svg .target")
    assert html.css_first("svg .limiter")


def test_what_editing_did_is_seen_beside_the_recording_as_it_was():
    """The recording was 12 LU lower, ten seconds shorter, and came after an intro of ten."""
    edited = master(
        steps=("phrases levelled by up to 6 dB", "intro joined"),
        source=loud(-31.0),
        source_short_term_lufs=(-31.0,) * 210 + (-37.0,) * 210,
        offset_s=10.0,
    )

    html = chart(edited)

    drawn = html.css_first("svg .recorded").attributes["d"][1:].split()
    places = list(zip(map(float, drawn[::2]), map(float, drawn[1::2]), strict=True))
    seconds = [x * 430 / 800 for x, _ in places]
    assert (11, 429) == (round(seconds[0]), round(seconds[-1]))
    target = float(html.css_first("svg .target").attributes["d"].split()[1].split("H")[0])
    assert places[0][1] == pytest.approx(target), "it is not brought to the same loudness"
    assert places[-1][1] > target
    assert "the thin line is the recording at the same loudness, before it was edited (phrases" in (
        html.css_first("figcaption").text()
    )


def test_a_recording_that_was_not_edited_has_no_line_of_its_own():
    html = chart(master(source_short_term_lufs=(-24.0,) * 430))

    assert not html.css_first("svg .recorded")
    assert "thin line" not in html.css_first("figcaption").text()


def test_a_master_the_limiter_left_alone_has_no_marks():
    html = chart(master(limited_s=0.0, limited_at_s=()))

    assert not html.css_first("svg .limiter")
    assert "limiter" not in html.css_first("figcaption").text()
