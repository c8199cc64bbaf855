"""Writing to disk so that a killed run leaves the last good state.

A file is written beside its place, as a draft, and renamed into it; a lock keeps two runs on one
show apart. The name of a draft says whose it is, so that a later run knows which ones a killed run
left behind. What several files are at once is in `journal`.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import os
import platform
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

from filelock import FileLock, Timeout

from columncast.episodes.errors import BusyError, FolderError, OutsideError

BESIDE = ".columncast-"
"""How the name of a file starts while it is being written; `sweep` knows it by this."""

FOREIGN_S = 24 * 3600.0
"""A draft of another machine, or of nobody we know, may still be written for so long after its last
byte came. Then it is taken for what a killed run has left."""

_OWNED = re.compile(r"\.columncast-([0-9a-f]{8})-([0-9]+)-([0-9a-f]{8})-.*", re.DOTALL)
"""The name of a draft: machine, process, run; see `_prefix`."""
_RUN = secrets.token_hex(4)
"""Tells this run from an earlier one whose process had the same number, as in a container."""


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into one clear line about *path*.

    Raises:
        FolderError: The disk is full, read-only, or not ours to write.
    """
    try:
        yield
    except OSError as e:
        named = [Path(os.fsdecode(name)) for name in (e.filename, e.filename2) if name]
        near = (path, *path.parents)
        ours = not named or any(name in near or name.parent == path.parent for name in named)
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


_REFUSALS = {
    errno.ENOSPC: "the disk is full; free some space and run again",
    errno.EDQUOT: "your disk quota is used up; free some space and run again",
    errno.EACCES: "there is no permission to read or write it; look at its owner and mode",
    errno.EPERM: "there is no permission to read or write it; look at its owner and mode",
    errno.EROFS: "the disk is read-only",
    errno.EISDIR: "is a folder, where a file should be",
    errno.ENOTDIR: "is a file, where a folder should be",
    errno.EIO: "cannot be read or written: the disk reports an error; look after your backup",
    errno.ELOOP: "is a link that leads to itself",
    errno.ENOENT: "is not there (any more)",
    errno.ENAMETOOLONG: "has a name that is too long for this disk",
    errno.EMFILE: "cannot be opened: too many files are open; raise `ulimit -n`",
}


def explained(error: OSError) -> FolderError:
    """Return in one line what the disk refused, and of which file."""
    name = error.filename
    where = os.fsdecode(name) if isinstance(name, str | bytes | os.PathLike) else ""
    reason = _REFUSALS.get(error.errno or 0, error.strerror or str(error))
    return FolderError(reason, where=where)


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn whatever the disk refuses into one clear line; also a decorator.

    Raises:
        FolderError: A file could not be read or written.
    """
    try:
        yield
    except (ConnectionError, TimeoutError):
        raise  # no file's trouble
    except OSError as e:
        raise explained(e) from e


_MAY_LEAD_ELSEWHERE = frozenset(["audio", "episodes", ".columncast"])
"""Parts of a show that people keep on another disk, by a link in the part's place. `feed/` is not
among them: everything in it is published."""


def inside(folder: Path, name: str | PurePath, *, follow: bool = True) -> Path:
    """Return where *name* lies in *folder*, once neither its steps nor a link leads out of there.

    With *follow*, what lies there is to be read, so that it may be no link to elsewhere either;
    without, it is to be replaced or removed, and where it leads does not matter.

    Raises:
        OutsideError: It leads out.
    """
    steps = PurePath(name)
    if not steps.parts or steps.anchor or ".." in steps.parts:
        raise OutsideError("leads out of the folder; nothing was changed", where=str(name))
    path = folder / steps
    if leads_out(folder, path if follow else path.parent):
        raise OutsideError(f"is a link that leads out of {folder}; nothing was changed", where=path)
    return path


def leads_out(folder: Path | str, path: Path) -> bool:
    """Whether *path*, all links followed, lies elsewhere than in *folder*."""
    root, real = os.path.realpath(folder), os.path.realpath(path)
    return real != root and not real.startswith(root.rstrip(os.sep) + os.sep)


def of_show(path: Path) -> Path:
    """Return *path*, a file of a show that is read to be published, once no link leads out of there.

    What is in no show is the producer's own to name, and returned as it is.

    Raises:
        OutsideError: A link leads to a file that is not the show's.
    """
    root = _show_of(path)
    if root and leads_out(root, path):
        parts = [root / part for part in _MAY_LEAD_ELSEWHERE]
        if all(leads_out(part, path) for part in parts):
            raise OutsideError(
                "is a link that leads out of the show; put the file itself there",
                where=path.relative_to(root).as_posix(),
            )
    return path


def leading_out(folder: Path) -> list[Path]:
    """Return every link in *folder*, at any depth, that leads out of it; links are not followed."""
    found = []
    for place, folders, names in os.walk(folder):
        paths = [Path(place) / name for name in (*folders, *names)]
        found += [path for path in paths if path.is_symlink() and leads_out(folder, path)]
    return sorted(found)


def _show_of(path: Path) -> Path | None:
    """The folder of the show that *path* lies in, links not followed; None: no show's."""
    return next((root for root in path.parents if (root / "show.toml").is_file()), None)


def stay(path: Path) -> None:
    """Refuse to write to *path* where a folder of its show has become a link to somewhere else.

    What lies at *path* itself does not matter: it is replaced, never written through.
    """
    root = _show_of(path)
    if root is None:
        return
    part = path.relative_to(root).parts[0]
    home = root / part if part in _MAY_LEAD_ELSEWHERE and path != root / part else root
    if leads_out(home, path.parent):
        raise OutsideError(
            "is a link that leads out of the show; nothing was written there", where=path.parent
        )


PUBLIC_PARTS = frozenset(["audio", "feed"])
ROOT_PAGES = ("index.html", "404.html")
"""What may lie at a show's base address, next to its public parts."""


def is_public(path: Path) -> bool:
    """Whether *path* lies in a show's `audio/` or `feed/`, which web servers read."""
    root = _show_of(path)
    return root is not None and path.relative_to(root).parts[0] in PUBLIC_PARTS


def open_to_all(path: Path) -> None:
    """Let everybody read *path* (and enter it, if it is a folder), whatever the umask is.

    Where it is somebody else's, its mode is theirs to choose; `check` says if nobody can read it.
    """
    if not is_open(path):
        with suppress(PermissionError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) | (0o555 if path.is_dir() else 0o444))


def is_open(path: Path) -> bool:
    """Whether everybody may read *path* (and enter it, if it is a folder)."""
    found = path.stat().st_mode
    wanted = 0o555 if stat.S_ISDIR(found) else 0o444
    return found & wanted == wanted


def make_folder(folder: Path, *, public: bool = False) -> None:
    """Make *folder* and those above it that are missing; what is published is open to all."""
    missing = [place for place in (folder, *folder.parents) if not place.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in missing:
        if public or is_public(place):
            open_to_all(place)


@contextmanager
def beside(path: Path, *, public: bool = False) -> Iterator[Path]:
    """Give a name beside *path* to write to; on success it becomes *path*, on failure it goes.

    The bytes are on the disk before the name changes, so after a power cut *path* is either what
    it was or what it should be. Everybody may read a *public* file, and any in `audio/` and
    `feed/`, whatever the umask is.

    Raises:
        OutsideError: A link among the folders of a show leads out of it.
        FolderError: The disk is full, read-only, or not ours to write.
    """
    with disk_errors(path):
        draft = draft_of(path, public=public)
    try:
        with disk_errors(path):
            yield draft
            settle(draft, public=public)
            draft.replace(path)
    finally:
        drop(draft)


def draft_of(path: Path, *, public: bool = False) -> Path:
    """Make an empty file beside *path* to write to, and the folders above it; return its name.

    Raises:
        OutsideError: A link among the folders of a show leads out of it.
    """
    stay(path)
    make_folder(path.parent, public=public)
    if is_public(path):
        open_to_all(path.parent)
    handle, name = tempfile.mkstemp(prefix=_prefix(), suffix=path.suffix, dir=path.parent)
    os.close(handle)
    return Path(name)


def settle(draft: Path, *, public: bool = False) -> None:
    """Give *draft* the rights of a common file, and bring its bytes to the disk."""
    # mkstemp makes it private; what we publish is read by a web server.
    draft.chmod(0o666 & ~_umask())
    if public or is_public(draft):
        open_to_all(draft)
    _flush(draft)


def drop(draft: Path) -> None:
    """Remove *draft* if it is still there; one that stays is swept by the next run."""
    with suppress(OSError):
        draft.unlink(missing_ok=True)


def write(path: Path, content: bytes | str) -> bool:
    """Write *content* to *path* unless it is there already; return whether anything changed."""
    data = content.encode() if isinstance(content, str) else content
    with disk_errors(path):
        if holds(path, data):
            if is_public(path):
                open_to_all(path)
                open_to_all(path.parent)
            return False
    with beside(path) as draft:
        draft.write_bytes(data)
    return True


def is_there(path: Path) -> bool:
    """Whether anything has the name *path*: a file, a folder, a link to nothing."""
    return os.path.lexists(path)


def may_be_there(path: Path | str) -> bool:
    """Whether there is a file *path*, or nobody may look: that must never pass for one that is gone."""
    try:
        os.stat(path)  # noqa: PTH116 - of thousands
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # reading it will say what is wrong
    return True


def holds(path: Path, data: bytes) -> bool:
    """Whether *path* is a file, and no link to one, with the very bytes *data*."""
    there = path.is_file() and not path.is_symlink()
    return there and path.stat().st_size == len(data) and path.read_bytes() == data


def write_out(path: Path, content: bytes | str) -> None:
    """Write *content* to *path*, a place outside of any show, without drafts of killed runs there."""
    sweep(path.parent, shared=True)
    write(path, content)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Give a folder of one's own in *folder*, for drafts of many parts; it is gone afterwards."""
    stay(folder / BESIDE)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=_prefix(), dir=folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def scratch_file(path: Path) -> Iterator[Path]:
    """Give an empty file of one's own beside *path*, with its suffix; it is gone afterwards."""
    with disk_errors(path):
        draft = draft_of(path)
    try:
        yield draft
    finally:
        drop(draft)


def copy(source: Path, target: Path) -> None:
    """Copy the bytes of *source* to *target*, beside and renamed; *source* is left alone."""
    with beside(target) as draft:
        shutil.copyfile(source, draft)


def link(source: Path, target: Path) -> None:
    """Put a link to *source* at *target*, where nothing is yet."""
    stay(target)
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source.resolve())


def move(source: Path, target: Path) -> None:
    """Rename *source*, a file or a folder, to *target* on the same disk.

    The bytes of a file, and the names in a folder, are on the disk first.
    """
    stay(target)
    with disk_errors(target):
        make_folder(target.parent)
        if source.is_dir():
            sync([source])
        else:
            _flush(source)
            if is_public(target):
                open_to_all(source)
        source.replace(target)


def sha256(path: Path) -> str:
    """Return the SHA-256 of the bytes of *path*, in hexadecimal; memory does not grow with it."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def names(folder: Path) -> list[str]:
    """Return what lies in *folder*, in no order and without what is hidden; nothing if it is not there.

    Raises:
        FolderError: It is there and cannot be read, which must never pass for an empty folder.
    """
    try:
        with in_one_line():
            found = os.listdir(folder)  # noqa: PTH208 - plain names, of thousands
    except FolderError:
        if is_there(folder):
            raise
        return []
    return [name for name in found if not name.startswith(".")]


def signature(folder: Path | str, drafted: list[str] | None = None) -> str:
    """Return what tells one state of the files in *folder* from another, without reading them.

    As git's index does it, of each file in it and below its name, size, times and inode; a name that starts with a
    dot is nobody's business. Where there is a draft, *folder* is added to those that are *drafted*.
    """
    found = []
    try:  # plainly, since a build of ten thousand episodes is mostly this
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name[0] != ".":
                    inner = entry.is_dir() and signature(entry.path, drafted)
                    found.append(f"{name}/{inner or state(entry)}")
                elif drafted is not None and name.startswith(BESIDE):
                    drafted.append(str(folder))
    except OSError:
        found.clear()
    found.sort()
    # No name has a slash in it, so no other files have the same text; a name may be no Unicode.
    return hashlib.blake2b(os.fsencode("/".join(found)), digest_size=16).hexdigest()


def signatures(
    folder: Path,
    drafted: list[str] | None = None,
    *,
    of_folder: Callable[[os.DirEntry[str]], str] | None = None,
) -> dict[str, str]:
    """Return the states of what lies in *folder*: of each file, and of each folder as a whole.

    That of a folder is its `signature`, unless *of_folder* says otherwise; *drafted* is `signature`'s.

    Raises:
        FolderError: As `names`.
    """
    found = {}
    try:
        with in_one_line(), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    whole = of_folder(entry) if of_folder else signature(entry.path, drafted)
                    found[entry.name] = whole
                elif not entry.name.startswith("."):
                    found[entry.name] = state(entry)
    except FolderError:
        if is_there(folder):
            raise
    return found


def state(file: os.DirEntry[str] | Path) -> str:
    """Return what tells one state of *file*, or of what it leads to, from another."""
    try:
        found = file.stat()
    except OSError:
        return "none"
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_ino}"


def names_below(folder: Path | str, under: str = "") -> Iterator[str]:
    """Yield the files in *folder* and below as `embed/index.html`, in order, but for hidden ones."""
    try:
        with os.scandir(folder) as entries:
            there = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError:
        return
    for name, is_folder in there:
        if name[0] != "." and is_folder:
            yield from names_below(f"{folder}/{name}", f"{under}{name}/")
        elif name[0] != ".":
            yield f"{under}{name}"


def looks(folder: Path | str, names: Iterable[str]) -> str:
    """Return what tells one state of the files *names* in *folder* from another; none is read.

    What else lies there is not looked for: that is a third of the work, which whoever has laid
    them there can do without.
    """
    found = []
    for name in names:  # plainly, as in `signature`
        try:
            one = os.stat(f"{folder}/{name}")  # noqa: PTH116 - of a hundred thousand
        except OSError:
            found.append(f"{name}/none")
        else:
            found.append(f"{name}/{one.st_size}-{one.st_mtime_ns}-{one.st_ctime_ns}-{one.st_ino}")
    return hashlib.blake2b(os.fsencode("/".join(found)), digest_size=16).hexdigest()


def remove_tree(folder: Path) -> None:
    """Remove *folder* with all that is in it: it is there whole, or it is no more than a draft."""
    with disk_errors(folder):
        doomed = folder.with_name(draft_name(""))
        folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def sync(folders: Iterable[Path]) -> None:
    """Bring the names in *folders* to the disk: after a power cut, what was renamed is renamed.

    Used where order matters: before a journal goes, before a feed names what was written.
    """
    for folder in sorted(set(folders)):
        with disk_errors(folder):
            try:
                handle = os.open(folder, os.O_RDONLY)
            except (FileNotFoundError, PermissionError):
                continue  # not there any more; Windows opens no folder, and keeps its own order
            try:
                os.fsync(handle)
            except OSError as e:
                # Some file systems of networks and of phones know no such thing.
                if e.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
                    raise
            finally:
                os.close(handle)


def sweep(folder: Path, *, depth: int = 0, shared: bool = False) -> None:
    """Remove the drafts that killed runs have left in *folder*, and *depth* levels below it.

    One whose process is dead goes, and one whose process lives on this machine stays. Of any other,
    nobody can tell: it goes, since whoever calls this holds the show's lock; in a *shared* folder,
    which has no lock, only if nothing was written to it for `FOREIGN_S`.
    """
    # The whole list first: what is interrupted in between leaves no folder open.
    left = list(_look_for_drafts(os.fspath(folder), depth))
    for entry in [entry for entry in left if is_left(entry.name, _modified(entry), shared=shared)]:
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            drop(Path(entry.path))


def _look_for_drafts(folder: str, depth: int) -> Iterator[os.DirEntry[str]]:
    try:  # plainly, since a show of ten thousand episodes has twenty thousand folders
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(BESIDE):
                    yield entry
                elif depth > 1 and entry.is_dir(follow_symlinks=False):
                    yield from _look_for_drafts(entry.path, depth - 1)
                elif (
                    depth == 1
                    and entry.is_dir(follow_symlinks=False)
                    and BESIDE in "/".join(os.listdir(entry.path))  # noqa: PTH208 - as above
                ):
                    yield from _look_for_drafts(entry.path, 0)
    except OSError:
        return  # not there, or not ours to look into: it may be swept another time


def is_left(draft: str, modified: float | None, *, shared: bool = True) -> bool:
    """Whether nobody is writing to the file called *draft* any more; see `sweep`.

    *modified* says when somebody last did, in seconds since 1970; None: that is not known.
    """
    named = _OWNED.fullmatch(draft)
    ours = named is not None and named[1] == _machine()
    alive = _is_alive(int(named[2]), named[3]) if named and ours else None
    if alive is False or (alive is None and not shared):
        return True
    # Alive, or another process by now that has its number; or on a machine that we know nothing of.
    return modified is not None and time.time() - modified > FOREIGN_S


def _modified(draft: os.DirEntry[str]) -> float | None:
    try:
        return draft.stat(follow_symlinks=False).st_mtime
    except OSError:
        return None  # gone by now


def _is_alive(process: int, run: str) -> bool | None:
    """Whether a process of this machine is at work; None if that cannot be known."""
    if process == os.getpid():
        return run == _RUN
    if os.name == "nt":
        return None  # where asking by a signal would end it
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # another user's
    return True


def draft_name(name: str) -> str:
    """Return a name of one's own for a draft of the file called *name*."""
    return f"{_prefix()}{secrets.token_hex(4)}-{name}"


def _prefix() -> str:
    """Return how the name of a draft starts that this process makes."""
    return f"{BESIDE}{_machine()}-{os.getpid()}-{_RUN}-"


@functools.cache
def _machine() -> str:
    """Return what tells this machine's processes from those of another, or of another container."""
    parts = [platform.node()]
    with suppress(OSError):  # Linux alone has it
        parts.append(os.readlink("/proc/self/ns/pid"))  # noqa: PTH115 - no file is behind it
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def sweep_old(folder: Path, *, older_than_s: float) -> None:
    """Remove the files of *folder*, a cache, that nobody has touched for so long, and it if empty."""
    before = time.time() - older_than_s
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                if path.is_file() and path.stat().st_mtime < before:
                    path.unlink()
        folder.rmdir()


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Hold the show's lock file, or say who else does.

    Raises:
        BusyError: Another run holds it.
    """
    held = FileLock(lock, blocking=False)
    with disk_errors(lock):
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
