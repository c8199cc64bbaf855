"""The last saves of an episode can be undone: what each replaced is kept.

`.columncast/former/<slug>/` holds one file for each of the last saves. Files of a save are written
together or not at all, and so are those of an undo.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.disk.journal import Changes, together
from columncast.episodes.errors import ConflictError, UsageError
from columncast.episodes.show.folder import ShowFolder

KEPT = 50
"""Saves of one episode that can be undone."""
KEPT_BYTES = 100_000_000
"""Of all of them; the last one is kept however large it is. A column has a few thousand, a cover a million."""


class _File(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    """From the show's folder."""
    before: bytes | None
    """None: there was none."""
    after: str
    """The SHA-256 of what was written; empty: the file went."""


class _Save(msgspec.Struct, frozen=True, kw_only=True):
    what: str
    """For people: `the column`."""
    files: tuple[_File, ...]


def write(folder: ShowFolder, slug: str, writes: Mapping[Path, bytes | None], *, what: str) -> None:
    """Let each file of *writes* hold its new bytes, None of them: be gone; keep what was there.

    The show's lock must be held. *what* says to people what is saved.

    Raises:
        FolderError: The disk is full or not ours to write; nothing was changed.
    """
    there = {path: _read(path) for path in writes}
    changed = {path: new for path, new in writes.items() if new != there[path]}
    if not changed:
        return
    kept = tuple(
        _File(
            path=path.relative_to(folder.root).as_posix(),
            before=there[path],
            after="" if new is None else _digest(new),
        )
        for path, new in changed.items()
    )
    saves = _saves(folder, slug)
    number = int(saves[-1].stem) + 1 if saves else 1
    # First, so that a kill between the two loses nothing: undoing what was not done changes nothing.
    files.write(
        _place(folder, slug) / f"{number:06}.json",
        msgspec.json.encode(_Save(what=what, files=kept)),
    )
    _forget(_saves(folder, slug))
    _change(folder, changed)


def undo(folder: ShowFolder, slug: str) -> str:
    """Bring back what the last save of the episode *slug* replaced; return what that was.

    Raises:
        UsageError: There is no save to undo.
        ConflictError: A file of it was changed since; nothing was undone.
    """
    with folder.locked():
        while saves := _saves(folder, slug):
            save = _decoded(saves[-1])
            if save is None or _stands(folder, save, before=True):
                files.drop(saves[-1])  # a save that was killed before it began, or was undone
                continue
            if not _stands(folder, save, before=False):
                raise ConflictError(
                    f"{save.what} was changed since by somebody else; nothing was undone",
                    where=save.files[0].path,
                )
            _change(folder, {folder.root / one.path: one.before for one in save.files})
            files.drop(saves[-1])
            return save.what
    raise UsageError("there is no save to undo")


def last_save(folder: ShowFolder, slug: str) -> str:
    """Return what `undo` would bring back; empty: nothing."""
    saves = _saves(folder, slug)
    save = _decoded(saves[-1]) if saves else None
    return save.what if save else ""


def _forget(saves: Sequence[Path]) -> None:
    """Remove the oldest of *saves*, where there are too many or they are too large."""
    length = 0
    for number, path in enumerate(reversed(saves)):
        length += path.stat().st_size
        if number and (number >= KEPT or length > KEPT_BYTES):
            files.drop(path)


def _change(folder: ShowFolder, writes: Mapping[Path, bytes | None]) -> None:
    with together(folder.root) as changes:
        for path, content in writes.items():
            _put(changes, path, content)


def _put(changes: Changes, path: Path, content: bytes | None) -> None:
    if content is not None:
        changes.write(path, content)
    elif path.is_file():
        changes.remove(path)


def _stands(folder: ShowFolder, save: _Save, *, before: bool) -> bool:
    """Whether all files are as they were *before* the save, or else as it left them."""
    return all(
        (_read(folder.root / one.path) == one.before)
        if before
        else (_sha256(folder.root / one.path) == one.after)
        for one in save.files
    )


def _saves(folder: ShowFolder, slug: str) -> list[Path]:
    names = files.names(_place(folder, slug))
    return [_place(folder, slug) / name for name in sorted(names) if name[:6].isdecimal()]


def _decoded(path: Path) -> _Save | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Save)
    except (OSError, msgspec.DecodeError):
        return None


def _place(folder: ShowFolder, slug: str) -> Path:
    return folder.cache / "former" / slug


def _read(path: Path) -> bytes | None:
    try:
        return files.of_show(path).read_bytes()
    except FileNotFoundError:
        return None


def _sha256(path: Path) -> str:
    content = _read(path)
    return "" if content is None else _digest(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
