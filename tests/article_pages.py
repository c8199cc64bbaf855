"""Columns in the pages of three publishing systems, with all that stands around and between them.

The pages are written for these tests after the markup that WordPress (Twenty Twenty-Five), Ghost
(Casper) and Substack save. Every paragraph of the column has `data-p` with its number, so that a test
can tell where a sentence really stands; the script knows nothing of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from columncast.episodes.text.sentences import split_sentences

COLUMNS = Path(__file__).parent.parent / "benchmarks" / "columns"
CHANGED = 7
"""The number of the paragraph that the publisher has written anew."""
ANEW = (
    "The council has since replied by letter, at some length, without a word on parking. "
    "Two readers wrote as well, and both enclosed photographs of geese."
)
BOX = "Sign up for our weekly letter and never miss a column. No charge, no noise, ever."
AD = "Advertisement. Garden sheds from 199. Delivered on Thursdays."


def column(*names: str) -> list[str]:
    """Return the paragraphs of the columns *names*, as their writer typed them."""
    found = []
    for name in names or sorted(path.stem for path in COLUMNS.glob("*.md")):
        text = (COLUMNS / f"{name}.md").read_text(encoding="utf-8")
        text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
        for block in re.split(r"\n\s*\n", text):
            line = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_#>]", r"\1", " ".join(block.split())).strip()
            if len(line.split()) > 2:
                found.append(line)
    return found


def spoken(paragraphs: Sequence[str]) -> list[tuple[str, int]]:
    """Return the sentences of *paragraphs*, each with the number of its paragraph."""
    return [
        (cut.strip(), number)
        for number, text in enumerate(paragraphs)
        for cut in split_sentences(text)
        if cut.strip()
    ]


def typographic(text: str) -> str:
    """As WordPress's wptexturize and most editors have it."""
    text = re.sub(r"(^|[\s(])\"", "\\1“", text).replace('"', "”")
    return re.sub(r"(^|[\s(])'", "\\1‘", text).replace("'", "’").replace(" - ", " – ")


def pressed(text: str) -> str:
    """With no-break spaces, soft hyphens and ligatures, as a careful typesetter saves it."""
    text = re.sub(r"\b(a|the|of|in) ", "\\1\N{NO-BREAK SPACE}", typographic(text))
    text = re.sub(r"(\w{5})(\w{4,})", "\\1\N{SOFT HYPHEN}\\2", text)
    return text.replace("fi", "\N{LATIN SMALL LIGATURE FI}")


def marked_up(text: str) -> str:
    """With a link, an emphasis and the mark of a footnote within its sentences."""
    words = html.escape(text, quote=False).split(" ")
    if len(words) > 12:
        words[3] = f"<a href='#elsewhere'>{words[3]}</a>"
        words[6] = f"<em>{words[6][:2]}</em>{words[6][2:]}"
        words[9] += "<sup><a href='#fn1'>1</a></sup>"
    return " ".join(words)


def wordpress(paragraphs: Sequence[str], tag: str) -> str:
    """A post of a block theme: boxes, a pull quote, captions, and teasers of the same column."""
    body = []
    for number, text in enumerate(paragraphs):
        said = ANEW if number == CHANGED else typographic(text)
        body.append(f'<p data-p="{number}">{marked_up(said)}</p>')
        if number % 6 == 2:
            quote = split_sentences(typographic(paragraphs[(number + 1) % len(paragraphs)]))[0]
            body.append(
                f'<figure class="wp-block-pullquote"><blockquote><p>{quote}</p></blockquote></figure>'
            )
        if number % 5 == 1:
            body.append(f'<div class="wp-block-group has-background"><p>{BOX}</p></div>')
        if number % 7 == 3:
            body.append(f'<div class="ad-slot"><span>{AD}</span></div>')
    teaser = typographic(paragraphs[0])
    return f"""<body class="wp-singular"><div class="wp-site-blocks">
<header class="wp-block-template-part"><nav><a href="/">The Long Wall</a> <a href="#about">About</a></nav></header>
<main class="wp-block-group"><h1 class="wp-block-post-title">The long wall</h1>
<div class="entry-content wp-block-post-content is-layout-constrained">{tag}{"".join(body)}</div>
<div class="wp-block-query"><h2>More posts</h2><p>{html.escape(teaser[:160])}…</p></div></main>
<footer class="wp-block-template-part"><p>{BOX}</p></footer></div></body>"""


def ghost(paragraphs: Sequence[str], tag: str) -> str:
    """A post of Casper: an excerpt that repeats the beginning, callouts, bookmarks, a toggle."""
    body = []
    for number, text in enumerate(paragraphs):
        said = ANEW if number == CHANGED else text
        body.append(f'<p data-p="{number}">{marked_up(said)}</p>')
        if number % 6 == 1:
            body.append(
                f'<div class="kg-card kg-callout-card"><div class="kg-callout-text">{BOX}</div></div>'
            )
        if number % 6 == 4:
            body.append(
                '<figure class="kg-card kg-bookmark-card"><a href="#more"><div>'
                f"{html.escape(paragraphs[number - 1][:120])}</div></a></figure>"
            )
    first = html.escape(split_sentences(paragraphs[0])[0])
    return f"""<body class="post-template"><div class="viewport"><header id="gh-navigation"><nav>Home</nav></header>
<main id="gh-main"><article class="gh-article"><header class="gh-article-header"><h1>The long wall</h1>
<p class="gh-article-excerpt">{first}</p><figure class="gh-article-image"><figcaption>{first}</figcaption></figure></header>
<section class="gh-content gh-canvas">{tag}{"".join(body)}</section></article></main>
<section class="gh-read-more"><p>{first}</p></section></div></body>"""


def substack(paragraphs: Sequence[str], tag: str) -> str:
    """A post in spans, typeset with care, with subscribe boxes and a pull quote of one paragraph."""
    body = []
    for number, text in enumerate(paragraphs):
        said = ANEW if number == CHANGED else pressed(text)
        body.append(f'<p data-p="{number}"><span>{marked_up(said)}</span></p>')
        if number % 5 == 2:
            body.append(
                f'<div class="subscription-widget-wrap"><form><p>{BOX}</p><button>Subscribe</button></form></div>'
            )
        if number % 8 == 4:
            quote = split_sentences(pressed(text))[-1]
            body.append(f'<div class="pullquote"><p>{html.escape(quote)}</p></div>')
    return f"""<body><div id="entry"><div class="main"><article class="typography newsletter-post post">
<div class="post-header"><h1 class="post-title">The long wall</h1></div>
<div class="available-content"><div dir="auto" class="body markup">{tag}{"".join(body)}</div></div>
</article><div class="comments"><p>{html.escape(split_sentences(paragraphs[1])[0])} So true!</p></div></div></div></body>"""


SYSTEMS: dict[str, Callable[[Sequence[str], str], str]] = {
    "wordpress": wordpress,
    "ghost": ghost,
    "substack": substack,
}
