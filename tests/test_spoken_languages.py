"""Languages that read along: what their files must hold, how numbers are said, whose text it is."""

import json
import re
from pathlib import Path

import pytest

from columncast.audio.align.door import align, model_of
from columncast.audio.align.languages.book import codes, known, measured, sounds
from columncast.audio.align.languages.recognise import doubts
from columncast.audio.align.search import acoustics
from columncast.audio.align.text.letters import said_by
from columncast.audio.align.text.ruled import ruled
from columncast.audio.align.text.spoken import slots
from columncast.episodes.model.alignment import Unit
from columncast.episodes.text.sentences import split_sentences

SAMPLES = Path(__file__).parent / "data" / "spoken"
RULED = [code for code in codes() if code != "en"]
each_language = pytest.mark.parametrize("code", RULED)


def said(code, text, **names):
    """Return every way of saying *text* as one line each."""
    ways = [""]
    for slot in slots(text.split(), ruled(code), names):
        ways = [f"{way} {' '.join(r)}".strip() for way in ways for r in slot.readings]
    return ways


def test_nine_languages_read_along():
    nine = {"de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv"}

    assert nine == set(codes()) == {code for code in codes() if measured(code)}
    assert not measured("da")


@each_language
def test_every_letter_of_an_alphabet_has_a_sound(code):
    told = known(code)
    open_vowel = said_by(told.letters, "a", told.vowels)

    mute = [c for c in told.alphabet if said_by(told.letters, c + "a", told.vowels) == open_vowel]

    assert set(mute) <= set("ahàáâä")


@each_language
def test_every_sound_of_a_language_is_made_of_english_ones(code):
    phones = acoustics.english().phones

    for name in ruled(code).inventory():
        for third in sounds()[name]:
            for state in third.split():
                assert state[:-1] in phones, (name, state)
                assert state[-1] in "012", (name, state)


def test_no_sound_is_listed_that_no_language_has():
    used = {name for code in RULED for name in ruled(code).inventory()}

    assert used == set(sounds())


@each_language
def test_the_posteriors_of_a_frame_are_shared_out_among_the_sounds_of_the_language(code):
    model = model_of(code)
    features = acoustics.np.zeros((3, 39), "f4")

    posteriors = model.log_posteriors(features)

    assert (3, 3 * len(model.phones)) == posteriors.shape
    assert (posteriors <= 1e-3).all()


@each_language
def test_a_letter_by_its_name_has_a_sound(code):
    tongue = ruled(code)

    for letter in known(code).alphabet:
        (spelled, *_) = tongue.readings(f"{letter.upper()}.", "", "") or [(letter,)]
        assert all(tongue.phones(word, "") for word in spelled), letter


@each_language
def test_what_is_said_for_an_abbreviation_has_sounds(code):
    told, tongue = known(code), ruled(code)

    for ways in (*told.abbreviations.values(), *told.units.values(), told.figures.currencies["€"]):
        assert all(tongue.phones(word, "") for way in ways for word in way.split())


@each_language
def test_the_impostor_is_prose_of_the_language(code):
    text = known(code).impostor

    assert len(text.split()) > 300
    assert not doubts(text, code)
    assert not re.search(r"\d", text)


@each_language
def test_an_abbreviation_ends_no_sentence(code):
    ends = {"etc.", "usw.", "itd.", "itp.", "osv.", "enz.", "ecc.", "kr."}

    for short in known(code).abbreviations:
        if short.endswith(".") and short not in ends and len(short) > 2:
            text = f"Anna {short} 5 Berlin."
            assert [text] == split_sentences(text, code), short


@each_language
def test_every_number_and_year_has_words_that_have_sounds(code):
    tongue = ruled(code)
    numbers = [*range(101), *range(101, 2101, 37)]
    words = {word for n in numbers for way in tongue.readings(str(n), "", "") for word in way}

    assert all(tongue.readings(str(n), "", "") for n in numbers)
    assert all(tongue.phones(word, "") for word in words)


@pytest.mark.parametrize(
    ("code", "written", "spoken"),
    [
        ("de", "1957", "neun zehn hundert sieben und fünfzig"),
        ("de", "2003", "zwei tausend drei"),
        ("de", "am 21. Juli", "am ein und zwanzigsten juli"),
        ("de", "Ludwig XIV.", "ludwig der vier zehnte"),
        ("de", "Friedrichs II.", "friedrichs des zweiten"),
        ("de", "19:30 Uhr", "neun zehn uhr dreissig uhr"),
        ("de", "8,50 Euro", "acht euro fünfzig"),
        ("de", "2,4 Millionen", "zwei komma vier millionen"),
        ("de", "48 kg", "acht und vierzig kilo"),
        ("de", "z. B.", "zum beispiel"),
        ("de", "12 %", "zwölf prozent"),
        ("de", "1.240 Pfeifen", "tausend zwei hundert vierzig pfeifen"),
        ("de", "J. S. Bach", "jott ess bach"),
        ("de", "10–15", "zehn bis fünf zehn"),
        ("de", "3.10.1990", "dritte oktober neun zehn hundert neunzig"),
        ("fr", "1957", "mille neuf cent cinquante sept"),
        ("fr", "1957", "dix neuf cent cinquante sept"),
        ("fr", "le 1er mai", "le premier mai"),
        ("fr", "19 h 30", "dix neuf heures trente"),
        ("fr", "6h45", "six heures quarante cinq"),
        ("fr", "Louis XIV", "louis quatorze"),
        ("fr", "le XIXe siècle", "le dix neuvième siècle"),
        ("fr", "340 000 habitants", "trois cent quarante mille habitants"),
        ("fr", "8,50 €", "huit euros cinquante"),
        ("fr", "M. Dupont", "monsieur dupont"),
        ("fr", "p. ex.", "par exemple"),
        ("es", "1957", "mil novecientos cincuenta y siete"),
        ("es", "18:30", "seis y media"),
        ("es", "21 casas", "veintiuna casas"),
        ("es", "el siglo XIX", "el siglo diecinueve"),
        ("es", "Felipe II", "felipe segundo"),
        ("es", "2,50 euros", "dos euros con cincuenta"),
        ("es", "la Sra. Gil", "la señora gil"),
        ("es", "EE. UU.", "estados unidos"),
        ("pt", "1957", "mil novecentos e cinquenta e sete"),
        ("pt", "9h15", "nove e quinze"),
        ("pt", "João V", "joão quinto"),
        ("pt", "16 anos", "dezasseis anos"),
        ("pt", "16 anos", "dezesseis anos"),
        ("pt", "22 casas", "vinte e duas casas"),
        ("pt", "R$ 3,50", "três reais e cinquenta"),
        ("pl", "w 1957 roku", "w tysiąc dziewięćset pięćdziesiątym siódmym roku"),
        ("pl", "17 maja", "siedemnastego maja"),
        ("pl", "w XIX wieku", "w dziewiętnastym wieku"),
        ("pl", "o 20:15", "o dwudziestej piętnaście"),
        ("pl", "2,4 litra", "dwa i cztery dziesiąte litra"),
        ("pl", "np. dr Nowak", "na przykład doktor nowak"),
        ("sv", "1903", "nitton hundra tre"),
        ("sv", "den 6 juni", "den sjätte juni"),
        ("sv", "Karl XV", "karl den femtonde"),
        ("sv", "kl. 7.40", "klockan sju förtio"),
        ("sv", "t.ex. 4,7", "till exempel fyra komma sju"),
        ("it", "1957", "millenovecentocinquantasette"),
        ("it", "7:30", "sette e mezza"),
        ("it", "Sisto IV", "sisto quarto"),
        ("it", "6,50 euro", "sei euro e cinquanta"),
        ("it", "la dott.ssa Bruni", "la dottoressa bruni"),
        ("it", "il 1º giugno", "il primo giugno"),
        ("nl", "1957", "negentien zeven en vijftig"),
        ("nl", "om 8.15 uur", "om acht uur vijftien uur"),
        ("nl", "Willem II", "willem de tweede"),
        ("nl", "€ 3,50", "drie euro vijftig"),
        ("nl", "80.000 euro", "tachtig duizend euro"),
        ("nl", "bijv. dr. Bos", "bijvoorbeeld dokter bos"),
    ],
)
def test_what_is_written_is_said_in_a_usual_way(code, written, spoken):
    assert spoken in said(code, written)


def test_a_name_is_said_as_the_show_respells_it_by_the_letters_of_the_language():
    assert ["dschoh enn lai"] == said("de", "Zhou Enlai", **{"Zhou Enlai": "dschoh enn-lai"})


@pytest.mark.parametrize(
    ("code", "word", "sounds_of"),
    [
        ("de", "Großmutter", "g R O s m U t 6"),
        ("de", "Nächte", "n E C t @"),
        ("fr", "l'hôtel", "l o t E l"),
        ("fr", "montagne", "m O~ t a J"),
        ("es", "guitarra", "g i t a r a"),
        ("es", "cigüeña", "T i g w e J a"),
        ("pt", "manhã", "m a J A~"),
        ("pl", "szczęście", "S tS E~ C tS E"),
        ("sv", "stjärna", "x E r n a"),
        ("it", "famiglia", "f a m i L a"),
        ("it", "chiesa", "k j E z a"),
        ("nl", "schuit", "s x 9y t"),
    ],
)
def test_letters_sound_as_in_the_language(code, word, sounds_of):
    assert sounds_of in [" ".join(way) for way in ruled(code).phones(word, "")]


def test_a_french_word_is_bound_to_the_vowel_after_it():
    bound = ("p t i t", "p @ t i t")

    assert any(" ".join(way) in bound for way in ruled("fr").phones("petit", "ami"))
    assert not any(" ".join(way) in bound for way in ruled("fr").phones("petit", "roi"))


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        (
            "de",
            ["Am 21. Juli kam Dr. Abel.", "„Wer da?“, rief er.", "„Niemand.“", "Z. B. die Katze."],
        ),
        ("de", ["Ludwig XIV. Bourbon schlief.", "Er wurde 21.", "Dann ging er."]),
        ("de", ["»Komm!«, rief sie.", "»Wohin?«", "Es war der 3. Oktober."]),
        (
            "fr",
            [
                "« Où va-t-il ? » demanda M. Petit.",
                "« Nulle part ! »",
                "Il rit, p. ex. de Mme Roy.",
            ],
        ),
        ("es", ["¿Quién es?", "¡Nadie!", "La Sra. Gil vive en EE. UU. desde 1990."]),
        ("pt", ["A Dra. Ana riu.", "«Quem é?»", "O Sr. Silva, p. ex., não."]),
        ("pl", ["„Kto tam?”", "Nikt, np. Jan, nie odpowiedział.", "Był to prof. Nowak."]),
        ("sv", ["”Vem där?”", "Ingen, t.ex. Anna, visste.", "Det var prof. Berg."]),
        ("it", ["«Chi è?»", "Il sig. Rossi e la dott.ssa Bo risero.", "Erano le 5."]),
        ("nl", ["‘Wie daar?’", "Niemand, bijv. Jan, wist het.", "Dat was prof. Bos."]),
    ],
)
def test_sentences_end_where_they_do_in_the_language(code, sentences):
    assert sentences == split_sentences(" ".join(sentences), code)


FOREIGN = {
    "Danish": "Det var en aften i november, og jeg gik ned til havnen for at se, om der var kommet "
    "nogen. Men der var ikke et eneste skib, og vandet lå stille og sort under lygterne.",
    "Norwegian": "Det var en kveld i november, og jeg gikk ned til havna for å se om det hadde kommet "
    "noen. Men det var ikke et eneste skip der, og vannet lå stille og svart under lyktene.",
    "Catalan": "Era un vespre de novembre i jo havia baixat al port per veure si havia arribat algú. "
    "Però no hi havia cap vaixell, i l'aigua era quieta i negra sota els fanals.",
    "Czech": "Byl listopadový večer a šel jsem dolů do přístavu, abych se podíval, jestli už někdo "
    "přijel. Ale nebyla tam ani jedna loď a voda byla tichá a černá pod lampami, které se kývaly.",
    "Romanian": "Era o seară de noiembrie și am coborât în port ca să văd dacă a venit cineva. Dar nu "
    "era niciun vapor, iar apa era liniștită și neagră sub felinarele care se legănau în vânt.",
    "Hungarian": "Novemberi este volt, és lementem a kikötőbe, hogy megnézzem, jött-e már valaki. De "
    "nem volt ott egy hajó sem, és a víz csendes volt és fekete a lámpák alatt, mint a szurok.",
    "Finnish": "Oli marraskuun ilta, ja kävelin alas satamaan katsomaan, oliko joku jo tullut. Mutta "
    "siellä ei ollut yhtään laivaa, ja vesi oli tyyni ja musta, kun hän katsoi sitä.",
}


@pytest.mark.parametrize("code", codes())
def test_a_text_in_another_language_is_recognised(code):
    """
    A Danish reading laid by English sounds was "ok", with every time wrong.
    """
    for name, text in FOREIGN.items():
        assert f"reads as {name}" in doubts(text, code), name
    for other in codes():
        paragraphs = known(other).impostor.strip().split("\n\n")
        taken = [p for p in paragraphs if not doubts(p, code)]
        assert taken == (paragraphs if other == code else [])


def test_a_language_that_nobody_listed_is_not_taken_for_another():
    tagalog = (
        "Ang mga bata ay naglalaro sa labas ng bahay habang ang kanilang ina ay nagluluto ng hapunan sa "
        "kusina. Mainit ang gabi at maraming tao ang naglalakad sa tabi ng dagat upang makinig ng "
        "musika. Isang matandang lalaki ang umupo sa bangko at nagkuwento tungkol sa kanyang kabataan, "
        "noong wala pang ilaw sa nayon at ang mga tao ay natutulog pagkalubog ng araw."
    )

    for code in codes():
        assert f"does not read as {known(code).name}" in doubts(tagalog, code)


@pytest.mark.parametrize(
    "text",
    [
        "Вечером я спустился в гавань посмотреть, не пришёл ли кто.",
        "في المساء نزلت إلى الميناء لأرى إن كان أحد قد وصل.",
        "夜になって港に下りてみたが、船は一艘もなかった。",
        "Wieczorem, jak pisał Толстой в письме к другу своему, padał śnieg.",
    ],
)
def test_another_script_is_not_laid(text):
    assert "letters of" in doubts(text, "pl")


def test_a_few_words_tell_no_language():
    assert not doubts("Entrée, plat, dessert.", "en")


def test_a_list_of_names_and_a_poem_are_still_english():
    names = "Lindqvist, Szymborek, Kervella, Beltrán, Falcão, Trzciński, Hoareau, Özdemir, " * 3

    assert not doubts(f"{names} and the others came to the table of the mayor, who was late.", "en")


def test_the_text_of_another_language_is_refused_before_anything_is_decoded(tmp_path):
    found = align(tmp_path / "not there", [Unit(FOREIGN["Danish"])], language="en")

    assert "other-language" == found.verdict
    assert "Danish" in found.message


@each_language
def test_a_reading_is_laid_beside_its_text(code):
    """
    The samples were spoken by espeak-ng, whose sentences begin where the file says.
    """
    told = json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8"))[code]
    left_out = known(code).impostor.strip().partition(".")[0] + "."
    texts = [told["sentences"][0], " ".join(left_out.split()), told["sentences"][1]]

    found = align(SAMPLES / f"{code}.opus", [Unit(" ".join(texts))], language=code)

    assert "ok" == found.verdict
    assert ["read", "missing", "read"] == [s.status for s in found.sentences]
    starts = [s.start_s for s in found.sentences if s.start_s is not None]
    assert told["starts_s"] == pytest.approx(starts, abs=0.12)


@pytest.mark.parametrize(
    ("tag", "like"), [("pt-BR", "pt"), ("de_AT", "de"), ("es-419", "es"), ("fr-CA", "fr")]
)
def test_a_region_is_laid_as_its_language(tag, like):
    assert measured(tag)
    assert measured(like)
    assert split_sentences("Anna. Dr. Bo.", tag) == split_sentences("Anna. Dr. Bo.", like)
