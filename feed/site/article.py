"""The script for the publisher's own article, and what it fetches: docs/how-to/article.md.

`feed/listen.js` and `feed/<slug>/listen.json` keep their addresses for ever: tags in articles name
the one, and the script derives the other from it. `listen.json` names the file with the column's
sentences, which has a hash in its name and is fetched when play begins. Both say which version of
the form they are in; a script reads its own and all earlier ones.
"""

from __future__ import annotations

from columncast.episodes.model.episode import Episode
from columncast.episodes.phrases.book import direction, phrases, speaks
from columncast.episodes.show.settings import Show
from columncast.feed.site import wording
from columncast.feed.site.assets import Asset, lean_script
from columncast.feed.site.pages import relative
from columncast.feed.site.readalong import VERSION, as_json

SCRIPT = "listen.js"
INDEX = "listen.json"
_SAID = (
    "bar",
    "play",
    "pause",
    "back",
    "ahead",
    "position",
    "position_of",
    "speed",
    "to_place",
    "close",
    "failed",
)
"""The phrases of the player that the script shows."""


def script_file() -> Asset:
    """Return the script under the name that tags in articles give it."""
    return Asset(name=SCRIPT, content=lean_script(SCRIPT))


def index(show: Show, episode: Episode, spoken: Asset | None) -> str:
    """Return what the script has to know before anybody plays, as JSON.

    *spoken* is the file in the same folder with the sentences; None where no times are known.
    """
    language = speaks(episode.language or show.language, show.phrases)
    said = phrases(language, "player", show.phrases)
    of_episode = phrases(language, "episode", show.phrases)
    listen = of_episode["listen_column" if episode.text_html else "listen_episode"]
    return as_json(
        {
            "version": VERSION,
            "title": episode.title,
            "show": show.title,
            "language": language,
            "direction": direction(language),
            "audio": relative(show, episode.enclosure.url, "../../"),
            "duration_s": episode.enclosure.duration_s,
            "length": wording.length(
                episode.enclosure.duration_s, phrases(language, "units", show.phrases)
            ),
            "sentences": spoken.name if spoken else "",
            "say": {"listen": listen, **{name: said[name] for name in _SAID}},
        }
    )
