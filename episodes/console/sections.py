"""The list of commands in the help, by when one needs them; the alphabet tells a newcomer nothing."""

from __future__ import annotations

import click

SECTIONS = {
    "Every week": ("add", "edit", "check", "preview", "review", "publish", "status"),
    "Episodes": ("list", "show", "transcribe", "cut", "pickup", "build", "retire", "delete"),
    "For readers and listeners": ("open", "serve", "embed", "newsletter"),
    "The show": ("init", "import", "submit", "stats", "audience"),
    "When something went wrong": ("doctor", "rollback", "prune"),
    "Help": ("help", "completion", "demo"),
}


class Sections(click.Group):
    """A group whose help lists its commands under headings; what is under none comes last."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands that are not hidden, each with the first sentence of its help."""
        seen = {
            name: command
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) and not command.hidden
        }
        known = {name for names in SECTIONS.values() for name in names}
        width = max(len(name) for name in seen)
        others = tuple(name for name in seen if name not in known)
        for title, names in {**SECTIONS, "Further commands": others}.items():
            rows = [
                (name.ljust(width), seen[name].get_short_help_str(formatter.width))
                for name in names
                if name in seen
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
