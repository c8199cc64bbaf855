"""A new show's `show.toml`: the text that a person finds there, notes and defaults included."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from columncast.episodes.errors import SettingsError
from columncast.episodes.model.limits import COVER_LARGEST_PX, COVER_SMALLEST_PX
from columncast.episodes.show.settings import Show, convert

SHOW_TOML = """\
# This show's settings. A line that starts with # is a note, or a default that you can change.
# `columncast help show-toml` explains each.

title = {title}
description = {description}
author = {author}
# Where directories send the code that proves the feed is yours; use a role address.
email = {email}
language = {language}
# Apple's names; the first counts most. "Arts > Books" names a subcategory.
category = {category}
# The publication's own site, where the columns are.
site_url = {site_url}
# Where the folders audio/ and feed/ will be served; people subscribe to feed/feed.xml below it.
base_url = {base_url}
# Square, {smallest_px} to {largest_px} pixels, JPEG or PNG.
cover = {cover}
explicit = false
# Dates without a time zone are in this one.
timezone = "UTC"

# When episodes come out, by the clock of that time zone: for --date "next free slot".
# [schedule]
# every = "friday 06:00"

[audio]
# As heard from two speakers; a mono file is 3 LU lower on the meter.
integrated_lufs = -16
true_peak_dbtp = -1
# A recording that needs more gain than this is refused: its noise would be heard.
max_gain_db = 30
bitrate = "96k"
channels = 1

[notes]
# How much of the column the show notes hold: "excerpt", "summary" or "full".
body = "excerpt"

# Where the public folder goes live: "folder", "s3" or "sftp" (columncast help publish); no secrets here.
# [publish.www]
# kind = "folder"
# path = "../www"

[ids]
# podcast:guid: made once from the feed's first address, and kept for ever, even if it moves.
guid = {guid}
"""


def new_show(wishes: Mapping[str, Any]) -> Show:
    """Return a show with the settings *wishes* (empty ones are left at their defaults), checked.

    Without a `base_url`, the podcast is expected at `podcast/` on the publication's site.

    Raises:
        SettingsError: A setting cannot be.
    """
    settings = {key: value for key, value in wishes.items() if value}
    if not settings.get("title", "").strip():
        raise SettingsError("the show needs a name: --title")
    settings.setdefault("base_url", f"{settings['site_url'].rstrip('/')}/podcast/")
    return convert(settings, Show, where="show.toml")


def show_toml(show: Show) -> str:
    """Return the text of `show.toml` for a new *show*."""
    settings = asdict(show) | {
        "guid": show.ids.guid,
        "smallest_px": COVER_SMALLEST_PX,
        "largest_px": COVER_LARGEST_PX,
    }
    # A JSON string or list of strings is a TOML one too.
    return SHOW_TOML.format_map(
        {key: json.dumps(value, ensure_ascii=False) for key, value in settings.items()}
    )
