"""The libraries that only counting listeners needs, and what is said where one is missing."""

from __future__ import annotations

from columncast.episodes.errors import SettingsError
from columncast.episodes.format import how_to_install


def missing(library: str) -> SettingsError:
    """Return the error that tells how to get *library* and the others."""
    command = how_to_install("duckdb", "crawler-user-agents", "maxminddb")
    return SettingsError(f"counting listeners needs {library}; run: {command}")
