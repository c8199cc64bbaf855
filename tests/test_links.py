"""Addresses: what may be linked to."""

import pytest

from columncast.episodes.text.urls import clean_url, has_tracking, is_unsafe, trimmed

BASE = "https://example.org/p/piano/"


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "JaVaScRiPt:x", " javascript:x", "java\tscript:x", "java\nscript:x", "\x01javascript:x",
     "vbscript:x", "data:text/html,x", "file:///etc/passwd", "about:blank", "blob:x", "view-source:https://a.example"],
)  # fmt: skip
@pytest.mark.parametrize("base", ["", BASE])
def test_only_addresses_that_show_something_are_linked(href, base):
    assert "" == clean_url(href, base)
    assert is_unsafe(href)


@pytest.mark.parametrize(
    ("href", "base", "clean"),
    [
        ("https://Example.ORG/Ä b", "", "https://example.org/%C3%84%20b"),
        ("https://example.org/%C3%84", "", "https://example.org/%C3%84"),
        ("https://bücher.example/", "", "https://xn--bcher-kva.example/"),
        ("https://example.org:8080/a?b=c d", "", "https://example.org:8080/a?b=c%20d"),
        ("https://[::1]/x", "", "https://[::1]/x"),
        ("//example.org/x", "", "https://example.org/x"),
        ("www.example.org", "", "https://www.example.org"),
        ("../x", BASE, "https://example.org/p/x"),
        ("?a=1", BASE, "https://example.org/p/piano/?a=1"),
        ("#deck", BASE, "https://example.org/p/piano/#deck"),
        ("/x", "", ""),
        ("#deck", "", ""),
        ("", BASE, ""),
        ("https://", "", ""),
        ("https://exa mple.org/", "", ""),
        ("https://[::1", "", ""),
        ("https://example.org:99999/", "", ""),
        ("mailto:ida@example.org?subject=x", "", "mailto:ida@example.org"),
        ("mailto:nobody", "", ""),
        ("https://user:secret@example.org/", "", "https://example.org/"),
    ],
)
def test_addresses_are_absolute_and_in_ascii(href, base, clean):
    assert clean == clean_url(href, base)
    assert clean == clean_url(clean, base)


def test_what_follows_readers_around_is_taken_off():
    href = "https://example.org/?utm_source=a&q=1&fbclid=b&mc_eid=c#top"

    assert has_tracking(href)
    assert "https://example.org/?q=1#top" == clean_url(href)


@pytest.mark.parametrize("after", [".", ",", "!", "”", "’", "),", ":", "?"])
def test_the_sentences_punctuation_is_no_part_of_an_address(after):
    assert "https://example.org/a" == trimmed(f"https://example.org/a{after}")
