"""Options that do not go together: each pair of each command either works or is refused."""

from itertools import combinations

import click
import pytest

from columncast.cli import cli
from columncast.episodes.console.facts import FACT_OPTIONS
from columncast.episodes.console.options import SPEECH, name_of, rules_of


def commands():
    """Every command, by the words that call it."""
    for name, command in cli.commands.items():
        if isinstance(command, click.Group):
            yield from (((name, sub), command.commands[sub]) for sub in command.commands)
        else:
            yield (name,), command


COMMANDS = dict(commands())
FACTS = ("--date", "--title", "--season", "--number", "--type")
# Every option of a command; a new one is to be weighed against each of the others.
OPTIONS = {
    "init": "--title --site-url --base-url --author --email --language --category --cover",
    "add": " ".join(FACTS)
    + " --slug --post --include-paid-text --track --cut --link --draft --force --publish"
    " --yes",
    "import feed": "--to --audio --columns --keep/--master --base-url --site-url --allow-private"
    " --dry-run --yes --include-paid-text",
    "import folder": "--dry-run --yes",
    "import posts": "--list --post --all --to --site-url --include-paid-text",
    "build": "--due --jobs --executor --explain --dry-run",
    "list": "",
    "status": "--live",
    "stats": "--html --svg",
    "audience": "--csv --html",
    "show": "",
    "embed": "",
    "newsletter": "--text",
    "edit": " ".join(("--date", *FACT_OPTIONS)) + " --recording --track --column --slug --move-to"
    " --force",
    "retire": "--undo",
    "delete": "--undo --yes",
    "check": "--live --accept --reason",
    "doctor": "",
    "transcribe": "-o --language --pronunciation --track",
    "cut": "-o --apply --undo --labels --track",
    "pickup": "-o --sheet --html --undo --track",
    "publish": "--to --dry-run --replace --force --rollback --prune",
    "rollback": "--to --dry-run --list",
    "prune": "--to --dry-run",
    "submit": "",
    "open": "--feed --folder",
    "preview": "--port --open/--no-open --export --embed-audio --text --read-only",
    "review take": "",
    "review show": "",
    "serve": "--port",
    "help": "",
    "demo": "",
    "completion": "--install",
}
# The first does not go with any of the others.
EXCLUDED = {
    "add": ("--draft --publish",),
    "import posts": (
        "--list --post --all --to --site-url --include-paid-text",
        "--post --all",
    ),
    "build": ("--dry-run --executor --explain",),
    "edit": (
        " ".join(("--move-to", "--date", *FACT_OPTIONS))
        + " --recording --track --column --slug --force",
    ),
    "cut": ("--undo -o --apply --labels --track",),
    "delete": ("--undo --yes",),
    "pickup": ("--sheet -o --track", "--undo -o --sheet --html --track"),
    "publish": (
        "--rollback --prune --replace --force",
        "--prune --replace --force",
    ),
    "open": ("--feed --folder",),
    "rollback": ("--list FEED --dry-run",),
    "preview": (
        "--text --export --port --open/--no-open --read-only",
        "--export --port --open/--no-open --read-only",
    ),
}
# The first has an effect only with one of the others.
NEEDED = {
    "add": {"--yes": {"--publish"}},
    "import feed": {"--include-paid-text": {"--columns"}},
    "import posts": {
        key: {"--post", "--all"} for key in ("--to", "--site-url", "--include-paid-text")
    },
    "check": {"--accept": {"--reason"}, "--reason": {"--accept"}},
    "pickup": {"--html": {"--sheet"}},
    "preview": {"--embed-audio": {"--export"}},
}


def excluded(name):
    """The pairs of options of a command that exclude each other."""
    for line in EXCLUDED.get(name, ()):
        first, *others = line.split()
        yield from (frozenset((first, other)) for other in others)


def words(option, command, tmp_path):
    """What a person types to give *option*."""
    parameter = next(p for p in command.params if name_of(p) == option)
    if isinstance(parameter, click.Argument):
        return ["20260101T000000Z-0a1b2c3d"]
    (tmp_path / "file").touch()
    kinds = {"--season": "1", "--number": "1", "--track": "1", "--port": "8001"}
    kinds |= {"--type": "bonus", "--clear": "hook", "--cut": "sure"}
    value = kinds.get(option, str(tmp_path / "file"))
    if isinstance(parameter.type, click.Path) and not parameter.type.file_okay:
        value = str(tmp_path)
    return [option.partition("/")[0], *([] if parameter.is_flag else [value])]


def test_every_option_was_weighed_against_the_others():
    assert {name: set(listed.split()) for name, listed in OPTIONS.items()} == {
        " ".join(words): {
            name_of(p)
            for p in command.params
            if isinstance(p, click.Option) and name_of(p) not in SPEECH
        }
        for words, command in COMMANDS.items()
    }


@pytest.mark.parametrize("called", COMMANDS, ids=" ".join)
def test_each_pair_of_options_works_or_is_refused(called):
    name, command = " ".join(called), COMMANDS[called]
    options = {name_of(p) for p in command.params}
    pairs = {frozenset(pair) for pair in combinations(sorted(options), 2)}

    refused = {
        pair
        for pair in pairs
        if any("exclude" in rule.broken_by(frozenset(pair)) for rule in rules_of(command))
    }

    speech = {frozenset(("--quiet", "--verbose"))} & pairs
    assert {*excluded(name)} | speech == refused


REFUSED = [
    (called, tuple(sorted(pair))) for called in COMMANDS for pair in excluded(" ".join(called))
]


@pytest.mark.parametrize(("called", "pair"), REFUSED, ids=" ".join)
def test_what_does_not_go_together_is_refused_before_anything_is_done(
    called, pair, columncast, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    command = COMMANDS[called]
    (tmp_path / "export.zip").touch()
    source = ["export.zip" for p in command.params if isinstance(p, click.Argument) and p.required]

    done = columncast(
        *called, *source, *(word for option in pair for word in words(option, command, tmp_path))
    )

    assert (2, "") == (done.code, done.out)
    assert "nothing was done" in done.err
    assert 1 == done.err.count("\n")


@pytest.mark.parametrize("name", NEEDED)
def test_an_option_that_needs_another_is_refused_without_it(name):
    rules = rules_of(COMMANDS[tuple(name.split())])

    assert NEEDED[name] == {rule.option: rule.needs for rule in rules if rule.needs}
    for option, others in NEEDED[name].items():
        assert any("needs" in rule.broken_by(frozenset((option,))) for rule in rules)
        for other in others:
            assert not any("needs" in r.broken_by(frozenset((option, other))) for r in rules)


@pytest.mark.parametrize(
    ("source", "foreign", "kind"),
    [
        ("backlog", ["--to", "x", "--audio", "backlog", "--master"], "folder"),
        ("backlog", ["--all"], "folder"),
        ("https://old.example/feed.xml", ["--post", "x"], "feed"),
        ("ghost.json", ["--all", "--allow-private"], "posts"),
    ],
)
def test_an_option_of_another_kind_of_source_is_refused(
    source, foreign, kind, columncast, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backlog").mkdir()
    (tmp_path / "ghost.json").write_text('{"db": [{"data": {"posts": []}}]}')

    done = columncast("import", source, *foreign)

    assert 2 == done.code
    assert f"columncast import {kind} takes --" in done.err
    assert "nothing was done" in done.err
    assert 1 == done.err.count("\n")


def test_a_subcommand_wins_over_a_folder_of_its_name(columncast, show, monkeypatch):
    monkeypatch.chdir(show.root)
    (show.root / "folder").mkdir(exist_ok=True)
    (show.root / "folder" / "column.txt").write_text("No recordings here.")

    subcommand = columncast("import", "folder")
    folder = columncast("import", "./folder")
    named = columncast("import", "folder", "folder")

    assert "missing argument 'FOLDER'" in subcommand.err
    assert folder == named
    assert "recording" in folder.err


@pytest.mark.parametrize("called", [("init", "new", "--title", "x", "--site-url", "x"), ("demo",)])
def test_a_show_that_is_named_for_a_command_without_one_is_refused(called, columncast, show):
    done = columncast("-C", show.root, *called)

    assert 2 == done.code
    assert "-C names a show" in done.err


def test_another_address_is_refused_for_a_show_that_is_there(columncast, show):
    done = columncast(
        *("import", "feed", "http://127.0.0.1:9/feed.xml", "--to", show.root),
        *("--base-url", "https://elsewhere.example/"),
    )

    assert 2 == done.code
    assert "columncast edit --move-to URL" in done.err
