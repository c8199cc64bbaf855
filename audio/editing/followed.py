"""An alignment led through what is edited: words keep their times, moved; about a seam they are found again.

What was worked out for the recording is worth more than a second search of the edited sound, and
costs nothing. Only sentences that a seam lies in are looked for anew: between two sentences, where
most cuts are, none of their words is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from columncast.audio.align.decide.extents import Extent
from columncast.audio.align.decide.takes import Take
from columncast.audio.align.decide.verdict import chapters
from columncast.audio.align.decide.word_times import timed_words
from columncast.audio.align.door import clauses_of, model_of
from columncast.audio.align.search import acoustics
from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import (
    FRAMES_PER_S,
    Mask,
    Spectra,
    cepstra,
    seconds,
    sounding,
)
from columncast.audio.align.search.lattice import Clause, build
from columncast.audio.align.search.posteriors import CONTEXT
from columncast.audio.align.search.viterbi import OTHER, best_path, scored
from columncast.audio.align.search.windows import Visit, visits_of
from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra, TimedWord
from columncast.episodes.model.cuts import RecordingEdits
from columncast.episodes.model.time_map import Stretch, TimeMap

_MARGIN_S = 0.3
_LEAST_EXTRA = 45  # frames, as in `extras`: what is shorter is not told
_ROUNDED_S = 0.02
_SQUEEZED = -OTHER - 1.5  # nats a frame under which a word has no sound of its own
_READ, _THERE = 0.8, 0.3  # of the words of a sentence that is read, or is there at all


def followed(
    recorded: Alignment,
    edits: RecordingEdits,
    sound: Spectra,
    *,
    offset_s: float,
    pronunciation: Mapping[str, str],
) -> Alignment:
    """Return how the text lies in *sound*, the recording as *edits* have it, from *offset_s* on.

    *recorded* is how it lies in the recording.
    """
    times = edits.times.later_by(offset_s)
    with acoustics.unhurried():
        found = _Seams(
            recorded,
            edits,
            times,
            sound,
            clauses_of(_texts(recorded), recorded.language, pronunciation),
        ).found_again(model_of(recorded.language))
    moved = tuple(
        found.get(number) or _moved(sentence, times)
        for number, sentence in enumerate(recorded.sentences)
    )
    return replace(
        recorded,
        sentences=moved,
        extras=tuple(_extras(recorded.extras, times, sounding(sound))),
        chapters=chapters(moved, recorded.language),
        duration_s=sound.frames / FRAMES_PER_S,
    )


def _texts(alignment: Alignment) -> list[str]:
    return [sentence.text for sentence in alignment.sentences]


def _moved(sentence: AlignedSentence, times: TimeMap) -> AlignedSentence:
    if sentence.start_s is None or sentence.end_s is None:
        return sentence
    start_s, end_s = _heard(times, sentence.start_s), _heard(times, sentence.end_s)
    if start_s == end_s:
        return _unread(sentence)
    words = tuple(
        word
        if word.start_s is None or word.end_s is None
        else replace(word, start_s=_heard(times, word.start_s), end_s=_heard(times, word.end_s))
        for word in sentence.words
    )
    return replace(sentence, start_s=start_s, end_s=end_s, words=words)


def _unread(sentence: AlignedSentence) -> AlignedSentence:
    words = tuple(TimedWord(text=word.text) for word in sentence.words)
    return replace(sentence, start_s=None, end_s=None, status="missing", band="look", words=words)


def _heard(times: TimeMap, recorded_s: float) -> float:
    return round(max(0.0, times.heard(recorded_s)), 2)


def _extras(extras: Iterable[Extra], times: TimeMap, voiced: Mask) -> Iterator[Extra]:
    """Yield what is left of *extras*: most of them are what was cut, but for a pause."""
    for extra in extras:
        start_s, end_s = _heard(times, extra.start_s), _heard(times, extra.end_s)
        whole = end_s - start_s > extra.end_s - extra.start_s - _ROUNDED_S
        said = voiced[round(start_s * FRAMES_PER_S) : round(end_s * FRAMES_PER_S)].sum()
        if whole or said >= _LEAST_EXTRA:
            yield replace(extra, start_s=start_s, end_s=end_s)


@dataclass(frozen=True)
class _Seams:
    """The places where the edited sound is no longer that of the recording."""

    recorded: Alignment
    edits: RecordingEdits
    times: TimeMap
    sound: Spectra
    clauses: Sequence[Clause]

    def found_again(self, model: AcousticModel) -> dict[int, AlignedSentence]:
        """Return each sentence that a seam lies in, as it is heard in the edited sound."""
        found: dict[int, AlignedSentence] = {}
        for numbers, start_s, end_s in dict.fromkeys(map(self._about, self.times.stretches)):
            for number, visits in self._visits(numbers, start_s, end_s, model).items():
                found[number] = self._sentence(number, visits)
        return found

    @cached_property
    def _placed(self) -> list[tuple[float, float, int]]:
        return sorted(
            (s.start_s, s.end_s, number)
            for number, s in enumerate(self.recorded.sentences)
            if s.start_s is not None and s.end_s is not None
        )

    def _about(self, seam: Stretch) -> tuple[tuple[int, ...], float, float]:
        """Return the sentences that *seam* lies in, and from where to where they are heard."""
        near = [one for one in self._placed if one[0] < seam.end_s and one[1] > seam.start_s]
        numbers = {number for _, _, number in near}
        if seam.reading:
            numbers |= {
                p.sentence
                for p in self.edits.pickups
                if (p.start_s, p.end_s) == (seam.start_s, seam.end_s)
                and p.sentence < len(self.recorded.sentences)
            }
        start_s = min(seam.start_s, *(one[0] for one in near)) if near else seam.start_s
        end_s = max(seam.end_s, *(one[1] for one in near)) if near else seam.end_s
        ends_before = [end for _, end, n in self._placed if n not in numbers and end <= start_s]
        begins_behind = [s for s, _, n in self._placed if n not in numbers and s >= end_s]
        return (
            tuple(sorted(numbers)),
            self.times.heard(max([start_s - _MARGIN_S, *ends_before])),
            self.times.heard(min([end_s + _MARGIN_S, *begins_behind])),
        )

    def _visits(
        self, numbers: Sequence[int], start_s: float, end_s: float, model: AcousticModel
    ) -> dict[int, list[Visit]]:
        """Return the last passages through the sentences *numbers*, clause by clause."""
        clauses = [clause for clause in self.clauses if clause.sentence in numbers]
        start = max(0, round(start_s * FRAMES_PER_S))
        end = min(self.sound.frames, round(end_s * FRAMES_PER_S))
        if not clauses or end <= start:
            return {}
        scores = scored(model.log_posteriors(cepstra(self.sound, start, end, CONTEXT)), model)
        lattice = build(clauses, model)
        last: dict[int, Visit] = {}
        for visit in visits_of(best_path(scores, lattice), lattice, 0, start):
            last[visit.clause] = visit
        found: dict[int, list[Visit]] = {}
        for clause, visit in sorted(last.items(), key=lambda item: item[1].start):
            found.setdefault(clauses[clause].sentence, []).append(visit)
        return found

    def _sentence(self, number: int, visits: Sequence[Visit]) -> AlignedSentence:
        was = self.recorded.sentences[number]
        said = [word for visit in visits for word in visit.words]
        clear = {
            token
            for word in said
            if word.word.garbled or word.score > _SQUEEZED
            for token in range(word.word.token, word.word.last_token + 1)
        }
        wanted = {
            token
            for clause in self.clauses
            if clause.sentence == number
            for slot in clause.slots
            for token in range(slot[0][0].token, slot[0][0].last_token + 1)
        }
        share = len(clear & wanted) / max(1, len(wanted))
        if share < _THERE:
            return _unread(was)
        phones = sum(c.phones for c in self.clauses if c.sentence == number)
        take = Take(tuple(visits), 0.0, 0.0, share, phones)
        words = timed_words(
            [word.text for word in was.words] or was.text.split(),
            take,
            Extent(take.start, take.end, share),
        )
        again = replace(was, start_s=seconds(take.start), end_s=seconds(take.end), words=words)
        if share < _READ:
            return replace(again, status="unsure", band="look")
        if was.status == "read":
            return again
        read_again = any(p.sentence == number for p in self.edits.pickups)
        return replace(again, status="read", band="probable") if read_again else again
