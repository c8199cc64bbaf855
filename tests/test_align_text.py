"""What is written, as it is said."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from columncast.audio.align.search import acoustics
from columncast.audio.align.search.lattice import spoken_clauses
from columncast.audio.align.text.clauses import clauses
from columncast.audio.align.text.english import English
from columncast.audio.align.text.lexicon import Lexicon
from columncast.audio.align.text.numerals import cardinal, roman
from columncast.audio.align.text.spoken import slots
from columncast.episodes.text.sentences import split_sentences

ENGLISH = English(Lexicon(acoustics.dictionary_file()))


@pytest.fixture(scope="session")
def lexicon():
    return Lexicon(acoustics.dictionary_file())


def said(text, **pronunciation):
    """Return every way of saying *text* as one line each."""
    names = {name.replace("_", " "): how for name, how in pronunciation.items()}
    ways = [""]
    for slot in slots(text.split(), ENGLISH, names):
        ways = [f"{way} {' '.join(reading)}".strip() for way in ways for reading in slot.readings]
    return ways


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("in 1958", "in nineteen fifty eight"),
        ("in 1900", "in nineteen hundred"),
        ("in 1905", "in nineteen oh five"),
        ("in 2008", "in two thousand and eight"),
        ("in 2024", "in twenty twenty four"),
        ("the 1950s", "the nineteen fifties"),
        ("July 31,", "july the thirty first"),
        ("21 July", "the twenty first of july"),
        ("the 3rd", "the third"),
        ("1,281 words", "one thousand two hundred and eighty one words"),
        ("$5 million", "five million dollars"),
        ("€2,400.", "two thousand four hundred euros"),
        ("£3.50", "three pounds fifty"),
        ("4.05%", "four point oh five percent"),
        ("10–15", "ten to fifteen"),
        ("World War II", "world war two"),
        ("Louis XIV’s", "louis xiv's"),
        ("Louis XIV", "louis the fourteenth"),
        ("I saw", "i saw"),
        ("Dr. Hale", "doctor hale"),
        ("St. Mark", "saint mark"),
        ("U.S. Army", "u s army"),
        ("the USSR", "the u s s r"),
        ("NATO", "nato"),
        ("a B-52", "a b fifty two"),
        ("at 3:30 p.m.", "at three thirty p m"),
        ("first-class", "first class"),
        ("www.example.org", "www dot example dot org"),
        ("No. 5", "number five"),
        ("No. I won't.", "no i won't"),
        ("done [12] —", "done"),
    ],
)
def test_what_is_written_is_said_in_a_usual_way(written, spoken):
    assert spoken in said(written)


def test_a_name_is_said_as_the_show_respells_it():
    assert said("Zhou Enlai’s cable", Zhou_Enlai="joe en-lie") == ["joe en lie's cable"]


@given(st.lists(st.text(min_size=1, max_size=12)))
def test_whatever_is_written_can_be_said(tokens):
    """
    Footnote marks, emoji, superscripts, Arabic digits: no text may stop a transcript.
    """
    for slot in slots([t for token in tokens for t in token.split()], ENGLISH):
        for reading in slot.readings:
            assert all(word.strip() for word in reading)


@pytest.mark.parametrize(
    "token", ["m²", "٣٤", "½", "12345678901234567890", "£12345678901234567", "1/2/3", "3rd-4th"]
)
def test_odd_figures_are_said_somehow(token):
    assert all(slot.readings for slot in slots([token], ENGLISH))


def test_the_longer_respelling_goes_first():
    assert said("Li Peng", Li="lye", Li_Peng="lee pung") == ["lee pung"]


@given(st.integers(0, 10**15 - 1))
def test_every_number_has_words(n):
    for reading in cardinal(n):
        assert all(word.isalpha() for word in reading)


@given(st.text("IVXLCDM", min_size=1, max_size=8))
def test_a_roman_numeral_in_its_usual_spelling_has_one_value(text):
    assert roman(text) in {None, *range(1, 9000)}


@given(
    st.lists(st.sampled_from(["Mr.", "U.S.", "Why?", "“No!”", "cat", "Dog.", "1958.", "…", "a"]))
)
def test_no_word_is_lost_or_moved_by_cutting_sentences(words):
    cut = split_sentences(" ".join(words))

    assert words == [word for sentence in cut for word in sentence.split()]


def test_clauses_begin_where_a_reader_may_breathe():
    words = [
        "He",
        "said,",
        "when",
        "the",
        "rain",
        "had",
        "stopped",
        "at",
        "last,",
        "that",
        "they",
        "could",
        "go",
        "home",
        "again",
        "now.",
    ]

    assert [words[i] for i in clauses(words)] == ["He", "that"]


@pytest.mark.parametrize(
    "word", ["gangplank", "Brindlings", "reshuffled", "xylem", "Ẑß", "naïve", "'tis"]
)
def test_every_word_has_a_sound(lexicon, word):
    model = acoustics.english()

    for phones in lexicon.phones(word):
        assert phones
        assert set(phones) <= set(model.phones)


@pytest.mark.parametrize(
    ("word", "known"),
    [("bathrobe", True), ("walked", True), ("communiqué", True), ("Zhongnanhai", False)],
)
def test_a_word_is_known_or_guessed(lexicon, word, known):
    assert known == lexicon.knows(word)


# Every script


def spoken(lexicon, text):
    """Return the words of *text* with their sounds, as the lattice has them."""
    found = spoken_clauses([text.split()], English(lexicon), {})
    words = [word for clause in found for slot in clause.slots for way in slot for word in way]
    for word in words:
        assert word.phones, word
        assert all(word.phones), word
    return words


OTHER_SCRIPTS = {
    "French": "à la carte, où est l’été? Ô Noël, déjà-vu",
    "Hindi": "नमस्ते दुनिया, हिन्दी क्या है? १९४७",
    "Bengali": "আমার সোনার বাংলা ১৯৭১",
    "Hebrew, pointed": "בְּרֵאשִׁית בָּרָא אֱלֹהִים",
    "Arabic, vowelled": "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ ١٩٤٨",
    "Yoruba": "Ọjọ́ dára, ẹ̀kọ́ ni ọ̀rọ̀ ṣe",
    "Thai": "สวัสดีชาวโลก ๒๕๖๙",
    "Tamil": "வணக்கம் உலகம்",
    "Chinese": "你好,世界 一九四九",
    "Korean": "안녕하세요 세계",
    "Japanese": "こんにちは、世界。カタカナ",
    "Amharic": "ሰላም ልዑል",
    "Georgian": "გამარჯობა მსოფლიო",
    "Greek": "Ἐν ἀρχῇ ἦν ὁ λόγος",
    "Russian": "Привет, мир",
    "Icelandic": "Þórður ø å ß þ ð",
    "Emoji": "👩\u200d🚀 ☂️ 🇺🇦 1️⃣ ❤️",
    "marks alone": "\u0301 \u0e31\u0e34 \u064b \u0fad ◌́ \u20dd",
    "modifier letters": "ʰ ʼ ˈ ˀ ᵃ ⁿ ʻokina",
    "digits of all kinds": "² ⅷ ① ¼ ٣ ৪ 𝟗 ５ 〇 ³/₄",
    "invisible": "\u200d \u00ad co\u00adoperate \ufeff \u2060 \U000e0041",
}


@pytest.mark.parametrize("script", OTHER_SCRIPTS)
def test_a_word_in_another_script_has_sounds(lexicon, script):
    spoken(lexicon, OTHER_SCRIPTS[script])


def test_every_letter_of_unicode_has_a_sound_by_itself_and_after_another(lexicon):
    tried = 0

    # The large scripts far up are of one kind each; a sample of them will do.
    for code in (*range(0x2000), *range(0x2000, sys.maxunicode, 61)):
        letter = chr(code)
        if unicodedata.category(letter)[0] not in "LMN":
            continue
        tried += 1
        for word in (letter, "a" + letter):
            ways = lexicon.phones(word)
            assert ways, hex(code)
            assert all(ways), hex(code)

    assert tried > 8000


@given(st.text(max_size=60))
def test_any_text_can_be_laid_beside_a_recording(lexicon, text):
    spoken(lexicon, text)


@given(st.text("0123456789٣৪²¼,./-–:%$€£°'kmXIV ", max_size=24))
def test_anything_like_a_number_can_be_said(lexicon, text):
    spoken(lexicon, text)


def test_a_letter_with_an_accent_is_said_as_the_letter_or_as_a_word(lexicon):
    ways = lexicon.phones("à")

    assert ("EY",) in ways
    assert ("AH",) in ways
    assert ("AA",) in ways


def test_a_word_of_another_script_is_one_word(lexicon):
    assert ["हनद", "भष"] == [word.spelling for word in spoken(lexicon, "हिन्दी भाषा")]
