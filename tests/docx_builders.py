"""Small .docx files with the parts that Word and Google Docs write."""

import zipfile
from pathlib import Path

SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    }.items()
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def write_docx(
    path: Path,
    body: str,
    *,
    styles: str = "",
    name: str = "word/document.xml",
    media: dict[str, bytes] | None = None,
    **parts: str,
) -> Path:
    """Write a document of *body* (its paragraphs, as XML); *parts* are footnotes and the like.

    *media* are pictures by the names under which `picture` shows them.
    """
    title = '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
    related = f'<Relationship Id="s" Type="{_KIND}/styles" Target="styles.xml"/>' + "".join(
        f'<Relationship Id="{part}" Type="{_KIND}/{part}" Target="{part}.xml"/>' for part in parts
    )
    related += "".join(
        f'<Relationship Id="{file}" Type="{_KIND}/image" Target="media/{file}"/>'
        for file in media or {}
    )
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_MIME}.{part}+xml"/>'
        for part in parts
    )
    with zipfile.ZipFile(path, "w") as z:
        z.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="png" ContentType="image/png"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        )
        z.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" '
            f'Type="{_KIND}/officeDocument" Target="{name}"/></Relationships>',
        )
        rels = name.replace("word/", "word/_rels/") + ".rels"
        z.writestr(
            rels, f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'
        )
        z.writestr("word/styles.xml", f"<w:styles {SPACES}>{title}{styles}</w:styles>")
        for part, xml in parts.items():
            z.writestr(f"word/{part}.xml", f"<w:{part} {SPACES}>{xml}</w:{part}>")
        for file, data in (media or {}).items():
            z.writestr(f"word/media/{file}", data)
        z.writestr(name, f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
        if name != "word/document.xml":
            z.writestr("word/document.xml", f"<w:document {SPACES}><w:body/></w:document>")
    return path


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def picture(file: str, alt: str) -> str:
    """A run that shows one of a document's pictures."""
    shown = f'<pic:pic><pic:blipFill><a:blip r:embed="{file}"/></pic:blipFill></pic:pic>'
    inline = (
        f'<wp:inline><wp:docPr id="1" name="x" descr="{alt}"/><a:graphic><a:graphicData>{shown}'
        "</a:graphicData></a:graphic></wp:inline>"
    )
    return f"<w:r><w:drawing>{inline}</w:drawing></w:r>"


def paragraph(*content: str, style: str = "") -> str:
    """A paragraph of runs or texts."""
    runs = "".join(c if c.startswith("<") else run(c) for c in content)
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{runs}</w:p>"


def text_box(*paragraphs: str, fallback: bool = True) -> str:
    """A drawing with text in it, as Word 2010 and later write it."""
    content = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    old = f"<mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>'
        f"{content}</wps:txbx></w:drawing></mc:Choice>{old if fallback else ''}"
        "</mc:AlternateContent></w:r>"
    )
