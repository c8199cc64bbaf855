"""From what was found to what is said about it: status and band of each sentence, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from columncast.audio.align.decide.accept import Fit, believed, fit
from columncast.audio.align.decide.chance import Chance
from columncast.audio.align.decide.extents import Extent, extents
from columncast.audio.align.decide.extras import extras
from columncast.audio.align.decide.masked import masked_in
from columncast.audio.align.decide.second_pass import Ground, look_again
from columncast.audio.align.decide.takes import Take, takes
from columncast.audio.align.decide.word_times import timed_words
from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import FRAMES_PER_S, Mask, Spectra, seconds, sounding
from columncast.audio.align.search.lattice import Clause
from columncast.audio.align.search.windows import Visit
from columncast.episodes.model.alignment import (
    AlignedSentence,
    Alignment,
    Band,
    Status,
    TimedWord,
    Verdict,
)
from columncast.episodes.model.episode import Chapter

_WHOLE = 0.8
_HALF = 0.5
_RECOGNISED = 0.3  # of a sentence; less of it in other speech is luck, or an aside's own words
_TEXT_SHARE = 0.35  # of the text must be heard before it is the text of this recording,
_SOUND_SHARE = 0.6  # or of the speech must be the text: somebody reads a part of it
_EVEN_SO = 0.4  # or everything believed must have this share of it, and much more than luck would
_BEYOND_CHANCE = 0.15  # nats a frame over the best that luck did
_PAUSES_DB = 12.0  # a recording whose speech stands out less than this from its pauses is noisy
_SILENT_DB = 60.0  # on the scale of 16-bit samples: about -75 dBFS
_SURE, _PROBABLE = 0.6, 0.4


@dataclass(frozen=True)
class Sentence:
    """A sentence or heading of the column."""

    text: str
    heading: bool
    paragraph: int
    optional: bool = False


def judge(
    sentences: Sequence[Sentence],
    clauses: Sequence[Clause],
    sound: Spectra,
    visits: Sequence[Visit],
    *,
    model: AcousticModel,
    by_chance: Chance,
    language: str,
) -> Alignment:
    """Return what is to be said about *sentences* in this recording."""
    fits = fit(visits, clauses, by_chance)
    voiced = sounding(sound)
    headings = frozenset(i for i, s in enumerate(sentences) if s.heading or s.optional)
    found = takes(believed(visits, clauses, fits, voiced, headings), clauses)
    ground = Ground(sound, voiced, model)
    visits = look_again(visits, found, clauses, ground)
    found = takes(believed(visits, clauses, fits, voiced, headings), clauses)
    reach = extents(found, voiced, fits)
    reach = {s: e for s, e in reach.items() if e.share >= _HALF and found[s].share >= _RECOGNISED}
    asked = [c for c in clauses if not sentences[c.sentence].optional] or clauses
    share = _share(asked, found, reach, voiced, fits)
    verdict, message = _verdict(clauses, sound, share)
    if verdict != "ok":
        return refused(sentences, verdict, message, sound.frames / FRAMES_PER_S, language)
    masked = masked_in(clauses, reach, voiced, fits)
    laid = tuple(
        _sentence(s, found.get(i), reach.get(i), fits, masked=i in masked)
        for i, s in enumerate(sentences)
    )
    used = {id(v) for i in reach for v in found[i].visits}
    # A bar of music resembles some passage about as well as luck does: that is nothing said twice.
    unused = [v for v in visits if id(v) not in used and v.score >= fits.enough]
    return Alignment(
        sentences=laid,
        extras=tuple(extras(ground, {i: found[i] for i in reach}, reach, unused)),
        chapters=chapters(laid),
        duration_s=sound.frames / FRAMES_PER_S,
        language=language,
    )


def refused(
    sentences: Sequence[Sentence],
    verdict: Verdict,
    message: str,
    duration_s: float,
    language: str,
) -> Alignment:
    """Return an alignment that places nothing and says why."""
    blank = tuple(
        AlignedSentence(
            text=s.text,
            status="unsure",
            band="look",
            heading=s.heading,
            paragraph=s.paragraph,
            optional=s.optional,
        )
        for s in sentences
    )
    return Alignment(
        sentences=blank,
        verdict=verdict,
        message=message,
        duration_s=round(duration_s, 2),
        language=language,
    )


def chapters(sentences: Sequence[AlignedSentence]) -> tuple[Chapter, ...]:
    """Return a chapter for each heading under which something was read; none for fewer than two.

    The first starts at 0, as Apple Podcasts and Spotify ask of chapters in notes. A heading that
    was not read out starts with the first sentence under it.
    """
    found: list[Chapter] = []
    title = ""
    for sentence in sentences:
        if sentence.heading:
            title = sentence.text
        if title and sentence.start_s is not None:
            found.append(Chapter(start_s=sentence.start_s, title=title))
            title = ""
    found = [a for a, b in zip_longest(found, found[1:]) if b is None or b.start_s - a.start_s >= 1]
    if len(found) < 2:
        return ()
    before = next((s for s in sentences if s.start_s is not None), None)
    if before is not None and before.start_s is not None and before.start_s < found[0].start_s:
        return (Chapter(start_s=0.0, title="Introduction"), *found)
    return (Chapter(start_s=0.0, title=found[0].title), *found[1:])


def _sentence(
    sentence: Sentence, take: Take | None, extent: Extent | None, fits: Fit, *, masked: bool
) -> AlignedSentence:
    if take is None or extent is None:
        return AlignedSentence(
            text=sentence.text,
            status="unsure" if masked else "missing",
            words=tuple(TimedWord(text=t) for t in sentence.text.split()),
            heading=sentence.heading,
            paragraph=sentence.paragraph,
            optional=sentence.optional,
        )
    whole = extent.share >= _WHOLE and take.share >= _HALF
    status: Status = "read" if whole else "unsure"
    words = timed_words(sentence.text.split(), take, extent)
    return AlignedSentence(
        text=sentence.text,
        start_s=seconds(extent.start),
        end_s=seconds(extent.end),
        status=status,
        band=_band(take, extent, fits) if status == "read" else "look",
        words=words,
        heading=sentence.heading,
        paragraph=sentence.paragraph,
        optional=sentence.optional,
    )


def _band(take: Take, extent: Extent, fits: Fit) -> Band:
    """Return how far to trust a take: by its place between chance and what is usual here."""
    place = fits.place(take.score)
    recognised = take.share > 0.99 and (extent.start, extent.end) == (take.start, take.end)
    if place >= _SURE and recognised:
        return "sure"
    return "probable" if place >= _PROBABLE and take.share >= _WHOLE else "look"


@dataclass(frozen=True)
class _Share:
    """How much of the column is in the recording, and how far luck could explain it."""

    text: float
    """The share of the column that fits better than luck does."""
    sound: float
    """The share that this has in what sounds in the recording."""
    in_all: float
    """The share that everything believed has in it."""
    by_chance: float
    """The share that a text which nobody read lays claim to."""

    @property
    def convinces(self) -> bool:
        """Whether it is this text, or a part of it, that is read."""
        well = self.text >= _TEXT_SHARE or self.sound >= _SOUND_SHARE
        return well or self.in_all >= _EVEN_SO + 2 * self.by_chance


def _share(
    clauses: Sequence[Clause],
    found: Mapping[int, Take],
    reach: Mapping[int, Extent],
    voiced: Mask,
    fits: Fit,
) -> _Share:
    clear = [i for i in reach if found[i].score >= fits.chance.best + _BEYOND_CHANCE]
    phones = sum(found[c.sentence].share * c.phones for c in clauses if c.sentence in clear)
    frames = {i: sum(int(voiced[v.start : v.end].sum()) for v in found[i].visits) for i in reach}
    whole = max(int(voiced.sum()), 1)
    return _Share(
        text=phones / max(sum(c.phones for c in clauses), 1),
        sound=sum(frames[i] for i in clear) / whole,
        in_all=sum(frames.values()) / whole,
        by_chance=fits.chance.share,
    )


def _verdict(clauses: Sequence[Clause], sound: Spectra, share: _Share) -> tuple[Verdict, str]:
    if not clauses:
        return "no-speech", "the text holds no words that could be read; no transcript is made"
    if sound.frames < FRAMES_PER_S or np.percentile(sound.level_db, 95) < _SILENT_DB:
        return "no-speech", "the recording is silent; no transcript is made"
    if share.convinces:
        return "ok", ""
    low, high = np.percentile(sound.level_db, [10, 95])
    if high - low < _PAUSES_DB:
        return "too-noisy", (
            f"speech stands only {high - low:.0f} dB above the noise, so the text cannot be found "
            "in it; no transcript is made. Try the recording before music or effects were added"
        )
    return "not-this-text", (
        f"only {100 * share.text:.0f} % of the text was found in the recording; check that the two "
        "belong together. No transcript is made"
    )
