"""Make narrations whose every time is known, to measure alignment by.

    python benchmarks/narrations.py FOLDER [--seed N] [--only CASE …] [--each N] [--language de] [--voice flite:slt …]

Sentences are spoken one by one by Debian's synthesisers (flite, espeak-ng, festival; whichever is
installed), trimmed, and joined with pauses; then everything is done to them that happens to real
recordings. Each case is a folder with audio.flac, text.md and truth.json, as `alignment.py` reads
them. Another seed draws other pauses, rates, omissions, ad-libs and texts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from columncast.audio.align.languages.book import known
from columncast.episodes.text.sentences import split_sentences

Sound = NDArray[np.float32]
RATE = 16_000
COLUMNS = Path(__file__).parent / "columns"

INTRO = [
    "Hello, and welcome back to the programme.",
    "I am your host, and this week I will be reading you something a little different.",
    "Make yourselves comfortable.",
]
OUTRO = [
    "That was this week's column.",
    "Thank you very much for listening, and please tell a friend.",
    "We will be back in a fortnight with another story.",
]
ADLIBS = [
    "By the way, you can find the pictures on our website.",
    "I still find that hard to believe.",
    "Sorry, there is a truck going past the window.",
    "Let me just have a sip of water here.",
    "A listener wrote to me about this, and I think she is right.",
    "That bit always makes my wife laugh.",
    "Anyway, where was I?",
    "If you have been following the show, you will remember this one.",
    "I looked that up, and it turns out to be perfectly correct.",
    "My producer is shaking her head at me.",
    "Hold on, I have lost my page.",
    "We did a whole episode about that in the spring.",
    "You should have seen my face when I wrote that.",
    "And no, that is not a joke.",
]

SHORT = frozenset(
    {"a", "and", "as", "at", "but", "by", "for", "he", "his", "i", "if", "in", "it", "on", "or"}
    | {"she", "so", "the", "they", "this", "to", "we"}
)
"""Words that readers swallow at the beginning of a sentence."""


@dataclass
class Case:
    """What is done to a narration; times in seconds, levels in decibels."""

    voice: str
    column: str
    tempo: float = 1.0
    tempo_spread: float = 0.0
    snr_db: float | None = None
    room_s: float = 0.0
    bed_db: float | None = None
    jingle_s: float = 0.0
    frame: bool = False
    """A spoken intro and outro."""
    omissions: int = 0
    adlibs: int = 0
    retakes: int = 0
    false_starts: int = 0
    hesitations: int = 0
    breaths: bool = False
    drift_db: float = 0.0
    headings: bool = True
    long_pauses: bool = False
    noises: bool = False
    """Breaths, clicks, turned pages, hiss and bumps in most pauses; nobody says anything there."""
    soft_db: float = 0.0
    """By how much an ad-lib is softer than the reading."""
    swallowed: int = 0
    """Sentences whose first short word is not said."""
    mp3: str = ""


CASES: dict[str, Case] = {
    "clean": Case("", "", tempo_spread=0.05),
    "no-headings": Case("", "", headings=False, tempo_spread=0.05),
    "fast": Case("", "", tempo=1.25),
    "slow": Case("", "", tempo=0.85, long_pauses=True),
    "human": Case("", "", tempo_spread=0.15, breaths=True, hesitations=6, false_starts=3,
                  drift_db=6, room_s=0.25, snr_db=25, long_pauses=True),
    "noise": Case("", "", snr_db=15, room_s=0.3),
    "bed": Case("", "", bed_db=-18, mp3="48k"),
    "jingle": Case("", "", jingle_s=20, frame=True),
    "omissions": Case("", "", omissions=5),
    "noisy": Case("", "", snr_db=20, room_s=0.3),
    "adlibs": Case("", "", adlibs=5),
    "retakes": Case("", "", retakes=5, false_starts=2),
    "noises": Case("", "", noises=True, adlibs=5, soft_db=14, tempo_spread=0.05),
    "swallowed": Case("", "", swallowed=12, tempo_spread=0.05),
    "everything": Case("", "", jingle_s=20, frame=True, room_s=0.3, snr_db=15, bed_db=-20, omissions=4,
                       adlibs=4, retakes=4, breaths=True, tempo_spread=0.1, mp3="64k"),
}  # fmt: skip


def columns() -> list[str]:
    """Return the names of the columns that can be read."""
    return sorted(path.stem for path in COLUMNS.glob("*.md"))


def columns_in(language: str) -> list[str]:
    """Return the same for a language other than English: `de/bakery`."""
    return sorted(f"{language}/{path.stem}" for path in COLUMNS.glob(f"{language}/*.md"))


OTHER_VOICES = {
    "de": "pico:de-DE espeak:mb-de6 espeak:mb-de7 espeak:de",
    "fr": "pico:fr-FR espeak:mb-fr1 espeak:mb-fr4 espeak:fr",
    "es": "pico:es-ES festival:el_diphone espeak:es",
    "pt": "rhvoice:Leticia-F123 espeak:mb-br3 espeak:mb-br4 espeak:mb-pt1 espeak:pt",
    "pl": "rhvoice:magda rhvoice:natan espeak:mb-pl1 espeak:pl",
    "sv": "espeak:mb-sw1 espeak:mb-sw2 espeak:sv",
    "it": "pico:it-IT festival:lp_diphone festival:pc_diphone espeak:mb-it3 espeak:it",
    "nl": "espeak:mb-nl2 espeak:mb-nl3 espeak:nl",
}
"""Voices of Debian's synthesisers in other languages; those of mbrola speak by espeak-ng's rules.

The Spanish ones of mbrola are left out: espeak-ng 1.51 asks them for diphones that they lack, and they
are silent in the place of stressed vowels."""


def voices_in(language: str) -> list[str]:
    """Return the voices of *language* that can speak here."""
    return _that_speak(OTHER_VOICES[language].split())


def _that_speak(names: Sequence[str]) -> list[str]:
    """Return those of *names* that can speak here; the others are said once, on stderr."""
    found = []
    for voice in names:
        try:
            speak("ta ta ta", voice)
        except (OSError, subprocess.CalledProcessError, IndexError, ValueError) as e:
            print(f"{voice}: left out, it cannot speak here: {_why(e)}", file=sys.stderr)
        else:
            found.append(voice)
    return found


def _why(error: Exception) -> str:
    """Return what went wrong, in the last words of the program that it went wrong in."""
    said = getattr(error, "stderr", None) or b""
    return next(reversed(said.decode("utf-8", "replace").split("\n")[:-1]), "") or str(error)


def voices() -> list[str]:
    """Return the English voices of the synthesisers that are installed and can speak here."""
    found = []
    if shutil.which("flite"):
        found += ["flite:slt", "flite:rms", "flite:awb", "flite:kal16"]
    if shutil.which("espeak-ng"):
        found += ["espeak:en-us", "espeak:en-gb+f3", "espeak:en-gb-scotland+m3"]
    if shutil.which("festival"):
        found += [f"festival:{name}" for name in _of_festival()]
    if os.environ.get("PIPER"):  # "PYTHON MODEL.onnx", for a neural voice
        found += ["piper:joe"]
    return _that_speak(found)


def _of_festival() -> list[str]:
    """Return the voices that festival has; none where it is half installed."""
    try:
        listed = subprocess.run(
            ["festival", "--batch", "(print (voice.list))"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as e:
        print(f"festival: left out, it lists no voices: {e}", file=sys.stderr)
        return []
    return sorted(listed.stdout.strip("()\n ").split())


def speak(text: str, voice: str, tempo: float = 1.0) -> Sound:
    """Return *text* as spoken by *voice*, without the silence around it."""
    engine, _, name = voice.partition(":")
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "said.wav")
        if engine == "flite":
            run("flite", "-voice", name, "-t", text, "-o", str(wav))
        elif engine == "espeak":
            run("espeak-ng", "-v", name, "-s", "160", "-w", str(wav), text)
        elif engine == "festival":
            plain = text.translate(str.maketrans("‘’“”—«»", "''\"\"-  "))
            if name.startswith(("el_", "lp_", "pc_")):  # Spanish and Italian, in Latin-1
                Path(folder, "said.txt").write_bytes(plain.encode("latin-1", "ignore"))
            else:
                plain = unicodedata.normalize("NFD", plain).encode("ascii", "ignore").decode()
                Path(folder, "said.txt").write_text(plain, encoding="ascii")
            run("text2wave", "-eval", f"(voice_{name})", "-o", str(wav), f"{folder}/said.txt")
        elif engine == "pico":
            run("pico2wave", "-l", name, "-w", str(wav), text)
        elif engine == "rhvoice":
            Path(folder, "said.txt").write_text(text, encoding="utf-8")
            run("RHVoice-test", "-p", name, "-i", f"{folder}/said.txt", "-o", str(wav))
        else:
            python, model = os.environ["PIPER"].split()
            run(python, "-m", "piper", "-m", model, "-f", str(wav), "--", text)
        sound = decode(wav, tempo)
    loud = np.flatnonzero(np.abs(sound) > 10 ** (-45 / 20) * np.abs(sound).max())
    sound = sound[loud[0] : loud[-1] + 1]
    return np.asarray(sound * (0.08 / np.sqrt((sound**2).mean())), np.float32)


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def decode(path: Path, tempo: float = 1.0) -> Sound:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    command = [ffmpeg, "-v", "error", "-i", str(path), "-af", f"atempo={tempo:.4f}", "-ac", "1"]
    command += ["-ar", str(RATE), "-f", "f32le", "-"]
    return np.frombuffer(
        subprocess.run(command, check=True, capture_output=True).stdout, np.float32
    )


def silence(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE), np.float32)


def jingle(seconds: float, rng: random.Random) -> Sound:
    """Return chords on a beat, with a little drum: music that no speech model knows."""
    beat = int(RATE * rng.uniform(0.3, 0.5))
    out = silence(seconds)
    noise = np.random.default_rng(rng.randrange(10**6))
    for start in range(0, len(out), beat):
        n = min(beat * 2, len(out) - start)
        t = np.arange(n) / RATE
        root = rng.choice([196.0, 220.0, 261.6, 293.7])
        chord = sum(
            np.sin(2 * np.pi * root * r * t * h) / h for r in (1, 1.26, 1.5) for h in (1, 2, 3)
        )
        drum = noise.standard_normal(n) * np.exp(-t * 60)
        out[start : start + n] += ((chord * np.exp(-t * 4)) * 0.05 + drum * 0.05).astype(np.float32)
    return out


def breath(rng: random.Random) -> Sound:
    n = int(RATE * rng.uniform(0.2, 0.45))
    noise = np.random.default_rng(rng.randrange(10**6)).standard_normal(n)
    shaped = np.convolve(noise, [0.5, 0.3, 0.2], "same") * np.hanning(n)
    return (shaped * 0.08 * 10 ** (rng.uniform(-26, -18) / 20)).astype(np.float32)


def band(samples: int, low_hz: float, high_hz: float, noise: np.random.Generator) -> Sound:
    """Return noise between two frequencies, as loud as speech is here."""
    spectrum = np.fft.rfft(noise.standard_normal(samples))
    hz = np.fft.rfftfreq(samples, 1 / RATE)
    spectrum[(hz < low_hz) | (hz > high_hz)] = 0
    sound = np.fft.irfft(spectrum, samples)
    return np.asarray(sound * (0.08 / np.sqrt((sound**2).mean())), np.float32)


def noise_between(rng: random.Random) -> Sound:
    """Return a breath, a turned page, some clicks, hiss or a bump, at some level."""
    noise = np.random.default_rng(rng.randrange(10**6))
    kind = rng.choice(["breath", "page", "clicks", "hiss", "bump"])
    longest = {"breath": 0.8, "page": 1.3, "clicks": 0.9, "hiss": 3.0, "bump": 0.2}[kind]
    n = int(RATE * longest * rng.uniform(0.4, 1.0))
    t = np.arange(n) / n
    loudest_db = {"breath": -14, "page": -12, "clicks": 0, "hiss": -24, "bump": 0}[kind]
    gain = 10 ** ((loudest_db - rng.uniform(0, 14)) / 20)
    if kind == "breath":  # it sets in slowly, and is broken off
        rises = np.minimum(1, t / rng.uniform(0.5, 0.85)) * np.minimum(1, (1 - t) / 0.12)
        sound = band(n, rng.uniform(300, 900), rng.uniform(3000, 7000), noise) * rises
    elif kind == "page":
        strokes = np.repeat(noise.exponential(1, 24), -(-n // 24))[:n]
        sound = band(n, rng.uniform(500, 1500), 7500, noise) * np.minimum(strokes, 4)
    elif kind == "clicks":
        sound = band(n, 60, 7800, noise) * (np.arange(n) % (n // 3) < 0.01 * RATE) * 3
    elif kind == "hiss":
        sound = band(n, 60, 7800, noise)
    else:
        sound = np.sin(2 * np.pi * rng.uniform(50, 140) * t * n / RATE) * np.exp(-5 * t) * 0.15
    return np.asarray(sound * gain, np.float32)


def units(markdown: str, language: str = "en") -> list[tuple[bool, str]]:
    """Return headings and sentences of a column, in order."""
    found: list[tuple[bool, str]] = []
    for block in markdown.strip().split("\n\n"):
        if block.startswith("#"):
            found.append((True, block.lstrip("#").strip()))
        else:
            found += [(False, s) for s in split_sentences(" ".join(block.split()), language)]
    return found


@dataclass
class Plan:
    """What happens at which sentence, drawn at random."""

    omitted: set[int]
    adlibs: set[int]
    retakes: set[int]
    false_starts: set[int]
    hesitant: set[int]
    swallowed: set[int]

    @staticmethod
    def draw(case: Case, told: list[tuple[bool, str]], rng: random.Random) -> Plan:
        bodies = [i for i, (heading, _) in enumerate(told) if not heading]
        counts = (case.omissions, case.adlibs, case.retakes, case.false_starts)
        picks = iter(rng.sample(bodies[1:-1], sum(counts)))
        omitted, adlibs, retakes, starts = ({next(picks) for _ in range(n)} for n in counts)
        hesitant = set(rng.sample(bodies, case.hesitations))
        short = [i for i in bodies if told[i][1].split()[0].strip('"“').lower() in SHORT]
        swallowed = set(rng.sample(short, min(case.swallowed, len(short))))
        return Plan(omitted, adlibs, retakes, starts, hesitant, swallowed)


class Tape:
    """A recording in the making, and the truth about it."""

    def __init__(self, case: Case, rng: random.Random) -> None:
        self.case, self.rng = case, rng
        self.parts: list[Sound] = []
        self.samples = 0
        self.extras: list[dict[str, object]] = []

    def add(self, sound: Sound) -> tuple[float, float]:
        start = self.samples / RATE
        self.parts.append(sound)
        self.samples += len(sound)
        return start, self.samples / RATE

    def beside(self, kind: str, sound: Sound) -> None:
        start, end = self.add(sound)
        self.extras.append({"kind": kind, "start": start, "end": end})

    def pause(self, low: float, high: float) -> None:
        self.add(silence(self.rng.uniform(low, high)))
        if self.case.breaths and self.rng.random() < 0.6:
            self.add(breath(self.rng))
            self.add(silence(self.rng.uniform(0.03, 0.15)))
        if self.case.noises and self.rng.random() < 0.7:
            self.add(noise_between(self.rng))
            self.add(silence(self.rng.uniform(0.15, 0.4)))

    def opening(self) -> None:
        self.pause(0.3, 1.5)
        if self.case.jingle_s:
            self.beside("jingle", jingle(self.case.jingle_s, self.rng))
            self.pause(0.4, 1.0)
        self.frame("intro", INTRO)

    def closing(self) -> None:
        self.frame("outro", OUTRO)
        if self.case.jingle_s:
            self.beside("jingle", jingle(self.case.jingle_s / 2, self.rng))
        self.pause(0.5, 1.5)

    def frame(self, kind: str, lines: list[str]) -> None:
        for line in lines if self.case.frame else ():
            self.beside(kind, speak(line, self.case.voice))
            self.pause(0.3, 0.8)

    def sentence(self, line: str, number: int, plan: Plan) -> tuple[float, float]:
        """Read *line*, after what went wrong before it; return when."""
        case, rng = self.case, self.rng
        tempo = case.tempo * (1 + rng.uniform(-case.tempo_spread, case.tempo_spread))
        words = line.split()
        if number in plan.swallowed:
            return self.add(speak(" ".join(words[1:]), case.voice, tempo))
        if number in plan.retakes:
            self.beside("retake", speak(line, case.voice, tempo * rng.uniform(0.95, 1.05)))
            self.pause(0.4, 1.2)
        if number in plan.false_starts and len(words) > 7:
            begun = " ".join(words[: rng.randint(3, 6)])
            self.beside("retake", speak(begun, case.voice, tempo))
            self.pause(0.2, 0.6)
        cut = next((k for k in range(3, len(words) - 2) if words[k - 1][-1] in ",;"), 0)
        hesitates = cut and number in plan.hesitant
        if not hesitates and not (case.long_pauses and cut and rng.random() < 0.3):
            return self.add(speak(line, case.voice, tempo))
        start, _ = self.add(speak(" ".join(words[:cut]), case.voice, tempo))
        self.pause(0.2, 0.6 if hesitates else 1.6)
        if hesitates:
            self.add(speak("uh", case.voice) * 0.7)
            self.pause(0.1, 0.4)
        _, end = self.add(speak(" ".join(words[cut:]), case.voice, tempo))
        return start, end


def make(folder: Path, name: str, case: Case, seed: str) -> None:
    """Write one case to *folder*."""
    rng = random.Random(f"{seed}/{name}/{case.voice}/{case.column}")  # noqa: S311 - draws a test case
    text = (COLUMNS / f"{case.column}.md").read_text(encoding="utf-8")
    language = case.column.partition("/")[0] if "/" in case.column else "en"
    told = units(text, language)
    plan = Plan.draw(case, told, rng)
    asides = ADLIBS
    if language != "en":
        asides = split_sentences(" ".join(known(language).impostor.split()), language)
    lines = iter(rng.sample(asides, len(asides)))
    tape = Tape(case, rng)
    tape.opening()
    sentences: list[dict[str, object]] = []
    for i, (heading, line) in enumerate(told):
        kind = "heading" if heading else "sentence"
        entry: dict[str, object] = {"idx": i, "kind": kind, "text": line, "status": "missing"}
        sentences.append(entry)
        if i in plan.omitted or (heading and not case.headings):
            continue
        start, end = tape.sentence(line, i, plan)
        entry |= {"status": "read", "start": start, "end": end}
        last = i + 1 == len(told) or told[i + 1][0]
        tape.pause(*((0.7, 1.6) if heading or last else (0.18, 0.8)))
        if i in plan.adlibs:
            aside = speak(next(lines), case.voice) * np.float32(10 ** (-case.soft_db / 20))
            tape.beside("adlib", aside)
            tape.pause(0.3, 0.9)
    tape.closing()
    sound = spoil(np.concatenate(tape.parts), case, rng)
    folder.mkdir(parents=True, exist_ok=True)
    save(sound, folder / "audio.flac", case.mp3)
    (folder / "text.md").write_text(text, encoding="utf-8")
    truth = {
        "name": name,
        "voice": case.voice,
        "lang": language,
        "audio": "audio.flac",
        "duration": len(sound) / RATE,
        "sentences": sentences,
        "extras": tape.extras,
    }
    (folder / "truth.json").write_text(
        json.dumps(truth, indent=1, ensure_ascii=False), encoding="utf-8"
    )


@dataclass
class Draw:
    """Which cases are made, how many of each; voices and columns are taken in turn."""

    seed: str
    only: Sequence[str]
    each: int
    voices: Sequence[str]
    columns: Sequence[str]

    def make(self, folder: Path) -> Iterator[Path]:
        """Write the cases to *folder*, one after the other, and return where each is."""
        rng = random.Random(self.seed)  # noqa: S311 - draws test cases
        voices = rng.sample(self.voices, len(self.voices))
        columns = rng.sample(self.columns, len(self.columns))
        for number, name in enumerate(name for name in self.only for _ in range(self.each)):
            case = replace(
                CASES[name],
                voice=voices[number % len(voices)],
                column=columns[number % len(columns)],
                tempo=CASES[name].tempo * rng.uniform(0.92, 1.12),
            )
            made = folder / f"{name}-{case.voice}-{case.column}".replace(":", "-").replace("/", "-")
            make(made, name, case, self.seed)
            yield made


def spoil(sound: NDArray[np.floating], case: Case, rng: random.Random) -> Sound:
    """Do to *sound* what rooms, microphones and producers do."""
    noise = np.random.default_rng(rng.randrange(10**6))
    n = len(sound)
    speech_power = float((sound[np.abs(sound) > 0.01] ** 2).mean())
    if case.room_s:
        tail = int(case.room_s * RATE)
        answer = noise.standard_normal(tail) * 10 ** (-3 * np.arange(tail) / tail) * 0.02
        answer[0] = 1.0
        size = 1 << (n + tail).bit_length()
        sound = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(answer, size), size)[:n]
    if case.drift_db:
        points = [
            rng.uniform(-case.drift_db, case.drift_db) for _ in range(max(2, n // (30 * RATE)))
        ]
        curve = np.interp(np.arange(n), np.linspace(0, n, len(points)), points)
        sound = sound * 10 ** (curve / 20)
    if case.bed_db is not None:
        bed = np.tile(jingle(30, rng), n // (30 * RATE) + 1)[:n]
        sound = sound + bed * np.sqrt(speech_power / (bed**2).mean()) * 10 ** (case.bed_db / 20)
    level = speech_power * 10 ** (-(case.snr_db if case.snr_db is not None else 50) / 10)
    hiss = np.convolve(noise.standard_normal(n), [0.6, 0.3, 0.2, 0.1], "same")
    sound = sound + hiss * np.sqrt(level / (hiss**2).mean())
    return np.asarray(sound * min(1.0, 0.9 / np.abs(sound).max()), np.float32)


def save(sound: Sound, path: Path, bitrate: str) -> None:
    """Write *sound* as FLAC, by way of an MP3 of *bitrate* where one is named."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    raw = ["-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
    if not bitrate:
        subprocess.run(
            [ffmpeg, "-v", "error", "-y", *raw, str(path)], input=sound.tobytes(), check=True
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        mp3 = Path(folder, "lossy.mp3")
        command = [ffmpeg, "-v", "error", "-y", *raw, "-b:a", bitrate, str(mp3)]
        subprocess.run(command, input=sound.tobytes(), check=True)
        run(ffmpeg, "-v", "error", "-y", "-i", str(mp3), str(path))


def main() -> None:
    """Make every case, voices and columns taken in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", nargs="*", default=list(CASES))
    parser.add_argument("--each", type=int, default=1, help="how many of each case")
    parser.add_argument("--language", default="en", choices=["en", *OTHER_VOICES])
    parser.add_argument("--voice", nargs="*")
    parser.add_argument("--column", nargs="*")
    options = parser.parse_args()
    english = options.language == "en"
    spoken_by = options.voice or (voices() if english else voices_in(options.language))
    read = options.column or (columns() if english else columns_in(options.language))
    draw = Draw(options.seed, options.only, options.each, spoken_by, read)
    for made in draw.make(options.folder):
        print(made, flush=True)


if __name__ == "__main__":
    main()
