"""Score alignment on narrations whose times are known.

    python benchmarks/alignment.py [--language de] [--seed N] [--each N] [--wrong]
    python benchmarks/alignment.py FOLDER [FOLDER …] [--wrong] [--json FILE]

Without a FOLDER a few narrations are made first, clean ones and such that had everything happen to
them; another seed makes others. Each case is a folder with audio.flac, text.md and truth.json
(`sentences` with status, start and end; `extras`), as `narrations.py` makes them; a FOLDER is a
case or holds some. Starts are in milliseconds; an extra is found, or right, when at least half of
it is covered. With `--wrong` other columns are laid over each narration too: all must be refused; and
its own text and wrong ones over pieces of 10 to 60 s.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import narrations
import numpy as np

from columncast.audio.align.door import align, lay
from columncast.audio.align.languages.book import known, measured
from columncast.audio.align.search import acoustics
from columncast.audio.align.search.features import FRAMES_PER_S, Spectra, spectra
from columncast.audio.ffmpeg.process import decode
from columncast.audio.ffmpeg.speech_pcm import SAMPLE_RATE_HZ
from columncast.episodes.model.alignment import AlignedSentence, Alignment, Unit

Span = tuple[float, float]
PIECES_S = (10, 25, 60)


@dataclass
class Score:
    """What was right and wrong, for one case or for all."""

    starts_ms: list[float] = field(default_factory=list)
    ends_ms: list[float] = field(default_factory=list)
    omitted: int = 0
    omitted_found: int = 0
    headings_omitted: int = 0
    headings_found: int = 0
    false_missing: int = 0
    false_headings: int = 0
    unsure: int = 0
    extras: int = 0
    extras_found: int = 0
    spans: int = 0
    spans_right: int = 0
    bands: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0
    duration_s: float = 0.0

    def add(self, other: Score) -> None:
        for name, value in vars(other).items():
            if name == "bands":
                for band, errors in value.items():
                    self.bands.setdefault(band, []).extend(errors)
            else:
                setattr(self, name, getattr(self, name) + value)


def units(markdown: str) -> Iterator[Unit]:
    for number, block in enumerate(markdown.strip().split("\n\n")):
        text = " ".join(block.split())
        yield Unit(text.lstrip("# "), text.startswith("#"), number)


def covered(span: Span, others: Iterable[Span]) -> float:
    """Return how much of *span* is covered by *others*, which do not overlap each other."""
    both = sum(max(0.0, min(span[1], b) - max(span[0], a)) for a, b in others)
    return both / max(span[1] - span[0], 1e-9)


def score(truth: dict[str, Any], found: Alignment) -> tuple[Score, list[str]]:
    """Compare *found* with *truth*; return the score and a line for each thing worth a look."""
    result, remarks = Score(duration_s=truth["duration"]), []
    ours = iter(found.sentences)
    for told in truth["sentences"]:
        sentence = next((s for s in ours if s.text == told["text"]), None)
        if sentence is None:
            raise SystemExit(f"the text was cut in another way at {told['text']!r}")
        count = _read if told["status"] == "read" else _left_out
        remarks += [f"{r}: {told['text'][:50]}" for r in count(result, told, sentence)]
    remarks += _extras(result, truth.get("extras", []), found)
    return result, remarks


def _read(result: Score, told: dict[str, Any], sentence: AlignedSentence) -> Iterator[str]:
    heading = told["kind"] == "heading"
    if sentence.start_s is None or sentence.end_s is None:
        if sentence.status == "unsure":  # it is not said that it was left out
            result.unsure += 1
            yield "not heard"
            return
        result.false_missing += not heading
        result.false_headings += heading
        yield "false missing"
        return
    error = 1000 * (sentence.start_s - told["start"])
    result.starts_ms.append(error)
    result.ends_ms.append(1000 * (sentence.end_s - told["end"]))
    result.bands.setdefault(sentence.band, []).append(abs(error))
    result.unsure += sentence.status == "unsure"
    if abs(error) > 300:
        yield f"{error:+.0f} ms ({sentence.band})"
    if sentence.status == "unsure":
        yield "unsure"


def _left_out(result: Score, told: dict[str, Any], sentence: AlignedSentence) -> Iterator[str]:
    heading = told["kind"] == "heading"
    missing = sentence.status == "missing"
    result.omitted += not heading
    result.headings_omitted += heading
    result.omitted_found += missing and not heading
    result.headings_found += missing and heading
    if not missing:
        yield f"not missing but {sentence.status}"


def _extras(result: Score, told: list[dict[str, Any]], found: Alignment) -> Iterator[str]:
    truth = [(e["start"], e["end"]) for e in told]
    spans = [(e.start_s, e.end_s) for e in found.extras]
    result.extras, result.spans = len(truth), len(spans)
    for extra, span in zip(told, truth, strict=True):
        hit = covered(span, spans) >= 0.5
        result.extras_found += hit
        if not hit:
            yield f"{extra['kind']} not found at {span[0]:.1f}-{span[1]:.1f}"
    for ours, span in zip(found.extras, spans, strict=True):
        hit = covered(span, truth) >= 0.5
        result.spans_right += hit
        if not hit:
            yield f"no such {ours.kind}: {span[0]:.1f}-{span[1]:.1f}"


def row(name: str, s: Score) -> str:
    errors = np.abs(s.starts_ms) if s.starts_ms else np.array([np.nan])
    return (
        f"{name:42.42} {len(s.starts_ms):4} {np.median(errors):6.1f} {np.percentile(errors, 95):6.0f}"
        f" {int((errors > 500).sum()):3} | {s.omitted_found:2}/{s.omitted:<2}"
        f" {s.headings_found:2}/{s.headings_omitted:<2} false {s.false_missing}+{s.false_headings}"
        f" unsure {s.unsure} | {s.extras_found:3}/{s.extras:<3} {s.spans_right:3}/{s.spans:<3}"
        f" | {s.seconds / max(s.duration_s, 1):.3f}"
    )


def cases(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if (folder / "truth.json").is_file():
            yield folder
        else:
            yield from sorted(p.parent for p in folder.glob("*/truth.json"))


def narrated(folders: Sequence[Path], options: argparse.Namespace) -> Iterator[Path]:
    """Return the cases in *folders*; none named, some made anew."""
    if folders:
        yield from cases(folders)
        return
    with tempfile.TemporaryDirectory() as made:
        code = options.language
        voices = narrations.voices() if code == "en" else narrations.voices_in(code)
        read = narrations.columns() if code == "en" else narrations.columns_in(code)
        draw = narrations.Draw(options.seed, options.only, options.each, voices, read)
        yield from draw.make(Path(made))


def laid(folder: Path, text: Path, truth: dict[str, Any]) -> Alignment:
    """Return the *text* laid over the recording in *folder*."""
    told = list(units(text.read_text(encoding="utf-8")))
    return align(folder / truth["audio"], told, language=truth["lang"])


def wrong_texts(folder: Path, truth: dict[str, Any]) -> Iterator[tuple[str, Alignment]]:
    """Lay every other text over the recording in *folder*; none of them is what is read.

    In a language other than English, these are the paragraphs of the impostor and all of it.
    """
    if truth["lang"] != "en":
        whole = known(truth["lang"]).impostor
        for number, text in enumerate([whole, *whole.strip().split("\n\n")]):
            told = list(units(text))
            yield f"impostor {number}", align(folder / truth["audio"], told, language=truth["lang"])
        return
    own = (folder / "text.md").read_text(encoding="utf-8")
    for column in narrations.columns():
        text = narrations.COLUMNS / f"{column}.md"
        if text.read_text(encoding="utf-8") != own:
            yield column, laid(folder, text, truth)


def verdicts(folder: Path, truth: dict[str, Any], rng: random.Random) -> Iterator[Judged]:
    """Lay texts over pieces of the recording in *folder*: their own, half unread, and wrong ones."""
    with acoustics.unhurried():
        blocks = decode(folder / truth["audio"], sample_rate_hz=SAMPLE_RATE_HZ, channels=1)
        whole = spectra(np.frombuffer(block, "<i2").astype(np.float32) for block in blocks)
    read = [told for told in truth["sentences"] if told["status"] == "read"]
    own = [told["text"] for told in read]
    others = [line for line in other_lines(truth["lang"]) if line not in own]
    for least_s in PIECES_S:
        first = rng.randrange(max(1, len(read) - 4))
        last = first
        while last + 1 < len(read) and read[last]["end"] - read[first]["start"] < least_s:
            last += 1
        piece = own[first : last + 1]
        rest = [line for line in own if line not in piece]
        frames = slice(
            max(0, int(FRAMES_PER_S * read[first]["start"]) - 30),
            int(FRAMES_PER_S * read[last]["end"]) + 30,
        )
        sound = Spectra(whole.bands[frames], whole.level_db[frames])
        at = rng.randrange(max(1, len(others) - len(piece)))
        texts = {
            "its own": piece,
            "half of it unread": [*piece, *others[at : at + len(piece)]],
            "another": others[at : at + len(piece)],
            "the same author's": rng.sample(rest, min(len(piece), len(rest))),
        }
        for name, lines in texts.items():
            told = [Unit(line, paragraph=number) for number, line in enumerate(lines)]
            if told:
                yield Judged(name, least_s, lay(sound, told, language=truth["lang"]).verdict)


@dataclass(frozen=True)
class Judged:
    """What was said of one text over one piece of a recording."""

    text: str
    least_s: int
    verdict: str


def other_lines(language: str) -> Iterator[str]:
    """Return the lines of all columns in *language*, and of its impostor."""
    names = narrations.columns() if language == "en" else narrations.columns_in(language)
    texts = [(narrations.COLUMNS / f"{name}.md").read_text(encoding="utf-8") for name in names]
    for text in (*texts, known(language).impostor):
        yield from (line for _, line in narrations.units(text, language))


@dataclass
class Tally:
    """What was said of texts that are read, and of such that are not."""

    refused: int = 0
    accepted: int = 0
    judged: list[Judged] = field(default_factory=list)

    def add(self, folder: Path, truth: dict[str, Any], rng: random.Random) -> None:
        for name, other in wrong_texts(folder, truth):
            self.refused += other.verdict != "ok"
            self.accepted += other.verdict == "ok"
            if other.verdict == "ok":
                print(f"{folder.name:42.42} {name} taken for its text  <-- wrong")
        self.judged += verdicts(folder, truth, rng)

    def show(self) -> None:
        print(f"  texts not their own: {self.refused} refused, {self.accepted} taken")
        for text in dict.fromkeys(one.text for one in self.judged):
            for least_s in PIECES_S:
                said = Counter(
                    one.verdict for one in self.judged if (one.text, one.least_s) == (text, least_s)
                )
                counts = ", ".join(f"{count} {verdict}" for verdict, count in said.most_common())
                print(f"  {text:18} {least_s:3} s: {counts}")


def print_bands(total: Score) -> None:
    for band in ("sure", "probable", "look"):
        errors = np.array(total.bands.get(band, []))
        if len(errors):
            shares = ", ".join(
                f"{100 * (errors <= most).mean():.1f} % within {most} ms"
                for most in (50, 100, 150, 500)
            )
            print(f"  {band:9} {len(errors):5} sentences: {shares}")


def main() -> None:
    """Print a row for each case, one for each kind, and one for all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, nargs="*")
    parser.add_argument("--language", default="en", help="of the draw that is made")
    parser.add_argument("--seed", default="1", help="of the draw that is made without a FOLDER")
    parser.add_argument("--only", nargs="*", default=["clean", "everything"])
    parser.add_argument("--each", type=int, default=2, help="how many of each kind are made")
    parser.add_argument("--wrong", action="store_true", help="lay other columns over them as well")
    parser.add_argument("--json", type=Path, help="write the totals to this file as well")
    options = parser.parse_args()
    kinds: dict[str, Score] = {}
    tally = Tally()
    rng = random.Random(options.seed)  # noqa: S311 - draws test cases
    print(
        f"{'case':42}    n    med    p95 >.5s | omitted sentences, headings, false missing (+ headings)"
        " | extras found, spans right | seconds of CPU a second"
    )
    for folder in narrated(options.folder, options):
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        before = time.process_time()
        found = laid(folder, folder / "text.md", truth)
        seconds = time.process_time() - before
        if options.wrong and measured(truth["lang"]):
            tally.add(folder, truth, rng)
        if found.verdict != "ok":
            expected = "" if not measured(truth["lang"]) else "  <-- wrong"
            print(f"{folder.name:42.42} {found.verdict}: {found.message}{expected}")
            continue
        result, remarks = score(truth, found)
        result.seconds = seconds
        kinds.setdefault(truth["name"], Score()).add(result)
        print(row(folder.name, result), flush=True)
        for remark in remarks:
            print("      ", remark)
    total = Score()
    for kind, result in kinds.items():
        total.add(result)
        print(row(f"all {kind}", result))
        print_bands(result)
    print(row("all", total))
    print_bands(total)
    if options.wrong:
        tally.show()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  most memory {peak_mb:.0f} MB")
    if options.json:
        options.json.write_text(json.dumps(vars(total)), encoding="utf-8")


if __name__ == "__main__":
    main()
