"""What is known of aligning without loading it: in which languages, by which method, whether here.

A build whose columns all lie beside their recordings already asks no more than this.
"""

from __future__ import annotations

from columncast.audio.align.languages.book import codes, measured
from columncast.audio.align.search.installed import installed

METHOD = 8
"""Goes up when results change, so that no cache keeps what an older method found."""


def available() -> bool:
    """Whether the aligner is installed."""
    return installed()


def languages() -> tuple[str, ...]:
    """Return the codes of those whose times were measured and found good enough to publish."""
    return tuple(code for code in codes() if measured(code))


def can_align(language: str) -> bool:
    """Whether a text in *language* can be laid beside a recording of it, here."""
    return measured(language) and available()
