"""The column's text with the time of each word, for reading along while it plays.

Every word of the page's own HTML that was read is wrapped in a `<span class="ra-word" data-s
data-e data-n>` (seconds, and the number of its sentence); each sentence starts with a link to its
time, which works without JavaScript (w3.org/TR/media-frags: `#t=12.5`). The script
`readalong.js` lights the words up; nothing here is inline, so a strict Content-Security-Policy
holds. For the editor the narration check is shown in place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra
from columncast.episodes.model.timecode import position
from columncast.episodes.narration.check import narration_notices
from columncast.episodes.text.template import render, safe, shipped

SCRIPT = "readalong.js"
STYLE = "readalong.css"
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "cite",
        "code",
        "del",
        "em",
        "i",
        "ins",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "u",
        "wbr",
    ]
)
_LINK = re.compile(r"<a[\s>]", re.IGNORECASE)
_EXTRA_NAMES = {
    "jingle": "music",
    "intro": "introduction, not in the column",
    "ad-lib": "said, not in the column",
    "retake": "said twice",
    "outro": "closing words, not in the column",
}


@dataclass
class _Token:
    """A word of the page, which markup may cut into several runs of text."""

    text: str = ""
    sentence: int = -1
    start_s: float | None = None
    end_s: float | None = None
    last_run: int = -1


@dataclass
class _Run:
    """A piece of the page: markup and spaces as they are, or a part of a token."""

    html: str
    token: _Token | None = None


@dataclass
class _Page(HTMLParser):
    """Cuts safe HTML into runs and tokens, losing nothing."""

    runs: list[_Run] = field(default_factory=list)
    tokens: list[_Token] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: _Token | None = None
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's own shape
        self._markup(tag, self.get_starttag_text() or "")
        self._mute += tag == "sup"

    def handle_startendtag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as above
        self._markup(tag, self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._markup(tag, f"</{tag}>")
        self._mute -= tag == "sup"

    def handle_data(self, data: str) -> None:
        rest = data
        while rest:
            bare = rest.lstrip()
            if spaces := rest[: len(rest) - len(bare)]:
                self.runs.append(_Run(spaces))
                self._open = None
            piece = bare.split(maxsplit=1)[0] if bare else ""
            if piece:
                self._piece(piece)
            rest = bare[len(piece) :]

    def _piece(self, piece: str) -> None:
        if self._mute:  # the mark of a footnote is not a word of the sentence
            self.runs.append(_Run(escape(piece, quote=False)))
            return
        if self._open is None:
            self._open = _Token()
            self.tokens.append(self._open)
        self._open.text += piece
        self._open.last_run = len(self.runs)
        self.runs.append(_Run(escape(piece, quote=False), self._open))

    def _markup(self, tag: str, html: str) -> None:
        self.runs.append(_Run(html))
        if tag not in _INLINE and tag != "sup":
            self._open = None


def render_readalong(
    alignment: Alignment,
    text_html: str,
    *,
    audio_url: str,
    check: bool = False,
    templates: Path | None = None,
) -> str:
    """Return the part of an episode's page that holds its text, ready to be read along.

    *text_html* is the column as safe HTML; *audio_url* is where the page plays the audio from.
    With *check*, what was not read, or is not in the column, is marked in its place.

    Raises:
        SettingsError: The template in the show's folder *templates* is wrong.
    """
    own = templates / "readalong.html" if templates else None
    template = (
        own.read_text(encoding="utf-8")
        if own and own.is_file()
        else shipped("columncast.feed.site", "readalong.html")
    )
    return render(
        template,
        where="templates/readalong.html",
        text=safe(timed_html(alignment, text_html, audio_url=audio_url, check=check)),
        timed=alignment.verdict == "ok",
        check=check,
        notices=narration_notices(alignment) if check else (),
    )


def timed_html(alignment: Alignment, text_html: str, *, audio_url: str, check: bool = False) -> str:
    """Return *text_html* with the times of *alignment* in it; unchanged where there are none."""
    if alignment.verdict != "ok":
        return text_html
    page = _Page()
    page.feed(text_html)
    page.close()
    _give_times(page.tokens, alignment.sentences)
    out, seen = _Out(), set()
    extras = _by_sentence(alignment.extras) if check else {}
    ends = {t.sentence: t.last_run for t in page.tokens if t.sentence >= 0}
    first = min(ends, default=-1)
    for number, run in enumerate(page.runs):
        token = run.token
        if token is None or token.sentence < 0:
            out.add(run.html)
            continue
        sentence = alignment.sentences[token.sentence]
        if token.sentence not in seen:
            seen.add(token.sentence)
            if token.sentence == first:
                before = [e for n in range(-1, first) for e in extras.pop(n, [])]
                out.before_link([_extra_link(e, audio_url) for e in before])
            out.before_link([_sentence_link(sentence, audio_url, check=check)])
        out.add(_word(run.html, token, sentence, check=check))
        if number == ends[token.sentence]:
            out.after_link([_extra_link(e, audio_url) for e in extras.pop(token.sentence, [])])
    return "".join(out.parts)


class _Out:
    """The page as it is written; a link of ours never stands in one of the column's.

    A browser ends a link where another begins (html.spec.whatwg.org, 13.2.6.4.7), so one that
    begins a sentence would lead nowhere.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._link = -1  # where the link begins that is open
        self._waiting: list[str] = []

    def add(self, html: str) -> None:
        if _LINK.match(html):
            self._link = len(self.parts)
        self.parts.append(html)
        if html.lower() == "</a>":
            self._link = -1
            self.parts += self._waiting
            self._waiting = []

    def before_link(self, links: Sequence[str]) -> None:
        """Write *links* here, or before the column's link that is open here."""
        if self._link < 0:
            self.parts += links
        else:
            self.parts[self._link : self._link] = links
            self._link += len(links)

    def after_link(self, links: Sequence[str]) -> None:
        """Write *links* here, or after the column's link that is open here."""
        if self._link < 0:
            self.parts += links
        else:
            self._waiting += links


def static_files() -> dict[str, str]:
    """Return the files that the part needs beside the page: their names and contents."""
    folder = files("columncast.feed.site") / "static"
    return {name: (folder / name).read_text(encoding="utf-8") for name in (SCRIPT, STYLE)}


def _give_times(tokens: Sequence[_Token], sentences: Sequence[AlignedSentence]) -> None:
    words = [(w.text, i, w.start_s, w.end_s) for i, s in enumerate(sentences) for w in s.words]
    told = [word[0] for word in words]
    matcher = SequenceMatcher(None, [t.text for t in tokens], told, autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        for k in range(size):
            _, tokens[a + k].sentence, tokens[a + k].start_s, tokens[a + k].end_s = words[b + k]


def _by_sentence(extras: Sequence[Extra]) -> dict[int, list[Extra]]:
    found: dict[int, list[Extra]] = {}
    for extra in extras:
        found.setdefault(extra.after, []).append(extra)
    return found


def _word(html: str, token: _Token, sentence: AlignedSentence, *, check: bool) -> str:
    if token.start_s is None or token.end_s is None:
        unread = check and sentence.status == "missing"
        return f'<span class="ra-missing">{html}</span>' if unread else html
    return (
        f'<span class="ra-word" data-s="{token.start_s:g}" data-e="{token.end_s:g}"'
        f' data-n="{token.sentence}">{html}</span>'
    )


def _sentence_link(sentence: AlignedSentence, audio_url: str, *, check: bool) -> str:
    if sentence.start_s is None:
        note = "not read" if sentence.status == "missing" else "not heard"
        return f'<span class="ra-note">{note}</span> ' if check else ""
    at = position(sentence.start_s)
    href = escape(f"{audio_url}#t={sentence.start_s:g}")
    doubt = check and sentence.status == "unsure"
    note = '<span class="ra-note">listen to this one</span> ' if doubt else ""
    return f'<a class="ra-time" href="{href}" title="Play from {at}">{at}</a> {note}'


def _extra_link(extra: Extra, audio_url: str) -> str:
    href = escape(f"{audio_url}#t={extra.start_s:g},{extra.end_s:g}")
    name = _EXTRA_NAMES[extra.kind]
    return (
        f' <a class="ra-extra ra-{extra.kind}" href="{href}">▶ {name}, '
        f"{position(extra.start_s)} to {position(extra.end_s)}</a> "
    )
