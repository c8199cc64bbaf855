"""A recording and its text in, the cuts that it calls for out; and the sound without them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from columncast.audio.align.door import clauses_of, lay
from columncast.audio.align.search import acoustics
from columncast.audio.align.search.lattice import Clause
from columncast.audio.editing.listening import Listened, listen
from columncast.audio.editing.plan import Planner
from columncast.audio.editing.render import OUTPUTS, pieces_of, render
from columncast.audio.editing.verify import Verifier
from columncast.audio.ffmpeg.probe import Recording
from columncast.episodes.errors import InputError, RecordingError, UsageError
from columncast.episodes.model.alignment import Alignment, Unit, Verdict
from columncast.episodes.model.cuts import Cut, Edits, RecordingEdits, with_decisions

LANGUAGES = ("en",)
"""Those in which editing by the text was measured."""
_DRAWN_S = 0.005  # other tools round times
_LISTENING, _ALIGNING = 0.15, 0.75  # of the work, up to the end of each


@dataclass(frozen=True)
class CuttingDesk:
    """A recording laid beside its text, and the cuts proposed for it."""

    audio: Path
    known: Recording
    heard: Listened
    alignment: Alignment
    clauses: Sequence[Clause]
    cuts: tuple[Cut, ...]

    def edits(
        self,
        chosen: Callable[[Cut], bool],
        *,
        all_the_same: bool = False,
        declined: bool = False,
    ) -> Edits:
        """Return the edits that apply the cuts *chosen*.

        A cut that does harm is undone and becomes one to ask about. Where it is wanted *all the
        same*, the words that it takes are named. Those that are made already are taken as they are.
        With *declined*, those that are not chosen are ones to keep.
        """
        cuts = []
        for cut in self.cuts:
            applied = chosen(cut)
            kept = not applied and (declined or cut.kept)
            cuts.append(replace(cut, applied=applied, kept=kept))
        lost: list[str] = []
        with acoustics.unhurried():
            verifier = Verifier(self.heard, self.alignment, self.clauses, acoustics.english())
            for at, cut in enumerate(cuts):
                if not cut.applied or self.cuts[at].applied:  # that one was heard before
                    continue
                words = verifier.lost(cut, cuts)
                harm = f"“{words[0]}” would be lost" if words else ""
                if not harm and verifier.in_sound(cut):
                    harm = "the cut would lie in sound"
                if harm:
                    cuts[at] = replace(cut, sure=False, reason=harm, applied=all_the_same)
                    lost += words if all_the_same else []
        return Edits(
            cuts=tuple(cuts), duration_s=self.heard.duration_s, lost=tuple(dict.fromkeys(lost))
        )

    def drawn(self, spans: Sequence[tuple[float, float]]) -> CuttingDesk:
        """Return the desk with cuts from start to end of *spans* (seconds) where a person drew them.

        Where one lies on a proposed cut, it is that one; each other is a cut of its own.

        Raises:
            InputError: One of them lies behind the end of the recording.
        """
        cuts = {cut.start_s: cut for cut in self.cuts}
        for start_s, end_s in spans:
            if end_s > self.heard.duration_s + 0.01:
                raise InputError(
                    f"a cut ends at {end_s:.2f} s, behind the end of the recording "
                    f"({self.heard.duration_s:.2f} s); {_UNTOUCHED}",
                    where=self.audio,
                )
            same = [c for c in self.cuts if start_s < c.end_s and end_s > c.start_s]
            for cut in same:
                cuts.pop(cut.start_s, None)
            as_proposed = [c for c in same if _near(c.start_s, start_s) and _near(c.end_s, end_s)]
            cuts[start_s] = as_proposed[0] if as_proposed else self._by_hand(start_s, end_s, same)
        return replace(self, cuts=tuple(cuts[start_s] for start_s in sorted(cuts)))

    def _by_hand(self, start_s: float, end_s: float, same: Sequence[Cut]) -> Cut:
        spoken = [
            (s.start_s, s.end_s or s.start_s, number)
            for number, s in enumerate(self.alignment.sentences)
            if s.start_s is not None
        ]
        spoken.sort()
        begun = [number for start, _, number in spoken if start < start_s]
        going_on = [number for _, end, number in spoken if end > end_s]
        return Cut(
            start_s=start_s,
            end_s=min(end_s, self.heard.duration_s),
            kind=same[0].kind if same else "aside",
            sure=False,
            text=same[0].text if same else "",
            reason="drawn by hand",
            before=begun[-1] if begun else -1,
            after=going_on[0] if going_on else -1,
        )

    def decided(self, before: RecordingEdits) -> CuttingDesk:
        """Return the desk with what was decided *before* about this recording."""
        return replace(self, cuts=with_decisions(self.cuts, before.cuts))

    def kept(self, edits: Edits, before: RecordingEdits, recording_sha256: str) -> RecordingEdits:
        """Return what is decided by *edits*, for `edits.toml`; *before* is what it held until now."""
        tone_start_s, tone_end_s = self.heard.tone
        return RecordingEdits(
            recording_sha256=recording_sha256,
            duration_s=self.heard.duration_s,
            tone_start_s=tone_start_s,
            tone_end_s=tone_end_s,
            cuts=tuple(cut for cut in edits.cuts if cut.applied or cut.kept),
            pickups=before.pickups,
        )

    def write(self, edits: Edits, output: Path) -> None:
        """Write the recording as *edits* have it to *output*, a WAV or a FLAC.

        Raises:
            RecordingError: It cannot be decoded.
            FolderError: The disk is full.
        """
        pieces = pieces_of(edits.cuts, self.heard.duration_s, self.heard.tone)
        render(self.audio, self.known, pieces, output)


def lay_beside(
    audio: Path,
    known: Recording,
    units: Sequence[Unit],
    *,
    speech_pcm: Path,
    language: str,
    pronunciation: Mapping[str, str] | None,
    alignment: Alignment | None,
    untouched: str,
    progress: Callable[[float], None],
) -> tuple[Listened, Alignment]:
    """Listen to *audio* and return that with how *units* lie in it, where the one reads the other.

    The *alignment* of the two is worked out where it is not known. A refusal ends with *untouched*.

    Raises:
        UsageError: The aligner is not installed.
        RecordingError: It cannot be decoded, it is not the reading of this text, or that cannot be
            told: it is too noisy, or in a language that was not measured.
        FolderError: The disk is full.
    """
    if language.partition("-")[0].lower() not in LANGUAGES:
        raise RecordingError(refusal("language", untouched), where=audio)
    heard = listen(
        audio,
        track=known.track,
        speech_pcm=speech_pcm,
        promised_s=known.promised_s,
        progress=lambda done: progress(_LISTENING * done),
    )
    alignment = alignment or lay(
        heard.spectra,
        units,
        language=language,
        pronunciation=pronunciation,
        progress=lambda done: progress(_LISTENING + (_ALIGNING - _LISTENING) * done),
    )
    if alignment.verdict != "ok":
        raise RecordingError(refusal(alignment.verdict, untouched), where=audio)
    return heard, alignment


def lay_on_desk(
    audio: Path,
    known: Recording,
    units: Sequence[Unit],
    *,
    speech_pcm: Path,
    language: str,
    pronunciation: Mapping[str, str] | None = None,
    even_pauses: bool = True,
    alignment: Alignment | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> CuttingDesk:
    """Find what can be cut out of *audio*, the reading of *units*; *speech_pcm* is a work file.

    With *even_pauses*, pauses far over the reader's own are among it. The *alignment* of the two is
    worked out where it is not known.

    Raises:
        UsageError: The aligner is not installed.
        RecordingError: It cannot be decoded, it is not the reading of this text, or that cannot be
            told: it is too noisy, or in a language that was not measured.
        FolderError: The disk is full.
    """
    heard, alignment = lay_beside(
        audio,
        known,
        units,
        speech_pcm=speech_pcm,
        language=language,
        pronunciation=pronunciation,
        alignment=alignment,
        untouched=_UNTOUCHED,
        progress=progress,
    )
    if not any(sentence.status == "read" for sentence in alignment.sentences):
        raise RecordingError(refusal("not-this-text", _UNTOUCHED), where=audio)
    clauses = clauses_of([s.text for s in alignment.sentences], language, pronunciation)
    with acoustics.unhurried():
        planner = Planner(heard, alignment, clauses, acoustics.english(), even_pauses=even_pauses)
        cuts = planner.cuts()
    progress(1.0)
    return CuttingDesk(audio, known, heard, alignment, clauses, tuple(cuts))


def refuse_output(output: Path, audio: Path) -> None:
    """Refuse to write what cannot be written, or what must not be changed.

    Raises:
        UsageError: *output* is neither a WAV nor a FLAC, in no folder, or the recording itself.
    """
    if output.suffix.lower() not in OUTPUTS:
        raise UsageError(
            f"{output}: edited sound is written as {' or '.join(OUTPUTS)}, without loss"
        )
    if not output.parent.is_dir():
        raise UsageError(f"{output}: there is no such folder; nothing was written")
    if output.exists() and output.samefile(audio):
        raise UsageError(f"{output}: is the recording itself, which is never changed")


def _near(one: float, other: float) -> bool:
    return abs(one - other) < _DRAWN_S


def refusal(verdict: Verdict, untouched: str) -> str:
    """Return why a recording of that *verdict* cannot be edited by its text, and what is *untouched*."""
    return f"{_REFUSED[verdict]}; {untouched}"


_UNTOUCHED = "nothing was cut"
_REFUSED = {
    "language": "editing by the text was measured, and works, in English only",
    "hard": "reads this text, but too little of it can be followed for a sure cut",
    "other-language": "its text is not in the language that it is said to be in; name that first",
    "too-noisy": "no speech stands out from its noise; use the recording before music or effects "
    "were added",
    "not-this-text": "does not read this text; check that the two belong together",
    "no-speech": "is silent, or its text holds no words",
}
