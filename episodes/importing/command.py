"""The group of commands `import`: one for each kind of source, and a look at those without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from columncast.episodes.console.options import SPEECH, given_options, name_of
from columncast.episodes.errors import UsageError

if TYPE_CHECKING:
    from columncast.episodes.importing.kind import Kind

_NAMES: dict[Kind, str] = {
    "feed": "a podcast",
    "folder": "a folder of recordings and columns",
    "posts": "posts",
}


class ImportGroup(click.Group):
    """Subcommands for each kind of source; what names none of them is a source to look at."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse *args*; where they begin with no subcommand, the one without a name is meant."""
        if not args or args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["", *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand of that name; without a name, the one that looks at its source."""
        return super().get_command(ctx, cmd_name) if cmd_name else _Look(self)


class _Look(click.Command):
    """Looks at a source and runs the subcommand of its kind with the same arguments."""

    def __init__(self, group: ImportGroup) -> None:
        self.group = group
        options = {
            name_of(parameter): parameter
            for command in group.commands.values()
            for parameter in command.params
            if isinstance(parameter, click.Option)
        }
        source = click.Argument(["source"], metavar="FEED|URL|FOLDER|EXPORT")
        super().__init__(None, params=[source, *options.values()], help=group.help)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # click's own
    ) -> click.Context:
        """Parse *args*, and keep them for the subcommand."""
        context = super().make_context(info_name, list(args), parent, **extra)
        context.obj = args
        return context

    def invoke(self, ctx: click.Context) -> None:
        """Run the subcommand.

        Raises:
            UsageError: There is no such source, or an option is not for its kind.
        """
        # What reads every kind of column takes a while to import, and this module is in `--help`.
        from columncast.episodes.importing.kind import source_kind  # noqa: PLC0415

        source, given = ctx.params["source"], given_options(ctx)
        kind = source_kind(source, posts=bool(given & {"--list", "--post", "--all"}))
        command = self.group.commands[kind]
        own = [name_of(parameter) for parameter in command.params]
        if foreign := sorted(given - {*own, "SOURCE"}):
            options = ", ".join(name for name in own if name not in (*SPEECH, "SOURCE"))
            raise UsageError(
                f"{source} is {_NAMES[kind]}, and {', '.join(foreign)} "
                f"{'is' if len(foreign) == 1 else 'are'} not for that; columncast import {kind} "
                f"takes {options}; nothing was done"
            )
        with command.make_context(kind, ctx.obj, ctx.parent) as chosen:
            command.invoke(chosen)
