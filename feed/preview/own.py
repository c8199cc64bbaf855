"""An episode where the show itself shows it: its page, the player for other sites, a newsletter.

Made by the functions that a build writes them with; what would run in them is left out, because
nothing runs in a preview.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from columncast.episodes.model.asset_name import glob_of
from columncast.episodes.show.settings import path_of
from columncast.episodes.text.template import render, safe, shipped
from columncast.feed.preview.diff import cover_of
from columncast.feed.preview.draft import Draft
from columncast.feed.site.assets import built_files, words_file
from columncast.feed.site.newsletter import letter
from columncast.feed.site.pages import render_embed, render_page

_SCRIPT = re.compile(r"<script\b.*?</script>\s*", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class OwnPlaces:
    """Pages as HTML, to be shown in frames."""

    page: str
    """The episode's page as it would be published."""
    embed: str
    """The player for other sites."""
    newsletter: str
    """What goes into a newsletter, in a letter that holds nothing else."""


def own_places(draft: Draft) -> OwnPlaces | None:
    """Return the show's own pages of *draft*; None before the first build.

    Raises:
        SettingsError: A template of the show cannot be filled.
    """
    if draft.episode is None:
        return None
    folder, episode = draft.folder, draft.episode
    words = words_file(draft.alignment, episode)
    files = built_files(folder.feed, cover_url=cover_of(folder))
    templates = folder.root / "templates"
    page = render_page(
        draft.show,
        episode,
        files=files,
        words=words.name if words else "",
        templates=templates,
    )
    embed = render_embed(draft.show, episode, files=files, templates=templates)
    # Played from this machine: nothing in a preview loads from elsewhere.
    here = replace(episode.enclosure, url=f"/public/{episode.enclosure.path}")
    sent = letter(draft.show, replace(episode, enclosure=here), picture_url=_play_picture(draft))
    newsletter = render(
        shipped("columncast.feed.preview", "newsletter.html"),
        where="newsletter.html",
        title=episode.title,
        html=safe(sent.html),
        language=episode.language or draft.show.language,
    )
    return OwnPlaces(page=page, embed=_SCRIPT.sub("", embed), newsletter=newsletter)


def _play_picture(draft: Draft) -> str:
    """The cover with its play sign, at the preview's own address."""
    for place in (draft.folder.feed / draft.slug, draft.folder.feed):
        if found := sorted(place.glob(glob_of("play", ".jpg"))):
            return f"/public/{found[-1].relative_to(draft.folder.root).as_posix()}"
    return ""


def picture_of(draft: Draft) -> str:
    """Return the preview's address of the picture that apps show: the episode's own, or the show's."""
    own = path_of(draft.show, draft.episode.image_url) if draft.episode else ""
    return f"/public/{own}" if own else "/cover"
