"""What stands in and around the article of a web page for its readers to click on.

Themes name these parts in a few words only, whatever system they are for: WordPress, Ghost,
Substack, Squarespace, Jekyll. A part is left out by such a name, by where its link leads, or by a
line that no writer writes. Something as long as an article is one, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from columncast.episodes.model.column import Block, Dropped, Span
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.html import Element
from columncast.episodes.text.normalize import clip, fold, one_line

_LONGEST = 1_500
"""Characters of text; a part that holds more may be the article."""

_LONGEST_NAME = 80

_ANY = r"(?:[\w-]+[-_])?"
_BOX = (
    r"(?:[-_](?:buttons?|btns?|links?|icons?|bars?|box|boxes|widgets?|lists?|tools?|this|container|wrap(?:per)?|"
    r"menu|media|block|posts?|section|dialog|form|inner|outer|card|cta|banner|popup|modal|overlay|area|title|"
    r"heading|header|footer|signup|sign-up|items?|articles?|stories|entries|notice|embed|group|row|col|\d+))*"
)
_SHARE_BOX = r"[-_](?:buttons?|btns?|links?|icons?|bars?|box|widgets?|lists?|tools?|this|container|menu|media)"
_PARTS = tuple(
    (what, re.compile(pattern, re.IGNORECASE))
    for what, pattern in (
        (
            "share buttons",
            (
                rf"{_ANY}(?:share|sharing){_BOX}|{_ANY}social(?:{_SHARE_BOX})+{_BOX}|sharedaddy|sd-\w+|"
                r"addtoany\w*|a2a_\w+|sharethis\w*|st-btn\w*|shareaholic\w*|jp-sharing\w*|tweet-?this|"
                r"click-?to-?tweet\w*|tm-click-to-tweet|bctt\w*|twitter-share-button|fb-like|fb-share-button|"
                r"post-ufi\w*|pin-it-button|likes?-(?:button|widget\w*|box)|jetpack-likes\w*|applause-button|claps?"
            ),
        ),
        (
            "a subscribe box",
            (
                rf"{_ANY}(?:newsletter|subscribe|subscription|sign-?up|opt-?in|mailing-?list){_BOX}|"
                rf"{_ANY}email-?(?:form|capture|signup|subscribe){_BOX}|mc_embed\w*|mc4wp\w*|"
                r"mailchimp\w*|convertkit\w*|formkit\w*|ck_form\w*|tnp\w*|kg-cta-card|kg-signup-card|gh-subscribe\w*|"
                r"gh-signup\w*|sqs-block-newsletter|wp-block-jetpack-subscriptions\w*|jetpack_subscription_widget"
            ),
        ),
        (
            "related posts",
            (
                rf"{_ANY}(?:related|recommend(?:ed|ations?)|read-?next|more-(?:from|posts|stories|articles)|"
                rf"you-(?:may|might)(?:-also)?-like|popular|trending|recent-posts|further-posts){_BOX}|yarpp\w*|"
                r"jp-relatedposts\w*|outbrain\w*|taboola\w*|OUTBRAIN|crp_related|sqs-block-summary-v2"
            ),
        ),
        (
            "comments",
            (
                rf"{_ANY}comments?(?:[-_](?:area|list|section|respond|form|wrapper|container|thread|title|box|template|"
                rf"link|count|body|content))+|comments|respond|disqus\w*|commento|utterances|giscus|{_ANY}fb-comments"
            ),
        ),
        (
            "a cookie notice",
            rf"{_ANY}(?:cookies?|consent|gdpr|ccpa){_BOX}|cmplz\w*|onetrust\w*|cky-\w*|cc-window",
        ),
        (
            "audio player",
            (
                rf"{_ANY}(?:audio|podcast|episode|narration|tts|voice)[-_]?(?:player|embed|widget){_BOX}|powerpress\w*|"
                r"podcast_(?:player|meta)\w*|ssp-\w+|castos-\w*|mejs-\w+|wp-audio-\w+|wp-block-audio|audio-block\w*|"
                r"smart-(?:track|podcast)-player\w*|libsyn\w*|buzzsprout\w*|transistor-player\w*|sqs-audio-embed|"
                r"sqs-block-audio|speechkit\w*|beyondwords\w*|trinity-\w*player\w*|listen-to-(?:this-)?article\w*|"
                r"native-audio-embed|kg-audio-card|wp-block-jetpack-podcast-player|wp-block-audiotheme"
            ),
        ),
        (
            "an advertisement",
            (
                rf"ad|ads|adsbygoogle|adsense|{_ANY}(?:ad|ads|advert|advertisement)[-_](?:slot|unit|container|wrapper|"
                rf"block|box|banner|inner)|advert\w*|sponsor(?:ed|ship)?{_BOX}|{_ANY}promo{_BOX}"
            ),
        ),
        (
            "page furniture",
            (
                rf"post-navigation|nav-links|{_ANY}pagination|{_ANY}breadcrumbs?|prev-next|skip-link|ez-toc\w*|"
                r"table-of-contents|toc|toc_container|lwptoc|reading-time|read-time|edit-link|entry-footer|post-footer|"
                r"post-tags|entry-tags|tags-links|cat-links|author-(?:bio|box|card|info|profile)|about-author|"
                r"post-author-bio|back-to-top|scroll-to-top|print-link|popup|modal|site-(?:header|footer|nav\w*)|"
                r"menu-toggle|blog-item-(?:pagination|author)\w*|wp-block-post-terms"
            ),
        ),
    )
)
_LABELS = re.compile(
    r"^(?:share|social|sharing|newsletter|subscribe|cookies?|comments?|related|breadcrumbs?|post navigation)\b",
    re.IGNORECASE,
)
_ROLES = frozenset({"navigation", "search", "dialog", "alertdialog", "banner", "toolbar"})

_SHARES = re.compile(
    r"^(?:https?:)?//(?:[\w-]+\.)*(?:(?:twitter|x)\.com/(?:intent/(?:tweet|post)|share\b)|"
    r"facebook\.com/(?:sharer|share\.php|dialog/)|linkedin\.com/(?:sharearticle|sharing/)|"
    r"reddit\.com/(?:r/\w+/)?submit|pinterest\.[\w.]+/pin/create|tumblr\.com/(?:share|widgets/share)|"
    r"(?:t|telegram)\.me/share|wa\.me/\?|whatsapp\.com/send|news\.ycombinator\.com/submitlink|"
    r"getpocket\.com/(?:save|edit)|bsky\.app/intent|threads\.(?:net|com)/intent|vk\.com/share|buffer\.com/add|"
    r"flipboard\.com/bookmarklet|xing\.com/(?:spi/shares|social/share)|line\.me/|addtoany\.com/|"
    r"mastodonshare\.com|toot\.kytta\.dev|instapaper\.com/(?:hello|edit)|evernote\.com/clip)"
    r"|^[^?#]*\?(?:[^#]*&)?(?:share=(?:facebook|twitter|x|linkedin|reddit|tumblr|pinterest|email|jetpack\S*|mastodon)"
    r"|action=share|replytocom=)"
    r"|^mailto:\?|^(?:whatsapp|fb-messenger|tg|sms):|^%%\w+%%|^javascript:window\.print",
    re.IGNORECASE,
)
"""Where a click shares a page: nobody links there in a sentence."""

_LINE = re.compile(
    r"share(?: (?:this(?: \w+)?|on \w+|via \w+|now))?|(?:re)?tweet(?: this| this post)?|click to \w+.*|"
    r"(?:e-?mail|print|pin)(?: (?:this|it|to a friend))?|like this|like loading|loading|"
    r"subscribe(?: now| today| for free)?|(?:subscribe|sign up) (?:to|for) (?:our|my|the) .{0,60}(?:newsletter|list|blog)"
    r"|(?:leave|post|write|add) a (?:comment|reply)|(?:\d+|no) (?:comments?|replies|responses)|comments(?: \(\d+\))?|"
    r"related(?: (?:posts?|articles?|stories|reading))?|you (?:may|might) also (?:like|enjoy)|read next|recent posts|"
    r"advertisements?|sponsored(?: content)?|\d+ min(?:ute)?s?(?: of)? read(?:ing)?|skip to (?:main )?content|"
    r"(?:podcast )?play in new window.*|audio[- ]?player|use up/down arrow keys.*|download file|"
    r"(?:0?0:)?0?0:00(?: ?/ ?\d?\d?:?\d?\d:\d\d)?|upgrade to paid|give a gift subscription|start writing today.*|"
    r"this post is public so feel free to share it|get more from .{1,60} in the substack app.*|"
    r"(?:thanks|thank you) for reading.{0,80}subscribe.{0,80}|.{1,60} is a (?:reader|listener)[- ]supported "
    r"(?:publication|podcast).{0,200}|we use cookies.{0,200}|view in browser|open in app|member-only story|follow|"
    r"type your email.{0,3}",
)
"""Lines as pages have them beside their buttons, in lower case and without signs at their ends."""
_LIST_FOLLOWS = re.compile(r"related\b.*|you (?:may|might) also.*|read next|recent posts")


def page_part(element: Element) -> str:
    """What part of a page *element* is, if it is none of the article; else ""."""
    names = [name for name in (*element.classes, element.id) if 0 < len(name) <= _LONGEST_NAME]
    found = next((what for what, part in _PARTS for name in names if part.fullmatch(name)), "")
    if not found and element.attrs.get("role") in _ROLES:
        found = "page furniture"
    if not found and element.tag in ("div", "section", "aside", "ul"):
        found = "page furniture" if _LABELS.match(element.attrs.get("aria-label", "")) else ""
    return found if found and len(element.words()) <= _LONGEST else ""


def shares(href: str) -> bool:
    """Whether a click on a link to *href* shares the page, prints it or answers a comment."""
    return bool(_SHARES.match(href.strip()))


def is_page_line(text: str) -> bool:
    """Whether a whole paragraph or heading is one of the lines that pages have around articles.

    >>> [is_page_line(t) for t in ("Share this:", "Subscribe now", "Share a room with a ferryman.")]
    [True, True, False]
    """
    line = fold(text).strip(" .:!…|·-–—»→")
    return 0 < len(line) <= 300 and bool(_LINE.fullmatch(line))


def without_page_lines(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[Dropped, ...]]:
    """Return *blocks* without the lines that a page has around its article, and those lines."""
    kept: list[Block] = []
    dropped: list[Dropped] = []
    listed = False
    for block in blocks:
        text = one_line(block.text)
        plain = block.kind in ("paragraph", "heading")
        if plain and (is_page_line(text) or _is_profile(block)):
            listed = bool(_LIST_FOLLOWS.fullmatch(fold(text).strip(" .:!…")))
        elif not (listed and _is_links(block)):
            listed = False
            kept.append(block)
            continue
        dropped.append(Dropped(text=clip(text, 80), why="page furniture", line=block.line))
    return tuple(kept), tuple(dropped)


def left_out(dropped: Sequence[Dropped]) -> tuple[Notice, ...]:
    """Return the one line that is told of all parts of a page that were left out."""
    kinds = dict.fromkeys(one.why for one in dropped if one.why != "struck out")
    if not kinds:
        return ()
    message = f"left out parts of the page that are not the column: {', '.join(kinds)}"
    return (Notice(code="page-parts-left-out", message=message, severity="note"),)


def _is_profile(block: Block) -> bool:
    """Whether a paragraph is nothing but the link to a writer's profile (`/@ida`)."""
    links = [span for span in block.spans if span.kind == "link"]
    alone = bool(links) and all(_is_link(span) for span in block.spans)
    return alone and all(re.search(r"/@[\w.-]+/?(?:\?.*)?$", span.href) for span in links)


def _is_links(block: Block) -> bool:
    """Whether a block is nothing but links: the posts under `Related`."""
    if block.kind == "list":
        return all(_is_links(inner) for item in block.items for inner in item)
    if block.kind in ("image", "embed"):
        return True
    return block.kind == "paragraph" and all(_is_link(span) for span in block.spans)


def _is_link(span: Span) -> bool:
    return span.kind in ("link", "break") or (span.kind == "text" and not span.text.strip())
