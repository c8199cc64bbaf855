"""Writes what the documents say of the command line, from the command line itself.

`./run.sh fix` runs it; a test says when it has to be.
"""

from __future__ import annotations

from pathlib import Path

from columncast import __version__
from columncast.cli import cli
from columncast.episodes.manual.commands import file_name, markdown, pages, roff

DOCS = Path(__file__).parent
HEAD = """\
# Every command and option

Look up here how each command is called. [The commands](commands.md) says what they are for, how they
speak and how they end. `columncast COMMAND --help` and `man columncast-COMMAND` say the same.

<!-- Written by docs/generate.py; a change here would be lost. -->

"""


def generated() -> dict[Path, str]:
    """Return the text of each file that is made here."""
    known = list(pages(cli))
    files = {
        DOCS / "reference" / "options.md": HEAD + "\n".join(markdown(page) for page in known),
    }
    for page in known:
        files[DOCS / "man" / file_name(page)] = roff(page, version=__version__)
    return files


def main() -> None:
    """Write the files, and remove pages of commands that are no more."""
    files = generated()
    for old in (DOCS / "man").glob("*.1"):
        if old not in files:
            old.unlink()
    for path, text in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
