"""What a BS.1770 meter reads: ffmpeg's `ebur128`, read every 100 ms.

The arithmetic over the readings is in `arithmetic`; true peaks are read by `true_peak`.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from columncast.audio.ffmpeg import process
from columncast.audio.loudness.arithmetic import decibels, each_second, integrated_lufs, range_lu
from columncast.episodes.model.episode import Loudness

_KEY = "lavfi.r128."


_UNREAD = ("I", "LRA", "LRA.low", "LRA.high")
_STDERR = 2


def tapped(readings: Readings) -> tuple[str, list[process.Pipe]]:
    """Return the filters that meter sound for *readings*, and the pipe that their text comes by.

    Through a pipe of its own the text comes in large pieces, so the programs take few turns. Where
    a program has no further pipe it comes with the complaints on stderr, each line written by
    itself (`direct`), for whoever listens there to `take`. ffmpeg's own true peak is not asked
    for: it oversamples all of the sound, which costs more than all the rest.
    """
    pipes = []
    if process.MORE_PIPES:
        pipes = [process.Pipe(feeds=False, work=process.lines(readings.take))]
    to = pipes[0].theirs if pipes else _STDERR
    filters = ["ebur128=metadata=1"]
    filters += [f"ametadata=mode=delete:key={_KEY}{key}" for key in _UNREAD]
    filters.append(rf"ametadata=mode=print:direct={int(not pipes)}:file='pipe\:{to}'")
    return ",".join(filters), pipes


@dataclass
class Readings:
    """The readings of one run, in the order in which they came."""

    momentary: array[float] = field(default_factory=lambda: array("f"))
    short_term: array[float] = field(default_factory=lambda: array("f"))
    true_peak: float = 0.0
    """Linear; from `true_peak`."""

    def take(self, line: str) -> bool:
        """Take one line of the meter's; return whether it was one."""
        if not line.startswith(_KEY):
            return line.startswith("frame:")
        key, _, value = line[len(_KEY) :].partition("=")
        if key == "M":
            self.momentary.append(float(value))
        elif key == "S":
            self.short_term.append(float(value))
        return True

    @property
    def integrated_lufs(self) -> float:
        """-inf for silence."""
        return integrated_lufs(self.momentary)

    @property
    def true_peak_dbtp(self) -> float:
        return decibels(self.true_peak)

    @property
    def loudness(self) -> Loudness:
        """The three figures, to 0.01."""
        return Loudness(
            integrated_lufs=round(self.integrated_lufs, 2),
            true_peak_dbtp=round(self.true_peak_dbtp, 2),
            range_lu=round(range_lu(self.short_term), 2),
        )

    @property
    def each_second(self) -> tuple[float, ...]:
        return each_second(self.short_term)
