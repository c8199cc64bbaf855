"""Every error that a producer or an editor may see.

One root, one class for each kind of trouble, and on each class the exit code that a script can
rely on. A message is one line: what is wrong, where, what to do. `cli` prints it and adds nothing.
"""

from __future__ import annotations

from pathlib import Path

from columncast.episodes.private_urls import hidden


class ColumncastError(Exception):
    """Base of every error that a person can cause or cure.

    Attributes:
        exit_code: What the command ends with: 1 unexpected (disk, permission, another run),
            2 usage or settings, 3 input or check refused, 4 remote failed (safe to run again),
            5 conflict with what is live.
    """

    exit_code = 1

    def __init__(self, message: str, *, where: Path | str = "") -> None:
        """Take one line saying what is wrong and what to do; *where* is put before it."""
        # An address can hold a key that is one person's own; errors are printed and logged.
        self.message = hidden(message)
        self.where = hidden(str(where))
        super().__init__(f"{self.where}: {self.message}" if self.where else self.message)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way home from a worker process, whatever a subclass adds."""
        return (_revive, (type(self), self.args, self.__dict__))


def _revive(
    kind: type[ColumncastError], args: tuple[object, ...], state: dict[str, object]
) -> ColumncastError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class UsageError(ColumncastError):
    """The command cannot be done as asked (no show here, two options that exclude each other)."""

    exit_code = 2


class SettingsError(ColumncastError):
    """`show.toml` or `episode.toml` says something that cannot be."""

    exit_code = 2


class InputError(ColumncastError):
    """What was given cannot become an episode; the children say which part of it."""

    exit_code = 3


class ColumnError(InputError):
    """The column cannot be read as text."""


class RecordingError(InputError):
    """The recording cannot become a narration."""


class FormatError(RecordingError):
    """The recording is whole, in a form that not every app plays."""


class CoverError(InputError):
    """The picture is not one that directories accept."""


class PictureError(InputError):
    """A picture cannot be opened, or only at a price that nobody would pay; says no place."""


class TagError(InputError):
    """The tags of an audio file cannot be read or written."""


class FeedError(InputError):
    """The feed would break a rule that a directory enforces."""


class EpisodeError(InputError):
    """No such episode, or one in the way."""


class ReviewError(InputError):
    """What a colleague sent cannot be taken, or an approval that is asked for is missing."""


class OutsideError(InputError):
    """A name, or a link in a folder, leads out of the folder that it must stay in."""


class FolderError(ColumncastError):
    """The disk is full, or does not let us write."""


class BusyError(ColumncastError):
    """Another run is working on this show."""


class RemoteError(ColumncastError):
    """A server said no or did not answer; nothing it serves was harmed, and a second run is safe."""

    exit_code = 4


class ConflictError(ColumncastError):
    """What is live was changed by somebody else."""

    exit_code = 5
