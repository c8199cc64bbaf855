"""Read-along: a text laid beside its master, and remembered.

What is worked out is kept by the sound and the text it was worked out from, so a new title or a
new cover costs nothing. Without the aligner (some machines have no wheel of it) everything else works, and says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec

from columncast.audio.align.method import METHOD, available, can_align
from columncast.audio.enclosures.enclosure import Mastered
from columncast.audio.enclosures.passthrough import Passthrough
from columncast.audio.enclosures.recorded import Recorded
from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import digest
from columncast.episodes.errors import UsageError
from columncast.episodes.format import how_to_install
from columncast.episodes.model.alignment import Alignment, Extra, Unit
from columncast.episodes.model.episode import Master
from columncast.episodes.model.notice import Notice

_MISSING = f"aligning needs pocketsphinx; run: {how_to_install('pocketsphinx')}"


def read_along(
    units: Sequence[Unit],
    sound: Mastered | Passthrough,
    *,
    language: str,
    pronunciation: Mapping[str, str],
    cache: Path,
    recorded: Recorded | None = None,
    former: Iterable[Sequence[Unit]] = (),
    progress: Callable[[float], None],
) -> Alignment | None:
    """Return *units* laid beside *sound*; None where there is nothing to do it with.

    Where something is edited in what was *recorded*, how they lie in that is led through the edits.

    What an earlier version laid as one of *former*, the same text taken otherwise, still holds.

    Raises:
        RecordingError: The audio cannot be decoded.
    """

    def cache_file(told: Sequence[Unit]) -> Path:
        facts = (METHOD, sound.made_from, sound.path.suffix, told, language, dict(pronunciation))
        # Only columns that have any are laid again: what was worked out for others still holds.
        asides = [at for at, unit in enumerate(told) if unit.optional]
        key = digest(*facts, *([asides] if asides else []))[:32]
        return cache / "aligned" / f"{key}.json"

    for told in (*former, units):
        with suppress(OSError, msgspec.DecodeError):  # not done yet, or by another version
            return msgspec.json.decode(cache_file(told).read_bytes(), type=Alignment)
    if not can_align(language):
        return None
    if recorded and recorded.edits.is_heard and isinstance(sound, Mastered):
        aligned = _led_through(recorded, sound, progress)
    else:
        from columncast.audio.align.door import align  # noqa: PLC0415 - numpy: 0.1 s, 20 MB

        aligned = align(
            sound.path,
            units,
            speech_pcm=sound.speech_pcm if isinstance(sound, Mastered) else None,
            language=language,
            pronunciation=pronunciation,
            progress=progress,
        )
    if isinstance(sound, Mastered):
        aligned = _own_parts_named(aligned, sound.master)
    files.write(cache_file(units), msgspec.json.encode(aligned))
    return aligned


def _led_through(
    recorded: Recorded, sound: Mastered, progress: Callable[[float], None]
) -> Alignment:
    """Return how the text lies in *sound*, by how it lies in what was *recorded*."""
    from columncast.audio.align.door import heard_in  # noqa: PLC0415 - numpy, as above
    from columncast.audio.editing.followed import followed  # noqa: PLC0415

    aligned = recorded.alignment(lambda done: progress(0.8 * done))
    if aligned.verdict != "ok":
        return replace(aligned, duration_s=sound.master.duration_s)
    led = followed(
        aligned,
        recorded.edits,
        heard_in(sound.path, speech_pcm=sound.speech_pcm),
        offset_s=sound.master.offset_s,
        pronunciation=recorded.pronunciation,
    )
    progress(1.0)
    return replace(led, extras=(*_own_parts(sound.master, led.duration_s), *led.extras))


def _own_parts(master: Master, duration_s: float) -> Iterator[Extra]:
    """Yield what the show itself put before and after the recording, as sound beside the text."""
    ends_s = master.offset_s + len(master.source_short_term_lufs)
    if "intro joined" in master.steps and master.offset_s > 0:
        yield Extra(start_s=0.0, end_s=round(master.offset_s, 2), kind="intro")
    if "outro joined" in master.steps and ends_s < duration_s:
        yield Extra(start_s=round(ends_s, 2), end_s=round(duration_s, 2), kind="outro")


def _own_parts_named(alignment: Alignment, master: Master) -> Alignment:
    """Call what the show itself put before and after the recording an intro and an outro."""
    begins_s, steps = master.offset_s, master.steps
    ends_s = begins_s + len(master.source_short_term_lufs)
    named = tuple(
        replace(extra, kind="intro")
        if "intro joined" in steps and extra.start_s < begins_s
        else replace(extra, kind="outro")
        if "outro joined" in steps and extra.start_s > ends_s
        else extra
        for extra in alignment.extras
    )
    return replace(alignment, extras=named)


def missing_extra() -> tuple[Notice, ...]:
    """Return a note if aligning is not installed, else nothing."""
    if available():
        return ()
    message = f"there is no transcript: {_MISSING}"
    return (Notice(code="align-missing", message=message, severity="note"),)


def need_the_aligner() -> None:
    """Say it if aligning is not installed.

    Raises:
        UsageError: It is not.
    """
    if not available():
        raise UsageError(_MISSING)
