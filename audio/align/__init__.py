"""When each word of a column is spoken in its recording, and where the two differ.

The column is the transcript; only its times are missing. They are found by laying the sounds of
the text (`spoken`, `lexicon`, `lattice`) over those of the recording (`features`, `acoustics`,
`search`, `windows`), keeping what is believable (`luck`, `takes`, `extents`) and saying what is not
(`extras`, `outcome`). English only, as measured in docs/read-along.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache as remember
from pathlib import Path

import msgspec
import numpy as np

from columncast.audio.align import acoustics
from columncast.audio.align.features import SAMPLE_RATE_HZ, Floats, spectra
from columncast.audio.align.lattice import spoken_clauses
from columncast.audio.align.lexicon import Lexicon
from columncast.audio.align.luck import measure_luck
from columncast.audio.align.outcome import Sentence, judge, refused
from columncast.audio.align.sentences import split_sentences
from columncast.audio.align.windows import follow
from columncast.audio.ffmpeg import decode
from columncast.episodes import files
from columncast.episodes.alignment import Alignment

__all__ = ["LANGUAGES", "METHOD", "Unit", "align", "available"]

LANGUAGES = ("en",)
"""Languages whose times were measured and found good enough to publish."""

METHOD = 1
"""Goes up when results change, so that no cache keeps what an older method found."""
_DECODING = 0.15  # of the work
_BLOCK_S = 20


@dataclass(frozen=True)
class Unit:
    """A heading or a paragraph, exactly as in the column."""

    text: str
    heading: bool = False
    paragraph: int = 0


def available() -> bool:
    """Whether the extra `[align]` is installed."""
    return acoustics.installed()


def align(
    audio: Path,
    units: Sequence[Unit],
    *,
    language: str = "en",
    pronunciation: Mapping[str, str] | None = None,
    progress: Callable[[float], None] = lambda _: None,
    cache: Path | None = None,
) -> Alignment:
    """Lay the text of *units* over the recording *audio*.

    *pronunciation* maps names as written to a plain respelling. *progress* is told the share that
    is done, from 0 to 1. *cache* is a folder where results are kept by the content of text and
    recording. Whether the times may be published is the `verdict` of the result.

    Raises:
        UsageError: The extra `[align]` is not installed.
        RecordingError: The recording cannot be decoded.
    """
    sentences = [
        Sentence(text, unit.heading, unit.paragraph)
        for unit in units
        for text in ([unit.text.strip()] if unit.heading else split_sentences(unit.text))
        if text
    ]
    said = dict(pronunciation or {})
    kept = cache / f"{_key(audio, units, language, said)}.json" if cache else None
    if kept and kept.is_file():
        with suppress(msgspec.DecodeError):  # a cache from another version is made anew
            return msgspec.json.decode(kept.read_bytes(), type=Alignment)
    aligned = _aligned(audio, sentences, language, said, progress)
    if kept:
        files.write(kept, msgspec.json.encode(aligned))
    return aligned


def _aligned(
    audio: Path,
    sentences: Sequence[Sentence],
    language: str,
    pronunciation: Mapping[str, str],
    progress: Callable[[float], None],
) -> Alignment:
    if language.split("-", maxsplit=1)[0].lower() not in LANGUAGES:
        return refused(
            sentences,
            "language",
            f"the language is {language!r}, and aligning is good enough to publish in English "
            "only, as far as it was measured; no transcript is made",
            0.0,
            language,
        )
    with acoustics.unhurried():
        model = acoustics.english()
        sound = spectra(_blocks(audio))
        progress(_DECODING)
        clauses = spoken_clauses([s.text.split() for s in sentences], _lexicon(), pronunciation)
        visits = follow(
            sound, clauses, model, lambda done: progress(_DECODING + (1 - _DECODING) * done)
        )
        return judge(
            sentences,
            clauses,
            sound,
            visits,
            by_luck=measure_luck(sound, clauses, model),
            language=language,
        )


@remember
def _lexicon() -> Lexicon:
    return Lexicon(acoustics.dictionary_file())


def _blocks(audio: Path) -> Iterator[Floats]:
    for block in decode(
        audio, sample_rate_hz=SAMPLE_RATE_HZ, channels=1, block_frames=_BLOCK_S * SAMPLE_RATE_HZ
    ):
        yield np.frombuffer(block, "<i2", len(block) // 2).astype(np.float32)


def _key(
    audio: Path, units: Sequence[Unit], language: str, pronunciation: Mapping[str, str]
) -> str:
    facts = [METHOD, files.sha256(audio), [asdict(u) for u in units], language, pronunciation]
    return hashlib.sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()[:32]
