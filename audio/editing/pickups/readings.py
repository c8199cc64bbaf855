"""What is read in a file of fixes: which sentences, from where to where, and how sure that is.

A cell is 10 ms, and so is a frame. A false start is left out, a sentence that was read again is the last
good one of its readings, and what could be one sentence as well as another is for a person to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import cepstra
from columncast.audio.align.search.lattice import Clause, Word
from columncast.audio.align.search.posteriors import CONTEXT
from columncast.audio.editing.listening import Listened
from columncast.audio.editing.pauses import Pauses
from columncast.audio.editing.pickups.search import Reading, SentenceSearch
from columncast.audio.editing.pickups.words import missing_words
from columncast.audio.editing.restarts import Slot as RestartSlot
from columncast.audio.editing.restarts import retrace, slots_of

LEAD = 6
"""Cells of quiet that stay before the first sound and behind the last."""
_CLEAR = 0.3  # nats a frame over the next best sentence
_LEAST_FIT = -4.0
_UNUSUAL, _SHORT_UNUSUAL = 1.4, 0.8  # nats a frame under what sentences of this file usually fit by
_KNOWN = 3  # sentences by which that is known
_SHORT_WORDS = 4
_SHORT_CLEAR, _SHORT_FIT = 1.0, -3.2
_BEGUN_WORDS = 8
_BESIDE_SHORT = 30  # cells of sound beside a short sentence that make it doubtful
_GAIN = 12.0  # nats that going back must explain better than reading straight on
_STRETCH = 60  # of quiet between what is read in one go
_LEAST_SOUND = 100
_IN_ONE_GO = 90
_FALSE_START = 200
_BEFORE, _BEHIND = 25, 35  # how far an edge looks for quiet
_WORD_PAUSE = 15
_LONGEST_WORD = 300
_NAME_WORDS = 2


Slot = tuple[tuple[Word, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Take:
    """A stretch of a file of fixes and the sentence that is read in it; start and end in cells."""

    file: int
    start: int
    end: int
    sentence: int | None
    """None where it is none of the text."""
    rivals: tuple[int, ...] = ()
    """All that it may be, where it may be several."""
    doubt: str = ""
    """Why it is not to be used."""


@dataclass(frozen=True)
class Text:
    """The sentences that may be read."""

    sentences: Sequence[str]
    clauses: Sequence[Clause]

    @cached_property
    def by_sentence(self) -> Mapping[int, list[Clause]]:
        """The clauses of each sentence that can be said."""
        found: dict[int, list[Clause]] = {}
        for clause in self.clauses:
            found.setdefault(clause.sentence, []).append(clause)
        return found

    @cached_property
    def twins(self) -> Mapping[int, tuple[int, ...]]:
        """The sentences of the same words, for each that is not the only one."""
        same: dict[tuple[str, ...], list[int]] = {}
        for number in self.by_sentence:
            same.setdefault(self.words(number), []).append(number)
        return {n: tuple(all_) for all_ in same.values() if len(all_) > 1 for n in all_}

    def words(self, number: int) -> tuple[str, ...]:
        """Return the words of a sentence, without marks and capitals."""
        bare = ("".join(filter(str.isalnum, w)) for w in self.sentences[number].casefold().split())
        return tuple(word for word in bare if word)

    def token(self, number: int, place: int) -> str:
        """Return a word of a sentence, without the marks around it."""
        return self.sentences[number].split()[place].strip(_MARKS)


class Reader:
    """Finds the sentences of a text in files of fixes."""

    def __init__(self, text: Text, model: AcousticModel) -> None:
        self.text, self.model = text, model
        self.search = SentenceSearch(text.clauses, model)

    def takes(self, heard: Listened, file: int) -> list[Take]:
        """Return what is read in the file of that number, in its order."""
        read = self.search.readings(heard.spectra)
        fits = [self.search.fits(heard.spectra, one.start, one.end) for one in read]
        own = [fit.get(one.sentence, _NOT) for one, fit in zip(read, fits, strict=True)]
        long = [
            fit
            for one, fit in zip(read, own, strict=True)
            if len(self.text.words(one.sentence)) > _SHORT_WORDS
        ]
        usual = float(np.median(long)) if len(long) >= _KNOWN else None
        ends = [*(one.start for one in read), heard.pauses.cells][1:]
        found = []
        for at, (one, fit, limit) in enumerate(zip(read, fits, ends, strict=True)):
            take = self._take(heard, file, one, limit, self._judged(one, fit, usual))
            next_ = read[at + 1] if at + 1 < len(read) else None
            if next_ and not take.doubt and self._false_start(heard, one, next_):
                take = replace(take, doubt="a false start")
            found.append(take)
        found = [self._in_context(at, found) for at in range(len(found))]
        if usual is None:
            found = [self._by_itself(take, found, heard.pauses) for take in found]
        return sorted([*found, *_others(heard.pauses, file, found)], key=lambda one: one.start)

    def _judged(
        self, read: Reading, fits: Mapping[int, float], usual: float | None
    ) -> tuple[str, tuple[int, ...]]:
        """Return why *read* is none of the text, and which sentences it may be if several."""
        fit = fits.get(read.sentence, _NOT)
        short = len(self.text.words(read.sentence)) <= _SHORT_WORDS
        least = _SHORT_FIT if short else _LEAST_FIT
        if usual is not None:
            least = max(least, usual - (_SHORT_UNUSUAL if short else _UNUSUAL))
        if fit < least:
            return _NO_SENTENCE, ()
        twins = self.text.twins.get(read.sentence, (read.sentence,))
        clear = _SHORT_CLEAR if short else _CLEAR
        rivals = {n for n, other in fits.items() if n not in twins and other > fit - clear}
        return "", tuple(sorted({*rivals, *twins})) if rivals or len(twins) > 1 else ()

    def _take(
        self,
        heard: Listened,
        file: int,
        read: Reading,
        limit: int,
        judged: tuple[str, tuple[int, ...]],
    ) -> Take:
        clauses = self.text.by_sentence[read.sentence]
        doubt, rivals = judged
        restarts = ""
        if not doubt:
            read, restarts = self._straight(heard, read, clauses)
        start, end = self._edges(heard.pauses, read, clauses, limit)
        if not (doubt or restarts) and (
            missing := missing_words(heard.spectra, read.start, read.end, clauses, self.model)
        ):
            word = self.text.token(read.sentence, missing[0][0])
            doubt = f"“{word}” is not heard in it; read the sentence again"
        return Take(
            file=file,
            start=start,
            end=end,
            sentence=read.sentence,
            rivals=rivals,
            doubt=doubt or restarts,
        )

    def _straight(
        self, heard: Listened, read: Reading, clauses: Sequence[Clause]
    ) -> tuple[Reading, str]:
        """Return *read* from its last beginning on, and why it is not read straight on from there."""
        slots = slots_of(clauses)
        features = cepstra(heard.spectra, read.start, read.end, CONTEXT)
        found = retrace(self.model.log_posteriors(features), slots, self.model)
        jumps = [
            jump
            for jump in found.jumps
            if not _rather_a_name(slots[jump.back_to : math.ceil(jump.said)])
        ]
        if found.gain < _GAIN or not jumps:
            return read, ""
        last = found.last_passages()
        if len(last) == 1 and last[0][0].slot == 0:
            return replace(read, start=read.start + last[0][0].start), ""
        word = self.text.token(read.sentence, slots[min(jumps[-1].back_to, len(slots) - 1)].first)
        return read, f"the reader goes back to “{word}” in it; read the sentence again"

    def _edges(
        self, pauses: Pauses, read: Reading, clauses: Sequence[Clause], limit: int
    ) -> tuple[int, int]:
        start = pauses.outward(read.start + 2, -1, _BEFORE)
        start = read.start if start is None else pauses.with_stop(start, -1)
        end = pauses.outward(read.end - 2, 1, _BEHIND)
        end = read.end if end is None else pauses.with_stop(end, 1)
        if any(word.doubtful for reading in clauses[-1].slots[-1] for word in reading):
            end = _to_pause(pauses, end, min(limit, end + _LONGEST_WORD))
        return with_lead(pauses, start, -1), with_lead(pauses, end, 1)

    def _in_context(self, at: int, takes: Sequence[Take]) -> Take:
        """Return a take as what is read before it and after it makes of it."""
        take = takes[at]
        if take.doubt or take.sentence is None:
            return take
        before = takes[at - 1] if at else None
        after = takes[at + 1] if at + 1 < len(takes) else None
        if not take.rivals:
            return take
        fitting = [
            n for n in take.rivals if _follows(before, take, n - 1) or _precedes(take, after, n + 1)
        ]
        if len(fitting) == 1:
            return replace(take, sentence=fitting[0], rivals=())
        return take

    def _by_itself(self, take: Take, takes: Sequence[Take], pauses: Pauses) -> Take:
        """Return *take* in doubt if it is short and a part of something else that is said."""
        if take.sentence is None or take.doubt or take.rivals:
            return take
        if len(self.text.words(take.sentence)) > _SHORT_WORDS:
            return take
        start, end = next(
            ((a, b) for a, b in _stretches(pauses) if a < take.end and b > take.start), (0, 0)
        )
        heard = ~pauses.quiet[start:end]
        for one in takes:
            heard[max(0, one.start - start) : max(0, one.end - start)] = False
        return replace(take, rivals=(take.sentence,)) if heard.sum() > _BESIDE_SHORT else take

    def _false_start(self, heard: Listened, read: Reading, after: Reading) -> bool:
        """Whether *read* is rather the beginning of what is read *after* it, given up."""
        clauses = self.text.by_sentence[read.sentence]
        words = sum(len(clause.slots) for clause in clauses)
        if after.start - read.end > _FALSE_START or words > _BEGUN_WORDS:
            return False
        ways = [clauses, *_beginnings(self.text.by_sentence[after.sentence])]
        search = SentenceSearch(
            [replace(c, sentence=number) for number, way in enumerate(ways) for c in way],
            self.model,
        )
        fits = search.fits(heard.spectra, read.start, read.end)
        whole = fits.pop(0, _NOT)
        return max(fits.values(), default=_NOT) > whole - _CLEAR


def _beginnings(clauses: Sequence[Clause]) -> Iterator[list[Clause]]:
    """Yield the first words of a sentence: one, two, and so on, but not all of them."""
    slots = [(clause, slot) for clause in clauses for slot in clause.slots]
    for count in range(1, min(len(slots), _BEGUN_WORDS + 1)):
        begun: dict[int, list[Slot]] = {}
        for clause, slot in slots[:count]:
            begun.setdefault(clause.index, []).append(slot)
        yield [
            replace(clause, slots=tuple(begun[clause.index]))
            for clause in clauses
            if clause.index in begun
        ]


def with_lead(pauses: Pauses, cell: int, step: int) -> int:
    """Return *cell* with the quiet behind it in the direction *step*, up to `LEAD` cells of it."""
    for _ in range(LEAD):
        beyond = cell if step > 0 else cell - 1
        if not 0 <= beyond < pauses.cells or not pauses.quiet[beyond]:
            break
        cell += step
    return cell


def last_good(takes: Sequence[Take]) -> list[Take]:
    """Return *takes* with all but the last good one of each sentence in doubt."""
    last = {
        take.sentence: at
        for at, take in enumerate(takes)
        if take.sentence is not None and not take.doubt and not take.rivals
    }
    return [
        take
        if take.doubt or take.rivals or take.sentence is None or last[take.sentence] == at
        else replace(take, doubt="read again later")
        for at, take in enumerate(takes)
    ]


def _to_pause(pauses: Pauses, end: int, limit: int) -> int:
    """Return the first pause from *end* on; *end* where there is none before *limit*."""
    at = end
    while at < limit:
        quiet_to = pauses.run(at, 1)
        if quiet_to - at >= _WORD_PAUSE:
            return at
        at = quiet_to
        while at < limit and not pauses.quiet[at]:
            at += 1
    return end


def _others(pauses: Pauses, file: int, takes: Sequence[Take]) -> Iterator[Take]:
    """Yield the stretches of sound in which no sentence was found."""
    for start, end in _stretches(pauses):
        inside = any(take.start < end and take.end > start for take in takes)
        if not inside and pauses.sounding(start, end) >= _LEAST_SOUND:
            yield Take(
                file=file,
                start=start,
                end=end,
                sentence=None,
                doubt=_NO_SENTENCE,
            )


def _stretches(pauses: Pauses) -> Iterator[tuple[int, int]]:
    """Yield from where to where something is read in one go."""
    breaks = [(0, 0), *pauses.stretches(_STRETCH), (pauses.cells, pauses.cells)]
    for (_, start), (end, _) in pairwise(breaks):
        yield start, end


def _rather_a_name(said: Sequence[RestartSlot]) -> bool:
    """Whether what seems to be said twice is a name, or the like, that is said otherwise."""
    return len(said) <= _NAME_WORDS and any(slot.doubtful for slot in said)


def _follows(before: Take | None, take: Take, number: int) -> bool:
    near = before is not None and take.start - before.end < _IN_ONE_GO
    return bool(near and before and before.sentence == number and not before.doubt)


def _precedes(take: Take, after: Take | None, number: int) -> bool:
    near = after is not None and after.start - take.end < _IN_ONE_GO
    return bool(near and after and after.sentence == number and not after.doubt)


_NOT = -99.0  # nats a frame
_NO_SENTENCE = "does not sound like any sentence of the text"
_MARKS = "“”\"'‘’.,;:!?()[]…—–-"
