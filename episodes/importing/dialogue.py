"""Which pairs a person wants, asked on the console."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from columncast.episodes.console.console import Console
from columncast.episodes.format import count
from columncast.episodes.importing.pairs.pairing import Pair, Pairing


def agreed_pairs(pairing: Pairing, console: Console, *, yes: bool) -> list[Pair]:
    """Return the pairs of *pairing* to add: the sure ones at one answer, each other one at its own.

    With *yes* the sure ones are taken unasked, and no other.

    Raises:
        UsageError: There is no terminal to ask at.
    """
    sure = [pair for pair in pairing.pairs if pair.sure]
    if sure and not console.agrees(f"Add what is sure, {count(len(sure), 'pair')}?", yes=yes):
        sure = []
    if yes or not sys.stdin.isatty():
        return sure
    return [*sure, *_unsure(pairing, console)]


def _unsure(pairing: Pairing, console: Console) -> Iterator[Pair]:
    """Ask about each pair that is not sure, and each recording that fits several columns."""
    for pair in pairing.pairs:
        names = f"{pair.recording.path.name} with {pair.column.path.name}"
        if not pair.sure and console.asks(f"Is it {names} ({pair.by})?"):
            yield pair
    used: list[Path] = []
    for one in pairing.unpaired:
        readings = [reading for reading in one.candidates if reading.path not in used]
        if not readings:
            continue
        console.remark(f"{one.recording.path.name}: {one.why}")
        choices = [f"{reading.path.name}   {reading.title}" for reading in readings]
        if number := console.chooses("Which?", choices):
            used.append(readings[number - 1].path)
            yield Pair(recording=one.recording, column=readings[number - 1], by="you")
