"""The limiter holds its ceiling, adds no delay, and touches nothing that is under it."""

import numpy as np
import pytest
from audio_builders import RATE, sine, speech
from hypothesis import given, settings
from hypothesis import strategies as st

from columncast.audio.loudness.true_peak import PeakMeter
from columncast.audio.mastering.limiter import ATTACK_S, Limiter

FULL = 2**27


def limited(samples, *, ceiling_db=-1.0, sizes=(1 << 15,)):
    """Return (limiter, output) of float *samples*, pushed in blocks of the given sizes in turn."""
    whole = np.rint(np.atleast_2d(samples.T).T * FULL).astype(np.int32)
    limiter = Limiter(
        sample_rate_hz=RATE, channels=whole.shape[1], ceiling=FULL * 10 ** (ceiling_db / 20)
    )
    done, at, turn = [], 0, 0
    while at < len(whole):
        size = sizes[turn % len(sizes)]
        done.append(limiter.push(whole[at : at + size]))
        at, turn = at + size, turn + 1
    done.append(limiter.finish())
    return limiter, np.concatenate(done) / FULL


def true_peak_db(samples):
    meter = PeakMeter(samples.shape[1])
    meter.push(samples.astype("f4"))
    meter.finish()
    return 20 * np.log10(meter.highest)


signals = st.builds(
    lambda seed, loud, hertz, seconds, channels: (
        np.random.default_rng(seed).standard_normal((round(seconds * RATE), channels)) * 0.1
        + loud * sine(hertz, level_dbfs=0, duration_s=seconds)[:, None]
    ),
    seed=st.integers(0, 99),
    loud=st.floats(0, 8),
    hertz=st.floats(30, 15000),
    seconds=st.floats(0.05, 0.9),
    channels=st.sampled_from([1, 2]),
)


@given(signal=signals, ceiling_db=st.floats(-6, -0.5))
@settings(max_examples=40, deadline=None)
def test_nothing_exceeds_the_ceiling(signal, ceiling_db):
    _, out = limited(signal, ceiling_db=ceiling_db)

    assert true_peak_db(out) <= ceiling_db + 0.01


@given(signal=signals, sizes=st.lists(st.integers(1, 60_000), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_the_size_of_blocks_changes_nothing(signal, sizes):
    sizes = [max(size, 500) for size in sizes]

    _, whole = limited(signal, sizes=[len(signal)])
    _, pieces = limited(signal, sizes=sizes)

    assert np.array_equal(whole, pieces)


@given(signal=signals)
@settings(max_examples=25, deadline=None)
def test_it_neither_shortens_nor_lengthens(signal):
    assert signal.shape == limited(signal)[1].shape


def test_what_is_under_the_ceiling_passes_bit_by_bit():
    voice = speech(3)
    voice *= 0.85 / np.abs(voice).max()

    limiter, out = limited(voice)

    assert np.array_equal(np.rint(voice * FULL), np.rint(out[:, 0] * FULL))
    assert {} == limiter.limited


def test_it_acts_only_around_a_peak():
    """
    One click at 1.5 s: the sound is the same bits until 5 ms before it and soon after it.
    """
    tone = sine(440, level_dbfs=-12, duration_s=3)
    at = round(1.5 * RATE)
    clicked = tone.copy()
    clicked[at] = 2.0

    limiter, out = limited(clicked)

    attack = round(ATTACK_S * RATE)
    assert np.array_equal(
        np.rint(clicked[: at - attack - 20] * FULL), out[: at - attack - 20, 0] * FULL
    )
    assert np.array_equal(np.rint(tone[at + RATE // 4 :] * FULL), out[at + RATE // 4 :, 0] * FULL)
    assert {1} == set(limiter.limited)
    assert 0.05 < limiter.limited.total() / RATE < 0.15
    assert out[at, 0] == pytest.approx(10 ** (-1.1 / 20), abs=0.03)


def test_channels_dip_together():
    """
    A peak on the left must not make the picture jump to the right.
    """
    both = np.stack([sine(440, duration_s=1), sine(440, duration_s=1)], axis=1)
    both[RATE // 2, 0] = 1.8

    _, out = limited(both)

    near = slice(RATE // 2 + 1, RATE // 2 + 200)
    assert np.allclose(out[near, 0], out[near, 1])
    assert (np.abs(out[near, 1]) < np.abs(both[near, 1])).mean() > 0.9


def test_peaks_between_samples_are_limited_too():
    wave = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)

    _, out = limited(wave * 1.2, ceiling_db=-1)

    assert np.abs(wave * 1.2).max() < 10 ** (-1 / 20)
    assert -1.2 < true_peak_db(out) <= -1


def test_the_first_and_the_last_frame_are_limited():
    wave = np.full(RATE // 10, 0.5)
    wave[0] = wave[-1] = 3.0

    _, out = limited(wave)

    assert np.abs(out).max() <= 10 ** (-1 / 20)
