"""`python -m columncast` is the command `columncast`."""

import gc
import sys


def main() -> None:
    """Run the command. Ctrl-C ends it with one line even while its parts are being loaded."""
    # A large show is hundreds of thousands of objects with no cycles among them, and so are the
    # modules: looking for some after every 700 would be a tenth of a build that has nothing to do.
    gc.set_threshold(50_000)
    try:
        from columncast import cli  # noqa: PLC0415 - what takes a while
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; run the same command again to go on.\n")
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
