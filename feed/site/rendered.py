"""What was rendered before and from what, so that a large show renders only what changed.

A file, or the folder of an episode, is taken as it is when its inputs are the ones that made it and
nobody has touched it since. The record may be deleted at any time: everything is rendered again, to
the same bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import as_text
from columncast.episodes.disk.versions import software
from columncast.episodes.model.summary import Listing
from columncast.episodes.show.folder import ShowFolder

_ALL = "."
"""The name that all of it has in the record."""
_BETWEEN = "//"
"""Stands in no name of a file."""


class _Made(msgspec.Struct, frozen=True, gc=False):
    """A file, or a folder with all that was laid there."""

    inputs: str
    looks: str
    names: str = ""
    """Of a folder, its files as `files.names_below` gives them, with `_BETWEEN` between them."""
    touched_ns: int = 0
    """When a file last came into the folder or left it, as its system says."""


def fingerprint(*inputs: Any) -> str:
    """Return a hash of *inputs*: dataclasses, texts, bytes, numbers, and lists and dicts of them."""
    return hashlib.sha256(msgspec.msgpack.encode(inputs)).hexdigest()


def everything(folder: ShowFolder, listed: Iterable[Listing]) -> str:
    """Return a fingerprint of all that the public files of a show are made from."""
    cover = folder.cover
    return fingerprint(
        software(),
        folder.show,
        files.sha256(cover) if cover.is_file() else "",
        files.signature(folder.root / "templates"),
        [episode.mark for episode in listed],
    )


class Rendered:
    """The record of one show's public files, kept in one JSON file between runs."""

    def __init__(self, folder: ShowFolder) -> None:
        """Load what is known of *folder*'s public files, if anything, and see how they are now."""
        self._cache = folder.cache / "rendered.json"
        self._root = folder.feed
        self._known: dict[str, _Made] = {}
        self._now: dict[str, str] = {}
        self._site = folder.site if folder.show.site.root else None
        try:
            kind = dict[str, _Made]
            self._known = msgspec.json.decode(self._cache.read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            pass  # nothing known, or not ours to read: everything is rendered afresh
        self._names = {name: made.names for name, made in self._known.items() if made.names}
        self._touched = {name: made.touched_ns for name, made in self._known.items()}
        self.changed: list[str] = []
        """Folders that a file came into or left since; a killed run's draft may be one."""
        self._found = files.signatures(self._root, of_folder=self._looks)

    def settled(self, inputs: str) -> bool:
        """Whether every file is there, and was made from what has the fingerprint *inputs*."""
        return self._known.get(_ALL) == _Made(inputs, self._state(self._found))

    def stale(self, name: str, inputs: str) -> bool:
        """Whether *name* has to be rendered from what has the fingerprint *inputs*.

        It is a file, or a folder with all that was laid there.
        """
        self._now[name] = inputs
        known = self._known.get(name)
        if known and (known.inputs, known.looks) == (inputs, self._found.get(name, "")):
            return False
        self._found.pop(name, None)
        self._names.pop(name, None)  # it will have other files
        return True

    def save(self, inputs: str) -> None:
        """Keep what was asked about, now that the files are written from *inputs*."""
        found = files.signatures(
            self._root, of_folder=lambda entry: self._found.get(entry.name) or self._looks(entry)
        )
        now = {
            name: _Made(
                made_from,
                found.get(name, ""),
                self._names.get(name, ""),
                self._touched.get(name, 0),
            )
            for name, made_from in self._now.items()
        }
        now[_ALL] = _Made(inputs, self._state(found))
        if now != self._known:
            files.write(self._cache, msgspec.json.encode(now))

    def _looks(self, folder: os.DirEntry[str]) -> str:
        """Return how the files of *folder* look; where it is known which were laid there, of those."""
        names, touched_ns = self._names.get(folder.name, ""), folder.stat().st_mtime_ns
        if touched_ns != self._touched.get(folder.name):
            self._touched[folder.name] = touched_ns
            self.changed.append(folder.path)
        if not names:
            # No name of ours is not plain text, and what others lay there is nobody's business.
            laid = (name for name in files.names_below(folder.path) if name == as_text(name))
            self._names[folder.name] = names = _BETWEEN.join(laid)
        return files.looks(folder.path, names.split(_BETWEEN))

    def _state(self, found: Mapping[str, str]) -> str:
        root = [files.signature(self._site)] if self._site else []
        return fingerprint(sorted(found.items()), *root)
