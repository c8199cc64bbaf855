"""Publishing against the plain tools: `boto3 upload_file` and OpenSSH's `sftp put`, side by side.

Everything is on loopback: an S3 server (moto) and a real sshd, once as they are and once behind a
line of 20 ms there and 20 ms back, 100 Mbit/s each way. Then the memory that a file of 2 GB takes.
Needs openssh-server and openssh-client.

    python benchmarks/publishing.py [--quick]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import multiprocessing
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3

from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage
from columncast.feed.live.local_site import Step
from columncast.feed.live.upload import put_all, quiet

LOOPBACK = "127.0.0.1"
DELAY_S = 0.020
RATE_BYTES_S = 100e6 / 8
ONE_MB = 40
SMALL_FILES, SMALL_KB = 100, 30


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as taken:
        return taken.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit("a server did not start")


# A slow line


def slow_line(listen: int, to: int) -> None:
    """Carry bytes from one port to another, late and no faster than the line."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, free: list) -> None:
        waiting: asyncio.Queue = asyncio.Queue(maxsize=4000)

        async def deliver() -> None:
            while (item := await waiting.get()) is not None:
                due, data = item
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                writer.write(data)
                await writer.drain()
            writer.close()

        delivering = asyncio.create_task(deliver())
        while data := await reader.read(16_384):
            free[0] = max(free[0], time.monotonic()) + len(data) / RATE_BYTES_S
            await waiting.put((free[0] + DELAY_S, data))
            await asyncio.sleep(max(0.0, free[0] - time.monotonic() - 0.05))
        await waiting.put(None)
        await delivering

    up, down = [0.0], [0.0]  # when the line is free again, for all connections together

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(LOOPBACK, to)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(carry(reader, back, up), carry(there, writer, down))

    async def run() -> None:
        server = await asyncio.start_server(accept, LOOPBACK, listen)
        await server.serve_forever()

    asyncio.run(run())


# Servers


@contextlib.contextmanager
def s3_server() -> Iterator[int]:
    port = free_port()
    command = [str(Path(sys.executable).parent / "moto_server"), "-H", LOOPBACK, "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def ssh_server(run: Path) -> Iterator[int]:
    home = run / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    for key in (run / "host", home / ".ssh/id_ed25519"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    shutil.copy(home / ".ssh/id_ed25519.pub", run / "authorized")
    port = free_port()
    (run / "config").write_text(
        f"Port {port}\nListenAddress {LOOPBACK}\nHostKey {run}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {run}/authorized\nStrictModes no\nSubsystem sftp internal-sftp\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    sshd = shutil.which("sshd") or "/usr/sbin/sshd"
    process = subprocess.Popen([sshd, "-D", "-E", run / "log", "-f", run / "config"])
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def behind_a_slow_line(to: int) -> Iterator[int]:
    port = free_port()
    line = multiprocessing.get_context("spawn").Process(target=slow_line, args=(port, to))
    line.start()
    try:
        wait_for(port)
        yield port
    finally:
        line.terminate()
        line.join()


# What is compared


def steps_of(paths: list[Path], folder: str) -> list[Step]:
    return [
        Step(
            key=f"{folder}/{p.name}", path=p, length_bytes=p.stat().st_size, stage="media", new=True
        )
        for p in paths
    ]


def ours(destination: Destination, paths: list[Path], folder: str) -> None:
    store = open_storage(destination, Path())
    put_all(store, steps_of(paths, folder), quiet)
    store.close()


def plain_s3(port: int, paths: list[Path], folder: str) -> None:
    client = boto3.client("s3", endpoint_url=f"http://{LOOPBACK}:{port}")
    for path in paths:
        extra = {"ContentType": "audio/mpeg", "CacheControl": "public, max-age=31536000, immutable"}
        client.upload_file(str(path), "walls", f"{folder}/{path.name}", ExtraArgs=extra)
    client.close()


def plain_sftp(port: int, run: Path, paths: list[Path], folder: str) -> None:
    batch = f"-mkdir {run}/files/{folder}\n" + "".join(
        f"put {path} {run}/files/{folder}/{path.name}\n" for path in paths
    )
    options = [f"UserKnownHostsFile={run}/known", f"IdentityFile={run}/home/.ssh/id_ed25519"]
    flags = [word for option in options for word in ("-o", option)]
    command = ["sftp", "-q", "-P", str(port), *flags, "-b", "-", f"{getpass.getuser()}@{LOOPBACK}"]
    subprocess.run(command, input=batch, text=True, check=True, stdout=subprocess.DEVNULL)


def known_at(run: Path, port: int) -> None:
    """Let both clients know the host's key."""
    key = (run / "host.pub").read_text().rsplit(" ", 1)[0]
    for file in (run / "known", run / "home/.ssh/known_hosts"):
        with file.open("a") as f:
            f.write(f"[{LOOPBACK}]:{port} {key}\n")


def side_by_side(
    what: str, plain: Callable[[str], None], our: Callable[[str], None], rounds: int
) -> None:
    """Time both in turns, so that a busy machine is busy for both; print the medians."""
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    for n in range(rounds):
        for name, act in (("plain", plain), ("ours", our)):
            begun = time.perf_counter()
            act(f"{name}-{''.join(c if c.isalnum() else '-' for c in what)}-{n}")
            times[name].append(time.perf_counter() - begun)
    a, b = statistics.median(times["plain"]), statistics.median(times["ours"])
    print(f"{what:52} {a:8.2f} s {b:8.2f} s {a / b:7.1f} x", flush=True)


def compare(one: Path, small: list[Path], work: Path, *, quick: bool) -> None:
    rounds = 1 if quick else 3
    print(f"{'':52} {'plain':>10} {'ours':>10} {'faster':>9}")
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with s3_server() as direct, behind_a_slow_line(direct) as slow:
        boto3.client("s3", endpoint_url=f"http://{LOOPBACK}:{direct}").create_bucket(Bucket="walls")
        for line, port in (("loopback", direct), ("40 ms, 100 Mbit/s", slow)):
            to = Destination(kind="s3", bucket="walls", endpoint_url=f"http://{LOOPBACK}:{port}")
            for what, paths in (
                (f"one file of {ONE_MB} MB", [one]),
                (f"{len(small)} of {SMALL_KB} kB", small),
            ):
                side_by_side(
                    f"S3, {what}, {line}",
                    partial(plain_s3, port, paths),
                    partial(ours, to, paths),
                    rounds,
                )
    run = work / "ssh"
    run.mkdir()
    with ssh_server(run) as direct, behind_a_slow_line(direct) as slow:
        os.environ["HOME"] = str(run / "home")
        os.environ.pop("SSH_AUTH_SOCK", None)
        (run / "files").mkdir()
        for line, port in (("loopback", direct), ("40 ms, 100 Mbit/s", slow)):
            known_at(run, port)
            to = Destination(kind="sftp", host=LOOPBACK, port=port, path=str(run / "files"))
            for what, paths in (
                (f"one file of {ONE_MB} MB", [one]),
                (f"{len(small)} of {SMALL_KB} kB", small),
            ):
                side_by_side(
                    f"SFTP, {what}, {line}",
                    partial(plain_sftp, port, run, paths),
                    partial(ours, to, paths),
                    rounds,
                )
        if not quick:
            memory(
                work, Destination(kind="sftp", host=LOOPBACK, port=direct, path=str(run / "files"))
            )


# Memory


class Sink(BaseHTTPRequestHandler):
    """An S3 server that throws away what it gets."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        left = int(self.headers["content-length"])
        while left:
            left -= len(self.rfile.read(min(left, 1 << 20)))
        self.say(b"", etag='"etag"')

    def do_GET(self) -> None:
        self.say(b"<ListMultipartUploadsResult/>")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.say(b"<X><UploadId>1</UploadId><ETag>e</ETag></X>")

    def say(self, body: bytes, **headers: str) -> None:
        self.send_response(200)
        for key, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def sink(port: int) -> None:
    ThreadingHTTPServer((LOOPBACK, port), Sink).serve_forever()


def peak_mb() -> float:
    """Return the most memory that this process had; `ru_maxrss` would begin with its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def put_and_tell(destination: Destination, path: Path, told: object) -> None:
    store = open_storage(destination, path.parent)
    small = path.with_name("small.mp3")
    small.write_bytes(bytes(1000))
    put_all(store, steps_of([small], "audio"), quiet)
    before = peak_mb()
    begun = time.perf_counter()
    put_all(store, steps_of([path], "audio"), quiet)
    took = time.perf_counter() - begun
    after = peak_mb()
    store.close()
    told.put((before, after, took))  # type: ignore[attr-defined]


def memory(work: Path, sftp: Destination) -> None:
    """Print the most memory that putting 2 GB took, and what the process had before."""
    large = work / "large-1a2b3c4d.mp3"
    with large.open("wb") as f:
        f.truncate(2 << 30)
    processes = multiprocessing.get_context("spawn")
    port = free_port()
    server = processes.Process(target=sink, args=(port,))
    server.start()
    wait_for(port)
    store = Destination(kind="s3", bucket="walls", endpoint_url=f"http://{LOOPBACK}:{port}")
    print(f"\n{'a file of 2 GB':20} {'before':>10} {'at most':>10} {'took':>9}")
    for name, destination in (
        ("folder", Destination(kind="folder", path=str(work / "www"))),
        ("S3", store),
        ("SFTP", sftp),
    ):
        told = processes.Queue()
        process = processes.Process(target=put_and_tell, args=(destination, large, told))
        process.start()
        before, after, took = told.get()
        process.join()
        print(f"{name:20} {before:7.0f} MB {after:7.0f} MB {took:7.1f} s", flush=True)
    server.terminate()
    server.join()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="one round, and no file of 2 GB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source = random.Random(1)  # noqa: S311 - bytes that do not compress
        one = work / "one-1a2b3c4d.mp3"
        one.write_bytes(source.randbytes(ONE_MB * 1_000_000))
        small = []
        for n in range(SMALL_FILES):
            small.append(work / f"small-{n}.mp3")
            small[-1].write_bytes(source.randbytes(SMALL_KB * 1000))
        compare(one, small, work, quick=options.quick)


if __name__ == "__main__":
    main()
