"""An episode in an e-mail: a picture with a play sign that leads to its page, and plain text beside it.

Mail programs run no script and show no frame. Apple Mail plays `<audio>`; Gmail leaves the element
out with all that is in it, and Outlook on a phone shows one that its own policy keeps silent: so the
link stands outside. Outlook on Windows draws with Word, which knows tables, numbers for sizes and
little more; Gmail keeps styles that stand in the element. No colour is set, so that the block has
those of the letter around it, in dark mode as well. All of it was looked up in caniemail.com's data.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from columncast.episodes.format import beginning
from columncast.episodes.model.episode import Episode
from columncast.episodes.phrases.book import direction, phrases
from columncast.episodes.show.settings import Show
from columncast.episodes.text.html import parse
from columncast.feed.artwork.small_pictures import PLAY_PX
from columncast.feed.site import wording
from columncast.feed.site.embed import title_of

BYTES = 20_000
"""At most so much of a letter: Gmail cuts one off after 102 kB, whatever else is in it."""
SHOWN_PX = PLAY_PX // 2
FIRST_WORDS = 240
"""Characters of the column."""
PASSED_OVER = re.compile(r"<(h[1-6]|sup|figure)\b.*?</\1>", re.DOTALL)
"""Headings, the numbers of footnotes and what stands below pictures: no part of a sentence."""
BLOCK = re.compile(r"<(?=/?(?:blockquote|br|hr|li|p)\b)")
"""Where one word ends although no space stands there."""
FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
LINK = "color:inherit;text-decoration:none"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One episode for a newsletter, as HTML and as plain text."""

    html: str
    text: str


def letter(show: Show, episode: Episode, *, picture_url: str) -> Letter:
    """Return *episode* for a newsletter; *picture_url* is its cover with a play sign."""
    language = episode.language or show.language
    units = phrases(language, "units", show.phrases)
    length = wording.length(episode.enclosure.duration_s, units)
    listen = phrases(language, "embed", show.phrases)["listen"].format(length=length)
    first = _first_words(episode)
    alt = title_of(show, episode)
    block = _block(show, episode, picture_url=picture_url, listen=listen, first=first, alt=alt)
    lines = (show.title, episode.title, "", first, "", f"{listen}: {episode.page_url}", "")
    return Letter(html=block, text="\n".join(lines))


def _first_words(episode: Episode) -> str:
    if not episode.text_html:
        return beginning(episode.notes.plain, FIRST_WORDS)
    text = BLOCK.sub(" <", PASSED_OVER.sub("", episode.text_html))
    return beginning(parse(text).words(), FIRST_WORDS)


def _block(
    show: Show, episode: Episode, *, picture_url: str, listen: str, first: str, alt: str
) -> str:
    page, audio, image = map(html.escape, (episode.page_url, episode.enclosure.url, picture_url))
    to = direction(episode.language or show.language)
    start = "right" if to == "rtl" else "left"
    gap = f"padding-{'left' if to == 'rtl' else 'right'}:16px"
    side = f"{SHOWN_PX}px"
    text = f"{FONT};text-align:{start};font-size:15px;line-height:1.45"
    return f"""\
<table role="presentation" dir="{to}" width="100%" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:560px;border-collapse:collapse;mso-table-lspace:0;mso-table-rspace:0">
<tr>
<td width="{SHOWN_PX}" valign="top" style="{gap}"><a href="{page}" style="{LINK}"><img src="{image}" width="{SHOWN_PX}" height="{SHOWN_PX}" alt="{html.escape(alt)}" border="0" style="display:block;width:{side};height:{side};border:0;border-radius:8px;font-size:13px"></a></td>
<td valign="middle" align="{start}" style="{text}">
<p style="margin:0;font-size:13px">{html.escape(show.title)}</p>
<p style="margin:2px 0 6px;font-size:19px;line-height:1.25;font-weight:bold"><a href="{page}" style="{LINK}">{html.escape(episode.title)}</a></p>
<p style="margin:0"><a href="{page}" style="color:inherit;font-weight:bold;text-decoration:underline">&#9654;&#xFE0E; {html.escape(listen)}</a></p>
</td>
</tr>
<tr>
<td colspan="2" align="{start}" style="{text}">
<p style="margin:12px 0">{html.escape(first)}</p>
<audio controls preload="none" src="{audio}" style="width:100%"></audio>
</td>
</tr>
</table>
"""
