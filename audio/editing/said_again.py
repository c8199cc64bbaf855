"""Which words of the text are said in what is cut out: those that fit the sound as well as the reading does.

The search lays whatever sounds like speech against the text, an aside too, and may break off at the end
for nothing. So each passage is held against how well the reader's own sentence beside it fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from columncast.audio.align.search.lattice import Clause, Word
from columncast.audio.align.search.viterbi import OTHER
from columncast.audio.align.search.windows import Spoken, Visit

_WORSE = 0.8  # nats a frame by which a passage may fit worse than the reading
_MORE_NEXT = 0.35  # more, for the beginning of the sentence that is read next
_LEAST = 40.0  # nats that a passage must fit better than that where nothing leads to expect it
_LAST = 8.0  # nats that the last word before the reader breaks off must fit better
_SHORT = 50  # frames, of which a sentence must have more to tell how well it fits


@dataclass(frozen=True)
class SaidAgain:
    """Tells what is said again from what only resembles it."""

    clauses: Sequence[Clause]
    price: float
    """Nats a frame under which a word is none of the text."""
    next_: int
    """The sentence that is read behind it, of which a word or two are believed."""

    @classmethod
    def beside(cls, clauses: Sequence[Clause], reading: Sequence[Visit], next_: int) -> SaidAgain:
        """Return what judges by the *reading* of the sentences beside."""
        words = [w for visit in reading for w in visit.words if not w.word.garbled]
        frames = sum(w.end - w.start for w in words)
        if frames < _SHORT:
            return cls(clauses, OTHER, next_)
        fit = sum(w.score * (w.end - w.start) for w in words) / frames
        return cls(clauses, min(OTHER, _WORSE - fit), next_)

    def of(self, visits: Sequence[Visit]) -> list[Visit]:
        """Return what of *visits* is said again: whole sentences, and beginnings up to where they end."""
        found: list[Visit] = []
        goes_on = self.next_
        for run in self._runs(visits):
            number = self.clauses[run[0].clause].sentence
            whole = self.whole(run, number)
            if whole:
                least = 0.0 if number in (self.next_, goes_on) else _LEAST
                believed = run if self._gain_of(run) > least else []
            else:
                believed = self._beginning(run)
            found += believed
            goes_on = number + 1 if whole and believed else self.next_
        return found

    def whole(self, visits: Sequence[Visit], number: int) -> bool:
        """Whether all of the sentence *number* is said in *visits*."""
        complete = {visit.clause for visit in visits if visit.complete}
        return all(at in complete for at, c in enumerate(self.clauses) if c.sentence == number)

    def surely(self, visits: Sequence[Visit]) -> bool:
        """Whether so much is said in *visits* that it counts, whatever else is said beside it."""
        return self._gain_of(visits) > _LEAST

    def _runs(self, visits: Sequence[Visit]) -> Iterator[list[Visit]]:
        """Yield the passages through one sentence each."""
        run: list[Visit] = []
        for visit in visits:
            if run and not (
                self.clauses[visit.clause].sentence == self.clauses[run[-1].clause].sentence
                and visit.clause > run[-1].clause
            ):
                yield run
                run = []
            run.append(visit)
        if run:
            yield run

    def _beginning(self, run: Sequence[Visit]) -> list[Visit]:
        said = self._up_to_its_end([word for visit in run for word in visit.words])
        if not said:
            return []
        end = said[-1].end
        return [
            replace(
                visit,
                words=tuple(w for w in visit.words if w.end <= end),
                complete=visit.complete and visit.end <= end,
            )
            for visit in run
            if visit.words[0].end <= end
        ]

    def _up_to_its_end(self, words: Sequence[Spoken]) -> list[Spoken]:
        """Return the *words* up to where the reader broke off; none where nothing was begun."""
        expected = self._begins_next(words[0].word)
        more = _MORE_NEXT if expected else 0.0
        gains = [self._gain(word, more) for word in words]
        sums = list(accumulate(gains))
        count = sums.index(max(sums)) + 1
        while count and gains[count - 1] < _LAST:
            count -= 1
        least = 0.0 if expected else _LEAST
        return list(words[:count]) if count and sums[count - 1] > least else []

    def _begins_next(self, word: Word) -> bool:
        first = next((c.slots[0][0][0] for c in self.clauses if c.sentence == self.next_), None)
        return bool(first and (word.sentence, word.token) == (first.sentence, first.token))

    def _gain_of(self, visits: Sequence[Visit]) -> float:
        return sum(self._gain(word) for visit in visits for word in visit.words)

    def _gain(self, word: Spoken, more: float = 0.0) -> float:
        return (word.score + self.price + more) * (word.end - word.start)
