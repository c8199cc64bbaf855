"""Feeds damaged at random, the same ones for the same seed: cut, flipped, repeated, nested, blown up."""

from __future__ import annotations

import random

TOKENS = (
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<item>", b"</item>", b"<entry>", b"</rss>", b"</channel>",
    b"<", b">", b"&", b"&#0;", b"&#x110000;", b"&#xD83D;", b"&nbsp;", b'"', b"'", b"\x00", b"\xff\xfe",
    b"\xef\xbb\xbf", b"<?xml version='1.0' encoding='utf-16'?>", b"<!DOCTYPE x [", b"<rss", b'xmlns:=""',
    b" xml:base='http://['", b"<enclosure url='http://[::1/a.mp3'/>", b"<pubDate>", b"</title>", b"\xc3",
    b"<a:b c:d='e'>", b"99999999999999999999", b"-1", b"\xed\xa0\x80", "\u202e".encode(), b"itunes:",
)  # fmt: skip


def mutated(feed: bytes, dice: random.Random) -> bytes:
    """Return *feed* with one to six things done to it."""
    for _ in range(dice.randint(1, 6)):
        feed = dice.choice((_cut, _flip, _repeat, _drop, _insert, _insert, _swap, _grow, _nest))(
            feed, dice
        )
    return feed


def _place(feed: bytes, dice: random.Random) -> int:
    return dice.randint(0, len(feed))


def _cut(feed: bytes, dice: random.Random) -> bytes:
    return feed[: _place(feed, dice)] if dice.random() < 0.5 else feed


def _flip(feed: bytes, dice: random.Random) -> bytes:
    changed = bytearray(feed)
    for _ in range(dice.randint(1, 8)):
        if changed:
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _repeat(feed: bytes, dice: random.Random) -> bytes:
    start, length = _place(feed, dice), dice.randint(1, 300)
    return feed[:start] + feed[start : start + length] * dice.randint(2, 5) + feed[start:]


def _drop(feed: bytes, dice: random.Random) -> bytes:
    start = _place(feed, dice)
    return feed[:start] + feed[start + dice.randint(1, 60) :]


def _insert(feed: bytes, dice: random.Random) -> bytes:
    at = _place(feed, dice)
    return feed[:at] + dice.choice(TOKENS) * dice.choice((1, 1, 2, 30)) + feed[at:]


def _swap(feed: bytes, dice: random.Random) -> bytes:
    a, b = sorted((_place(feed, dice), _place(feed, dice)))
    return feed[b:] + feed[a:b] + feed[:a]


def _grow(feed: bytes, dice: random.Random) -> bytes:
    """A value, or a text, of a size that nobody has written."""
    at = _place(feed, dice)
    return feed[:at] + dice.choice((b"x", b"9", b" ", b"<", b"&amp;", b"/")) * 20_000 + feed[at:]


def _nest(feed: bytes, dice: random.Random) -> bytes:
    at = _place(feed, dice)
    return feed[:at] + b"<x>" * dice.choice((50, 5000)) + feed[at:]
