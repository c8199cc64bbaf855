"""Writing to disk so that a killed run leaves the last good state.

A file is written beside its place and renamed into it; a lock keeps two runs on one show apart.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from columncast.episodes.errors import BusyError, FolderError

BESIDE = ".columncast-"
"""How the name of a file starts while it is being written; `sweep` knows it by this."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into one clear line about *path*.

    Raises:
        FolderError: The disk is full, read-only, or not ours to write.
    """
    try:
        yield
    except OSError as e:
        named = e.filename and Path(os.fsdecode(e.filename))
        ours = not named or named in (path, *path.parents) or named.parent == path.parent
        if not ours and e.errno in (errno.EACCES, errno.EPERM, errno.ENOENT):
            raise  # the trouble of some other file, which only the caller can explain
        reason = {
            errno.ENOSPC: "the disk is full; free some space and run again",
            errno.EDQUOT: "your disk quota is used up; free some space and run again",
            errno.EACCES: "no permission to write here; nothing was changed",
            errno.EPERM: "no permission to write here; nothing was changed",
            errno.EROFS: "the disk is read-only; nothing was changed",
        }.get(e.errno or 0, e.strerror or str(e))
        raise FolderError(reason, where=path) from e


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a name beside *path* to write to; on success it becomes *path*, on failure it goes.

    The bytes are on the disk before the name changes, so after a power cut *path* is either what
    it was or what it should be.
    """
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=BESIDE, suffix=path.suffix, dir=path.parent)
        os.close(handle)
    draft = Path(name)
    try:
        with told(path):
            yield draft
            # mkstemp makes it private; what we publish is read by a web server.
            draft.chmod(0o666 & ~_umask())
            _flush(draft)
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write(path: Path, content: bytes | str) -> bool:
    """Write *content* to *path* unless it is there already; return whether anything changed."""
    data = content.encode() if isinstance(content, str) else content
    with told(path):
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    with beside(path) as draft:
        draft.write_bytes(data)
    return True


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Give a folder of one's own in *folder*, for drafts of many parts; it is gone afterwards."""
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=BESIDE, dir=folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def copy(source: Path, target: Path) -> None:
    """Copy the bytes of *source* to *target*, beside and renamed; *source* is left alone."""
    with beside(target) as draft:
        shutil.copyfile(source, draft)


def move(source: Path, target: Path) -> None:
    """Rename *source* to *target* on the same disk; its bytes are on the disk first."""
    with told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _flush(source)
        source.replace(target)


def sha256(path: Path) -> str:
    """Return the SHA-256 of the bytes of *path*, in hexadecimal; memory does not grow with it."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def names(folder: Path) -> list[str]:
    """Return what lies in *folder*, in no order and without what is hidden; nothing if it is not there."""
    try:
        found = os.listdir(folder)  # noqa: PTH208 - plain names, of thousands
    except OSError:
        return []
    return [name for name in found if not name.startswith(".")]


def signature(folder: Path | str) -> str:
    """Return what tells one state of the files in *folder* from another, without reading them.

    As git's index does it, of each file its name, size, times and inode; a name that starts with a
    dot is nobody's business.
    """
    found = []
    try:  # plainly, since a build of ten thousand episodes is mostly this
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name[0] != ".":
                    found.append(f"{name}/{state(entry)}")
    except OSError:
        found.clear()
    found.sort()
    # No name has a slash in it, so no other files have the same text; a name may be no Unicode.
    return hashlib.blake2b(os.fsencode("/".join(found)), digest_size=16).hexdigest()


def signatures(folder: Path, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the states of what lies in *folder*: of each file, and of each folder as a whole.

    Folders whose states are *known* are not looked into again.
    """
    found = {}
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                found[entry.name] = (known or {}).get(entry.name) or signature(entry.path)
            elif not entry.name.startswith("."):
                found[entry.name] = state(entry)
    return found


def state(file: os.DirEntry[str] | Path) -> str:
    """Return what tells one state of *file*, or of what it leads to, from another."""
    try:
        stat = file.stat()
    except OSError:
        return "none"
    return f"{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ctime_ns}-{stat.st_ino}"


def sweep(folder: Path) -> None:
    """Remove what a killed run left half-written in *folder*; call it only under the lock."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in [entry for entry in entries if entry.name.startswith(BESIDE)]:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                Path(entry.path).unlink(missing_ok=True)


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Hold the show's lock file, or say who else does.

    Raises:
        BusyError: Another run holds it.
    """
    held = FileLock(lock, blocking=False)
    with told(lock):
        lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            held.acquire()
        except Timeout as e:
            raise BusyError(
                "another columncast run is working on this show; wait for it to end, then run again",
                where=lock.parent.parent,
            ) from e
    try:
        yield
    finally:
        held.release()


def _flush(path: Path) -> None:
    with path.open("rb+") as f:
        os.fsync(f.fileno())


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
