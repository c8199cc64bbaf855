"""Keeping spans in order: white space as browsers show it, nothing empty, nothing nested in itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from columncast.episodes.model.column import Span
from columncast.episodes.text.urls import BARE_URL, clean_url, trimmed

_SPACE = re.compile(r"[ \t\n]+")


def tidy(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return *spans* as one paragraph shows them: single spaces, none at its ends or around breaks."""
    collapsed, _ = _collapsed(_merged(spans, frozenset()), after_space=True)
    return _merged(_stripped(_merged(collapsed, frozenset())), frozenset())


def paragraphs(spans: Iterable[Span]) -> list[tuple[Span, ...]]:
    """Return *spans* in paragraphs: two breaks in a row were meant as the end of one."""
    found: list[list[Span]] = [[]]
    breaks = 0
    for span in spans:
        if span.kind == "break":
            breaks += 1
        elif span.kind == "text" and not span.text.strip():
            found[-1].append(span)
        else:
            if breaks > 1:
                found.append([])
            elif breaks:
                found[-1].append(Span(kind="break"))
            breaks = 0
            found[-1].append(span)
    return [tidied for part in found if (tidied := tidy(part))]


def linked(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return *spans* with the addresses in running text made into links."""
    return tuple(part for span in spans for part in _linked(span))


def _linked(span: Span) -> list[Span]:
    if span.kind in ("link", "code"):
        return [span]
    if span.kind != "text":
        return [replace(span, children=linked(span.children))]
    parts: list[Span] = []
    end = 0
    for found in BARE_URL.finditer(span.text):
        shown = trimmed(found[0])
        href = clean_url(shown)
        if not href:
            continue
        parts.append(Span(text=span.text[end : found.start()]))
        parts.append(Span(kind="link", href=href, children=(Span(text=shown),)))
        end = found.start() + len(shown)
    parts.append(Span(text=span.text[end:]))
    return [part for part in parts if part.kind != "text" or part.text]


def _merged(spans: Iterable[Span], inside: frozenset[str]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        if span.kind in ("text", "break", "note", "picture"):
            stays = span.text or span.kind in ("break", "picture")
            flat: tuple[Span, ...] = (span,) if stays else ()
        else:
            children = _merged(span.children, inside | {span.kind})
            flat = children if span.kind in inside else (replace(span, children=children),)
            if not children:
                flat = ()
        for part in flat:
            if part.kind == "text" and merged and merged[-1].kind == "text":
                merged[-1] = Span(text=merged[-1].text + part.text)
            else:
                merged.append(part)
    return tuple(merged)


def _collapsed(spans: Iterable[Span], *, after_space: bool) -> tuple[list[Span], bool]:
    done: list[Span] = []
    for span in spans:
        if span.kind == "text":
            text = _SPACE.sub(" ", span.text)
            text = text.removeprefix(" ") if after_space else text
            if text:
                after_space = text.endswith(" ")
                done.append(Span(text=text))
        elif span.kind == "break":
            done.append(span)
            after_space = True
        elif span.kind in ("note", "picture"):
            done.append(span)
            after_space = False
        else:
            children, after_space = _collapsed(span.children, after_space=after_space)
            done.append(replace(span, children=tuple(children)))
    return done, after_space


def _stripped(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Take the white space and breaks off the ends, and the spaces before each break."""
    kept = list(spans)
    while kept and kept[0].kind == "break":
        kept.pop(0)
    while kept:
        last = _without_trailing_space(kept[-1])
        if last is not None and last.kind != "break":
            kept[-1] = last
            break
        kept.pop()
    for at in range(len(kept) - 1):
        if kept[at + 1].kind == "break":
            kept[at] = _without_trailing_space(kept[at]) or Span()
    return tuple(kept)


def _without_trailing_space(span: Span) -> Span | None:
    if span.kind == "text":
        text = span.text.rstrip(" ")
        return Span(text=text) if text else None
    if not span.children:
        return span
    children = list(span.children)
    while children:
        last = _without_trailing_space(children[-1])
        if last is not None and last.kind != "break":
            return replace(span, children=(*children[:-1], last))
        children.pop()
    return None
