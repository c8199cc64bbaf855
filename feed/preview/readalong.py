"""The transcript of the published audio, as the build wrote it beside the feed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from columncast.episodes.catalogue import ShowFolder
from columncast.episodes.model import Episode


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Words and when they are spoken."""

    start_s: float
    end_s: float
    text: str


def cues(folder: ShowFolder, episode: Episode) -> tuple[Cue, ...]:
    """Return the cues of the JSON transcript of *episode*; none where there is no readable one.

    Its form is that of podcastindex.org/namespace/1.0#transcript.
    """
    for transcript in episode.transcripts:
        path = transcript.url.removeprefix(folder.show.base_url)
        if transcript.mime_type != "application/json" or ".." in path.split("/"):
            continue
        try:
            document = json.loads((folder.root / path).read_text(encoding="utf-8"))
            return tuple(_cue(segment) for segment in document["segments"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # it is made again by the next build, and the page says that there is none
    return ()


def _cue(segment: dict[str, Any]) -> Cue:
    return Cue(
        start_s=float(segment["startTime"]),
        end_s=float(segment["endTime"]),
        text=str(segment["body"]).strip(),
    )
