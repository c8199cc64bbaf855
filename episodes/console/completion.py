"""Completion by the shell: the script that asks columncast for it, and the one command that installs it.

The scripts for zsh and fish are click's; that for bash quotes what has spaces, which click's does not.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from columncast.episodes.console.parameters import SHELLS
from columncast.episodes.disk import files
from columncast.episodes.errors import FolderError, UsageError

_PROGRAM = "columncast"
_ASKS = "_COLUMNCAST_COMPLETE"
"""The variable by which a script asks; click derives it from the program's name."""
_MARK = "# columncast completion"
"""Ends the line in a shell's start file, so that it is known when it comes again."""
_BASH = """\
_columncast_completion() {
    local IFS=$'\\n' response kind value
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" \\
        _COLUMNCAST_COMPLETE=bash_complete "$1" 2>/dev/null)
    COMPREPLY=()
    while IFS=',' read -r kind value; do
        case $kind in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            plain)
                case $2 in
                    [\\"\\']*) ;; # inside of quotes, bash adds the last one itself
                    *) printf -v value %q "$value" ;;
                esac
                COMPREPLY+=("$value")
                ;;
        esac
    done <<<"$response"
}

complete -F _columncast_completion columncast
"""
# Without this, a zsh that nobody has set up knows no completion at all.
_ZSH_HEAD = """\
if [[ $zsh_eval_context[-1] != loadautofunc ]] && (( ! $+functions[compdef] )); then
    autoload -Uz compinit && compinit -i
fi
"""


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What `install` has done."""

    script: Path
    start_file: Path | None
    """The shell's own file that loads the script; None: the shell finds it by itself."""


def this_shell(environment: Mapping[str, str] = os.environ) -> str:
    """Return the shell of whoever runs this.

    Raises:
        UsageError: It is none that can be completed in.
    """
    name = Path(environment.get("SHELL", "")).name
    if name not in SHELLS:
        raise UsageError(f"name the shell: columncast completion {'|'.join(SHELLS)}")
    return name


def script(shell: str, cli: click.Command) -> str:
    """Return the script that completes *cli* in *shell*."""
    if shell == "bash":
        return _BASH
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has had both since 8.0
    text = kind(cli, {}, _PROGRAM, _ASKS).source()
    # `#compdef` has to stay the first line.
    first, _, rest = text.partition("\n")
    return f"{first}\n\n{_ZSH_HEAD}{rest}" if shell == "zsh" else text


def next_step(done: Installed) -> str:
    """Return what a person does now."""
    if done.start_file is None:
        return "open a new terminal"
    return f"open a new terminal, or here: source {shlex.quote(str(done.script))}"


def install(
    shell: str, cli: click.Command, environment: Mapping[str, str] = os.environ
) -> Installed:
    """Write the script of *shell* where it is loaded from the next start on; again, it changes nothing.

    Raises:
        FolderError: A file cannot be written.
    """
    home = Path(environment.get("HOME") or Path.home())
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    if shell == "fish":
        config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
        path, start_file = config / f"fish/completions/{_PROGRAM}.fish", None
    elif shell == "zsh":
        path = data / _PROGRAM / "completion.zsh"
        start_file = Path(environment.get("ZDOTDIR") or home) / ".zshrc"
    else:
        path, start_file = data / _PROGRAM / "completion.bash", home / ".bashrc"
        login_file = home / ".bash_profile"  # all that a terminal reads on macOS
        if login_file.exists() and not start_file.exists():
            start_file = login_file
    _write(path, script(shell, cli))
    if start_file:
        _load_from(start_file, path)
    return Installed(script=path, start_file=start_file)


def _load_from(start_file: Path, script_file: Path) -> None:
    """Let *start_file* load *script_file*, by one line; what else is in it stays to the byte."""
    # It is often a link into a folder that is kept in git: that file is the one to change.
    target = Path(os.path.realpath(start_file))
    try:
        old = target.read_bytes() if target.exists() else b""
    except OSError as e:
        raise FolderError(
            f"cannot be read: {e.strerror}; add this line to it: source {shlex.quote(str(script_file))}",
            where=start_file,
        ) from e
    quoted = shlex.quote(str(script_file))
    line = f"[ -r {quoted} ] && . {quoted}  {_MARK}".encode()
    lines = old.split(b"\n")
    if line in lines:
        return
    kept = [text for text in lines if not text.endswith(_MARK.encode())]
    while kept and not kept[-1]:
        kept.pop()
    _write(target, b"\n".join([*kept, line, b""]))


def _write(path: Path, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    files.write(path, data)
    if mode is not None:
        path.chmod(mode)
