"""Warnings that an editor lets be: found again by their text, written to `episode.toml`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, replace

from columncast.episodes.errors import UsageError
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.column import Column
from columncast.episodes.model.notice import Acceptance, Notice, with_acceptances
from columncast.episodes.model.timecode import read_clock
from columncast.episodes.show.facts import Facts
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.show.toml import change_facts
from columncast.episodes.text.normalize import one_line

REASON_CHARACTERS = 500
_LINE = re.compile(r"line (\d+)")
_TIME = re.compile(r"\d+(?::\d\d){1,2}")


def looked_over(
    notices: Iterable[Notice], facts: Facts, column: Column, alignment: Alignment | None
) -> tuple[Notice, ...]:
    """Return *notices* with the words that each is about, and with what *facts* accept of them."""
    at_line, at_second = _by_line(column), _by_second(alignment)
    told = []
    for notice in notices:
        about = notice.about
        line = None if about else _LINE.fullmatch(notice.where)
        if line:
            about = at_line(int(line[1]))
        elif not about and _TIME.fullmatch(notice.where):
            about = at_second(read_clock(notice.where))
        told.append(replace(notice, about=about))
    return with_acceptances(told, facts.accepted)


def _by_line(column: Column) -> Callable[[int], str]:
    """Return what tells the words of the paragraph in which a line stands."""
    blocks = sorted((b for b in column.blocks if b.line), key=lambda block: block.line)
    starts = [block.line for block in blocks]

    def words(line: int) -> str:
        at = bisect_right(starts, line) - 1
        return one_line(blocks[at].text) if at >= 0 else ""

    return words


def _by_second(alignment: Alignment | None) -> Callable[[float], str]:
    """Return what tells the sentence that is heard at a second, or last before it."""
    heard = [
        (sentence.start_s, sentence.text)
        for sentence in (alignment.sentences if alignment else ())
        if sentence.start_s is not None
    ]
    starts = [start_s for start_s, _ in heard]

    def words(second: float) -> str:
        at = bisect_right(starts, second + 1) - 1  # times are told in whole seconds
        return heard[at][1] if at >= 0 else ""

    return words


def accept(
    episode_dir: EpisodeFolder, notices: Iterable[Notice], *, reason: str
) -> tuple[Notice, ...]:
    """Write to `episode.toml` that *notices* are let be, and why; return them so.

    Raises:
        UsageError: There is no reason, or one of them is no warning; nothing was written.
    """
    why = one_line(reason)
    if not why or len(why) > REASON_CHARACTERS:
        raise UsageError(
            f"a warning is accepted with a reason of 1 to {REASON_CHARACTERS} characters; "
            "nothing was changed"
        )
    accepted = tuple(notices)
    for notice in accepted:
        if notice.severity != "warning":
            raise UsageError(
                f"{notice.code} is {_kind(notice)}, which nobody can accept; nothing was changed"
            )
    marks = {(notice.code, notice.mark) for notice in accepted}
    kept = [one for one in episode_dir.facts.accepted if (one.code, one.mark) not in marks]
    new = [
        Acceptance(code=code, mark=mark, reason=why)
        for code, mark in dict.fromkeys((notice.code, notice.mark) for notice in accepted)
    ]
    _write(episode_dir, (*kept, *new))
    return tuple(replace(notice, accepted=why) for notice in accepted)


def take_back(episode_dir: EpisodeFolder, marks: Collection[str]) -> None:
    """Write to `episode.toml` that the warnings with *marks* are no longer let be."""
    _write(episode_dir, [one for one in episode_dir.facts.accepted if one.mark not in marks])


def _write(episode_dir: EpisodeFolder, acceptances: Collection[Acceptance]) -> None:
    change_facts(episode_dir, {"accepted": [asdict(one) for one in acceptances] or None})


def _kind(notice: Notice) -> str:
    return "an error" if notice.severity == "error" else "a note"
