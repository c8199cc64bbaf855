"""What to paste where so that a player stands in another page: one way for each kind of editor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from columncast.episodes.model.episode import Episode
from columncast.episodes.phrases.book import phrases
from columncast.episodes.show.settings import Show
from columncast.feed.site.embed import embed_url, frame, latest_url, title_of


@dataclass(frozen=True, kw_only=True)
class Paste:
    """What one editor takes, and where."""

    editor: str
    how: str
    text: str


def of_episode(show: Show, episode: Episode) -> list[Paste]:
    """Return what to paste for the player of *episode*."""
    html = frame(embed_url(episode), title_of(show, episode))
    page = episode.page_url
    return [
        Paste(editor="HTML", how="where the player is to stand", text=html),
        Paste(editor="WordPress", how="the address alone on a line of its own", text=page),
        Paste(editor="Ghost", how="the address alone on a line of its own", text=page),
        _substack(page),
    ]


def of_latest(show: Show) -> list[Paste]:
    """Return what to paste for a player that has the newest episode in it, for good."""
    said = phrases(show.language, "embed", show.phrases)["latest"].format(show=show.title)
    html = frame(latest_url(show), said)
    return [
        Paste(editor="HTML", how="where the player is to stand", text=html),
        Paste(editor="WordPress", how="into a block “Custom HTML”", text=html),
        Paste(editor="Ghost", how="into an HTML card", text=html),
        _substack(f"{show.base_url}feed/"),
    ]


def _substack(page: str) -> Paste:
    how = "it shows no player of another site; the address becomes a card with a link"
    return Paste(editor="Substack", how=how, text=page)


def as_json(pastes: list[Paste]) -> list[dict[str, str]]:
    """Return what tools read."""
    return [asdict(paste) for paste in pastes]


def lines(pastes: list[Paste]) -> Iterator[str]:
    """Yield what the command prints."""
    for paste in pastes:
        yield from (f"{paste.editor}: {paste.how}", paste.text, "")
