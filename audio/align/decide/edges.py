"""Short words at the edge of a sentence that were found on somebody else's sound.

A pause inside a sentence costs nothing, so a first word that the reader swallowed, or ran into the
second one, is found on the tail of the sentence before; a last word likewise on the head of the next.
Such a word has no pause on its outer side and a long one on its inner side. It was not heard there.
"""

from __future__ import annotations

from dataclasses import replace

from columncast.audio.align.decide.takes import Take
from columncast.audio.align.search.features import Mask
from columncast.audio.align.search.windows import Spoken, Visit

_PHONES, _FRAMES = 5, 40
_APART = 22  # frames of pause between it and the rest
_TOUCHING = 8  # frames on its outer side,
_SOUND = 0.6  # and how much of them must sound


def unglued(take: Take, voiced: Mask) -> Take:
    """Return *take* without a word at its edges that holds on to other sound."""
    words = [word for visit in take.visits for word in visit.words]
    if len(words) < 3:
        return take
    (first, second), (last_but_one, last) = words[:2], words[-2:]
    visits = list(take.visits)
    before = voiced[max(0, first.start - _TOUCHING) : first.start]
    if _short(first) and _apart(first, second) and before.sum() > _SOUND * _TOUCHING:
        visits = _without(visits, 0)
    after = voiced[last.end : last.end + _TOUCHING]
    if _short(last) and _apart(last_but_one, last) and after.sum() > _SOUND * _TOUCHING:
        visits = _without(visits, -1)
    return replace(take, visits=tuple(visits))


def _without(visits: list[Visit], edge: int) -> list[Visit]:
    """Return *visits* without the word at one *edge*, the first (0) or the last (-1)."""
    words = visits[edge].words[1:] if edge == 0 else visits[edge].words[:-1]
    kept = [replace(visits[edge], words=words)] if words else []
    return [*kept, *visits[1:]] if edge == 0 else [*visits[:-1], *kept]


def _apart(one: Spoken, other: Spoken) -> bool:
    return other.start - one.end >= _APART


def _short(word: Spoken) -> bool:
    ways = word.word.phones
    return bool(ways) and len(ways[0]) <= _PHONES and word.end - word.start <= _FRAMES
