"""Several files of a show that change together: all of them, whatever is killed at whatever moment.

What is new is first written beside its place. Then a journal says which drafts take which places
and what goes; from the moment it is there, the change is made, and whoever comes next completes it
(`complete`). Without a journal the drafts are nobody's and are swept, and nothing was changed.

Every draft lies in the folder of the file that it becomes, so each step is a rename within one
disk, also where `episodes/`, or one folder in it, is a link to another disk. Only an episode's
folder that is a mount point itself cannot be renamed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.errors import OutsideError

JOURNAL = ".columncast.journal"
"""Where the journal lies, in the show's folder. Not in the cache, which may be deleted any time; and
not called like a draft, so that it is never swept."""


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step; done twice, it does nothing the second time. Paths are from the show's folder."""

    do: Literal["rename", "remove"]
    path: str
    to: str = ""
    """With `rename`, the place of the file or the folder; what is there goes, if it is a file."""
    sha256: str = ""
    """With `remove`, of the file: another one, which a person put there since, stays."""


class Changes:
    """What is going to change in the show at *root*; see `together`."""

    def __init__(self, root: Path) -> None:
        """Begin with no change."""
        self.root = root
        self.drafts: list[Path] = []
        self._steps: list[_Step] = []
        self._last: list[_Step] = []

    def copy(self, source: Path, target: Path) -> None:
        """Let *target* be a copy of *source*."""
        with self._draft(target) as draft:
            shutil.copyfile(source, draft)

    def write(self, target: Path, content: bytes | str) -> None:
        """Let *target* hold *content*."""
        with self._draft(target) as draft:
            draft.write_bytes(content.encode() if isinstance(content, str) else content)

    def remove(self, target: Path) -> None:
        """Let *target*, a file, be gone."""
        self._last.append(_Step(do="remove", path=self._name(target), sha256=_sha256(target)))

    def rename(self, source: Path, target: Path) -> None:
        """Let *source*, a file or a folder, be called *target*, after what was asked for before."""
        self._last.append(_Step(do="rename", path=self._name(source), to=self._name(target)))

    def make(self) -> None:
        """Write the journal, and do what it says.

        Raises:
            FolderError: The disk is full or not ours to write. Before the journal was written,
                nothing was changed; afterwards, the next command completes it.
        """
        files.write(self.root / JOURNAL, msgspec.json.encode([*self._steps, *self._last]))
        files.sync([self.root])
        complete(self.root)

    @contextmanager
    def _draft(self, target: Path) -> Iterator[Path]:
        with files.disk_errors(target):
            draft = files.draft_of(target)
            self.drafts.append(draft)
            yield draft
            files.settle(draft)
        self._steps.append(_Step(do="rename", path=self._name(draft), to=self._name(target)))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


@contextmanager
def together(root: Path) -> Iterator[Changes]:
    """Give the changes of the show at *root*; they are made where the block ends, or none of them.

    The show's lock must be held.
    """
    changes = Changes(root)
    try:
        yield changes
        changes.make()
    finally:
        if not is_pending(root):  # else the drafts are what the next run needs
            for draft in changes.drafts:
                files.drop(draft)


def is_pending(root: Path) -> bool:
    """Whether a killed run has left changes of the show at *root* that are not all made."""
    return (root / JOURNAL).is_file()


def complete(root: Path) -> bool:
    """Make the changes that the journal of the show at *root* names; return whether there is one.

    The show's lock must be held.

    Raises:
        FolderError: The disk does not let us write; the next command goes on.
    """
    journal = root / JOURNAL
    if not is_pending(root):
        return False
    try:
        steps = msgspec.json.decode(journal.read_bytes(), type=list[_Step])
    except msgspec.DecodeError:
        steps = []  # never written by us: it was renamed into its place when it was whole
    touched = set()
    for step in steps:
        if _is_inside(step.path) and (step.do == "remove" or _is_inside(step.to)):
            path = root / step.path
            with files.disk_errors(path), suppress(OutsideError):
                files.stay(path)
                files.stay(root / (step.to or step.path))
                _do(step, path, root / step.to)
            touched |= {path.parent, (root / step.to).parent if step.to else path.parent}
    files.sync(touched)
    with files.disk_errors(journal):
        journal.unlink(missing_ok=True)
    return True


def _do(step: _Step, path: Path, target: Path) -> None:
    if step.do == "rename":
        # A folder never takes the place of another one: what is there was put there since.
        if path.exists() and not (path.is_dir() and target.exists()):
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    elif _sha256(path) == step.sha256:
        path.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    try:
        return files.sha256(path)
    except OSError:
        return ""  # gone, or a link to a disk that is not there now


def _is_inside(name: str) -> bool:
    """Whether *name* stays in the show, in case that somebody else has written the journal."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts
