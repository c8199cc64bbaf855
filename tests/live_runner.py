"""Publishes again and again, and is really killed (SIGKILL) at one step after the other.

Run as a program: SHOW-FOLDER and the destination as JSON. Each round adds an episode or a new
take, publishes it in a child that kills itself at its n-th step, and then in one that may finish.
A step is every call of the store, before and after it, every piece of a file, every question over
HTTP. A line of JSON is printed for each round; the last says `"killed": false`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from live_builders import BuiltShow

from columncast.episodes.http.client import Client
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage
from columncast.episodes.waiting.retry import Retry
from columncast.feed.live import plan, upload, verify

os.fsync = lambda fd: None  # noqa: ARG005 - as it is called; SIGKILL is no power cut, and there are hundreds of files


class Steps:
    """Counts, and kills this process at the step that it was told."""

    def __init__(self, last: int) -> None:
        self.left = last

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, thing: object, *names: str) -> None:
        """Count the calls of methods, before and after."""
        for name in names:
            setattr(thing, name, self._counted(getattr(thing, name)))

    def _counted(self, method):
        def counted(*given, **named):
            self()
            done = method(*given, **named)
            if hasattr(done, "__next__"):
                done = iter(list(done))
            self()
            return done

        return counted


class CountedClient(Client):
    """An HTTP client every question of which is a step."""

    steps: Steps

    def ask(self, *given, **named):
        self.steps()
        answer = super().ask(*given, **named)
        self.steps()
        return answer


def publish(root: Path, destination: Destination, kill_at: int) -> None:
    show = ShowFolder(root)
    steps = Steps(kill_at)
    CountedClient.steps = steps
    store: Any = open_storage(destination, root, retry=Retry(sleep=lambda _: None))
    inner = store.store
    steps.around(inner, "get", "put", "put_if", "find", "now")
    servers = verify.Servers(client=CountedClient(timeout_s=20), retry=Retry(sleep=lambda _: None))
    planned = plan.plan(show, destination, store, name="main")
    upload.go_live(show, store, planned, servers=servers, progress=steps)
    store.close()


def in_a_child(root: Path, destination: Destination, kill_at: int) -> int:
    """Publish in a child; return how it ended, as `subprocess` says it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            publish(root, destination, kill_at)
            code = 0
        finally:
            if code:
                traceback.print_exc()
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(root: Path, base_url: str, destination: Destination, stride: int) -> None:
    show = BuiltShow(root, base_url)
    show.add(1)
    assert in_a_child(root, destination, 0) == 0
    kill_at = 1
    while True:
        show.add(1 + kill_at % 3, take=kill_at)
        killed = in_a_child(root, destination, kill_at) == -signal.SIGKILL
        finished = in_a_child(root, destination, 0) == 0
        sys.stdout.write(json.dumps({"at": kill_at, "killed": killed, "finished": finished}) + "\n")
        sys.stdout.flush()
        if not killed:
            return
        kill_at += stride


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Destination(**json.loads(sys.argv[3])), int(sys.argv[4]))
