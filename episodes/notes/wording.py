"""The few words that columncast adds to a column's own, in the show's language.

A show that wants others writes its own template (docs/show-notes.md).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrases:
    """What notes say around the writer's text."""

    read_column: str = "Read the column"
    story_date: str = "Story date"
    mentioned: str = "Mentioned"
    by: str = "by"
    notes: str = "Notes"
    written_by: str = "Written by"
    read_by: str = "Read by"
    written_and_read_by: str = "Written and read by"
    subscribe: str = "Subscribe to"


_ENGLISH = Phrases()

_PHRASES = {
    "de": Phrases(
        read_column="Die Kolumne lesen",
        story_date="Datum der Geschichte",
        mentioned="Erwähnt",
        by="von",
        notes="Anmerkungen",
        written_by="Geschrieben von",
        read_by="Gelesen von",
        written_and_read_by="Geschrieben und gelesen von",
        subscribe="Abonnieren:",
    ),
    "fr": Phrases(
        read_column="Lire la chronique",
        story_date="Date du récit",
        mentioned="Cité dans la chronique",
        by="de",
        notes="Notes",
        written_by="Écrit par",
        read_by="Lu par",
        written_and_read_by="Écrit et lu par",
        subscribe="S’abonner :",
    ),
    "es": Phrases(
        read_column="Leer la columna",
        story_date="Fecha de la historia",
        mentioned="Se menciona",
        by="de",
        notes="Notas",
        written_by="Escrito por",
        read_by="Leído por",
        written_and_read_by="Escrito y leído por",
        subscribe="Suscribirse:",
    ),
}


def phrases(language: str) -> Phrases:
    """Return the phrases for a *language* code such as `de` or `en-gb`; English where we have none."""
    return _PHRASES.get(language.partition("-")[0].lower(), _ENGLISH)
