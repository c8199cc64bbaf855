"""Score pickups: re-read sentences in files of their own, from another day and another room.

    python benchmarks/pickups.py [--seed N] [--shows N] [--voice flite:slt …]

A narration is spoken sentence by sentence, as in `narrations.py`, over the noise of a room. Then some
of its sentences are read again, by the same voice a little faster or slower, in any order: some twice, some after a
false word or a broken start, some in one go with the next, some with a long pause at a comma. That
recording is softer or louder, through another microphone, in a room with other noise.
A pickup is right if it is the last reading of the sentence, within 0.35 s, in the sentence's place.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import narrations
import numpy as np
from narrations import RATE, Sound

from columncast.audio.editing.pickups.door import Placed, known_fixes, lay_narration
from columncast.audio.editing.pickups.fitting import Voice, distance_db, gated_db
from columncast.audio.ffmpeg.probe import probe
from columncast.episodes.model.alignment import Unit
from columncast.episodes.model.pickups import Reread

SHORT_WORDS = 4
NEAR_S = 0.35  # a voice fades, and a pause before it belongs to it
FALSE_WORDS = ["So.", "Right.", "Sorry.", "Again.", "Okay.", "Um,"]


@dataclass
class Said:
    """A sentence in a file, and whether it is the reading that counts."""

    start_s: float
    end_s: float
    sentence: int
    how: str
    counts: bool = True


@dataclass
class Session:
    """A narration, the fixes to it, and the truth about both."""

    name: str
    units: list[Unit]
    narration: Sound
    places: dict[int, tuple[float, float]]
    """Where each sentence that was read stands in the narration; seconds."""
    fixes: Sound
    said: list[Said]
    noise_db: tuple[float, float]


@dataclass
class _Tape:
    parts: list[Sound] = field(default_factory=list)
    samples: int = 0

    def add(self, sound: Sound) -> tuple[float, float]:
        start = self.samples / RATE
        self.parts.append(sound)
        self.samples += len(sound)
        return start, self.samples / RATE


def room(length: int, rng: np.random.Generator, db: float, colour: Sequence[float]) -> Sound:
    """Return the noise of a room at *db* under speech."""
    noise = np.convolve(rng.standard_normal(length), colour, "same")
    return (noise / noise.std() * 0.08 * 10 ** (db / 20)).astype(np.float32)


def make(seed: str, voice: str, column: str, sentences: int = 24) -> Session:
    """Return a narration of the first *sentences* of *column* by *voice*, and fixes to it."""
    rng = random.Random(f"{seed}/{voice}/{column}/pickups")  # noqa: S311 - draws a test case
    noise = np.random.default_rng(rng.randrange(10**9))
    text = (narrations.COLUMNS / f"{column}.md").read_text(encoding="utf-8")
    units: list[Unit] = []
    for number, block in enumerate(text.strip().split("\n\n")):
        units += [Unit(line, heading, number) for heading, line in narrations.units(block)]
    units = units[:sentences]
    bodies = [at for at, unit in enumerate(units) if not unit.heading]
    fixed = rng.sample(bodies[1:-2], 7)
    unread = fixed[-1]
    tempo = rng.uniform(0.97, 1.06)
    places: dict[int, tuple[float, float]] = {}
    tape = _Tape()
    tape.add(narrations.silence(rng.uniform(0.8, 1.2)))
    for at, unit in enumerate(units):
        if at == unread:
            continue
        places[at] = tape.add(narrations.speak(unit.text, voice, tempo))
        last = at + 1 == len(units) or units[at + 1].paragraph != unit.paragraph
        tape.add(narrations.silence(rng.uniform(*((0.7, 1.1) if last else (0.3, 0.6)))))
    tape.add(narrations.silence(1))
    clean = np.concatenate(tape.parts)
    own_db = rng.choice([-50, -44, -40])
    narration = clean + room(len(clean), noise, own_db, [0.6, 0.3, 0.2, 0.1])
    fixes, said = _read_again(units, fixed, voice, tempo, rng)
    tilt = rng.choice([-0.35, 0.0, 0.35])
    fixes = np.convolve(fixes, [1, tilt])[: len(fixes)]
    other_db = own_db + rng.choice([-6, 0, 6, 12])
    heard = fixes + room(len(fixes), noise, other_db, [0.3, 0.5, 0.3, 0.2])
    gain = 10 ** (rng.uniform(-14, 6) / 20)
    heard = np.asarray(heard * min(gain, 0.9 / np.abs(heard).max()), np.float32)
    return Session(f"{column} {voice}", units, narration, places, heard, said, (own_db, other_db))


def _read_again(
    units: Sequence[Unit], fixed: Sequence[int], voice: str, tempo: float, rng: random.Random
) -> tuple[Sound, list[Said]]:
    """Return the sentences *fixed* as they are read again, and what is said when."""
    tape, said = _Tape(), list[Said]()
    tape.add(narrations.silence(rng.uniform(0.3, 1)))
    order = rng.sample(list(fixed), len(fixed))
    hows = ["plain", "plain", "false word", "with the next", "long comma", "twice", "begun"]
    rng.shuffle(hows)
    again: list[int] = []
    for at, how in zip(order, hows, strict=True):
        if any(one.sentence == at for one in said):
            continue
        text, words = units[at].text, units[at].text.split()
        pace = tempo * rng.uniform(0.95, 1.05)
        comma = next((k for k in range(2, len(words) - 2) if words[k - 1][-1] in ",;"), 0)
        if how == "false word":
            tape.add(narrations.speak(rng.choice(FALSE_WORDS), voice, pace))
            tape.add(narrations.silence(rng.uniform(0.15, 0.5)))
        if how == "begun":
            begun = " ".join(words[: rng.randint(2, 4)]).rstrip(",.;:")
            tape.add(narrations.speak(begun, voice, pace))
            tape.add(narrations.silence(rng.uniform(0.3, 0.9)))
        if how == "long comma" and comma:
            start, _ = tape.add(narrations.speak(" ".join(words[:comma]), voice, pace))
            tape.add(narrations.silence(0.8))
            _, end = tape.add(narrations.speak(" ".join(words[comma:]), voice, pace))
        else:
            start, end = tape.add(narrations.speak(text, voice, pace))
        said.append(Said(start, end, at, how))
        if how == "with the next" and at + 1 < len(units) and at + 1 not in fixed:
            tape.add(narrations.silence(rng.uniform(0.25, 0.5)))
            start, end = tape.add(narrations.speak(units[at + 1].text, voice, pace))
            said.append(Said(start, end, at + 1, how))
        if how == "twice":
            again.append(at)
        tape.add(narrations.silence(rng.uniform(1, 2)))
    for at in again:
        start, end = tape.add(narrations.speak(units[at].text, voice, tempo))
        for one in said:
            one.counts = one.counts and one.sentence != at
        said.append(Said(start, end, at, "twice"))
        tape.add(narrations.silence(1))
    return np.concatenate(tape.parts), said


@dataclass
class Score:
    """What was placed, and how it sounds, for one show or for all."""

    wanted: int = 0
    placed: int = 0
    short_wanted: int = 0
    short_placed: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    levels_db: list[tuple[float, float]] = field(default_factory=list)
    """Off the neighbours' level before and after, for each pickup."""
    floors_db: list[tuple[float, float]] = field(default_factory=list)
    spectra_db: list[tuple[float, float]] = field(default_factory=list)
    steps_db: list[float] = field(default_factory=list)
    """In level across the joins."""
    cpu_s: float = 0.0
    duration_s: float = 0.0

    def add(self, other: Score) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def lines(self) -> Iterator[str]:
        """Yield the figures as people read them."""
        yield f"  placed {self.placed}/{self.wanted}, of four words and fewer {self.short_placed}/{self.short_wanted}"
        yield f"  missed {self.missed}  wrong {self.wrong}"
        for name, pairs in (
            ("level", self.levels_db),
            ("floor", self.floors_db),
            ("spectrum", self.spectra_db),
        ):
            if pairs:
                before, after = np.abs(np.array(pairs)).T
                yield (
                    f"  {name} off by dB: before {np.median(before):.1f} (most {before.max():.1f}), "
                    f"after {np.median(after):.2f} (most {after.max():.2f})"
                )
        if self.steps_db:
            yield (
                f"  step at joins dB: {np.median(self.steps_db):.1f}, "
                f"95 % under {np.percentile(self.steps_db, 95):.1f}"
            )
        yield f"  CPU {self.cpu_s / max(1.0, self.duration_s):.3f} s a second"


def run(session: Session, folder: Path) -> Score:
    """Place the fixes of *session*; return what came of it."""
    audio, fixes, out = folder / "take.flac", folder / "fixes.flac", folder / "out.wav"
    loud = min(1.0, 0.9 / float(np.abs(session.narration).max()))
    narration = np.asarray(session.narration * loud, np.float32)
    narrations.save(narration, audio, "")
    narrations.save(session.fixes, fixes, "")
    begun = time.process_time()
    desk = lay_narration(audio, probe(audio), session.units, work=folder, language="en")
    desk = desk.with_fixes(known_fixes([fixes], apart_from=[audio]))
    rows, placed = desk.fitted(folder)
    desk.write(placed, out)
    score = Score(cpu_s=time.process_time() - begun)
    score.duration_s = (len(narration) + len(session.fixes)) / RATE
    _count(session, rows, score)
    _listen(session, narration, narrations.decode(out), placed, score)
    return score


def _count(session: Session, rows: Sequence[Reread], score: Score) -> None:
    left = {row.sentence: row for row in rows if row.placed}
    for said in session.said:
        if not said.counts:
            continue
        row = left.pop(said.sentence, None)
        text = session.units[said.sentence].text
        right = row is not None and _right(row, said, session.places.get(said.sentence))
        if len(text.split()) > SHORT_WORDS:
            score.wanted += 1
            score.placed += right
        else:
            score.short_wanted += 1
            score.short_placed += right
        if row and not right:
            score.wrong.append(text[:30])
        if not row:
            score.missed.append(text[:30])
    score.wrong += [row.text[:30] for row in left.values()]


def _right(row: Reread, said: Said, place: tuple[float, float] | None) -> bool:
    near = abs(row.from_s - said.start_s) < NEAR_S and abs(row.to_s - said.end_s) < NEAR_S
    if place is None or row.start_s is None or row.end_s is None:
        return near
    return near and abs(row.start_s - place[0]) < NEAR_S and abs(row.end_s - place[1]) < NEAR_S


def _listen(
    session: Session, narration: Sound, made: Sound, placed: Sequence[Placed], score: Score
) -> None:
    """Measure each pickup in what was *made*, and as it was before that."""
    moved_s = 0.0
    replaced = {one.sentence for one in placed}
    for one in placed:
        start_s = one.spot.start / 100 + moved_s
        end_s = start_s + one.length_s
        moved_s += one.length_s - (one.spot.end - one.spot.start) / 100
        here = _part(made, start_s + one.spot.lead / 100, end_s - one.spot.tail / 100)
        raw = _part(session.fixes, one.take.start / 100, one.take.end / 100)
        near = _nearest(one.sentence, [at for at in session.places if at not in replaced])
        around = np.concatenate([_part(narration, *session.places[at]) for at in near[:4]])
        wider = np.concatenate([_part(narration, *session.places[at]) for at in near[:12]])
        pause = [_floor(_part(narration, a / 100 - 10, a / 100 + 10)) for a in (one.spot.start,)]
        level = _speech(around)
        score.levels_db.append((_speech(raw) - level, _speech(here) - level))
        gain = level - _speech(raw)
        score.floors_db.append((_floor(raw) + gain - pause[0], _floor(here) - pause[0]))
        voice = Voice.of(wider[:, None], RATE).spectrum
        score.spectra_db.append(
            (
                distance_db(Voice.of(raw[:, None], RATE).spectrum, voice, RATE),
                distance_db(Voice.of(here[:, None], RATE).spectrum, voice, RATE),
            )
        )
        for at in (start_s, end_s):
            before, after = _part(made, at - 0.045, at - 0.005), _part(made, at + 0.005, at + 0.045)
            score.steps_db.append(abs(_power_db(before) - _power_db(after)))


def _nearest(sentence: int, others: Sequence[int]) -> list[int]:
    return sorted(others, key=lambda at: abs(at - sentence))


def _part(sound: Sound, start_s: float, end_s: float) -> Sound:
    return sound[max(0, round(start_s * RATE)) : max(0, round(end_s * RATE))]


def _cells(sound: Sound) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    cell = RATE // 100
    whole = sound[: len(sound) // cell * cell].reshape(-1, cell).astype(np.float64)
    return 10 * np.log10((whole**2).mean(1) + 1e-12)


def _speech(sound: Sound) -> float:
    return gated_db(_cells(sound).astype(np.float32))


def _floor(sound: Sound) -> float:
    return float(np.percentile(_cells(sound), 4))


def _power_db(sound: Sound) -> float:
    return float(10 * np.log10((sound.astype(np.float64) ** 2).mean() + 1e-12))


def main() -> None:
    """Print the figures of each show, and of all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--shows", type=int, default=3)
    parser.add_argument("--sentences", type=int, default=24)
    parser.add_argument("--voice", nargs="*", default=narrations.voices())
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311 - draws test cases
    columns = rng.sample(narrations.columns(), len(narrations.columns()))
    voices = rng.sample(options.voice, len(options.voice))
    total = Score()
    for number in range(options.shows):
        session = make(
            options.seed,
            voices[number % len(voices)],
            columns[number % len(columns)],
            options.sentences,
        )
        with tempfile.TemporaryDirectory() as folder:
            score = run(session, Path(folder))
        print(f"{session.name}  noise {session.noise_db} dB", *score.lines(), sep="\n", flush=True)
        total.add(score)
    print("all", *total.lines(), sep="\n")


if __name__ == "__main__":
    main()
