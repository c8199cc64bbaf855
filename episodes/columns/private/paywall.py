"""Where the free part of a column ends. What lies behind it was paid for, and never leaves here.

The tree is cut before anything reads it, so that no footnote, alt text or title behind the mark
can find a way around.
"""

from __future__ import annotations

import re

from columncast.episodes.text.html import Element

_CLASSES = frozenset(
    "paywall-jump paywall paywall-content subscriber-only members-only gh-post-upgrade-cta".split()
)
_COMMENT = re.compile(r"^\s*(members-only|wp:jetpack/paywall\b|kg-gated-block:begin\b.*)\s*/?\s*$")
"""Ghost's divider and gated blocks; Jetpack's paywall block."""
_GATED = re.compile(r"^\s*wp:(premium-content/subscriber-view|memberful/content|.*-restrict)\b")


def cut(top: Element) -> bool:
    """Cut the tree under *top* at its paywall mark; return whether there was one."""
    path: list[tuple[Element, int]] = []

    def seek(element: Element) -> bool:
        for at, child in enumerate(element.children):
            if is_mark(child):
                path.append((element, at))
                return True
            if seek(child):
                path.append((element, at + 1))
                return True
        return False

    found = seek(top)
    for element, at in path:
        del element.children[at:]
    return found


def is_mark(element: Element) -> bool:
    """Whether the free part ends at *element*."""
    if element.tag == "#comment":
        return bool(_COMMENT.match(element.text) or _GATED.match(element.text))
    return (
        bool(element.classes & _CLASSES)
        or element.attrs.get("data-component-name") == "PaywallToDOM"
    )
