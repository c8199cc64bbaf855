"""The column's own file, opened on the page: what the editor did not touch keeps its very bytes.

A line that stays keeps its encoding and its line end; a byte order mark stays. Only files of plain
text are opened: what is packed or marked up (Word, a web page, an export) is edited where it was made.
"""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from columncast.episodes.columns.input.decoding import TEXT_LIMIT, read_bytes
from columncast.episodes.disk import files
from columncast.episodes.entry.compose import read_given
from columncast.episodes.errors import ColumnError, ConflictError, UsageError
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.feed.preview import former

SUFFIXES = (".md", ".markdown", ".txt", ".text")
"""Of files that hold the text and nothing else."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|$)")
_MOST_COMPARED = 2_000
"""Lines between the first and the last that changed; among more, each is written anew."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a file."""

    text: str
    end: str
    """`\\n`, `\\r\\n`, `\\r`; empty after the last."""
    raw: bytes
    """The line with its end, as the file has it."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file as it is edited."""

    bom: bytes
    encoding: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The lines as a form has them."""
        return "\n".join(line.text for line in self.lines)


def opens(episode: EpisodeFolder) -> bool:
    """Whether the column of *episode* is a file that the page opens."""
    return episode.has_column and episode.column.suffix.lower() in SUFFIXES


def read(episode: EpisodeFolder) -> tuple[str, str]:
    """Return the column of *episode* as a form has it, and the hash of its file.

    Raises:
        UsageError: It is of another form; the message says where to edit it.
        ColumnError: It cannot be read.
    """
    path = _path(episode)
    return opened(read_bytes(path)).text, files.sha256(path)


def save(root: Path, slug: str, text: str, *, basis: str) -> bool:
    """Let the column of the episode *slug* say *text*; return whether that is new.

    *basis* is the hash of the file from which the form was filled.

    Raises:
        ConflictError: The file was changed since; nothing was written.
        ColumnError: With *text* it could not be read, or its encoding lacks a letter; nothing was
            written.
        UsageError: It is of another form.
        BusyError: Another run is working on the show; nothing was written.
    """
    folder = ShowFolder(root)
    with folder.locked():
        episode = folder.episode(slug)
        path = _path(episode)
        where = path.relative_to(folder.root).as_posix()
        if files.sha256(path) != basis:
            raise ConflictError("was changed since it was opened; nothing was saved", where=where)
        before = path.read_bytes()
        after = edited(opened(before), text)
        if after == before:
            return False
        with files.scratch_file(path) as tried:  # what cannot be read is refused as `edit` does
            tried.write_bytes(after)
            try:
                facts = episode.facts
                read_given(folder.show, tried, title=facts.title, paid_text=facts.source.paid_text)
            except ColumnError as e:
                line = e.where.rpartition(" line ")[2] if " line " in e.where else ""
                place = f"{where} line {line}" if line else where
                raise ColumnError(f"{e.message}; nothing was saved", where=place) from e
        former.write(folder, slug, {path: after}, what="the column")
        return True


def opened(content: bytes) -> Opened:
    r"""Return *content* by lines, each with the bytes that it has.

    Lines that are no UTF-8 are read as Windows-1252, as the column's own reader does.

    Raises:
        ColumnError: It says that it is UTF-16, and is not.

    >>> [line.text for line in opened(b"caf\xc3\xa9\r\ncaf\xe9\n").lines]
    ['café', 'café', '']
    """
    bom, encoding = next(
        ((bom, name) for bom, name in _BOMS if content.startswith(bom)), (b"", "utf-8")
    )
    body = content[len(bom) :]
    if encoding != "utf-8":
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError as e:
            raise ColumnError("is no whole UTF-16; save the file as UTF-8 first") from e
        lines = tuple(
            Line(text=said, end=end, raw=(said + end).encode(encoding))
            for said, end in _split(text)
        )
        return Opened(bom=bom, encoding=encoding, lines=lines)
    try:
        body.decode()
    except UnicodeDecodeError:
        encoding = "cp1252"
    lines = tuple(
        Line(text=_decoded(said.encode("latin-1")), end=end, raw=(said + end).encode("latin-1"))
        for said, end in _split(body.decode("latin-1"))
    )
    return Opened(bom=bom, encoding=encoding, lines=lines)


def edited(before: Opened, text: str) -> bytes:
    """Return the file's bytes when it says *text*: lines that stay keep theirs.

    Raises:
        ColumnError: The encoding of the file lacks a letter of a new line.
    """
    wanted = re.split(r"\r\n|\r|\n", text)
    old = [line.text for line in before.lines]
    pieces: list[bytes] = [before.bom]
    pieces += _written(before, old, wanted)
    return b"".join(pieces)


def _written(before: Opened, old: Sequence[str], wanted: Sequence[str]) -> Iterator[bytes]:
    lines = before.lines
    end = next((line.end for line in lines if line.end), "\n")
    last = len(wanted) - 1
    for tag, i1, i2, j1, j2 in _opcodes(old, wanted):
        for at in range(j1, j2):
            known = lines[i1 + at - j1] if i1 + at - j1 < i2 else None
            if known and known.end:
                end = known.end
            if known and tag == "equal" and bool(known.end) == (at < last):
                yield known.raw
            else:
                said = known.raw if known and tag == "equal" else None
                body = _bare(said, known, before) if said is not None and known else None
                yield (body if body is not None else _encoded(wanted[at], before)) + (
                    _encoded(end, before) if at < last else b""
                )


def _bare(raw: bytes, line: Line, before: Opened) -> bytes:
    """The bytes of *line* without its end."""
    return raw[: len(raw) - len(_encoded(line.end, before))] if line.end else raw


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what stays and what changes, as `difflib` does, with the ends that are equal first."""
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    tail = 0
    while tail < min(len(old), len(new)) - first and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    i2, j2 = len(old) - tail, len(new) - tail
    yield "equal", 0, first, 0, first
    if max(i2 - first, j2 - first) > _MOST_COMPARED:
        yield "replace", first, i2, first, j2
    else:
        matcher = difflib.SequenceMatcher(None, old[first:i2], new[first:j2], autojunk=False)
        for tag, a1, a2, b1, b2 in matcher.get_opcodes():
            yield tag, first + a1, first + a2, first + b1, first + b2
    yield "equal", i2, len(old), j2, len(new)


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Yield each line with its end; the last has none, and may be empty."""
    for found in _LINE.finditer(text):
        yield found[1], found[2]
        if not found[2]:
            return


def _decoded(line: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")  # bytes that Windows-1252 leaves empty


def _encoded(text: str, before: Opened) -> bytes:
    try:
        return text.encode(before.encoding)
    except UnicodeEncodeError as e:
        lacking = text[e.start : e.start + 1]
        raise ColumnError(
            f"is Windows-1252, which has no {lacking!r}; save the file as UTF-8 first; nothing was saved"
        ) from e


def _path(episode: EpisodeFolder) -> Path:
    if not opens(episode):
        name = episode.column.name if episode.has_column else "notes"
        raise UsageError(
            f"{name} is edited where it was made; then: columncast edit {episode.slug} --column FILE"
        )
    path = episode.column
    if path.stat().st_size > TEXT_LIMIT:
        raise UsageError(f"{path.name} is too large to be edited here; open it in a text editor")
    return path
