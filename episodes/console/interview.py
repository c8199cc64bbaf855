"""The questions that `init` asks a person at a terminal. Nothing is written before the last answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from columncast.episodes.console.console import Console
from columncast.episodes.errors import ColumncastError, UsageError
from columncast.episodes.format import aligned
from columncast.episodes.model.codes import categories_with, category_path
from columncast.episodes.model.limits import COVER_LARGEST_PX, COVER_SMALLEST_PX
from columncast.episodes.show.root import refuse_second_show
from columncast.episodes.show.settings import Show, convert
from columncast.episodes.text.normalize import make_slug, one_line

_WHY_EMAIL = """\
Directories send the code there that proves the feed is yours. It is public, so use a role address."""
_WHY_BASE_URL = """\
Where the folders audio/ and feed/ will be served. People subscribe to an address below it."""
_SHOWN = 15
"""Categories that are offered at once."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a new show is to be."""

    directory: Path
    title: str
    site_url: str
    base_url: str
    author: str
    email: str
    language: str
    category: tuple[str, ...]
    cover: Path | None

    @property
    def lines(self) -> list[tuple[str, str]]:
        """All of it for people, as (label, text) lines."""
        return [
            ("Title", self.title),
            ("Author", self.author or "none"),
            ("E-mail", self.email or "none"),
            ("Site", self.site_url),
            ("Served at", self.base_url),
            ("Language", self.language),
            ("Category", ", ".join(self.category)),
            ("Cover", str(self.cover or "a placeholder")),
            ("Folder", str(self.directory)),
        ]


def agreed_wishes(
    console: Console,
    given: Wishes,
    named: frozenset[str],
    *,
    check_cover: Callable[[Path], object],
) -> Wishes | None:
    """Ask for all that is not *named* by an option, and whether that is it; None: it is not.

    Raises:
        UsageError: Nobody can be asked, or there is a show in the folder already.
        Abort: The person ended it.
    """
    if not sys.stdin.isatty():
        raise UsageError("--title and --site-url are needed; at a terminal, init asks for them")
    wishes = _interview(console, given, named, check_cover=check_cover)
    console.remark("")
    for line in aligned(wishes.lines):
        console.remark(line)
    return wishes if console.asks("Make this show?", default=True) else None


def _interview(
    console: Console,
    given: Wishes,
    named: frozenset[str],
    *,
    check_cover: Callable[[Path], object],
) -> Wishes:
    """Ask for all that is not *named*; *check_cover* refuses a picture that directories would."""
    if "DIRECTORY" in named:
        refuse_second_show(given.directory)
    console.remark("A few questions; Enter takes what is in brackets, Ctrl-C leaves all as it is.")

    def ask(name: str, before: str, question: str, why: str, default: str | None = "") -> str:
        if f"--{name.replace('_', '-')}" in named:
            return before
        return _answer(console, question, why, default, lambda said: _fit(name, said))

    title = ask("title", given.title, "Title", "The show's name, as listeners find it.", None)
    author = ask("author", given.author, "Author", "Who writes the column; directories show it.")
    email = ask("email", given.email, "E-mail", _WHY_EMAIL)
    site_url = ask("site_url", given.site_url, "Site", "The publication's own site.", None)
    podcast = f"{site_url.rstrip('/')}/podcast/"
    base_url = ask("base_url", given.base_url, "Served at", _WHY_BASE_URL, podcast)
    language = ask("language", given.language, "Language", "As in en, en-gb, de.", "en")
    return Wishes(
        title=title,
        author=author,
        email=email,
        site_url=site_url,
        base_url=base_url,
        language=language,
        category=given.category if "--category" in named else (_category(console),),
        cover=given.cover if "--cover" in named else _cover(console, check_cover),
        directory=given.directory if "DIRECTORY" in named else _folder(console, title),
    )


def _answer(
    console: Console,
    question: str,
    why: str,
    default: str | None,
    check: Callable[[str], str],
) -> str:
    """Return what a person says to *question*, once it passes the *check*."""
    console.remark("")
    console.remark(why)
    while True:
        try:
            return check(one_line(console.asks_for(question, default)))
        except ColumncastError as e:
            console.remark(f"Error: {e}")


def _fit(name: str, said: str) -> str:
    """Return what was *said* for the setting *name*, if it can be; an address may lack its https.

    Raises:
        SettingsError: It cannot be.
    """
    if name.endswith("_url") and said and "://" not in said:
        said = f"https://{said}"
    others = {"title": "x", "site_url": "https://x.example", "base_url": "https://x.example"}
    convert(others | ({name: said} if said else {}), Show, where="")
    return said


def _category(console: Console) -> str:
    console.remark("")
    console.remark(
        "Apple's category, which decides where the show is listed. Type a word to search."
    )
    while True:
        said = one_line(console.asks_for("Category", Show.category[0]))
        try:
            return " > ".join(category_path(said))
        except ValueError as e:
            found = categories_with(said)
            if not found:
                console.remark(f"Error: {e}")
            elif number := console.chooses("Which one?", found[:_SHOWN]):
                return found[number - 1]


def _cover(console: Console, check_cover: Callable[[Path], object]) -> Path | None:
    def check(said: str) -> str:
        if said:
            check_cover(Path(said.strip("'\"")).expanduser())
        return said

    why = f"A square picture, {COVER_SMALLEST_PX} to {COVER_LARGEST_PX} pixels; without one, a placeholder is made."
    said = _answer(console, "Cover", why, "", check)
    return Path(said.strip("'\"")).expanduser() if said else None


def _folder(console: Console, title: str) -> Path:
    def check(said: str) -> str:
        folder = Path(said).expanduser()
        refuse_second_show(folder)
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file, and a folder is wanted")
        return said

    empty = not any(path for path in Path.cwd().iterdir() if not path.name.startswith("."))
    default = "." if empty else make_slug(title) or "my-show"
    return Path(_answer(console, "Folder", "Where the show is made.", default, check)).expanduser()
