"""A recording, its text and files of fixes in; the recording with the fixes in their places out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from columncast.audio.align.door import clauses_of
from columncast.audio.align.search import acoustics
from columncast.audio.align.search.features import Floats, spectra
from columncast.audio.editing.door import lay_beside
from columncast.audio.editing.listening import CELL, Listened, listen
from columncast.audio.editing.pauses import CELLS_PER_S
from columncast.audio.editing.pickups.excerpts import Form, Stretch, excerpts
from columncast.audio.editing.pickups.fitting import MARGIN_S, Fitted, Room, Voice, fit
from columncast.audio.editing.pickups.places import Places, Spot
from columncast.audio.editing.pickups.readings import Reader, Take, Text, last_good
from columncast.audio.editing.pickups.words import missing_words
from columncast.audio.editing.plan import Planner
from columncast.audio.editing.render import Piece, pieces_with, render, spliced
from columncast.audio.editing.spans import cell_of
from columncast.audio.editing.verify import in_context
from columncast.audio.ffmpeg.probe import Recording
from columncast.audio.ffmpeg.process import decode
from columncast.audio.ffmpeg.speech_pcm import SAMPLE_RATE_HZ
from columncast.audio.mastering.encode import write_recording
from columncast.audio.mastering.tracks import the_track
from columncast.episodes.disk import files
from columncast.episodes.errors import RecordingError, UsageError
from columncast.episodes.format import shorten
from columncast.episodes.model.alignment import Alignment, Unit
from columncast.episodes.model.cuts import Pickup, RecordingEdits
from columncast.episodes.model.pickups import Reread, WhichSentence
from columncast.episodes.model.timecode import position

LONGEST_S: Final = 1800.0
"""Of a file of fixes."""
_NEAREST, _NEAR = 2, 6  # sentences on either side by which level, and spectrum, are judged
_LEFT = 0.05  # of the sentences of a recording: with less of them left, it is a new one
_TONE_LEAST, _TONES, _TONE_AROUND = 20, 6, 30 * CELLS_PER_S
_TONE_IN = 3  # from the ends of a pause inwards, in cells
_NOISY_DB, _FAR_DB = 6.0, 7.0
_MARGIN = 30  # cells
_LEAST_SOUND = 20  # cells of a file, for anything to be said in it
_UNTOUCHED = "nothing was changed"
_BESIDE = 2  # words of a neighbour that a join could touch


@dataclass(frozen=True, kw_only=True)
class Fixes:
    """A file with sentences that were read again."""

    name: str
    """As a person named it."""
    path: Path
    known: Recording
    heard: Listened


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A pickup in its place; cells of the recording."""

    take: Take
    sentence: int
    spot: Spot
    fitted: Fitted
    file: Path
    """The sound that goes there, with `MARGIN_S` more at either end."""
    length_s: float
    """Of the sound without that."""

    def as_pickup(self, file: str, text: str) -> Pickup:
        """Return it as the edits of a recording hold it; *file* is where the sound is kept."""
        return Pickup(
            file=file,
            from_s=MARGIN_S,
            to_s=MARGIN_S + self.length_s,
            start_s=self.spot.start / CELLS_PER_S,
            end_s=self.spot.end / CELLS_PER_S,
            sentence=self.sentence,
            text=text,
        )


@dataclass(frozen=True)
class PickupDesk:
    """A recording laid beside its text, and the fixes beside both."""

    audio: Path
    known: Recording
    heard: Listened
    alignment: Alignment
    places: Places
    reader: Reader
    work: Path
    """A folder for work files."""
    fixes: tuple[Fixes, ...] = ()
    takes: tuple[Take, ...] = ()

    @property
    def text(self) -> Text:
        """The sentences of the text."""
        return self.reader.text

    def with_fixes(
        self,
        fixes: Sequence[tuple[str, Path, Recording]],
        progress: Callable[[float], None] = lambda _: None,
    ) -> PickupDesk:
        """Return the desk with what is read in *fixes*, as `known_fixes` returns them.

        Raises:
            RecordingError: One cannot be decoded, is silent, or is too long.
            FolderError: The disk is full.
        """
        listened: list[Fixes] = []
        takes: list[Take] = []
        with acoustics.unhurried():
            for number, (name, path, known) in enumerate(fixes):
                pcm = self.work / f"fixes-{number}.pcm"
                heard = listen(path, track=known.track, speech_pcm=pcm, promised_s=known.promised_s)
                listened.append(Fixes(name=name, path=path, known=known, heard=heard))
                refuse_fixes(listened[-1])
                takes += self.reader.takes(heard, number)
                progress((number + 1) / len(fixes))
        return replace(self, fixes=tuple(listened), takes=tuple(takes))

    def asked(self, choose: Callable[[WhichSentence], int | None]) -> PickupDesk:
        """Return the desk with those takes placed that may be several sentences, as *choose* says."""
        takes = []
        for take in self.takes:
            chosen = choose(self._question(take)) if take.rivals and not take.doubt else None
            takes.append(take if chosen is None else replace(take, sentence=chosen, rivals=()))
        return replace(self, takes=tuple(takes))

    def fitted(self, folder: Path) -> tuple[list[Reread], list[Placed]]:
        """Fit what can be placed, as files in *folder*; return all that was read, and what is placed.

        Raises:
            RecordingError: A file cannot be decoded any more, or (nearly) all of the recording is
                read again.
            FolderError: The disk is full.
        """
        takes = last_good(self.takes)
        spots: dict[int, Spot] = {}
        wanted = frozenset(
            t.sentence for t in takes if t.sentence is not None and not (t.doubt or t.rivals)
        )
        rows: list[Reread] = []
        for at, take in enumerate(takes):
            row, spot = self._row(take, wanted)
            rows.append(row)
            if spot:
                spots[at] = spot
        if spots:
            self._refuse_a_whole_recording(takes)
        placed: list[Placed] = []
        with acoustics.unhurried():
            for at, one in self._fitted(takes, spots, folder):
                lost = self._lost(one, wanted)
                found = replace(
                    rows[at], level_db=one.fitted.level_db, floor_db=one.fitted.floor_db
                )
                if lost:
                    rows[at] = replace(found, reason=f"“{lost}” would be lost")
                    continue
                rows[at] = replace(found, placed=True, reason=_warning(one.fitted))
                placed.append(one)
        return rows, sorted(placed, key=lambda one: (one.spot.start, one.sentence))

    def write(self, placed: Sequence[Placed], output: Path) -> None:
        """Write the recording with what is *placed* in it to *output*, a WAV or a FLAC.

        Raises:
            RecordingError: It cannot be decoded.
            FolderError: The disk is full.
        """
        files_by_name = {one.file.name: one.file for one in placed}
        edits = RecordingEdits(
            duration_s=self.heard.duration_s,
            pickups=tuple(one.as_pickup(one.file.name, "") for one in placed),
        )
        render(self.audio, self.known, pieces_with(edits, files_by_name.__getitem__), output)

    def _question(self, take: Take) -> WhichSentence:
        sentences = self.alignment.sentences
        return WhichSentence(
            file=self.fixes[take.file].name,
            from_s=take.start / CELLS_PER_S,
            to_s=take.end / CELLS_PER_S,
            choices=tuple((n, sentences[n].text, sentences[n].start_s) for n in take.rivals),
        )

    def _row(self, take: Take, wanted: frozenset[int]) -> tuple[Reread, Spot | None]:
        """Return what is said of *take*, and where it goes if it can be placed."""
        number = None if take.rivals else take.sentence
        row = Reread(
            file=self.fixes[take.file].name,
            from_s=take.start / CELLS_PER_S,
            to_s=take.end / CELLS_PER_S,
            sentence=number,
            text="" if take.sentence is None else self.alignment.sentences[take.sentence].text,
            reason=take.doubt or self._which(take),
        )
        if number is None or row.reason:
            return row, None
        spot = self.places.of(number, take.end - take.start, wanted)
        if isinstance(spot, str):
            return replace(row, reason=spot), None
        start_s, end_s = spot.start / CELLS_PER_S, spot.end / CELLS_PER_S
        return replace(row, start_s=start_s, end_s=end_s), spot

    def _which(self, take: Take) -> str:
        """Return between which sentences a person has to choose; empty if between none."""
        if not take.rivals:
            return ""
        if len(take.rivals) == 1:
            return "too short to be sure of; read it together with the sentence before or after it"
        sentences = self.alignment.sentences
        at = [_place(sentences[n].start_s) for n in take.rivals]
        if len({self.text.words(n) for n in take.rivals}) == 1:
            which = f"stands in the text {len(at)} times, at {' and '.join(at)}"
        else:
            named = [f"“{_begun(sentences[n].text)}”" for n in take.rivals]
            which = f"may be {' or '.join(named)}"
        return f"{which}; read it together with the sentence before or after it"

    def _refuse_a_whole_recording(self, takes: Sequence[Take]) -> None:
        """Refuse *takes* of which so little of the recording is left that there is nothing to match."""
        again = {n for take in takes if not take.doubt for n in (take.sentence, *take.rivals)}
        heard = self._heard()
        left = [number for number, _ in heard if number not in again]
        if len(left) < max(1, _LEFT * len(heard)):
            which = f"all but {len(left)}" if left else "all"
            raise RecordingError(
                f"{which} of its sentences are read again, so this is a new recording; an episode "
                f"takes that with `columncast edit SLUG --recording FILE`; {_UNTOUCHED}",
                where=self.audio,
            )

    def _fitted(
        self, takes: Sequence[Take], spots: Mapping[int, Spot], folder: Path
    ) -> Iterator[tuple[int, Placed]]:
        form = Form(self.known.sample_rate_hz, min(self.known.channels, 2))
        rate = form.sample_rate_hz
        mine = self._surroundings(takes, spots, form)
        for file, fixes in enumerate(self.fixes):
            own = {
                at: _stretch(takes[at].start, takes[at].end)
                for at in spots
                if takes[at].file == file
            }
            if not own:
                continue
            quiet = _tones(fixes.heard, 0, fixes.heard.pauses.cells)
            sounds = dict(excerpts(fixes.path, fixes.known.track, form, [*own.values(), *quiet]))
            voice = Voice.together([Voice.of(sounds[s], rate) for s in own.values()])
            room = Room.of([sounds[s] for s in quiet], rate, form.channels)
            for at, stretch in own.items():
                around, there = mine[at]
                fitted = fit(
                    sounds[stretch],
                    rate,
                    own=voice,
                    own_room=room,
                    around=around,
                    room=there,
                    lead_s=spots[at].lead / CELLS_PER_S,
                    tail_s=spots[at].tail / CELLS_PER_S,
                )
                path = folder / f"pickup-{at}.flac"
                pcm = np.ascontiguousarray(fitted.sound, np.float32).tobytes()
                write_recording(
                    [pcm], path, sample_rate_hz=rate, channels=form.channels, codec="flac"
                )
                yield (
                    at,
                    Placed(
                        take=takes[at],
                        sentence=takes[at].sentence or 0,
                        spot=spots[at],
                        fitted=fitted,
                        file=path,
                        length_s=len(fitted.sound) / rate - 2 * MARGIN_S,
                    ),
                )

    def _surroundings(
        self, takes: Sequence[Take], spots: Mapping[int, Spot], form: Form
    ) -> dict[int, tuple[Voice, Room]]:
        """Return the voice and the room around each of *spots*, out of one pass over the recording."""
        replaced = {takes[at].sentence for at in spots}
        near, far, quiet = {}, {}, {}
        for at, spot in spots.items():
            number = takes[at].sentence or 0
            near[at] = self._neighbours(number, replaced, _NEAREST)
            far[at] = self._neighbours(number, replaced, _NEAR)
            quiet[at] = _tones(self.heard, spot.start - _TONE_AROUND, spot.end + _TONE_AROUND)
        spoken = {stretch for all_ in far.values() for stretch in all_}
        voices: dict[Stretch, Voice] = {}
        rooms: dict[Stretch, Floats] = {}
        wanted = [*spoken, *(stretch for all_ in quiet.values() for stretch in all_)]
        for stretch, sound in excerpts(self.audio, self.known.track, form, wanted):
            if stretch in spoken:
                voices[stretch] = Voice.of(sound, form.sample_rate_hz)
            else:
                rooms[stretch] = sound
        return {
            at: (
                replace(
                    Voice.together([voices[s] for s in far[at]]),
                    level_db=Voice.together([voices[s] for s in near[at]]).level_db,
                ),
                Room.of([rooms[s] for s in quiet[at]], form.sample_rate_hz, form.channels),
            )
            for at in spots
        }

    def _neighbours(self, number: int, replaced: set[int | None], most: int) -> list[Stretch]:
        """Return where up to *most* sentences on either side of *number* are read."""
        read = [(at, stretch) for at, stretch in self._heard() if at not in replaced]
        before = [stretch for at, stretch in read if at < number][-most:]
        return before + [stretch for at, stretch in read if at > number][:most]

    def _heard(self) -> list[tuple[int, Stretch]]:
        """Return which sentences the recording has, and where; those in doubt only if all are."""
        there = [
            (at, (s.start_s, s.end_s), s.status)
            for at, s in enumerate(self.alignment.sentences)
            if s.start_s is not None and s.end_s is not None and s.end_s > s.start_s
        ]
        read = [(at, stretch) for at, stretch, status in there if status == "read"]
        return read or [(at, stretch) for at, stretch, _ in there]

    def _lost(self, one: Placed, wanted: frozenset[int]) -> str:
        """Return a word that is not heard once *one* is in its place; empty if all are."""
        sentences = self.alignment.sentences
        beside = [
            n
            for n in (one.sentence - 1, one.sentence + 1)
            if 0 <= n < len(sentences) and n not in wanted and sentences[n].status == "read"
        ]
        low, high = one.spot.start, one.spot.end
        for n in beside:
            low = min(low, cell_of(sentences[n].start_s or 0.0))
            high = max(high, cell_of(sentences[n].end_s or 0.0))
        low, high = max(0, low - _MARGIN), min(self.heard.pauses.cells, high + _MARGIN)
        made = spectra([self._joined(one, low, high)])
        around, begins = in_context(made, self.heard.spectra, low, high)
        model = self.places.planner.model

        start = begins + one.spot.start - low + one.spot.lead
        end = start + round(one.length_s * CELLS_PER_S) - one.spot.lead - one.spot.tail
        clauses = self.text.by_sentence[one.sentence]
        for first, _ in missing_words(around, start, end, clauses, model):
            return self.text.token(one.sentence, first)
        longer = round(one.length_s * CELLS_PER_S) - (one.spot.end - one.spot.start)
        for n in beside:
            read = sentences[n]
            a, b = cell_of(read.start_s or 0.0), cell_of(read.end_s or 0.0)
            moved = begins - low + (longer if a >= one.spot.end else 0)
            clauses = self.text.by_sentence.get(n, [])
            before = missing_words(self.heard.spectra, a, b, clauses, model)
            tokens = len(read.text.split())
            for first, last in missing_words(around, a + moved, b + moved, clauses, model):
                touched = first < _BESIDE if n > one.sentence else last >= tokens - _BESIDE
                if touched and (first, last) not in before:
                    return self.text.token(n, first)
        return ""

    def _joined(self, one: Placed, low: int, high: int) -> Floats:
        """Return the sound around *one* as it will be, for the aligner."""

        def between(start: int, end: int) -> list[Floats]:
            first = start // CELL
            samples = self.heard.samples(first, -(-end // CELL))
            return [samples[start - first * CELL : end - first * CELL]]

        def apart(piece: Piece) -> Floats:
            pcm = b"".join(decode(one.file, sample_rate_hz=SAMPLE_RATE_HZ, channels=1))
            start, end = (round(at * SAMPLE_RATE_HZ) for at in (piece.start_s, piece.end_s))
            return np.frombuffer(pcm, "<i2").astype(np.float32)[start:end]

        pieces = [
            Piece(low / CELLS_PER_S, one.spot.start / CELLS_PER_S),
            Piece(MARGIN_S, MARGIN_S + one.length_s, file=one.file),
            Piece(one.spot.end / CELLS_PER_S, high / CELLS_PER_S),
        ]
        return np.concatenate(list(spliced(pieces, between, apart, SAMPLE_RATE_HZ)))


def lay_narration(
    audio: Path,
    known: Recording,
    units: Sequence[Unit],
    *,
    work: Path,
    language: str,
    pronunciation: Mapping[str, str] | None = None,
    alignment: Alignment | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> PickupDesk:
    """Lay the recording *audio* beside its text, for fixes to come; *work* is a folder for work files.

    The *alignment* of the two is worked out where it is not known.

    Raises:
        UsageError: The aligner is not installed.
        RecordingError: It cannot be decoded, it is not the reading of this text, or that cannot be
            told: it is too noisy, or in a language that was not measured.
        FolderError: The disk is full.
    """
    heard, alignment = lay_beside(
        audio,
        known,
        units,
        speech_pcm=work / "narration.pcm",
        language=language,
        pronunciation=pronunciation,
        alignment=alignment,
        untouched=_UNTOUCHED,
        progress=progress,
    )
    texts = [s.text for s in alignment.sentences]
    text = Text(texts, clauses_of(texts, language, pronunciation))
    with acoustics.unhurried():
        model = acoustics.english()
        places = Places(Planner(heard, alignment, text.clauses, model))
    progress(1.0)
    return PickupDesk(audio, known, heard, alignment, places, Reader(text, model), work)


def known_fixes(
    fixes: Sequence[Path], *, apart_from: Sequence[Path]
) -> list[tuple[str, Path, Recording]]:
    """Return *fixes* as `with_fixes` takes them; *apart_from* are files that cannot be fixes.

    Raises:
        UsageError: A file is named twice, or is one of the others.
        RecordingError: One is no recording, or has several tracks.
    """
    by_content: dict[str, Path] = {}
    found = []
    for path in fixes:
        if any(other.exists() and path.samefile(other) for other in apart_from):
            raise UsageError(f"{path}: is also named as something else; {_UNTOUCHED}")
        known = the_track(path, remedy="export the sound of one, and use that")
        same = by_content.setdefault(files.sha256(path), path)
        if same is not path:
            raise UsageError(f"{path}: holds the same as {same}; name it once; {_UNTOUCHED}")
        found.append((str(path), path, known))
    return found


def refuse_fixes(fixes: Fixes) -> None:
    """Refuse a file in which nobody reads sentences again.

    Raises:
        RecordingError: It is silent, or so long that it is rather a whole recording.
    """
    if fixes.heard.duration_s > LONGEST_S:
        raise RecordingError(
            f"lasts {fixes.heard.duration_s / 60:.0f} minutes, and fixes {LONGEST_S / 60:.0f} at "
            "most; split it; nothing was changed",
            where=fixes.name,
        )
    if fixes.heard.pauses.sounding(0, fixes.heard.pauses.cells) < _LEAST_SOUND:
        raise RecordingError(
            "is silent; use the recording of the fixes; nothing was changed", where=fixes.name
        )


def _tones(heard: Listened, low: int, high: int) -> list[Stretch]:
    """Return the longest pauses between two cells; anywhere if there are none between them."""
    all_ = heard.pauses.stretches(_TONE_LEAST)
    near = [(a, b) for a, b in all_ if a >= low and b <= high] or all_
    longest = sorted(near, key=lambda s: s[0] - s[1])[:_TONES]
    return [_stretch(a + _TONE_IN, b - _TONE_IN) for a, b in longest]


def _stretch(start: int, end: int) -> Stretch:
    return start / CELLS_PER_S, end / CELLS_PER_S


def _warning(fitted: Fitted) -> str:
    """Return what a person should listen to in a pickup that is placed; empty if to nothing."""
    found = []
    if fitted.floor_db > _NOISY_DB:
        found.append(f"its room is {fitted.floor_db:.0f} dB noisier than the narration's")
    if fitted.spectrum_db > _FAR_DB:
        found.append(
            f"its sound is {fitted.spectrum_db:.0f} dB off the narration's even after matching"
        )
    return f"{' and '.join(found)}; listen to it" if found else ""


def _place(start_s: float | None) -> str:
    return "no place" if start_s is None else position(start_s)


def _begun(text: str) -> str:
    return shorten(text, 40)
