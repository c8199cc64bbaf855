"""The show in numbers: totals, months, loudness, pace, silences, and what is out of target."""

from __future__ import annotations

import json
import re
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from builders import RATE_HZ, speech_like, write_wav
from feed_builders import enclosure, episode, loud, master, show

from columncast import publish
from columncast.audio.mastering.master import make_master
from columncast.episodes.building.ledger import Ledger
from columncast.episodes.building.records import record_file
from columncast.episodes.model.episode import Loudness, Silence
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import AudioSettings
from columncast.episodes.show.toml import change_facts, change_settings
from columncast.episodes.stats.as_json import as_json
from columncast.episodes.stats.figures import Gathered, figures_of, gather
from columncast.episodes.stats.statistics import statistics
from columncast.episodes.stats.text import lines

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WPM_150 = 1500
KEPT = {"master": None}


def one(week=1, *, days=0, minutes=10.0, words=WPM_150, other_audio=False, **mastered):
    """The figures of one episode, ten minutes long and on target where nothing else is said."""
    made = episode(
        week,
        published=datetime(2026, 1, 2, 6, tzinfo=UTC) + timedelta(days=days),
        enclosure=enclosure(duration_s=minutes * 60),
        word_count=words,
        master=None if "master" in mastered else master(**{"silences": ()} | mastered),
    )
    return figures_of(made, now=NOW, other_audio=other_audio)


def of(*figures, **rest):
    return statistics(show(), Gathered(figures=figures, **rest))


def text(stats, **how):
    return "\n".join(lines(stats, **how))


def heard(lufs, peak=-1.2):
    return Loudness(integrated_lufs=lufs, true_peak_dbtp=peak, range_lu=5)


def slugs(found):
    return [each.episode.slug for each in found]


# Totals and months


def test_a_show_without_an_episode_says_what_comes_next():
    assert ["No episodes yet. Next: columncast add RECORDING COLUMN"] == lines(of())


def test_a_show_that_was_never_built_is_sent_to_build():
    assert ["3 episodes not built yet. Next: columncast build"] == lines(of(not_built=3))


def test_one_episode_is_its_own_median_and_has_no_spread():
    stats = of(one(source=loud(-24.0)))

    assert -21.0 == stats.before_lufs.median  # a mono file's -24 is heard as -21
    assert 0.0 == stats.before_lufs.spread
    assert "Sound     10 min; median 10:00, longest 10:00 (week-1)" in lines(stats)
    assert "Target    1 of 1 are within 0.5 LU of it" in lines(stats)


def test_totals_count_what_is_published():
    soon = one(3, days=365, minutes=60)

    stats = of(one(1, minutes=20), one(2, days=7, minutes=40, words=6000), soon, retired=2)

    assert 3600 == stats.total_s
    assert 7500 == stats.word_count
    assert "Episodes  2 published, 1 scheduled, 2 retired" == lines(stats)[0]


def test_a_month_without_an_episode_is_there_and_empty():
    stats = of(one(1), one(2, days=10), one(3, days=64))

    assert [("2026-01", 2), ("2026-02", 0), ("2026-03", 1)] == [
        (f"{m.first_day:%Y-%m}", m.episodes) for m in stats.months
    ]
    assert "2026-02         0          0      0.0" in lines(stats)


def test_an_episode_counts_in_the_month_that_its_audience_saw():
    late = episode(published=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    zone = datetime.fromisoformat("2026-01-31T23:30+02:00").tzinfo

    stats = of(figures_of(late, now=NOW, zone=zone))

    assert [2] == [month.first_day.month for month in stats.months]


def test_older_years_are_one_line_each_unless_every_month_is_asked_for():
    weekly = [one(week, days=7 * week - 1400) for week in range(200)]

    short, whole = text(of(*weekly)), text(of(*weekly), every=True)

    assert re.search(r"^2023 +52 ", short, re.MULTILINE)
    assert "2025-01" in short
    assert "2024-12" not in short
    assert "2024-12" in whole


# Loudness


def test_the_spread_before_and_after_is_told_as_heard_from_two_speakers():
    sources = (-34.0, -24.0, -22.0)
    stats = of(*(one(i, days=i, source=loud(lufs)) for i, lufs in enumerate(sources)))

    assert "  before  median -21.0; nine of ten from -30.0 to -19.2: 10.8 LU apart" in lines(stats)
    assert "  after   median -16.0; nine of ten from -16.0 to -16.0: 0.0 LU apart" in lines(stats)


def test_a_stereo_file_is_heard_as_the_meter_reads_it():
    stats = of(one(channels=2, loudness=heard(-16)))

    assert (-16.0,) == stats.after_lufs.values
    assert () == stats.out_of_target


def test_boxes_stand_over_one_scale_with_the_target_marked():
    _, before, after, scale, *_ = lines(of(*(one(i, source=loud(-30.0 - i)) for i in range(3))))[5:]

    assert before.index("#") < after.index("#") == scale.index("^")


def test_audio_that_was_taken_over_is_counted_as_not_measured():
    stats = of(one(1), one(2, **KEPT))

    assert "          1 not measured: imported with their audio unchanged" in lines(stats)
    assert 1 == stats.looked_at


def test_a_show_of_taken_over_audio_has_no_loudness_and_no_target():
    stats = of(one(1, **KEPT), one(2, other_audio=True, **KEPT))

    assert "Loudness  2 not measured: imported with their audio unchanged" in lines(stats)
    assert "Target" not in text(stats)
    assert "Silences" not in text(stats)
    assert as_json(stats)["loudness"]["before_lufs"] is None


@pytest.mark.parametrize(
    ("reads", "how", "advice"),
    [
        (heard(-21.0), "2.0 LU too soft", "too peaky"),
        (heard(-18.2), "0.8 LU too loud", "once more"),
        (heard(-19.0, peak=-0.4), "peaks 0.6 dB over the ceiling", "bitrate"),
    ],
)
def test_an_episode_that_missed_is_named_with_what_to_do(reads, how, advice):
    said = text(of(one(1), one(2, days=7, loudness=reads)))

    assert "Target    1 of 2 are out of it" in said
    assert f"week-2  {how}" in said
    assert advice in said


@pytest.mark.parametrize("lufs", [-19.5, -18.5])
def test_half_a_unit_is_still_on_target(lufs):
    assert () == of(one(loudness=heard(lufs))).out_of_target


def test_the_farthest_off_comes_first():
    off = {1: -19.7, 2: -22.0, 3: -18.1}

    stats = of(*(one(week, loudness=heard(lufs)) for week, lufs in off.items()))

    assert ["week-2", "week-3", "week-1"] == slugs(stats.out_of_target)


def test_a_scheduled_episode_can_still_be_mended_so_it_is_named():
    stats = of(one(1), one(2, days=365, loudness=heard(-22.0)))

    assert "week-2 (scheduled)  3.0 LU too soft" in text(stats)
    assert (-16.0,) == stats.after_lufs.values


def test_what_was_made_with_other_settings_asks_for_a_build_and_is_not_listed_by_the_thousand():
    stats = of(*(one(week, other_audio=True) for week in range(10_000)))

    told = lines(stats)

    assert "Target    10,000 of 10,000 are out of it" in told
    assert sum("columncast build" in line for line in told) == 1
    assert "    and 9,993 more (-v lists them)" in told
    assert len(told) < 40


# Pace and silences


def test_pace_is_the_median_and_what_narrators_do_not_do():
    stats = of(one(1), one(2, words=900), one(3, words=2100), one(4, words=1450))

    assert ["week-2", "week-3"] == [f.slug for f in stats.unusual_pace]
    assert "Pace      median 148 words a minute; nine of ten from 98 to 201" in lines(stats)
    assert "    90   week-2" in lines(stats)


def test_an_episode_without_text_has_no_pace():
    stats = of(one(1), one(2, words=0))

    assert (150.0,) == stats.words_per_minute.values
    assert () == stats.unusual_pace


def test_the_five_longest_silences_are_named_with_their_places():
    long = Silence(start_s=594.5, duration_s=5.5)
    stats = of(
        one(1, silences=(Silence(start_s=0, duration_s=4), Silence(start_s=83, duration_s=2))),
        one(2, silences=(long, *(Silence(start_s=s, duration_s=1.5) for s in (10, 20, 30)))),
    )

    assert [5.5, 4, 2, 1.5, 1.5] == [found.silence.duration_s for found in stats.silences]
    assert "  5.5 s  week-2  at the end" in lines(stats)
    assert "  4.0 s  week-1  at the start" in lines(stats)
    assert "  2.0 s  week-1  at 1:23" in lines(stats)


def test_no_silence_is_told_apart_from_silences_that_nobody_looked_for():
    assert "Silences  none of a second or more" in lines(of(one(silences=())))
    assert "Silences" not in text(of(one(silences=None)))


def test_silences_are_read_off_the_sound(tmp_path):
    voice, pause = speech_like(4), np.zeros(round(2.5 * RATE_HZ))
    take = write_wav(tmp_path / "take.wav", np.concatenate([voice, pause, voice, pause[:RATE_HZ]]))

    found = make_master(take, tmp_path / "out.mp3", AudioSettings()).silences

    # Each phrase of the voice ends half a second before the next would begin.
    assert [2.6, 1.0] == pytest.approx([s.duration_s for s in found], abs=0.15)
    assert 4.0 == pytest.approx(found[0].start_s, abs=0.15)


# The document for tools


def test_the_document_holds_every_figure():
    stats = of(one(1, source=loud(-30.0)), one(2, days=40, words=900, loudness=heard(-21.0)))

    document = json.loads(json.dumps(as_json(stats), allow_nan=False))

    assert 2 == document["published"]
    assert 1200 == document["total_duration_s"]
    assert -24.0 == document["loudness"]["before_lufs"]["median"]
    assert ["2026-01", "2026-02"] == [month["month"] for month in document["months"]]
    assert -2.0 == document["out_of_target"][0]["off_lu"]
    assert 90.0 == document["unusual_pace"][0]["words_per_minute"]
    assert [-27.0, -21.0] == [each["before_lufs"] for each in document["episodes"]]


def test_a_document_of_nothing_is_one_too():
    document = json.loads(json.dumps(as_json(of()), allow_nan=False))

    assert 0 == document["published"]
    assert document["duration_s"] is None
    assert [] == document["months"]


# A whole show, through the command


def test_the_command_tells_a_real_show_and_writes_page_and_picture(columncast, one_episode):
    told = columncast("stats", "--html", "stats.html", "--svg", "spread.svg")

    built = publish.build(one_episode).find("what-the-masons-left")
    assert 0 == told.code
    assert "Episodes  1 published" in told.out
    assert f"Words     {built.word_count}" in told.out
    assert "Target    1 of 1 are within 0.5 LU of it" in told.out
    assert "Made      stats.html" in told.out
    assert "The Long Wall" in (one_episode.root / "stats.html").read_text(encoding="utf-8")
    assert (one_episode.root / "spread.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_the_command_speaks_to_tools(columncast, one_episode):
    told = columncast("stats", "--json", "--html", "stats.html")

    assert 1 == json.loads(told.out)["published"]


def test_a_new_target_makes_every_episode_one_to_build(columncast, one_episode):
    change_settings(one_episode, {"audio.integrated_lufs": -18.0})

    said = columncast("stats").out

    assert "run: columncast build" in said
    assert "what-the-masons-left  2.0 LU too loud" in said


def test_another_jingle_makes_every_episode_one_to_build(columncast, one_episode):
    jingle = write_wav(one_episode.root / "jingle.wav", speech_like(2, seed=3))
    change_settings(one_episode, {"audio.intro": jingle.name})
    publish.build(ShowFolder(one_episode.root))
    before = columncast("stats").out

    write_wav(jingle, speech_like(2, seed=4))

    assert "Target    1 of 1 are within 0.5 LU of it" in before
    assert "Target    1 of 1 are out of it" in columncast("stats").out


def test_a_new_title_is_no_reason_to_make_audio_again(columncast, one_episode):
    change_settings(one_episode, {"title": "The Longer Wall"})

    assert "Target    1 of 1 are within 0.5 LU of it" in columncast("stats").out


def test_a_withdrawn_episode_is_counted_and_nothing_else(columncast, one_episode):
    change_facts(one_episode.episode("what-the-masons-left"), {"retired": True})
    publish.build(one_episode)

    assert "No episodes yet, 1 retired. Next: columncast add RECORDING COLUMN\n" == (
        columncast("stats").out
    )


def test_without_its_cache_a_show_asks_for_a_build(columncast, one_episode):
    for path in one_episode.cache.rglob("*.json"):
        path.unlink()

    assert "1 episode not built yet. Next: columncast build\n" == columncast("stats").out


def test_nothing_is_written_in_the_show(columncast, one_episode):
    def state():
        return {p: p.stat().st_mtime_ns for p in one_episode.root.rglob("*") if p.is_file()}

    before = state()

    columncast("stats")

    assert before == state()


def recorded(folder: ShowFolder, count: int, sample) -> None:
    """Lay *count* episodes as a build would have recorded them."""
    ledger = Ledger(folder)
    for number in range(count):
        slug = f"week-{number}"
        made = replace(sample, slug=slug, published=sample.published - timedelta(days=number))
        (folder.episodes / slug).mkdir(parents=True)
        (folder.episodes / slug / "episode.toml").write_text("")
        path = record_file(folder, slug)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(made))
        if number == 0:
            ledger.note(slug, made)
        # Ten thousand notes would take longer than all else; the lines differ in nothing but this.
        line = ledger._book.lines["week-0"]
        listing = msgspec.structs.replace(line.listing, slug=slug)
        ledger._book.lines[slug] = msgspec.structs.replace(line, listing=listing)
    ledger.save()


def test_ten_thousand_episodes_are_told_in_a_few_dozen_lines(columncast, show):
    recorded(show, 10_000, episode(word_count=1000, master=master(short_term_lufs=())))

    said = columncast("stats")

    assert "Episodes  10,000 published" in said.out
    assert "Words     10,000,000" in said.out
    assert len(said.out.splitlines()) < 80


def test_records_are_in_memory_one_at_a_time(show):
    long = episode(text_html="x" * 200_000, master=master(silences=()))
    recorded(show, 100, long)
    size = len(msgspec.json.encode(long))

    tracemalloc.start()
    found = gather(show)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 100 == len(found.figures)
    assert most < 20 * size
