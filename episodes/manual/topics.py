"""The documents, as they lie in the package, by topic: `weekly` is how-to/weekly.md."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from columncast.episodes.errors import UsageError

_ORDER = ("", "how-to", "reference", "explanation", "measurements")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)\n*")
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|mailto:)([^)#]*)(#[^)]*)?\)")


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One document."""

    name: str
    folder: str
    """Empty: of the documents' own folder."""
    title: str
    text: str
    """Markdown as a terminal can show it: no pictures, and links within the manual as topics."""

    def as_json(self) -> dict[str, str]:
        """The document for tools, without its text."""
        return {"name": self.name, "folder": self.folder, "title": self.title}


def names() -> list[str]:
    """Return what the documents are called."""
    return [file.name.removesuffix(".md") for file, _ in _files()]


def topics() -> list[Topic]:
    """Return every document, in the order of the manual."""
    return [_read(file, folder) for file, folder in _files()]


def topic(name: str) -> Topic:
    """Return the document called *name*.

    Raises:
        UsageError: There is none; the nearest names are said.
    """
    found = {file.name.removesuffix(".md"): (file, folder) for file, folder in _files()}
    wanted = name.lower().removesuffix(".md").rpartition("/")[2]
    if wanted not in found:
        near = difflib.get_close_matches(wanted, found, n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else "for the list: columncast help"
        raise UsageError(f"no document and no command is called {name!r}; {hint}")
    return _read(*found[wanted])


def _files() -> Iterator[tuple[Traversable, str]]:
    root = resources.files("columncast") / "docs"
    for folder in _ORDER:
        place = root / folder if folder else root
        for file in sorted(place.iterdir(), key=lambda one: one.name):
            if file.is_file() and file.name.endswith(".md"):
                yield file, folder


def _read(file: Traversable, folder: str) -> Topic:
    text = file.read_text(encoding="utf-8")
    title, _, rest = text.removeprefix("# ").partition("\n")
    return Topic(
        name=file.name.removesuffix(".md"),
        folder=folder,
        title=title.strip(),
        text=f"# {title}\n{_LINK.sub(_as_topic, _PICTURE.sub('', rest))}",
    )


def _as_topic(link: re.Match[str]) -> str:
    """A link as the command that shows its document; one within the page is its words alone."""
    stem = link[2].rpartition("/")[2].removesuffix(".md")
    return f"{link[1]} (`columncast help {stem}`)" if link[2].endswith(".md") else link[1]
