"""A short column with all that makes following it hard, and when its words are spoken."""

from __future__ import annotations

from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra, TimedWord

HTML = (
    '<h2>Of “walls”</h2><p>The <em>lo</em>ng wall<sup><a href="#note-1">1</a></sup>, they '
    'said,&nbsp;was <a href="https://walls.example/?a=1&amp;b=2">never &lt;done&gt;</a>.</p>'
    '<p>Nobody came.<br><a href="https://walls.example/rain">It rained</a>.</p><p>Then spring.</p>'
)


def sentence(text, start_s=None, *, status="read", word_s=0.5, **more):
    """A sentence whose words are read one after the other."""
    words, at = [], start_s
    for word in text.split():
        timed = at is not None
        words.append(TimedWord(text=word, start_s=at, end_s=at + word_s if timed else None))
        at = at + word_s if timed else None
    status = status if start_s is not None else "missing"
    return AlignedSentence(
        text=text, start_s=start_s, end_s=at, status=status, words=tuple(words), **more
    )


def alignment() -> Alignment:
    """The column `HTML` as it is read: fifteen seconds, one sentence left out."""
    return Alignment(
        sentences=(
            sentence("The Long Wall", 0.5, heading=True),  # on the page as its title
            sentence("Of “walls”", 2.0, heading=True),
            sentence("The long wall, they said, was never <done>.", 4.0),
            sentence("Nobody came."),
            sentence("It rained.", 9.0, status="unsure"),
            sentence("Then spring.", 12.0),
        ),
        extras=(Extra(start_s=10.0, end_s=11.5, kind="ad-lib", after=4),),
        duration_s=15.0,
    )
