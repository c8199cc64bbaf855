"""When each word of a page is spoken: the times that the player fetches when play begins."""

from __future__ import annotations

import json

import pytest
from read_along_builders import HTML, alignment, sentence

from columncast.episodes.model.alignment import Alignment
from columncast.feed.site.readalong import sentence_times, word_times, words_of


def told(html=HTML, an_alignment=None):
    """What the file holds: for each sentence its words as (word, start, length)."""
    data = json.loads(word_times(an_alignment or alignment(), html))
    words = words_of(html)
    assert len(words) == data["words"]
    found = []
    for first, last, times in data["sentences"]:
        each = [times[i : i + 3] for i in range(0, len(times), 3)]
        assert all(0 <= offset <= last - first for offset, _, _ in each)
        found.append([(words[first + offset], start, length) for offset, start, length in each])
    return found


def test_every_spoken_word_of_the_page_has_its_time():
    sentences = told()

    assert [("Of", 200, 50), ("“walls”", 250, 50)] == sentences[0]
    assert ("long", 450, 50) in sentences[1]
    assert ("<done>.", 750, 50) in sentences[1]


def test_what_was_not_read_has_none():
    words = [word for each in told() for word, _, _ in each]

    assert "It" in words
    assert "Nobody" not in words


def test_the_mark_of_a_footnote_is_no_word():
    assert ["wall,", "they"] == words_of("<p>wall<sup><a href='#n'>1</a></sup>, they</p>")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>one<br>two</p>", ["one", "two"]),
        ("<p>one</p><p>two</p>", ["one", "two"]),
        ("<p>o<em>n</em>e&nbsp;two</p>", ["one", "two"]),
        ("<ul><li>one</li><li>two</li></ul>", ["one", "two"]),
        ("<p>one<img src='a.jpg' alt='no'>two</p>", ["one", "two"]),
        ("<p>a &lt;b&gt; &amp;c</p>", ["a", "<b>", "&c"]),
    ],
)
def test_words_end_at_spaces_blocks_and_line_breaks(html, words):
    assert words == words_of(html)


def test_a_column_that_is_not_believed_to_be_read_has_no_times():
    unread = Alignment(sentences=(sentence("Nobody came."),), duration_s=3.0)

    assert "" == word_times(unread, "<p>Nobody came.</p>")


def test_an_article_gets_the_sentences_that_are_read_and_their_times():
    data = json.loads(sentence_times(alignment()))

    assert 1 == data["version"]
    assert ["It rained.", 900, 1000] in data["sentences"]
    assert "Nobody came." not in [text for text, _, _ in data["sentences"]]


def test_an_article_gets_nothing_where_no_sentence_is_read():
    assert "" == sentence_times(Alignment(sentences=(sentence("Nobody came."),)))
