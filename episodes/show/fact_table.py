"""The facts of `episode.toml` that people set: one line each, for options, editor and documents.

What is not among them is not for people to change there: `guid` is what apps know the episode by,
`[source]` is what was given to `add`, and `retired` has a command of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from columncast.episodes.text.normalize import one_line


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact that people set."""

    key: str
    """In `episode.toml`, with its table: `notes.hook`."""
    about: str
    """For the help of an option, and for the line above it in the editor."""
    example: object
    """As it could be, where the episode does not have it."""
    label: str
    """Above its field on the page of an episode."""
    kind: Literal["text", "number", "type", "flag", "date", "words", "parts"] = "text"
    """`words`: several, apart by commas. `parts`: it has several parts, or there may be many, so no
    option sets it."""
    may_be_none: bool = False
    """An empty text says that the episode has none, whatever the column says."""

    @property
    def name(self) -> str:
        """What its option is called, without the dashes."""
        return self.key.rpartition(".")[2].replace("_", "-")

    @property
    def table(self) -> str:
        """The table of `episode.toml` that it stands in; empty: none."""
        return self.key.rpartition(".")[0]

    def from_text(self, text: str) -> str | list[str] | None:
        """Return what `episode.toml` keeps of *text*; None: the fact is taken away.

        >>> [fact.from_text("a,  b") for fact in FACTS if fact.key in ("title", "notes.keywords")]
        ['a, b', ['a', 'b']]
        """
        if self.kind == "words":
            words = [one_line(word) for word in text.split(",")]
            return list(dict.fromkeys(word for word in words if word)) or None
        said = one_line(text)
        return said if said or self.may_be_none else None


FACTS = (
    Fact(
        key="title",
        label="Title",
        about="Its title; without one, the column's.",
        example="The Last Ferry",
    ),
    Fact(
        key="published",
        label="Published",
        about="When it is published.",
        example="2026-11-27T06:00",
        kind="date",
    ),
    Fact(
        key="draft",
        label="Draft",
        about="A draft: in the show, and not in the feed until it is ready.",
        example=True,
        kind="flag",
    ),
    Fact(
        key="type", label="Type", about="What kind of episode it is.", example="bonus", kind="type"
    ),
    Fact(key="season", label="Season", about="Season number.", example=2, kind="number"),
    Fact(key="number", label="Episode", about="Episode number.", example=7, kind="number"),
    Fact(
        key="explicit",
        label="Explicit",
        about="Whether it is explicit; without it, as the show is.",
        example=True,
        kind="flag",
    ),
    Fact(
        key="link",
        label="Link",
        about="Where listeners are sent; without it, the column's address.",
        example="https://letters.example/the-last-ferry",
    ),
    Fact(
        key="outputs",
        label="Audio files",
        about="Which audio files go out, by their form; without it, as the show says.",
        example=["mp3", "opus"],
        kind="words",
    ),
    Fact(
        key="block",
        label="Keep out of directories",
        about="Keep it out of directories' listings; subscribers get it.",
        example=True,
        kind="flag",
    ),
    Fact(
        key="cover_alt",
        label="The cover in words",
        about="Its own cover in words, for those who do not see it.",
        example="A boat from the hill",
    ),
    Fact(
        key="person",
        label="Credits",
        about="Its credits, where they are not simply its author and its narrator.",
        example=[{"name": "Mina Bell", "role": "narrator"}],
        kind="parts",
    ),
    Fact(
        key="accepted",
        label="Accepted warnings",
        about="The warnings that are let be; `check --accept` writes them.",
        example=[{"code": "clock-time", "mark": "0a1b2c3d4e5f6071", "reason": "It is a train."}],
        kind="parts",
    ),
    Fact(
        key="podcast.season_name",
        label="Name of the season",
        about="What apps show instead of the season's number.",
        example="The River",
    ),
    Fact(
        key="podcast.episode_display",
        label="Number as shown",
        about="What apps show instead of the episode's number.",
        example="Ch. 7",
    ),
    Fact(
        key="podcast.license",
        label="Licence",
        about="Its licence, as in cc-by-4.0.",
        example="cc-by-4.0",
    ),
    Fact(
        key="podcast.license_url",
        label="Address of the licence",
        about="Where the text of a licence of your own is.",
        example="https://letters.example/licence",
    ),
    Fact(
        key="podcast.ai_content",
        label="Synthetic voice",
        about="Whether the voice is synthetic; without it, as the show says.",
        example=True,
        kind="flag",
    ),
    Fact(
        key="podcast.soundbite",
        label="Soundbites",
        about="The stretches that say it best, of 15 to 120 seconds.",
        example=[{"start_s": 73.0, "duration_s": 60.0, "title": "The clock stops"}],
        kind="parts",
    ),
    Fact(
        key="podcast.location",
        label="Places",
        about="What place it is about, or where it was made.",
        example=[{"name": "Lyon", "country": "fr"}],
        kind="parts",
    ),
    Fact(
        key="podcast.txt",
        label="Texts for services",
        about="Text for a service, such as a code that proves who owns the feed.",
        example=[{"value": "abc", "purpose": "verify"}],
        kind="parts",
    ),
    Fact(
        key="notes.hook",
        label="Hook",
        about="One or two sentences at the top of the notes.",
        example="A piano goes to sea, and nobody asks why.",
    ),
    Fact(
        key="notes.subtitle",
        label="Subtitle",
        about="One line about it; without one, the column's; an empty one: none.",
        example="On clocks and captains",
        may_be_none=True,
    ),
    Fact(
        key="notes.author",
        label="Author",
        about="Who wrote it; without one, the column's.",
        example="Ann Lowe",
    ),
    Fact(key="notes.narrator", label="Read by", about="Who reads it.", example="Mina Bell"),
    Fact(
        key="notes.keywords",
        label="Keywords",
        about="Words for the tags of the audio file; without them, the column's.",
        example=["boats", "clocks"],
        kind="words",
    ),
    Fact(
        key="notes.mentioned",
        label="Mentioned",
        about="Works, people and links that the notes name.",
        example=[{"kind": "work", "title": "The Sea, the Sea", "by": "Iris Murdoch"}],
        kind="parts",
    ),
    Fact(
        key="notes.correction",
        label="Corrections",
        about="What listeners are told of a mistake, each note with its date.",
        example=[{"date": date(2026, 11, 28), "text": "It was twelve years, not eleven."}],
        kind="parts",
    ),
    Fact(
        key="notes.chapter_titles",
        label="Titles of chapters",
        about="Better titles for chapters, by the column's headings.",
        example={"One": "The quay"},
        kind="parts",
    ),
)
"""In the order in which the editor shows them."""
