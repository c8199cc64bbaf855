"""What is known of aligning without loading it: in which languages, by which method, whether here.

A build whose columns all lie beside their recordings already asks no more than this.
"""

from __future__ import annotations

from columncast.audio.align.search.installed import installed

LANGUAGES = ("en",)
"""Languages whose times were measured and found good enough to publish."""

METHOD = 6
"""Goes up when results change, so that no cache keeps what an older method found."""


def available() -> bool:
    """Whether the aligner is installed."""
    return installed()


def can_align(language: str) -> bool:
    """Whether a text in *language* can be laid beside a recording of it, here."""
    return language.partition("-")[0] in LANGUAGES and available()
