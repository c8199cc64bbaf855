"""The command line: arguments in, one library call, a few lines out.

Messages for people go to stdout, progress and errors to stderr; with `--json`, stdout holds one
JSON document and nothing else. Errors become messages and exit codes in one place, `main`.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click

from columncast import __version__
from columncast.episodes.console import colour
from columncast.episodes.console.console import Console, has_display, put
from columncast.episodes.console.ending import run
from columncast.episodes.console.facts import FACT_OPTIONS, fact_options
from columncast.episodes.console.options import (
    FILE,
    FOLDER,
    FOLDER_THERE,
    OUTPUT,
    SPEECH,
    THERE,
    date_option,
    directory_option,
    dry_run_option,
    episode_options,
    excludes,
    given_options,
    needs,
    on_a_show,
    on_no_show,
    paid_text_option,
    refuse_directory,
    show_here,
    speaking,
    track_option,
)
from columncast.episodes.console.parameters import (
    CATEGORY,
    EPISODE,
    LANGUAGE,
    RESPELLING,
    SHELLS,
    TOPIC,
    DeletableName,
    EpisodeName,
    OneOf,
    place_option,
)
from columncast.episodes.console.results import (
    end,
    end_build,
    end_move,
    say_findings,
    say_receipt,
)
from columncast.episodes.console.sections import Sections
from columncast.episodes.errors import (
    InputError,
    UsageError,
)
from columncast.episodes.format import aligned
from columncast.episodes.importing.command import ImportGroup
from columncast.episodes.later import Later
from columncast.episodes.model.limits import COVER_LARGEST_PX, COVER_SMALLEST_PX
from columncast.episodes.waiting import interrupt

if TYPE_CHECKING:
    from columncast import publish
    from columncast.episodes.building.built import Built
    from columncast.episodes.entry import report
    from columncast.episodes.show.fact_sheet import Changes
    from columncast.episodes.show.folder import ShowFolder
    from columncast.feed.live.addresses import What
else:  # both take a while to load: `--help` and a shell's completion do without
    publish = Later("columncast.publish")
    report = Later("columncast.episodes.entry.report")

P = ParamSpec("P")


@click.group(
    cls=Sections,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="columncast")
@click.option("-C", "directory", type=FOLDER, metavar="DIR", help="Work on the show in DIR.")
@click.option(
    "--color",
    type=click.Choice(colour.CHOICES),
    default="auto",
    show_default=True,
    callback=lambda _context, _parameter, choice: colour.choose(choice),
    expose_value=False,
    is_eager=True,
    help="Whether lines are coloured; auto: on a terminal, unless NO_COLOR is set.",
)
def cli(directory: Path | None) -> None:
    """Turn a column and its recorded narration into a podcast.

    The show is found from the current folder upwards, or with -C. The manual: columncast help.
    """


@cli.command()
@click.argument("directory", type=FOLDER, default=".", metavar="[DIR]")
@click.option("--title", default="", help="The show's name.")
@click.option("--site-url", default="", help="The publication's own site.")
@click.option("--base-url", default="", help="Where audio/ and feed/ will be served.")
@click.option("--author", default="", help="Who writes the column.")
@click.option("--email", default="", help="Where directories send their confirmation code.")
@click.option(
    "--language", default="en", show_default=True, type=LANGUAGE, help="As in 'en' or 'en-gb'."
)
@click.option(
    "--category",
    multiple=True,
    type=CATEGORY,
    help="Apple's name, as in 'History'; may be repeated.",
)
@click.option(
    "--cover",
    type=FILE,
    help=f"A square picture, {COVER_SMALLEST_PX} to {COVER_LARGEST_PX} pixels.",
)
@speaking
@on_no_show
def init(
    console: Console,
    *,
    directory: Path,
    title: str,
    site_url: str,
    base_url: str,
    author: str,
    email: str,
    language: str,
    category: tuple[str, ...],
    cover: Path | None,
) -> None:
    """Make a show's folder.

    At a terminal, without a title or a site, it asks for all it needs.

    Example: columncast init my-show --title "Letters from the Harbour"
    --site-url https://letters.example --author "Ines Halloran" --category History
    """
    from columncast.episodes.console.interview import Wishes, agreed_wishes
    from columncast.feed.artwork.cover import read_cover
    from columncast.feed.site.create import create_show

    given = Wishes(
        directory=directory,
        title=title,
        site_url=site_url,
        base_url=base_url,
        author=author,
        email=email,
        language=language,
        category=category,
        cover=cover,
    )
    named = given_options(click.get_current_context())
    asked = not (title and site_url)
    wishes = agreed_wishes(console, given, named, check_cover=read_cover) if asked else given
    if not wishes:
        console.document({"folder": ""})
        console.say("Nothing was made.")
        return
    folder = create_show(**vars(wishes))
    console.document({"folder": str(folder.root), "feed_url": folder.show.feed_url})
    console.say(
        f"Show      {folder.show.title}",
        f"Folder    {folder.root}",
        f"Feed      {folder.show.feed_url}   (once it is published)",
        *(() if wishes.cover else ("Cover     cover.jpg is a placeholder; put your own there",)),
        "Next      columncast add RECORDING COLUMN",
    )


@cli.command()
@click.argument("recording", type=FILE)
@click.argument("column", type=FILE)
@episode_options
@click.option("--slug", default="", help="The episode's name in files and URLs.")
@click.option("--post", default="", help="Which post, when COLUMN is an export with many.")
@paid_text_option
@track_option
@click.option(
    "--cut",
    type=click.Choice(["none", "sure"]),
    help="Cut what is sure to go; without it, as show.toml has it.",
)
@click.option("--link", is_flag=True, help="Link the recording instead of copying it.")
@click.option("--draft", is_flag=True, help="Keep it out of the feed until edit --no-draft.")
@click.option("--force", is_flag=True, help="Accept a recording that looks wrong.")
@click.option("--publish", "live", is_flag=True, help="Put it live when it is made.")
@click.option("--yes", is_flag=True, help="Publish without asking.")
@needs("--yes", "--publish")
@excludes("--draft", "--publish")
@speaking
@on_a_show
def add(
    folder: ShowFolder,
    console: Console,
    *,
    recording: Path,
    column: Path,
    date: str | None,
    title: str | None,
    season: int | None,
    number: int | None,
    kind: str | None,
    slug: str,
    post: str,
    paid_text: bool,
    track: int,
    cut: str | None,
    link: bool,
    draft: bool,
    force: bool,
    live: bool,
    yes: bool,
) -> None:
    """Make an episode of a RECORDING and its COLUMN.

    Example: columncast add take-3.wav column.md --date 2026-11-27T06:00
    """
    from columncast.episodes.console.dates import said_date

    if live:
        from columncast.feed.live import commands, destinations

        names = ", ".join(destinations.destinations(folder.show))
        if not yes and not sys.stdin.isatty():
            raise UsageError("--publish needs confirmation; without a terminal, pass --yes")
    when = said_date(folder, console, date or "")
    with console.progress() as progress:
        added = publish.add(
            folder,
            recording,
            column,
            slug=slug,
            date=when,
            title=title or "",
            season=season,
            number=number,
            type=kind or "",
            post=post,
            paid_text=paid_text,
            track=track,
            cut=cut or "",
            link=link,
            draft=draft,
            force=force,
            progress=progress,
        )
    say_receipt(console, added, folder.show)
    document, failure = report.built_as_json(added.episode, added.built), None
    if live and (yes or console.asks(f"Publish to {names}?")):
        with console.progress("Putting") as progress:
            publishing = publish.publish(folder, progress=progress, tell=console.remark)
            published, failure = commands.go_live(publishing, folder, console)
        document |= published
    elif added.new and draft:
        slug = added.episode.slug
        console.say(
            f"Next      columncast preview {slug}; when it is ready: edit {slug} --no-draft"
        )
    elif added.new:
        console.say("Next      columncast serve, and open http://127.0.0.1:8000/")
    console.document(document)
    end(added.built, console, failure)


@cli.group(
    name="import",
    cls=ImportGroup,
    subcommand_metavar="[feed|folder|posts] FEED|URL|FOLDER|EXPORT [OPTIONS]",
)
def import_() -> None:
    """Move in with a podcast, a folder of recordings, or an export.

    Without feed, folder or posts, the kind is known by what is there; ./feed is a folder called so.
    Example: columncast import https://old.example/feed.xml --to my-show
    """


@import_.command(name="feed")
@click.argument("source", metavar="FEED|URL")
@click.option("--to", type=FOLDER, help="The show to import into; made if it does not exist.")
@click.option("--audio", type=FOLDER_THERE, help="Take the audio from here.")
@click.option("--columns", type=THERE, help="The texts of the episodes: an export, a folder.")
@click.option("--keep/--master", default=True, help="Keep the audio, or master it anew.")
@click.option("--base-url", default="", help="Where the new feed will be served.")
@click.option("--site-url", default="", help="The publication's own site; feeds may not say.")
@click.option(
    "--allow-private", is_flag=True, help="Let the feed name addresses in private networks too."
)
@dry_run_option
@click.option("--yes", is_flag=True, help="Do it without asking.")
@paid_text_option
@needs("--include-paid-text", "--columns")
@speaking
def import_feed(
    console: Console,
    *,
    source: str,
    to: Path | None,
    audio: Path | None,
    columns: Path | None,
    keep: bool,
    base_url: str,
    site_url: str,
    allow_private: bool,
    dry_run: bool,
    yes: bool,
    paid_text: bool,
) -> None:
    """Take an existing podcast over, and no subscriber notices.

    Example: columncast import feed https://old.example/feed.xml --to my-show
    """
    from columncast.episodes.importing import dialogue
    from columncast.episodes.importing.plan import leaving_no_trace, plan_import
    from columncast.episodes.show.folder import ShowFolder
    from columncast.feed.rss.redirects import feed_redirects

    if to:
        refuse_directory("--to names one, too")
    folder = ShowFolder(to.absolute()) if to else show_here("name the folder of a new one by --to")
    with leaving_no_trace(folder.root):
        with console.progress("Fetching") as progress:
            progress("the feed", 0.0)
            planned = plan_import(
                folder,
                source,
                audio=audio,
                columns=columns,
                base_url=base_url,
                site_url=site_url,
                allow_private=allow_private,
            )
        agreed = dialogue.agreed_import(planned, console, yes=yes, dry_run=dry_run)
        if not agreed:
            return
        with console.progress("Taking") as progress:
            taking = publish.take_over(
                agreed,
                keep=keep,
                paid_text=paid_text,
                base_url=base_url,
                site_url=site_url,
                progress=progress,
            )
            imported = dialogue.with_notices(taking, console)
    dialogue.end_import(agreed, imported, console, feed_redirects)


@import_.command(name="folder")
@click.argument("source", type=FOLDER_THERE, metavar="FOLDER")
@dry_run_option
@click.option("--yes", is_flag=True, help="Add the sure pairs without asking, and no others.")
@speaking
def import_folder(console: Console, *, source: Path, dry_run: bool, yes: bool) -> None:
    """Pair the recordings and columns of a folder, and add each pair.

    Example: columncast import folder backlog --dry-run
    """
    from columncast.episodes.importing import dialogue

    folder = show_here("make one first: columncast init")
    pairing = publish.plan_pairs(source)
    pairs = dialogue.agreed_pairs(pairing, console, yes=yes, dry_run=dry_run)
    with console.progress() as progress:
        adding = publish.add_pairs(folder, pairs, progress=progress)
        dialogue.end_pairs(pairing, adding, console)


@import_.command(name="posts")
@click.argument("source", type=FILE, metavar="EXPORT")
@click.option("--list", "listing", is_flag=True, help="List the posts.")
@click.option("--post", "posts", multiple=True, help="Which post, by its slug; may be repeated.")
@click.option("--all", "every", is_flag=True, help="Every post that is public.")
@click.option("--to", type=FOLDER, default="columns", show_default=True, help="Where they go.")
@click.option("--site-url", default="", help="Where the posts were published; exports do not say.")
@paid_text_option
@excludes("--list", "--post", "--all", "--to", "--site-url", "--include-paid-text")
@excludes("--post", "--all")
@needs("--to", "--post", "--all")
@needs("--site-url", "--post", "--all")
@needs("--include-paid-text", "--post", "--all")
@speaking
@on_no_show
def import_posts(
    console: Console,
    *,
    source: Path,
    listing: bool,
    posts: tuple[str, ...],
    every: bool,
    to: Path,
    site_url: str,
    paid_text: bool,
) -> None:
    """Take columns out of an export. Without a choice, list its posts.

    Example: columncast import posts export.zip --post the-last-ferry
    """
    from columncast.episodes.columns.door import list_posts
    from columncast.episodes.columns.exports.posts import Post
    from columncast.episodes.columns.extract import extract_all
    from columncast.episodes.importing import dialogue

    if listing or not (posts or every):
        known = list_posts(source)
        console.document({"posts": [post.as_json() for post in known]})
        console.table([post.cells() for post in known], Post.HEADS)
        console.say("Next: columncast import posts … --post SLUG, or --all")
        return
    extraction = extract_all(source, posts, to, site_url=site_url, paid_text=paid_text)
    dialogue.end_posts(extraction, console)


@cli.command()
@click.argument("slugs", nargs=-1, type=EPISODE, metavar="[SLUG]...")
@click.option(
    "--due", is_flag=True, help="Only if a scheduled episode is due; otherwise end at once."
)
@click.option(
    "--jobs", type=click.IntRange(min=1), help="How many at a time; by default one per core."
)
@click.option(
    "--executor", default="local", metavar="local|dask://HOST:PORT", help="Where the work is done."
)
@click.option("--explain", is_flag=True, help="Say why each episode is built.")
@dry_run_option
@excludes("--dry-run", "--executor", "--explain")
@speaking
@on_a_show
def build(
    folder: ShowFolder,
    console: Console,
    *,
    slugs: tuple[str, ...],
    due: bool,
    jobs: int | None,
    executor: str,
    explain: bool,
    dry_run: bool,
) -> None:
    """Bring audio/ and feed/ up to date.

    Example: columncast build --explain
    """
    from columncast.episodes.building.schedule import nothing_due

    if due and nothing_due(folder):
        console.document({"due": False})
        console.say("Nothing is due.")
        return
    if dry_run:
        plan = publish.plan(folder, slugs, jobs=jobs)
        console.document(plan.as_json())
        console.say(*aligned(plan.lines()))
        return
    with console.progress("Building") as progress:
        built = publish.build(
            folder, slugs, jobs=jobs, executor=executor, progress=progress, tell=console.remark
        )
    if explain:
        console.say(
            *aligned((slug, "; ".join(map(str, why))) for slug, why in built.reasons.items())
        )
    end_build(built, console)


@cli.command(name="list")
@speaking
@on_a_show
def list_(folder: ShowFolder, console: Console) -> None:
    """List the episodes, newest first.

    Example: columncast list
    """
    from columncast.episodes.entry.overview import Row, overview

    rows, damaged = overview(folder)
    console.document({"episodes": [row.as_json() for row in rows]})
    if rows:
        console.table([row.cells(folder.show.timezone) for row in rows], Row.HEADS)
    elif not damaged:
        console.say("No episodes yet. Next: columncast add RECORDING COLUMN")
    if damaged:
        first, more = damaged[0], len(damaged) - 1
        rest = f" ({more} more: columncast check)" if more else ""
        raise type(first)(f"{first.message}{rest}", where=first.where)


@cli.command(name="status")
@click.option("--live", is_flag=True, help="Ask each place what it has; else from records here.")
@speaking
@on_a_show
def status_(folder: ShowFolder, console: Console, *, live: bool) -> None:
    """Say how the show stands, and what to do next.

    Example: columncast status
    """
    from columncast.feed.live.status import status

    found = status(folder, live=live)
    console.document(found.as_json())
    console.say(*aligned(found.lines()))
    for place in found.places:
        if place.failure:
            raise place.failure


@cli.command()
@click.option("--html", type=OUTPUT, metavar="FILE.html", help="Write a page with pictures, too.")
@click.option("--svg", type=OUTPUT, metavar="FILE.svg", help="Write the picture of the loudness.")
@speaking
@on_a_show
def stats(folder: ShowFolder, console: Console, *, html: Path | None, svg: Path | None) -> None:
    """Tell the show in numbers: hours, words, loudness, pace.

    Example: columncast stats --html stats.html
    """
    from columncast.episodes.disk import files
    from columncast.episodes.stats import as_json as stats_as_json
    from columncast.episodes.stats import figures
    from columncast.episodes.stats import text as stats_text
    from columncast.episodes.stats.statistics import statistics

    found = statistics(folder.show, figures.gather(folder))
    console.document(stats_as_json.as_json(found))
    console.say(*stats_text.lines(found, every=console.verbose))
    if html:
        from columncast.feed.statistics.page import render_stats

        files.write_out(html, render_stats(found))
    if svg:
        from columncast.feed.statistics.svg import spread_svg

        files.write_out(svg, spread_svg(found))
    if made := [str(path) for path in (html, svg) if path]:
        console.say("", *(f"Made      {path}" for path in made))


@cli.command()
@click.argument("logs", nargs=-1, metavar="[LOG]...")
@click.option("--csv", type=OUTPUT, metavar="FILE.csv", help="Write the episodes as a table, too.")
@click.option("--html", type=OUTPUT, metavar="FILE.html", help="Write a page with pictures, too.")
@speaking
@on_a_show
def audience(
    folder: ShowFolder,
    console: Console,
    *,
    logs: tuple[str, ...],
    csv: Path | None,
    html: Path | None,
) -> None:
    """Count listeners in the host's own access logs.

    A LOG is a file, a folder, a pattern, s3://…, or - for standard input. Without LOG, it reads
    those that show.toml names. Example: columncast audience /var/log/nginx/*.log*
    """
    from columncast.episodes.audience import as_json as audience_as_json
    from columncast.episodes.audience import text as audience_text
    from columncast.episodes.audience.count import count_listeners
    from columncast.episodes.disk import files

    with console.progress("Reading") as progress:
        found = count_listeners(folder, logs, progress=progress)
    console.document(audience_as_json.as_json(found))
    console.say(*audience_text.told(found, every=console.verbose))
    if csv:
        files.write_out(csv, audience_as_json.as_csv(found))
    if html:
        from columncast.feed.statistics.listeners import render_audience

        files.write_out(html, render_audience(found))
    if made := [str(path) for path in (csv, html) if path]:
        console.say("", *(f"Made      {path}" for path in made))


@cli.command()
@click.argument("slug", type=EPISODE, metavar="SLUG")
@speaking
@on_a_show
def show(folder: ShowFolder, console: Console, *, slug: str) -> None:
    """Show what is known of an episode.

    Example: columncast show the-last-ferry
    """
    from columncast.episodes.entry.lookup import look_up

    look = look_up(folder, slug)
    console.document(report.as_json(look.episode, listed=look.listed, status=look.status))
    console.say(
        *aligned(
            report.card(
                look.episode, look.column, folder.show, look.status, verbose=console.verbose
            )
        )
    )
    console.notices(look.episode.notices)


@cli.command(name="embed")
@click.argument("slug", type=EPISODE, default="", metavar="[SLUG]")
@speaking
@on_a_show
def embed_(folder: ShowFolder, console: Console, *, slug: str) -> None:
    """Print what to paste into another site for a player.

    It plays the episode SLUG; without one, the newest at any time.

    Example: columncast embed the-last-ferry
    """
    from columncast.episodes.entry.lookup import look_up
    from columncast.feed.site import embed, paste

    if slug:
        episode = look_up(folder, slug).episode
        embed.play_picture_url(folder, episode)  # refuses what has no page yet
        pastes = paste.of_episode(folder.show, episode)
    else:
        pastes = paste.of_latest(folder.show)
    console.document(paste.as_json(pastes))
    console.say(*paste.lines(pastes))


@cli.command()
@click.argument("slug", type=EPISODE, metavar="SLUG")
@click.option("--text", is_flag=True, help="As plain text, for the text part of the e-mail.")
@speaking
@on_a_show
def newsletter(folder: ShowFolder, console: Console, *, slug: str, text: bool) -> None:
    """Print an episode as a block for an e-mail.

    Example: columncast newsletter the-last-ferry > block.html
    """
    from columncast.episodes.entry.lookup import look_up
    from columncast.feed.live.verify import Servers, not_live_yet
    from columncast.feed.site import embed
    from columncast.feed.site.newsletter import letter

    episode = look_up(folder, slug).episode
    picture = embed.play_picture_url(folder, episode)
    made = letter(folder.show, episode, picture_url=picture)
    addresses = (episode.page_url, *(() if text else (picture, episode.enclosure.url)))
    missing = list(not_live_yet(Servers(), addresses))
    console.document(
        {"html": made.html, "text": made.text, "findings": [one.as_json() for one in missing]}
    )
    console.say(*(made.text if text else made.html).splitlines())
    console.notices(missing)


@cli.command()
@click.argument("slug", type=EpisodeName(careful_with="new_slug"), default="", metavar="[SLUG]")
@date_option
@fact_options
@click.option("--recording", type=FILE, help="A new recording.")
@track_option
@click.option("--column", type=FILE, help="A new text.")
@click.option(
    "--slug", "new_slug", default="", is_eager=True, help="Another name in files and URLs."
)
@click.option("--move-to", default="", metavar="URL", help="Move the whole show to this base URL.")
@click.option("--force", is_flag=True, help="Accept a recording that looks wrong.")
@excludes(
    "--move-to",
    *(
        "--date",
        *FACT_OPTIONS,
        "--cover",
        "--recording",
        "--track",
        "--column",
        "--slug",
        "--force",
    ),
)
@speaking
@on_a_show
def edit(
    folder: ShowFolder,
    console: Console,
    facts: Mapping[str, object],
    *,
    slug: str,
    date: str | None,
    recording: Path | None,
    track: int,
    column: Path | None,
    new_slug: str,
    move_to: str,
    force: bool,
) -> None:
    """Change an episode; for listeners' apps it stays the same one.

    With SLUG alone, every fact of it opens in your editor.
    Example: columncast edit the-last-ferry --title "The Last Ferry Home"
    """
    from columncast.episodes.console.dates import said_date
    from columncast.episodes.console.editor import edit_facts
    from columncast.episodes.show.fact_sheet import Changes

    if bool(slug) == bool(move_to):
        raise UsageError("name the episode to change, or move the show with --move-to URL")
    if move_to:
        with console.progress() as progress:
            built, redirects = publish.move(folder, move_to, progress=progress)
        end_move(built, console, move_to, redirects)
        return

    def change(changes: Changes) -> Built:
        when = said_date(folder, console, changes.date)
        with console.progress() as progress:
            return publish.edit(
                folder,
                slug,
                changes.facts,
                recording=recording,
                track=track,
                column=column,
                date=when,
                new_slug=new_slug,
                force=force,
                progress=progress,
            )

    asked = Changes(facts=facts, date=date or "")
    if given_options(click.get_current_context()) - {"SLUG", *SPEECH}:
        done = change(asked)
    elif not (edited := edit_facts(folder, slug, console, change)):
        console.document({"changed": []})
        console.say("Nothing changed.")
        return
    else:
        done = edited
    name = new_slug or slug
    retired = folder.episode(name).facts.retired
    end_build(done, console, None if retired else done.find(name))
    if retired:
        console.say(f"{name} stays withdrawn. To bring it back: columncast retire {name} --undo")


@cli.command()
@click.argument("slug", type=EpisodeName(careful=True), metavar="SLUG")
@click.option("--undo", is_flag=True, help="Bring it back.")
@speaking
@on_a_show
def retire(folder: ShowFolder, console: Console, *, slug: str, undo: bool) -> None:
    """Withdraw an episode from the feed; nothing of it is deleted.

    Example: columncast retire the-last-ferry
    """
    with console.progress() as progress:
        built = publish.retire(folder, slug, undo=undo, progress=progress)
    console.say(f"{slug} is back." if undo else f"{slug} is withdrawn; its files stay.")
    end_build(built, console)


@cli.command()
@click.argument("slug", type=DeletableName(), metavar="SLUG")
@click.option("--undo", is_flag=True, is_eager=True, help="Bring it back from the trash.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@excludes("--undo", "--yes")
@speaking
@on_a_show
def delete(folder: ShowFolder, console: Console, *, slug: str, undo: bool, yes: bool) -> None:
    """Put an episode with all its files into the show's trash.

    To withdraw one that listeners know, use retire: its files stay in the show.
    Example: columncast delete the-last-ferry
    """
    from columncast.episodes.console.deletion import agreed_deletion, end_delete

    if undo:
        with console.progress() as progress:
            built = publish.restore(folder, slug, progress=progress)
        console.say(f"{slug} is back.")
        end_build(built, console)
        return
    if not agreed_deletion(folder, slug, console, yes=yes):
        console.document({"deleted": ""})
        console.say("Nothing was changed.")
        return
    with console.progress() as progress:
        gone, built = publish.delete(folder, slug, progress=progress)
    end_delete(folder, gone, built, console)


@cli.command()
@click.argument("slug", type=EPISODE, default="", metavar="[SLUG]")
@click.option("--live", is_flag=True, help="Ask the real server what a directory would ask.")
@click.option("--accept", metavar="CODE", help="Let the episode's warnings of this code be.")
@click.option("--reason", metavar="TEXT", help="Why.")
@needs("--accept", "--reason")
@needs("--reason", "--accept")
@speaking
@on_a_show
def check(
    folder: ShowFolder, console: Console, *, slug: str, live: bool, accept: str, reason: str
) -> None:
    """Check show, episodes and feed against the directories' rules.

    A warning that is accepted is listed as such, and comes back when the text that it is about
    changes. Ends with 3 if there is an error. Example: columncast check the-last-ferry
    """
    with console.progress("Checking") as progress:
        if accept:
            notices = publish.accept(folder, slug, accept, reason=reason, progress=progress)
        else:
            notices = publish.check(folder, slug, progress=progress)
    if live:
        from columncast.feed.live.check import check_live

        notices += check_live(folder)
    if say_findings(notices, console):
        raise click.exceptions.Exit(InputError.exit_code)


@cli.command()
@speaking
def doctor(console: Console) -> None:
    """Examine this machine and the show; name a cure for each fault.

    Nobody on the network is asked. Ends with 3 if something that is needed does not work.
    Example: columncast doctor
    """
    from columncast.episodes.doctor.examination import verdict_line
    from columncast.episodes.show.folder import ShowFolder
    from columncast.episodes.show.root import show_root

    root = show_root(directory_option() or Path.cwd())
    if directory_option() and not root:
        show_here()  # says that there is none
    findings = publish.examine(ShowFolder(root) if root else None)
    errors = [finding for finding in findings if finding.verdict == "error"]
    console.document(
        {"findings": [finding.as_json() for finding in findings], "errors": len(errors)}
    )
    for finding in findings:
        console.say(*finding.lines())
    console.say(verdict_line(findings))
    if errors:
        raise click.exceptions.Exit(InputError.exit_code)


@cli.command()
@click.argument(
    "what",
    nargs=-1,
    required=True,
    metavar="SLUG | AUDIO TEXT",
    shell_complete=EPISODE.shell_complete,
)
@click.option("-o", "out", type=FOLDER, help="With AUDIO and TEXT: where the files go.")
@click.option("--language", type=LANGUAGE, default="", help="With AUDIO and TEXT: as in 'de'.")
@click.option(
    "--pronunciation",
    type=RESPELLING,
    multiple=True,
    help="With AUDIO and TEXT: how a name is read; once for each.",
)
@track_option
@speaking
def transcribe(
    console: Console,
    *,
    what: tuple[str, ...],
    out: Path | None,
    language: str,
    pronunciation: tuple[tuple[str, str], ...],
    track: int,
) -> None:
    """Find when each word is spoken: transcripts, chapters, check.

    Of an episode, or of a recording and its text outside any show.
    Example: columncast transcribe take-3.wav column.md -o transcript
    """
    from columncast.episodes.entry.naming import find_episode
    from columncast.episodes.model import alignment
    from columncast.episodes.narration.check import narration_notices

    if len(what) > 2 or (len(what) == 2) != bool(out):
        raise UsageError("name one episode, or a recording and its text with -o DIR for the files")
    if track and not out:
        raise UsageError(f"the track of an episode is set by: columncast edit {what[0]} --track N")
    if (language or pronunciation) and not out:
        raise UsageError(f"{what[0]} is an episode: its language and names are set in show.toml")
    if out:
        refuse_directory("a recording and its text need none")
    with console.progress("Aligning") as progress:
        if out:
            audio, text = map(Path, what)
            found = publish.transcribe_recording(
                audio,
                text,
                out=out,
                track=track,
                language=language,
                pronunciation=dict(pronunciation),
                progress=lambda share: progress(audio.name, share),
            )
        else:
            folder = show_here()
            named = find_episode(folder, what[0])
            found = publish.transcribe(folder, named.slug, progress=progress)
    console.document(alignment.report(found))
    console.say(*aligned(report.transcript_lines(found)))
    console.notices(narration_notices(found))


@cli.command()
@click.argument(
    "what",
    nargs=-1,
    required=True,
    metavar="SLUG | AUDIO TEXT",
    shell_complete=EPISODE.shell_complete,
)
@click.option(
    "-o", "out", type=OUTPUT, help="With AUDIO and TEXT: the new recording, a WAV or a FLAC."
)
@click.option(
    "--apply",
    default="",
    metavar="sure|all|FILE",
    help="Which cuts to make; without it you are asked.",
)
@click.option("--undo", is_flag=True, help="With SLUG: take all of its cuts back.")
@click.option("--labels", type=OUTPUT, metavar="FILE", help="List the cuts for Audacity or Reaper.")
@track_option
@excludes("--undo", "-o", "--apply", "--labels", "--track")
@speaking
def cut(
    console: Console,
    *,
    what: tuple[str, ...],
    out: Path | None,
    apply: str,
    undo: bool,
    labels: Path | None,
    track: int,
) -> None:
    """Cut retakes, slips, asides and long pauses out of an episode.

    Finds repeated and additional words by the text, restarts, stutters and noises too; the last good
    take stays. The recording itself is never changed, and --undo brings an episode's former sound
    back. Without --apply, and without a terminal to ask at, the cuts are only listed.
    A FILE of --labels, changed in Audacity (.txt) or Reaper (.csv), comes back with --apply FILE.
    Example: columncast cut the-last-ferry --apply sure
    """
    from columncast.episodes.console import cutting

    cutting.refuse_mixture(what, out=out, track=track)
    asked = cutting.asked(console, apply, labels, terminal=sys.stdin.isatty())
    if out:
        refuse_directory("a recording and its text need none")
        audio, text = (FILE.convert(name, None, None) for name in what)
        asked.cut_recording(
            audio,
            out,
            lay=lambda progress: publish.cutting_desk(
                audio, text, out=out, drawn=asked.drawn, track=track, progress=progress
            ),
            make=lambda desk, chosen: publish.cut_on(
                desk, chosen, out=out, all_the_same=asked.all_the_same
            ),
        )
        return
    slug = EPISODE.convert(what[0], None, click.get_current_context())
    folder = show_here()
    if undo:
        with console.progress() as progress:
            built = publish.undo_cuts(folder, slug, progress=progress)
        end_build(built, console, None if folder.episode(slug).facts.retired else built.find(slug))
        return
    asked.cut_episode(
        folder.episode(slug),
        look=lambda progress: publish.cuts_of(folder, slug, progress=progress),
        lay=lambda progress: publish.episode_on_desk(
            folder, slug, drawn=asked.drawn, progress=progress
        ),
        make=lambda desk, chosen, progress: publish.cut_episode(
            folder,
            desk,
            chosen,
            all_the_same=asked.all_the_same,
            declined=asked.one_by_one,
            progress=progress,
        ),
    )


@cli.command()
@click.argument(
    "what",
    nargs=-1,
    required=True,
    metavar="SLUG FIXES... | AUDIO TEXT FIXES...",
    shell_complete=EPISODE.shell_complete,
)
@click.option(
    "-o", "out", type=OUTPUT, help="With AUDIO and TEXT: the new recording, a WAV or a FLAC."
)
@click.option("--sheet", is_flag=True, help="With SLUG: list the sentences to read again.")
@click.option("--html", type=OUTPUT, metavar="FILE.html", help="Write a page to read from, too.")
@click.option("--undo", is_flag=True, help="With SLUG: take all that was read again out.")
@track_option
@needs("--html", "--sheet")
@excludes("--sheet", "-o", "--track")
@excludes("--undo", "-o", "--sheet", "--html", "--track")
@speaking
def pickup(
    console: Console,
    *,
    what: tuple[str, ...],
    out: Path | None,
    sheet: bool,
    html: Path | None,
    undo: bool,
    track: int,
) -> None:
    """Put sentences that were read again into an episode.

    Finds which sentence of the text each one in FIXES is, in any order, and fits it into its place: level,
    spectrum, pauses and room tone are those around it. Of a sentence that is read several times, the
    last good reading counts. The recording itself is never changed, and --undo brings an episode's former
    sound back. --sheet lists what to read again.
    Example: columncast pickup the-last-ferry fixes.wav
    """
    from columncast.episodes.console import pickups

    asked = pickups.Asked(console, terminal=sys.stdin.isatty())
    if out:
        refuse_directory("a recording and its text need none")
        audio, text, *fixes = pickups.recording_and_fixes(what)
        asked.into_recording(
            audio,
            out,
            lay=lambda progress: publish.pickup_desk(
                audio, text, fixes, out=out, track=track, progress=progress
            ),
            make=lambda desk: publish.place_pickups(desk, out=out),
        )
        return
    name, fixes = pickups.episode_and_fixes(what, fixes=not (sheet or undo), track=track)
    slug = EPISODE.convert(name, None, click.get_current_context())
    folder = show_here()
    if sheet:
        with console.progress("Aligning") as progress:
            found = publish.sheet(folder, slug, progress=progress)
        pickups.end_sheet(found, console, html)
    elif undo:
        with console.progress() as progress:
            built = publish.undo_pickups(folder, slug, progress=progress)
        end_build(built, console, None if folder.episode(slug).facts.retired else built.find(slug))
    else:
        asked.into_episode(
            folder.episode(slug),
            lay=lambda progress: publish.episode_pickups(folder, slug, fixes, progress=progress),
            make=lambda desk, progress: publish.pickup_episode(folder, desk, progress=progress),
        )


@cli.command(name="publish")
@place_option
@dry_run_option
@click.option("--replace", is_flag=True, help="Replace a live feed that somebody else has changed.")
@click.option(
    "--force", is_flag=True, help="Put a private address or a placeholder where all can see it."
)
@click.option("--rollback", "back", is_flag=True, hidden=True)  # what 0.1.0 calls it
@click.option("--prune", "tidy", is_flag=True, hidden=True)
@excludes("--rollback", "--prune", "--replace", "--force")
@excludes("--prune", "--replace", "--force")
@speaking
@on_a_show
def publish_(
    folder: ShowFolder,
    console: Console,
    *,
    to: str,
    dry_run: bool,
    replace: bool,
    force: bool,
    back: bool,
    tidy: bool,
) -> None:
    """Put audio/ and feed/ live: media first, the feed last.

    Example: columncast publish --dry-run
    """
    from columncast.feed.live import commands

    if back:
        commands.go_back(folder, console, to=to, dry_run=dry_run)
        return
    if tidy:
        commands.tidy_up(folder, console, to=to, dry_run=dry_run)
        return
    with console.progress("Putting") as progress:
        publishing = publish.publish(
            folder,
            to=to,
            dry_run=dry_run,
            replace_live=replace,
            force=force,
            progress=progress,
            tell=console.remark,
        )
        document, failure = commands.go_live(publishing, folder, console)
    console.document(document)
    if failure:
        raise failure


@cli.command()
@click.argument("feed", default="", metavar="[FEED]")
@place_option
@dry_run_option
@click.option("--list", "listing", is_flag=True, help="List the former feeds that can come back.")
@excludes("--list", "FEED", "--dry-run")
@speaking
@on_a_show
def rollback(
    folder: ShowFolder, console: Console, *, feed: str, to: str, dry_run: bool, listing: bool
) -> None:
    """Bring a former feed back live: the last one, or FEED.

    Done twice, it brings back what was there first. Example: columncast rollback --dry-run
    """
    from columncast.feed.live import commands

    if listing:
        commands.list_former_feeds(folder, console, to=to)
    else:
        commands.go_back(folder, console, to=to, feed=feed, dry_run=dry_run)


@cli.command()
@place_option
@dry_run_option
@speaking
@on_a_show
def prune(folder: ShowFolder, console: Console, *, to: str, dry_run: bool) -> None:
    """Remove what no live feed has named for 30 days, at each place.

    Example: columncast prune --dry-run
    """
    from columncast.feed.live import commands

    commands.tidy_up(folder, console, to=to, dry_run=dry_run)


@cli.command()
@click.argument("slug", type=EPISODE, default="", metavar="[SLUG]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default the show's own.")
@click.option("--open/--no-open", "open_browser", default=None, help="Open it in the browser.")
@click.option("--export", type=OUTPUT, metavar="FILE.html", help="Write one file to share instead.")
@click.option(
    "--embed-audio", is_flag=True, help="With --export: put the audio in, however large it is."
)
@click.option("--text", is_flag=True, help="Print it here, in plain text.")
@click.option("--read-only", is_flag=True, help="Let nobody change anything on the page.")
@excludes("--text", "--export", "--port", "--open/--no-open", "--read-only")
@excludes("--export", "--port", "--open/--no-open", "--read-only")
@needs("--embed-audio", "--export")
@on_a_show
def preview(
    folder: ShowFolder,
    *,
    slug: str,
    port: int,
    open_browser: bool | None,
    export: Path | None,
    embed_audio: bool,
    text: bool,
    read_only: bool,
) -> None:
    """See and finish an episode on a page, live as you write.

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
        from columncast.audio.tags.door import tag_lines
        from columncast.feed.preview.session import live_feed
        from columncast.feed.preview.session import preview as run

        run(
            folder,
            slug or None,
            port=port,
            open_browser=sys.stdout.isatty() if open_browser is None else open_browser,
            ready=lambda url: put(f"{url} (Ctrl-C ends it)"),
            tags=tag_lines,
            live=live_feed(folder) if folder.show.destinations else None,
            operations=None if read_only else publish.operations(),
        )


@cli.group()
def review() -> None:
    """Take in what colleagues send back, and show it.

    They get the file of: columncast preview SLUG --export FILE.html
    Example: columncast review take review-ruth.json
    """


@review.command(name="take")
@click.argument("file", type=FILE)
@speaking
@on_a_show
def review_take(folder: ShowFolder, console: Console, *, file: Path) -> None:
    """Take a colleague's review from the FILE that came back.

    The same one taken twice is there once. Example: columncast review take review-ruth.json
    """
    from columncast.episodes.remarks.book import take
    from columncast.episodes.remarks.look import look_at_reviews

    taken = take(folder, file)
    found = look_at_reviews(folder, taken.slug)
    console.document(taken.as_json() | found.as_json())
    console.say(*aligned([*taken.lines(), *found.lines()]))


@review.command(name="show")
@click.argument("slug", type=EPISODE, metavar="SLUG")
@speaking
@on_a_show
def review_show(folder: ShowFolder, console: Console, *, slug: str) -> None:
    """Show what colleagues remarked on an episode, and who approved it.

    Example: columncast review show the-last-ferry
    """
    from columncast.episodes.remarks.look import look_at_reviews

    found = look_at_reviews(folder, slug)
    console.document(found.as_json())
    console.say(*aligned(found.lines()))


def _directories(_ctx: click.Context) -> list[str]:
    from columncast.feed.live.directories import services

    return services()


@cli.command()
@click.argument("apps", nargs=-1, type=OneOf(_directories), metavar="[APP]...")
@speaking
@on_a_show
def submit(folder: ShowFolder, console: Console, *, apps: tuple[str, ...]) -> None:
    """Say what each directory wants, what is missing, and where to go.

    Nobody on the network is asked. Example: columncast submit apple spotify
    """
    from columncast.feed.live.submission import submission

    found = submission(folder, apps)
    console.document(found.as_json())
    console.say(*found.lines(verbose=console.verbose))


@cli.command(name="open")
@click.argument("slug", type=EPISODE, default="", metavar="[SLUG]")
@click.option("--feed", is_flag=True, help="The feed, instead of a page.")
@click.option("--folder", "place", is_flag=True, help="The folder on this machine.")
@excludes("--feed", "--folder")
@speaking
@on_a_show
def open_(folder: ShowFolder, console: Console, *, slug: str, feed: bool, place: bool) -> None:
    """Open the page of the show, or of an episode, in a browser.

    Example: columncast open the-last-ferry
    """
    from columncast.feed.live.addresses import address_of

    if slug and feed:
        raise UsageError("the feed is the whole show's; leave out SLUG or --feed")
    what: What = "feed" if feed else "folder" if place else "page"
    found = address_of(folder, slug, what)
    console.document({"what": what, "address": found.address})
    if found.remark:
        console.remark(found.remark)
    console.say(found.address)
    if not console.as_json and has_display():
        click.launch(found.address)


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@on_a_show
def serve(folder: ShowFolder, *, port: int) -> None:
    """Serve the public folder on this machine, to try it in an app.

    Example: columncast serve --port 8000
    """
    from columncast.feed.serving.server import serve as run

    run(
        folder.root,
        port=port,
        root=folder.show.site.root,
        ready=lambda url: put(f"{url} (Ctrl-C ends it)"),
    )


@cli.command()
@click.argument("directory", type=FOLDER, default="demo-show", metavar="[DIR]")
@speaking
@on_no_show
def demo(console: Console, *, directory: Path) -> None:
    """Build a complete sample show in DIR.

    Example: columncast demo my-demo
    """
    with console.progress() as progress:
        folder, added = publish.demo(directory, progress=progress)
    if added.new:
        console.say(
            *aligned(
                report.receipt(added.episode, added.column, folder.show, verbose=console.verbose)
            ),
            "",
        )
    end_build(added.built, console, added.episode)
    # Run from a checkout, the command may not be on PATH.
    command = "columncast" if shutil.which("columncast") else sys.argv[0]
    page = folder.feed / added.episode.slug / "index.html"
    console.say(
        f"Feed      {folder.feed / 'feed.xml'}",
        f"Audio     {folder.root / added.episode.enclosure.path}",
        f"Page      {page}",
        f"Next      {command} -C {directory} serve, and open http://127.0.0.1:8000/",
        f"          {command} init --help, for a show of your own",
    )


@cli.command()
@click.argument("shell", type=click.Choice(SHELLS), required=False, metavar=f"[{'|'.join(SHELLS)}]")
@click.option("--install", "installing", is_flag=True, help="Put it where the shell finds it.")
@on_no_show
def completion(shell: str | None, *, installing: bool) -> None:
    """Complete commands, episodes and places in your shell.

    Without SHELL, in the one that you use.

    Prints the script, or installs it. Example: columncast completion bash --install
    """
    from columncast.episodes.console.completion import install, next_step, script, this_shell

    shell = shell or this_shell()
    if not installing:
        for line in script(shell, cli).splitlines():
            put(line)
        return
    done = install(shell, cli)
    put(f"Script    {done.script}")
    if done.start_file:
        put(f"Loaded by {done.start_file}")
    put(f"Next      {next_step(done)}")


@cli.command(name="help")
@click.argument("words", type=TOPIC, nargs=-1, metavar="[TOPIC]")
@speaking
@on_no_show
def help_(console: Console, *, words: tuple[str, ...]) -> None:
    """Read the manual: a document, or what a command can do.

    Without TOPIC, list the documents.

    Example: columncast help weekly
    """
    from columncast.episodes.manual import commands, topics

    if not words:
        found = topics.topics()
        console.document({"topics": [one.as_json() for one in found]})
        console.table([(one.name, one.title) for one in found], ("TOPIC", ""))
        console.say("", "Next      columncast help TOPIC, or columncast COMMAND --help")
        return
    known = {page.words: page for page in commands.pages(cli)}
    topic = " ".join(words)
    if words in known and topic not in topics.names():
        text = commands.markdown(known[words])
    else:
        text = topics.topic(topic).text
    console.document({"topic": topic, "text": text})
    console.page(text)


def main() -> None:
    """Run the command and end with its exit code (docs/reference/commands.md lists them)."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no letter for a title gets it spelled out, not an error.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    with interrupt.watched() as ctrl_c:
        sys.exit(run(cli, ctrl_c))
