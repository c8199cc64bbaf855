"""Running a web application on this machine: the one place where uvicorn is used."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from columncast.episodes.errors import UsageError
from columncast.episodes.waiting import interrupt

LOOPBACK = "127.0.0.1"


def run(app: Any, *, port: int, ready: Callable[[str], None], host: str = LOOPBACK) -> None:
    """Serve the ASGI *app* until Ctrl-C, and then stop at once, whoever is still connected.

    *ready* is called with the address as soon as requests are answered; *port* 0 takes a free one.

    Raises:
        UsageError: The port is taken, or not ours to use.
    """
    listening = listen(host, port)
    # A signal ends a server as it should; it comes back out of uvicorn only to tell the caller.
    with contextlib.suppress(KeyboardInterrupt), interrupt.ends_a_server():
        server(app, listening, ready).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on *port*.

    Raises:
        UsageError: As `run`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows SO_REUSEADDR would share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as e:
        listening.close()
        reason = {
            errno.EADDRINUSE: f"port {port} is in use; choose another one with --port",
            errno.EACCES: f"port {port} is not ours to use; choose one above 1024 with --port",
        }.get(e.errno or 0, f"cannot listen on {host} port {port}: {e.strerror}")
        raise UsageError(reason) from e
    except OverflowError as e:
        listening.close()
        raise UsageError(f"port {port} is not between 0 and 65535") from e
    return listening


def server(app: Any, listening: socket.socket, ready: Callable[[str], None]) -> uvicorn.Server:
    """Return uvicorn's server for *app*; it says nothing by itself and waits for nobody."""
    host, port = listening.getsockname()[:2]

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")

    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=0,  # a podcast app may hold a connection for the whole episode
    )
    return Server(config)
