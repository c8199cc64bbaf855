"""What a .docx keeps from its readers, and what its reader here would lose without a word.

Hidden text goes (ECMA-376, 17.3.2.41 `vanish`, set on a run or by any style above it), text boxes
become paragraphs after the one that they hang on, equations and ruby become text. Deletions,
comments and headers are left out by mammoth itself.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from columncast.episodes.columns.input.zipfiles import Archive
from columncast.episodes.model.notice import Notice

_MEDIA = re.compile(r"word/media/[\w.-]+", re.ASCII)
_TEXTS = frozenset({"document", "footnotes", "endnotes"})
"""Parts with text, by their outermost element: their names are for whoever writes the file."""
_OFF = frozenset({"0", "false", "off", "none"})
_HIDING = frozenset({"vanish", "specVanish", "webHidden"})
_LOST = {
    "altChunk": "an embedded document",
    "subDoc": "a linked document",
    "chart": "a chart",
    "relIds": "a diagram",
    "object": "an embedded object",
}
_CONTENTS = re.compile(r"^toc(?:heading|\d)?$", re.IGNORECASE)
_RAISED = {"sSup": "^", "sSub": "_"}


@dataclass
class Changed:
    """What was done to a document, counted by kind."""

    hidden: int = 0
    boxes: int = 0
    repeated: int = 0
    lost: Counter[str] = field(default_factory=Counter)

    def notices(self) -> tuple[Notice, ...]:
        """One notice for each kind."""
        told = []
        if self.hidden:
            message = f"left out hidden text ({self.hidden} runs)"
            told.append(Notice(code="hidden-text-left-out", message=message, severity="note"))
        if self.boxes:
            message = (
                f"{self.boxes} text box(es) now stand as paragraphs after the ones they hang on; "
                "look whether they are read there"
            )
            told.append(Notice(code="text-box-taken", message=message, severity="note"))
        if self.repeated:
            message = f"left out {self.repeated} text box(es) that repeat what the text says"
            told.append(Notice(code="text-box-taken", message=message, severity="note"))
        if self.lost:
            kinds = ", ".join(f"{name} ({n})" if n > 1 else name for name, n in self.lost.items())
            message = f"the document holds what cannot be read here: {kinds}; write it out as text"
            told.append(Notice(code="document-parts-left-out", message=message))
        return tuple(told)


def shown_document(archive: Archive, limit: int) -> tuple[bytes, Changed]:
    """Return the .docx in *archive* with nothing in it but what its readers see, and what was changed.

    In the place of each picture stands its name: nobody who reads the words has a use for its bytes.

    Raises:
        ColumnError: A part of *archive* is damaged, or unpacks to more than *limit* bytes.
    """
    changed = Changed()
    names = [n for n in dict.fromkeys(archive.names) if n.endswith((".xml", ".rels"))]
    parts = {name: archive.read(name, limit) for name in names}
    roots = {n: ET.fromstring(p) for n, p in parts.items() if n.startswith("word/") and p.strip()}  # noqa: S314 - entities are refused before
    styles = _Styles([root for root in roots.values() if _name(root) == "styles"])
    for name, root in roots.items():
        if _name(root) in _TEXTS:
            _Part(root, styles, changed).read()
            parts[name] = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as written:
        for name, part in parts.items():
            written.writestr(name, part)
        for name in dict.fromkeys(archive.names):
            if name not in parts and _MEDIA.fullmatch(name):
                written.writestr(name, name)
    return packed.getvalue(), changed


class _Styles:
    """Which styles hide their text, by their own word or by that of the style they are based on."""

    def __init__(self, sheets: list[ET.Element]) -> None:
        self.own: dict[str, bool | None] = {}
        self.base: dict[str, str] = {}
        self.default: bool | None = None
        for element in (element for sheet in sheets for element in sheet.iter()):
            if _name(element) == "style":
                key = _value(element, "styleId")
                self.own[key] = _hides(_child(element, "rPr"))
                based = _child(element, "basedOn")
                self.base[key] = _value(based, "val") if based is not None else ""
            elif _name(element) == "rPrDefault":
                self.default = _hides(_child(element, "rPr"))

    def hides(self, key: str) -> bool:
        seen: set[str] = set()
        while key and key not in seen:
            seen.add(key)
            if (own := self.own.get(key)) is not None:
                return own
            key = self.base.get(key, "")
        return bool(self.default)


class _Part:
    """One part of the document that holds text."""

    def __init__(self, root: ET.Element, styles: _Styles, changed: Changed) -> None:
        self.root = root
        self.styles = styles
        self.changed = changed
        self.parents: dict[ET.Element, ET.Element] = {}

    def read(self) -> None:
        self._know_parents()
        for paragraph in [e for e in self.root.iter() if _is_w(e, "p")]:
            self._hidden_runs(paragraph)
        for row in [e for e in self.root.iter() if _is_w(e, "tr")]:
            properties = _child(row, "trPr")
            if properties is not None and _child(properties, "hidden") is not None:
                self.changed.hidden += 1
                self._remove(row)
        for element in [e for e in self.root.iter() if _name(e) == "AlternateContent"]:
            self._choose(element)
        self._know_parents()
        self._boxes()
        for element in [e for e in self.root.iter() if _name(e) in ("oMath", "ruby")]:
            self._as_text(element)
        for element in self.root.iter():
            if what := _LOST.get(_name(element)):
                self.changed.lost[what] += 1

    def _know_parents(self) -> None:
        self.parents = {child: above for above in self.root.iter() for child in above}

    def _hidden_runs(self, paragraph: ET.Element) -> None:
        properties = _child(paragraph, "pPr")
        style = _child(properties, "pStyle") if properties is not None else None
        key = _value(style, "val") if style is not None else ""
        if _CONTENTS.match(key):
            self._remove(paragraph)
            return
        below = self.styles.hides(key)
        for run in _runs(paragraph):
            settings = [p for p in run if _name(p) == "rPr"]
            told = next((h for p in settings if (h := _hides(p)) is not None), None)
            named = [s for p in settings if (s := _child(p, "rStyle")) is not None]
            by_style = any(self.styles.hides(_value(s, "val")) for s in named)
            if below or by_style if told is None else told:
                self.changed.hidden += bool("".join(run.itertext()).strip())
                self._remove(run)

    def _remove(self, element: ET.Element) -> None:
        above = self.parents.get(element)
        if above is not None and element in list(above):
            above.remove(element)

    def _choose(self, element: ET.Element) -> None:
        """Of a drawing in two forms take the one with a text box; else the one mammoth can read."""
        above = self.parents.get(element)
        if above is None or element not in list(above):
            return
        forms = list(element)
        with_text = [f for f in forms if any(_name(e) == "txbxContent" for e in f.iter())]
        old = [f for f in forms if _name(f) == "Fallback"]
        chosen = next(iter(with_text or old or forms), None)
        at = list(above).index(element)
        above.remove(element)
        for child in reversed(list(chosen) if chosen is not None else []):
            above.insert(at, child)

    def _boxes(self) -> None:
        boxes = [e for e in self.root.iter() if _name(e) == "txbxContent"]
        if not boxes:
            return
        inside = {id(e) for box in boxes for e in box.iter()}
        outside = (
            e.text or "" for e in self.root.iter() if _name(e) == "t" and id(e) not in inside
        )
        body = _folded("".join(outside))
        anchored: dict[ET.Element, int] = {}
        for box in boxes:
            anchor = self._block_around(box)
            place = self.parents.get(anchor)
            self._remove(box)
            content = list(box)
            text = _folded("".join(_texts(box)))
            if not text or place is None:
                continue
            if text in body:  # a quotation pulled out of the text
                self.changed.repeated += 1
                continue
            self.changed.boxes += 1
            at = list(place).index(anchor) + 1 + anchored.get(anchor, 0)
            for child in reversed(content):
                place.insert(at, child)
                self.parents[child] = place
            anchored[anchor] = anchored.get(anchor, 0) + len(content)

    def _block_around(self, element: ET.Element) -> ET.Element:
        while (above := self.parents.get(element)) is not None:
            if _is_w(element, "p") and _name(above) in (
                "body",
                "tc",
                "footnote",
                "endnote",
                "sdtContent",
            ):
                break
            element = above
        return element

    def _as_text(self, element: ET.Element) -> None:
        above = self.parents.get(element)
        if above is None or element not in list(above):
            return
        space = self.root.tag.rpartition("}")[0] + "}"
        text = ET.Element(f"{space}t")
        if _name(element) == "ruby":  # above Chinese and Japanese: how it is pronounced
            base = _child(element, "rubyBase")
            text.text = "".join(_texts(base)) if base is not None else ""
            new = text
        else:
            text.text = f" {_formula(element)} ".replace("  ", " ")
            new = ET.Element(f"{space}r")
            new.append(text)
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        at = list(above).index(element)
        above.remove(element)
        if _name(above) == "oMathPara":  # mammoth knows none
            over = self.parents.get(above)
            if over is not None and above in list(over):
                over.insert(list(over).index(above), new)
            return
        above.insert(at, new)


def _formula(element: ET.Element) -> str:  # noqa: PLR0911 - one case a kind
    """An equation in one line: `a/b`, `x^2`, `√(x)`."""
    name = _name(element)
    if name == "t":
        return element.text or ""
    if name in ("rPr", "ctrlPr", "fPr", "radPr", "sSupPr", "sSubPr", "naryPr", "dPr"):
        return ""
    inner = [(_name(child), _formula(child)) for child in element]
    parts = {key: text for key, text in inner if text}
    if name == "f":
        return f"{_grouped(parts.get('num', ''))}/{_grouped(parts.get('den', ''))}"
    if name in _RAISED:
        raised = parts.get("sup") or parts.get("sub", "")
        return f"{parts.get('e', '')}{_RAISED[name]}{_grouped(raised)}"
    if name == "rad":
        return f"√({parts.get('e', '')})"
    if name == "d":
        return f"({parts.get('e', '')})"
    return "".join(text for _, text in inner)


def _grouped(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _runs(paragraph: ET.Element) -> Iterator[ET.Element]:
    """The runs of a paragraph, not those of paragraphs in boxes that hang on it."""
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if _name(element) == "r":
            yield element
        if not _is_w(element, "p"):
            waiting.extend(reversed(element))


def _texts(element: ET.Element) -> Iterator[str]:
    return (e.text or "" for e in element.iter() if _name(e) == "t")


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[“”„\"«»]", "", text).casefold().split())


def _hides(properties: ET.Element | None) -> bool | None:
    """Whether run properties hide; None where they say nothing of it."""
    if properties is None:
        return None
    said = [_value(e, "val") not in _OFF for e in properties if _name(e) in _HIDING]
    return any(said) if said else None


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _is_w(element: ET.Element, name: str) -> bool:
    return _name(element) == name and "wordprocessingml" in element.tag


def _child(element: ET.Element | None, name: str) -> ET.Element | None:
    return next((e for e in element if _name(e) == name), None) if element is not None else None


def _value(element: ET.Element, name: str) -> str:
    found = (v for key, v in element.attrib.items() if key.rpartition("}")[2] == name)
    return next(found, "")
