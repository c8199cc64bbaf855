"""The first pass over a recording: everything that has to be known before a gain can be chosen.

Sound is decoded once, brought to the rate and channels of the master, metered by ffmpeg, and
looked at here for its peaks; memory does not grow with it but for a few bytes a cell of 6 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from columncast.audio.ffmpeg import process
from columncast.audio.ffmpeg.messages import of_the_sound
from columncast.audio.loudness import meter
from columncast.audio.loudness.meter import Readings
from columncast.audio.loudness.true_peak import PeakMeter, Samples

CELL_FRAMES: Final = 256
_PIECE_CELLS: Final = 1 << 13
_BLOCK_FRAMES: Final = 128 * CELL_FRAMES
_FLOOR: Final = 1e-12
_MOST_COMPLAINTS: Final = 20
_CLIPPING: Final = 0.95
_FEWEST_FLAT: Final = 3  # one flat top may be chance
_SAME_HEIGHT: Final = 0.98
_MOST_FLAT: Final = 1000
_OPPOSED: Final = 4.0  # a difference 6 dB over the sum: nobody records a voice like that


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What the first pass saw, at the rate and in the channels of the master."""

    readings: Readings
    frames: int
    cell_peaks: bytes
    """The highest sample of each cell of `CELL_FRAMES`; see `decibels_of`."""
    cell_levels: bytes
    """The mean square of each cell; see `decibels_of`."""
    complaints: tuple[str, ...]
    """What ffmpeg said while decoding; nothing when all was well."""
    clipped_s: tuple[int, ...] = ()
    """The seconds in which the recorder was overdriven."""
    offsets: tuple[float, ...] = ()
    """The mean of each channel: of sound it is nothing, of a cheap recorder it may be something."""
    opposed: bool = False
    """The two channels cancel each other, so a mix of them would be hollow or silent."""


def survey(
    recording: Path,
    *,
    track: int = 1,
    chain: str,
    sample_rate_hz: int,
    channels: int,
    mixed: bool = False,
    on_frames: Callable[[int], None] = lambda _: None,
) -> Survey:
    """Decode the *track* of *recording* through the filters of *chain* and say what was seen.

    With *mixed*, *chain* ends in a stereo signal that will be mixed to mono: then it is looked
    at whether its channels cancel each other.

    Raises:
        RecordingError: Nothing of it can be decoded.
    """
    readings = Readings()
    complaints: list[str] = []

    def on_line(line: str) -> None:
        wanted = len(complaints) < _MOST_COMPLAINTS and of_the_sound(line)
        if not readings.take(line) and wanted:
            complaints.append(line)

    # Half sum and half difference: the mix that will be encoded, and what it loses.
    both = ",pan=stereo|c0=.5*c0+.5*c1|c1=.5*c0-.5*c1" if mixed else ""
    sum_only = "pan=mono|c0=c0," if mixed else ""
    metering, pipes = meter.tapped(readings)
    graph = (
        f"{process.of_track(track)}{chain}{both},asplit[pcm][m];[m]{sum_only}{metering},anullsink"
    )
    come = 2 if mixed else channels
    cells = _Cells()
    true_peak = PeakMeter(channels)
    frames = 0
    energy, total = np.zeros(come), np.zeros(channels)
    for pcm in process.decode(
        recording,
        sample_rate_hz=sample_rate_hz,
        channels=come,
        sample_format="f32le",
        block_frames=_BLOCK_FRAMES,
        filters=graph,
        on_line=on_line,
        pipes=pipes,
    ):
        block: Samples = np.frombuffer(pcm, dtype="<f4").reshape(-1, come)
        if mixed:
            energy += np.einsum("ij,ij->j", block, block, dtype=np.float64)
            block = np.ascontiguousarray(block[:, :1])
        total += block.sum(axis=0, dtype=np.float64)
        true_peak.push(block, cells.push(block))
        frames += len(block)
        on_frames(frames)
    true_peak.finish()
    readings.true_peak = true_peak.highest
    return Survey(
        readings=readings,
        frames=frames,
        cell_peaks=bytes(cells.peaks),
        cell_levels=bytes(cells.levels),
        complaints=tuple(complaints),
        clipped_s=tuple(sorted(cells.clipped(sample_rate_hz))),
        offsets=tuple(float(mean) for mean in total / max(frames, 1)),
        opposed=bool(mixed and energy[1] > _OPPOSED * energy[0]),
    )


class _Cells:
    """Peak and level of each cell, a byte each: three hours are four megabytes."""

    def __init__(self) -> None:
        self._flat: list[tuple[int, float]] = []
        self._count = 0
        self.peaks = bytearray()
        self.levels = bytearray()

    def push(self, block: Samples) -> float:
        """Take whole cells, only the last block may end within one; return the highest sample."""
        short = -len(block) % CELL_FRAMES
        if short:
            block = np.pad(block, ((0, short), (0, 0)))
        cells = block.reshape(-1, CELL_FRAMES * block.shape[1])
        peaks = np.maximum(cells.max(axis=1), -cells.min(axis=1))
        levels = np.einsum("ij,ij->i", cells, cells) / cells.shape[1]
        self._find_flat(cells, peaks, block.shape[1])
        self._count += len(cells)
        self.peaks += _packed(peaks, 20)
        self.levels += _packed(levels, 10)
        return float(peaks.max())

    def _find_flat(self, cells: Samples, peaks: NDArray[np.float32], channels: int) -> None:
        """Note cells in which several samples in a row are at the very same peak."""
        for at in np.flatnonzero(peaks > _CLIPPING):
            tops = np.abs(cells[at].reshape(-1, channels)) >= peaks[at] * (1 - 1e-5)
            flat = tops[3:] & tops[2:-1] & tops[1:-2] & tops[:-3]
            if flat.any() and len(self._flat) < _MOST_FLAT:
                self._flat.append((self._count + int(at), float(peaks[at])))

    def clipped(self, sample_rate_hz: int) -> set[int]:
        """Return the seconds in which waves are cut off flat at the height of the highest."""
        highest = max((peak for _, peak in self._flat), default=0.0)
        flat = [at for at, peak in self._flat if peak > highest * _SAME_HEIGHT]
        if len(flat) < _FEWEST_FLAT:
            return set()
        return {at * CELL_FRAMES // sample_rate_hz for at in flat}


def decibels_of(cells: bytes) -> NDArray[np.float64]:
    """Return the decibels of packed cells: steps of 0.5 dB, from -100 (or less) to 27.5 dBFS."""
    return np.frombuffer(cells, dtype=np.uint8) / 2.0 - 100.0


def decibels_by_piece(cells: bytes) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield where a piece of packed cells begins, and its decibels: three hours in little memory."""
    for start in range(0, len(cells), _PIECE_CELLS):
        yield start, decibels_of(cells[start : start + _PIECE_CELLS])


def _packed(values: NDArray[np.float32], scale: float) -> bytes:
    levels = scale * np.log10(np.fmax(values, _FLOOR))  # fmax: NaN is refused elsewhere
    return np.rint((levels + 100) * 2).clip(0, 255).astype(np.uint8).tobytes()
