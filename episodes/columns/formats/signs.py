"""What tells a text without a telling name as Markdown, without loading what reads it."""

from __future__ import annotations

import re

_SIGNS = re.compile(
    r"^#{1,6} \S|^\[\^[^\]]+\]:|\[[^\]\n]{1,200}\]\((?:https?:|mailto:|/|#)[^)\n]{0,500}\)|^(?:```|~~~)|"
    r"\*\*\S[^*\n]{1,200}\S\*\*|^!\[|^[ >\t]{0,12}\[[^\[\]\n]{1,40}\]:[ \t]*(?:#|<#?>)[ \t]*(?:$|[(\"'])|"
    r"^#\+begin_comment\b|^:{3,}[ \t]*[\w{]|<(?:div|p|span)[ ][^<>\n]{0,200}(?:hidden|display:[ ]?none)",
    re.MULTILINE | re.IGNORECASE,
)
"""Its comments as well: nobody's plain text has them, and nobody is to hear them."""


def looks_like_markdown(text: str) -> bool:
    """Whether a text without a telling name is Markdown."""
    front = re.match(r"(---|\+\+\+)\s*\n\s*[\w-]+\s*[:=]|(?:;;;\s*)?\{\s*\"[\w-]+\"\s*:", text)
    return bool(front or _SIGNS.search(text))
