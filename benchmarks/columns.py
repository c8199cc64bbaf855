"""How long columns take to read and render, and what hostile files cost.

Run from a checkout: `python benchmarks/columns.py`. Memory is the peak of a process of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from columncast.episodes.columns.door import list_posts, read_column
from columncast.episodes.errors import ColumnError
from columncast.episodes.notes.compose import show_notes
from columncast.episodes.show.settings import Show

SHOW = Show(
    title="Harbour Days", site_url="https://example.org/", base_url="https://cdn.example.org/"
)
SENTENCE = "The ferry left the harbour at noon with a crated piano on its deck, and nobody waved. "
PARAGRAPH = SENTENCE * 5
MB = 1_000_000


def read_and_render(folder: Path) -> None:
    """A thousand columns of 1,300 words: half text, half Markdown."""
    for number in range(1000):
        path = folder / f"{number}.{'md' if number % 2 else 'txt'}"
        mark = "# " if number % 2 else ""
        paragraphs = (f"{PARAGRAPH} Number {number}.{at}." for at in range(16))
        path.write_text(f"{mark}The Piano {number}\n\n" + "\n\n".join(paragraphs), encoding="utf-8")
    started = time.process_time()
    for path in sorted(folder.iterdir()):
        column = read_column(path)
        show_notes(column, SHOW, link="https://example.org/p/piano")
    print(
        f"1,000 columns of {column.word_count:,} words: {time.process_time() - started:.1f} s CPU"
    )


def text_of_100_mb(path: Path) -> None:
    path.write_bytes(b"The Piano\n" + SENTENCE.encode() * (100 * MB // len(SENTENCE)))


def html_never_closed(path: Path) -> None:
    path.write_bytes(b"<h1>The Piano</h1>" + b"<div><b><a href=x>" * (15 * MB // 18))


def html_of_as_many_tags_as_may_be(path: Path) -> None:
    path.write_bytes(b"<h1>The Piano</h1>" + b"<p>x</p>" * 29_000)


def html_as_deep_as_may_be(path: Path) -> None:
    path.write_bytes(b"<h1>The Piano</h1>" + b"<div>" * 1_990 + b"x")


def html_reopened_as_often_as_may_be(path: Path) -> None:
    opened = b"".join(b"<b id=%d>" % n for n in range(50))
    path.write_bytes(b"<h1>The Piano</h1>" + opened + b"<p>x" * 1_900)


def one_line_of_1_mb(path: Path) -> None:
    path.write_bytes(b"The Piano\n\n" + b"Ab " * (MB // 3 - 10))


def paragraphs_of(unit: str, length: int) -> bytes:
    """Nearly 1 MB of *unit*, in paragraphs of *length* characters."""
    paragraph = (unit * (length // len(unit))).encode()
    return b"# The Piano\n\nA ferry.\n\n" + b"\n\n".join([paragraph] * (990_000 // (length + 2)))


def markdown_of_brackets(path: Path) -> None:
    path.write_bytes(paragraphs_of("[" * 20 + "x" * 980, 1_000))


def markdown_of_stars(path: Path) -> None:
    path.write_bytes(paragraphs_of("*a **b ", 190_000))


def markdown_of_quotes(path: Path) -> None:
    path.write_bytes(paragraphs_of(">", 190_000))


def text_of_names(path: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = (
        f"Abc{letters[n % 26]}{letters[n // 26 % 26]}{letters[n // 676 % 26]}r"
        for n in range(100_000)
    )
    lines = " ".join(names).split("Abcaaar")
    path.write_bytes(b"The Piano\n\n" + "\n\n".join(lines).encode())


def text_of_capitals(path: Path) -> None:
    path.write_bytes(paragraphs_of("Ab ", 190_000))


def text_of_dots(path: Path) -> None:
    path.write_bytes(paragraphs_of(".", 190_000))


def text_of_titles(path: Path) -> None:
    path.write_bytes(paragraphs_of("book «Ab Cd» ", 130_000))


def wordpress_of_100_mb(path: Path) -> None:
    item = (
        "<item><title>T{}</title><content:encoded><![CDATA["
        + PARAGRAPH * 20
        + "]]></content:encoded>"
        "<wp:post_name>t{}</wp:post_name><wp:status>publish</wp:status>"
        "<wp:post_type>post</wp:post_type></item>"
    )
    with path.open("w") as f:
        f.write(
            '<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
        )
        for number in range(100 * MB // len(item)):
            f.write(item.format(number, number))
        f.write("</channel></rss>")


def wordpress_of_one_element(path: Path) -> None:
    head = b'<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item>'
    path.write_bytes(head + b"<a>" * (33 * MB))


def ghost_of_empty_posts(path: Path) -> None:
    path.write_bytes(b'{"db":[{"data":{"posts":[' + b"{}," * (60 * MB // 3) + b"{}]}}]}")


def ghost_of_100_mb(path: Path) -> None:
    path.write_text(json.dumps({"db": [{"data": {"posts": [{"html": "x" * 100 * MB}]}}]}))


def zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("posts.csv", b"post_id,title\n" + b"1.a,b\n" * (200 * MB // 6))


HOSTILE = (
    text_of_100_mb, one_line_of_1_mb, html_never_closed, html_of_as_many_tags_as_may_be,
    html_as_deep_as_may_be, html_reopened_as_often_as_may_be, markdown_of_brackets, markdown_of_stars,
    markdown_of_quotes, text_of_names, text_of_capitals, text_of_dots, text_of_titles,
    wordpress_of_100_mb, wordpress_of_one_element, ghost_of_empty_posts, ghost_of_100_mb, zip_bomb,
)  # fmt: skip


def cost(name: str, path: Path) -> None:
    """Print what reading the file costs, and how it ends."""
    started = time.process_time()
    try:
        if name.startswith("wordpress"):
            outcome = f"{len(list_posts(path))} posts"
        else:
            column = read_column(path)
            notes = show_notes(column, SHOW, link="https://example.org/p/piano")
            outcome = f"{len(column.blocks)} blocks, {notes.length_bytes} bytes of notes"
    except ColumnError as e:
        outcome = f"refused: {e.message[:60]}"
    took = time.process_time() - started
    print(f"{name:32} {took:5.1f} s CPU {peak_mb():4.0f} MB peak  {outcome}", flush=True)


def peak_mb() -> float:
    """The most memory this process has held (Linux; `ru_maxrss` would count the parent's too)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Measure what is named on the command line, or everything."""
    wanted = sys.argv[1:]
    if not wanted:
        with tempfile.TemporaryDirectory() as folder:
            read_and_render(Path(folder))
    for make in HOSTILE:
        if not wanted or make.__name__ in wanted:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "column"
                make(path)
                spawn = multiprocessing.get_context("spawn")
                process = spawn.Process(target=cost, args=(make.__name__, path))
                process.start()
                process.join()


if __name__ == "__main__":
    main()
