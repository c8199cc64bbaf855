"""Publishes again and again, and is really killed (SIGKILL) at one step after the other.

Run as a program: SHOW-FOLDER, BASE-URL, the destination as JSON, and `each` or `every`. A step is every
call of the store, before and after it, every piece of a file, every question over HTTP; steps that
do the same for files of one kind are of one kind. With `every` the program is killed at every step;
with `each`, once in each kind that changes what is there, since to be killed after a question
leaves the same as to be killed before it. Each round adds an episode or a new take, publishes it in
a child that kills itself, and then in one that may finish. A line of JSON is printed for each
round, and a line is read before the next.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from killing import place
from live_builders import BuiltShow

from columncast.episodes.http.client import Client
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage
from columncast.episodes.waiting.retry import Retry
from columncast.feed.live import plan, upload, verify

os.fsync = lambda fd: None  # noqa: ARG005 - as it is called; SIGKILL is no power cut, and there are hundreds of files

CHANGES_FIRST = re.compile(r"(a piece of|after put|after put_if) .* 0$")


class Steps:
    """Notes the steps, and kills this process at the one that it was told."""

    def __init__(self, last: str = "") -> None:
        self.last = last
        self.made: list[str] = []
        self.lock = threading.Lock()  # files are put several at once

    def __call__(self, what: str, key: str = "") -> None:
        with self.lock:
            kind = f"{what} {place(key)}"
            self.made.append(f"{kind} {sum(one.startswith(f'{kind} ') for one in self.made)}")
            if self.made[-1] == self.last:
                os.kill(os.getpid(), signal.SIGKILL)

    def moved(self, key: str, _share: float) -> None:
        self("a piece of", key)

    def around(self, thing: object, *names: str) -> None:
        """Note the calls of methods, before and after."""
        for name in names:
            setattr(thing, name, self._noted(name, getattr(thing, name)))

    def _noted(self, name, method):
        def noted(*given, **named):
            key = given[0] if given else ""
            self(f"before {name}", key)
            done = method(*given, **named)
            if hasattr(done, "__next__"):
                done = iter(list(done))
            self(f"after {name}", key)
            return done

        return noted


class NotedClient(Client):
    """An HTTP client every question of which is a step."""

    steps: Steps

    def ask(self, url, method="GET", **named):
        self.steps(f"before {method}", urlsplit(url).path[1:])
        answer = super().ask(url, method, **named)
        self.steps(f"after {method}", urlsplit(url).path[1:])
        return answer


def publish(root: Path, destination: Destination, steps: Steps) -> None:
    show = ShowFolder(root)
    NotedClient.steps = steps
    store: Any = open_storage(destination, root, retry=Retry(sleep=lambda _: None))
    steps.around(store.store, "get", "put", "put_if", "find", "now")
    servers = verify.Servers(client=NotedClient(timeout_s=20), retry=Retry(sleep=lambda _: None))
    planned = plan.plan(show, destination, store, name="main")
    upload.go_live(show, store, planned, servers=servers, progress=steps.moved)
    store.close()


def in_a_child(root: Path, destination: Destination, last: str = "") -> int:
    """Publish in a child; return how it ended, as `subprocess` says it."""
    child = os.fork()
    if child == 0:
        code = 1
        steps = Steps(last)
        try:
            publish(root, destination, steps)
            (root.parent / "steps.json").write_text(json.dumps(steps.made))
            code = 0
        finally:
            if code:
                traceback.print_exc()
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(root: Path, base_url: str, destination: Destination, which: str) -> None:
    show = BuiltShow(root, base_url)
    for take in (1, 2):
        show.add(1, take=take)
        assert in_a_child(root, destination) == 0
    steps = json.loads((root.parent / "steps.json").read_text())
    taken = [step for step in steps if which == "every" or CHANGES_FIRST.match(step)]
    for number, step in enumerate(taken):
        show.add(1 + number % 3, take=3 + number)
        killed = in_a_child(root, destination, step) == -signal.SIGKILL
        finished = in_a_child(root, destination) == 0
        sys.stdout.write(json.dumps({"at": step, "killed": killed, "finished": finished}) + "\n")
        sys.stdout.flush()
        sys.stdin.readline()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Destination(**json.loads(sys.argv[3])), sys.argv[4])
