"""The notes that came with an episode from another host.

They lie beside `episode.toml` and win over what would be made of a column, until they are deleted:
`notes.html`, and `description.html` where the old feed had a shorter one as well. They are published
byte for byte where they are fit for it, and are judged at each build: what an earlier version
imported is no better for lying here.
"""

from __future__ import annotations

import re
from pathlib import Path

from columncast.episodes.disk.files import of_show
from columncast.episodes.errors import ColumnError, EpisodeError
from columncast.episodes.model.column import Block
from columncast.episodes.model.episode import ShowNotes
from columncast.episodes.model.limits import NOTES_BYTES
from columncast.episodes.model.notice import Notice
from columncast.episodes.pictures.placed import with_links
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.text import html
from columncast.episodes.text.app_html import (
    cut,
    for_apps,
    html_of,
    length_bytes,
    paragraph,
    plain_of,
)
from columncast.episodes.text.html_lint import read_markup as markup_of

NOTES = "notes.html"
"""The old `content:encoded`, or the description where there was no other."""
DESCRIPTION = "description.html"
"""The old `description`, where it was another text."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def imported_notes_of(episode_dir: EpisodeFolder, *, link: str) -> ShowNotes | None:
    """Return the notes that *episode_dir* came with; None when it is to have those of its column.

    They are what they were, byte for byte, unless directories refuse that: what runs or is left
    open is mended, and a description is cut where Apple cuts. Links without a host are meant at
    *link*.
    """
    full = _text(episode_dir.path / NOTES)
    if full is None:
        return None
    short = _text(episode_dir.path / DESCRIPTION) or full
    blocks = _blocks(short, link)
    description, cut_off = _description(short, blocks)
    content = full if _is_fit(full) else html.gate(html_of(_mended(full, link)), page=True)
    if not description.strip():  # directories refuse an item that says nothing
        description = html_of([paragraph(episode_dir.facts.title or episode_dir.slug)])
        content = content if content.strip() else description
    notices = []
    if content != full or (description != short and not cut_off):
        message = "the imported notes held markup that directories refuse; it is removed"
        notices.append(Notice(code="notes-mended", message=message, where=NOTES, severity="note"))
    if cut_off:
        message = (
            f"the notes were over {NOTES_BYTES:,} bytes, where Apple cuts; "
            "the description is shorter, the whole is in content:encoded"
        )
        notices.append(Notice(code="notes-cut", message=message, where=NOTES, severity="note"))
    return ShowNotes(
        html=description,
        full_html=content,
        plain=plain_of(for_apps(blocks)),
        notices=tuple(notices),
    )


def shown(notes_html: str) -> str:
    r"""Return notes as a page may show them; text without any markup gets its paragraphs.

    >>> shown("One.\n\nTwo & three.")
    '<p>One.</p><p>Two &amp; three.</p>'
    """
    if "<img" in notes_html.lower():
        # It is another server's to know who reads the notes; a page of ours asks none.
        notes_html = html_of(with_links(_blocks(notes_html, ""), images=True))
    return html.gate(_with_paragraphs(notes_html), page=True)


def _text(path: Path) -> str | None:
    try:
        return of_show(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as e:
        where = f"episodes/{path.parent.name}/{path.name}"
        raise EpisodeError("cannot be read as UTF-8 text", where=where) from e


def _is_fit(text: str) -> bool:
    """Whether *text* may stand in a feed as it is."""
    return not (html.unfit(text) or markup_of(text).open_tags)


def _description(text: str, blocks: tuple[Block, ...]) -> tuple[str, bool]:
    """Return *text* as a directory takes it, and whether it had to be cut."""
    fits = len(text.encode()) <= NOTES_BYTES
    if fits and _is_fit(text):
        return text, False
    simple = for_apps(blocks)
    too_long = length_bytes(simple) > NOTES_BYTES
    return html.gate(html_of(cut(simple, NOTES_BYTES) if too_long else simple)), too_long


def _mended(text: str, link: str) -> tuple[Block, ...]:
    """Notes of another host in markup of ours: a picture in a line of text becomes a link."""
    return with_links(_blocks(text, link), images=False)


def _blocks(text: str, link: str) -> tuple[Block, ...]:
    from columncast.episodes.columns.blocks.from_html import read_markup  # noqa: PLC0415 - few come with notes

    try:
        top = html.parse(_with_paragraphs(text))
    except ColumnError:  # more tags than any notes have: their words are all that can be read
        top = html.parse(_with_paragraphs(html.without_tags(text)))
    return read_markup(top, base=link).blocks


def _with_paragraphs(text: str) -> str:
    """Text that has no markup is parted by its lines, as apps show it."""
    if _TAG.search(text):
        return text
    parts = (part.strip() for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part)
