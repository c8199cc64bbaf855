"""Whether each cut did no harm: the sentences beside its seam are aligned again, in the new sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import Floats, Spectra, cepstra, spectra
from columncast.audio.align.search.lattice import Clause, build
from columncast.audio.align.search.posteriors import CONTEXT
from columncast.audio.align.search.viterbi import OTHER, best_path, scored
from columncast.audio.align.search.windows import visits_of
from columncast.audio.editing.listening import CELL, Listened
from columncast.audio.editing.render import Piece, pieces_of, spliced
from columncast.audio.editing.spans import cell_of
from columncast.audio.ffmpeg.speech_pcm import SAMPLE_RATE_HZ
from columncast.episodes.model.alignment import Alignment, TimedWord
from columncast.episodes.model.cuts import Cut

_MARGIN_S = 0.3
_BESIDE = 2  # words on either side of a cut; to those further away it does no harm
_SQUEEZED = -OTHER - 1.5  # nats a frame under which a word has no sound of its own


@dataclass(frozen=True)
class Verifier:
    """Aligns again what lies beside a seam."""

    heard: Listened
    alignment: Alignment
    clauses: Sequence[Clause]
    model: AcousticModel

    def lost(self, cut: Cut, cuts: Sequence[Cut]) -> list[str]:
        """Return the words beside *cut* that are no longer heard once *cuts* are applied."""
        numbers = sorted({n for n in (cut.before, cut.after) if n >= 0})
        start_s, end_s = self._around(cut)
        found = self._heard(self._pieces(cuts, start_s, end_s), start_s, end_s, numbers)
        return [
            word.text
            for number, token, word in self._beside(cut, numbers)
            if word.heard and (number, token) not in found
        ]

    def _beside(self, cut: Cut, numbers: Sequence[int]) -> list[tuple[int, int, TimedWord]]:
        """Return the words that *cut* could touch, with their sentence and their place in it."""
        words = [
            (number, token, word)
            for number in numbers
            for token, word in enumerate(self.alignment.sentences[number].words)
            if word.start_s is not None
        ]
        words.sort(key=lambda one: one[2].start_s or 0.0)
        first = sum((one[2].end_s or 0.0) <= cut.start_s for one in words)
        last = sum((one[2].start_s or 0.0) < cut.end_s for one in words)
        return words[max(0, first - _BESIDE) : last + _BESIDE]

    def in_sound(self, cut: Cut) -> bool:
        """Whether one end of *cut* lies in sound louder than a breath."""
        pauses = self.heard.pauses
        ends = (cell_of(cut.start_s) - 1, cell_of(cut.end_s))
        return not all(pauses.soft(max(0, min(at, pauses.cells - 1))) for at in ends)

    def _around(self, cut: Cut) -> tuple[float, float]:
        sentences = self.alignment.sentences
        start_s, end_s = cut.start_s - _MARGIN_S, cut.end_s + _MARGIN_S
        for number in (cut.before, cut.after):
            if number >= 0:
                start_s = min(start_s, (sentences[number].start_s or start_s) - _MARGIN_S)
                end_s = max(end_s, (sentences[number].end_s or end_s) + _MARGIN_S)
        return max(0.0, start_s), min(self.heard.duration_s, end_s)

    def _pieces(self, cuts: Sequence[Cut], start_s: float, end_s: float) -> list[Piece]:
        near = [c for c in cuts if c.applied and c.end_s > start_s and c.start_s < end_s]
        return [
            replace(p, start_s=max(p.start_s, start_s), end_s=min(p.end_s, end_s))
            if not p.tone
            else p
            for p in pieces_of(near, self.heard.duration_s, self.heard.tone)
            if p.tone or (p.end_s > start_s and p.start_s < end_s)
        ]

    def _heard(
        self, pieces: Sequence[Piece], start_s: float, end_s: float, numbers: Sequence[int]
    ) -> set[tuple[int, int]]:
        """Return the words of the sentences *numbers* that are heard in *pieces*."""
        sound = np.concatenate(list(self._joined(pieces)))
        made = spectra([sound])
        around, begins = in_context(made, self.heard.spectra, cell_of(start_s), cell_of(end_s))
        features = cepstra(around, begins, begins + made.frames, CONTEXT)
        clauses = [c for c in self.clauses if c.sentence in numbers]
        lattice = build(clauses, self.model)
        scores = scored(self.model.log_posteriors(features), self.model)
        visits = visits_of(best_path(scores, lattice), lattice, 0, 0)
        return {
            (word.word.sentence, token)
            for visit in visits
            for word in visit.words
            if word.word.garbled or word.score > _SQUEEZED
            for token in range(word.word.token, word.word.last_token + 1)
        }

    def _joined(self, pieces: Sequence[Piece]) -> Iterator[Floats]:
        def between(start: int, end: int) -> Iterator[Floats]:
            first = start // CELL
            samples = self.heard.samples(first, -(-end // CELL))
            yield samples[start - first * CELL : end - first * CELL]

        def tone(piece: Piece) -> Floats:
            start, end = (round(at * SAMPLE_RATE_HZ) for at in (piece.start_s, piece.end_s))
            return np.concatenate(list(between(start, end)))

        return spliced(pieces, between, tone, SAMPLE_RATE_HZ)


def in_context(made: Spectra, whole: Spectra, start: int, end: int) -> tuple[Spectra, int]:
    """Return *made* with what surrounds the frames *start* to *end* of *whole*, whose place it takes.

    And with which of its frames *made* begins.
    """
    before, after = slice(max(0, start - CONTEXT), start), slice(end, end + CONTEXT)
    around = Spectra(
        np.concatenate([whole.bands[before], made.bands, whole.bands[after]]),
        np.concatenate([whole.level_db[before], made.level_db, whole.level_db[after]]),
    )
    return around, len(whole.level_db[before])
