"""The time of each written word: from what was heard where, back to what the reader sees."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from columncast.audio.align.decide.extents import Extent
from columncast.audio.align.decide.takes import Take
from columncast.audio.align.search.features import seconds
from columncast.episodes.model.alignment import TimedWord

_SHORTEST = 8
"""Frames below which a gap cannot hold a word that was not recognised."""


def timed_words(tokens: Sequence[str], take: Take, extent: Extent) -> tuple[TimedWord, ...]:
    """Return *tokens* with their times; what was not said has none.

    Words in a stretch that was spoken but not recognised share its time by their length.
    """
    spans: list[tuple[float, float] | None] = [None] * len(tokens)
    recognised: set[int] = set()
    said = [word for visit in take.visits for word in visit.words]
    for (first, last), group in groupby(said, key=lambda s: (s.word.token, s.word.last_token)):
        parts = list(group)
        recognised.update(range(first, last + 1))
        if len(parts) == last - first + 1:
            for token, part in enumerate(parts, start=first):
                spans[token] = (float(part.start), float(part.end))
        else:
            for token, span in _shared(tokens, first, last, parts[0].start, parts[-1].end):
                spans[token] = span
    heard = [i for i, span in enumerate(spans) if span]
    _widen(spans, heard, extent)
    edges = [(-1, float(extent.start)), *((i, _end(spans, i)) for i in heard)]
    starts = [*((i, _start(spans, i)) for i in heard), (len(tokens), float(extent.end))]
    for (before, a), (after, b) in zip(edges, starts, strict=True):
        unheard = [i for i in range(before + 1, after) if any(c.isalnum() for c in tokens[i])]
        if unheard and b - a >= _SHORTEST * len(unheard):
            for token, span in _shared(tokens, unheard[0], unheard[-1], a, b):
                spans[token] = span
    return tuple(
        _word(text, span, heard=token in recognised)
        for token, (text, span) in enumerate(zip(tokens, spans, strict=True))
    )


def _start(spans: Sequence[tuple[float, float] | None], i: int) -> float:
    span = spans[i]
    return span[0] if span else 0.0


def _end(spans: Sequence[tuple[float, float] | None], i: int) -> float:
    span = spans[i]
    return span[1] if span else 0.0


def _widen(spans: list[tuple[float, float] | None], heard: Sequence[int], extent: Extent) -> None:
    """Let the first and the last word reach as far as the sentence does, if they are at its edge."""
    first, last = heard[0], heard[-1]
    if first == 0:
        spans[0] = (min(float(extent.start), _start(spans, 0)), _end(spans, 0))
    if last == len(spans) - 1:
        spans[last] = (_start(spans, last), max(float(extent.end), _end(spans, last)))


def _shared(
    tokens: Sequence[str], first: int, last: int, start: float, end: float
) -> list[tuple[int, tuple[float, float]]]:
    lengths = [len(tokens[i]) for i in range(first, last + 1)]
    cuts = start + (end - start) * np.concatenate([[0], np.cumsum(lengths)]) / sum(lengths)
    return [(first + k, (float(cuts[k]), float(cuts[k + 1]))) for k in range(len(lengths))]


def _word(text: str, span: tuple[float, float] | None, *, heard: bool) -> TimedWord:
    if span is None:
        return TimedWord(text=text)
    return TimedWord(
        text=text,
        start_s=seconds(span[0]),
        end_s=seconds(span[1]),
        heard=heard,
    )
