"""The rule about the public folders: what is published lies in them, and is the show's own."""

from __future__ import annotations

from collections.abc import Iterator

from columncast.episodes.disk import files
from columncast.episodes.errors import OutsideError
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.rules.book import CWE_LINKS, FORBIDDEN, RuleBook

PUBLIC: RuleBook[ShowFolder] = RuleBook()


def check_public(folder: ShowFolder) -> list[Notice]:
    """Return what is wrong with the folders `audio/` and `feed/`, and with the cover."""
    return PUBLIC.check(folder, "")


@PUBLIC.rule("warning", FORBIDDEN)
def public_unreadable(folder: ShowFolder) -> Iterator[str]:
    """A web server, which is another user, may read what is published."""
    found = [
        path
        for part in (folder.audio, folder.feed)
        for path in (part, *part.rglob("*"))
        if path.exists() and not path.name.startswith(".") and not files.is_open(path)
    ]
    if found:
        name = found[0].relative_to(folder.root).as_posix()
        others = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield f"others may not read {name}{others}; run: chmod -R a+rX audio feed"


@PUBLIC.rule("error", CWE_LINKS)
def link_outside(folder: ShowFolder) -> Iterator[str]:
    """No link leads from what is published to a file elsewhere."""
    if folder.feed.is_symlink() and files.leads_out(folder.root, folder.feed):
        yield "feed/ is a link that leads out of the show; put a folder there, or publish to it"
    for part in (folder.audio, folder.feed):
        for path in files.leading_out(part):
            name = path.relative_to(folder.root).as_posix()
            yield f"{name} is a link that leads out of {part.name}/; put the file itself there"
    try:
        _ = folder.cover
    except OutsideError as e:
        yield str(e)
