"""A recording whose times are known is laid beside its text.

tests/data/align holds 80 seconds of speech made by a synthesiser, with a jingle, a retake, an
ad-lib and two sentences left out; truth.json has the times.
"""

import importlib.util
import itertools
import json
import wave
from pathlib import Path

import numpy as np
import pytest

from columncast.audio.align.door import align, clauses_of
from columncast.audio.align.method import available
from columncast.audio.align.search import acoustics, windows
from columncast.audio.align.search.features import cepstra, spectra
from columncast.audio.align.search.lattice import build
from columncast.audio.align.search.outline import pieces
from columncast.audio.align.search.viterbi import best_path, scored
from columncast.audio.ffmpeg.process import decode
from columncast.episodes.errors import RecordingError, UsageError
from columncast.episodes.model.alignment import Aside, Unit, report
from columncast.episodes.narration.check import narration_notices
from columncast.episodes.text.sentences import split_sentences

DATA = Path(__file__).parent / "data" / "align"
AUDIO = DATA / "audio.opus"
RATE_HZ = 16_000


def units_of(text):
    blocks = text.strip().split("\n\n")
    return [Unit(b.lstrip("# "), b.startswith("#"), i) for i, b in enumerate(blocks)]


UNITS = units_of((DATA / "text.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def truth():
    return json.loads((DATA / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def told():
    """What `progress` was told while `aligned` was made."""
    return []


@pytest.fixture(scope="module")
def aligned(told):
    return align(AUDIO, UNITS, progress=told.append)


@pytest.fixture(scope="module")
def opening(samples, tmp_path_factory):
    """The first 24 seconds: a jingle, the title, and the first paragraph."""
    return wav(tmp_path_factory.mktemp("opening") / "opening.wav", samples[: 24 * RATE_HZ])


@pytest.fixture(scope="module")
def begun(opening):
    """What is found of the title and the first paragraph."""
    return align(opening, UNITS[:2])


@pytest.fixture(scope="module")
def samples():
    return np.frombuffer(b"".join(decode(AUDIO, sample_rate_hz=RATE_HZ, channels=1)), "<i2")


def wav(path, samples):
    with wave.open(str(path), "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(RATE_HZ)
        f.writeframes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())
    return path


def test_every_sentence_starts_when_it_is_spoken(aligned, truth):
    read = {s["text"]: s["start"] for s in truth["sentences"] if s["status"] == "read"}

    found = {s.text: s.start_s for s in aligned.sentences if s.status == "read"}

    assert read.keys() == found.keys()
    errors = sorted(abs(found[text] - read[text]) for text in read)
    assert errors[len(errors) // 2] < 0.025
    assert errors[-1] < 0.15


def test_words_follow_one_another_inside_their_sentence(aligned):
    for sentence in aligned.spoken:
        times = [t for w in sentence.words for t in (w.start_s, w.end_s)]

        assert None not in times
        assert times == sorted(times)
        assert (sentence.start_s, sentence.end_s) == (times[0], times[-1])


def test_texts_are_exactly_those_of_the_column(aligned):
    joined = " ".join(s.text for s in aligned.sentences)

    assert joined == " ".join(unit.text for unit in UNITS)
    assert all(s.text == " ".join(w.text for w in s.words) for s in aligned.sentences)


def test_what_was_not_read_is_missing(aligned, truth):
    omitted = [s["text"] for s in truth["sentences"] if s["status"] == "missing"]

    assert omitted == [s.text for s in aligned.sentences if s.status == "missing"]


def test_what_is_not_in_the_column_is_found(aligned, truth):
    named = {"adlib": "ad-lib"}
    for extra in truth["extras"]:
        inside = [
            e
            for e in aligned.extras
            if min(e.end_s, extra["end"]) - max(e.start_s, extra["start"])
            > 0.5 * (e.end_s - e.start_s)
        ]

        # Music may be called by its place; it is never something said.
        expected = (
            ("jingle", "intro", "outro")
            if extra["kind"] == "jingle"
            else ((named.get(extra["kind"], extra["kind"]),))
        )
        assert 1 == len(inside)
        assert inside[0].kind in expected
    assert len(aligned.extras) == len(truth["extras"])


def silenced(samples, *, under):
    """Return *samples* as a noise gate leaves them: nothing at all where they are softer."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160).astype(float)
    level = np.sqrt((frames**2).mean(1))
    return (frames * (level > under)[:, None]).astype("<i2").ravel()


@pytest.mark.parametrize("made", ["by a gate", "in a noisy room"])
def test_digital_silence_is_not_where_the_noise_is_measured(samples, tmp_path, aligned, made):
    """
    Beside it the noise of a room seems loud; that made up to ten lines of what nobody said.
    """
    nothing = np.zeros(RATE_HZ * 15, "<i2")
    half = 24 * RATE_HZ  # in a pause
    noise = np.random.default_rng(1).normal(0, 30, len(samples)).astype("<i2")
    sound = {
        "by a gate": [silenced(samples, under=100)],
        "in a noisy room": [nothing, samples[:half], nothing, (samples + noise)[half:], nothing],
    }[made]

    found = align(wav(tmp_path / "take.wav", np.concatenate(sound)), UNITS)

    assert len(narration_notices(aligned)) >= len(narration_notices(found))
    assert [s.status for s in aligned.sentences] == [s.status for s in found.sentences]


def burst(kind, seed):
    """Return a noise as people make them between sentences, at the level of a soft voice."""
    noise = np.random.default_rng(seed)
    seconds, low_hz, high_hz = {"breath": (0.6, 700, 5000), "page": (1.2, 1000, 7500),
                                "hiss": (2.0, 60, 7800), "click": (0.9, 60, 7800)}[kind]  # fmt: skip
    n = int(seconds * RATE_HZ)
    spectrum = np.fft.rfft(noise.standard_normal(n))
    hz = np.fft.rfftfreq(n, 1 / RATE_HZ)
    spectrum[(hz < low_hz) | (hz > high_hz)] = 0
    sound, t = np.fft.irfft(spectrum, n), np.arange(n) / n
    shape = {
        "breath": np.minimum(1, t / 0.7) * np.minimum(1, (1 - t) / 0.1),
        "page": np.repeat(noise.exponential(1, 24), -(-n // 24))[:n],
        "hiss": np.full(n, 0.3),
        "click": (np.arange(n) % (n // 3) < 200) * 4.0,
    }[kind]
    return sound / sound.std() * shape * 350


def test_only_voices_say_something(samples, truth, tmp_path, aligned):
    """
    Breaths, pages, hiss and clicks between sentences are not in the column, but they say nothing.
    """
    pieces, last = [], 0
    read = [s["end"] for s in truth["sentences"] if s["status"] == "read"]
    kinds = itertools.cycle(["breath", "page", "hiss", "click"])
    for number, (end, kind) in enumerate(zip(read[:-1], kinds, strict=False)):
        cut = int((end + 0.09) * RATE_HZ)
        quiet = np.zeros(RATE_HZ // 5)
        pieces += [samples[last:cut], quiet, burst(kind, number), quiet]
        last = cut

    found = align(wav(tmp_path / "take.wav", np.concatenate([*pieces, samples[last:]])), UNITS)

    assert [s.status for s in aligned.sentences] == [s.status for s in found.sentences]
    assert [e.kind for e in aligned.extras] == [e.kind for e in found.extras]


def test_a_soft_voice_says_something(samples, truth, tmp_path, aligned):
    told = next(e for e in truth["extras"] if e["kind"] == "adlib")
    soft = samples.astype(float)
    soft[int(told["start"] * RATE_HZ) : int(told["end"] * RATE_HZ)] *= 10 ** (-16 / 20)

    found = align(wav(tmp_path / "take.wav", soft), UNITS)

    assert [e.kind for e in aligned.extras] == [e.kind for e in found.extras]


def test_an_extra_knows_the_sentence_before_it(aligned):
    for extra in aligned.extras:
        before = [
            i for i, s in enumerate(aligned.sentences) if s.end_s and s.end_s <= extra.start_s
        ]

        assert extra.after == max(before, default=-1)


def test_chapters_come_from_the_headings(aligned):
    first, second = aligned.chapters

    assert (0.0, "The Weighing of Bells") == (first.start_s, first.title)
    heading = next(s for s in aligned.sentences if s.text == "A bell on the grass")
    assert (heading.start_s, heading.text) == (second.start_s, second.title)


def test_a_column_with_one_heading_has_no_chapters(begun):
    assert begun.chapters == ()


def test_a_table_need_not_be_read(opening):
    """
    Nor is it the column's fault that most of a long table is left to the page.
    """
    table = Aside("Year 1911 Boats thirty three Year 1912 Boats forty " * 8, paragraph=2)

    found = align(opening, [*UNITS[:2], table])

    assert "ok" == found.verdict
    assert {"missing"} == {s.status for s in found.sentences if s.optional}
    assert "1911" not in repr(narration_notices(found))


def test_what_of_a_table_is_read_is_no_speech_beyond_the_column(opening):
    found = align(opening, [UNITS[0], Aside(UNITS[1].text, paragraph=1)])

    assert "read" in {s.status for s in found.sentences if s.optional}
    assert "not-in-column" not in {notice.code for notice in narration_notices(found)}


def test_window_by_window_the_times_are_the_same(aligned, monkeypatch):
    """
    Three hours are aligned as forty seconds are here: in windows that meet at anchors.
    """
    monkeypatch.setattr(windows, "_WINDOW", 30 * windows.FRAMES_PER_S)
    monkeypatch.setattr(windows, "_OVERLAP", 6 * windows.FRAMES_PER_S)

    cut = align(AUDIO, UNITS)

    assert [s.status for s in aligned.sentences] == [s.status for s in cut.sentences]
    for whole, part in zip(aligned.spoken, cut.spoken, strict=True):
        assert whole.start_s == pytest.approx(part.start_s, abs=0.06)


def test_searched_piece_by_piece_the_path_is_the_best_one_through_the_whole(samples):
    """
    A recording is cut where two clauses were clearly read one after the other.
    """
    texts = [s for unit in UNITS for s in split_sentences(unit.text)]
    clauses, model = clauses_of(texts, "en", None), acoustics.english()
    sound = spectra([samples.astype(np.float32)])
    scores = scored(model.log_posteriors(cepstra(sound, 0, sound.frames, 0)), model)

    parts = pieces(scores, clauses, model, start=0, to_end=True)
    found = windows.found_in(windows.Window(scores, 0, clauses, 0, 0, last=True), model)

    lattice = build(clauses, model)
    assert len(parts) > 2
    assert windows.visits_of(best_path(scores, lattice), lattice, 0, 0) == found


def test_a_name_is_found_by_its_respelling(opening):
    """
    "Quernby" is written as a name that nobody could guess; the show says how it is read.
    """
    strange = [Unit(UNITS[1].text.replace("Quernby", "Wqrzsvx"), paragraph=1)]

    words = align(opening, strange, pronunciation={"Aldous Wqrzsvx": "alduss kwernby"})

    exact = align(opening, [UNITS[1]])
    assert words.sentences[0].status == "read"
    for respelled, written in zip(words.sentences[0].words, exact.sentences[0].words, strict=True):
        assert respelled.start_s == pytest.approx(written.start_s, abs=0.3)


OTHER = units_of(
    "A ferry leaves at nine on Sundays and comes back before dark, unless the wind is high.\n\n"
    "Nobody on the island keeps a clock. They look at the water, and they know.\n\n"
    "My uncle sold lamps there for forty years without ever learning to swim.\n\n"
    "In winter the post is thrown across the ice in a bag, and somebody runs for it."
)


@pytest.mark.parametrize("text", [OTHER, UNITS[3:]], ids=["another's", "the same author's"])
def test_another_text_is_refused(text, opening):
    found = align(opening, text)

    assert found.verdict == "not-this-text"
    assert "check that the two belong together" in found.message
    assert all(s.start_s is None for s in found.sentences)
    assert found.extras == found.chapters == ()


def test_a_text_of_which_a_part_is_read_is_this_text(opening):
    found = align(opening, [*UNITS[:2], *OTHER])

    assert "ok" == found.verdict
    assert {"missing"} == {s.status for s in found.sentences[-len(OTHER) :]}


def test_speech_that_drowns_is_said_to_be_too_noisy(samples, tmp_path):
    samples = samples[: 24 * RATE_HZ]
    loudness = np.sqrt(np.mean(samples.astype(float) ** 2))
    noise = np.random.default_rng(1).normal(0, 3 * loudness, len(samples))

    found = align(wav(tmp_path / "noisy.wav", samples + noise), UNITS[:2])

    assert found.verdict in ("too-noisy", "not-this-text")
    assert "no transcript is made" in found.message.lower()


@pytest.mark.parametrize("level", [0, 5])
def test_silence_and_hum_hold_no_text(level, tmp_path):
    t = np.arange(20 * RATE_HZ) / RATE_HZ

    found = align(wav(tmp_path / "hum.wav", level * 1000 * np.sin(2 * np.pi * 100 * t)), UNITS)

    assert found.verdict != "ok"


def test_a_text_without_words_is_refused(opening):
    assert align(opening, [Unit("— … —")]).verdict == "no-speech"


def test_a_language_that_was_not_measured_is_refused():
    found = align(AUDIO, UNITS, language="da")

    assert found.verdict == "language"
    assert "'da'" in found.message


def test_a_region_of_english_is_english(opening):
    assert align(opening, UNITS[:2], language="en-GB").verdict == "ok"


def test_words_of_other_scripts_stand_where_they_are_and_stop_nothing(opening):
    """
    They have no sounds that we know, so they have at most a guessed time; the others keep theirs.
    """
    foreign = "à la carte नमस्ते בְּרֵאשִׁית ẹ̀kọ́ 👩\u200d🚀 ² ʰ"
    title, paragraph = UNITS[:2]

    mixed = align(opening, [title, paragraph, Unit(foreign, paragraph=2)])

    assert "ok" == mixed.verdict
    assert "read" == mixed.sentences[1].status
    assert foreign.split() == [word.text for word in mixed.sentences[-1].words]


def test_progress_goes_from_nothing_to_all(aligned, told):
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_equal_input_gives_equal_output(opening, begun):
    assert align(opening, UNITS[:2]) == begun


def test_each_line_of_a_list_is_a_sentence_of_its_own(opening):
    found = align(opening, [Unit("The Weighing of Bells\nIn the spring of 1823")])

    assert ["The Weighing of Bells", "In the spring of 1823"] == [s.text for s in found.sentences]


def test_the_report_holds_what_scripts_rely_on(aligned):
    told = json.loads(json.dumps(report(aligned)))

    assert {"sentences", "extras", "chapters", "verdict", "message"} == told.keys()
    assert {"text", "start_s", "end_s", "status", "band"} == told["sentences"][0].keys()
    assert {"start_s", "end_s", "kind"} == told["extras"][0].keys()
    assert {"start_s", "title"} == told["chapters"][0].keys()


def test_what_is_no_recording_is_said_in_one_line(tmp_path):
    path = tmp_path / "notes.wav"
    path.write_text("not a sound")

    with pytest.raises(RecordingError) as caught:
        align(path, UNITS)

    assert "\n" not in str(caught.value)


def test_without_the_library_it_says_how_to_get_it(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        acoustics.importlib.util, "find_spec", lambda n: None if n == "pocketsphinx" else find(n)
    )

    assert not available()
    with pytest.raises(UsageError, match="run: pip install pocketsphinx"):
        align(AUDIO, UNITS)
