"""A program that gets nowhere is ended, with all that it started; one that gets on is waited for."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from audio_builders import RATE, sine, wav

from columncast.audio.ffmpeg import probe, standstill
from columncast.audio.ffmpeg import process as ffmpeg_process
from columncast.audio.ffmpeg.messages import FfmpegError
from columncast.episodes.errors import RecordingError

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(standstill, "STILL_S", 1.0)
    monkeypatch.setattr(standstill, "FAILED_S", 1.0)
    monkeypatch.setattr(standstill, "_TICK_S", 0.1)


@pytest.fixture
def take(tmp_path):
    return wav(tmp_path / "take.wav", sine(duration_s=1))


@pytest.fixture
def instead(tmp_path, monkeypatch):
    """Return what puts a shell script in ffmpeg's place."""
    if os.name != "posix":
        pytest.skip("needs a shell")

    def put(script: str) -> None:
        program = tmp_path / "ffmpeg"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(ffmpeg_process, "executable", lambda: str(program))

    return put


def decoded(take):
    return b"".join(ffmpeg_process.decode(take, sample_rate_hz=RATE, channels=1))


@linux
def test_one_that_sleeps_is_ended_with_what_it_started(take, instead, tmp_path):
    instead(f"sleep 1000 & echo $! > {tmp_path}/pid; wait")

    with pytest.raises(FfmpegError, match="stood still and was stopped"):
        decoded(take)

    wait_until(lambda: gone(int((tmp_path / "pid").read_text())))


def test_one_that_computes_without_end_is_ended(take, instead, monkeypatch):
    monkeypatch.setattr(standstill, "FRUITLESS_S", 1.0)
    instead("while :; do :; done")

    with pytest.raises(RecordingError, match="gets nowhere with it"):
        probe.probe(take)


def test_one_that_waits_for_us_is_waited_for(tmp_path):
    long = wav(tmp_path / "long.wav", np.zeros(60 * RATE))
    pcm = ffmpeg_process.decode(long, sample_rate_hz=RATE, channels=1)
    first = next(pcm)

    time.sleep(2)

    assert 60 * RATE * 2 == len(first) + sum(map(len, pcm))


def wait_until(there) -> None:
    end = time.monotonic() + 30
    while not there():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def gone(process: int) -> bool:
    """Return whether *process* has ended; whoever inherits it may not have looked yet."""
    try:
        return ") Z " in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return True
