"""When each word of a column is spoken in its recording, and where the two differ.

The column is the transcript; only its times are missing. They are found by laying the sounds of
the text (`spoken`, `lexicon`, `lattice`) over those of the recording (`features`, `acoustics`, `posteriors`,
`outline`, `viterbi`, `windows`), keeping what is believable (`chance`, `accept`, `takes`, `second_pass`,
`extents`) and saying what is not (`extras`, `verdict`). Each language has a
file in `languages`; what was measured stands in docs/measurements/alignment.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from columncast.audio.align.decide.chance import measure_chance, spans
from columncast.audio.align.decide.verdict import Sentence, judge, refused
from columncast.audio.align.languages.book import bare, known, measured
from columncast.audio.align.languages.recognise import doubts
from columncast.audio.align.search import acoustics
from columncast.audio.align.search.features import Floats, Spectra, spectra
from columncast.audio.align.search.lattice import Clause, spoken_clauses
from columncast.audio.align.search.mapped import mapped
from columncast.audio.align.search.posteriors import posteriors
from columncast.audio.align.search.windows import follow
from columncast.audio.align.text.english import English
from columncast.audio.align.text.lexicon import Lexicon
from columncast.audio.align.text.ruled import ruled
from columncast.audio.align.text.spoken import Tongue
from columncast.audio.ffmpeg.process import decode
from columncast.audio.ffmpeg.speech_pcm import SAMPLE_BYTES, SAMPLE_RATE_HZ
from columncast.episodes.model.alignment import Alignment, Unit
from columncast.episodes.text.sentences import split_sentences

_DECODING = 0.15  # of the work
_BLOCK_S = 20


def align(
    audio: Path,
    units: Sequence[Unit],
    *,
    speech_pcm: Path | None = None,
    track: int = 1,
    language: str = "en",
    pronunciation: Mapping[str, str] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Alignment:
    """Lay the text of *units* over the *track* of the recording *audio*.

    *speech_pcm* is the same sound as `ffmpeg.speech_pcm` gives it, where that is known; then nothing is decoded.
    *pronunciation* maps names as written to a plain respelling. *progress* gets the share that
    is done, from 0 to 1. Whether the times may be published is the `verdict` of the result.

    Raises:
        UsageError: The aligner is not installed.
        RecordingError: The recording cannot be decoded.
    """
    if refusal := _refusal(units, language):
        return refusal  # before anything is decoded
    sound = heard_in(audio, speech_pcm=speech_pcm, track=track)
    progress(_DECODING)
    return lay(
        sound,
        units,
        language=language,
        pronunciation=pronunciation,
        progress=lambda done: progress(_DECODING + (1 - _DECODING) * done),
    )


def heard_in(audio: Path, *, speech_pcm: Path | None = None, track: int = 1) -> Spectra:
    """Return what the aligner hears in the *track* of *audio*; *speech_pcm* as in `align`.

    Raises:
        UsageError: The aligner is not installed.
        RecordingError: The recording cannot be decoded.
    """
    with acoustics.unhurried():
        return spectra(_read(speech_pcm) if speech_pcm else _decoded(audio, track))


def lay(
    sound: Spectra,
    units: Sequence[Unit],
    *,
    language: str = "en",
    pronunciation: Mapping[str, str] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Alignment:
    """Lay the text of *units* over *sound*, a recording that was heard before; else as `align`.

    Raises:
        UsageError: The extra `[align]` is not installed.
    """
    if refusal := _refusal(units, language):
        return refusal
    sentences = _sentences(units, language)
    with acoustics.unhurried():
        clauses = clauses_of([s.text for s in sentences], language, pronunciation)
        with posteriors(sound, model_of(language)) as heard:
            heard.kept = spans(heard.blocks)
            visits = follow(heard, clauses, progress)
            by_chance = measure_chance(heard, clauses)
        return judge(
            sentences,
            clauses,
            sound,
            visits,
            model=heard.model,
            by_chance=by_chance,
            impostor=lambda: _impostor(bare(language)),
            language=language,
        )


def _sentences(units: Sequence[Unit], language: str) -> list[Sentence]:
    return [
        Sentence(text, unit.heading, unit.paragraph, unit.optional)
        for unit in units
        for line in unit.text.split("\n")  # an item of a list, a line of a poem
        for text in ([line.strip()] if unit.heading else split_sentences(line, language))
        if text
    ]


def _refusal(units: Sequence[Unit], language: str) -> Alignment | None:
    """Return why nothing is laid in *language*, or why this text is not; None where it is."""
    sentences = _sentences(units, language)
    if not measured(language):
        reason = f"the language is {language!r}, and no reading in it was measured"
        return refused(sentences, "language", f"{reason}; no transcript is made", 0.0, language)
    doubt = doubts(" ".join(s.text for s in sentences), language)
    if not doubt:
        return None
    reason = f"{doubt}; name the column's language in its front matter, or that of the show"
    return refused(sentences, "other-language", f"{reason}; no transcript is made", 0.0, language)


def clauses_of(
    texts: Sequence[str], language: str, pronunciation: Mapping[str, str] | None
) -> list[Clause]:
    """Return how the sentences *texts* are said in *language*, clause by clause."""
    tongue = _english() if bare(language) == "en" else ruled(bare(language))
    return spoken_clauses([text.split() for text in texts], tongue, pronunciation or {})


@cache
def _impostor(language: str) -> list[Clause]:
    """Return a text in *language* that nobody reads."""
    text = " ".join(known(language).impostor.split())
    return clauses_of(split_sentences(text, language), language, None)


@cache
def model_of(language: str) -> acoustics.AcousticModel:
    """Return the sounds of *language*, which has a file, as the acoustic model hears them."""
    english = acoustics.english()
    if bare(language) == "en":
        return english
    return mapped(english, ruled(bare(language)).inventory())


@cache
def _english() -> Tongue:
    return English(Lexicon(acoustics.dictionary_file()))


def _decoded(audio: Path, track: int) -> Iterator[Floats]:
    for block in decode(
        audio,
        sample_rate_hz=SAMPLE_RATE_HZ,
        channels=1,
        block_frames=_BLOCK_S * SAMPLE_RATE_HZ,
        track=track,
    ):
        yield _samples(block)


def _read(speech_pcm: Path) -> Iterator[Floats]:
    with speech_pcm.open("rb") as pcm:
        while block := pcm.read(_BLOCK_S * SAMPLE_RATE_HZ * SAMPLE_BYTES):
            yield _samples(block)


def _samples(pcm: bytes) -> Floats:
    return np.frombuffer(pcm, "<i2", len(pcm) // SAMPLE_BYTES).astype(np.float32)
