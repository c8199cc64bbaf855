"""Draws the terminal pictures of the documents: what the commands really print, at 80 columns.

Run it when a command has changed what it says: `python docs/terminal.py`.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich import _export_format, terminal_theme
from rich.console import Console
from rich.text import Text

DOCS = Path(__file__).parent
SAMPLE = DOCS.parent / "episodes" / "sample"
COLUMNS = 80
LIGHT = terminal_theme.TerminalTheme(
    (255, 255, 255),
    (36, 41, 47),
    [
        (36, 41, 47),
        (180, 35, 24),
        (17, 99, 41),
        (134, 89, 4),
        (9, 86, 174),
        (110, 64, 170),
        (17, 105, 116),
        (87, 96, 106),
    ],
    [(87, 96, 106)] * 8,
)
DARK = terminal_theme.TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [
        (110, 118, 129),
        (255, 123, 114),
        (86, 211, 100),
        (227, 179, 65),
        (121, 192, 255),
        (210, 168, 255),
        (86, 212, 221),
        (230, 237, 243),
    ],
    [(139, 148, 158)] * 8,
)
# The fonts of whoever looks; rich's own would come from another host.
FORM = re.sub(r"@font-face \{\{.*?\}\}", "", _export_format.CONSOLE_SVG_FORMAT, flags=re.DOTALL)
PICTURES = {
    "add": "columncast add narration.flac column.md --date 2026-11-20T06:00Z",
    "list": "columncast list",
    "check": "columncast check",
    "status": "columncast status",
}

OTHERS = (
    ("The Lamp That Nobody Lit", "--date", "2026-11-13T06:00Z"),
    ("A Winter of Letters, and What They Did Not Say", "--date", "2026-11-06T06:00Z", "--draft"),
)
"""What else is in the show, for the list: title, options."""


def answers(show: Path) -> dict[str, str]:
    """Return what each command of PICTURES says to a person at a terminal, coloured."""
    command = [sys.executable, "-m", "columncast"]
    here = os.environ | {"COLUMNS": str(COLUMNS)}
    facts = "--site-url https://letters.example --base-url https://cast.letters.example/ --email post@letters.example --author Ines"
    init = [*command, "init", str(show), "--title", "Letters from the Harbour", *facts.split()]
    subprocess.run(init, check=True, capture_output=True, env=here)
    for name in ("narration.flac", "column.md"):
        (show / name).write_bytes((SAMPLE / name).read_bytes())
    said = {}
    for name, line in PICTURES.items():
        asked = [*command, "--color", "always", *line.split()[1:]]
        done = subprocess.run(
            asked, cwd=show, capture_output=True, text=True, check=False, env=here
        )
        said[name] = done.stdout + done.stderr
        for title, *more in OTHERS if name == "add" else ():
            text = (SAMPLE / "column.md").read_text(encoding="utf-8").replace("ferry", title)
            (show / "other.md").write_text(text, encoding="utf-8")
            other = [*command, "add", "narration.flac", "other.md", "--force", "--title", title]
            slug = title.split(",")[0].lower().replace(" ", "-")
            other += ["--slug", slug, *more]
            subprocess.run(other, cwd=show, check=True, capture_output=True, env=here)
    return said


def drawn(line: str, answer: str, theme: terminal_theme.TerminalTheme) -> str:
    """Return *line* and its *answer* as an SVG picture."""
    screen = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="standard")
    screen.print(Text(f"$ {line}", style="bold"))
    screen.print(Text.from_ansi(answer.rstrip()))
    svg = screen.export_svg(
        title=" ".join(line.split()[:2]), theme=theme, code_format=FORM, unique_id=line.split()[1]
    )
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def main() -> None:
    """Write each picture, for light and for dark pages."""
    with tempfile.TemporaryDirectory() as folder:
        for name, answer in answers(Path(folder) / "harbour").items():
            for theme, look in ((LIGHT, "light"), (DARK, "dark")):
                file = DOCS / "pictures" / f"terminal-{name}-{look}.svg"
                file.write_text(drawn(PICTURES[name], answer, theme), encoding="utf-8")


if __name__ == "__main__":
    main()
