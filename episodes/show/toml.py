"""Writing `show.toml` and `episode.toml`: key by key, comments and everything else kept."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import as_text
from columncast.episodes.model.clock import in_whole_minutes
from columncast.episodes.show.facts import Facts, Provenance
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.settings import Show, convert, read_text

HEADER = """\
# The facts of this episode. `guid` and `published` are what listeners' apps know it by:
# never change the guid. Whatever you set under [notes] wins over what the column says.
"""


def new_facts(
    source: Provenance,
    published: datetime,
    facts: Mapping[str, object] | None = None,
    *,
    guid: str = "",
) -> str:
    """Return the text of a new `episode.toml` with *facts*, further keys of it; empty ones stay out.

    Its guid is made here, once and for ever, unless apps know the episode by one already.
    """
    import tomlkit  # noqa: PLC0415 - only what changes a file needs it

    document = tomlkit.parse(HEADER)
    document["guid"] = guid or str(uuid.uuid4())
    document["published"] = in_whole_minutes(published)
    # A key after a table would be one of the table's.
    for key, value in sorted(
        (facts or {}).items(), key=lambda item: isinstance(item[1], dict | list)
    ):
        if value not in (None, "", [], {}):
            document[key] = value
    table = tomlkit.table()
    for key, value in vars(source).items():
        if value:
            table[key] = as_text(value) if isinstance(value, str) else value
    document["source"] = table
    return tomlkit.dumps(document)


def new_list(
    header: str, keys: Mapping[str, object], tables: Iterable[tuple[str, Mapping[str, object]]]
) -> str:
    """Return the text of a file of *keys* and then *tables*, each by its name: `[[name]]`."""
    import tomlkit  # noqa: PLC0415 - as above

    document = tomlkit.parse(header)
    for key, value in keys.items():
        document[key] = as_text(value) if isinstance(value, str) else value
    document.add(tomlkit.nl())
    for name, row in tables:
        table = tomlkit.table()
        for key, value in row.items():
            table[key] = as_text(value) if isinstance(value, str) else value
        rows = document.setdefault(name, tomlkit.aot())
        rows.append(table)
    return tomlkit.dumps(document)


def change_facts(folder: EpisodeFolder, changes: Mapping[str, Any]) -> bool:
    """Set *changes* in `episode.toml` (a None removes the key); return whether any was new.

    Keys of a table are dotted: `source.column`. Comments and everything else stay.

    Raises:
        SettingsError: The result would not be valid; the file is left as it was.
    """
    replace(folder).facts  # noqa: B018 - a broken file must be said before it is changed
    where = f"episodes/{folder.slug}/episode.toml"
    return _change_toml(folder.facts_file, changes, Facts, where=where)


def change_settings(folder: ShowFolder, changes: Mapping[str, Any]) -> bool:
    """Set *changes* in `show.toml`, as `change_facts` does in `episode.toml`.

    Raises:
        SettingsError: The result would not be valid; the file is left as it was.
    """
    _ = folder.show  # a broken file must be said before it is changed
    return _change_toml(folder.root / "show.toml", changes, Show, where="show.toml")


def _change_toml(path: Path, changes: Mapping[str, Any], kind: type, *, where: str) -> bool:
    text = changed_toml(read_text(path), changes, kind, where=where)
    changed = files.write(path, text)
    files.sync([path.parent])
    return changed


def changed_toml(text: str, changes: Mapping[str, Any], kind: type, *, where: str) -> str:
    """Return the TOML *text* of a *kind* of settings with *changes*, its comments kept.

    Raises:
        SettingsError: The result would not be valid.
    """
    import tomlkit  # noqa: PLC0415 - as above

    document = tomlkit.parse(text)
    for dotted, value in changes.items():
        *tables, key = dotted.split(".")
        table: Any = document
        for name in tables:
            table = table.setdefault(name, tomlkit.table())
        new = as_text(value) if isinstance(value, str) else value
        if value is None:
            table.pop(key, None)
        elif table.get(key) != new:
            table[key] = new
    text = tomlkit.dumps(document)
    convert(tomllib.loads(text), kind, where=where)
    return text
