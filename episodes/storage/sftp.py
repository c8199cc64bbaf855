"""A folder on another machine, over SSH. The door to paramiko.

Host keys are checked against your `known_hosts` and never accepted unseen; keys come from your
agent, `~/.ssh` or `~/.ssh/config`. A file is written beside its place and renamed into it by
OpenSSH's `posix-rename`, since SFTP's own rename does not replace (openssh PROTOCOL, 4.3). A server
without it has the old file renamed aside first, and the new one into its place right after: for
that one question and answer the file is not there. Whoever finds the old one aside and nothing in
its place, after a kill in between, renames it back.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import logging
import math
import os
import queue
import socket
import stat
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import plain_name
from columncast.episodes.errors import RemoteError, SettingsError
from columncast.episodes.format import how_to_install
from columncast.episodes.model import bounds
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage import known_hosts
from columncast.episodes.storage.store import Content, Moved, Served, Stored, conflict
from columncast.episodes.waiting.deadlines import Deadline
from columncast.episodes.waiting.retry import TemporaryError

try:
    import paramiko
except ImportError as e:
    raise SettingsError(f'kind = "sftp" needs paramiko; run: {how_to_install("paramiko")}') from e

PIECE_BYTES = 32_768
"""What is sent as one request; every server takes 32 KiB (SFTP draft 3)."""
LARGE_PIECE_BYTES = 255 << 10
"""What OpenSSH takes (its messages may have 256 KiB). paramiko waits after some hundred requests
for all of their answers, so larger ones keep a long line fuller."""
AGAIN_BYTES = 1 << 20
"""How much of a resumed file's end is sent again: after a crash it may not be what was written."""
CHECKED_BYTES = 64 << 20
"""After so much without waiting, all answers are looked at."""
RESUMED_FROM_BYTES = 4 << 20
"""Of such files, what an earlier run left is looked for; smaller ones are sent anew."""
TIMEOUT_S = 30
STEP_S = 300.0
"""For one thing as a whole, or for each piece of a large file: eight of them share a line."""
CONNECT_S = 180.0
"""For connecting as a whole, which may try several keys."""

ASIDE = f"{files.BESIDE}old-"
"""How the name of an old file starts while the new one is renamed into its place."""
RENAME_TRIES = 3
"""How often a file is renamed into its place while another run puts the old one back there."""
UNSUPPORTED, NO_SPACE, QUOTA, READ_ONLY = 8, 14, 15, 12
"""What a server may answer (SFTP draft 3, 7; draft 6, 9.1)."""

# What it complains of is an error of ours, in one line; without a handler it would print it as well.
logging.getLogger("paramiko").addHandler(logging.NullHandler())

KNOWN_HOSTS = {
    "userknownhostsfile": "~/.ssh/known_hosts ~/.ssh/known_hosts2",
    "globalknownhostsfile": "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2",
}
"""The settings of ssh that name such files, and what they are otherwise (ssh_config(5))."""

JOURNAL = ".columncast/put.log"
"""At the server: SHA-256, length and date of what was put, since SFTP can't tell a file's hash."""


class Sftp:
    """A folder on a server."""

    at_once = 8
    """Channels of one connection; OpenSSH allows ten (`MaxSessions`)."""

    def __init__(self, settings: Destination) -> None:
        """Take *settings*; the connection is made when first needed."""
        self._settings = settings
        self._options = _options(settings)
        self.root = settings.path.rstrip("/") or "/"
        host = settings.host + (f":{settings.port}" if settings.port else "")
        self.label = f"sftp://{host}{'' if self.root.startswith('/') else '/~/'}{self.root}/"
        self._lock = threading.RLock()
        self._client: Any = None
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._made: set[str] = set()
        self._journal: dict[str, tuple[str, int, int]] | None = None
        self._log: Any = None
        self._drafts: dict[str, int] = {}
        """Those that were met, with the date of each."""
        self._posix_rename = True
        """Until the server has shown that it has none."""

    def find(self, prefix: str) -> Iterator[Stored]:
        """Every file below *prefix*, folder by folder, several at once."""
        with ThreadPoolExecutor(self.at_once) as pool:
            level = [prefix.rstrip("/")]
            while level:
                listed = list(pool.map(self._list, level))
                level = []
                for folder, entries in listed:
                    for entry in (e for e in entries if plain_name(e.filename)):
                        key = f"{folder}/{entry.filename}"
                        if _is_folder(entry):
                            level.append(key)
                        elif entry.filename.startswith(files.BESIDE):
                            self._drafts[key] = entry.st_mtime or 0
                        else:
                            yield Stored(
                                key=key,
                                length_bytes=entry.st_size or 0,
                                modified=datetime.fromtimestamp(entry.st_mtime or 0, UTC),
                            )

    def get(self, key: str) -> Content | None:
        """A small file, or None."""
        data = self._read(key)
        return None if data is None else Content(data=data, version=_version(data))

    def same(self, stored: Stored, path: Path) -> bool:
        """Whether the journal knows *stored*, as it lies there, to have the bytes of *path*."""
        modified = int(stored.modified.timestamp())
        known = self._journalled().get(stored.key)
        return known == (files.sha256(path), stored.length_bytes, modified)

    def put(self, key: str, path: Path, served: Served, moved: Moved) -> None:  # noqa: ARG002 - the web server there has its own headers
        """Send the file to a draft, look at its length, and rename it into its place."""
        length_bytes, digest = path.stat().st_size, files.sha256(path)
        with self._explained(key) as sftp, path.open("rb") as f:
            draft = self._draft(sftp, key, digest)
            start = 0
            if length_bytes >= RESUMED_FROM_BYTES:
                start = max(0, min(self._length(sftp, draft) or 0, length_bytes) - AGAIN_BYTES)
            f.seek(start)
            moved(start)

            def further(more: int) -> None:
                sftp.got_further()
                moved(more)

            with sftp.open(draft, "r+b" if start else "wb") as to:
                _send(f, to, further, self._piece_bytes())
            entry = sftp.stat(draft)
            if entry.st_size not in (None, length_bytes):  # some servers tell no lengths
                sftp.remove(draft)
                raise TemporaryError("arrived with another length", where=self.label + key)
            self._into_place(sftp, draft, self._at(key))
            self._note(key, digest, length_bytes, int(entry.st_mtime or 0))

    def put_if(self, key: str, data: bytes, served: Served, expected: str | None) -> None:  # noqa: ARG002 - as above
        """Replace the file if it is as expected, looked at just before the rename."""
        with self._explained(key) as sftp:
            draft = self._draft(sftp, key, _version(data))
            with sftp.open(draft, "wb") as f:
                f.write(data)
            there = self.get(key)
            if (there.version if there else None) != expected:
                sftp.remove(draft)
                raise conflict(key, self.label)
            self._into_place(sftp, draft, self._at(key))

    def delete(self, key: str) -> None:
        """Remove the file, and the folders that are empty without it."""
        with self._explained(key) as sftp:
            with suppress(OSError):
                sftp.remove(_aside(self._at(key)))  # or it would be put back
            with suppress(FileNotFoundError):
                sftp.remove(self._at(key))
            folder = key.rpartition("/")[0]
            while folder:
                try:
                    sftp.rmdir(self._at(folder))
                except OSError:
                    break  # not empty
                with self._lock:
                    self._made.discard(self._at(folder))
                folder = folder.rpartition("/")[0]

    def sweep(self, keep: Collection[str]) -> None:
        """Remove the drafts that `find` has met, if nothing was written to them for a day.

        A draft is named by what is sent to it, not by who sends: its age is all that tells.
        """
        names = {key.rpartition("/")[2] for key in keep}
        left = [key for key in self._drafts if _name_of_draft(key) not in names]
        if not left:
            return
        before = self.now().timestamp() - files.FOREIGN_S
        for key in left:
            if self._drafts.pop(key) < before:
                with self._explained(key) as sftp, suppress(FileNotFoundError):
                    sftp.remove(self._at(key))

    def now(self) -> datetime:
        """The date that the server gives to a file written now."""
        with self._explained("") as sftp:
            probe = self._draft(sftp, ".columncast/clock", "now")
            with sftp.open(probe, "wb") as f:
                f.write(b"?")
            modified = sftp.stat(probe).st_mtime
            sftp.remove(probe)
        return datetime.fromtimestamp(modified, UTC) if modified else datetime.now(UTC)

    def close(self) -> None:
        """End the connection."""
        with self._lock:
            if self._log:
                with suppress(EOFError, OSError, paramiko.SSHException):
                    self._log.close()
            if self._client:
                self._client.close()
            self._client, self._log, self._idle = None, None, queue.SimpleQueue()

    def _piece_bytes(self) -> int:
        transport = self._client.get_transport() if self._client else None
        openssh = transport is not None and "OpenSSH" in transport.remote_version
        return LARGE_PIECE_BYTES if openssh else PIECE_BYTES

    def _draft(self, sftp: Any, key: str, digest: str) -> str:
        """Return a name beside *key* that only the same bytes are ever sent to."""
        folder, _, name = self._at(key).rpartition("/")
        self._make(sftp, folder)
        return f"{folder}/{files.BESIDE}{f'{digest[:12]}-' if digest else ''}{name}"

    def _make(self, sftp: Any, folder: str) -> None:
        """Make *folder* and those above it; other threads may be doing the same."""
        with self._lock:
            if not folder or folder in self._made:
                return
            try:
                sftp.stat(folder)
            except FileNotFoundError:
                # A folder above may be none of ours to look at, as in a chroot.
                with suppress(PermissionError):
                    self._make(sftp, folder.rpartition("/")[0])
                with suppress(OSError):
                    sftp.mkdir(folder)
                sftp.stat(folder)
            self._made.add(folder)

    def _into_place(self, sftp: Any, draft: str, target: str) -> None:
        """Rename *draft* to *target*, in one step where the server can.

        Raises:
            OSError: The server refuses it; what was there is there.
        """
        if self._posix_rename:
            try:
                sftp.posix_rename(draft, target)
            except OSError as e:
                self._posix_rename = _code(e) != UNSUPPORTED
            else:
                return
        try:
            sftp.rename(draft, target)  # where nothing is, and at servers that do replace
        except OSError as e:
            if self._length(sftp, target) is None:
                raise
            self._swap(sftp, draft, target, e)
        with suppress(OSError):
            sftp.remove(_aside(target))

    def _swap(self, sftp: Any, draft: str, target: str, refused: OSError) -> None:
        """Rename what is at *target* aside and *draft* into its place.

        Raises:
            OSError: As *refused*, the answer to the plain rename, or another answer of the server.
        """
        aside = _aside(target)
        with suppress(FileNotFoundError):
            sftp.remove(aside)  # it is the one before the file that is there now
        for _ in range(RENAME_TRIES):
            with suppress(FileNotFoundError):  # another run has it aside just now
                sftp.rename(target, aside)
            try:
                sftp.rename(draft, target)
            except OSError as e:
                refused = e
                with suppress(OSError):
                    sftp.rename(aside, target)
            else:
                return
        raise refused

    def _restore(self, sftp: Any, target: str) -> bool:
        """Put back what a run that was killed left aside; return whether there was anything."""
        try:
            sftp.rename(_aside(target), target)
        except OSError:
            return False
        return True

    def _list(self, folder: str) -> tuple[str, list[Any]]:
        with self._explained(folder) as sftp:
            try:
                entries = {entry.filename: entry for entry in sftp.listdir_attr(self._at(folder))}
            except FileNotFoundError:
                return folder, []
            for name in [name for name in entries if name.startswith(ASIDE)]:
                target = name.removeprefix(ASIDE)
                if (
                    target not in entries
                    and plain_name(target)
                    and self._restore(sftp, f"{self._at(folder)}/{target}")
                ):
                    entries[target] = entries.pop(name)
                    entries[target].filename = target
            return folder, [entries[name] for name in sorted(entries)]

    def _read(self, key: str) -> bytes | None:
        with self._explained(key) as sftp:
            path = self._at(key)
            length_bytes = self._length(sftp, path)
            if length_bytes is None and self._restore(sftp, path):
                length_bytes = self._length(sftp, path)
            if length_bytes is None:
                return None
            if length_bytes > bounds.STORED_BYTES:
                raise RemoteError("is larger than what belongs here", where=self.label + key)
            try:
                with sftp.open(path, "rb") as f:
                    f.prefetch(length_bytes)
                    data: bytes = f.read()
                    return data
            except FileNotFoundError:
                return None

    @staticmethod
    def _length(sftp: Any, path: str) -> int | None:
        """Return the length of a file, or None if it is not there."""
        try:
            return int(sftp.stat(path).st_size or 0)
        except FileNotFoundError:
            return None

    def _note(self, key: str, digest: str, length_bytes: int, modified: int) -> None:
        """Add a line to the journal, without waiting: whatever is killed later, the file is known."""
        with self._lock:
            self._journalled()[key] = (digest, length_bytes, modified)
            try:
                if self._log is None:
                    sftp = self._channel()
                    self._make(sftp, self._at(JOURNAL).rpartition("/")[0])
                    self._log = sftp.open(self._at(JOURNAL), "ab")
                    self._log.set_pipelined(True)
                self._log.write(f"{digest} {length_bytes} {modified} {key}\n".encode())
                self._log.flush()
            except (ConnectionError, TimeoutError):
                raise
            except OSError:
                self._log = None  # a server that cannot append: pages are sent anew each time

    def _journalled(self) -> dict[str, tuple[str, int, int]]:
        with self._lock:
            if self._journal is None:
                self._journal = {}
                for line in (self._read(JOURNAL) or b"").decode(errors="replace").splitlines():
                    match line.split(" ", 3):
                        case [digest, size, modified, key] if size.isdigit() and modified.isdigit():
                            self._journal[key] = (digest, int(size), int(modified))
            return self._journal

    def _at(self, key: str) -> str:
        return f"{self.root.rstrip('/')}/{key}" if key else self.root

    @contextmanager
    def _explained(self, key: str) -> Iterator[Any]:
        """Give a channel to the server, and turn what paramiko raises into one line of ours."""
        where = self.label + key
        try:
            sftp = self._channel()
        except (EOFError, OSError, paramiko.SSHException) as e:
            self.close()
            _not_connected(e, self._settings.host, self._options, self.label)
        transport = sftp.get_channel().get_transport()
        try:
            # Every wait of paramiko's ends with the connection; a drip would outlast its timeouts.
            with Deadline(STEP_S, transport.close) as sftp.deadline:
                yield sftp
        except (EOFError, paramiko.SSHException, ConnectionError, TimeoutError) as e:
            self.close()
            raise TemporaryError("the connection broke off", where=where) from e
        except OSError as e:
            if "closed" in str(e).lower():
                self.close()
                raise TemporaryError("the connection broke off", where=where) from e
            self._idle.put(sftp)
            raise RemoteError(_why(e), where=where) from e
        except BaseException:
            self._idle.put(sftp)
            raise
        else:
            self._idle.put(sftp)

    def _channel(self) -> Any:
        with suppress(queue.Empty):
            while True:
                sftp = self._idle.get_nowait()
                if not sftp.get_channel().closed:
                    return sftp
        with self._lock:
            if self._client is None:
                self._client = _connect(self._options)
            transport = self._client.get_transport()
        if transport is None or not transport.is_active():
            raise EOFError
        with Deadline(TIMEOUT_S, transport.close):  # some of its waits have no limit of their own
            # A large window keeps a long line full; paramiko's own is made for a local network.
            sftp = _Client.from_transport(transport, window_size=1 << 22)
        sftp.get_channel().settimeout(TIMEOUT_S)
        return sftp


def _name_of_draft(key: str) -> str:
    """Return the name of the file that the draft *key* is of.

    >>> _name_of_draft("audio/.columncast-0123456789ab-the-last-ferry-89abcdef.mp3")
    'the-last-ferry-89abcdef.mp3'
    """
    name = key.rpartition("/")[2].removeprefix(files.BESIDE)
    return name.partition("-")[2] or name


def host_of(settings: Destination) -> str:
    """Return the server that *settings* name, which may go by another name in `~/.ssh/config`."""
    return str(_options(settings)["hostname"])


def _options(settings: Destination) -> dict[str, Any]:
    """Return what `~/.ssh/config` says of the host, and show.toml where it says more."""
    config = paramiko.SSHConfig()
    path = Path("~/.ssh/config").expanduser()
    try:
        if path.is_file():
            config = paramiko.SSHConfig.from_path(str(path))
        found = config.lookup(settings.host)
    except (paramiko.SSHException, OSError) as e:
        raise SettingsError(f"cannot be read: {e}", where=path) from e
    return {
        "hostname": found["hostname"],
        "port": settings.port or int(found.get("port", 22)),
        "username": settings.user or found.get("user") or None,
        "key_filename": [str(Path(key).expanduser()) for key in found.get("identityfile", ())],
        "known_hosts": [
            Path(name).expanduser()
            for kind, usual in KNOWN_HOSTS.items()
            for name in found.get(kind, usual).split()
        ],
        "host_key_name": found.get("hostkeyalias", ""),
        "proxy": found.get("proxycommand"),
    }


def lacks(settings: Destination) -> Iterator[str]:
    """Tell what is missing here to reach *settings*, without connecting.

    Raises:
        SettingsError: `~/.ssh/config` cannot be read.
    """
    options = _options(settings)
    usual = Path("~/.ssh").expanduser().glob("id_*")
    keys = [*map(Path, options["key_filename"]), *usual]
    if not os.environ.get("SSH_AUTH_SOCK") and not any(key.is_file() for key in keys):
        yield "no key in ~/.ssh and no ssh agent; make one: ssh-keygen -t ed25519"
    alias = options["host_key_name"]
    host, port = (alias, known_hosts.SSH_PORT) if alias else (options["hostname"], options["port"])
    if not known_hosts.kinds(known_hosts.read_lines(options["known_hosts"]), host, port):
        yield f"the host's key is not in known_hosts; connect once and compare it: ssh {settings.host}"


def _connect(options: dict[str, Any]) -> Any:
    options = dict(options)
    client = paramiko.SSHClient()
    # paramiko's own reader of these files ends at a marker and takes one key of each kind. So it
    # is given none, and every key comes to the policy.
    lines = known_hosts.read_lines(options.pop("known_hosts"))
    alias = options.pop("host_key_name")
    host, port = (alias, known_hosts.SSH_PORT) if alias else (options["hostname"], options["port"])
    client.set_missing_host_key_policy(_HostKeys(lines, host, port))
    proxy = options.pop("proxy")
    sock = paramiko.ProxyCommand(proxy) if proxy else None
    try:
        with Deadline(CONNECT_S, client.close):
            client.connect(
                **options,
                sock=sock,
                timeout=TIMEOUT_S,
                banner_timeout=TIMEOUT_S,
                auth_timeout=TIMEOUT_S,
                channel_timeout=TIMEOUT_S,
                transport_factory=functools.partial(
                    _transport, key_kinds=known_hosts.kinds(lines, host, port)
                ),
            )
    except BaseException:
        client.close()
        raise
    client.get_transport().set_keepalive(15)
    return client


def _transport(sock: Any, *, key_kinds: Sequence[str] = (), **more: Any) -> Any:
    """Return a transport that waits for nothing, and prefers what processors do in hardware.

    It asks the host for a key of the *key_kinds* that are known of it, if it has one.
    """
    if isinstance(sock, socket.socket):
        # Many small questions at once on one connection: each must not wait for the last one's ACK.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    transport = paramiko.Transport(sock, **more)
    options = transport.get_security_options()
    quick = [name for name in options.ciphers if "gcm" in name]
    options.ciphers = (*quick, *(name for name in options.ciphers if name not in quick))
    # An RSA key signs in three ways, and known_hosts calls it by the name of the oldest.
    known = [
        name
        for name in options.key_types
        if ("ssh-rsa" if name.startswith("rsa-") else name) in key_kinds
    ]
    options.key_types = (*known, *(name for name in options.key_types if name not in known))
    return transport


class _HostKeyError(paramiko.SSHException):  # type: ignore[misc]  # paramiko ships no types
    """The host's key is not one to trust."""

    def __init__(self, verdict: known_hosts.Verdict, key: str) -> None:
        """Take why, and the key as a person compares it."""
        self.verdict = verdict
        super().__init__(key)


class _HostKeys(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # as above
    """Lets a host in whose key is in known_hosts, and no other."""

    def __init__(self, lines: Sequence[known_hosts.Line], host: str, port: int) -> None:
        self.lines, self.host, self.port = lines, host, port

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:  # noqa: ARG002 - paramiko's signature
        kind = key.get_name()
        verdict = known_hosts.judge(self.lines, self.host, self.port, kind, key.asbytes())
        if verdict != "known":
            raise _HostKeyError(verdict, f"{kind} {key.fingerprint}")


HOST_KEYS = {
    "unknown": "the host's key is not known: {key}; compare it with what the host's owner says, and "
    "accept it once with: {ssh}",
    "other": "the host's key is NOT the one in known_hosts but {key}; somebody may be in between: ask "
    "the host's owner before you remove the old one",
    "revoked": "the host's key {key} is marked @revoked in known_hosts; nothing was sent: ask the "
    "host's owner for its new key",
    "authority": "the host's key {key} is not in known_hosts, which only names an authority for its "
    "certificates, and those cannot be checked here; compare it with what the host's owner says, "
    "and add it with: ssh-keyscan -p {port} {host}",
}
"""What to say of a host whose key is not one to trust."""


def _not_connected(error: Exception, host: str, options: dict[str, Any], label: str) -> NoReturn:
    """Say in one line why there is no connection."""
    user = options["username"] or "you"
    ssh = f"ssh -p {options['port']} {f'{user}@' if options['username'] else ''}{host}"
    if isinstance(error, _HostKeyError):
        why = HOST_KEYS[error.verdict]
        raise RemoteError(
            why.format(key=error, ssh=ssh, host=host, port=options["port"]), where=label
        ) from error
    if isinstance(error, paramiko.PasswordRequiredException):
        raise RemoteError(
            "the ssh key has a passphrase; unlock it with ssh-add", where=label
        ) from error
    if isinstance(error, paramiko.AuthenticationException):
        raise RemoteError(
            f"{user} is not let in; look at your ssh agent and ~/.ssh, and try: {ssh}", where=label
        ) from error
    raise TemporaryError(f"cannot be reached ({_plain(error)})", where=label) from error


def _why(error: OSError) -> str:
    """Say what a server answered; nothing that it did not say."""
    if error.errno == errno.EACCES:
        return "permission denied; the folder must belong to the user who publishes"
    if error.errno == errno.ENOENT:
        return "there is no such file or folder at the server; look at path in show.toml"
    known = {
        UNSUPPORTED: "the server cannot do what was asked",
        NO_SPACE: "the disk there is full; free some space",
        QUOTA: "your quota there is used up; free some space or raise it",
        READ_ONLY: "the disk there cannot be written to",
    }
    if why := known.get(_code(error)):
        return f"{why} ({_plain(error)})"
    # SFTP 3 has one word for every other trouble, a full disk included.
    return f"the server refused it ({_plain(error)}) and gave no reason; is its disk or your quota full?"


def _code(error: OSError) -> int:
    return int(getattr(error, "sftp_code", 0))


def _aside(target: str) -> str:
    folder, _, name = target.rpartition("/")
    return f"{folder}/{ASIDE}{name}"


def _is_folder(entry: Any) -> bool:
    """Whether a listed *entry* is a folder; a server may only say so in the text for people."""
    if entry.st_mode is not None:
        return stat.S_ISDIR(entry.st_mode)
    return str(getattr(entry, "longname", "")).startswith("d")


class _Client(paramiko.SFTPClient):  # type: ignore[misc]  # as above
    """A channel whose errors keep the number that the server answered with."""

    deadline: Deadline
    """By when what it is at must get further."""

    def got_further(self) -> None:
        self.deadline.extend(STEP_S, most_until=math.inf)

    def _convert_status(self, msg: Any) -> None:
        begin = msg.packet.tell()
        code = msg.get_int()
        msg.packet.seek(begin)
        try:
            super()._convert_status(msg)
        except OSError as e:
            e.sftp_code = code  # type: ignore[attr-defined]  # ours, for `_code`
            raise


def _plain(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or "no answer"


def _send(source: BinaryIO, to: Any, moved: Moved, size: int) -> None:
    """Write the rest of *source* without waiting for each answer, yet looking at all of them."""
    to.MAX_REQUEST_SIZE = size
    to.seek(source.tell())
    unchecked, piece = 0, source.read(size)
    while piece:
        following = source.read(size)
        unchecked += len(piece)
        # Without pipelining, paramiko waits for the answers to everything sent before.
        to.set_pipelined(bool(following) and unchecked < CHECKED_BYTES)
        unchecked = unchecked if unchecked < CHECKED_BYTES else 0
        to.write(piece)
        moved(len(piece))
        piece = following


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
