"""`python -m columncast` is the command `columncast`.

Nothing is imported here that takes a while: first of all, Ctrl-C gets its one line.
"""

import gc
import os
import signal
import sys


def main() -> None:
    """Run the command. Ctrl-C ends it with one line even while its parts are being loaded."""
    # Deaf to Ctrl-C, as in the background of a shell, it stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    # A large show is hundreds of thousands of objects with no cycles among them, and so are the
    # modules: looking for some after every 700 would be a tenth of a build that has nothing to do.
    gc.set_threshold(50_000)
    from columncast import cli  # noqa: PLC0415 - what takes a while

    cli.main()


def _end(*_: object) -> None:
    """End at once: nothing has begun yet, so nothing is left halfway.

    Not by KeyboardInterrupt: raised in the midst of an import, Python may drop it.
    """
    os.write(sys.stderr.fileno(), b"Interrupted; run the same command again to go on.\n")
    os._exit(130)


if __name__ == "__main__":
    main()
