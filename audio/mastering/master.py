"""From a recording to a master: as loud as the show, never over the ceiling, encoded and checked.

One linear gain and, where peaks would exceed the ceiling, a limiter; nothing else is done to the
sound unless the show asks for it. The file that is given away is the file that was metered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from columncast.audio.ffmpeg.probe import Recording, probe
from columncast.audio.loudness.arithmetic import amplitude, meter_target_lufs
from columncast.audio.loudness.first_pass import Survey
from columncast.audio.mastering import edit, pcm
from columncast.audio.mastering.codecs import FORMS, Form
from columncast.audio.mastering.gain import Plan, plan
from columncast.audio.mastering.recording import (
    Decoded,
    Source,
    decoded_as,
    look,
    refuse,
    remarks,
    source_of,
)
from columncast.audio.mastering.render import Rendered, Rendering
from columncast.audio.mastering.speech import silences
from columncast.episodes.disk import files
from columncast.episodes.model.episode import Master
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.settings import AudioSettings

Progress = Callable[[float], None]

MEASURED: Final = 0.15
"""The share of the whole that is done once the recording is measured."""

_TOLERANCE_LU: Final = 0.1
_MISS_LU: Final = 0.09  # a little stricter than what is promised: other meters round differently
_METERS_DIFFER_DB: Final = (
    0.05  # true-peak meters do, by their filters; no listener's may read over
)
_ATTEMPTS: Final = 4


class Splice(Protocol):
    """What makes one sound of pieces of a recording, before it is mastered."""

    def write(self, recording: Path, known: Recording, output: Path, progress: Progress) -> Decoded:
        """Write the sound to *output*, a WAV; return what came of decoding all of *recording*.

        Raises:
            RecordingError: It cannot be decoded.
            FolderError: The disk is full.
        """


def make_master(
    recording: Path,
    output: Path,
    settings: AudioSettings,
    *,
    track: int = 0,
    progress: Progress = lambda _: None,
    force: bool = False,
    cache: Path | None = None,
    folder: Path = Path(),
    speech_pcm: Path | None = None,
    splice: Splice | None = None,
) -> Master:
    """Bring *recording* to the target of *settings* and write it, untagged, to *output*.

    Of several audio tracks, *track* is the narration; with 0 there must be only one. The suffix of
    *output* says the form (`codecs.FORMS`). It is written beside its place and renamed when the
    encoded sound has been metered; on any error nothing is left. *progress* is called with 0.0 to
    1.0. *force* takes what would be refused: a cut-off recording, or one that
    is so quiet that mostly its noise would be heard. *cache* is a folder for measurements;
    *folder* is where intro and outro are looked for. Where *speech_pcm* is a path, what was made is
    written there as aligning hears it (see `speech_pcm`), if that costs no decode. With *splice*,
    what that makes of the recording is mastered.

    Raises:
        RecordingError: The recording is not audio, silent, cut off, too short or too quiet.
        FolderError: The disk is full, or *output* cannot be written.
        FfmpegError: ffmpeg failed or was killed.
    """
    form = FORMS[output.suffix]
    own = source_of(
        recording, sample_rate_hz=settings.sample_rate, channels=settings.channels, track=track
    )
    spliced = MEASURED / 2 if splice else 0.0
    with _taken(own, splice, output, _part(progress, 0.0, spliced)) as (taken, decoded):
        first, before = look(taken, cache=cache, progress=_part(progress, spliced, MEASURED))
        given = replace(first, recording=recording, known=own.known)
        came = decoded or decoded_as(first, before)
        refuse(given, before, came, settings, force=force)
        notices = remarks(given, before, came)
        editing = (
            edit.edited(
                first,
                before,
                settings,
                folder=folder,
                beside=output,
                cache=cache,
                progress=_part(progress, MEASURED, 0.3),
            )
            if edit.wanted(settings)
            else nullcontext(edit.Edited(source=first, offset_s=0.0, gain_db=0.0, steps=()))
        )
        with editing as edited:
            source, survey = edited.source, before
            if source is not first:
                source, survey = look(source, cache=None)
            with files.beside(output) as draft:
                job = _Job(
                    source=source,
                    survey=survey,
                    settings=settings,
                    form=form,
                    draft=draft,
                    speech_pcm=speech_pcm,
                )
                done = job.settle(_part(progress, 0.3 if source is not first else MEASURED, 1.0))
    notices += _missed(settings, source, done)
    progress(1.0)
    return Master(
        source=before.readings.loudness,
        loudness=done.rendered.readings.loudness,
        gain_db=round(edited.gain_db + done.plan.gain_db, 2),
        limited_s=round(done.rendered.limited.total() / source.sample_rate_hz, 2),
        duration_s=survey.frames / source.sample_rate_hz,
        channels=source.channels,
        sample_rate_hz=form.sample_rate_hz or source.sample_rate_hz,
        bitrate=settings.bitrate,
        encoder=form.encoder,
        short_term_lufs=done.rendered.readings.each_second,
        limited_at_s=tuple(float(s) for s in sorted(done.rendered.limited)),
        source_short_term_lufs=before.readings.each_second,
        offset_s=edited.offset_s,
        steps=edited.steps,
        encodes=done.encodes,
        silences=silences(survey, sample_rate_hz=source.sample_rate_hz),
        notices=tuple(notices),
    )


@contextmanager
def _taken(
    own: Source, splice: Splice | None, beside: Path, progress: Progress
) -> Iterator[tuple[Source, Decoded | None]]:
    """Give what is mastered of the recording *own*: all of it, or what *splice* makes of it.

    With that, also what came of decoding it.
    """
    if splice is None:
        yield own, None
        return
    with files.scratch_file(beside.with_suffix(".wav")) as work:
        decoded = splice.write(own.recording, own.known, work, progress)
        yield replace(own, recording=work, known=probe(work)), decoded


@dataclass(frozen=True, kw_only=True)
class _Done:
    rendered: Rendered
    plan: Plan
    encodes: int


@dataclass(frozen=True, kw_only=True)
class _Job:
    source: Source
    survey: Survey
    settings: AudioSettings
    form: Form
    draft: Path
    speech_pcm: Path | None

    def settle(self, progress: Progress) -> _Done:
        """Encode, meter what was encoded, and encode again with the correction if it missed."""
        target = meter_target_lufs(self.settings.integrated_lufs, self.source.channels)
        highest = self.settings.true_peak_dbtp
        ceiling = highest - self.form.headroom_db(self.settings.bitrate)
        shift_lu = 0.0
        encodes = 0
        while True:
            encodes += 1
            wanted = plan(
                self.survey,
                target_lufs=target - shift_lu,
                ceiling_dbtp=ceiling,
                sample_rate_hz=self.source.sample_rate_hz,
            )
            made = self._rendered(wanted, ceiling, progress)
            readings = made.readings
            off_lu = readings.integrated_lufs - (wanted.integrated_lufs + shift_lu)
            over_db = readings.true_peak_dbtp + _METERS_DIFFER_DB - highest
            if encodes == _ATTEMPTS or (abs(off_lu) <= _MISS_LU and over_db <= 0):
                return _Done(rendered=made, plan=wanted, encodes=encodes)
            shift_lu += off_lu
            if over_db > 0:
                # What a codec adds differs from peak to peak: ones that were a little under the
                # ceiling may be those that exceed it now. So each step is bolder than the last.
                ceiling -= max(over_db + 0.1, 0.4 * encodes)

    def _rendered(self, wanted: Plan, ceiling_dbtp: float, progress: Progress) -> Rendered:
        doublings, full_scale = pcm.headroom(self.survey.readings, wanted.gain_db)
        return Rendering(
            source=self.source,
            frames=self.survey.frames,
            form=self.form,
            bitrate=self.settings.bitrate,
            gain_db=wanted.gain_db,
            doublings=doublings,
            ceiling=full_scale * amplitude(ceiling_dbtp),
            speech_pcm=self.speech_pcm if self.form.name == "mp3" else None,
        ).render(self.draft, progress)


def _missed(settings: AudioSettings, source: Source, done: _Done) -> list[Notice]:
    """Return what the master could not reach, with both numbers."""
    target = meter_target_lufs(settings.integrated_lufs, source.channels)
    reached, peak = (
        done.rendered.readings.loudness.integrated_lufs,
        done.rendered.readings.loudness.true_peak_dbtp,
    )
    ceiling = settings.true_peak_dbtp
    as_heard = settings.integrated_lufs - target
    notices = []
    if abs(reached - target) > _TOLERANCE_LU:
        message = (
            f"the loudness is {reached + as_heard:.1f} LUFS instead of "
            f"{settings.integrated_lufs:.1f}, as heard from two speakers: more would crush "
            f"the peaks against the ceiling of {ceiling:.1f} dBTP"
        )
        notices.append(Notice(code="loudness-missed", message=message))
    if peak > ceiling:
        message = (
            f"the true peak is {peak:.1f} dBTP, over the ceiling of "
            f"{ceiling:.1f}; a higher bitrate helps"
        )
        notices.append(Notice(code="peak-missed", message=message))
    return notices


def _part(progress: Progress, start: float, end: float) -> Progress:
    return lambda share: progress(start + share * (end - start))
