"""Closed lists that directories check against: Apple's categories, ISO 639 languages.

Apple refuses a feed whose category is not spelled exactly so, or whose language code is unknown
(podcasters.apple.com/support/1691-apple-podcasts-categories, support/823-podcast-requirements).
"""

from __future__ import annotations

import difflib

CATEGORIES: dict[str, tuple[str, ...]] = {
    "Arts": ("Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"),
    "Business": (
        "Careers",
        "Entrepreneurship",
        "Investing",
        "Management",
        "Marketing",
        "Non-Profit",
    ),
    "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
    "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
    "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
    "Government": (),
    "History": (),
    "Health & Fitness": (
        "Alternative Health",
        "Fitness",
        "Medicine",
        "Mental Health",
        "Nutrition",
        "Sexuality",
    ),
    "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
    "Leisure": (
        "Animation & Manga",
        "Automotive",
        "Aviation",
        "Crafts",
        "Games",
        "Hobbies",
        "Home & Garden",
        "Video Games",
    ),
    "Music": ("Music Commentary", "Music History", "Music Interviews"),
    "News": (
        "Business News",
        "Daily News",
        "Entertainment News",
        "News Commentary",
        "Politics",
        "Sports News",
        "Tech News",
    ),
    "Religion & Spirituality": (
        "Buddhism",
        "Christianity",
        "Hinduism",
        "Islam",
        "Judaism",
        "Religion",
        "Spirituality",
    ),
    "Science": (
        "Astronomy",
        "Chemistry",
        "Earth Sciences",
        "Life Sciences",
        "Mathematics",
        "Natural Sciences",
        "Nature",
        "Physics",
        "Social Sciences",
    ),
    "Society & Culture": (
        "Documentary",
        "Personal Journals",
        "Philosophy",
        "Places & Travel",
        "Relationships",
    ),
    "Sports": (
        "Baseball",
        "Basketball",
        "Cricket",
        "Fantasy Sports",
        "Football",
        "Golf",
        "Hockey",
        "Rugby",
        "Running",
        "Soccer",
        "Swimming",
        "Tennis",
        "Volleyball",
        "Wilderness",
        "Wrestling",
    ),
    "Technology": (),
    "True Crime": (),
    "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
}

# ISO 639-1 (loc.gov/standards/iso639-2/php/code_list.php).
LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw "
    "ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)


def category_path(text: str) -> tuple[str, ...]:
    """Return a category, or a category and its subcategory, in Apple's spelling.

    >>> category_path("History")
    ('History',)
    >>> category_path("society & culture > documentary")
    ('Society & Culture', 'Documentary')
    >>> category_path("Documentary")
    ('Society & Culture', 'Documentary')

    Raises:
        ValueError: Apple has no such category; the message names the nearest.
    """
    paths: list[tuple[str, ...]] = [(main,) for main in CATEGORIES]
    paths += [(main, sub) for main, subs in CATEGORIES.items() for sub in subs]
    spelled = {" > ".join(path).casefold(): path for path in paths}
    spelled |= {path[-1].casefold(): path for path in reversed(paths)}
    wanted = " > ".join(part.strip() for part in text.split(">")).casefold()
    if wanted in spelled:
        return spelled[wanted]
    near = difflib.get_close_matches(wanted, spelled, n=1, cutoff=0.5)
    hint = f"did you mean {' > '.join(spelled[near[0]])!r}?" if near else "for example 'History'"
    raise ValueError(f"Apple Podcasts has no category {text!r}; {hint}")


def categories_with(word: str) -> list[str]:
    """Return Apple's categories that have *word* in their name, with their subcategories.

    >>> categories_with("film")
    ['TV & Film', 'TV & Film > After Shows', 'TV & Film > Film History', 'TV & Film > Film Interviews', \
'TV & Film > Film Reviews', 'TV & Film > TV Reviews']
    """
    names = (
        name
        for main, subs in CATEGORIES.items()
        for name in (main, *(f"{main} > {sub}" for sub in subs))
    )
    return [name for name in names if word.casefold() in name.casefold()]


def language_tag(text: str) -> str:
    """Return a language code as feeds spell it: two letters, and a region where given.

    >>> language_tag("EN_us")
    'en-us'

    Raises:
        ValueError: It is not an ISO 639-1 code with an optional ISO 3166-1 region.
    """
    language, _, region = text.replace("_", "-").lower().partition("-")
    if language in LANGUAGES and (not region or (len(region) == 2 and region.isalpha())):
        return f"{language}-{region}" if region else language
    raise ValueError(
        f"{text!r} is not a language code that directories know; "
        "use two letters of ISO 639-1, with a region if you like: 'en', 'en-gb', 'de'"
    )
