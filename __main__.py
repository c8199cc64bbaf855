"""`python -m columncast` is the command `columncast`."""

import sys


def main() -> None:
    """Run the command. Ctrl-C ends it with one line even while its parts are being loaded."""
    try:
        from columncast import cli  # noqa: PLC0415 - what takes a while
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; run the same command again to go on.\n")
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
