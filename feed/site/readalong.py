"""When each word of a page's text is spoken: what the player fetches when play begins.

Nothing is written into the text itself. Its words are counted, here and in `static/player.js`
alike: what stands between spaces, blocks and line breaks, without the marks of footnotes. The times
name them by their number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html.parser import HTMLParser

from columncast.episodes.model.alignment import AlignedSentence, Alignment

VERSION = 1
"""Of what scripts fetch; a higher one is for a form that earlier scripts could not read."""
INLINE = frozenset(
    "a abbr b bdi cite code del em i ins mark q s small span strong sup u wbr".split()  # noqa: SIM905 - as the script has it
)
"""The elements that may begin or end within a word."""
_SPACES = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_PIECES = re.compile(f"[{_SPACES}]+|[^{_SPACES}]+")
"""By white space as ECMAScript knows it (tc39.es/ecma262, WhiteSpace and LineTerminator)."""
_IS_SPACE = re.compile(f"[{_SPACES}]")


@dataclass
class _Words(HTMLParser):
    """Counts the words of safe HTML."""

    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._inside = False
        self._notes = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's own shape
        self._edge(tag)
        self._notes += tag == "sup"

    def handle_endtag(self, tag: str) -> None:
        self._notes -= tag == "sup"
        self._edge(tag)

    def handle_data(self, data: str) -> None:
        for piece in _PIECES.findall(data):
            if _IS_SPACE.match(piece):
                self._inside = False
            elif self._notes:
                continue  # the mark of a footnote is not a word of the sentence
            elif self._inside:
                self.words[-1] += piece
            else:
                self.words.append(piece)
                self._inside = True

    def _edge(self, tag: str) -> None:
        if tag not in INLINE:
            self._inside = False


def words_of(text_html: str) -> list[str]:
    """Return the words of safe HTML in their order.

    >>> words_of("<p>The <em>lo</em>ng wall<sup>1</sup>,<br>they</p>")
    ['The', 'long', 'wall,', 'they']
    """
    parser = _Words()
    parser.feed(text_html)
    parser.close()
    return parser.words


def word_times(alignment: Alignment, text_html: str) -> str:
    """Return when the words of *text_html* are spoken, as JSON; empty where none has a time.

    `{"version": 1, "words": N, "sentences": [[first, last, [offset, start, length, …]], …]}`: how
    many words the text has, and for each sentence its first and last word and, word by word, its
    number from the first, when it begins and how long it takes, in hundredths of a second.
    """
    words = words_of(text_html)
    places: dict[int, list[tuple[int, int, int]]] = {}
    spans: dict[int, tuple[int, int]] = {}
    for at, sentence, word in _matched(words, alignment.sentences):
        first, _ = spans.get(sentence, (at, at))
        spans[sentence] = (first, at)
        timed = alignment.sentences[sentence].words[word]
        if timed.start_s is not None and timed.end_s is not None:
            start = round(timed.start_s * 100)
            length = max(1, round(timed.end_s * 100) - start)
            places.setdefault(sentence, []).append((at - first, start, length))
    if not places:
        return ""
    sentences = [
        [*spans[sentence], [number for place in placed for number in place]]
        for sentence, placed in places.items()
    ]
    return as_json({"version": VERSION, "words": len(words), "sentences": sentences})


def sentence_times(alignment: Alignment) -> str:
    """Return the sentences that are read aloud, as JSON; empty where none has a time.

    `{"version": 1, "sentences": [[text, start, end], …]}`, in the order of the column, with times in
    hundredths of a second: for the publisher's article, in which `static/listen.js` finds them. No
    word is in it that the transcript does not show.
    """
    timed = [
        [sentence.text, round(sentence.start_s * 100), round(sentence.end_s * 100)]
        for sentence in alignment.sentences
        if sentence.start_s is not None and sentence.end_s is not None
    ]
    return as_json({"version": VERSION, "sentences": timed}) if timed else ""


def as_json(value: object) -> str:
    """Return *value* as scripts fetch it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _matched(
    words: Sequence[str], sentences: Sequence[AlignedSentence]
) -> list[tuple[int, int, int]]:
    """Return which word of the page is which of a sentence's: all three by their numbers."""
    read = [(w.text, i, n) for i, s in enumerate(sentences) for n, w in enumerate(s.words)]
    matcher = SequenceMatcher(None, words, [text for text, _, _ in read], autojunk=False)
    return [
        (a + k, *read[b + k][1:])
        for a, b, size in matcher.get_matching_blocks()
        for k in range(size)
    ]
