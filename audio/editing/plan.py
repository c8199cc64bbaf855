"""Which cuts a recording calls for, and which of them are sure.

What is to stay comes first (`spans`): the last good take of each sentence. A cut is what lies between
two spans and is no pause, breath or click of the reader's; its ends lie in pauses, and the pause that
remains is as long as the reader's own. Nothing is sure while a word of the sentences on either side was
not heard by itself, because then it may be what the cut would take.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import cepstra
from columncast.audio.align.search.lattice import Clause, build
from columncast.audio.align.search.posteriors import CONTEXT
from columncast.audio.align.search.viterbi import best_path, scored
from columncast.audio.align.search.windows import Visit, visits_of
from columncast.audio.editing.listening import Listened
from columncast.audio.editing.pauses import CELLS_PER_S, Pauses
from columncast.audio.editing.said_again import SaidAgain
from columncast.audio.editing.spans import Restart, Span, SpanFinder, cell_of
from columncast.episodes.model.alignment import AlignedSentence, Alignment
from columncast.episodes.model.cuts import Cut, CutKind

Place = Literal["phrase", "within", "sentences", "paragraphs"]
"""Where a pause is made: amid a phrase, at a comma, after a sentence, after a paragraph."""

_USUAL: dict[Place, int] = {"phrase": 8, "within": 16, "sentences": 45, "paragraphs": 85}
"""Cells, for a reader of whom too few pauses are known."""
_LONGEST_OWN = 250
_LEAST_PAUSE, _FROM_EDGE = 10, 5
_LEAST_SOUND = 15
_LEAST_NOISE = 8
_LEAD = 25
_BEFORE, _BEHIND = 25, 35  # how far a cut looks for a pause, in cells
_AROUND = 3  # sentences on either side that may be said again
_SPEECH = 0.5  # of the frames of a sound must resemble speech, or it is a noise
_SAID = 0.35  # of a stretch must be words of the text before it is called by them
_LONGEST = 60 * CELLS_PER_S


@dataclass(frozen=True)
class OwnPauses:
    """How long this reader pauses, in cells."""

    usual: dict[Place, int]
    longest: dict[Place, int]
    """Over which a pause is long."""


@dataclass(frozen=True)
class _Edge:
    """Where a span ends or begins in quiet; the word's own edge where there is none near."""

    cell: int
    in_pause: bool


@dataclass(frozen=True)
class Gap:
    """What lies between two spans, from the quiet after one to the quiet before the other."""

    before: Span | None
    after: Span | None
    start: _Edge
    end: _Edge
    place: Place


class Planner:
    """Finds the cuts of one recording."""

    def __init__(
        self,
        heard: Listened,
        alignment: Alignment,
        clauses: Sequence[Clause],
        model: AcousticModel,
        *,
        even_pauses: bool = True,
    ) -> None:
        self.even_pauses = even_pauses
        self.heard, self.alignment, self.clauses, self.model = heard, alignment, clauses, model
        self.pauses: Pauses = heard.pauses
        self.spans = SpanFinder(heard, alignment, clauses, model).spans()
        self.gaps = self._gaps()
        self.own = self._own_pauses()

    def cuts(self) -> list[Cut]:
        """Return the cuts, in time."""
        found = [self._cut(gap) for gap in self.gaps]
        cuts = [cut for cut in found if cut]
        return sorted(cuts, key=lambda cut: cut.start_s)

    def _gaps(self) -> list[Gap]:
        spans = self.spans
        if not spans:
            return []
        gaps = []
        for before, after in pairwise(spans):
            start = self._edge(
                before.end - 2, 1, min(_BEHIND, max(3, after.start - before.end + 2))
            )
            end = self._edge(
                after.start + 2, -1, min(_BEFORE, max(3, after.start + 2 - before.end))
            )
            gap = Gap(before, after, start, end, self._place(before, after))
            gaps.append(gap if after.restart else self._between_whole_words(gap))
        first, last = spans[0], spans[-1]
        opening = self._edge(first.start + 2, -1, min(_BEFORE, first.start + 2))
        gaps.insert(0, Gap(None, first, _Edge(0, in_pause=True), opening, "sentences"))
        closing = self._edge(last.end - 2, 1, _BEHIND)
        end = _Edge(self.pauses.cells, in_pause=True)
        return [*gaps, Gap(last, None, closing, end, "sentences")]

    def _edge(self, cell: int, step: int, most: int) -> _Edge:
        found = self.pauses.outward(cell, step, max(1, most))
        return _Edge(cell, in_pause=False) if found is None else _Edge(found, in_pause=True)

    def _between_whole_words(self, gap: Gap) -> Gap:
        """Return *gap* without the last sound of the word before it, and the first of the next."""
        start, end = gap.start.cell, gap.end.cell
        if gap.start.in_pause:
            start = self.pauses.with_stop(start, 1)
        if gap.end.in_pause:
            end = self.pauses.with_stop(end, -1)
        if start >= end:
            return gap
        return replace(gap, start=replace(gap.start, cell=start), end=replace(gap.end, cell=end))

    def _place(self, before: Span, after: Span) -> Place:
        sentences = self.alignment.sentences
        one, other = sentences[before.sentence], sentences[after.sentence]
        if before.sentence == after.sentence:
            ends = one.text.split()[before.last][-1:]
            return "within" if ends in ",;:—–" else "phrase"
        return "sentences" if one.paragraph == other.paragraph else "paragraphs"

    def _own_pauses(self) -> OwnPauses:
        known: dict[Place, list[int]] = {place: [] for place in _USUAL}
        for gap in self.gaps:
            long = gap.end.cell - gap.start.cell
            untouched = 0 <= long < _LONGEST_OWN and self.pauses.clean(gap.start.cell, gap.end.cell)
            if gap.before and gap.after and untouched:
                known[gap.place].append(long)
        starts = [span.start for span in self.spans]
        for start, end in self.pauses.stretches(_LEAST_PAUSE):
            at = bisect_right(starts, start - _FROM_EDGE) - 1
            inside = at >= 0 and end < self.spans[at].end - _FROM_EDGE
            if inside and end - start < _LONGEST_OWN:
                known["within"].append(end - start)
        usual, longest = dict(_USUAL), {}
        for place, lengths in known.items():
            if len(lengths) > 2:
                usual[place] = round(float(np.median(lengths)))
            most = np.percentile(lengths, 95) if len(lengths) > 4 else 2.2 * usual[place]
            longest[place] = round(max(1.35 * float(most), usual[place] + 40))
        usual["phrase"] = min(usual["within"], _USUAL["phrase"])
        longest["phrase"] = longest["within"]
        return OwnPauses(usual, longest)

    def _cut(self, gap: Gap) -> Cut | None:
        start, end = gap.start.cell, gap.end.cell
        if gap.before is None or gap.after is None:
            return self._cut_outside(gap)
        if self.pauses.clean(start, end):
            return self._long_pause(gap)
        named = [
            e
            for e in self.alignment.extras
            if cell_of(e.start_s) < end and cell_of(e.end_s) > start
        ]
        if any(e.kind == "jingle" for e in named):
            return None  # the show's own
        restart = gap.after.restart
        sound = self.pauses.sounding(start, end)
        if not (named or restart):
            return self._noise(gap) if sound >= _LEAST_NOISE else None
        if sound < _LEAST_SOUND and not restart:
            return None
        kind, text = self._named(gap)
        return self._seam(gap, kind, text)

    def _cut_outside(self, gap: Gap) -> Cut | None:
        """Return the cut before the first sentence or after the last: what is read of the text there."""
        low, high = gap.start.cell / CELLS_PER_S, gap.end.cell / CELLS_PER_S
        named = [e for e in self.alignment.extras if low <= e.start_s and e.end_s <= high]
        spoken = [e for e in named if e.kind != "jingle"]
        if not spoken or (gap.before is None and any(e.kind == "jingle" for e in named)):
            return None
        first, last = cell_of(spoken[0].start_s), cell_of(spoken[-1].end_s)
        if gap.before is None:
            gap = replace(gap, start=self._edge(first + 2, -1, _BEFORE))
        else:
            gap = replace(gap, end=self._edge(last - 2, 1, _BEHIND))
        kind, text = self._named(gap)
        cut = self._seam(gap, kind, text)
        if kind in ("aside", "noise") and cut.sure:
            why = "speech before the text begins" if gap.before is None else "speech after the end"
            return replace(cut, sure=False, reason=f"{why}; it may be wanted")
        return cut

    def _long_pause(self, gap: Gap) -> Cut | None:
        long = self.even_pauses and gap.end.cell - gap.start.cell > self.own.longest[gap.place]
        return self._seam(gap, "long pause", "") if long else None

    def _noise(self, gap: Gap) -> Cut | None:
        """Return the cut of a short sound as loud as speech that stands between two pauses."""
        start, end = gap.start.cell, gap.end.cell
        loud = self.pauses.as_loud_as_speech(start, end)
        apart = self.pauses.run(start, 1) - start >= 10 and end - self.pauses.run(end - 1, -1) > 10
        if gap.place in ("phrase", "within") or not (loud and apart):
            return None
        return self._seam(gap, "noise", "")

    def _seam(self, gap: Gap, kind: CutKind, text: str) -> Cut:
        """Return the cut of *gap*: half of the pause that stays lies before it, the rest behind."""
        start, end, wanted = gap.start.cell, gap.end.cell, self.own.usual[gap.place]
        if kind == "long pause":
            before = behind = end - start
        else:
            before = max(0, min(self.pauses.run(start, 1), end) - start)
            begins = self.pauses.with_breath(end, start + before)
            behind = end - max(self.pauses.run(end - 1, -1) + 1, start)
            if begins < end:
                wanted += end - begins
                behind = end - begins
        if gap.before is None:
            wanted, before = max(behind, 0), 0
        if gap.after is None:
            behind = 0
        one = min(before, max(4, wanted // 2))
        other = min(behind, max(0, wanted - one))
        one = min(before, max(0, wanted - other))
        if gap.before is None:
            one, other = 0, min(behind, _LEAD)
        fill = max(0, wanted - one - other) if gap.before and gap.after else 0
        why = self._doubt(gap, kind)
        return Cut(
            start_s=(start + one) / CELLS_PER_S,
            end_s=max(end - other, start + one) / CELLS_PER_S,
            kind=kind,
            sure=not why,
            text=text,
            reason=why or _REASONS[kind],
            before=gap.before.sentence if gap.before else -1,
            after=gap.after.sentence if gap.after else -1,
            fill_s=(fill if fill > 2 and kind != "long pause" else 0) / CELLS_PER_S,
        )

    def _doubt(self, gap: Gap, kind: CutKind) -> str:
        """Return why a person should listen first; empty if nothing of the text can be lost."""
        one = gap.before.sentence if gap.before else -1
        other = gap.after.sentence if gap.after else len(self.alignment.sentences)
        if kind == "long pause":
            return ""
        if not gap.start.in_pause or not gap.end.in_pause:
            return "there is no pause to cut in"
        if gap.after and gap.after.restart and not gap.after.restart.halts:
            return "the reader makes no pause before going back"
        if other < one:
            return "the sentences around it are read in another order"
        text_heard = kind in ("retake", "restart", "stutter")
        for number in range(max(one, 0), min(other + 1, len(self.alignment.sentences))):
            left_out = self.alignment.sentences[number].status == "missing" and (
                self.alignment.sentences[number].heading
                or self.alignment.sentences[number].optional
            )
            if left_out and text_heard:
                continue  # many readers leave headings to the page; this is something else
            if doubt := self._doubt_about(number):
                return doubt
        return ""

    def _doubt_about(self, number: int) -> str:
        """Return which sentence, or which word of it, may lie in a cut beside it; empty if none."""
        sentence = self.alignment.sentences[number]
        if sentence.status != "read":
            return f"“{_start_of(sentence)}” was not found; this may be it"
        word = self._unheard(number, sentence)
        return f"“{word}” was not heard clearly; this may hold it" if word else ""

    def _unheard(self, number: int, sentence: AlignedSentence) -> str:
        """Return the first word of *sentence* that was not recognised by itself; empty if all were."""
        for clause in self.clauses:
            if clause.sentence == number:
                for slot in clause.slots:
                    word = slot[0][0]
                    for token in range(word.token, word.last_token + 1):
                        if not sentence.words[token].heard:
                            return sentence.words[token].text
        return ""

    def _named(self, gap: Gap) -> tuple[CutKind, str]:
        """Return what the sound in *gap* is, and the words of the text that are heard in it."""
        restart: Restart | None = gap.after.restart if gap.after else None
        if restart:
            return restart.kind, restart.text
        start, end = gap.start.cell, min(gap.end.cell, gap.start.cell + _LONGEST)
        features = cepstra(self.heard.spectra, start, end, CONTEXT)
        if not len(features):
            return "noise", ""
        posteriors = self.model.log_posteriors(features)
        judge = self._judge(gap)
        visits = judge.of(self._said(gap, scored(posteriors, self.model)))
        sounding = ~self.pauses.quiet[start:end][: len(features)]
        in_words = np.zeros(len(features), bool)
        for visit in visits:
            in_words[visit.start : visit.end] = True
        share = in_words[: len(sounding)][sounding].mean() if sounding.any() else 0.0
        if visits and (share >= _SAID or judge.surely(visits)):
            return self._again(visits, judge)
        speech = self._resembles_speech(posteriors[: len(sounding)][sounding])
        return ("aside" if speech else "noise"), ""

    def _said(
        self, gap: Gap, scores: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    ) -> list[Visit]:
        one = gap.before.sentence if gap.before else gap.after.sentence if gap.after else 0
        other = gap.after.sentence if gap.after else one
        low, high = min(one, other) - _AROUND, max(one, other) + _AROUND
        near = [at for at, c in enumerate(self.clauses) if low <= c.sentence <= high]
        if not near:
            return []
        begins = next((at for at in near if self.clauses[at].sentence == other), near[0])
        lattice = build([self.clauses[at] for at in near], self.model)
        heard = best_path(scores, lattice, start=begins - near[0], to_end=False)
        return visits_of(heard, lattice, near[0], 0)

    def _judge(self, gap: Gap) -> SaidAgain:
        """Return what knows how well the sentences on either side of *gap* fit their sound."""
        reading = [visit for span in (gap.before, gap.after) if span for visit in self._read(span)]
        return SaidAgain.beside(self.clauses, reading, gap.after.sentence if gap.after else -1)

    def _read(self, span: Span) -> list[Visit]:
        near = [clause for clause in self.clauses if clause.sentence == span.sentence]
        features = cepstra(self.heard.spectra, span.start, span.end, CONTEXT)
        if not near or not len(features):
            return []
        lattice = build(near, self.model)
        scores = scored(self.model.log_posteriors(features), self.model)
        return visits_of(best_path(scores, lattice, to_end=False), lattice, 0, 0)

    def _again(self, visits: Sequence[Visit], judge: SaidAgain) -> tuple[CutKind, str]:
        sentences = dict.fromkeys(self.clauses[v.clause].sentence for v in visits)
        whole = any(judge.whole(visits, number) for number in sentences)
        texts = []
        for visit in visits:
            tokens = self.alignment.sentences[self.clauses[visit.clause].sentence].text.split()
            first = min(word.word.token for word in visit.words)
            last = max(word.word.last_token for word in visit.words)
            texts.append(" ".join(tokens[first : last + 1]))
        return ("retake" if whole else "restart"), " ".join(texts)

    def _resembles_speech(
        self, posteriors: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    ) -> bool:
        if not len(posteriors):
            return False
        phone = posteriors.argmax(1) // 3
        noises = [at for at, name in enumerate(self.model.phones) if name.startswith("+")]
        silence = self.model.phones.index("SIL")
        return bool((~np.isin(phone, [*noises, silence])).mean() >= _SPEECH)


_REASONS: dict[CutKind, str] = {
    "retake": "read again later",
    "restart": "broken off and begun again",
    "stutter": "said twice",
    "aside": "not in the text",
    "noise": "no speech",
    "long pause": "longer than the reader's other pauses",
}


def _start_of(sentence: AlignedSentence) -> str:
    words = sentence.text.split()
    return " ".join(words[:5]) + ("…" if len(words) > 5 else "")
