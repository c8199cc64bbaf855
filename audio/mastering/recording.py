"""A recording on its way to a master: which filters bring it there, and whether it may go."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from columncast.audio.ffmpeg import process
from columncast.audio.ffmpeg.messages import plain
from columncast.audio.ffmpeg.probe import Recording
from columncast.audio.loudness.arithmetic import meter_target_lufs
from columncast.audio.loudness.first_pass import Survey
from columncast.audio.loudness.first_pass_cache import remembered_survey
from columncast.audio.mastering import pcm as mastering_pcm
from columncast.audio.mastering.limiter import HOP
from columncast.audio.mastering.pcm import AudioSegment
from columncast.audio.mastering.tracks import SAY_WHICH, the_track
from columncast.episodes.errors import RecordingError
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.timecode import position
from columncast.episodes.show.settings import AudioSettings

SHORTEST_S: Final = 0.4
"""A meter needs one block of 400 ms."""
_OFFSET: Final = 0.003  # -50 dBFS: under it, an offset takes no room from the peaks
# The first piece has to do for all that follows to begin: what the limiter holds back, and what
# the second half of an MP3 leaves out, encoder, decoder and meter (see `process.at_own_pace`).
_PIECE_FRAMES: Final = 4 * HOP
_GUESS_S: Final = 600.0  # for the progress bar, when a header does not say how long it is


@dataclass(frozen=True, kw_only=True)
class Source:
    """A recording, at the rate and in the channels that the master will have."""

    recording: Path
    known: Recording
    sample_rate_hz: int
    channels: int
    left_only: bool = False
    """Its two channels cancel each other: one is enough."""
    offsets: tuple[float, ...] = ()
    """What is taken away from each channel, so that its mean is nothing."""
    cleaning: tuple[str, ...] = ()
    """ffmpeg filters that the show asked for, after the change of rate and channels."""

    @property
    def mixed(self) -> bool:
        """Whether two channels become one, so that they could cancel each other."""
        return self.known.channels == 2 and self.channels == 1 and not self.left_only

    def chain(self, *, mix: bool = True) -> str:
        """Return the filters from the decoder on; without *mix*, the last step is left out."""
        filters = ["aformat=sample_fmts=fltp", process.resampled(self.sample_rate_hz)]
        if self.left_only:
            filters.append("pan=mono|c0=c0")
        elif self.known.channels == 1 and self.channels == 2:
            filters.append("pan=stereo|c0=c0|c1=c0")
        elif self.mixed:
            filters += ["pan=mono|c0=.5*c0+.5*c1"] if mix else []
        elif self.known.channels != self.channels:
            filters.append(f"aformat=channel_layouts={process.LAYOUTS[self.channels]}")
        if self.offsets:
            shifted = "|".join(f"val({at})-({mean:.6f})" for at, mean in enumerate(self.offsets))
            filters.append(f"aeval={shifted}:c=same")
        return ",".join([*filters, *self.cleaning])

    def graph(self, span: range, *, doublings: int) -> str:
        """Return ffmpeg's graph from the track to `[pcm]`: the frames of *span* as 32-bit PCM.

        They are just as many: whoever reads them beside other work of the same program sees no
        end. The samples are halved *doublings* times, for headroom.
        """
        volume = f"volume={2.0**-doublings}:precision=float"
        cut = f"atrim=start_sample={span.start}:end_sample={span.stop},apad=whole_len={len(span)}"
        pace = process.at_own_pace(_PIECE_FRAMES)
        return f"{process.of_track(self.known.track)}{self.chain()},{volume},{cut},{pace}[pcm]"

    def sound(self, frames: int, *, gain_db: float, doublings: int) -> Iterator[AudioSegment]:
        """Yield the first *frames* of the sound with *gain_db*, under a headroom of *doublings*.

        Raises:
            RecordingError: Nothing of it can be decoded.
        """
        decoded = process.decode(
            self.recording,
            sample_rate_hz=self.sample_rate_hz,
            channels=self.channels,
            sample_format="s32le",
            block_frames=HOP,
            filters=self.graph(range(frames), doublings=doublings),
        )
        return self.segments(decoded, gain_db=gain_db)

    def segments(self, pcm: Iterable[bytes], *, gain_db: float) -> Iterator[AudioSegment]:
        """Yield what came out of `graph`, with *gain_db*."""
        for block in pcm:
            sound = mastering_pcm.segment(
                block, sample_rate_hz=self.sample_rate_hz, channels=self.channels
            )
            yield mastering_pcm.gained(sound, gain_db)


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What came of a recording when it was decoded from its beginning to its end."""

    duration_s: float
    complaints: tuple[str, ...]
    """What ffmpeg said of it; nothing when all was well."""


def source_of(
    recording: Path,
    *,
    sample_rate_hz: int,
    channels: int,
    track: int = 0,
    remedy: str = SAY_WHICH,
) -> Source:
    """Return *recording* as a source; with a rate of 0 it keeps its own where players take it.

    Raises:
        RecordingError: As `the_track`.
    """
    known = the_track(recording, track, remedy=remedy)
    own = known.sample_rate_hz
    if own not in (44100, 48000):
        own = 44100 if own % 11025 == 0 else 48000
    return Source(
        recording=recording, known=known, sample_rate_hz=sample_rate_hz or own, channels=channels
    )


def look(
    source: Source, *, cache: Path | None, progress: Callable[[float], None] = lambda _: None
) -> tuple[Source, Survey]:
    """Survey *source*; it comes back as one channel when the two would cancel each other.

    Raises:
        RecordingError: Nothing of it can be decoded.
    """
    whole = (source.known.promised_s or _GUESS_S) * source.sample_rate_hz
    # Clean-up works on the mix, so a source that is cleaned was looked at before.
    mixed = source.mixed and not (source.cleaning or source.offsets)
    seen = remembered_survey(
        cache,
        source.recording,
        track=source.known.track,
        chain=source.chain(mix=not mixed),
        sample_rate_hz=source.sample_rate_hz,
        channels=source.channels,
        mixed=mixed,
        on_frames=lambda frames: progress(min(frames / whole, 1.0)),
    )
    if seen.opposed:
        return look(dataclasses.replace(source, left_only=True), cache=cache, progress=progress)
    if not source.offsets and any(abs(mean) > _OFFSET for mean in seen.offsets):
        source = dataclasses.replace(source, offsets=seen.offsets)
        return look(source, cache=cache, progress=progress)
    return source, seen


def decoded_as(source: Source, seen: Survey) -> Decoded:
    """Return what came of *source* by what was *seen* of it."""
    return Decoded(
        duration_s=seen.frames / source.sample_rate_hz, complaints=tuple(seen.complaints)
    )


def refuse(
    source: Source, seen: Survey, decoded: Decoded, settings: AudioSettings, *, force: bool
) -> None:
    """Raise what keeps *source* from becoming an episode; *seen* is what is used of it.

    Raises:
        RecordingError: It is silent, cut off, too short or too quiet.
    """
    recording = source.recording
    duration_s = seen.frames / source.sample_rate_hz
    loudness = seen.readings.integrated_lufs
    if not math.isfinite(seen.readings.true_peak):
        raise RecordingError(
            "holds values that are no sound (NaN or infinite); export it again", where=recording
        )
    if duration_s < SHORTEST_S:
        raise RecordingError(
            f"lasts only {duration_s:.1f} s; that is too short to be an episode", where=recording
        )
    if not math.isfinite(loudness):
        raise RecordingError(
            "is silent; check that it is the right track and that the microphone was on",
            where=recording,
        )
    lost_s = missing_s(source.known, decoded)
    if lost_s and not force:
        raise RecordingError(
            f"is cut off: {lost_s:.1f} of {source.known.promised_s:.1f} s are missing; copy or "
            "export it again, or use --force to publish what is there",
            where=recording,
        )
    target = meter_target_lufs(settings.integrated_lufs, source.channels)
    gain_db, as_heard = target - loudness, settings.integrated_lufs - target
    if gain_db > settings.max_gain_db and not force:
        raise RecordingError(
            f"is so quiet ({loudness + as_heard:.1f} LUFS) that it needs {gain_db:.0f} dB of gain, over the "
            f"limit of {settings.max_gain_db:.0f} dB, and its noise would be heard; check that it "
            "is the right track, raise [audio] max_gain_db in show.toml, or use --force",
            where=recording,
        )


def missing_s(known: Recording, decoded: Decoded) -> float:
    """Return how many seconds the header promised that were not there; 0.0 when none."""
    # Pictures, or another track, may go on longer than the sound.
    others = known.film or len(known.tracks) > 1
    if known.promised_s is None or (others and not decoded.complaints):
        return 0.0
    lost_s = known.promised_s - decoded.duration_s
    # Headers round, and encoders pad: a tenth of a second is no loss.
    return lost_s if lost_s > max(0.1, known.promised_s / 10_000) else 0.0


def remarks(source: Source, seen: Survey, decoded: Decoded) -> list[Notice]:
    """Return what a producer should know about a recording that is taken; else as `refuse`."""
    where, lost_s = source.recording.name, missing_s(source.known, decoded)
    notices = []
    if source.left_only:
        message = (
            "the two channels are in opposite phase and would cancel each other in mono; "
            "the left one is used alone"
        )
        notices.append(Notice(code="channels-cancel", message=message, where=where))
    if source.offsets:
        message = "the recorder put a constant offset under the sound; it was taken away"
        notices.append(Notice(code="offset-removed", message=message, where=where, severity="note"))
    if lost_s:
        message = f"the last {lost_s:.1f} s of the recording are missing; published as it is"
        notices.append(Notice(code="recording-cut-off", message=message, where=where))
    elif decoded.complaints:
        message = (
            "parts of the recording could not be decoded and were left out "
            f"({plain(decoded.complaints[0])}); listen to it before you publish"
        )
        notices.append(Notice(code="recording-damaged", message=message, where=where))
    if seen.clipped_s:
        message = (
            f"the recording is clipped at {_places(seen.clipped_s)}: it was too loud for the "
            "recorder there, and no mastering brings that back; record with less gain"
        )
        notices.append(Notice(code="recording-clipped", message=message, where=where))
    return notices


def _places(seconds: tuple[int, ...]) -> str:
    """Return a few places in minutes and seconds.

    >>> _places((3, 75, 76, 300, 400))
    '0:03, 1:15, 1:16 and 2 more places'
    """
    named = ", ".join(position(s) for s in seconds[:3])
    more = len(seconds) - 3
    return f"{named} and {more} more place{'s' if more > 1 else ''}" if more > 0 else named
