"""What platforms take: each limit once, with who sets it.

How much is taken from outside, so that nobody can fill a disk, is in `bounds`.
"""

from __future__ import annotations

from typing import Final

NOTES_BYTES: Final = 4000
"""Of `description`, an episode's or a show's, in UTF-8: Apple cuts the rest off, and PSP-1 asks for
it (podcasters.apple.com/support/823-podcast-requirements,
github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification)."""
TITLE_CHARACTERS: Final = 255
"""Of a title, an episode's or a show's; directories cut or refuse longer ones
(podcasters.apple.com/support/823-podcast-requirements)."""

COVER_SMALLEST_PX: Final = 1400
COVER_LARGEST_PX: Final = 3000
"""Of one side of a cover, which is square (podcasters.apple.com/support/896-artwork-requirements)."""
COVER_BYTES: Final = 512 * 1024
"""Of a cover: what slow phones and PSP-1's reviewers ask; directories take more."""

MONO_OFFSET_LU: Final = 3.0
"""A mono file plays on both speakers: 3 LU louder than a meter reads on its one channel
(ITU-R BS.1770)."""

TAG_CHAPTERS: Final = 255
"""Chapters in the tags of an audio file: ID3's table of contents and MP4's `chpl` count them in one
byte (id3.org/id3v2-chapters-1.0)."""
MP4_DESC_CHARACTERS: Final = 255
"""Of iTunes' short description in MP4 files, `desc`; `ldes` holds the whole."""

TXT_CHARACTERS: Final = 4000
TXT_PURPOSE_CHARACTERS: Final = 128
"""Of `podcast:txt` and its `purpose`
(github.com/Podcastindex-org/podcast-namespace/docs/tags/txt.md)."""
TRANSCRIPT_LINE_CHARACTERS: Final = 65
"""Of one line of a transcript: more does not fit a phone
(github.com/Podcastindex-org/podcast-namespace: transcripts)."""
EPISODE_LONGEST_S: Final = 24 * 3600
"""Of audio; hosts and apps know nothing longer, and a feed that says more has a slip in it."""
