"""The transcript of the published audio, as the build wrote it beside the feed."""

from __future__ import annotations

from columncast.episodes.catalogue import ShowFolder
from columncast.episodes.model import Episode
from columncast.episodes.settings import path_of
from columncast.feed.captions import Cue, read_cues

MIME_TYPES = ("application/json", "text/vtt", "application/x-subrip")
"""The kinds of transcript that have times, the one with the longest cues first."""


def cues(folder: ShowFolder, episode: Episode) -> list[Cue]:
    """Return the cues of the transcript of *episode*; none where there is no readable one."""
    for mime_type in MIME_TYPES:
        for transcript in episode.transcripts:
            path = path_of(folder.show, transcript.url)
            if transcript.mime_type != mime_type or not path:
                continue
            try:
                return read_cues((folder.root / path).read_bytes(), mime_type)
            except (OSError, ValueError):
                continue  # the next build makes it again; until then the page has none
    return []
