"""How a command ends: with its result, or with one line that says what went wrong, and a code."""

from __future__ import annotations

import sys
import traceback

import click

from columncast.episodes.console.console import put
from columncast.episodes.errors import ColumncastError, FolderError
from columncast.episodes.waiting import interrupt


def run(command: click.Command, ctrl_c: interrupt.Interrupt) -> int:
    """Run *command* with the arguments of this process; return its exit code."""
    try:
        code = command.main(standalone_mode=False, prog_name="columncast")
    except (Exception, KeyboardInterrupt) as e:  # noqa: BLE001 - whatever it is, it ends with a line
        code = exit_code(e, ctrl_c)
    return code if isinstance(code, int) else 0


def exit_code(error: BaseException, ctrl_c: interrupt.Interrupt) -> int:
    """Say what went wrong; return what the command ends with."""
    match error:
        case ColumncastError():
            put(f"Error: {error}", err=True)
            for line in getattr(error, "diff", ()):  # what somebody else changed in the live feed
                put(f"  {line}", err=True)
            return error.exit_code
        case click.ClickException():
            put(_as_line(error), err=True)
            return error.exit_code
        case KeyboardInterrupt() | click.Abort():
            ctrl_c.pressed.set()  # whoever watches may not have come to it yet
            ctrl_c.hush()
            ctrl_c.say()
            return interrupt.EXIT_CODE
        case BrokenPipeError():
            sys.stderr.close()  # whoever read us has left; nothing is left to say
            return 0
        case OSError(errno=int()):
            from columncast.episodes.disk.files import explained  # noqa: PLC0415 - what failed, only

            put(f"Error: {explained(error)}", err=True)
            return FolderError.exit_code
    if {"-v", "--verbose"} & set(sys.argv):
        for line in "".join(traceback.format_exception(error)).splitlines():
            put(line, err=True)
    else:
        put(
            f"Error: unexpected {type(error).__name__}: {error}. This is a fault of columncast: run it "
            "again with -v and report what it says",
            err=True,
        )
    return 1


def _as_line(error: click.ClickException) -> str:
    """Return what is wrong with how a command was used, and which help says how it can be."""
    message = error.format_message().rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx:
        command = " ".join(error.ctx.command_path.split())  # a subcommand of `import` has no name
        message += f"{'' if message.endswith('?') else ';'} see: {command} --help"
    return f"Error: {message[:1].lower()}{message[1:]}"
