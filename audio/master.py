"""From a recording to a master: as loud as the show, never over the ceiling, encoded and checked.

One linear gain and, where peaks would exceed the ceiling, a limiter; nothing else is done to the
sound unless the show asks for it. The file that is given away is the file that was metered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from columncast.audio import ffmpeg, segments
from columncast.audio.encode import FORMS, Form, encode
from columncast.audio.gain import Plan, plan
from columncast.audio.limiter import Limiter
from columncast.audio.loudness import amplitude, meter_target_lufs
from columncast.audio.memory import remembered_survey
from columncast.audio.meter import Readings
from columncast.audio.probe import Recording, probe
from columncast.audio.survey import Survey
from columncast.episodes import files
from columncast.episodes.errors import RecordingError
from columncast.episodes.model import Master, Notice
from columncast.episodes.settings import AudioSettings

Progress = Callable[[float], None]

SHORTEST_S: Final = 0.4
"""A meter needs one block of 400 ms."""
_MISS_LU: Final = 0.09
_ATTEMPTS: Final = 3
_BLOCK_FRAMES: Final = 1 << 15
_SURVEY_SHARE: Final = 0.15
_TOO_QUIET_LUFS: Final = -69.9


def make_master(
    recording: Path,
    output: Path,
    settings: AudioSettings,
    *,
    progress: Progress = lambda _: None,
    force: bool = False,
    cache: Path | None = None,
) -> Master:
    """Bring *recording* to the target of *settings* and write it, untagged, to *output*.

    The suffix of *output* says the form (`FORMS`). It is written beside its place and renamed
    when the encoded sound has been metered; on any error nothing is left. *progress* is called
    with 0.0 to 1.0. *force* takes what would be refused: a cut-off recording, or one that is so
    quiet that mostly its noise would be heard. *cache* is a folder for measurements.

    Raises:
        RecordingError: The recording is not audio, silent, cut off, too short or too quiet.
        FolderError: The disk is full, or *output* cannot be written.
        FfmpegError: ffmpeg failed or was killed.
    """
    form = FORMS[output.suffix]
    known = probe(recording)
    work = _Work(recording=recording, known=known, settings=settings, form=form)
    length_s = known.promised_s or 0.0
    seen, work, notices = _seen(
        work, force=force, cache=cache, progress=_part(progress, 0, _SURVEY_SHARE)
    )
    if length_s == 0.0:
        length_s = seen.frames / work.rate
    with files.beside(output) as draft:
        done = _settle(work, seen, draft, progress=_part(progress, _SURVEY_SHARE, 1.0))
    notices += _missed(work, done)
    progress(1.0)
    return Master(
        source=seen.readings.loudness,
        loudness=done.readings.loudness,
        gain_db=round(done.gain_db, 2),
        limited_s=round(done.limiter.limited_frames / work.rate, 2),
        duration_s=seen.frames / work.rate,
        channels=work.channels,
        sample_rate_hz=form.sample_rate_hz or work.rate,
        bitrate=settings.bitrate,
        encoder=form.encoder,
        short_term_lufs=done.readings.each_second,
        limited_at_s=tuple(float(s) for s in sorted(done.limiter.limited_at_s)),
        encodes=done.encodes,
        notices=tuple(notices),
    )


@dataclass(frozen=True, kw_only=True)
class _Work:
    recording: Path
    known: Recording
    settings: AudioSettings
    form: Form
    downmix: str = ""

    @property
    def rate(self) -> int:
        """The rate of the master: that of the recording where players take it."""
        rate = self.known.sample_rate_hz
        if rate in (44100, 48000):
            return rate
        return 44100 if rate % 11025 == 0 else 48000

    @property
    def channels(self) -> int:
        return self.settings.channels

    @property
    def mixed(self) -> bool:
        """Whether two channels become one, so that they could cancel each other."""
        return self.known.channels == 2 and self.channels == 1 and not self.downmix

    def chain(self, *, mix: bool = True) -> str:
        """Return the filters from the decoder to the master's rate and channels."""
        chain = ["aformat=sample_fmts=fltp", ffmpeg.resampled(self.rate)]
        if self.downmix:
            chain.append(self.downmix)
        elif self.known.channels == 1 and self.channels == 2:
            chain.append("pan=stereo|c0=c0|c1=c0")
        elif self.mixed:
            chain += ["pan=mono|c0=.5*c0+.5*c1"] if mix else []
        elif self.known.channels != self.channels:
            chain.append(f"aformat=channel_layouts={ffmpeg.LAYOUTS[self.channels]}")
        return ",".join(chain)


@dataclass(frozen=True, kw_only=True)
class _Done:
    readings: Readings
    gain_db: float
    wanted: Plan
    limiter: Limiter
    encodes: int


def _seen(
    work: _Work, *, force: bool, cache: Path | None, progress: Progress
) -> tuple[Survey, _Work, list[Notice]]:
    """Survey the recording, and refuse what cannot become an episode."""
    notices: list[Notice] = []
    whole = (work.known.promised_s or 600.0) * work.rate

    def look(work: _Work) -> Survey:
        return remembered_survey(
            cache,
            work.recording,
            chain=work.chain(mix=False),
            sample_rate_hz=work.rate,
            channels=work.channels,
            mixed=work.mixed,
            on_frames=lambda frames: progress(min(frames / whole, 1.0)),
        )

    seen = look(work)
    if seen.opposed:
        work = _Work(
            recording=work.recording,
            known=work.known,
            settings=work.settings,
            form=work.form,
            downmix="pan=mono|c0=c0",
        )
        seen = look(work)
        notices.append(
            Notice(
                code="channels-cancel",
                message="the two channels are in opposite phase and would cancel each other in "
                "mono; the left one is used alone",
                where=work.recording.name,
            )
        )
    _refuse(work, seen, force=force)
    lost_s = _lost_s(work, seen)
    if lost_s:
        notices.append(
            Notice(
                code="recording-cut-off",
                message=f"the last {lost_s:.1f} s of the recording are missing; published as it is",
                where=work.recording.name,
            )
        )
    elif seen.complaints:
        notices.append(
            Notice(
                code="recording-damaged",
                message="parts of the recording could not be decoded and were left out "
                f"({ffmpeg.plain(seen.complaints[0])}); listen to it before you publish",
                where=work.recording.name,
            )
        )
    return seen, work, notices


def _refuse(work: _Work, seen: Survey, *, force: bool) -> None:
    duration_s = seen.frames / work.rate
    loudness = seen.readings.integrated_lufs
    if not math.isfinite(seen.readings.true_peak):
        raise RecordingError(
            "holds values that are no sound (NaN or infinite); export it again",
            where=work.recording,
        )
    if duration_s < SHORTEST_S:
        raise RecordingError(
            f"lasts only {duration_s:.1f} s; that is too short to be an episode",
            where=work.recording,
        )
    if not math.isfinite(loudness):
        raise RecordingError(
            "is silent; check that it is the right track and that the microphone was on",
            where=work.recording,
        )
    lost_s = _lost_s(work, seen)
    if lost_s and not force:
        raise RecordingError(
            f"is cut off: {lost_s:.1f} of {work.known.promised_s:.1f} s are missing; copy or export "
            "it again, or use --force to publish what is there",
            where=work.recording,
        )
    gain_db = meter_target_lufs(work.settings.integrated_lufs, work.channels) - loudness
    if gain_db > work.settings.max_gain_db and not force:
        raise RecordingError(
            f"is so quiet ({loudness:.1f} LUFS) that it needs {gain_db:.0f} dB of gain, over the "
            f"limit of {work.settings.max_gain_db:.0f} dB, and its noise would be heard; check that "
            "it is the right track, raise [audio] max_gain_db in show.toml, or use --force",
            where=work.recording,
        )


def _lost_s(work: _Work, seen: Survey) -> float:
    """Return how many seconds the header promised that were not there; 0.0 when none."""
    promised_s = work.known.promised_s
    if promised_s is None:
        return 0.0
    lost_s = promised_s - seen.frames / work.rate
    # Headers round, and encoders pad: a tenth of a second is no loss.
    return lost_s if lost_s > max(0.1, promised_s / 10_000) else 0.0


def _settle(work: _Work, seen: Survey, draft: Path, *, progress: Progress) -> _Done:
    """Encode, meter what was encoded, and encode again with the correction if it missed."""
    settings = work.settings
    target = meter_target_lufs(settings.integrated_lufs, work.channels)
    shift_lu = 0.0
    ceiling = settings.true_peak_dbtp - work.form.headroom_db(settings.bitrate)
    for attempt in range(1, _ATTEMPTS + 1):
        wanted = plan(
            seen, target_lufs=target - shift_lu, ceiling_dbtp=ceiling, sample_rate_hz=work.rate
        )
        done = _encoded(
            work,
            seen,
            draft,
            wanted=wanted,
            ceiling_dbtp=ceiling,
            attempt=attempt,
            progress=progress,
        )
        off_lu = done.readings.integrated_lufs - (wanted.integrated_lufs + shift_lu)
        over_db = done.readings.true_peak_dbtp - settings.true_peak_dbtp
        if attempt == _ATTEMPTS or (abs(off_lu) <= _MISS_LU and over_db <= 0):
            break
        shift_lu += off_lu
        if over_db > 0:
            ceiling -= over_db + 0.1
    return done


def _encoded(
    work: _Work,
    seen: Survey,
    draft: Path,
    *,
    wanted: Plan,
    ceiling_dbtp: float,
    attempt: int,
    progress: Progress,
) -> _Done:
    # Samples are 32-bit integers that must hold both the source's peaks and the amplified ones.
    highest_db = max(seen.readings.true_peak_dbtp, seen.readings.true_peak_dbtp + wanted.gain_db, 0)
    doublings = math.ceil((highest_db + 0.5) / 6.02)
    limiter = Limiter(
        sample_rate_hz=work.rate,
        channels=work.channels,
        ceiling=segments.FULL_SCALE / 2**doublings * amplitude(ceiling_dbtp),
    )

    def blocks() -> Iterator[bytes]:
        frames = 0
        for pcm in ffmpeg.decode(
            work.recording,
            sample_rate_hz=work.rate,
            channels=work.channels,
            sample_format="s32le",
            block_frames=_BLOCK_FRAMES,
            filters=f"[0:a:0]{work.chain()},volume={2.0**-doublings}:precision=float[pcm]",
        ):
            sound = segments.segment(pcm, sample_rate_hz=work.rate, channels=work.channels)
            block = segments.frames(segments.gained(sound, wanted.gain_db))
            yield limiter.push(block).tobytes()
            frames += len(block)
            progress(min(frames / seen.frames, 1.0))
        yield limiter.finish().tobytes()

    readings = encode(
        blocks(),
        draft,
        form=work.form,
        sample_rate_hz=work.rate,
        channels=work.channels,
        bitrate=work.settings.bitrate,
        scale=2.0**doublings,
    )
    return _Done(
        readings=readings,
        gain_db=wanted.gain_db,
        wanted=wanted,
        limiter=limiter,
        encodes=attempt,
    )


def _missed(work: _Work, done: _Done) -> list[Notice]:
    """Return what the master could not reach, with both numbers."""
    target = meter_target_lufs(work.settings.integrated_lufs, work.channels)
    reached = done.readings.integrated_lufs
    notices = []
    if abs(reached - target) > 0.1:
        notices.append(
            Notice(
                code="loudness-missed",
                message=f"the loudness is {reached:.1f} LUFS instead of {target:.1f}: more would "
                f"crush the peaks against the ceiling of {work.settings.true_peak_dbtp:.1f} dBTP",
                where=work.recording.name,
            )
        )
    if done.readings.true_peak_dbtp > work.settings.true_peak_dbtp:
        notices.append(
            Notice(
                code="peak-missed",
                message=f"the true peak is {done.readings.true_peak_dbtp:.1f} dBTP, over the ceiling "
                f"of {work.settings.true_peak_dbtp:.1f}; a higher bitrate helps",
                where=work.recording.name,
            )
        )
    return notices


def _part(progress: Progress, start: float, end: float) -> Progress:
    return lambda share: progress(start + share * (end - start))
