"""Turn a column and its recorded narration into a podcast that people subscribe to.

The names in `__all__` are the public interface (docs/reference/api.md). All others are private, whatever
they are called and wherever they stand: any release may change them.
"""

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, which would be half of what this package takes to load
if TYPE_CHECKING:  # what `_HOMES` says, for those who read types
    from columncast.episodes.building.built import Added, Built
    from columncast.episodes.building.jobs import Progress
    from columncast.episodes.entry.lookup import Look
    from columncast.episodes.entry.lookup import look_up as read_episode
    from columncast.episodes.entry.overview import Row
    from columncast.episodes.entry.overview import overview as list_episodes
    from columncast.episodes.errors import (
        BusyError,
        ColumncastError,
        ConflictError,
        FolderError,
        InputError,
        RemoteError,
        SettingsError,
        UsageError,
    )
    from columncast.episodes.model.episode import Episode
    from columncast.episodes.model.notice import Notice
    from columncast.episodes.show.folder import ShowFolder
    from columncast.episodes.show.folder import find_show as open_show
    from columncast.feed.live.destinations import Published
    from columncast.feed.site.create import create_show
    from columncast.publish import add as add_episode
    from columncast.publish import build as build_show
    from columncast.publish import check as check_show
    from columncast.publish import edit as edit_episode
    from columncast.publish import publish as publish_show

__version__ = "0.1.0"

__all__ = [
    "Added",
    "Built",
    "BusyError",
    "ColumncastError",
    "ConflictError",
    "Episode",
    "FolderError",
    "InputError",
    "Look",
    "Notice",
    "Progress",
    "Published",
    "RemoteError",
    "Row",
    "SettingsError",
    "ShowFolder",
    "UsageError",
    "__version__",
    "add_episode",
    "build_show",
    "check_show",
    "create_show",
    "edit_episode",
    "list_episodes",
    "open_show",
    "publish_show",
    "read_episode",
]

_HOMES = {
    "columncast.episodes.building.built": "Added Built",
    "columncast.episodes.building.jobs": "Progress",
    "columncast.episodes.entry.lookup": "Look read_episode=look_up",
    "columncast.episodes.entry.overview": "Row list_episodes=overview",
    "columncast.episodes.errors": "BusyError ColumncastError ConflictError FolderError InputError "
    "RemoteError SettingsError UsageError",
    "columncast.episodes.model.episode": "Episode",
    "columncast.episodes.model.notice": "Notice",
    "columncast.episodes.show.folder": "ShowFolder open_show=find_show",
    "columncast.feed.live.destinations": "Published",
    "columncast.feed.site.create": "create_show",
    "columncast.publish": "add_episode=add build_show=build check_show=check edit_episode=edit publish_show=publish",
}
"""The modules that hold the public names; `public=own` where a module calls it otherwise."""


if not TYPE_CHECKING:  # a checker that saw this would take every name for one of ours

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used: the command line starts without them."""
        for module, names in _HOMES.items():
            for entry in names.split():
                public, _, own = entry.partition("=")
                if name == public:
                    found: object = getattr(import_module(module), own or public)
                    globals()[name] = found
                    return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
