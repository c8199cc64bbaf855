"""Score the cutting desk on raw takes whose every piece is known.

    python benchmarks/editing.py [--seed N] [--takes N] [--sentences N] [--voice flite:slt …]

Sentences are spoken one by one, as in `narrations.py`, with everything that happens to a reader:
sentences and pairs of them read again, begun and broken off, taken up again amid a sentence, words
said twice, asides, coughs, long pauses; under all of it lies the noise of a room. A piece is removed
when less than 15 % of it is left; wanted sound is lost where more than 50 ms of a piece that should
stay is cut while the voice is heard. Another seed draws other takes.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import narrations
import numpy as np
from narrations import RATE, Sound

from columncast.audio.editing.door import CuttingDesk, lay_on_desk
from columncast.audio.editing.render import pieces_of
from columncast.audio.ffmpeg.probe import probe
from columncast.episodes.model.alignment import Unit
from columncast.episodes.model.cuts import Edits

ASIDES = [
    "Sorry, again.",
    "Let me do that again.",
    "One more time.",
    "Hang on.",
    "No, that is wrong.",
    "I will take that from the top.",
    "Oh dear.",
    "Where was I?",
]
KINDS = ["retake", "restart", "midstart", "stutter", "retake", "restart", "retake2", "aside"]
KINDS += ["cough", "long pause"]
_CELL = RATE // 100
_VOICE = 10 ** (-50 / 20)  # of full scale: what is softer in a piece is its own decay


@dataclass
class Piece:
    """Something that was said or done; seconds."""

    start_s: float
    end_s: float
    keep: bool
    kind: str
    text: str


@dataclass
class Tape:
    """A raw take in the making."""

    rng: random.Random
    noise: np.random.Generator
    parts: list[Sound] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    samples: int = 0

    def pause(self, low: float, high: float) -> None:
        self._add(narrations.silence(self.rng.uniform(low, high)))

    def say(self, sound: Sound, kind: str, text: str, *, keep: bool = False) -> None:
        start = self.samples
        self._add(sound)
        self.pieces.append(Piece(start / RATE, self.samples / RATE, keep, kind, text))

    def _add(self, sound: Sound) -> None:
        self.parts.append(sound)
        self.samples += len(sound)

    def cough(self) -> Sound:
        parts: list[Sound] = []
        for _ in range(self.rng.randint(1, 2)):
            n = int(RATE * self.rng.uniform(0.15, 0.3))
            at = np.arange(n) / RATE
            shape = np.exp(-14 * at) * np.minimum(at / 0.01, 1)
            burst = self.noise.standard_normal(n) * shape * 0.25
            parts += [burst.astype(np.float32), narrations.silence(0.12)]
        return np.convolve(np.concatenate(parts), [0.3, 0.4, 0.3], "same").astype(np.float32)


def broken(sound: Sound, off_s: float) -> Sound:
    """Return *sound* broken off before its end."""
    cut = int(RATE * off_s)
    kept = sound[: len(sound) - cut].copy() if len(sound) > RATE // 2 else sound.copy()
    kept[-160:] *= np.linspace(1, 0, 160, dtype=np.float32)
    return kept


@dataclass
class Reader:
    """Reads a column aloud, and stumbles."""

    tape: Tape
    voice: str
    tempo: float
    before: int = 0
    """Where on the tape the last sentence begins, by its pieces,"""
    here: int = 0
    """and the one that is being read."""

    def speak(self, words: Sequence[str] | str) -> Sound:
        text = words if isinstance(words, str) else " ".join(words)
        return narrations.speak(text, self.voice, self.tempo)

    def read(self, text: str, kind: str, former: str) -> None:
        """Read the sentence *text* after, or with, a stumble of *kind*."""
        words = text.split()
        self.before, self.here = self.here, len(self.tape.pieces)
        stumble = {
            "retake": self._retake,
            "restart": self._restart,
            "midstart": self._midstart if len(words) >= 10 else self._restart,
            "stutter": self._stutter,
            "retake2": self._retake_two,
        }.get(kind)
        if stumble is None or (kind == "retake2" and not former):
            self._beside(kind)
            self.tape.say(self.speak(text), "good", text, keep=True)
        else:
            stumble(words, former)

    def _beside(self, kind: str) -> None:
        tape = self.tape
        if kind == "aside":
            tape.say(self.speak(tape.rng.choice(ASIDES)), kind, "")
            tape.pause(0.4, 1.0)
        elif kind == "cough":
            tape.say(tape.cough(), kind, "")
            tape.pause(0.3, 0.7)
        elif kind == "long pause":
            tape.pause(2.5, 6)
            end_s = tape.samples / RATE
            tape.pieces.append(Piece(end_s - 2, end_s, keep=False, kind=kind, text=""))

    def _good(self, words: Sequence[str]) -> None:
        self.tape.say(self.speak(words), "good", " ".join(words), keep=True)

    def _retake(self, words: Sequence[str], _: str) -> None:
        tape = self.tape
        tape.say(self.speak(words), "retake", " ".join(words))
        tape.pause(0.5, 1.6)
        if tape.rng.random() < 0.4:
            tape.say(self.speak(tape.rng.choice(ASIDES)), "aside", "")
            tape.pause(0.4, 0.9)
        self._good(words)

    def _restart(self, words: Sequence[str], _: str) -> None:
        tape, rng = self.tape, self.tape.rng
        begun = words[: rng.randint(2, max(2, min(len(words) - 2, 9)))]
        said = self.speak(" ".join(begun).rstrip(",.;:"))
        tape.say(broken(said, rng.choice([0, 0.06, 0.14])), "restart", " ".join(begun))
        tape.pause(0.25, 1.0)
        self._good(words)

    def _midstart(self, words: Sequence[str], _: str) -> None:
        tape, rng = self.tape, self.tape.rng
        commas = [at for at in range(3, len(words) - 4) if words[at - 1][-1] in ",;:"]
        off = rng.randint(6, len(words) - 3)
        back = off - rng.randint(1, 4)
        if commas:
            back = rng.choice(commas)
            off = min(len(words) - 2, back + rng.randint(2, 5))
        self._good(words[:back])
        tape.pause(*((0.18, 0.35) if commas else (0.03, 0.05)))
        kind = "midstart" if commas else "midstart, no pause"
        said = self.speak(" ".join(words[back:off]).rstrip(",.;:"))
        tape.say(broken(said, 0.05), kind, " ".join(words[back:off]))
        tape.pause(0.3, 0.9)
        self._good(words[back:])

    def _stutter(self, words: Sequence[str], _: str) -> None:
        tape, rng = self.tape, self.tape.rng
        at = rng.randint(1, max(1, len(words) - 3))
        twice = words[at : at + rng.choice([1, 1, 2])]
        self._good(words[:at])
        tape.pause(0.05, 0.12)
        tape.say(self.speak(" ".join(twice).strip(",.;:")), "stutter", " ".join(twice))
        tape.pause(0.08, 0.4)
        self._good(words[at:])

    def _retake_two(self, words: Sequence[str], former: str) -> None:
        tape = self.tape
        tape.say(self.speak(words), "retake2", " ".join(words))
        for piece in tape.pieces[self.before : self.here]:
            if piece.keep:
                piece.keep, piece.kind = False, "retake2"
        tape.pause(0.6, 1.6)
        self._good(former.split())
        tape.pause(0.3, 0.6)
        self._good(words)


@dataclass
class Take:
    """A raw take and the truth about it."""

    name: str
    units: list[Unit]
    pieces: list[Piece]
    sound: Sound
    voice: Sound
    """The same without the room."""


def make(seed: str, voice: str, column: str, sentences: int) -> Take:
    """Return a raw take of the first *sentences* of *column* by *voice*."""
    rng = random.Random(f"{seed}/{voice}/{column}")  # noqa: S311 - draws a test case
    noise = np.random.default_rng(rng.randrange(10**9))
    text = (narrations.COLUMNS / f"{column}.md").read_text(encoding="utf-8")
    told = list(_told(text))[:sentences]
    tape = Tape(rng, noise)
    reader = Reader(tape, voice, rng.uniform(0.96, 1.08))
    kinds = rng.sample(KINDS, len(KINDS))
    tape.pause(0.8, 1.2)
    former, stumbles = "", 0
    for at, (heading, paragraph, line) in enumerate(told):
        kind = ""
        if not heading and len(line.split()) >= 5 and rng.random() < 0.45:
            kind = kinds[stumbles % len(kinds)]
            stumbles += 1
        reader.read(line, kind, former)
        former = "" if heading else line
        last = at + 1 == len(told) or told[at + 1][1] != paragraph
        tape.pause(*((0.7, 1.1) if last else (0.3, 0.6)))
    tape.pause(1, 2)
    clean = np.concatenate(tape.parts)
    room = np.convolve(noise.standard_normal(len(clean)), [0.6, 0.3, 0.2, 0.1], "same")
    level = 0.08 * 10 ** (rng.choice([-50, -44, -38]) / 20)
    sound = clean + (room / room.std() * level).astype(np.float32)
    units = [Unit(line, heading, paragraph) for heading, paragraph, line in told]
    return Take(f"{column} {voice}", units, tape.pieces, sound, clean)


def _told(markdown: str) -> Iterator[tuple[bool, int, str]]:
    for number, block in enumerate(markdown.strip().split("\n\n")):
        for heading, line in narrations.units(block):
            yield heading, number, line


@dataclass
class Score:
    """What was found, removed and lost, for one take or for all."""

    pieces: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    lost_s: float = 0.0
    lost: list[str] = field(default_factory=list)
    seams: int = 0
    in_sound: int = 0
    rough: int = 0
    asks: int = 0
    cpu_s: float = 0.0
    duration_s: float = 0.0

    def add(self, other: Score) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def lines(self) -> Iterator[str]:
        """Yield the figures as people read them."""
        for kind, count in sorted(self.pieces.items()):
            yield (
                f"  {kind:20} removed {self.removed[kind]:3}/{count:<3} "
                f"found {self.found[kind]:3}/{count}"
            )
        yield f"  wanted sound lost: {len(self.lost)} pieces, {self.lost_s:.2f} s {self.lost}"
        yield (
            f"  seams {self.seams}, in sound {self.in_sound}, rougher than 99 % of natural pauses "
            f"{self.rough}; to ask about {self.asks}; CPU {self.cpu_s / self.duration_s:.3f} s a second"
        )


def kept(edits: Edits, desk: CuttingDesk, cells: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return for each cell of the recording whether it is still there."""
    mask = np.zeros(cells + 200, bool)
    for piece in pieces_of(edits.cuts, edits.duration_s, desk.heard.tone):
        if not piece.tone:
            mask[round(100 * piece.start_s) : round(100 * piece.end_s)] = True
    return mask


def score(take: Take, desk: CuttingDesk, sure: Edits, everything: Edits) -> Score:
    """Compare *sure* and *everything* with the truth of *take*."""
    cells = len(take.sound) // _CELL
    result = Score(duration_s=len(take.sound) / RATE)
    voiced = take.voice[: cells * _CELL].reshape(-1, _CELL)
    speaks = np.concatenate([np.sqrt((voiced**2).mean(1)) > _VOICE, np.zeros(200, bool)])
    stays, stays_all = kept(sure, desk, cells), kept(everything, desk, cells)
    for piece in take.pieces:
        at = slice(round(100 * piece.start_s) + 1, max(round(100 * piece.end_s) - 1, 2))
        if piece.keep:
            lost_s = float((~stays[at] & speaks[at]).sum()) / 100
            if lost_s > 0.05:
                result.lost_s += lost_s
                result.lost.append(f"{piece.start_s:.1f} {piece.text[:30]}")
            continue
        least = 0.75 if piece.kind == "long pause" else 0.15
        result.pieces[piece.kind] += 1
        result.removed[piece.kind] += bool(stays[at].mean() < least)
        result.found[piece.kind] += bool(stays_all[at].mean() < least)
    applied = [cut for cut in sure.cuts if cut.applied]
    result.seams = len(applied)
    result.asks = sum(not cut.sure for cut in sure.cuts)
    for cut in applied:
        for cell in (round(100 * cut.start_s) - 1, round(100 * cut.end_s)):
            result.in_sound += bool(speaks[cell])
    result.rough = sum(_roughness(take.sound, desk, [(c.start_s, c.end_s) for c in applied]))
    return result


def _roughness(sound: Sound, desk: CuttingDesk, ends: Sequence[tuple[float, float]]) -> list[bool]:
    """Return for each seam whether it steps further than 99 % of the reader's own pauses do."""
    rng = np.random.default_rng(1)
    quiet = np.convolve(desk.heard.pauses.quiet, np.ones(13), "same") > 12.5
    places = np.flatnonzero(quiet[20:-20]) + 20
    natural = [_step(sound, at / 100, at / 100) for at in rng.choice(places, 200)]
    limits = np.percentile(natural, 99, axis=0)
    return [bool((_step(sound, a, b) > limits).any()) for a, b in ends]


def _step(
    sound: Sound, end_s: float, start_s: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the step in level, and the distance of spectra, across a join; both in dB."""
    long = RATE // 25
    one = sound[int(end_s * RATE) - long : int(end_s * RATE)]
    other = sound[int(start_s * RATE) : int(start_s * RATE) + long]
    levels = [10 * np.log10((part**2).mean() + 1e-12) for part in (one, other)]
    bands = [_bands(part) for part in (one, other)]
    return np.array([abs(levels[0] - levels[1]), np.abs(bands[0] - bands[1]).mean()])


def _bands(part: Sound) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1024)) ** 2
    edges = np.geomspace(6, 400, 15).astype(int)
    summed = [power[a:b].sum() for a, b in pairwise(edges)]
    return 10 * np.log10(np.array(summed) + 1e-12)


def cut(take: Take, folder: Path) -> tuple[CuttingDesk, Edits, Edits, float]:
    """Cut *take*; return the desk, what is sure, everything, and the CPU seconds that it took."""
    audio = folder / "take.flac"
    narrations.save(np.asarray(take.sound * min(1.0, 0.9 / np.abs(take.sound).max())), audio, "")
    begun = time.process_time()
    desk = lay_on_desk(
        audio, probe(audio), take.units, speech_pcm=folder / "speech.pcm", language="en"
    )
    sure = desk.edits(lambda one: one.sure)
    desk.write(sure, folder / "cut.wav")
    spent = time.process_time() - begun
    return desk, sure, desk.edits(lambda _: True, all_the_same=True), spent


def main() -> None:
    """Print the figures of each take, and of all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--takes", type=int, default=2)
    parser.add_argument("--sentences", type=int, default=24)
    parser.add_argument("--voice", nargs="*", default=narrations.voices())
    parser.add_argument("--json", type=Path, help="write each take's truth and cuts there")
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311 - draws test cases
    columns = rng.sample(narrations.columns(), len(narrations.columns()))
    voices = rng.sample(options.voice, len(options.voice))
    total = Score()
    written: list[dict[str, Any]] = []
    for number in range(options.takes):
        take = make(
            options.seed,
            voices[number % len(voices)],
            columns[number % len(columns)],
            options.sentences,
        )
        with tempfile.TemporaryDirectory() as folder:
            desk, sure, everything, spent = cut(take, Path(folder))
            result = score(take, desk, sure, everything)
        result.cpu_s = spent
        print(f"{take.name}  {result.duration_s:.0f} s", *result.lines(), sep="\n", flush=True)
        total.add(result)
        written.append(
            {
                "take": take.name,
                "pieces": [vars(piece) for piece in take.pieces],
                "cuts": everything.as_json()["cuts"],
                "sure": sure.as_json()["cuts"],
            }
        )
    print("all", *total.lines(), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(written, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
