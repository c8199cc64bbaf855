"""Ctrl-C: it ends the process within two seconds, whatever does not want to end.

Python raises KeyboardInterrupt in the main thread, and all that is in our hands is tidied up. But a
thread that waits for a slow server, a program or a library holds up the end of the process for as
long as it waits. So a second hand watches: when the tidying takes longer than `GRACE_S`, the process
is left as it is, which is as safe as a kill: the next run goes on.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress

EXIT_CODE = 130
"""128 and the number of the signal, as shells have it."""
GRACE_S = 1.2
SERVER_GRACE_S = 8.0
"""For what Ctrl-C ends as it should, with exit code 0."""
programs: weakref.WeakSet[subprocess.Popen[bytes]] = weakref.WeakSet()
"""Programs that were started here, and must not outlive us."""
LINE = "Interrupted; run the same command again to go on."
_kept: list[socket.socket] = []


class Interrupt:
    """What is known of Ctrl-C in one run of a command."""

    def __init__(self) -> None:
        self.pressed = threading.Event()
        self.grace_s = GRACE_S
        self._said = threading.Lock()

    def say(self) -> None:
        """Tell a person, once."""
        if self._said.acquire(blocking=False):
            with suppress(OSError, ValueError):  # nobody reads it any more
                if sys.stderr.isatty():
                    sys.stderr.write("\r\x1b[K\x1b[?25h")  # bars of progress hide the cursor
                sys.stderr.write(f"{LINE}\n")
                sys.stderr.flush()

    def hush(self) -> None:
        """Let further Ctrl-C interrupt nothing: the process is ending."""
        if self.pressed.is_set():
            signal.signal(signal.SIGINT, signal.SIG_IGN)


_current: list[Interrupt] = []


@contextmanager
def ends_a_server() -> Iterator[None]:
    """While this lasts, Ctrl-C is how a person ends the command."""
    for interrupt in _current:
        interrupt.grace_s = SERVER_GRACE_S
    yield


@contextmanager
def watched() -> Iterator[Interrupt]:
    """Watch for Ctrl-C while this lasts, and from then on to the end of the process."""
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    ours, theirs = socket.socketpair()
    theirs.settimeout(0)
    # Written to by the interpreter's own handler, even while the main thread is deep in C.
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    watch = threading.Thread(target=_watch, args=(ours, interrupt), name="ctrl-c", daemon=True)
    watch.start()
    _current.append(interrupt)
    # Until here it may be answered otherwise (`__main__`), and from the end of this on again.
    otherwise = signal.getsignal(signal.SIGINT)
    if callable(otherwise):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield interrupt
    finally:
        _current.remove(interrupt)
        if callable(otherwise):
            signal.signal(signal.SIGINT, otherwise)
        interrupt.hush()
        if interrupt.pressed.is_set():
            _kept.append(theirs)  # closed, it would end the watch
        else:
            signal.set_wakeup_fd(before)
            theirs.close()
            watch.join(1)
            ours.close()


def _watch(ours: socket.socket, interrupt: Interrupt) -> None:
    leaves = 0.0
    while True:
        ours.settimeout(max(0.01, leaves - time.monotonic()) if leaves else None)
        try:
            signals = ours.recv(1)
        except TimeoutError:
            break
        except OSError:
            return
        if not signals:
            return  # the command has ended
        if signals[0] == signal.SIGINT:
            # Servers raise it once more for whoever called them, so a second one means nothing.
            leaves = leaves or time.monotonic() + interrupt.grace_s
            interrupt.pressed.set()
    interrupt.say()
    for program in list(programs):
        program.kill()
    os._exit(EXIT_CODE)
