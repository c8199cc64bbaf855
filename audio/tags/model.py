"""What can be said in the tags of an episode, before any format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.limits import TAG_CHAPTERS
from columncast.episodes.model.media_types import JPEG
from columncast.episodes.text.normalize import clean

_LATEST_S = 4_294_967.296
"""Where a chapter may begin: what ID3 can say (2^32 ms)."""

# ISO 639-1 to ISO 639-2/T, in which ID3 and MP4 name languages
# (loc.gov/standards/iso639-2/php/code_list.php).
_LANGUAGES = dict(
    pair.split("=")
    for pair in (
        "aa=aar ab=abk ae=ave af=afr ak=aka am=amh an=arg ar=ara as=asm av=ava ay=aym az=aze "
        "ba=bak be=bel bg=bul bh=bih bi=bis bm=bam bn=ben bo=bod br=bre bs=bos ca=cat ce=che "
        "ch=cha co=cos cr=cre cs=ces cu=chu cv=chv cy=cym da=dan de=deu dv=div dz=dzo ee=ewe "
        "el=ell en=eng eo=epo es=spa et=est eu=eus fa=fas ff=ful fi=fin fj=fij fo=fao fr=fra "
        "fy=fry ga=gle gd=gla gl=glg gn=grn gu=guj gv=glv ha=hau he=heb hi=hin ho=hmo hr=hrv "
        "ht=hat hu=hun hy=hye hz=her ia=ina id=ind ie=ile ig=ibo ii=iii ik=ipk io=ido is=isl "
        "it=ita iu=iku ja=jpn jv=jav ka=kat kg=kon ki=kik kj=kua kk=kaz kl=kal km=khm kn=kan "
        "ko=kor kr=kau ks=kas ku=kur kv=kom kw=cor ky=kir la=lat lb=ltz lg=lug li=lim ln=lin "
        "lo=lao lt=lit lu=lub lv=lav mg=mlg mh=mah mi=mri mk=mkd ml=mal mn=mon mr=mar ms=msa "
        "mt=mlt my=mya na=nau nb=nob nd=nde ne=nep ng=ndo nl=nld nn=nno no=nor nr=nbl nv=nav "
        "ny=nya oc=oci oj=oji om=orm or=ori os=oss pa=pan pi=pli pl=pol ps=pus pt=por qu=que "
        "rm=roh rn=run ro=ron ru=rus rw=kin sa=san sc=srd sd=snd se=sme sg=sag si=sin sk=slk "
        "sl=slv sm=smo sn=sna so=som sq=sqi sr=srp ss=ssw st=sot su=sun sv=swe sw=swa ta=tam "
        "te=tel tg=tgk th=tha ti=tir tk=tuk tl=tgl tn=tsn to=ton tr=tur ts=tso tt=tat tw=twi "
        "ty=tah ug=uig uk=ukr ur=urd uz=uzb ve=ven vi=vie vo=vol wa=wln wo=wol xh=xho yi=yid "
        "yo=yor za=zha zh=zho zu=zul "
    ).split()
)


@dataclass(frozen=True, kw_only=True)
class Tags:
    """The tags of one episode; what is empty is not written."""

    title: str
    show: str
    """The show's title; apps file it as the album."""
    artist: str
    album_artist: str = ""
    published: datetime | None = None
    """Aware; written in UTC."""
    genre: str = "Podcast"
    number: int | None = None
    season: int | None = None
    language: str = ""
    """As the feed spells it: `en`, `en-gb`."""
    comment: str = ""
    description: str = ""
    keywords: str = ""
    lyrics: str = ""
    """The text of the column."""
    cover: bytes = b""
    cover_mime: str = JPEG.mime
    page_url: str = ""
    """The column's page."""
    show_url: str = ""
    feed_url: str = ""
    copyright: str = ""
    guid: str = ""
    chapters: tuple[Chapter, ...] = ()
    duration_s: float = 0.0
    """Where the last chapter ends."""
    provenance: str = ""
    """What the file was built from; for our own later builds, not for apps."""


def read_chapters(marks: Iterable[tuple[float, object]]) -> tuple[Chapter, ...]:
    """Return the *marks* of a file, start in seconds and title, as chapters in their order.

    What no player could jump to is left out: a start that is no time, or before the beginning.

    >>> marks = [(60.0, "b"), (0, "a"), (float("nan"), "c"), (-1, "d"), (1e300, "e")]
    >>> [(chapter.start_s, chapter.title) for chapter in read_chapters(marks)]
    [(0.0, 'a'), (60.0, 'b')]
    """
    found = [
        Chapter(start_s=round(float(start_s), 3), title=clean(str(title or "")))
        for start_s, title in marks
        if 0 <= start_s < _LATEST_S
    ]
    return tuple(sorted(found, key=lambda chapter: chapter.start_s))


def moment(text: str) -> datetime | None:
    """Return the moment that a tag names; None if it is none.

    >>> moment("2026-11-27T06:00:00Z").year, moment("last week"), moment("0000-00-00")
    (2026, None, None)
    """
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def number(text: str) -> int | None:
    """Return a number as tags have it, alone or as `3/12`; None if it is none, or absurd.

    >>> number("3/12"), number("²"), number("9" * 5000), number("-1")
    (3, None, None, None)
    """
    found = re.fullmatch(r"([0-9]{1,9})(/.*)?", text)
    return int(found[1]) if found else None


def chapter_spans(tags: Tags) -> list[tuple[float, float, str]]:
    """Return start and end in seconds and title of each chapter; each lasts until the next.

    There are no more than a file can hold: `TAG_CHAPTERS`.

    >>> a, b = Chapter(start_s=0, title="a"), Chapter(start_s=60, title="b")
    >>> chapter_spans(Tags(title="", show="", artist="", chapters=(a, b), duration_s=90.0))
    [(0, 60, 'a'), (60, 90.0, 'b')]
    """
    if not tags.chapters:
        return []
    ends = [chapter.start_s for chapter in tags.chapters[1:]]
    ends.append(max(tags.duration_s, tags.chapters[-1].start_s))
    spans = [
        (chapter.start_s, end_s, chapter.title)
        for chapter, end_s in zip(tags.chapters, ends, strict=True)
    ]
    return spans[:TAG_CHAPTERS]


def iso639_2(language: str) -> str:
    """Return the three-letter code of a feed's language; `und` when there is none.

    >>> iso639_2("en-gb"), iso639_2("de"), iso639_2("")
    ('eng', 'deu', 'und')
    """
    return _LANGUAGES.get(language.partition("-")[0].lower(), "und")


def iso639_1(language: str) -> str:
    """Return the two-letter code of a three-letter one; empty when there is none.

    >>> iso639_1("deu"), iso639_1("und")
    ('de', '')
    """
    return next((two for two, three in _LANGUAGES.items() if three == language), "")
