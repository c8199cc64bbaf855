"""The phrases that listeners see: one file a language, and English for what a file lacks."""

import re
from collections.abc import Mapping

import pytest

from columncast.episodes.phrases.book import ENGLISH, languages, of_file, phrases

BRACES = re.compile(r"\{(\w+)\}")


def every(language):
    for section, named in of_file(language).items():
        for name, phrase in named.items():
            yield section, name, phrase


def test_english_is_among_the_languages():
    assert ENGLISH in languages()


@pytest.mark.parametrize("language", languages())
def test_a_language_has_no_phrase_that_english_lacks(language):
    english = {(section, name) for section, name, _ in every(ENGLISH)}

    assert {(section, name) for section, name, _ in every(language)} <= english


@pytest.mark.parametrize("language", languages())
def test_a_translation_fills_in_what_english_does(language):
    for section, name, phrase in every(language):
        english = phrases(ENGLISH, section)[name]
        assert sorted(BRACES.findall(english)) == sorted(BRACES.findall(phrase)), name


@pytest.mark.parametrize("language", languages())
def test_no_phrase_is_empty_or_has_spaces_around_it(language):
    assert [] == [
        name for _, name, phrase in every(language) if phrase.strip() != phrase or not phrase
    ]


def test_a_template_can_ask_for_every_phrase_by_its_name():
    """A template looks for an attribute first, so no phrase has the name of a method."""
    names = {name for _, name, _ in every(ENGLISH)}

    assert set() == names & set(dir(Mapping))


def test_what_a_language_lacks_is_said_in_english():
    assert "Play" == phrases("tlh", "player")["play"]
    assert "Geschrieben von" == phrases("de-at", "notes")["written_by"]
