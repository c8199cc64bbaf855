"""An SFTP server that can do less than OpenSSH's, in the ways that hosts' servers do; in threads."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from live_servers import LOOPBACK, free_port


@dataclass
class Poor:
    """What a server cannot do, or will not; may be changed while it runs."""

    posix_rename: int = paramiko.SFTP_OP_UNSUPPORTED
    """What it answers to it; SFTP_OK: it does it."""
    replaces: bool = False
    """Whether its plain rename takes the place of a file."""
    appends: bool = True
    changes_attributes: bool = True
    tells_attributes: bool = True
    """False: a file has a length and nothing more, and an open one not even that."""
    hidden: tuple[str, ...] = ()
    """Folders that nobody may look at, though what is in them may be used: a chroot."""
    refuses_writes: int = 0
    """What it answers to every file that is opened for writing."""
    renames: list[tuple[str, str]] = field(default_factory=list)
    """Those that it did."""
    breaks_after: int = 0
    """So many renames are done, and then the line breaks off at each."""


@dataclass(frozen=True)
class PoorServer:
    """A running one."""

    port: int
    root: Path
    can: Poor


def _serving(root: Path, can: Poor) -> type[paramiko.SFTPServerInterface]:  # noqa: C901 - one closure over what it can do
    def at(path: str) -> Path:
        return root / os.path.normpath(f"/{path}").lstrip("/")

    def answered(action) -> int:
        try:
            action()
        except OSError as e:
            return paramiko.SFTPServer.convert_errno(e.errno)
        return paramiko.SFTP_OK

    def attributes(path: Path):
        found = paramiko.SFTPAttributes.from_stat(path.stat(), path.name)
        if not can.tells_attributes and not path.is_dir():
            found._flags = found.FLAG_SIZE
        return found

    class Handle(paramiko.SFTPHandle):
        def stat(self):
            if not can.tells_attributes:
                return paramiko.SFTP_OP_UNSUPPORTED
            return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))

        def chattr(self, _attributes):
            return paramiko.SFTP_OK if can.changes_attributes else paramiko.SFTP_PERMISSION_DENIED

    class Files(paramiko.SFTPServerInterface):
        def list_folder(self, path):
            try:
                return [attributes(file) for file in sorted(at(path).iterdir())]
            except OSError as e:
                return paramiko.SFTPServer.convert_errno(e.errno)

        def stat(self, path):
            if os.path.normpath(path) in can.hidden:
                return paramiko.SFTP_PERMISSION_DENIED
            try:
                return attributes(at(path))
            except OSError as e:
                return paramiko.SFTPServer.convert_errno(e.errno)

        lstat = stat

        def open(self, path, flags, _attributes):
            if flags & os.O_APPEND and not can.appends:
                return paramiko.SFTP_OP_UNSUPPORTED
            if flags & (os.O_WRONLY | os.O_RDWR) and can.refuses_writes:
                return can.refuses_writes
            try:
                number = os.open(at(path), flags, 0o644)
            except OSError as e:
                return paramiko.SFTPServer.convert_errno(e.errno)
            mode = "rb" if not flags & (os.O_WRONLY | os.O_RDWR) else "r+b"
            mode = "wb" if flags & os.O_WRONLY else mode
            handle = Handle(flags)
            handle.readfile = handle.writefile = os.fdopen(
                number, "ab" if flags & os.O_APPEND else mode
            )
            return handle

        def remove(self, path):
            return answered(at(path).unlink)

        def mkdir(self, path, _attributes):
            return answered(at(path).mkdir)

        def rmdir(self, path):
            return answered(at(path).rmdir)

        def chattr(self, _path, _attributes):
            return paramiko.SFTP_OK if can.changes_attributes else paramiko.SFTP_PERMISSION_DENIED

        def rename(self, old, new):
            if at(new).exists() and not can.replaces:
                return paramiko.SFTP_FAILURE
            return self._renamed(old, new)

        def posix_rename(self, old, new):
            return (
                self._renamed(old, new)
                if can.posix_rename == paramiko.SFTP_OK
                else can.posix_rename
            )

        def _renamed(self, old, new):
            if can.breaks_after and len(can.renames) >= can.breaks_after:
                raise ConnectionError
            done = answered(lambda: at(old).replace(at(new)))
            if done == paramiko.SFTP_OK:
                can.renames.append((old, new))
            return done

    return Files


class _Letting(paramiko.ServerInterface):
    """Lets everybody in."""

    def check_auth_publickey(self, _user, _key):
        return paramiko.AUTH_SUCCESSFUL

    def get_allowed_auths(self, _user):
        return "publickey"

    def check_channel_request(self, _kind, _number):
        return paramiko.OPEN_SUCCEEDED


@contextlib.contextmanager
def poor_server(home: Path, root: Path, *, keys=None, **can) -> Iterator[PoorServer]:
    """Run one over *root*, known to the user whose home is *home*; *keys* are the host's own."""
    (home / ".ssh").mkdir(parents=True, exist_ok=True)
    root.mkdir(exist_ok=True)
    keys = keys or [paramiko.ECDSAKey.generate()]
    paramiko.ECDSAKey.generate().write_private_key_file(str(home / ".ssh/id_ecdsa"))
    state, port, running = Poor(**can), free_port(), []
    known = [f"[{LOOPBACK}]:{port} {key.get_name()} {key.get_base64()}\n" for key in keys]
    (home / ".ssh/known_hosts").write_text("".join(known))
    listening = socket.create_server((LOOPBACK, port))
    files = _serving(root, state)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            running.append(transport)
            for key in keys:
                transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
            with contextlib.suppress(EOFError, OSError, paramiko.SSHException):
                transport.start_server(event=threading.Event(), server=_Letting())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield PoorServer(port=port, root=root, can=state)
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for transport in running:
            transport.close()
        thread.join(timeout=10)


def hashed_name(name: str) -> str:
    """Return *name* as `HashKnownHosts yes` writes it."""
    return paramiko.HostKeys.hash_host(name)


__all__ = ["Poor", "PoorServer", "hashed_name", "poor_server"]
