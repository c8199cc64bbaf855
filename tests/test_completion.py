"""What a shell completes, and the one command that teaches it to."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.shell_completion import get_completion_class
from test_naming import write

from columncast.cli import cli
from columncast.episodes.console.completion import install, script, this_shell
from columncast.episodes.console.parameters import SHELLS, EpisodeName, OneOf
from columncast.episodes.errors import UsageError

BIN = Path(sys.executable).parent


@pytest.fixture
def shelf(show):
    for slug in ("the-last-ferry", "winter-bread", "the-ninth-wave"):
        write(show, slug, title=slug)
    with show.root.joinpath("show.toml").open("a", encoding="utf-8") as settings:
        settings.write('[publish.www]\nkind = "folder"\npath = "../www"\n')
    return show


def completed(*words):
    """Return what is offered for the last of *words*, as click is asked by any shell."""
    kind = get_completion_class("bash")
    found = kind(cli, {}, "columncast", "_COLUMNCAST_COMPLETE").get_completions(
        list(words[:-1]), words[-1]
    )
    return [item.value for item in found]


@pytest.mark.parametrize(
    "command", ["show", "edit", "retire", "check", "build", "preview", "embed"]
)
def test_episodes(shelf, command):
    assert ["the-last-ferry", "the-ninth-wave"] == completed(command, "the-")


def test_the_only_episode_with_these_letters_in_its_middle(shelf):
    assert ["winter-bread"] == completed("show", "bread")
    assert [] == completed("show", "e-")


def test_episodes_for_a_command_that_takes_files_too(shelf):
    assert ["winter-bread"] == completed("transcribe", "win")


def test_episodes_of_the_show_that_is_named(shelf, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert [] == completed("show", "the-")
    assert 2 == len(completed("-C", str(shelf.root), "show", "the-"))


def test_places(shelf):
    for command in ("publish", "rollback", "prune"):
        assert ["www"] == completed(command, "--to", "w")


def test_categories():
    assert ["Society & Culture"] == completed("init", "--category", "society & culture")[:1]
    assert "Arts > Books" in completed("init", "--category", "Arts")


def test_apps():
    assert ["spotify"] == completed("submit", "apple", "spo")


def test_languages():
    assert "pl" in completed("init", "--language", "p")


def test_kinds_and_options():
    assert ["trailer"] == completed("add", "--type", "tr")
    assert ["--dry-run"] == completed("publish", "--dr")
    assert ["completion"] == completed("compl")


@pytest.mark.parametrize("settings", ["title = ", "[publish]\nx = 1\n", "publish = 3\n", "\x00"])
def test_damaged_settings_complete_nothing_and_say_nothing(show, settings):
    show.root.joinpath("show.toml").write_text(settings, encoding="utf-8")

    assert completed("publish", "--to", "w") in ([], ["x"])
    assert [] == completed("show", "w")


def test_every_argument_with_known_values_has_a_completion():
    """Whatever is neither free text nor a number is a file or a choice, or knows its names."""
    free = {
        "title",
        "site-url",
        "base-url",
        "author",
        "email",
        "language",
        "logs",
        "source",
        "feed",
    }
    parameters = [
        parameter
        for command in cli.commands.values()
        if not isinstance(command, click.Group)
        for parameter in command.params
        if isinstance(parameter, click.Argument) and parameter.name not in free
    ]

    assert parameters
    assert [] == [
        parameter
        for parameter in parameters
        if not isinstance(parameter.type, (click.Path, click.Choice, OneOf, EpisodeName))
        if not parameter._custom_shell_complete
    ]


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def environment_of(home):
    return {
        "HOME": str(home),
        "PATH": f"{BIN}:/usr/bin:/bin",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }


def typed_at(shell, home, folder, keys, until):
    """Start *shell* in a terminal of its own, type *keys* once it asks, and wait for *until*."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import pty, sys; pty.spawn(sys.argv[1:])", shell, "-i"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment_of(home),
        cwd=folder,
    )
    shown, typed = "", False
    latest = time.monotonic() + 120
    with process:
        try:
            while until not in shown:
                assert time.monotonic() < latest, shown
                if select.select([process.stdout], [], [], 1)[0]:
                    shown += os.read(process.stdout.fileno(), 4096).decode(errors="replace")
                if not typed and "ready> " in shown:
                    os.write(process.stdin.fileno(), keys.encode())
                    typed = True
        finally:
            process.kill()


@pytest.mark.parametrize(("shell", "start_file"), [("bash", ".bashrc"), ("zsh", ".zshrc")])
@pytest.mark.parametrize(
    ("keys", "until"),
    [
        ("columncast show win\t", "show winter-bread"),
        ("columncast show bread\t", "winter-bread"),
        ("columncast publish --to w\t", "--to www"),
        ("columncast init --category True\t", "--category True\\ Crime"),
    ],
)
def test_a_real_shell_completes(part, shelf, home, shell, start_file, keys, until):
    home.joinpath(start_file).write_text("PS1='ready> '\n")
    install(shell, cli, environment_of(home))

    typed_at(part(shell), home, shelf.root, keys, until)


def test_fish_completes(part, shelf, home):
    install("fish", cli, environment_of(home))

    def offered(line):
        command = [part("fish"), "-c", f"complete -C {line!r}"]
        return subprocess.run(
            command,
            env=environment_of(home),
            cwd=shelf.root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\n")

    assert "winter-bread" in offered("columncast show win")
    assert "www" in offered("columncast publish --to w")
    assert "True Crime" in offered("columncast init --category True")


@pytest.mark.parametrize("shell", SHELLS)
def test_installing_it_twice_changes_nothing_the_second_time(home, shell):
    first = install(shell, cli, environment_of(home))
    there = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    second = install(shell, cli, environment_of(home))

    assert first == second
    assert there == {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert script(shell, cli).encode() == first.script.read_bytes()


def test_what_is_in_the_start_file_stays_and_so_do_its_mode_and_place(home):
    kept = home / "dotfiles" / "zshrc"
    kept.parent.mkdir()
    kept.write_text("alias ll='ls -l'")
    kept.chmod(0o640)
    home.joinpath(".zshrc").symlink_to(kept)

    install("zsh", cli, environment_of(home))

    lines = kept.read_text().splitlines()
    assert "alias ll='ls -l'" == lines[0]
    assert 2 == len(lines)
    assert home.joinpath(".zshrc").is_symlink()
    assert 0o640 == kept.stat().st_mode & 0o777


def test_a_script_that_moved_is_loaded_from_its_new_place_only(home):
    install("bash", cli, environment_of(home))
    install("bash", cli, environment_of(home) | {"XDG_DATA_HOME": str(home / "it's data")})

    lines = home.joinpath(".bashrc").read_text().splitlines()
    assert 1 == len(lines)
    assert "data/columncast" in lines[0]
    subprocess.run(["bash", "-c", lines[0]], check=True, capture_output=True)


def test_a_shell_that_reads_only_its_login_file(home):
    home.joinpath(".bash_profile").write_text("PATH=$PATH:~/bin\n")

    done = install("bash", cli, environment_of(home))

    assert home / ".bash_profile" == done.start_file


def test_the_command_says_what_was_done_and_what_comes_next(columncast, home, monkeypatch):
    for name, value in environment_of(home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)

    done = columncast("completion", "bash", "--install")

    assert 0 == done.code, done.err
    assert f"Loaded by {home / '.bashrc'}" in done.out
    assert "open a new terminal" in done.out


def test_the_command_prints_the_script_of_the_shell_in_use(columncast, monkeypatch):
    monkeypatch.setenv("SHELL", "/usr/bin/fish")

    done = columncast("completion")

    assert script("fish", cli) == done.out


@pytest.mark.parametrize("shell", ["", "/bin/tcsh", "nonsense"])
def test_a_shell_that_is_not_known_has_to_be_named(shell):
    with pytest.raises(UsageError, match="columncast completion bash"):
        this_shell({"SHELL": shell})


def test_completing_loads_nothing_that_takes_a_while():
    """A shell waits for it: no pipeline, no settings, no library but click."""
    program = (
        "import sys, columncast.cli; "
        "print(*sorted({name.split('.')[0] for name in sys.modules if '.' not in name}))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    heavy = {"msgspec", "numpy", "rich", "lxml", "filelock", "jinja2", "PIL", "tomlkit", "babel"}
    assert not heavy & set(loaded)
