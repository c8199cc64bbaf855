"""Everything that is wrong or odd with a show: the rules, gone through over what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from columncast.episodes.building.records import last_aligned, last_built
from columncast.episodes.disk import files
from columncast.episodes.entry.compose import episode_of, read_with_notes
from columncast.episodes.errors import ColumncastError, EpisodeError
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.notice import Notice, with_acceptances
from columncast.episodes.model.summary import listing_of
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.settings import Show
from columncast.episodes.show.slugs import refuse_unfit_name
from columncast.feed.artwork.column_picture import published_picture
from columncast.feed.rules.document import check_feed
from columncast.feed.rules.episode import check_episode
from columncast.feed.rules.files import MediaFacts, check_files
from columncast.feed.rules.links_out import check_public
from columncast.feed.rules.show import check_episodes, check_show, plain_addresses

_ECHOES = {"feed-owner": "show-email-missing"}
"""What a rule finds in the feed, and the one that says where it has to be put right."""


def check_all(
    folder: ShowFolder,
    slug: str,
    *,
    heard: Callable[[Episode], MediaFacts | None],
    progress: Callable[[str, float], None],
) -> list[Notice]:
    """Return everything that is wrong or odd with the show, or with the episode *slug*.

    Looked at are the settings, the cover, each episode, its files and the feed; *heard* tells
    what decoding an episode's audio gives.

    Raises:
        EpisodeError: There is no episode *slug*.
    """
    show, chosen = folder.show, [folder.episode(slug)] if slug else folder.all()
    feed = folder.feed / "feed.xml"
    found: list[Notice] = []
    if not slug:
        public = check_public(folder)
        outside = any(finding.code == "link-outside" for finding in public)
        found += [*check_show(show, None if outside else folder.cover), *public]
        found += check_feed(feed.read_bytes(), folder.root) if feed.exists() else []
    listed = folder.listed()
    episodes = []
    for source in chosen:
        told = [] if source.slug not in listed else list(_still_listed(source))
        episode = _checked(folder, source, told)
        found += _of_draft(told) if episode and episode.draft else told
        episodes += [episode] if episode else []
    if not slug:
        found += check_episodes(show, [listing_of(e) for e in episodes if not e.draft])
    for number, episode in enumerate(episodes):
        progress(slug or "the files", number / len(episodes))
        told = check_episode(show, episode)
        accepted = folder.episode(episode.slug).facts.accepted
        with _reported(episode.slug, told), files.in_one_line():
            told += check_files(
                show, episode, folder.root, heard(episode), listed=episode.slug in listed
            )
        told = list(with_acceptances(told, accepted))
        found += _of_draft(told) if episode.draft else told
    return _without_echoes(show, found)


def _without_echoes(show: Show, found: Sequence[Notice]) -> list[Notice]:
    """Return *found* without what is said of the show already, and is seen in its feed once more."""
    said = {notice.code for notice in found}
    plain = [f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/" for url in plain_addresses(show)]
    return [
        notice
        for notice in found
        if _ECHOES.get(notice.code) not in said
        and not (
            notice.code in ("feed-not-https", "address-not-https")
            and any(server in notice.message for server in plain)
        )
    ]


def _of_draft(notices: Iterable[Notice]) -> list[Notice]:
    """Return *notices* of a draft: it may be unfinished, and keeps nothing else from going live."""
    return [
        replace(n, severity="warning") if n.severity == "error" and n.code != "still-listed" else n
        for n in notices
    ]


def _still_listed(episode_dir: EpisodeFolder) -> Iterator[Notice]:
    """Tell of an episode in the feed as built that its facts keep out of it."""
    with suppress(ColumncastError):
        facts = episode_dir.facts
        if facts.retired or facts.draft:
            kept_out = "withdrawn" if facts.retired else "a draft"
            yield Notice(
                code="still-listed",
                message=f"is {kept_out}, and the feed as built lists it; run: columncast build",
                where=episode_dir.slug,
                severity="error",
            )


def _checked(folder: ShowFolder, episode_dir: EpisodeFolder, found: list[Notice]) -> Episode | None:
    """Return an episode as it was built; tell in *found* what its words are like now."""
    where = episode_dir.slug
    with _reported(where, found), files.in_one_line():
        return _rewritten(folder, episode_dir, found)
    return None


@contextmanager
def _reported(where: str, found: list[Notice]) -> Iterator[None]:
    """Add what goes wrong to *found*."""
    try:
        yield
    except ColumncastError as e:
        found.append(Notice(code="episode-broken", message=str(e), where=where, severity="error"))


def _rewritten(
    folder: ShowFolder, episode_dir: EpisodeFolder, found: list[Notice]
) -> Episode | None:
    where = episode_dir.slug
    refuse_unfit_name(episode_dir.slug)
    if episode_dir.facts.retired:
        return None
    episode = last_built(folder, episode_dir.slug)
    if episode is None:
        raise EpisodeError(f"is not built yet; run: columncast build {episode_dir.slug}")
    make = partial(published_picture, folder)
    written = read_with_notes(folder, episode_dir, make=make, chapters=episode.chapters)
    now = episode_of(
        folder,
        episode_dir,
        written,
        enclosure=episode.enclosure,
        master=episode.master,
        alignment=last_aligned(folder, episode_dir.slug),
    )
    for notice in now.notices:
        place = f"{where} {notice.where}".strip()
        found.append(replace(notice, where=place))
    if now.notes != episode.notes or now.title != episode.title:
        found.append(
            Notice(
                code="build-behind",
                message="the column or its facts changed since the last build; run build",
                where=where,
            )
        )
    return episode
