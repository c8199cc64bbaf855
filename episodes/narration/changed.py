"""A text that was changed after it was read aloud: which sentences, when they are heard, what to do.

Compared are words, not typography. A sentence that was never heard has no reading to differ from; one
that was heard in part is believed once its new words are heard as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain
from typing import Literal

from columncast.episodes.model.alignment import AlignedSentence, Alignment, TimedWord
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.timecode import position
from columncast.episodes.narration.carried import pairs
from columncast.episodes.text.normalize import clip
from columncast.episodes.text.words import said

ChangeKind = Literal["changed", "new", "removed"]
_SHARE = 3
"""One word in so many of the shorter one has to be the same, for a sentence to come from another."""
_SHOWN = 80


@dataclass(frozen=True, kw_only=True)
class AsRead:
    """The sentences of a text when it was recorded, in their order."""

    sentences: tuple[str, ...]
    unsure: frozenset[int] = frozenset()
    """Those that were heard in part or in other words."""
    missing: frozenset[int] = frozenset()
    """Those that were not heard."""


@dataclass(frozen=True, kw_only=True)
class TextChange:
    """A sentence that is not the one that was read."""

    kind: ChangeKind
    text: str = ""
    """As it is; empty if it was removed."""
    was: str = ""
    """As it was read; empty if it is new."""
    before: str = ""
    """The sentence before it in the text, for whoever reads it again."""
    index: int | None = None
    """Of the sentence, in the text as it is; None if it was removed."""
    after: int = -1
    """Of the sentence before it; -1 at the start."""
    start_s: float | None = None
    """Where it is heard in the audio, or would be; None where nobody knows."""
    end_s: float | None = None

    @property
    def reason(self) -> str:
        """Why it has to be read again, in words; for one that was removed, why it has to go."""
        match self.kind:
            case "changed":
                return f"changed since the recording, which says “{self.was}”"
            case "new":
                return "not in the text when it was recorded"
            case _:
                return f"removed from the text since the recording, which says “{self.was}”"


def as_read(alignment: Alignment) -> AsRead:
    """Return what was heard in *alignment*, which is of the text as it was then."""
    asked = [one for one in alignment.sentences if not one.optional]
    return AsRead(
        sentences=tuple(one.text for one in asked),
        unsure=frozenset(at for at, one in enumerate(asked) if one.status == "unsure"),
        missing=frozenset(at for at, one in enumerate(asked) if one.status == "missing"),
    )


def text_changes(
    then: AsRead, now: Alignment, read_again: Iterable[str] = ()
) -> tuple[TextChange, ...]:
    """Return what differs between the text as it was read and as it is *now*, in its order.

    What was *read_again* since, in pickups, differs no more.
    """
    if now.verdict != "ok":
        return ()
    again = [said(text) for text in read_again]
    found = sorted(_changes(then, now), key=lambda one: (one.after, one.kind != "removed"))
    return tuple(one for one in found if not (one.text and _within(said(one.text), again)))


def without_unread(alignment: Alignment, changes: Sequence[TextChange]) -> Alignment:
    """Return *alignment* without a time for any word that the recording does not have.

    The aligner lays every text; that a word was changed after it was read, it cannot hear.
    """
    sentences = list(alignment.sentences)
    for change in changes:
        if change.index is not None:
            one = sentences[change.index]
            sentences[change.index] = (
                _unread(one) if change.kind == "new" else _in_part(one, change)
            )
    return replace(alignment, sentences=tuple(sentences))


def change_notices(changes: Sequence[TextChange]) -> tuple[Notice, ...]:
    """Return a warning for each of *changes*, with what to do."""
    return tuple(_told(change) for change in changes)


_DO = "columncast pickup reads it again, a correction note tells listeners, or accept it"


def _told(change: TextChange) -> Notice:
    now, was = clip(change.text, _SHOWN), clip(change.was, _SHOWN)
    where = "" if change.start_s is None else position(change.start_s)
    about = f"{change.was}\n{change.text}"
    match change.kind:
        case "changed":
            message = f"the text says “{now}”, and the recording “{was}”; {_DO}"
            return Notice(code="text-changed", message=message, where=where, about=about)
        case "new":
            message = f"“{now}” came into the text after the recording; {_DO}"
            return Notice(code="text-new", message=message, where=where, about=about)
        case _:
            message = (
                f"“{was}” is no longer in the text, and still heard; columncast cut takes it out, "
                "a correction note tells listeners, or accept it"
            )
            return Notice(code="text-removed", message=message, where=where, about=about)


def _changes(then: AsRead, now: Alignment) -> Iterator[TextChange]:
    old = [said(text) for text in then.sentences]
    # What need not be read, as a table, may be changed without a word to anybody.
    known = [(at, one) for at, one in enumerate(now.sentences) if not one.optional]
    new = [said(one.text) for _, one in known]
    a_keys, b_keys = [" ".join(each) for each in old], [" ".join(each) for each in new]
    for what, a, a_end, b, b_end in SequenceMatcher(
        None, a_keys, b_keys, autojunk=False
    ).get_opcodes():
        words = (list(chain(*old[a:a_end])), list(chain(*new[b:b_end])))
        if what != "equal" and words[0] != words[1]:
            begins = known[b - 1][0] if b else -1
            region = _Region(then, now, range(a, a_end), known[b:b_end], begins=begins)
            yield from region.changes()


class _Region:
    """Sentences as they were read, and those in their place."""

    def __init__(
        self,
        then: AsRead,
        now: Alignment,
        old: range,
        new: Sequence[tuple[int, AlignedSentence]],
        *,
        begins: int,
    ) -> None:
        self.then, self.now, self.old, self.new, self.begins = then, now, old, new, begins
        self.known = [said(text) for text in then.sentences]
        self.came = self._came()

    def changes(self) -> Iterator[TextChange]:
        for at, one in self.new:
            sources = [a for a in self.old if at in self.came[a]]
            was = " ".join(self.then.sentences[a] for a in sources)
            if not said(one.text) or said(was) == said(one.text):
                continue
            doubts = self.then.unsure | self.then.missing
            # The aligner heard this, where it was not sure of what stood here before.
            moved = not sources and said(one.text) in self.known
            if one.status == "read" and not moved and all(a in doubts for a in sources):
                continue
            if sources and all(a in self.then.missing for a in sources):
                continue  # never read: the narration check says so
            yield self._at(at, one, was)
        for a in self.old:
            heard = a not in self.then.unsure | self.then.missing
            if heard and not self.came[a] and said(self.then.sentences[a]):
                yield self._removed(a)

    def _came(self) -> dict[int, set[int]]:
        """What each old sentence has become: the new ones that share a good part of its words."""
        old = [(word, a) for a in self.old for word in said(self.then.sentences[a])]
        new = [(word, at) for at, one in self.new for word in said(one.text)]
        shared: dict[tuple[int, int], int] = {}
        for left, right in pairs([word for word, _ in old], [word for word, _ in new]):
            key = (old[left][1], new[right][1])
            shared[key] = shared.get(key, 0) + 1
        length = {at: len(said(one.text)) for at, one in self.new}
        found: dict[int, set[int]] = {a: set() for a in self.old}
        for (a, at), number in shared.items():
            if _SHARE * number >= min(len(said(self.then.sentences[a])), length[at]):
                found[a].add(at)
        return found

    def _at(self, at: int, one: AlignedSentence, was: str) -> TextChange:
        start_s, end_s = one.start_s, one.end_s
        if start_s is None:
            start_s = end_s = self._end_before(at)
        return TextChange(
            kind="changed" if was else "new",
            text=one.text,
            was=was,
            before=self.now.sentences[at - 1].text if at else "",
            index=at,
            after=at - 1,
            start_s=start_s,
            end_s=end_s,
        )

    def _removed(self, a: int) -> TextChange:
        earlier = [at for other in self.old if other < a for at in self.came[other]]
        after = max(earlier, default=self.begins)
        spoken = next(
            (e for e in self.now.extras if e.after == after and e.kind in ("ad-lib", "retake")),
            None,
        )
        start_s = spoken.start_s if spoken else self._end_before(after + 1)
        return TextChange(
            kind="removed",
            was=self.then.sentences[a],
            before=self.now.sentences[after].text if after >= 0 else "",
            after=after,
            start_s=start_s,
            end_s=spoken.end_s if spoken else start_s,
        )

    def _end_before(self, at: int) -> float | None:
        ends = [one.end_s for one in self.now.sentences[:at] if one.end_s is not None]
        return ends[-1] if ends else None


def _within(words: Sequence[str], texts: Iterable[Sequence[str]]) -> bool:
    """Whether one of *texts* says the *words* in a row."""
    wanted = f" {' '.join(words)} "
    return any(wanted in f" {' '.join(text)} " for text in texts)


def _unread(one: AlignedSentence) -> AlignedSentence:
    words = tuple(TimedWord(text=word.text) for word in one.words)
    return replace(one, start_s=None, end_s=None, status="missing", band="look", words=words)


def _in_part(one: AlignedSentence, change: TextChange) -> AlignedSentence:
    was = [" ".join(said(token)) for token in change.was.split()]
    now = [" ".join(said(word.text)) for word in one.words]
    kept = {b for _, b in pairs(was, now)}
    words = tuple(
        word if at in kept else TimedWord(text=word.text) for at, word in enumerate(one.words)
    )
    starts = [word.start_s for word in words if word.start_s is not None]
    ends = [word.end_s for word in words if word.end_s is not None]
    if not starts or not ends:
        return _unread(one)
    return replace(
        one, words=words, start_s=min(starts), end_s=max(ends), status="unsure", band="look"
    )
