"""Phrases that listeners see: one file a language, plural forms, and a show's own words."""

import re
from datetime import date

import pytest
from feed_builders import show

from columncast.episodes.errors import SettingsError
from columncast.episodes.phrases.book import Section, phrases, speaks
from columncast.episodes.phrases.cldr import long_date, megabytes, number, plural_form
from columncast.episodes.phrases.own import check_own
from columncast.episodes.phrases.shipped import ENGLISH, languages, of_file
from columncast.episodes.show.settings import read_show
from columncast.episodes.show.show_toml import show_toml

BRACES = re.compile(r"\{(\w+)\}")
ISSUED = ("ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")


def every(language):
    """Each phrase of a file with its place; of one that counts, each form."""
    for section, named in of_file(language).items():
        for name, phrase in named.items():
            for form, text in (phrase if isinstance(phrase, dict) else {"": phrase}).items():
                yield (section, name, form), text


def keys(language):
    return {(section, name) for (section, name, _), _ in every(language)}


def counting(language):
    return [
        (section, name)
        for section, named in of_file(language).items()
        for name, phrase in named.items()
        if isinstance(phrase, dict)
    ]


def test_the_languages_promised_have_a_file_and_portugal_one_of_its_own():
    assert (*ISSUED[:-1], "pt-pt", "sv") == languages()


@pytest.mark.parametrize("language", ISSUED)
def test_a_language_has_every_phrase_and_none_besides(language):
    assert keys(language) == keys(ENGLISH)


@pytest.mark.parametrize("region", [code for code in languages() if "-" in code])
def test_a_region_says_only_what_its_language_says_otherwise(region):
    language = dict(every(region.partition("-")[0]))

    assert set() == {place for place, text in every(region) if language[place] == text}


@pytest.mark.parametrize("language", languages())
def test_a_file_passes_what_a_show_s_own_phrases_must(language):
    check_own({language: of_file(language)})


@pytest.mark.parametrize("language", ISSUED)
def test_every_form_that_whole_numbers_take_is_there(language):
    forms = {plural_form(language, count) for count in range(1000)} | {"other"}

    assert dict.fromkeys(counting(ENGLISH), forms) == {
        (section, name): set(of_file(language)[section][name])
        for section, name in counting(language)
    }


@pytest.mark.parametrize("language", languages())
def test_no_phrase_has_spaces_around_it(language):
    assert [] == [place for place, phrase in every(language) if phrase.strip() != phrase]


@pytest.mark.parametrize("language", [code for code in ISSUED if code != ENGLISH])
def test_a_language_does_not_repeat_english(language):
    """But for words that are the same in both, as `Podcast`, and phrases of nothing but braces."""
    english = dict(every(ENGLISH))

    same = [text for place, text in every(language) if english.get(place) == text]

    assert [] == [text for text in same if len(BRACES.sub("", text).split()) > 1]


def test_a_template_can_ask_for_every_phrase_by_its_name():
    """A template looks for an attribute first, so no phrase has the name of a method."""
    assert set() == {name for _, name in keys(ENGLISH)} & set(dir(Section))


COUNTED = {
    "en": "0 episodes|1 episode|2 episodes|3 episodes|5 episodes|11 episodes|100 episodes",
    "de": "0 Folgen|1 Folge|2 Folgen|3 Folgen|5 Folgen|11 Folgen|100 Folgen",
    "fr": "0 épisode|1 épisode|2 épisodes|3 épisodes|5 épisodes|11 épisodes|100 épisodes",
    "es": "0 episodios|1 episodio|2 episodios|3 episodios|5 episodios|11 episodios|100 episodios",
    "it": "0 episodi|1 episodio|2 episodi|3 episodi|5 episodi|11 episodi|100 episodi",
    "nl": "0 afleveringen|1 aflevering|2 afleveringen|3 afleveringen|5 afleveringen"
    "|11 afleveringen|100 afleveringen",
    "pt": "0 episódio|1 episódio|2 episódios|3 episódios|5 episódios|11 episódios|100 episódios",
    "pt-pt": "0 episódios|1 episódio|2 episódios|3 episódios|5 episódios|11 episódios|100 episódios",
    "pl": "0 odcinków|1 odcinek|2 odcinki|3 odcinki|5 odcinków|11 odcinków|100 odcinków",
    "sv": "0 avsnitt|1 avsnitt|2 avsnitt|3 avsnitt|5 avsnitt|11 avsnitt|100 avsnitt",
    "ar": "لا حلقات|حلقة واحدة|حلقتان|3 حلقات|5 حلقات|11 حلقة|100 حلقة",
}


@pytest.mark.parametrize("language", COUNTED)
def test_things_are_counted_in_the_right_form(language):
    say = phrases(language, "show", {})

    counted = [say.counted("episodes", count) for count in (0, 1, 2, 3, 5, 11, 100)]

    assert COUNTED[language].split("|") == counted


@pytest.mark.parametrize("count", [22, 104, 1003])
def test_polish_goes_by_the_last_digits(count):
    assert phrases("pl", "show", {}).counted("episodes", count).endswith("odcinki")


@pytest.mark.parametrize(
    ("language", "day", "size", "thousands"),
    [
        ("en", "2 March 2026", "6.6 MB", "12,345"),
        ("en-us", "March 2, 2026", "6.6 MB", "12,345"),
        ("de", "2. März 2026", "6,6 MB", "12.345"),
        ("fr", "2 mars 2026", "6,6 Mo", "12 345"),
        ("es", "2 de marzo de 2026", "6,6 MB", "12.345"),
        ("it", "2 marzo 2026", "6,6 MB", "12.345"),
        ("nl", "2 maart 2026", "6,6 MB", "12.345"),
        ("pt-br", "2 de março de 2026", "6,6 MB", "12.345"),
        ("pl", "2 marca 2026", "6,6 MB", "12 345"),
        ("sv", "2 mars 2026", "6,6 MB", "12 345"),
        ("ar", "2 مارس 2026", "6.6 م.ب", "12,345"),
        ("cy", "2 Mawrth 2026", "6.6 MB", "12,345"),
        ("zz", "2 March 2026", "6.6 MB", "12,345"),
    ],
)
def test_days_sizes_and_numbers_are_written_as_the_language_does(language, day, size, thousands):
    said = (
        long_date(date(2026, 3, 2), language),
        megabytes(6_600_000, language),
        number(12_345, language),
    )

    assert (day, size, thousands) == tuple(re.sub(r"\s", " ", text) for text in said)


def test_a_region_speaks_as_its_language_but_where_it_says_otherwise():
    brazil, portugal = (phrases(code, "episode", {}) for code in ("pt-br", "pt-pt"))

    assert "Baixar ({size})" == brazil["download"]
    assert "Descarregar ({size})" == portugal["download"]
    assert "Transcrição" == brazil["transcript"] == portugal["transcript"]
    assert "Geschrieben von" == phrases("de-at", "notes", {})["written_by"]


def test_a_language_without_a_file_is_answered_in_english_and_counted_as_english_does():
    """Welsh has a form of its own for two; an English phrase has not."""
    assert "Play" == phrases("cy", "player", {})["play"]
    assert "2 episodes" == phrases("cy", "show", {}).counted("episodes", 2)
    assert ("en", "de-at", "en-gb") == tuple(speaks(code, {}) for code in ("cy", "de-at", "en-gb"))


OWN = """
[phrases.de]
player.play = "Los"
show.episodes = { one = "Ein Stück", other = "{count} Stücke" }

[phrases.cy]
player.play = "Chwarae"
"""


@pytest.fixture
def read(tmp_path):
    """Read a show.toml with more at its end."""

    def read(more):
        (tmp_path / "show.toml").write_text(f"{show_toml(show())}\n{more}", encoding="utf-8")
        return read_show(tmp_path)

    return read


def test_a_show_changes_phrases_and_adds_a_language(read):
    own = read(OWN).phrases

    assert "Los" == phrases("de-ch", "player", own)["play"]
    assert "Anhalten" == phrases("de", "player", own)["pause"]
    assert "Ein Stück" == phrases("de", "show", own).counted("episodes", 1)
    assert "Chwarae" == phrases("cy", "player", own)["play"]
    assert "Pause" == phrases("cy", "player", own)["pause"]
    assert "cy" == speaks("cy", own)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('[phrases.DE]\nplayer.play = "x"', "[phrases.DE] must be [phrases.de]"),
        ('[phrases.klingon]\nplayer.play = "x"', "'klingon' is not a language code"),
        ('[phrases]\nde = "x"', "[phrases.de] must be a table"),
        ('[phrases.de]\nplayer = "x"', "[phrases.de.player] must be a table"),
        ('[phrases.de]\nplyer.play = "x"', "did you mean 'player'?"),
        ('[phrases.de]\nplayer.paly = "x"', "player.paly: there is no phrase 'paly'; did you mean"),
        ("[phrases.de]\nplayer.play = 3", "[phrases.de] player.play must be a text"),
        ('[phrases.de]\nplayer.play = " "', "player.play must be a text"),
        ('[phrases.de]\nplayer.play = "a\\nb"', "must be one line"),
        (f'[phrases.de]\nplayer.play = "{"x" * 301}"', "not be longer than 300 characters"),
        ('[phrases.de]\nplayer.play = "{time}"', "must hold no braces"),
        ('[phrases.de]\nplayer.resume = "Weiter"', "must hold {time}"),
        ('[phrases.de]\nplayer.resume = "{time.__class__}"', "braces only around a name"),
        ('[phrases.de]\nplayer.position_of = "{time} {tiem}"', "must hold {length} and {time}"),
        ('[phrases.de]\nshow.episodes = "{count} Folgen"', "a table of plural forms"),
        ('[phrases.de]\nshow.episodes = { one = "Eine" }', "at least 'other'"),
        ('[phrases.de]\nshow.episodes = { other = "Viele" }', "must hold {count}"),
        ('[phrases.de]\nshow.episodes = { other = "{count}", on = "1" }', "did you mean 'one'?"),
    ],
)
def test_a_phrase_that_cannot_be_used_is_one_line_with_its_place(read, wrong, told):
    with pytest.raises(SettingsError) as refused:
        read(wrong)

    assert told in str(refused.value)
    assert str(refused.value).startswith("show.toml: ")
    assert "\n" not in str(refused.value)
    assert 2 == refused.value.exit_code


IN_FEEDS_AND_TAGS = {
    "en": "Read the column|Story date|Mentioned|by|Notes|Written by|Read by|Written and read by"
    "|Subscribe to",
    "de": "Die Kolumne lesen|Datum der Geschichte|Erwähnt|von|Anmerkungen|Geschrieben von"
    "|Gelesen von|Geschrieben und gelesen von|Abonnieren:",
    "fr": "Lire la chronique|Date du récit|Cité dans la chronique|de|Notes|Écrit par|Lu par"
    "|Écrit et lu par|S’abonner :",
    "es": "Leer la columna|Fecha de la historia|Se menciona|de|Notas|Escrito por|Leído por"
    "|Escrito y leído por|Suscribirse:",
}


@pytest.mark.parametrize("language", IN_FEEDS_AND_TAGS)
def test_phrases_of_the_notes_stay_since_audio_has_a_new_name_when_they_change(language):
    assert IN_FEEDS_AND_TAGS[language].split("|") == list(of_file(language)["notes"].values())
