"""From what was found to what is said about it: status and band of each sentence, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from columncast.audio.align.decide.accept import Fit, believed, fit
from columncast.audio.align.decide.bands import band
from columncast.audio.align.decide.chance import Chance
from columncast.audio.align.decide.edges import unglued
from columncast.audio.align.decide.evidence import Evidence, evidence, of_impostor, standing
from columncast.audio.align.decide.extents import Extent, extents
from columncast.audio.align.decide.extras import extras
from columncast.audio.align.decide.ground import Ground
from columncast.audio.align.decide.masked import masked_in
from columncast.audio.align.decide.second_pass import look_again
from columncast.audio.align.decide.takes import Take, takes
from columncast.audio.align.decide.word_times import timed_words
from columncast.audio.align.languages.book import known
from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import FRAMES_PER_S, Mask, Spectra, seconds, sounding
from columncast.audio.align.search.lattice import Clause
from columncast.audio.align.search.windows import Visit
from columncast.episodes.model.alignment import (
    AlignedSentence,
    Alignment,
    Status,
    TimedWord,
    Verdict,
)
from columncast.episodes.model.episode import Chapter

_WHOLE = 0.8
_HALF = 0.5
_RECOGNISED = 0.3  # of a sentence; less of it in other speech is luck, or an aside's own words
_TEXT_SHARE = 0.25  # of the text must be heard before it is the text of this recording,
_SOUND_SHARE = 0.35  # or of the speech must be the text: somebody reads a part of it
_HEARD_SHARE = 0.45  # of that speech must be in sentences that were found, or it is hard to follow
_NEARLY = 0.9  # of the evidence that it takes: too much for another text, too little to publish
_PAUSES_DB = 12.0  # a recording whose speech stands out less than this from its pauses is noisy
_SILENT_DB = 60.0  # on the scale of 16-bit samples: about -75 dBFS


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
    impostor: Callable[[], Sequence[Clause]],
    language: str,
) -> Alignment:
    """Return the verdict on *sentences* in this recording.

    *impostor* gives a text in the same language that nobody reads here, where it is needed.
    """
    fits = fit(visits, clauses, by_chance)
    voiced = sounding(sound)
    headings = frozenset(i for i, s in enumerate(sentences) if s.heading or s.optional)
    found = takes(believed(visits, clauses, fits, voiced, headings), clauses)
    ground = Ground(sound, voiced, model)
    visits = look_again(visits, found, clauses, ground)
    whole = takes(believed(visits, clauses, fits, voiced, headings), clauses)
    found = {number: unglued(take, voiced) for number, take in whole.items()}
    reach = extents(found, voiced, fits)
    reach = {s: e for s, e in reach.items() if e.share >= _HALF and found[s].share >= _RECOGNISED}
    asked = [c for c in clauses if not sentences[c.sentence].optional] or clauses
    claimed = evidence(visits, voiced)
    stands = standing(claimed, lambda: of_impostor(impostor(), claimed, ground))
    claim = _claim(asked, found, reach, voiced, claimed)
    verdict, message = _verdict(clauses, sound, claim, stands)
    if verdict not in ("ok", "hard"):
        return refused(sentences, verdict, message, sound.frames / FRAMES_PER_S, language)
    masked = masked_in(clauses, reach, voiced, fits)
    laid = tuple(
        _sentence(s, found.get(i), reach.get(i), fits, ground, masked=i in masked)
        for i, s in enumerate(sentences)
    )
    used = {id(v) for i in reach for v in whole[i].visits}
    # A bar of music resembles some passage about as well as luck does: that is nothing said twice.
    unused = [v for v in visits if id(v) not in used and v.score >= fits.enough]
    sure = verdict == "ok"
    beyond = extras(ground, {i: found[i] for i in reach}, reach, unused) if sure else ()
    return Alignment(
        sentences=laid,
        extras=tuple(beyond),
        chapters=chapters(laid, language) if sure else (),
        verdict=verdict,
        message=message,
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


def chapters(sentences: Sequence[AlignedSentence], language: str) -> tuple[Chapter, ...]:
    """Return a chapter for each heading under which something was read; none for fewer than two.

    What is read before the first heading is an introduction, and starts at 0, as Apple Podcasts and
    Spotify ask of chapters in notes. A heading that was not read out starts with the first sentence
    under it.
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
        return (Chapter(start_s=0.0, title=known(language).introduction), *found)
    return (Chapter(start_s=0.0, title=found[0].title), *found[1:])


def _sentence(
    sentence: Sentence,
    take: Take | None,
    extent: Extent | None,
    fits: Fit,
    ground: Ground,
    *,
    masked: bool,
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
        band=band(take, extent, fits, ground) if status == "read" else "look",
        words=words,
        heading=sentence.heading,
        paragraph=sentence.paragraph,
        optional=sentence.optional,
    )


@dataclass(frozen=True)
class _Claim:
    """How much of the column, and of the recording, the two have in common."""

    text: float
    """The share of the column that was found."""
    sound: float
    """The share of what sounds that lies where the column is read."""
    heard: float
    """The share of this that lies in sentences that were found."""

    def verdict(self, stands: float) -> Verdict:
        """Return whether this text, or a part of it, is read, and whether it can be followed.

        *stands* is how its evidence stands to what it takes; 1 is enough.
        """
        if stands < _NEARLY or (self.text < _TEXT_SHARE and self.sound < _SOUND_SHARE):
            return "not-this-text"
        return "ok" if stands >= 1 and self.heard >= _HEARD_SHARE else "hard"


def _claim(
    clauses: Sequence[Clause],
    found: Mapping[int, Take],
    reach: Mapping[int, Extent],
    voiced: Mask,
    claimed: Evidence,
) -> _Claim:
    phones = sum(found[c.sentence].share * c.phones for c in clauses if c.sentence in reach)
    held = np.zeros_like(voiced)
    for number in reach:
        for visit in found[number].visits:
            held[visit.start : visit.end] = True
    inside = slice(claimed.start, claimed.end)
    return _Claim(
        text=phones / max(sum(c.phones for c in clauses), 1),
        sound=claimed.voiced / max(int(voiced.sum()), 1),
        heard=int((held & voiced)[inside].sum()) / max(claimed.voiced, 1),
    )


def _verdict(
    clauses: Sequence[Clause], sound: Spectra, claim: _Claim, stands: float
) -> tuple[Verdict, str]:
    if not clauses:
        return "no-speech", "the text holds no words that could be read; no transcript is made"
    if sound.frames < FRAMES_PER_S or np.percentile(sound.level_db, 95) < _SILENT_DB:
        return "no-speech", "the recording is silent; no transcript is made"
    verdict = claim.verdict(stands)
    if verdict == "ok":
        return verdict, ""
    if verdict == "hard":
        return verdict, (
            "the text is in the recording, but hard to follow, as with a strong accent, noise or a "
            "distant microphone; its times may be wrong, so no transcript is made"
        )
    low, high = np.percentile(sound.level_db, [10, 95])
    if high - low < _PAUSES_DB:
        return "too-noisy", (
            f"speech stands only {high - low:.0f} dB above the noise, so the text cannot be found "
            "in it; no transcript is made. Try the recording before music or effects were added"
        )
    return verdict, (
        f"only {100 * claim.text:.0f} % of the text was found in the recording, and no more than "
        "of any other text; check that the two belong together. No transcript is made"
    )
