"""What a writer left for nobody else to read is never published, in whatever form it was written.

In every sample the private text has SECRET in it, and what everyone may read does not.
"""

import pytest
from docx_builders import paragraph, run, text_box, write_docx

from columncast.episodes.columns.door import read_column
from columncast.episodes.columns.formats.visible import visible_lines
from columncast.episodes.notes.compose import show_notes
from columncast.episodes.show.settings import Show

SHOW = Show(title="Harbour Days", site_url="https://example.org/", base_url="https://cdn.example/")

COMMENTS = {
    "Obsidian's in a line": "The ferry left. %%SECRET%% Nobody saw.",
    "Obsidian's over paragraphs": "The ferry left.\n\n%%\nSECRET\n\n# SECRET\n%%\n\nNobody saw.",
    "Obsidian's that begins in a line": "The ferry left. %% SECRET\n\nSECRET %% Nobody saw.",
    "Obsidian's around code": "The ferry left.\n\n%%\n```\nSECRET\n```\n%%\n\nNobody saw.",
    "Obsidian's without end": "The ferry left. Nobody saw.\n\n%% SECRET\n\nSECRET",
    "HTML": "The ferry left. <!-- SECRET --> Nobody saw.",
    "HTML over paragraphs": "The ferry left. <!-- SECRET\n\nSECRET --> Nobody saw.",
    "HTML that ends with a bang": "The ferry left. <!-- SECRET --!> Nobody saw.",
    "HTML nested": "The ferry left. <!-- a <!-- b --> SECRET --> Nobody saw.",
    "HTML indented": "The ferry left.\n\n    <!-- SECRET -->\n\nNobody saw.",
    "HTML in a list": "The ferry left.\n\n- Nobody saw.\n  <!-- SECRET\n\n  SECRET -->\n",
    "HTML without end": "The ferry left. Nobody saw.\n\n<!-- SECRET\n\nSECRET",
    "HTML in a quotation": "The ferry left.\n\n> Nobody saw. <!-- SECRET\n> SECRET -->",
    "Liquid": "The ferry left. {% comment %} SECRET {% endcomment %} Nobody saw.",
    "Liquid that trims": "The ferry left. {%- comment -%}\n\nSECRET\n\n{%- endcomment -%} Nobody saw.",
    "Liquid in one tag": "The ferry left. {% # SECRET %} Nobody saw.",
    "Liquid that is never shown": "The ferry left. {% if false %}SECRET{% endif %} Nobody saw.",
    "Liquid that is captured": "The ferry left. {% capture x %}SECRET{% endcapture %} Nobody saw.",
    "Liquid without end": "The ferry left. Nobody saw.\n\n{% comment %} SECRET",
    "Liquid's values": "The ferry left. {{ SECRET | upcase }} Nobody saw. {{{SECRET}}}",
    "Nunjucks and Zola": "The ferry left. {# SECRET #} Nobody saw. {#-\n\nSECRET -#}",
    "Handlebars": "The ferry left. {{! SECRET }} Nobody saw. {{!-- a }} SECRET --}}",
    "Hugo": "The ferry left. {{/* SECRET */}} Nobody saw. {{</* SECRET */>}}",
    "Hugo's shortcode": "The ferry left. {{% comment %}}\nSECRET\n{{% /comment %}} Nobody saw.",
    "MDX": "The ferry left. {/* SECRET */} Nobody saw.\n\n{/*\n\nSECRET\n\n*/}",
    "MDX's imports": "import SECRET from './secret'\n\nexport const SECRET = {\n  a: 1,\n}\n\n"
    "The ferry left. Nobody saw.",
    "kramdown": "The ferry left. {::comment}SECRET{:/comment} Nobody saw.",
    "a reference to nothing": "The ferry left.\n[//]: # (SECRET)\n\n[comment]: <> (SECRET\n SECRET)\n\n"
    "Nobody saw.",
    "CriticMarkup": "The ferry left. {>>SECRET<<} {--SECRET--} {~~SECRET~>Nobody~~} saw.",
    "pandoc's tracked changes": 'The ferry left. [SECRET]{.comment-start id="0" author="x"}Nobody'
    '[]{.comment-end id="0"} saw. [SECRET]{.deletion author="x"}',
    "pandoc's div": "The ferry left.\n\n::: {.hidden}\nSECRET\n\n::: note\nSECRET\n:::\n\nSECRET\n:::\n\n"
    "Nobody saw.",
    "Logseq": "The ferry left.\n\n#+BEGIN_COMMENT\nSECRET\n#+END_COMMENT\n\nNobody saw.\n\n"
    "status:: SECRET\n\n:LOGBOOK:\nSECRET\n:END:\n",
    "Obsidian's after a share": "The ferry left. It cost 50 %% more.\n\n%%SECRET%%\n\nNobody saw.",
    "Obsidian's after a year": "The ferry left. In 1990%%SECRET%% Nobody saw.",
    "Dataview's facts": "The ferry left. [status:: SECRET] Nobody saw (asked:: SECRET). `= this.SECRET`",
    "a callout that hides": "The ferry left.\n\n> [!private] SECRET\n> SECRET\n\nNobody saw.",
    "Org's in one line": "The ferry left.\n\n#+COMMENT: SECRET\n\nNobody saw.",
    "MyST's": "The ferry left.\n\n% SECRET\n% SECRET\n\nNobody saw.",
    "Liquid nested": "The ferry left. {% comment %}a{% comment %}b{% endcomment %}SECRET{% endcomment %} Nobody saw.",
    "Markdoc": "The ferry left. {% comment %}SECRET{% /comment %} Nobody saw.",
    "Jinja that is never shown": "The ferry left. {% if False %}SECRET{% endif %} Nobody saw. {% if 0 %}SECRET{% endif %}",
    "Jinja's set": '{% set x = "SECRET" %}The ferry left. {% set x %}SECRET{% endset %} Nobody saw.',
    "Handlebars that is never shown": "The ferry left. {{#if false}}SECRET{{#if x}}{{/if}}SECRET{{/if}} Nobody saw.",
    "Blade": "The ferry left. {{-- SECRET }} SECRET --}} Nobody saw.",
    "Smarty, Razor, FreeMarker, Velocity": "The ferry left. {* SECRET *} @* SECRET *@ <#-- SECRET --> "
    "[#-- SECRET --] #* SECRET *# Nobody saw.",
    "MDX with line comments": "The ferry left.\n\n{\n  // SECRET\n  // SECRET\n}\n\nNobody saw.",
    "pandoc's raw text and styles": 'The ferry left. `SECRET`{=html} [SECRET]{style="display: none"} Nobody saw.',
    "a cell that is not shown": "The ferry left.\n\n```{python}\n#| label: a\n#| echo: false\nSECRET\n```\n\nNobody saw.",
    "plugins' blocks": "The ferry left.\n\n```compressed-json\nSECRET\n```\n\nNobody saw.",
    "an element of MDX": "The ferry left. <Hidden>SECRET</Hidden> Nobody saw.",
    "PHP": "The ferry left. <?php if (1 > 0) echo 'SECRET'; ?> Nobody saw.",
    "EJS": "The ferry left. <%# SECRET %> Nobody saw. <%-- SECRET --%>",
    "Dataview": "The ferry left.\n\n```dataview\nLIST FROM SECRET\n```\n\nNobody saw.",
    "an element": '<p hidden>SECRET</p>\n\nThe ferry left. <span style="display: none">SECRET</span> '
    "Nobody saw. <template>SECRET</template>",
}


def published(column) -> str:
    """Everything that leaves a column: page, notes, tags, transcript."""
    notes = show_notes(column, SHOW, link="https://example.org/p")
    facts = (column.title, column.subtitle, column.hook, column.author, *column.keywords)
    return "\n".join((column.html, column.text, notes.full_html, notes.plain, *facts))


def told(column) -> set[str]:
    return {notice.code for notice in column.notices}


@pytest.mark.parametrize("suffix", ["md", "txt"])
@pytest.mark.parametrize("kind", COMMENTS)
def test_a_comment_is_never_published(tmp_path, kind, suffix):
    path = tmp_path / f"column.{suffix}"
    front = "---\ntitle: The Piano\n---\n\n" if suffix == "md" else "The Piano\n\n"
    path.write_text(front + COMMENTS[kind] + "\n", encoding="utf-8")

    shown = published(read_column(path))

    assert ("SECRET" in shown) == (suffix != "md" and kind in ONLY_MARKDOWN)
    assert "The ferry left." in shown
    assert "Nobody" in shown


ONLY_MARKDOWN = {
    # In plain text these are words like others; each needs Markdown's blocks to be one.
    *(
        "MDX's imports",
        "pandoc's tracked changes",
        "pandoc's raw text and styles",
        "Dataview's facts",
    ),
    *("a callout that hides", "Org's in one line", "MyST's", "an element of MDX"),
}


def test_what_stands_in_code_is_shown(tmp_path):
    path = tmp_path / "column.md"
    text = "# Templates\n\nWrite `{{ page.title }}` and `%% x %%`.\n\n```\n{% comment %} a {% endcomment %}\n```\n"
    path.write_text(text)

    shown = read_column(path).text

    assert "{{ page.title }} and %% x %%" in shown
    assert "{% comment %} a {% endcomment %}" in shown


@pytest.mark.parametrize(
    "text",
    [
        "Full: 100%% of it, 50%% of that.",
        "It cost 50 %% more than last year.",
        "Set \\{{ as it is.",
        "A brace { and a } here.",
        "The price was {$5}, and {a} of {x, y}; a{*} is regular.",
        "He said [laughs] and [sic] and ((aside)), in std::vector and 3:2 :: 2:1.",
        "If a == b, $x^2$ is {x}; the score was 50\n% of it.",
    ],
)
def test_prose_that_looks_like_a_mark_stays(tmp_path, text):
    path = tmp_path / "column.md"
    path.write_text(f"# Shares\n\n{text}\n")

    assert text.replace("\\", "").replace("\n", " ") == read_column(path).text


@pytest.mark.parametrize("suffix", ["txt", "html"])
def test_a_template_between_backticks_is_quoted(tmp_path, suffix):
    path = tmp_path / f"column.{suffix}"
    text = "Write `{{ page.title }}`, `{% if x %}` and `%% x %%`. {{ SECRET }}"
    path.write_text(f"<h1>Tools</h1><p>{text}</p>" if suffix == "html" else f"Tools\n\n{text}\n")

    assert "Write `{{ page.title }}`, `{% if x %}` and `%% x %%`." == read_column(path).text


def test_a_comment_without_an_end_is_warned_of_with_its_line(tmp_path):
    path = tmp_path / "column.md"
    path.write_text("# The Piano\n\nThe ferry left.\n\n%% SECRET\n\nThe rest.\n")

    (notice,) = read_column(path).notices

    assert ("comment-unclosed", "line 5", "warning") == (notice.code, notice.where, notice.severity)


def test_lines_are_counted_across_comments(tmp_path):
    path = tmp_path / "column.md"
    path.write_text("# The Piano\n\nOne. %% a\n\nb %%\n\nTwo.\n\n<!-- c\nd -->\n\nThree.\n")

    assert [3, 7, 12] == [block.line for block in read_column(path).blocks]


@pytest.mark.parametrize("fact", ["title", "subtitle", "hook", "author"])
@pytest.mark.parametrize("mark", ["%%SECRET%%", "<!-- SECRET -->", "{{ SECRET }}", "{# SECRET #}"])
def test_front_matter_has_no_comments_either(tmp_path, fact, mark):
    path = tmp_path / "column.md"
    facts = {"title": "The Piano"} | {fact: f"Ida {mark} Berg"}
    front = "".join(f'{name}: "{value}"\n' for name, value in facts.items())
    path.write_text(f"---\n{front}---\n\nThe ferry left.\n")

    assert "SECRET" not in published(read_column(path))


OTHER_TOOLS = {
    "org": "#+TITLE: The Piano\n# SECRET\n\nThe ferry left.\n\n# SECRET\n#+BEGIN_COMMENT\nSECRET\n#+END_COMMENT\n\n"
    "* COMMENT SECRET\nSECRET\n* After\nNobody saw.\n* Told :noexport:\nSECRET\n",
    "adoc": "= The Piano\n:secret: SECRET\n\nThe ferry left.\n// SECRET\n\n////\nSECRET\n\nSECRET\n////\n\nNobody saw.\n",
    "rst": "The Piano\n=========\n\nThe ferry left.\n\n.. SECRET\n   SECRET\n\nNobody saw.\n",
    "tex": "The Piano\n\nThe ferry left. % SECRET\n% SECRET\n\nNobody saw 10\\% of it.\n",
    "textile": "The Piano\n\nThe ferry left.\n\n###. SECRET\n\nNobody saw.\n",
}


@pytest.mark.parametrize("suffix", OTHER_TOOLS)
def test_comment_lines_of_a_known_suffix_go(tmp_path, suffix):
    path = tmp_path / f"column.{suffix}"
    path.write_text(OTHER_TOOLS[suffix])

    column = read_column(path)

    assert "The Piano" == column.title
    assert "SECRET" not in published(column)
    assert "The ferry left." in column.text
    assert "Nobody saw" in column.text


HIDDEN = {
    "attribute": "<p hidden>SECRET</p>",
    "style": '<p style="color:red; DISPLAY : none !important">SECRET</p>',
    "Word's style": "<span style='mso-hide:all'>SECRET</span>",
    "invisible": '<p style="visibility:hidden">SECRET</p>',
    "no size": '<p style="font-size:0px">SECRET</p>',
    "template": "<template><p>SECRET</p></template>",
    "noscript": "<noscript><p>SECRET</p></noscript>",
    "class": '<p class="gone">SECRET</p>',
    "for screen readers": '<span class="sr-only">SECRET</span>',
    "comment": "<!-- a --!><p>Shown.</p><!--> <p>Shown.</p><!-- <p>SECRET</p> -->",
    "conditional": "<!--[if mso]><p>SECRET</p><![endif]-->",
    "subtitle": '<p class="subtitle" hidden>SECRET</p>',
    "Liquid": "<p>{% comment %}SECRET{% endcomment %}{{ SECRET }}</p>",
    "deleted": "<p><del>SECRET</del> and <span style='text-decoration: line-through'>SECRET</span></p>",
    "Google's comment": '<p>Shown<sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup>.</p>'
    '<div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>SECRET</span></p><p>SECRET</p></div>',
    "Word's comment": "<p>Shown<span class=MsoCommentReference><a class=msocomanchor href='#_msocom_1'>[X1]"
    "</a></span>.</p><div style='mso-element:comment-list'><div style='mso-element:comment'>"
    "<p class=MsoCommentText>SECRET</p></div></div>",
    "Word's header": "<div style='mso-element:header'><p>SECRET</p></div>",
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_a_page_does_not_show_is_not_published(tmp_path, kind):
    path = tmp_path / "column.html"
    path.write_text(
        "<html><head><title>The Piano</title><style>.gone, #x { display: none }\n"
        "@media print { .shown { display: none } }</style></head><body><h1>The Piano</h1>"
        f'<p class="shown">The ferry left at noon.</p>{HIDDEN[kind]}<p>Nobody saw.</p></body></html>'
    )

    shown = published(read_column(path))

    assert "SECRET" not in shown
    assert "[a]" not in shown
    assert "[X1]" not in shown
    assert "The ferry left at noon." in shown
    assert "Nobody saw." in shown


def test_a_subtitle_behind_the_paywall_is_paid_text(tmp_path):
    path = tmp_path / "column.html"
    path.write_text(
        "<article><h1>The Piano</h1><p>The ferry left at noon.</p><!--members-only-->"
        '<p class="subtitle">SECRET</p></article>'
    )

    assert "SECRET" not in published(read_column(path))


# Word

_HIDING_STYLES = (
    '<w:style w:type="character" w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Note"><w:basedOn w:val="Base"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Aside"><w:rPr><w:vanish w:val="1"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Shown"><w:basedOn w:val="Base"/>'
    '<w:rPr><w:vanish w:val="false"/></w:rPr></w:style>'
)
WORD = {
    "run": run("SECRET", "<w:vanish/>"),
    "run, on": run("SECRET", '<w:vanish w:val="on"/>'),
    "style": run("SECRET", '<w:rStyle w:val="Base"/>'),
    "style of a style": run("SECRET", '<w:rStyle w:val="Note"/>'),
    "link": f"<w:hyperlink>{run('SECRET', '<w:vanish/>')}</w:hyperlink>",
    "smart tag": f"<w:smartTag>{run('SECRET', '<w:vanish/>')}</w:smartTag>",
    "deletion": "<w:del><w:r><w:delText>SECRET</w:delText></w:r></w:del>",
    "moved away": f"<w:moveFrom>{run('SECRET')}</w:moveFrom>",
    "inserted": f"<w:ins>{run('SECRET', '<w:vanish/>')}</w:ins>",
    "box": text_box(paragraph(run("SECRET", "<w:vanish/>"))),
    "box of a hidden run": text_box(paragraph("SECRET")).replace(
        "<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>", 1
    ),
}


@pytest.mark.parametrize("kind", WORD)
def test_hidden_text_of_word_is_not_published(tmp_path, kind):
    shown = run("The ferry left.", '<w:vanish w:val="0"/>') + run(
        " At noon.", '<w:rStyle w:val="Shown"/>'
    )
    body = (
        paragraph("The Piano", style="Title")
        + paragraph(shown, WORD[kind])
        + paragraph("SECRET", style="Aside")
        + paragraph("Nobody saw.")
    )

    column = read_column(write_docx(tmp_path / "column.docx", body, styles=_HIDING_STYLES))

    assert "SECRET" not in published(column)
    assert "The ferry left. At noon.\n\nNobody saw." == column.text
    assert "hidden-text-left-out" in told(column)


def test_hidden_text_in_a_footnote_and_under_another_name(tmp_path):
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    note = f'<w:footnote w:id="2">{paragraph("A note.", run("SECRET", "<w:vanish/>"))}</w:footnote>'
    body = paragraph("The Piano", style="Title") + paragraph(
        "The ferry left.", mark, run("SECRET", "<w:vanish/>")
    )

    path = write_docx(tmp_path / "c.docx", body, name="word/document2.xml", footnotes=note)
    column = read_column(path)

    assert "SECRET" not in published(column)
    assert "A note." in column.html


def test_comments_and_headers_of_word_are_not_published(tmp_path):
    comment = f'<w:comment w:id="0">{paragraph("SECRET")}</w:comment>'
    marked = (
        '<w:commentRangeStart w:id="0"/>' + run("The ferry left.") + '<w:commentRangeEnd w:id="0"/>'
    )
    body = paragraph("The Piano", style="Title") + paragraph(
        marked, '<w:r><w:commentReference w:id="0"/></w:r>'
    )

    path = write_docx(tmp_path / "c.docx", body, comments=comment, header1=paragraph("SECRET"))

    assert "The ferry left." == read_column(path).text


@pytest.mark.parametrize("fallback", [True, False])
def test_a_text_box_of_word_stands_after_its_paragraph(tmp_path, fallback):
    box = text_box(paragraph("In the box."), paragraph("Two of it."), fallback=fallback)
    body = (
        paragraph("The Piano", style="Title")
        + paragraph("The ferry left.", box)
        + paragraph("End.")
    )

    column = read_column(write_docx(tmp_path / "c.docx", body))

    assert "The ferry left.\n\nIn the box.\n\nTwo of it.\n\nEnd." == column.text
    assert "text-box-taken" in told(column)


def test_a_box_that_repeats_the_text_is_left_out(tmp_path):
    box = text_box(paragraph("“The ferry left.”"))
    body = paragraph("The Piano", style="Title") + paragraph("The ferry left. Early.", box)

    column = read_column(write_docx(tmp_path / "c.docx", body))

    assert "The ferry left. Early." == column.text
    assert "text-box-taken" in told(column)


def test_equations_ruby_and_what_cannot_be_read(tmp_path):
    part = "<m:r><m:t>{}</m:t></m:r>".format
    math = f"<m:oMath>{part('x=')}<m:f><m:num>{part('a+b')}</m:num><m:den>{part('2')}</m:den></m:f></m:oMath>"
    ruby = (
        "<w:r><w:ruby><w:rt><w:r><w:t>kan</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r>"
        "</w:rubyBase></w:ruby></w:r>"
    )
    chart = "<w:r><w:drawing><c:chart/></w:drawing></w:r>"
    body = paragraph("The Piano", style="Title") + paragraph("So", math, "for", ruby, chart)

    column = read_column(write_docx(tmp_path / "c.docx", body))

    assert "So x=(a+b)/2 for漢" == column.text
    assert "document-parts-left-out" in told(column)


def test_a_preview_that_is_sent_to_others_has_no_comments(columncast, one_episode, tmp_path):
    path = one_episode.episodes / "what-the-masons-left" / "column.txt"
    path.write_text(path.read_text() + "\n%% SECRET\n\nSECRET %%\n\nThe last line of all.\n")

    result = columncast("preview", "what-the-masons-left", "--export", tmp_path / "preview.html")

    shown = (tmp_path / "preview.html").read_text()
    assert 0 == result.code, result.err
    assert "SECRET" not in shown
    assert "The last line of all." in shown


_LIKE_A_PAGE = [
    kind
    for kind in HIDDEN
    if kind not in ("class", "deleted", "noscript", "comment", "conditional")
]
IN_MARKDOWN = {
    **{kind: HIDDEN[kind] for kind in _LIKE_A_PAGE if "omment" not in kind},
    "over paragraphs": "<div hidden>\n\nSECRET\n\n<div>SECRET</div>\n\nSECRET `</div>`\n\n</div>",
    "in a line": "A boat <SPAN class='a' HIDDEN>SECRET `</span>` SECRET</SPAN> came.",
    "in a list": "- A boat\n- <span style='display:none'>SECRET</span> came.",
    "a paragraph without end": "<p hidden>SECRET\nSECRET\n\nA boat came.",
    "a paragraph before another element": "<p hidden>SECRET<div>A boat</div>",
    "a script": "<script>\n\nSECRET = '<script>'\n\n</script>",
    "what scripts turn off": "<noscript>\n\nSECRET\n\n</noscript>",
    "a tick in a block": "<p>`</p><p hidden>`SECRET</p>",
    "a tag with marks in it": "<p title='a > b' hidden data-x=\"'\">SECRET</p>",
    "a cell": "<table><tr><td hidden>SECRET</td><td>A boat</td></tr></table>",
}


@pytest.mark.parametrize("kind", IN_MARKDOWN)
def test_a_preview_that_is_sent_to_others_has_no_hidden_html(tmp_path, kind):
    text = f"# The Piano\n\nThe ferry left.\n\n{IN_MARKDOWN[kind]}\n\nNobody saw.\n"
    (tmp_path / "column.md").write_text(text)

    shown = visible_lines(text, "markdown")

    assert "SECRET" not in published(read_column(tmp_path / "column.md"))
    assert "SECRET" not in "\n".join(shown)
    assert "Nobody saw." == shown[text.count("\n") - 1]
    assert ("A boat" in text) == ("A boat" in "\n".join(shown))


@pytest.mark.parametrize(
    "text",
    [
        "Write `<p hidden>` and `</p>`.",
        "```html\n<p hidden>One</p>\n```",
        "    <p hidden>One</p>",
        "5 < 6 > 4, \\<p hidden> and <b>two</b>",
        "<ruby>漢<rt>kan</ruby> and <p aria-hidden='true'>one</p>",
    ],
)
def test_html_that_is_shown_or_is_code_stays_in_the_lines_of_a_preview(text):
    assert text == "\n".join(visible_lines(f"One.\n\n{text}", "markdown")[2:])


def test_an_exported_preview_has_no_hidden_html(columncast, one_episode, tmp_path):
    folder = one_episode.episodes / "what-the-masons-left"
    text = (folder / "column.txt").read_text()
    (folder / "column.txt").unlink()
    (folder / "column.md").write_text(f"{text}\n<p hidden>SECRET</p>\n\nThe last line of all.\n")

    result = columncast("preview", "what-the-masons-left", "--export", tmp_path / "preview.html")

    shown = (tmp_path / "preview.html").read_text()
    assert 0 == result.code, result.err
    assert "SECRET" not in shown
    assert "The last line of all." in shown


DRAFTS = (
    *(
        "draft: true",
        "status: first draft",
        "status: [draft]",
        "status: drafted",
        "dg-publish: false",
    ),
    *("eleventyExcludeFromCollections: true", "status: needs review", "status: Entwurf"),
)
READY = (
    *("draft: no", "draft: ''", "status: published", "subtitle: A draft", "tags: [drafts]"),
    *("status: reviewed", "published: 2026-01-05", "dg-publish: true", "status: draftsman's cut"),
)


@pytest.mark.parametrize(
    ("fact", "draft"), [*((fact, True) for fact in DRAFTS), *((fact, False) for fact in READY)]
)
def test_a_column_says_of_itself_whether_it_is_a_draft(tmp_path, fact, draft):
    path = tmp_path / "column.md"
    path.write_text(f"---\ntitle: On Drafts\n{fact}\n---\n\nThe draft: true to its day.\n")

    assert draft == bool(read_column(path).draft)


@pytest.mark.parametrize(
    "kind", ["a reference to nothing", "pandoc's div", "Logseq", "a callout that hides", "MyST's"]
)
def test_the_lines_of_a_column_are_shown_in_a_preview_without_its_comments(kind):
    shown = visible_lines(COMMENTS[kind], "markdown")

    assert COMMENTS[kind].count("\n") + 1 == len(shown)
    assert "SECRET" not in "\n".join(shown)
    assert "The ferry left." in shown[0]
