"""What could be cut out of an episode's recording: found once, shown with its waveform, decided on the page.

What was found lies in the cache until the recording or the column is another. A decision goes to
`edits.toml`; the next build makes the sound of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import digest
from columncast.episodes.disk.remembered import remembered
from columncast.episodes.errors import ConflictError, UsageError
from columncast.episodes.model.cuts import Cut, RecordingEdits, with_decisions
from columncast.episodes.model.found_cuts import LOUDEST, PEAKS_PER_S, FoundCuts
from columncast.episodes.show.edits_file import edits_text, read_edits
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder

Choice = Literal["cut", "keep", "open"]
"""`open`: nothing is decided."""
AROUND_S: Final = 3.0
"""Seconds that are seen before and after a cut, as `seam_sound` lets hear."""
_COLUMNS: Final = 600
"""Of the picture of the whole recording."""
_HIGH: Final = 48
_QUIET: Final = 40
"""What is no louder than that, -60 dBFS, is drawn as silence."""
_GONE: Final = (
    "the recording or the column has changed since its cuts were found; find them again; nothing was "
    "changed"
)


class _UnknownError(Exception):
    """Nothing was found yet, or of another recording."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """What lies on the cutting table of the page."""

    found: FoundCuts
    edits: RecordingEdits
    """What was decided about this recording."""

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """All cuts, those that were decided about as they were decided."""
        return with_decisions(self.found.cuts, self.edits.cuts)

    @property
    def saved_s(self) -> float:
        """By how much the sound is shorter with what is decided."""
        return sum(cut.saved_s for cut in self.cuts if cut.applied)


def find(
    folder: ShowFolder, episode: EpisodeFolder, find_cuts: Callable[[], FoundCuts]
) -> FoundCuts:
    """Return what could be cut out of *episode*, found by *find_cuts* where it is not known yet."""
    return remembered(_file(folder, episode), _key(episode), FoundCuts, find_cuts)


def table(folder: ShowFolder, episode: EpisodeFolder) -> Table | None:
    """Return what was found in *episode*, and what was decided; None where nobody has looked yet.

    Raises:
        SettingsError: `edits.toml` is damaged.
    """
    edits = read_edits(episode)

    def unknown() -> FoundCuts:
        raise _UnknownError

    with suppress(_UnknownError):
        return _laid(find(folder, episode, unknown), edits)
    return None


def _laid(found: FoundCuts, edits: RecordingEdits) -> Table:
    if (
        edits.recording_sha256 != found.recording_sha256
    ):  # a list of another recording means nothing
        edits = RecordingEdits()
    return Table(
        found=found,
        edits=replace(
            edits,
            recording_sha256=found.recording_sha256,
            duration_s=found.duration_s,
            tone_start_s=found.tone_start_s,
            tone_end_s=found.tone_end_s,
        ),
    )


def _file(folder: ShowFolder, episode: EpisodeFolder) -> Path:
    return folder.cache / "found-cuts" / f"{episode.slug}.json"


def _key(episode: EpisodeFolder) -> str:
    """What the cuts of *episode* depend on: its recording, its words, and how they are pronounced."""
    stamps = []
    for path in (episode.narration, episode.column):
        stat = path.stat()
        stamps.append((path.name, stat.st_mtime_ns, stat.st_size))
    return digest(*stamps, episode.facts.source.track)


def decide(root: Path, slug: str, start_ms: int, end_ms: int, choice: Choice) -> Cut:
    """Write to `edits.toml` what is decided about one cut of *slug*; return it so.

    Raises:
        ConflictError: The recording or the column is another by now; nothing was written.
        UsageError: There is no such cut, or it overlaps one that is made; nothing was written.
        BusyError: Another run is working on the show; nothing was written.
    """
    folder = ShowFolder(root)
    with folder.locked():
        episode = folder.episode(slug)
        laid = table(folder, episode)
        if laid is None:
            raise ConflictError(_GONE, where=slug)
        chosen = cut_at(laid, start_ms, end_ms)
        decided = replace(chosen, applied=choice == "cut", kept=choice == "keep")
        others = [cut for cut in laid.cuts if cut != chosen and (cut.applied or cut.kept)]
        cuts = [*others, decided] if choice != "open" else others
        cuts.sort(key=lambda cut: (cut.start_s, cut.end_s))
        for one, other in pairwise(cut for cut in cuts if cut.applied):
            if other.start_s < one.end_s:
                raise UsageError("it overlaps a cut that is made already; nothing was changed")
        edits = replace(laid.edits, cuts=tuple(cuts))
        if cuts or edits.pickups:
            files.write(episode.edits_file, edits_text(edits))
        else:
            episode.edits_file.unlink(missing_ok=True)
    return decided


def cut_at(laid: Table, start_ms: int, end_ms: int) -> Cut:
    """Return the cut between two moments of the recording.

    Raises:
        UsageError: There is none.
    """
    for cut in laid.cuts:
        if (milliseconds(cut.start_s), milliseconds(cut.end_s)) == (start_ms, end_ms):
            return cut
    raise UsageError("there is no such cut; load the page again; nothing was changed")


def milliseconds(second: float) -> int:
    """Return a moment as addresses and forms name it."""
    return round(second * 1000)


def waveform(laid: Table, cut: Cut) -> str:
    """Return the sound around *cut* as SVG, with what goes shaded."""
    start_s = max(0.0, cut.start_s - AROUND_S)
    end_s = min(laid.found.duration_s, cut.end_s + AROUND_S)
    peaks = laid.found.peaks[round(start_s * PEAKS_PER_S) : round(end_s * PEAKS_PER_S)]
    at, wide = (cut.start_s - start_s) * PEAKS_PER_S, (cut.end_s - cut.start_s) * PEAKS_PER_S
    return _svg(peaks, [(at, wide, cut)])


def overview(laid: Table) -> str:
    """Return the whole recording as SVG, with every cut where it lies."""
    peaks, most = laid.found.peaks, max(1, len(laid.found.peaks))
    step = max(1, -(-most // _COLUMNS))
    columns = bytes(max(peaks[at : at + step]) for at in range(0, len(peaks), step))
    scale = PEAKS_PER_S / step
    marks = [
        (cut.start_s * scale, max(1.0, (cut.end_s - cut.start_s) * scale), cut) for cut in laid.cuts
    ]
    return _svg(columns, marks)


def _svg(peaks: bytes, marks: Sequence[tuple[float, float, Cut]]) -> str:
    middle = _HIGH / 2
    rects = "".join(
        f'<rect class="{state(cut)}" x="{at:.1f}" y="0" width="{wide:.1f}" height="{_HIGH}"/>'
        for at, wide, cut in marks
    )
    bars = "".join(
        f"M{at}.5 {middle - half:.1f}v{2 * half:.1f}"
        for at, peak in enumerate(peaks)
        for half in (max(0.5, (peak - _QUIET) / (LOUDEST - _QUIET) * middle),)
    )
    return (
        f'<svg viewBox="0 0 {max(1, len(peaks))} {_HIGH}" preserveAspectRatio="none" '
        f'aria-hidden="true">{rects}<path d="{bars}"/></svg>'
    )


def state(cut: Cut) -> str:
    """Return how *cut* stands, in a word."""
    return "made" if cut.applied else "stays" if cut.kept else "open"
