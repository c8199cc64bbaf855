"""Runs columncast again and again, each time in a fork of a process that has everything loaded.

Run as a program with the folder where what is given lies: a line of JSON on stdin for each run, two lines on stdout: the process, which waits
to be continued if a tracer is to attach first, and how it ended. The guids of new episodes are
the same in every run, so that what two runs make can be compared.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import shutil
import signal
import sys
import traceback
import uuid
from typing import Any

import columncast
from columncast import cli

PR_SET_PTRACER = 0x59616D61  # prctl(2), Yama: whom a process lets trace it; -1 is anybody
LEFT_OUT = (
    "cluster",
    "dask",
    "sftp",
    "s3",
    "mirror",
)  # large, and nothing that is killed here needs them


def load_everything() -> None:
    for module in pkgutil.walk_packages(columncast.__path__, "columncast."):
        parts = module.name.split(".")
        if parts[1] in ("episodes", "audio", "feed") and parts[-1] not in LEFT_OUT:
            importlib.import_module(module.name)


def warm_up(folder: str) -> None:
    """Make a show in *folder*, so that what is worked out once is there in every fork."""
    os.chdir(folder)
    init = ["init", "warm", "--title", "Warm", "--site-url", "https://walls.example/"]
    add = ["-C", "warm", "add", "given/take.wav", "given/column.txt", "--force"]
    with (
        open(os.devnull, "w") as nowhere,  # noqa: PTH123 - as short as it gets
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        for argv in ([*init, "--language", "cy"], add, ["-C", "warm", "build"]):
            with contextlib.suppress(SystemExit):
                sys.argv = ["columncast", *argv]
                cli.main()
    shutil.rmtree("warm")


def run(asked: dict[str, Any]) -> None:
    """Be the command; never returns."""
    code = 1
    try:
        os.chdir(asked["cwd"])
        for number, name in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(name, flags, 0o666), number)
        guids = iter(range(1, 1000))
        uuid.uuid4 = lambda: uuid.UUID(int=next(guids))
        sys.argv = ["columncast", *asked["argv"]]
        if asked["traced"]:
            ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
        cli.main()
    except SystemExit as e:
        code = e.code if isinstance(e.code, int) else 0
    except BaseException:  # noqa: BLE001 - whatever it was, a child must not go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    load_everything()
    warm_up(sys.argv[1])
    gc.freeze()  # or every fork would copy what the collector only looks at
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            run(asked)
        if asked["traced"]:
            os.waitpid(child, os.WUNTRACED)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        status = os.waitpid(child, 0)[1]
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
