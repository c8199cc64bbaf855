"""A show at a URL that workers can reach: sources go there, results come back.

Any URL that fsspec knows will do (s3://, sftp://, file:// …). A file there is written under another
name and renamed; audio has names by content, so what two workers make of the same is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from columncast.episodes.disk import files
from columncast.episodes.errors import ColumncastError, RemoteError, UsageError
from columncast.episodes.model.asset_name import glob_of
from columncast.episodes.show.folder import ShowFolder


class Mirror:
    """A show's folder at a URL."""

    def __init__(self, url: str) -> None:
        """Reach *url*.

        Raises:
            UsageError: fsspec, or what it needs for this kind of URL, is not installed.
        """
        try:
            import fsspec

            self._fs, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as e:
            raise UsageError(f"[build] workers_see {url!r} cannot be reached ({e})") from e
        self._url = url

    def send(self, folder: ShowFolder, slugs: Iterable[str]) -> None:
        """Put what the episodes *slugs* of *folder* are made from there."""
        paths = {*_of_show(folder), *(path for slug in slugs for path in _sources(folder, slug))}
        for place in {path.parent.relative_to(folder.root) for path in paths} | {Path("audio")}:
            self._sweep((PurePosixPath(self._root) / place.as_posix()).as_posix())
        for path in sorted(paths):
            self._put(folder, path)

    def take(self, folder: ShowFolder, slug: str) -> None:
        """Get what a worker made of the episode *slug* into *folder*."""
        for pattern in _results(slug):
            self._get(folder, pattern)

    @contextmanager
    def worked_on(self, slug: str) -> Iterator[ShowFolder]:
        """Give a folder with the show and the episode *slug*; what is made in it is put there."""
        with TemporaryDirectory(prefix="columncast-") as place:
            folder = ShowFolder(Path(place))
            for pattern in ("*.*", "templates/*", *_given(slug), *_results(slug)):
                self._get(folder, pattern)
            try:
                yield folder
            except ColumncastError as e:  # where it lay for a moment helps nobody
                raise type(e)(e.message, where=e.where.replace(f"{place}/", "")) from None
            for pattern in _results(slug):
                for path in sorted(folder.root.glob(pattern)):
                    self._put(folder, path)

    def _put(self, folder: ShowFolder, path: Path) -> None:
        name = f"{self._root}/{path.relative_to(folder.root).as_posix()}"
        with self._explained():
            if _by_content(path) and self._fs.exists(name):
                return
            there, _, last = name.rpartition("/")
            self._fs.makedirs(there, exist_ok=True)
            draft = f"{there}/{files.draft_name(last)}"
            self._fs.put_file(str(path), draft)
            self._fs.mv(draft, name)

    def _sweep(self, place: str) -> None:
        """Remove the drafts in *place* that nobody writes to any more."""
        with self._explained():
            for draft in self._fs.glob(f"{place}/{files.BESIDE}*"):
                try:
                    modified = self._fs.modified(draft).timestamp()
                except (AttributeError, NotImplementedError, OSError):
                    modified = None  # not every kind of file system tells
                if files.is_left(draft.rpartition("/")[2], modified):
                    self._fs.rm_file(draft)

    def _get(self, folder: ShowFolder, pattern: str) -> None:
        with self._explained():
            for name in self._fs.glob(f"{self._root}/{pattern}"):
                path = files.inside(folder.root, name[len(self._root) + 1 :], follow=False)
                if path.name.startswith(files.BESIDE):
                    continue
                if self._fs.isfile(name) and not (_by_content(path) and path.exists()):
                    with files.beside(path) as draft:
                        self._fs.get_file(name, str(draft))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except ColumncastError:
            raise
        except Exception as e:  # each kind of file system has its own
            raise RemoteError(f"failed ({e}); run again", where=self._url) from e


def _of_show(folder: ShowFolder) -> Iterator[Path]:
    for pattern in ("*.*", "templates/*"):
        paths = (path for path in folder.root.glob(pattern) if path.is_file())
        yield from (path for path in paths if not files.leads_out(folder.root, path))
    audio, notes = folder.show.audio, folder.show.notes
    for name in (audio.intro, audio.outro):
        if name and (folder.root / name).is_file():
            yield folder.root / name
    for name in (folder.show.cover, notes.template):
        if name and (folder.root / name).is_file():
            yield files.of_show(folder.root / name)


def _sources(folder: ShowFolder, slug: str) -> Iterator[Path]:
    for pattern in (*_given(slug), *_results(slug)):
        for path in folder.root.glob(pattern):
            if path.is_file():
                yield path if path.stem == "narration" else files.of_show(path)


def _given(slug: str) -> tuple[str, ...]:
    return f"episodes/{slug}/*", f"episodes/{slug}/pickups/*"


def _results(slug: str) -> tuple[str, ...]:
    kept = f".columncast/read-along/{slug}"
    audio = f"audio/{glob_of(slug)}"
    return (
        audio,
        f"{kept}/*",
        f"{kept}.json",
        f".columncast/covers/{slug}/*",
        f".columncast/pictures/{slug}/*",
    )


def _by_content(path: Path) -> bool:
    return path.parent.name == "audio"


def is_url(place: str) -> bool:
    """Whether *place* is a URL and not a folder.

    >>> is_url("s3://bucket/show"), is_url("/mnt/show")
    (True, False)
    """
    return "://" in place
