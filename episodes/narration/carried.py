"""A text that was changed after it was laid beside its recording: times stay where the words do.

Nothing is invented: a word that is new has no time, a sentence none of whose words was there is
missing. Typography is no change (`text/words`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain, groupby

from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra, TimedWord, Unit
from columncast.episodes.text.sentences import split_sentences
from columncast.episodes.text.words import said

Pair = tuple[int, int]
_WITH_TIMES = ("ok", "hard")
"""Verdicts with which the text is in the recording."""
_SHARE = 3
"""One word in so many of the shorter one has to be the same, for a sentence to come from another."""


def laid(units: Sequence[Unit], alignment: Alignment | None, *, language: str = "") -> Alignment:
    """Return *units*, in a *language*, as sentences, with the times that *alignment*, perhaps of another text, knows.

    What it knows nothing of, as everything where it is None, has no times.
    """
    if alignment is None or alignment.verdict not in _WITH_TIMES:
        whole = [_Part(unit, {}, {}, language) for unit in units]
        made = [one for part in whole for one, _ in part.sentences()]
        return replace(alignment or Alignment(sentences=()), sentences=tuple(made), extras=())
    if _same(units, alignment):
        return alignment
    former = _grouped(alignment)
    parts = _parted(units, former, language)
    made = []
    came: dict[int, int] = {}
    for part in parts:
        for sentence, sources in part.sentences():
            came |= dict.fromkeys(sources, len(made))
            made.append(sentence)
    return replace(alignment, sentences=tuple(made), extras=tuple(_extras(alignment.extras, came)))


def pairs(former: Sequence[object], now: Sequence[object]) -> Iterator[Pair]:
    """Yield the indices of what is the same in *former* and *now*, in order."""
    # What is common is not junk here: most words of a text are.
    for block in SequenceMatcher(None, former, now, autojunk=False).get_matching_blocks():
        yield from ((block.a + at, block.b + at) for at in range(block.size))


@dataclass(frozen=True)
class _Word:
    """A word of the alignment, and the index of its sentence."""

    word: TimedWord
    sentence: int

    @property
    def key(self) -> str:
        return " ".join(said(self.word.text))


@dataclass(frozen=True)
class _Token:
    """A word of the text as it is: which of the units it is in, and its index there."""

    unit: int
    number: int
    key: str


@dataclass(frozen=True)
class _Former:
    """A heading or a paragraph as it was laid."""

    sentences: tuple[tuple[int, AlignedSentence], ...]

    @property
    def key(self) -> str:
        return " ".join(said(" ".join(one.text for _, one in self.sentences)))

    def is_still(self, unit: Unit) -> bool:
        """Whether *unit* has its very text."""
        return " ".join(one.text for _, one in self.sentences).split() == unit.text.split()

    @property
    def by_sentence(self) -> list[list[_Word]]:
        return [[_Word(word, at) for word in one.words] for at, one in self.sentences]


@dataclass(frozen=True)
class _Part:
    """A heading or a paragraph as it is now."""

    unit: Unit
    found: dict[int, _Word]
    """What its words are in the alignment, by their index; none has two, and no two have one."""
    status: dict[int, AlignedSentence]
    """The sentences that those are of."""
    language: str

    def sentences(self) -> Iterator[tuple[AlignedSentence, set[int]]]:
        """Yield its sentences, each with the indices of those that it comes from."""
        texts = _texts(
            self.unit, [self.status[at].text for at in sorted(self.status)], self.language
        )
        tokens = [(at, token) for at, text in enumerate(texts) for token in text.split()]
        shared = Counter((tokens[b][0], word.sentence) for b, word in self.found.items())
        # A word or two that two sentences have in common make neither of them the other.
        found = {
            b: word
            for b, word in self.found.items()
            if _SHARE * shared[tokens[b][0], word.sentence]
            >= min(len(said(texts[tokens[b][0]])), len(said(self.status[word.sentence].text)))
        }
        for at, text in enumerate(texts):
            mine = [(number, token) for number, (of, token) in enumerate(tokens) if of == at]
            timed = tuple(
                replace(found[number].word, text=token)
                if number in found
                else TimedWord(text=token)
                for number, token in mine
            )
            sources = {found[number].sentence for number, _ in mine if number in found}
            yield (
                self._sentence(text, timed, [self.status[source] for source in sorted(sources)]),
                sources,
            )

    def _sentence(
        self, text: str, words: tuple[TimedWord, ...], sources: Sequence[AlignedSentence]
    ) -> AlignedSentence:
        made = AlignedSentence(
            text=text,
            words=words,
            paragraph=self.unit.paragraph,
            heading=self.unit.heading,
            optional=self.unit.optional,
        )
        if len(sources) == 1 and said(sources[0].text) == said(text):
            return replace(
                sources[0],
                text=text,
                words=words if len(words) == len(sources[0].words) else sources[0].words,
                paragraph=made.paragraph,
                heading=made.heading,
            )
        starts = [word.start_s for word in words if word.start_s is not None]
        ends = [word.end_s for word in words if word.end_s is not None]
        if not starts or not ends:
            return made
        return replace(made, start_s=min(starts), end_s=max(ends), status="unsure")


@dataclass(frozen=True)
class _Still:
    """A heading or a paragraph that nobody changed."""

    unit: Unit
    former: _Former

    def sentences(self) -> Iterator[tuple[AlignedSentence, set[int]]]:
        """Yield its sentences, each with its own index."""
        for at, one in self.former.sentences:
            yield replace(one, paragraph=self.unit.paragraph, heading=self.unit.heading), {at}


def _same(units: Sequence[Unit], alignment: Alignment) -> bool:
    """Whether *alignment* is of the very text of *units*, paragraph by paragraph."""
    then, now = defaultdict[int, str](str), defaultdict[int, str](str)
    for sentence in alignment.sentences:
        then[sentence.paragraph] += "".join(sentence.text.split())
    for unit in units:
        now[unit.paragraph] += "".join(unit.text.split())
    return then == now


def _grouped(alignment: Alignment) -> list[_Former]:
    numbered = enumerate(alignment.sentences)
    groups = groupby(numbered, key=lambda each: (each[1].paragraph, each[1].heading))
    return [_Former(tuple(group)) for _, group in groups]


def _parted(
    units: Sequence[Unit], former: Sequence[_Former], language: str
) -> Iterator[_Part | _Still]:
    """Yield each unit with what it comes from: the same one, or what stood in its place."""
    keys, now = [one.key for one in former], [" ".join(said(unit.text)) for unit in units]
    for what, a, a_end, b, b_end in SequenceMatcher(None, keys, now, autojunk=False).get_opcodes():
        if what == "equal":
            for at in range(b_end - b):
                unit, then = units[b + at], former[a + at]
                if then.is_still(unit):
                    yield _Still(unit, then)
                else:
                    yield from _shared([unit], [then], language)
        else:
            yield from _shared(units[b:b_end], former[a:a_end], language)


def _shared(units: Sequence[Unit], former: Sequence[_Former], language: str) -> Iterator[_Part]:
    """Yield *units* that took the place of *former* ones, each with its share of their words."""
    then = [one for each in former for one in each.by_sentence]
    now = [one for at, unit in enumerate(units) for one in _tokens(at, unit, language)]
    found: dict[int, dict[int, _Word]] = {}
    keys = [" ".join(filter(None, (word.key for word in one))) for one in then]
    now_keys = [" ".join(filter(None, (token.key for token in one))) for one in now]
    matcher = SequenceMatcher(None, keys, now_keys, autojunk=False)
    for what, a, a_end, b, b_end in matcher.get_opcodes():
        # A sentence that is the same keeps its own words, whatever is new beside it.
        spans = (
            [(a + at, a + at + 1, b + at, b + at + 1) for at in range(a_end - a)]
            if what == "equal"
            else [(a, a_end, b, b_end)]
        )
        for begin, end, here, there in spans:
            words, tokens = list(chain(*then[begin:end])), list(chain(*now[here:there]))
            for left, right in pairs([w.key for w in words], [t.key for t in tokens]):
                if words[left].key:
                    token = tokens[right]
                    found.setdefault(token.unit, {})[token.number] = words[left]
    known = dict(one for each in former for one in each.sentences)
    for at, unit_now in enumerate(units):
        mine = found.get(at, {})
        status = {word.sentence: known[word.sentence] for word in mine.values()}
        yield _Part(unit_now, mine, status, language)


def _tokens(at: int, unit: Unit, language: str) -> Iterator[list[_Token]]:
    """Yield the words of *unit*, the one with the index *at*, sentence by sentence."""
    number = 0
    for text in split_sentences(" ".join(unit.text.split()), language):
        tokens = text.split()
        yield [_Token(at, number + n, " ".join(said(token))) for n, token in enumerate(tokens)]
        number += len(tokens)


def _texts(unit: Unit, known: Sequence[str], language: str) -> list[str]:
    """The sentences of *unit*, cut where those that are *known* were cut, if it has their words."""
    tokens = unit.text.split()
    if known and said(" ".join(known)) == said(unit.text):
        cut, at = [], 0
        for text in known[:-1]:
            wanted, taken = said(text), list[str]()
            while at < len(tokens) and len(said(" ".join(taken))) < len(wanted):
                taken.append(tokens[at])
                at += 1
            cut.append(" ".join(taken))
        cut.append(" ".join(tokens[at:]))
        return [text for text in cut if text]
    return split_sentences(" ".join(unit.text.split()), language)


def _extras(extras: Iterable[Extra], came: dict[int, int]) -> Iterator[Extra]:
    """Yield *extras* after the sentences that those before them have become; *came* says which."""
    for extra in extras:
        before = [now for then, now in came.items() if then <= extra.after]
        yield replace(extra, after=max(before, default=-1))
