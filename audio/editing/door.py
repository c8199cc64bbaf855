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
from columncast.episodes.errors import RecordingError, UsageError
from columncast.episodes.model.alignment import Alignment, Unit
from columncast.episodes.model.cuts import Cut, Edits

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

    def edits(self, chosen: Callable[[Cut], bool], *, all_the_same: bool = False) -> Edits:
        """Return the edits that apply the cuts *chosen*.

        A cut that does harm is undone and becomes one to ask about. Where it is wanted *all the
        same*, the words that it takes are named.
        """
        cuts = [replace(cut, applied=chosen(cut)) for cut in self.cuts]
        lost: list[str] = []
        with acoustics.unhurried():
            verifier = Verifier(self.heard, self.alignment, self.clauses, acoustics.english())
            for at, cut in enumerate(cuts):
                if not cut.applied:
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

    def write(self, edits: Edits, output: Path) -> None:
        """Write the recording as *edits* have it to *output*, a WAV or a FLAC.

        Raises:
            RecordingError: It cannot be decoded.
            FolderError: The disk is full.
        """
        pieces = pieces_of(edits.cuts, self.heard.duration_s, self.heard.pauses)
        render(self.audio, self.known, pieces, output)


def lay_on_desk(
    audio: Path,
    known: Recording,
    units: Sequence[Unit],
    *,
    speech_pcm: Path,
    language: str,
    pronunciation: Mapping[str, str] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> CuttingDesk:
    """Find what can be cut out of *audio*, the reading of *units*; *speech_pcm* is a work file.

    Raises:
        UsageError: The aligner is not installed.
        RecordingError: It cannot be decoded, it is not the reading of this text, or that cannot be
            told: it is too noisy, or in a language that was not measured.
        FolderError: The disk is full.
    """
    heard = listen(
        audio,
        track=known.track,
        speech_pcm=speech_pcm,
        promised_s=known.promised_s,
        progress=lambda done: progress(_LISTENING * done),
    )
    alignment = lay(
        heard.spectra,
        units,
        language=language,
        pronunciation=pronunciation,
        progress=lambda done: progress(_LISTENING + (_ALIGNING - _LISTENING) * done),
    )
    if alignment.verdict != "ok":
        raise RecordingError(_REFUSED[alignment.verdict], where=audio)
    clauses = clauses_of([s.text for s in alignment.sentences], pronunciation)
    with acoustics.unhurried():
        cuts = Planner(heard, alignment, clauses, acoustics.english()).cuts()
    progress(1.0)
    return CuttingDesk(audio, known, heard, alignment, clauses, tuple(cuts))


def refuse_output(output: Path, audio: Path) -> None:
    """Refuse to write what cannot be written, or what must not be changed.

    Raises:
        UsageError: *output* is neither a WAV nor a FLAC, in no folder, or the recording itself.
    """
    if output.suffix.lower() not in OUTPUTS:
        raise UsageError(f"{output}: cut sound is written as {' or '.join(OUTPUTS)}, without loss")
    if not output.parent.is_dir():
        raise UsageError(f"{output}: there is no such folder; nothing was written")
    if output.exists() and output.samefile(audio):
        raise UsageError(f"{output}: is the recording itself, which is never changed")


_UNTOUCHED = "nothing was cut"
_REFUSED = {
    "language": "cuts are proposed in English only, as far as they were measured; " + _UNTOUCHED,
    "too-noisy": "no speech stands out from its noise; use the recording before music or effects "
    "were added; " + _UNTOUCHED,
    "not-this-text": "does not read this text; check that the two belong together; " + _UNTOUCHED,
    "no-speech": "is silent, or its text holds no words; " + _UNTOUCHED,
}
