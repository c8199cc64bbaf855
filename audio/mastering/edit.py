"""What a show may ask for before mastering: clean-up, trimming, levelling, intro and outro.

The result is written once, without loss, to a file beside the master; that file is then mastered
like any recording. A show that asks for none of it never comes here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from columncast.audio.loudness.arithmetic import decibels
from columncast.audio.loudness.first_pass import Survey, decibels_of
from columncast.audio.mastering import pcm
from columncast.audio.mastering.encode import write_flac
from columncast.audio.mastering.pcm import AudioSegment
from columncast.audio.mastering.recording import Source, look, source_of
from columncast.audio.mastering.speech import Phrase, levelling, phrases
from columncast.episodes.disk import files
from columncast.episodes.errors import RecordingError
from columncast.episodes.show.settings import AudioSettings

_MATCHED_LUFS: Final = -36.0  # parts are joined at this level: room for any peak


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A recording as the show wants it."""

    source: Source
    offset_s: float
    """Where the first moment of the recording lies in it; negative when that was trimmed."""
    gain_db: float
    """What was put on the voice, so that it goes with other parts."""
    steps: tuple[str, ...]
    """What was done, in words."""


def wanted(settings: AudioSettings) -> bool:
    """Return whether the show asks for anything but loudness.

    >>> wanted(AudioSettings()), wanted(AudioSettings(trim_silence=True))
    (False, True)
    """
    return bool(
        settings.intro
        or settings.outro
        or settings.trim_silence
        or settings.leveler_db
        or _cleaning(settings, noise_db=0.0)
    )


@contextmanager
def edited(
    source: Source,
    survey: Survey,
    settings: AudioSettings,
    *,
    folder: Path,
    beside: Path,
    cache: Path | None,
    progress: Callable[[float], None],
) -> Iterator[Edited]:
    """Give *source* as the show wants it, for as long as the block lasts.

    *folder* is where intro and outro are; the work file lies in the folder of *beside*.

    Raises:
        RecordingError: Intro or outro is missing or no sound.
        FolderError: The disk is full.
    """
    cleaning = _cleaning(settings, noise_db=_noise_db(survey))
    if cleaning:
        source = dataclasses.replace(source, cleaning=cleaning)
        source, survey = look(source, cache=cache)
    spoken = phrases(survey, sample_rate_hz=source.sample_rate_hz)
    start_s, end_s = _kept(spoken, survey.frames / source.sample_rate_hz, settings)
    whole = round((end_s - start_s) * source.sample_rate_hz)
    voice = _Levelled(source, spoken, settings).blocks(survey, start_s, end_s)
    program, before_s = _joined(
        _counted(voice, lambda frames: progress(min(frames / whole, 1.0))),
        source,
        settings,
        folder=folder,
        cache=cache,
        voice_s=end_s - start_s,
    )
    with files.scratch_file(beside.with_suffix(".flac")) as work:
        write_flac(
            (block.raw_data for block in program),
            work,
            sample_rate_hz=source.sample_rate_hz,
            channels=source.channels,
        )
        yield Edited(
            source=source_of(work, sample_rate_hz=source.sample_rate_hz, channels=source.channels),
            offset_s=round(before_s - start_s, 3),
            gain_db=_matching_db(survey),
            steps=_steps(settings, start_s, survey.frames / source.sample_rate_hz - end_s),
        )


def _cleaning(settings: AudioSettings, *, noise_db: float) -> tuple[str, ...]:
    """Return the clean-up as ffmpeg filters, in the order in which a studio does it."""
    filters = []
    if settings.high_pass_hz:  # two of second order: 24 dB an octave
        filters += [f"highpass=f={settings.high_pass_hz:g}:p=2"] * 2
    if settings.denoise_db:
        # A little over the noise, or its louder moments stay behind as chirps.
        floor_db = min(max(noise_db + 5, -80.0), -20.0)
        filters.append(f"afftdn=nr={settings.denoise_db:g}:nf={floor_db:.0f}")
    if settings.de_ess:
        filters.append(f"deesser=i={settings.de_ess:g}")
    return tuple(filters)


def _noise_db(survey: Survey) -> float:
    """Return the level of the steady noise: that of the quietest twentieth that is not silent."""
    levels = decibels_of(survey.cell_levels)
    levels = levels[levels > -90]
    return float(np.percentile(levels, 5)) if levels.size else -80.0


def _kept(spoken: list[Phrase], whole_s: float, settings: AudioSettings) -> tuple[float, float]:
    if not settings.trim_silence or not spoken:
        return 0.0, whole_s
    margin_s = settings.trim_margin_s
    return max(spoken[0].start_s - margin_s, 0.0), min(spoken[-1].end_s + margin_s, whole_s)


@dataclass(frozen=True)
class _Levelled:
    source: Source
    spoken: list[Phrase]
    settings: AudioSettings

    def blocks(self, survey: Survey, start_s: float, end_s: float) -> Iterator[AudioSegment]:
        """Yield the voice from *start_s* to *end_s*, its phrases brought nearer to each other."""
        rate = self.source.sample_rate_hz
        times, gains = levelling(self.spoken, most_db=self.settings.leveler_db)
        start, end, at = round(start_s * rate), round(end_s * rate), 0
        for block in _matched(self.source, survey):
            count = int(block.frame_count())
            first, last = max(start - at, 0), min(end - at, count)
            if first < last:
                piece = block.get_sample_slice(first, last)
                if self.settings.leveler_db:
                    moments = (np.arange(first, last) + at) / rate
                    piece = pcm.shaped(piece, np.interp(moments, times, gains))
                yield piece
            at += count


def _matched(source: Source, survey: Survey) -> Iterator[AudioSegment]:
    """Yield *source* at the level at which parts are joined, its headroom taken off again."""
    doublings, _ = pcm.headroom(survey.readings, 0.0)
    gain_db = _matching_db(survey) + decibels(2.0**doublings)
    return source.sound(survey.frames, gain_db=gain_db, doublings=doublings)


def _matching_db(survey: Survey) -> float:
    return _MATCHED_LUFS - survey.readings.integrated_lufs


def _joined(
    voice: Iterator[AudioSegment],
    source: Source,
    settings: AudioSettings,
    *,
    folder: Path,
    cache: Path | None,
    voice_s: float,
) -> tuple[Iterator[AudioSegment], float]:
    """Return intro, *voice* and outro as one, and where in it the voice begins."""
    rate = source.sample_rate_hz
    overlap_s = min(settings.overlap_s, voice_s / 2)
    program, before_s = voice, 0.0
    if settings.intro:
        part, survey = _part(folder / settings.intro, source, cache)
        length_s = survey.frames / rate
        before_s = max(length_s - overlap_s, 0.0)
        program = pcm.lapped(
            _matched(part, survey),
            program,
            overlap=round(min(overlap_s, length_s) * rate),
            fade_out_s=settings.fade_s,
        )
    if settings.outro:
        part, survey = _part(folder / settings.outro, source, cache)
        program = pcm.lapped(
            program,
            _matched(part, survey),
            overlap=round(min(overlap_s, survey.frames / rate) * rate),
            fade_in_s=settings.fade_s,
        )
    return program, before_s


def _part(recording: Path, like: Source, cache: Path | None) -> tuple[Source, Survey]:
    part = source_of(
        recording,
        sample_rate_hz=like.sample_rate_hz,
        channels=like.channels,
        remedy="export the one that you mean as a file of its own",
    )
    part, survey = look(part, cache=cache)
    if not np.isfinite(survey.readings.integrated_lufs):
        raise RecordingError("is silent; it cannot be an intro or outro", where=recording)
    return part, survey


def _counted(blocks: Iterator[AudioSegment], tell: Callable[[int], None]) -> Iterator[AudioSegment]:
    frames = 0
    for block in blocks:
        yield block
        frames += int(block.frame_count())
        tell(frames)


def _steps(settings: AudioSettings, head_s: float, tail_s: float) -> tuple[str, ...]:
    said = []
    if settings.high_pass_hz:
        said.append(f"high-pass at {settings.high_pass_hz:g} Hz")
    if settings.denoise_db:
        said.append(f"noise lowered by {settings.denoise_db:g} dB")
    if settings.de_ess:
        said.append(f"de-essed at {settings.de_ess:g}")
    if settings.leveler_db:
        said.append(f"phrases levelled by up to {settings.leveler_db:g} dB")
    if settings.trim_silence and head_s + tail_s > 0:
        said.append(f"silence trimmed: {head_s:.1f} s at the start, {tail_s:.1f} s at the end")
    if settings.intro:
        said.append("intro joined")
    if settings.outro:
        said.append("outro joined")
    return tuple(said)
