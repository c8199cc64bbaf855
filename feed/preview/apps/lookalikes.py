"""What has a colon between digits and is no time: ports, ratios, verses, scores, versions, dates.

In whatever language the notes are; what is not known is taken for a time, as apps do.
"""

from __future__ import annotations

import re

_JOINED_BEFORE = re.compile(r"(?:[\w./:@#=&%+$€£§−\\]|(?<!:\d\d)-|\bv\.?\s?)$", re.IGNORECASE)
_JOINED_AFTER = re.compile(r"^(?:\w|[.,:]\w|[/@%\\]|-(?!\d{1,2}:))")
_DATE_BEFORE = re.compile(
    r"(?:\b\d{4}-\d\d-\d\d|\b\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:,?\s+|T)(?:(?:at|um|à|a las|ore)\s+)?$"
)
_RATIO = re.compile(
    r"\b(?:ratio|aspect|scale|odds|format|mixed|proportions?|verhältnis|maßstab|rapport|échelle|"
    r"proporci[oó]n|escala|proporção|rapporto|scala|schaal|verhouding|skala)\b",
    re.IGNORECASE,
)
_SCORE = re.compile(
    r"\b(?:scores?|scored|won|wins?|lost|beat|beaten|defeated|drew|draw|led|leading|half-?time|sets?|"
    r"siegte[n]?|gewann(?:en)?|verlor(?:en)?|sieg|endstand|unentschieden|gagn[ée]s?|battus?|victoire|"
    r"marcador|gan[óo]|perdi[óo]|venceu|placar|vinse|perse|wynik|wygra[łl]a?|won(?:nen)?|vann)\b",
    re.IGNORECASE,
)
_PLACE_IN_A_BOOK = re.compile(
    r"(?:\b(?:vv?|verses?|ch|chap|chapters?|vers|kapitel|verset|vers[íi]culos?|cap|acts?|scene|psalms?|"
    r"psaumes?|salmos?|psalmen|s[uū]rah?s?|sure|sourate|sura|qur[’']?[aā]n|koran|coran|cor[áa]n|bible|"
    r"gen|genesis|gn|ex|exod|exodus|lev|leviticus|num|numbers|deut|deuteronomy|dtn|joshua|josua|judges|"
    r"ruth|samuel|sam|kings|chronicles|chron|ezra|nehemiah|esther|job|hiob|ps|prov|proverbs|"
    r"ecclesiastes|eccl|song of songs|isaiah|isa|jesaja|jeremiah|jer|jeremia|lamentations|ezekiel|ezek|"
    r"daniel|dan|hosea|joel|amos|obadiah|jonah|jona|micah|mic|nahum|habakkuk|zephaniah|haggai|zechariah|"
    r"malachi|matthew|matth?|mt|matthäus|matthieu|mateo|matteo|mateus|mark|mk|markus|marc|marcos|marco|"
    r"luke|lk|lukas|luc|lucas|luca|john|jn|joh|johannes|jean|juan|giovanni|joão|romans|rom|römer|"
    r"romains|romanos|corinthians|cor|kor|korinther|galatians|gal|galater|ephesians|eph|epheser|"
    r"philippians|phil|philipper|colossians|col|kolosser|thessalonians|thess|timothy|tim|timotheus|"
    r"titus|tit|philemon|hebrews|heb|hebr|hebräer|james|jas|jakobus|peter|pet|petrus|jude|judas|"
    r"revelation|rev|offenbarung|offb|apocalypse|apocalipsis|apocalisse|iliad|odyssey|aeneid|"
    r"art|article|section|sec|vol|nr|no|fig|p|pp)\.?\s*)$",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:at|from|until|till|around|about|after|before|since|um|ab|bis|gegen|seit|nach|vor|à|dès|vers|"
    r"depuis|las|desde|hasta|alle|dalle|às|om|vanaf|kl\.?|godz\.?|o)\s+$",
    re.IGNORECASE,
)
"""A word before a time that says that it is one."""
_ONE_MORE = re.compile(r"(?<!\d)(\d{1,3}:\d{1,2})\s*(?:[;,&]|and|und|et|y|e|en|i|och)\s*$")
"""Of two joined by a word the second is what the first is."""
_VERSES_AFTER = re.compile(r"^[–,-]\s?\d{1,3}(?![\d:])")
_NEAR = 24
"""Characters before and after a ratio or a score in which the word for it stands."""


def only_looks_so(text: str, start: int, end: int) -> bool:
    """Whether what stands from *start* to *end* is no time although it has a colon.

    >>> [only_looks_so(t, t.index("3:16"), t.index("3:16") + 4) for t in ("John 3:16", "at 3:16")]
    [True, False]
    """
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    *_, minutes, seconds = ["0", *text[start:end].split(":")]
    if int(seconds) > 59 or (text.count(":", start, end) > 1 and int(minutes) > 59):
        return True
    if _JOINED_BEFORE.search(before) or _JOINED_AFTER.match(after) or _DATE_BEFORE.search(before):
        return True
    if _PLACE_IN_A_BOOK.search(before) or _VERSES_AFTER.match(after):
        return True
    if (one_more := _ONE_MORE.search(text[:start])) and only_looks_so(text, *one_more.span(1)):
        return True
    around = before[-_NEAR:], after[:_NEAR]
    return not _WHEN.search(before) and any(
        word.search(side) for word in (_RATIO, _SCORE) for side in around
    )
