"""The text of a WordPress post as the web page that WordPress makes of it: shortcodes, paragraphs, notes.

Names of shortcodes are WordPress's own and those of widely used plugins. Whatever else stands in
brackets is the writer's: `[sic]`, `[laughs]`, `[1]`; unless it has attributes, an end, or an
underscore, which no remark has (codex.wordpress.org/Shortcode_API).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from columncast.episodes.columns.input.decoding import COMMENT
from columncast.episodes.columns.private.passages import Found
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.normalize import clean

_SHORTCODE = re.compile(
    r"\[(?P<escaped>\[)?(?P<end>/)?(?P<name>[a-zA-Z][\w-]{0,60})"
    r"(?P<rest>(?:[\s=:](?:\"[^\"]{0,2000}\"|'[^'\n]{0,500}'|[^\[\]<>\"'])*+|/)?)\]"
    r"(?(escaped)\])"
)
"""A shortcode's attributes hold no brackets, and no tags but by mistake."""
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")

_HAS_ATTRIBUTE = re.compile(r"\s[a-zA-Z_][\w-]*(?:=\S|\s*=\s*[\"'“”″])")

_KNOWN = frozenset(
    "gallery embed audio video playlist caption more toc contact-form contact-form-7 powerpress podcast "
    "ads adsense adrotate addtoany sharethis shareaholic social tweet youtube vimeo soundcloud spotify "
    "googlemaps polldaddy poll slideshow mailchimp newsletter subscribe subscribe2 wpforms gravityform "
    "ninja_form products product cart checkout archives sitemap button separator divider spacer clear "
    "hr icon column columns row section tabs tab toggle accordion spoiler quote pullquote blockquote "
    "dropcap highlight box alert code sourcecode footnote footnotes ref references efn_note mfn fn "
    "related yarpp recent-posts print-me tooltip one_half one_third two_third one_fourth wp_caption "
    "hidden private restrict member membership memberful paywall s2if members_only".split()
)
_PLAYERS = frozenset(
    "audio playlist powerpress powerpress_playlist podcast podcast_player podcast_episode ss_player "
    "smart_track_player smart_podcast_player smart_track_player_latest buzzsprout spp libsyn podbean "
    "spreaker fusebox_track_player fusebox_full_player castos blubrry simple-audio sc_embed_player "
    "audioplayer mp3-jplayer zoomsounds zoomsounds_player cue_playlist sermon_audio soundcloud".split()
)
"""They play the recording of the old page: listeners are there already."""
_FOOTNOTES = frozenset("efn_note mfn ref fn footnote footnotes_note easy_footnote sidenote".split())
_QUOTES = frozenset(
    "su_quote su_pullquote quote blockquote pullquote vc_quote perfectpullquote pull_quote testimonial".split()
)
_CODE = frozenset(
    "code sourcecode python php html css javascript bash su_code crayon highlight".split()
)
_HIDDEN = frozenset(
    "su_private private_note comment comments hidden hide private note_to_self editor_note adminnote "
    "todo draft".split()
)
"""Shown to the writer, or to nobody."""
_PAID = frozenset(
    "restrict mepr-show mepr-active memberonly member_only membersonly members_only member-only "
    "members-only member membership members_access members_logged_in memberful memberful_has_subscription "
    "s2if private private_content subscriber subscribers rcp_restrict rcp_paid paywall pmpro pms-restrict "
    "wlm_private wlm_ismember wishlist_member ihc-hide-content ihc-lock-content um_loggedin um_show_content "
    "su_members su_member wpmem_logged_in loggedin logged_in is_logged_in arm_restrict_content swpm_protected "
    "premium paid leaky_paywall register_level patreon content_control wcm_restrict "
    "woocommerce_membership_restrict".split()
)
_BUTTONS = frozenset(
    "button su_button vc_btn vc_button fusion_button av_button et_pb_button tweet bctt ctt clicktotweet "
    "click_to_tweet addtoany sharethis shareaholic social subscribe subscribe2 newsletter mailchimp mc4wp_form "
    "jetpack_subscription_form jetpack-related-posts related yarpp recent-posts toc".split()
)
_DEEPEST = 50
"""Shortcodes nested deeper than this are left out; page builders need a dozen."""

_NUMBERED = re.compile(r"\(\(((?:[^()]|\([^()]*\)){1,4000}?)\)\)")
"""The footnotes plugins' `((a note))`, and Simple Footnotes' `[ref]a note[/ref]`."""
_ASIDE = re.compile(r"(?<=\s)\(\([a-z][^\W\d_]*(?: [^\W\d_]+){0,3}\)\)")
"""A few words in running text, `((aside))`, are the writer's own: a note is a sentence, or a source."""

_BLOCKS = (
    "table|thead|tfoot|tbody|caption|col|colgroup|tr|td|th|div|dl|dd|dt|ul|ol|li|pre|form|map|area|"
    "blockquote|address|math|style|p|h[1-6]|hr|fieldset|legend|section|article|aside|hgroup|header|"
    "footer|nav|figure|figcaption|details|menu|summary|main|iframe|video|audio"
)
_AROUND = "div|blockquote|section|article|aside|header|footer|main|details|td|th|li|figure|center"
_OPENS = re.compile(rf"<(?:{_BLOCKS})(?=[\s/>])", re.IGNORECASE)
_BEFORE = re.compile(rf"(<(?:{_BLOCKS})(?=[\s/>])[^<>]*>)", re.IGNORECASE)
_AFTER = re.compile(rf"(</(?:{_BLOCKS})>)", re.IGNORECASE)
_INSIDE = re.compile(rf"(<(?:{_AROUND})(?=[\s>])[^<>]*>)|(</(?:{_AROUND})>)", re.IGNORECASE)
_QUIET = re.compile(r"<(pre|script|style|textarea)\b.*?(?:</\1>|\Z)", re.IGNORECASE | re.DOTALL)
_BLOCK_COMMENT = re.compile(r"<!--\s*(/?)wp:([\w/-]+)((?:[^<>-]|-(?!->)|<(?!!--))*+)-->")
"""One that is not closed ends where the next begins, so many of them cost no more than their length."""


@dataclass
class Text:
    """A post's text as HTML, and what was noticed in it."""

    html: str
    notices: tuple[Notice, ...]


@dataclass
class _Open:
    name: str
    at: int
    """The piece of the output with which its content begins."""
    rest: str


def read_text(body: str, *, footnotes: str = "", paid: bool = False) -> Text:
    """Return the *body* of a post as HTML; *footnotes* are those of the block editor, as JSON.

    Text for paying readers is left out unless *paid* is on.
    """
    reader = _Shortcodes(paid=paid)
    without = reader.read(_QUIET_CODE.sub(_protected, clean(body)))
    html = _paragraphs(_numbered(without, reader.notes))
    html += _as_list(reader.notes) + _block_footnotes(footnotes)
    notices = Found(tags=[(0, f"[{name}]") for name in dict.fromkeys(reader.gone)]).notices()
    return Text(html=html, notices=notices)


class _Shortcodes:
    """One walk over the shortcodes of a text; those that hold text give it."""

    def __init__(self, *, paid: bool) -> None:
        self.paid = paid
        self.notes: list[str] = []
        self.gone: list[str] = []

    def read(self, body: str) -> str:
        ended = {
            m["name"].lower() for m in _SHORTCODE.finditer(body) if m["end"] and not m["escaped"]
        }
        out: list[str] = []
        opened: list[_Open] = []
        at = 0
        for found in _SHORTCODE.finditer(body):
            out.append(body[at : found.start()])
            at = found.end()
            name, rest = found["name"].lower(), found["rest"] or ""
            if found["escaped"]:  # WordPress shows `[[gallery]]` as `[gallery]`
                out.append(found[0][1:-1])
            elif found["end"]:
                self._close(name, opened, out, found[0])
            elif _is_shortcode(name, rest, ended):
                if len(opened) > _DEEPEST:
                    continue
                closing = name in ended or (name in _PAID and not rest.strip(" /").isalpha())
                if closing and not rest.rstrip().endswith("/"):
                    opened.append(_Open(name, len(out), rest))
                else:
                    out.append(self._alone(name, rest))
            else:
                out.append(found[0])
        out.append(body[at:])
        # What is for some readers only, and never ends, hides all that comes after it.
        for left in reversed(opened):
            if left.name in _HIDDEN or (left.name in _PAID and not self.paid):
                del out[left.at :]
        return "".join(out)

    def _close(self, name: str, opened: list[_Open], out: list[str], text: str) -> None:
        place = next((i for i in reversed(range(len(opened))) if opened[i].name == name), None)
        if place is None:
            if not (name in _KNOWN or "_" in name):
                out.append(text)
            return
        begun = opened[place]
        del opened[place:]
        inner = "".join(out[begun.at :])
        del out[begun.at :]
        out.append(self._around(begun, inner))

    def _around(self, begun: _Open, inner: str) -> str:  # noqa: PLR0911 - one case a kind
        name = begun.name
        if name in _HIDDEN or (name in _PAID and not self.paid):
            self.gone.append(name)
            return ""
        if name in ("caption", "wp_caption"):
            return _captioned(inner, _attributes(begun.rest).get("caption", ""))
        if name in _FOOTNOTES:
            self.notes.append(inner.strip())
            return _mark(len(self.notes))
        if name in _QUOTES:
            return f"<blockquote>{inner}</blockquote>"
        if name in _CODE:
            return f"<pre>{inner}</pre>"
        if name in _PLAYERS or name in _BUTTONS:
            self.gone.append(name)
            return ""
        if name in ("embed", "youtube", "vimeo", "video") and re.match(r"\s*https?:", inner):
            return f"\n\n{inner.strip()}\n\n"
        if name == "video":
            return self._alone(name, begun.rest)
        return f"\n\n{inner}\n\n" if "\n" in inner.strip() or _is_layout(name) else inner

    def _alone(self, name: str, rest: str) -> str:
        values = _attributes(rest)
        address = values.get("src") or values.get("url") or values.get("mp4") or ""
        bare = re.search(r"https?://[^\s\"'<>\]]+", rest)
        if name in ("video", "youtube", "vimeo", "embed") and (address or bare):
            found = address or (bare[0] if bare else "")
            return f'\n\n<iframe src="{escape(found)}"></iframe>\n\n'
        note = values.get("note") or values.get("text")
        if name in _FOOTNOTES and note:
            self.notes.append(note)
            return _mark(len(self.notes))
        self.gone.append(name)
        return ""


def _is_shortcode(name: str, rest: str, ended: set[str]) -> bool:
    return (
        name in _KNOWN
        or name in _PLAYERS
        or name in _BUTTONS
        or name in _PAID
        or name in _HIDDEN
        or name in ended
        or "_" in name
        or bool(_HAS_ATTRIBUTE.search(rest))
        or rest.strip() == "/"
    ) and not (name in _WORDS and rest.strip() and not _HAS_ATTRIBUTE.search(rest))


_WORDS = frozenset(
    "more video audio podcast quote code column section tab box button icon private member hidden poll "
    "comment comments product cart row social related tweet draft todo premium paid note ref hide".split()
)
"""Words of a language as well: followed by other words they are a remark (`[video of the ferry]`)."""


def _is_layout(name: str) -> bool:
    return name.startswith(
        ("vc_", "et_pb_", "fusion_", "av_", "cs_", "x_", "one_", "two_", "row", "col")
    )


def _attributes(rest: str) -> dict[str, str]:
    found = _ATTRIBUTE.finditer(rest.replace("“", '"').replace("”", '"').replace("″", '"'))
    return {m[1].lower(): m[2] or m[3] or m[4] or "" for m in found}


def _captioned(inner: str, caption: str) -> str:
    """The picture, and the caption that stands after it or, in old posts, in an attribute."""
    found = re.match(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", inner, re.DOTALL)
    picture, text = (found[1], found[2]) if found else (inner, "")
    shown = text.strip() or caption
    return f"\n\n<figure>{picture}<figcaption>{shown}</figcaption></figure>\n\n"


def _mark(number: int) -> str:
    return f'<sup><a href="#fn-wp-{number}">{number}</a></sup>'


def _numbered(html: str, notes: list[str]) -> str:
    """Take `((notes))` out of running text."""

    def take(found: re.Match[str]) -> str:
        if _ASIDE.match(html, found.start()):
            return found[0]
        notes.append(found[1].strip())
        return _mark(len(notes))

    return _NUMBERED.sub(take, html) if "((" in html else html


def _as_list(notes: list[str]) -> str:
    if not notes:
        return ""
    items = "".join(f'<li id="fn-wp-{n}"><p>{note}</p></li>' for n, note in enumerate(notes, 1))
    return f'<ol class="footnotes">{items}</ol>'


def _block_footnotes(text: str) -> str:
    """The block editor keeps its footnotes beside the post, by the ids of their marks."""
    try:
        notes = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        return ""
    known = [n for n in notes if isinstance(n, dict)] if isinstance(notes, list) else []
    items = [
        f'<li id="{escape(str(note.get("id", "")))}"><p>{note.get("content", "")}</p></li>'
        for note in known
        if note.get("id") and note.get("content")
    ]
    return f'<ol class="wp-block-footnotes">{"".join(items)}</ol>' if items else ""


def _paragraphs(body: str) -> str:
    """Paragraphs as WordPress makes them (wpautop), outside of the block editor's blocks."""
    return "".join(text if in_block else _autop(text) for text, in_block in _pieces(body))


def _pieces(body: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces: what the block editor wrote, and what was written without it."""
    depth = at = 0
    for found in _BLOCK_COMMENT.finditer(body):
        if depth == 0:
            yield body[at : found.start()], False
            at = found.start()
        if found[1]:
            depth = max(0, depth - 1)
        elif not found[3].endswith("/"):
            freeform = found[2] in ("freeform", "core/freeform", "shortcode", "core/shortcode")
            depth += 0 if freeform else 1
        if depth == 0:
            yield body[at : found.end()], True
            at = found.end()
    yield body[at:], depth > 0


def _autop(text: str) -> str:
    """Blank lines part paragraphs, whatever tags stand elsewhere; a line end is a line break."""
    if not text.strip():
        return text
    out, at = [], 0
    for quiet in _QUIET.finditer(text):
        out += [_autop_part(text[at : quiet.start()]), quiet[0]]
        at = quiet.end()
    return "".join([*out, _autop_part(text[at:])])


def _autop_part(text: str) -> str:
    text = _AFTER.sub(r"\1\n\n", _BEFORE.sub(r"\n\n\1", text))
    text = _INSIDE.sub(lambda m: f"{m[1]}\n\n" if m[1] else f"\n\n{m[2]}", text)
    made = []
    for part in re.split(r"\n\s*\n", text):
        chunk = part.strip()
        if not chunk:
            continue
        if _OPENS.match(chunk) or _AFTER.match(chunk):
            lined = re.match(r"<(?:p|h[1-6])[\s>]", chunk, re.IGNORECASE)
            made.append(chunk.replace("\n", "<br>") if lined else chunk)
        elif re.fullmatch(rf"(?:{COMMENT})++", chunk):
            made.append(chunk)
        else:
            made.append(f"<p>{_breaks(chunk)}</p>")
    return "".join(made)


def _breaks(chunk: str) -> str:
    return re.sub(r"(?:<br\s*+/?>|(?<=\S))\s*\n", "<br>", chunk, flags=re.IGNORECASE)


_QUIET_CODE = re.compile(
    r"<(pre|code|script|style)\b[^>]*>.*?(?:</\1>|\Z)", re.IGNORECASE | re.DOTALL
)


def _protected(found: re.Match[str]) -> str:
    """Code keeps its brackets: no shortcode runs in it, and none of it is a note."""
    return found[0].replace("[", "&#91;").replace("((", "(&#40;")
