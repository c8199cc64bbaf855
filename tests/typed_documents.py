"""A document's console blocks, typed as they stand, and what they promise held against the answers."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(console|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n", re.MULTILINE)
# What differs from run to run: hashes of files that hold a date or a guid, dates, identifiers.
_VARIES = (
    (r"-[0-9a-f]{8}\b", "-HASH"),
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d( UTC)?", "WHEN"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command as the document has it, and the answer that it promises; empty: any."""

    command: str
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What the document has people write into show.toml."""

    toml: str

    def make(self) -> None:
        """Write it: a key in the place of the one that is there, a table at the end."""
        text = Path("show.toml").read_text(encoding="utf-8")
        if self.toml.startswith("["):
            text += "\n" + self.toml
        else:
            key = self.toml.partition(" =")[0]
            text, count = re.subn(rf"^{key} =.*\n", lambda _: self.toml, text, flags=re.MULTILINE)
            assert count == 1
        Path("show.toml").write_text(text, encoding="utf-8")


def steps(page: Path) -> list[Step | Edit]:
    """Return what *page* has people type and write, in order."""
    found: list[Step | Edit] = []
    for kind, block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "toml":
            found.append(Edit(toml=block))
            continue
        _, *parts = _COMMAND.split(block)
        found += [
            Step(command=command.replace("\\\n", " "), answer=answer)
            for command, answer in zip(parts[::2], parts[1::2], strict=True)
        ]
    return found


def settled(answer: str) -> str:
    """Return *answer* without the parts that differ from run to run."""
    for pattern, name in _VARIES:
        answer = re.sub(pattern, name, answer)
    return answer.strip("\n")


def type_into(step: Step, columncast, monkeypatch, pip: Path) -> str:
    """Type *step* into a shell that knows `columncast`, `cd`, `cp` and `git`; return the answer.

    `pip install` has its own tests: here it must name the folder *pip*, where the checkout is. A
    repository that is cloned is an empty one, and a push goes nowhere.
    """
    program, *arguments = shlex.split(step.command)
    match program, arguments:
        case "columncast", _:
            result = columncast(*arguments)
            return result.out + result.err
        case "cd", [folder]:
            monkeypatch.chdir(folder)
        case "cp", [*sources, target]:
            for source in sources:
                shutil.copy(source, target)
        case "git", ["clone", address, folder]:
            assert address.startswith("https://")
            _git("init", "--quiet", folder)
        case "git", ["-C", folder, "push", *_]:
            assert _git("-C", folder, "status", "--porcelain") == ""
        case "git", _:
            return _git(*arguments)
        case "pip" | "pipx", ["install", folder]:
            assert Path(folder).resolve() == pip
        case _:
            raise AssertionError(f"nobody can type this here: {step.command}")
    return ""


def _git(*arguments: str) -> str:
    someone = ("-c", "user.name=Ines", "-c", "user.email=ines@letters.example")
    command = ["git", *someone, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
