"""Where in a recording a sentence goes that was read again: in its take's place, or between its neighbours.

A cell is 10 ms. The pauses around it, and a breath in them, stay as the reader made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from columncast.audio.editing.pauses import CELLS_PER_S
from columncast.audio.editing.pickups.readings import LEAD, with_lead
from columncast.audio.editing.plan import Gap, OwnPauses, Place, Planner
from columncast.audio.editing.spans import Span, cell_of
from columncast.episodes.model.alignment import AlignedSentence, Extra

_ALIKE = (0.5, 2.0)  # how much longer a misreading may be than the sentence
_NEXT = 60  # cells, up to which sound beside a sentence belongs to it


@dataclass(frozen=True)
class Spot:
    """From one cell of the recording to another; and how much longer its pauses become, in cells."""

    start: int
    end: int
    lead: int = 0
    tail: int = 0


class Places:
    """Finds the place of each sentence of one recording."""

    def __init__(self, planner: Planner) -> None:
        self.planner, self.pauses = planner, planner.pauses
        self.sentences: Sequence[AlignedSentence] = planner.alignment.sentences
        self.own: OwnPauses = planner.own

    def of(self, sentence: int, length: int, others: frozenset[int]) -> Spot | str:
        """Return where *sentence* goes that lasts *length* cells, or why it cannot go anywhere.

        *others* go into the same recording.
        """
        gaps = self.planner.gaps
        before = [gap for gap in gaps if gap.after and gap.after.sentence == sentence]
        behind = [gap for gap in gaps if gap.before and gap.before.sentence == sentence]
        if not before or not behind:
            return self._between(sentence, length, others)
        first, last = before[0], behind[-1]
        inside = [
            span
            for span in self.planner.spans
            if first.end.cell <= span.start < last.start.cell and span.sentence != sentence
        ]
        if inside:
            return "its take in the recording has other sentences in it"
        start, end = first.end.cell, last.start.cell
        if self.sentences[sentence].status != "read":
            start, end = self._with_what_is_beside(first, last)
        return Spot(with_lead(self.pauses, start, -1), with_lead(self.pauses, end, 1))

    def _with_what_is_beside(self, first: Gap, last: Gap) -> tuple[int, int]:
        """Return the place of a sentence that was read in other words, which were heard as no text."""
        start, end = first.end.cell, last.start.cell
        for extra in reversed(self._extras(first)):
            if start - cell_of(extra.end_s) < _NEXT:
                start = self._quiet(cell_of(extra.start_s), -1)
        for extra in self._extras(last):
            if cell_of(extra.start_s) - end < _NEXT:
                end = self._quiet(cell_of(extra.end_s), 1)
        return max(start, first.start.cell), min(end, last.end.cell)

    def _between(self, sentence: int, length: int, others: frozenset[int]) -> Spot | str:
        gap = self._gap(sentence)
        if gap is None:
            return "its neighbours are not read one after the other in the recording"
        instead = [
            extra
            for extra in self._extras(gap)
            if _ALIKE[0] < (extra.end_s - extra.start_s) * CELLS_PER_S / length < _ALIKE[1]
        ]
        if len(instead) == 1:
            start = max(self._quiet(cell_of(instead[0].start_s), -1), gap.start.cell)
            end = min(self._quiet(cell_of(instead[0].end_s), 1), gap.end.cell)
            return Spot(with_lead(self.pauses, start, -1), with_lead(self.pauses, end, 1))
        return self._inserted(sentence, gap, others)

    def _inserted(self, sentence: int, gap: Gap, others: frozenset[int]) -> Spot:
        """Return a place that nothing is taken from: in the pause of *gap* next to what follows."""
        before, behind = self._usual(sentence - 1, sentence), self._usual(sentence, sentence + 1)
        if gap.after:
            end = gap.end.cell
            start = max(self.pauses.run(end - 1, -1) + 1, gap.start.cell)
            at = (start + end) // 2 if gap.before else max(start, end - behind)
        else:
            start = gap.start.cell
            end = self.pauses.run(start, 1)
            at = min(end, start + before)
        follows = sentence - 1 in others and self._gap(sentence - 1) == gap
        leads_on = sentence + 1 in others and self._gap(sentence + 1) == gap
        lead = before - LEAD - (0 if follows else at - start)
        tail = 0 if leads_on else behind - LEAD - (end - at)
        return Spot(
            at,
            at,
            max(0, lead) if gap.before or follows else 0,
            max(0, tail) if gap.after else 0,
        )

    def _gap(self, sentence: int) -> Gap | None:
        """Return what lies between the nearest neighbours of a sentence that was not read."""
        spans = self.planner.spans
        former = max((s.sentence for s in spans if s.sentence < sentence), default=None)
        latter = min((s.sentence for s in spans if s.sentence > sentence), default=None)
        for gap in self.planner.gaps:
            if _number(gap.before) == former and _number(gap.after) == latter:
                return gap
        return None

    def _usual(self, one: int, other: int) -> int:
        if not (one >= 0 and other < len(self.sentences)):
            return self.own.usual["sentences"]
        same = self.sentences[one].paragraph == self.sentences[other].paragraph
        place: Place = "sentences" if same else "paragraphs"
        return self.own.usual[place]

    def _extras(self, gap: Gap) -> list[Extra]:
        low, high = gap.start.cell - 2, gap.end.cell + 2
        return [
            extra
            for extra in self.planner.alignment.extras
            if extra.kind != "jingle"
            and low < cell_of(extra.end_s)
            and cell_of(extra.start_s) < high
        ]

    def _quiet(self, cell: int, step: int) -> int:
        found = self.pauses.outward(cell, step, _NEXT // 2)
        return cell if found is None else found


def _number(span: Span | None) -> int | None:
    return span.sentence if span else None
