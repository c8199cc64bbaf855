"""The command line: arguments in, one library call, a few lines out.

Messages for people go to stdout, progress and errors to stderr; with `--json`, stdout holds one
JSON document and nothing else. Errors become messages and exit codes in one place, `main`.
"""

from __future__ import annotations

import functools
import gc
import io
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from columncast import publish
from columncast.episodes.building.jobs import Progress
from columncast.episodes.building.jobs import quiet as unseen
from columncast.episodes.disk.files import explained
from columncast.episodes.entry import report
from columncast.episodes.errors import (
    ColumncastError,
    ColumnError,
    FeedError,
    FolderError,
    InputError,
    UsageError,
)
from columncast.episodes.format import aligned, count, table
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.limits import COVER_LARGEST_PX, COVER_SMALLEST_PX
from columncast.episodes.model.notice import Notice, counts, errors_in, problems_in
from columncast.episodes.show.folder import ShowFolder, find_show
from columncast.episodes.text.terminal import plain, plain_json
from columncast.episodes.waiting import interrupt

if TYPE_CHECKING:
    from columncast.episodes.importing.pairs.pairing import Pair, Pairing

# Whether a file can be read, reading it tells, with what was left untouched.
FILE = click.Path(exists=True, dir_okay=False, readable=False, path_type=Path)
OUTPUT = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, readable=False, path_type=Path)
FOLDER_THERE = click.Path(exists=True, file_okay=False, readable=False, path_type=Path)
THERE = click.Path(exists=True, readable=False, path_type=Path)


def put(line: str, *, err: bool = False) -> None:
    """Print one line, to stderr with *err*; whatever is in it, it stays one, and a text."""
    click.echo(plain(line), err=err)


def ask(question: str) -> bool:
    """Ask a person yes or no, on stderr."""
    return click.confirm(plain(question), err=True)


def show_usage(error: click.ClickException) -> None:
    """Print how the command is used and what is wrong with how it was; both can quote arguments."""
    said = io.StringIO()
    error.show(file=said)
    told = error.format_message()
    for line in said.getvalue().replace(told, plain(told)).rstrip("\n").split("\n"):
        put(line, err=True)


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How a command speaks: to a person, quietly, at length, or as JSON to a tool."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False

    def say(self, *lines: str) -> None:
        """Tell a person."""
        if not (self.as_json or self.quiet):
            for line in lines:
                put(line)

    def document(self, value: object) -> None:
        """Tell a tool."""
        if self.as_json:
            unicode = sys.stdout.encoding.lower().startswith("utf")
            click.echo(plain_json(value, only_ascii=not unicode))

    def notices(self, notices: Iterable[Notice]) -> None:
        """Tell a person what needs a look; with -v also what was merely done."""
        if not self.quiet:
            for notice in notices:
                if self.verbose or notice.severity != "note":
                    put(notice.line, err=True)

    @contextmanager
    def progress(self, doing: str = "Mastering") -> Iterator[Progress]:
        """Show how far the audio is, on a terminal; nothing where stderr is piped."""
        if self.quiet or not sys.stderr.isatty():
            yield unseen
            return
        from rich import progress
        from rich.console import Console

        columns = (
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TimeRemainingColumn(),
        )
        with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            tasks: dict[str, progress.TaskID] = {}

            def show(slug: str, fraction: float) -> None:
                if slug not in tasks:
                    tasks[slug] = bars.add_task(plain(f"{doing} {slug}"), total=1.0)
                # The bar of an episode that is done makes room for those to come.
                visible = fraction < 1 or len(tasks) == 1
                bars.update(tasks[slug], completed=fraction, visible=visible)

            yield show


def speaking(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--json`, `-q` and `-v`; it gets them as its argument *voice*."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
    @click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
    @click.option("-v", "--verbose", is_flag=True, help="Say more.")
    @functools.wraps(command)
    def spoken(*, as_json: bool, quiet: bool, verbose: bool, **given: Any) -> None:
        command(voice=Voice(as_json=as_json, quiet=quiet, verbose=verbose), **given)

    return spoken


def on_a_show(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the show it works on as its argument *folder*."""

    @functools.wraps(command)
    def found(**given: Any) -> None:
        directory = click.get_current_context().find_root().params["directory"]
        command(folder=find_show(directory or Path.cwd()), **given)

    return found


def episode_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the facts of an episode that people set."""
    number, kinds = click.IntRange(min=1), click.Choice(["full", "trailer", "bonus"])
    for option in (
        click.option("--type", type=kinds, help="What kind of episode it is."),
        click.option("--number", type=number, help="Episode number."),
        click.option("--season", type=number, help="Season number."),
        click.option("--title", help="The episode's title; without it, the column's."),
        click.option("--date", help="When it is published: 2026-11-23, 2026-11-23T09:00+01:00."),
    ):
        command = option(command)
    return command


def track_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the number of the audio track that is the narration; 0 when none is named."""
    option = click.option(
        "--track",
        type=click.IntRange(min=1),
        metavar="N",
        callback=lambda _context, _parameter, value: value or 0,
        help="Which of several audio tracks is the narration.",
    )
    return option(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="columncast", prog_name="columncast")
@click.option("-C", "directory", type=FOLDER, metavar="DIR", help="Work on the show in DIR.")
def cli(directory: Path | None) -> None:
    """Turn a column and its recorded narration into a podcast.

    The show is found from the current folder upwards, or with -C.
    """


@cli.command()
@click.argument("directory", type=FOLDER, default=".", metavar="[DIR]")
@click.option("--title", required=True, help="The show's name.")
@click.option("--site-url", required=True, help="The publication's own site.")
@click.option("--base-url", default="", help="Where audio/ and feed/ will be served.")
@click.option("--author", default="", help="Who writes the column.")
@click.option("--email", default="", help="Where directories send their confirmation code.")
@click.option("--language", default="en", show_default=True, help="As in 'en' or 'en-gb'.")
@click.option("--category", multiple=True, help="Apple's name, as in 'History'; may be repeated.")
@click.option(
    "--cover",
    type=FILE,
    help=f"A square picture, {COVER_SMALLEST_PX} to {COVER_LARGEST_PX} pixels.",
)
@speaking
def init(*, directory: Path, voice: Voice, **given: Any) -> None:
    """Make a show's folder.

    Example: columncast init my-show --title "Letters from the Harbour"
    --site-url https://letters.example --author "Ines Halloran" --category History
    """
    from columncast.feed.site.create import create_show

    folder = create_show(directory, **given)
    voice.document({"folder": str(folder.root), "feed_url": folder.show.feed_url})
    voice.say(
        f"Show      {folder.show.title}",
        f"Folder    {folder.root}",
        f"Feed      {folder.show.feed_url}   (once it is published)",
        *(() if given["cover"] else ("Cover     cover.jpg is a placeholder; put your own there",)),
        "Next      columncast add RECORDING COLUMN",
    )


@cli.command()
@click.argument("recording", type=FILE)
@click.argument("column", type=FILE)
@episode_options
@click.option("--slug", default="", help="The episode's name in files and URLs.")
@click.option("--post", default="", help="Which post, when COLUMN is an export with many.")
@click.option(
    "--include-paid-text",
    "paid_text",
    is_flag=True,
    help="Let out what only paying readers may read. A podcast is for everyone!",
)
@track_option
@click.option("--link", is_flag=True, help="Link the recording instead of copying it.")
@click.option("--force", is_flag=True, help="Take a recording that looks wrong all the same.")
@click.option("--publish", "live", is_flag=True, help="Put it live when it is made.")
@click.option("--yes", is_flag=True, help="Publish without asking.")
@speaking
@on_a_show
def add(
    *,
    folder: ShowFolder,
    recording: Path,
    column: Path,
    live: bool,
    yes: bool,
    voice: Voice,
    **given: Any,
) -> None:
    """Make an episode of a RECORDING and its COLUMN.

    Example: columncast add take-3.wav column.md --date 2026-11-27T06:00
    """
    if live:
        from columncast.feed.live import destinations

        names = ", ".join(destinations.destinations(folder.show))
        if not yes and not sys.stdin.isatty():
            raise UsageError("--publish asks before it publishes; where nobody is asked, add --yes")
    with voice.progress() as progress:
        added = publish.add(folder, recording, column, progress=progress, **given)
    episode, built = added.episode, added.built
    if not added.new:
        voice.say(f"{episode.slug} is made of this recording and this column already.")
    if added.unheeded:
        options = " ".join(f"--{name} …" for name in added.unheeded)
        voice.say(f"Nothing was changed. To change it: columncast edit {episode.slug} {options}")
    voice.say(*aligned(report.receipt(episode, added.column, folder.show, verbose=voice.verbose)))
    voice.say(*aligned(report.outlook(built.feed, built.scheduled)))
    voice.notices(episode.notices)
    document = described(episode, built)
    if live and (yes or ask(f"Publish to {names}?")):
        document |= go_live(folder, voice)
    elif added.new:
        voice.say("Next      columncast serve, and open http://127.0.0.1:8000/")
    voice.document(document)
    failures(built)


@cli.command(name="import")
@click.argument("source", metavar="FEED|URL|FOLDER|EXPORT")
@click.option("--to", type=FOLDER, help="A podcast's show (made if need be); or where posts go.")
@click.option("--audio", type=FOLDER_THERE, help="Take a podcast's audio from here.")
@click.option("--columns", type=THERE, help="What a podcast reads: an export, a folder.")
@click.option("--keep/--master", default=True, help="Keep a podcast's audio, or master it anew.")
@click.option("--base-url", default="", help="Where a podcast's new feed will be served.")
@click.option("--site-url", default="", help="Where the posts are; exports leave that out.")
@click.option("--allow-private", is_flag=True, help="Let a feed lead into private networks, too.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking; of pairs, the sure ones.")
@click.option("--list", "listing", is_flag=True, help="List an export's posts.")
@click.option("--post", "posts", multiple=True, help="Which post, by its slug; may be repeated.")
@click.option("--all", "every", is_flag=True, help="Every post that is for everyone.")
@click.option(
    "--include-paid-text",
    "paid_text",
    is_flag=True,
    help="Let out what only paying readers may read. A podcast is for everyone!",
)
@speaking
def import_(
    *,
    source: str,
    listing: bool,
    posts: tuple[str, ...],
    every: bool,
    voice: Voice,
    to: Path | None,
    **how: Any,
) -> None:
    """Move in: an existing podcast, a folder of recordings and columns, or columns of an export.

    A podcast keeps its guids, dates, notes and audio, so that subscribers notice nothing.
    Example: columncast import https://old.example/feed.xml --to my-show
    """
    from columncast.episodes.importing.kind import source_kind

    kind = source_kind(source, posts=listing or every or bool(posts))
    if kind == "podcast":
        import_podcast(source, to, voice, **how)
    elif kind == "folder":
        import_pairs(Path(source), voice, dry_run=how["dry_run"], yes=how["yes"])
    else:
        chosen = None if listing or not (posts or every) else posts
        places = {key: how[key] for key in ("site_url", "paid_text")}
        import_columns(Path(source), to or Path("columns"), chosen, voice, **places)


@cli.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option("--due", is_flag=True, help="Only if a scheduled episode is due; else end at once.")
@click.option("--jobs", type=click.IntRange(min=1), help="How many at a time; else one a core.")
@click.option("--executor", default="local", metavar="local|dask://HOST:PORT", help="Who works.")
@click.option("--explain", is_flag=True, help="Say why each episode is looked at.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@speaking
@on_a_show
def build(
    *,
    folder: ShowFolder,
    slugs: tuple[str, ...],
    due: bool,
    jobs: int | None,
    executor: str,
    explain: bool,
    dry_run: bool,
    voice: Voice,
) -> None:
    """Bring audio/ and feed/ up to date.

    Example: columncast build --explain
    """
    if due and publish.nothing_due(folder):
        voice.document({"due": False})
        voice.say("Nothing is due.")
        return
    if dry_run:
        plan = publish.plan(folder, slugs, jobs=jobs)
        voice.document(plan.as_json())
        voice.say(*aligned(plan.lines()))
        return
    with voice.progress("Building") as progress:
        tell = functools.partial(put, err=True)
        built = publish.build(
            folder, slugs, jobs=jobs, executor=executor, progress=progress, tell=tell
        )
    if explain:
        voice.say(*aligned((slug, "; ".join(map(str, why))) for slug, why in built.reasons.items()))
    finish(built, voice)


@cli.command(name="list")
@speaking
@on_a_show
def list_(*, folder: ShowFolder, voice: Voice) -> None:
    """List the episodes, newest first.

    Example: columncast list
    """
    from columncast.episodes.entry.lookup import overview

    rows, damaged = overview(folder)
    voice.document({"episodes": [row.as_json() for row in rows]})
    if rows:
        voice.say(*table([row.cells() for row in rows], report.Row.HEADS))
    elif not damaged:
        voice.say("No episodes yet. Next: columncast add RECORDING COLUMN")
    if damaged:
        first, more = damaged[0], len(damaged) - 1
        rest = f" ({more} more: columncast check)" if more else ""
        raise type(first)(f"{first.message}{rest}", where=first.where)


@cli.command()
@click.option("--html", type=OUTPUT, metavar="FILE.html", help="Write a page with pictures, too.")
@click.option("--svg", type=OUTPUT, metavar="FILE.svg", help="Write the picture of the loudness.")
@speaking
@on_a_show
def stats(*, folder: ShowFolder, html: Path | None, svg: Path | None, voice: Voice) -> None:
    """Tell the show in numbers: hours, words, loudness before and after, pace, silences.

    Example: columncast stats --html stats.html
    """
    from columncast.episodes.disk import files
    from columncast.episodes.stats import as_json as stats_as_json
    from columncast.episodes.stats import figures
    from columncast.episodes.stats import text as stats_text
    from columncast.episodes.stats.statistics import statistics

    found = statistics(folder.show, figures.gather(folder))
    voice.document(stats_as_json.as_json(found))
    voice.say(*stats_text.told(found, every=voice.verbose))
    if html:
        from columncast.feed.statistics.page import render_stats

        files.write_out(html, render_stats(found))
    if svg:
        from columncast.feed.statistics.svg import spread_svg

        files.write_out(svg, spread_svg(found))
    if made := [str(path) for path in (html, svg) if path]:
        voice.say("", *(f"Made      {path}" for path in made))


@cli.command()
@click.argument("slug")
@speaking
@on_a_show
def show(folder: ShowFolder, slug: str, voice: Voice) -> None:
    """Show what is known of an episode.

    Example: columncast show the-last-ferry
    """
    from columncast.episodes.entry.lookup import look_up

    look = look_up(folder, slug)
    voice.document(report.as_json(look.episode, listed=look.listed, status=look.status))
    voice.say(
        *aligned(
            report.card(look.episode, look.column, folder.show, look.status, verbose=voice.verbose)
        )
    )
    voice.notices(look.episode.notices)


@cli.command()
@click.argument("slug", default="", metavar="[SLUG]")
@episode_options
@click.option("--recording", type=FILE, help="A new recording.")
@track_option
@click.option("--column", type=FILE, help="A new text.")
@click.option("--slug", "new_slug", default="", help="Another name in files and URLs.")
@click.option("--move-to", default="", metavar="URL", help="Move the whole show to this base URL.")
@click.option("--force", is_flag=True, help="Take a recording that looks wrong all the same.")
@speaking
@on_a_show
def edit(
    *,
    folder: ShowFolder,
    slug: str,
    voice: Voice,
    recording: Path | None,
    track: int,
    column: Path | None,
    date: str | None,
    new_slug: str,
    move_to: str,
    force: bool,
    **facts: Any,
) -> None:
    """Change an episode; for listeners' apps it stays the same one.

    Example: columncast edit the-last-ferry --title "The Last Ferry Home"
    """
    if bool(slug) == bool(move_to):
        raise UsageError("name the episode to change, or move the show with --move-to URL")
    if move_to:
        move_show(folder, move_to, voice)
        return
    # An option that was not given changes nothing; an empty one takes the fact away.
    changes = {key: value or None for key, value in facts.items() if value is not None}
    with voice.progress() as progress:
        built = publish.edit(
            folder,
            slug,
            changes,
            recording=recording,
            track=track,
            column=column,
            date=date or "",
            new_slug=new_slug,
            force=force,
            progress=progress,
        )
    name = new_slug or slug
    retired = folder.episode(name).facts.retired
    finish(built, voice, None if retired else built.find(name))
    if retired:
        voice.say(f"{name} stays withdrawn. To bring it back: columncast retire {name} --undo")


@cli.command()
@click.argument("slug")
@click.option("--undo", is_flag=True, help="Bring it back.")
@speaking
@on_a_show
def retire(*, folder: ShowFolder, slug: str, undo: bool, voice: Voice) -> None:
    """Withdraw an episode from the feed; nothing of it is deleted.

    Example: columncast retire the-last-ferry
    """
    with voice.progress() as progress:
        built = publish.retire(folder, slug, undo=undo, progress=progress)
    voice.say(f"{slug} is back." if undo else f"{slug} is withdrawn; its files stay.")
    finish(built, voice)


@cli.command()
@click.argument("slug", default="", metavar="[SLUG]")
@click.option("--live", is_flag=True, help="Ask the real server what a directory would ask.")
@speaking
@on_a_show
def check(*, folder: ShowFolder, slug: str, live: bool, voice: Voice) -> None:
    """Check the show, its episodes, their files and the feed against the directories' rules.

    Ends with 3 if there is an error. Example: columncast check the-last-ferry
    """
    with voice.progress("Checking") as progress:
        found = publish.check(folder, slug, progress=progress)
    if live:
        from columncast.feed.live.check import check_live

        found += check_live(folder)
    errors, problems = errors_in(found), problems_in(found)
    voice.document(
        {
            "findings": [notice.as_json() for notice in found],
            "errors": len(errors),
            "warnings": len(problems) - len(errors),
        }
    )
    warnings = [notice for notice in problems if notice not in errors]
    for notice in found if voice.verbose else [*errors, *warnings]:
        voice.say(notice.line, *(f"      {line}" for line in why(notice, voice).splitlines()))
    voice.say(f"{counts(found)}.")
    if errors:
        raise click.exceptions.Exit(InputError.exit_code)


@cli.command()
@click.argument("what", nargs=-1, required=True, metavar="SLUG | AUDIO TEXT")
@click.option("-o", "out", type=FOLDER, help="With AUDIO and TEXT: where the files go.")
@track_option
@speaking
def transcribe(*, what: tuple[str, ...], out: Path | None, track: int, voice: Voice) -> None:
    """Find when each word of the column is spoken: transcripts, chapters, narration check.

    Of an episode, or outside of any show of a recording and its text.
    Example: columncast transcribe take-3.wav column.md -o transcript
    """
    from columncast.episodes.model import alignment
    from columncast.episodes.narration.check import narration_notices

    if len(what) > 2 or (len(what) == 2) != bool(out):
        raise UsageError("name one episode, or a recording and its text with -o DIR for the files")
    if track and not out:
        raise UsageError(f"the track of an episode is set by: columncast edit {what[0]} --track N")
    with voice.progress("Aligning") as progress:
        if out:
            audio, text = map(Path, what)
            found = publish.transcribe_recording(
                audio,
                text,
                out=out,
                track=track,
                progress=lambda share: progress(audio.name, share),
            )
        else:
            directory = click.get_current_context().find_root().params["directory"]
            folder = find_show(directory or Path.cwd())
            found = publish.transcribe(folder, *what, progress=progress)
    voice.document(alignment.report(found))
    voice.say(*aligned(report.transcript_lines(found)))
    voice.notices(narration_notices(found))


@cli.command(name="publish")
@click.option("--to", metavar="NAME", help="Only the place [publish.NAME].")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--replace", is_flag=True, help="Replace a live feed that somebody else has changed.")
@click.option("--rollback", is_flag=True, help="Bring the former feed back live.")
@click.option("--prune", is_flag=True, help="Remove the show's files that had no use for 30 days.")
@speaking
@on_a_show
def publish_(
    *,
    folder: ShowFolder,
    to: str | None,
    dry_run: bool,
    replace: bool,
    rollback: bool,
    prune: bool,
    voice: Voice,
) -> None:
    """Put audio/ and feed/ live: media first, verified, the feed last.

    Example: columncast publish --dry-run
    """
    from columncast.feed.live import destinations
    from columncast.feed.live import prune as live_prune

    if to is not None and not to:
        raise UsageError(
            "--to names no place, and without --to it is all of them; nothing was done"
        )
    to = to or ""
    if rollback + prune + replace > 1:
        raise UsageError("--rollback, --prune and --replace exclude each other; nothing was done")
    if rollback:
        done = "would_roll_back_to" if dry_run else "rolled_back_to"
        again = "would be live again; nothing was changed." if dry_run else "is live again."
        documents = []
        for back in destinations.roll_back(folder, to=to, dry_run=dry_run):
            documents.append({done: back.to, "changes": list(back.diff)})
            voice.say(f"The feed {back.to} {again}", *(f"  {line}" for line in back.diff))
        first, *more = documents
        voice.document(first | ({"places": documents} if more else {}))
        return
    if prune:
        tidy = destinations.prune(folder, to=to, dry_run=dry_run)
        voice.document(live_prune.as_json(tidy))
        voice.say(*live_prune.lines(tidy, dry_run=dry_run))
        return
    voice.document(go_live(folder, voice, to=to, dry_run=dry_run, replace_live=replace))


@cli.command()
@click.argument("slug", default="", metavar="[SLUG]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Else the show's own.")
@click.option("--open/--no-open", "open_browser", default=None, help="Open it in the browser.")
@click.option("--export", type=OUTPUT, metavar="FILE.html", help="Write one file to share instead.")
@click.option("--embed-audio", is_flag=True, help="With --export: put the audio into the file.")
@click.option("--text", is_flag=True, help="Tell it here, in plain text.")
@on_a_show
def preview(
    *,
    folder: ShowFolder,
    slug: str,
    port: int,
    open_browser: bool | None,
    export: Path | None,
    embed_audio: bool,
    text: bool,
) -> None:
    """Show the notes as apps will show them, live while files are saved.

    Example: columncast preview the-last-ferry
    """
    if (export or text) and not slug:
        raise UsageError("name the episode: columncast preview SLUG --text, or --export FILE.html")
    if text:
        from columncast.feed.preview.terminal import as_text

        width = shutil.get_terminal_size().columns
        for line in as_text(folder, slug, width=width).expandtabs().split("\n")[:-1]:
            put(line)
    elif export:
        from columncast.feed.preview.export import export as write_preview

        write_preview(folder, slug, export, embed_audio=embed_audio)
        put(f"Made      {export}")
    else:
        from columncast.audio.tags.door import told
        from columncast.feed.preview.session import live_feed
        from columncast.feed.preview.session import preview as run

        run(
            folder,
            slug or None,
            port=port,
            open_browser=sys.stdout.isatty() if open_browser is None else open_browser,
            ready=lambda url: put(f"{url} (Ctrl-C ends it)"),
            tags=told,
            live=live_feed(folder) if folder.show.publish else None,
        )


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@on_a_show
def serve(*, folder: ShowFolder, port: int) -> None:
    """Serve the public folder on this machine, to try it in an app or a browser.

    Example: columncast serve --port 8000
    """
    from columncast.feed.serving.server import serve as run

    run(folder.root, port=port, ready=lambda url: put(f"{url} (Ctrl-C ends it)"))


@cli.command()
@click.argument("directory", type=FOLDER, default="demo-show", metavar="[DIR]")
@speaking
def demo(*, directory: Path, voice: Voice) -> None:
    """Build a complete sample show in DIR, from a column and a recording that come with columncast.

    Example: columncast demo my-demo
    """
    with voice.progress() as progress:
        folder, added = publish.demo(directory, progress=progress)
    if added.new:
        voice.say(
            *aligned(
                report.receipt(added.episode, added.column, folder.show, verbose=voice.verbose)
            ),
            "",
        )
    finish(added.built, voice, added.episode)
    # Run from a checkout, the command may not be on PATH.
    command = "columncast" if shutil.which("columncast") else sys.argv[0]
    page = folder.feed / added.episode.slug / "index.html"
    voice.say(
        f"Feed      {folder.feed / 'feed.xml'}",
        f"Audio     {folder.root / added.episode.enclosure.path}",
        f"Page      {page}",
        f"Next      {command} -C {directory} serve, and open http://127.0.0.1:8000/",
        f"          {command} init --help, for a show of your own",
    )


def described(episode: Episode, built: publish.Built) -> dict[str, Any]:
    """Return the JSON document of an episode just built."""
    listed = {line.slug for line in built.feed}
    status = "published" if episode.slug in listed else "scheduled"
    return report.as_json(episode, listed=len(listed), status=status)


def finish(built: publish.Built, voice: Voice, episode: Episode | None = None) -> None:
    """Say what a build did; end with 3 if an episode failed."""
    if episode:
        voice.document(described(episode, built))
    else:
        voice.document(
            report.build_as_json(built.feed, built.scheduled, built.changed, built.failed)
            | {"reasons": {slug: list(map(str, why)) for slug, why in built.reasons.items()}}
        )
    changed = built.changed if voice.verbose else built.changed[:6]
    voice.say(*(f"Made      {path}" for path in changed))
    if len(changed) < len(built.changed):
        voice.say(f"          and {len(built.changed) - len(changed)} more files (-v lists them)")
    if not built.changed:
        voice.say("Nothing changed: everything is up to date.")
    voice.say(*aligned(report.outlook(built.feed, built.scheduled)))
    if episode:
        voice.notices(episode.notices)
    failures(built)


def import_columns(
    source: Path, folder: Path, chosen: tuple[str, ...] | None, voice: Voice, **how: Any
) -> None:
    """Take the *chosen* posts out of an export (all public ones when none is named), or list them."""
    from columncast.episodes.columns.door import Post, list_posts
    from columncast.episodes.columns.extract import Extracted, extract

    known = list_posts(source)
    if chosen is None:
        voice.document({"posts": [post.as_json() for post in known]})
        voice.say(*table([post.cells() for post in known], Post.HEADS))
        voice.say("Next: columncast import … --post SLUG, or --all")
        return
    slugs = chosen or [post.slug for post in known if post.is_public and not post.draft]
    found = list(extract(source, slugs, folder, **how))
    made = [one for one in found if isinstance(one, Extracted)]
    refused = [one for one in found if isinstance(one, ColumncastError)]
    if refused and not made:
        more = f" ({len(refused) - 1} more that cannot be taken out)" if len(refused) > 1 else ""
        raise ColumnError(f"{refused[0].message}{more}", where=refused[0].where)
    voice.document(
        {
            "columns": [{"path": str(one.path), "title": one.column.title} for one in made],
            "failed": [str(one) for one in refused],
        }
    )
    voice.say(*(f"Made      {one.path}   {one.column.title}" for one in made))
    for one in made:
        voice.notices(one.notices)
    voice.say(
        f"Next      columncast add RECORDING {made[0].path}" if made else "Nothing to take out."
    )
    if mention(map(str, refused)):
        raise click.exceptions.Exit(InputError.exit_code)


def import_podcast(
    source: str,
    to: Path | None,
    voice: Voice,
    *,
    dry_run: bool,
    yes: bool,
    audio: Path | None,
    columns: Path | None,
    site_url: str,
    allow_private: bool,
    **how: Any,
) -> None:
    """Take a podcast over: say what will be done, ask, do it, say what is left to do."""
    from columncast.episodes.importing import report as told
    from columncast.feed.rss.redirects import feed_redirects

    folder = ShowFolder(to.absolute()) if to else show_here("name the folder of a new one by --to")
    empty, go = _is_new(folder.root), False
    try:
        with voice.progress("Fetching") as progress:
            progress("the feed", 0.0)
            planned = publish.plan_import(
                folder,
                source,
                audio=audio,
                columns=columns,
                site_url=site_url,
                allow_private=allow_private,
            )
        plan = planned.plan
        document = told.plan_as_json(plan)
        shown = None if planned.new else folder.show
        voice.say(*told.plan_lines(plan, shown, verbose=voice.verbose))
        there = not (plan.entries or planned.new)
        number = count(len(plan.entries), "episode")
        go = not (dry_run or there) and agreed(f"Take {number} over?", yes=yes)
    finally:
        if empty and not go:
            shutil.rmtree(folder.root, ignore_errors=True)
    if not go:
        voice.document(document)
        mention(told.broken_lines(plan, ()))
        return
    question = "And the columns that only have titles like it?"
    if plan.unsure and not yes and agreed(question, yes=yes):
        planned = replace(planned, plan=plan.with_unsure())
    taken = []
    with voice.progress("Taking") as progress:
        for one in publish.take_over(planned, site_url=site_url, progress=progress, **how):
            taken.append(one)
            voice.notices(one.notices)
    show = ShowFolder(folder.root).show
    done = [one for one in taken if one.slug and not one.error]
    voice.document(document | told.done_as_json(taken))
    voice.say(f"Taken     {count(len(done), 'episode')} into {folder.root}")
    redirects = feed_redirects(plan.show.feed_url, show.feed_url) if plan.show.feed_url else {}
    voice.say(*told.next_steps(str(folder.root), show, plan, redirects))
    missing = mention(told.broken_lines(plan, taken))
    if missing:
        raise click.exceptions.Exit(InputError.exit_code)


def _is_new(root: Path) -> bool:
    """Whether nothing is at *root*, but for what a run that was killed has cached."""
    return not root.exists() or {path.name for path in root.iterdir()} == {".columncast"}


def show_here(otherwise: str) -> ShowFolder:
    """Return the show that the command works on; where there is none, say what else can be done."""
    directory = click.get_current_context().find_root().params["directory"]
    try:
        return find_show(directory or Path.cwd())
    except UsageError as e:
        raise UsageError(f"there is no show here; {otherwise}") from e


def agreed(question: str, *, yes: bool) -> bool:
    """Ask a person; nobody is asked where there is no terminal."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("this is asked before it is done; where nobody is asked, add --yes")
    return ask(question)


def mention(lines: Iterable[str]) -> bool:
    """Say what could not be done, last, where it is seen; return whether there was any."""
    told = list(lines)
    for line in told:
        put(f"Error: {line}", err=True)
    return bool(told)


def import_pairs(source: Path, voice: Voice, *, dry_run: bool, yes: bool) -> None:
    """Pair the recordings and columns of a folder, show the pairs, ask, and add each."""
    from columncast.episodes.importing import report as told

    folder = show_here("make one first: columncast init")
    pairing = publish.plan_pairs(source)
    document = told.pairing_as_json(pairing)
    voice.say(*told.pairing_lines(pairing))
    sure = [pair for pair in pairing.pairs if pair.sure]
    if sure and not dry_run:
        question = f"Add what is sure, {count(len(sure), 'pair')}?"
        sure = sure if agreed(question, yes=yes) else []
    quiet = dry_run or yes or not sys.stdin.isatty()
    asked = [] if quiet else list(asked_pairs(pairing))
    added, failed = [], {}
    with voice.progress() as progress:
        for pair, made in publish.add_pairs(
            folder, () if dry_run else [*sure, *asked], progress=progress
        ):
            if isinstance(made, ColumncastError):
                failed[pair.recording.path.name] = str(made)
            else:
                added.append(made.episode.slug)
                voice.say(f"{'Added' if made.new else 'There':<9} {made.episode.slug}")
                voice.notices(made.episode.notices)
    voice.document(document | {"added": added, "failed": failed})
    if mention(f"{name}: {error}" for name, error in failed.items()):
        raise click.exceptions.Exit(InputError.exit_code)


def asked_pairs(pairing: Pairing) -> Iterator[Pair]:
    """Ask a person about each pair that is not sure, and each recording that fits several columns."""
    from columncast.episodes.importing.pairs.pairing import Pair

    for pair in pairing.pairs:
        names = f"{pair.recording.path.name} with {pair.column.path.name}"
        if not pair.sure and ask(f"Is it {names} ({pair.by})?"):
            yield pair
    used: list[Path] = []
    for one in pairing.unpaired:
        open_ = [reading for reading in one.candidates if reading.path not in used]
        if not open_:
            continue
        put(f"{one.recording.path.name}: {one.why}", err=True)
        for number, reading in enumerate(open_, 1):
            put(f"  {number}  {reading.path.name}   {reading.title}", err=True)
        which = click.IntRange(0, len(open_))
        if number := click.prompt("Which? 0 is none", type=which, default=0, err=True):
            used.append(open_[number - 1].path)
            yield Pair(recording=one.recording, column=open_[number - 1], by="you")


def why(notice: Notice, voice: Voice) -> str:
    """Return what stands under a notice: what to change at the server, or the rule's source."""
    return notice.cure.what if notice.cure else notice.source if voice.verbose else ""


def move_show(folder: ShowFolder, url: str, voice: Voice) -> None:
    """Move a show, and say what its old server needs."""
    with voice.progress() as progress:
        built, redirects = publish.move(folder, url, progress=progress)
    document = report.build_as_json(built.feed, built.scheduled, built.changed, built.failed)
    voice.document(document | {"redirects": redirects})
    voice.say(f"Moved to {url}; publish there, then let the old server redirect for good:")
    for server, rule in redirects.items():
        voice.say("", f"# {server}", *rule.rstrip().split("\n"))
    failures(built)


def go_live(folder: ShowFolder, voice: Voice, **how: Any) -> dict[str, Any]:
    """Publish, say what was done at each place, and return it for tools."""
    plans, done = [], []
    damaged: FeedError | None = None
    with voice.progress("Putting") as progress:
        how["tell"] = functools.partial(put, err=True)
        try:
            for published in publish.publish(folder, progress=progress, **how):
                plans.append(published.plan)
                done += [published.done] if published.done else []
        except FeedError as e:  # told last: what was done all the same is seen above it
            damaged = e
    for plan in plans:
        voice.say(*plan.lines())
    for live in done:
        voice.notices(live.notices)
    if done:
        voice.say(f"Live      {folder.show.feed_url}, {count(done[-1].episodes, 'episode')}")
    if damaged:
        raise damaged
    return {"plans": [p.as_json() for p in plans], "live": [live.as_json() for live in done]}


def failures(built: publish.Built) -> None:
    """Say which episodes failed, last, where it is seen; end with 3 if any did."""
    for slug, error in built.failed.items():
        put(f"Error: {slug}: {error}; the feed keeps its last good version", err=True)
    if built.failed:
        raise click.exceptions.Exit(InputError.exit_code)


def main() -> None:
    """Run the command and end with its exit code (docs/commands.md lists them)."""
    # A large show is hundreds of thousands of objects with no cycles among them: looking for some
    # after every 700 would be a tenth of a build that has nothing to do.
    gc.set_threshold(50_000)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no letter for a title gets it spelled out, not an error.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    with interrupt.watched() as ctrl_c:
        sys.exit(ended(ctrl_c))


def ended(ctrl_c: interrupt.Interrupt) -> int:
    """Run the command; return its exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except (Exception, KeyboardInterrupt) as e:  # noqa: BLE001 - whatever it is, it ends with a line
        code = failure(e, ctrl_c)
    return code if isinstance(code, int) else 0


def failure(error: BaseException, ctrl_c: interrupt.Interrupt) -> int:
    """Say what went wrong; return what the command ends with."""
    match error:
        case ColumncastError():
            put(f"Error: {error}", err=True)
            for line in getattr(error, "diff", ()):  # what somebody else changed in the live feed
                put(f"  {line}", err=True)
            return error.exit_code
        case click.ClickException():
            show_usage(error)
            return error.exit_code
        case KeyboardInterrupt() | click.Abort():
            ctrl_c.pressed.set()  # whoever watches may not have come to it yet
            ctrl_c.hush()
            ctrl_c.say()
            return interrupt.EXIT_CODE
        case BrokenPipeError():
            sys.stderr.close()  # whoever read us has left; nothing is left to say
            return 0
        case OSError(errno=int()):
            put(f"Error: {explained(error)}", err=True)
            return FolderError.exit_code
    if {"-v", "--verbose"} & set(sys.argv):
        for line in "".join(traceback.format_exception(error)).splitlines():
            put(line, err=True)
    else:
        put(
            f"Error: unexpected {type(error).__name__}: {error}. This is a fault of columncast: run it "
            "again with -v and report what it says",
            err=True,
        )
    return 1
