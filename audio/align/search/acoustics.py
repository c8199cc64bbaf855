"""The acoustic model: how well each 10 ms of sound fits each third of each English phone.

The one door to `pocketsphinx` (and to `threadpoolctl`), whose wheel carries the CMU Sphinx en-us model (2-clause BSD,
Alpha Cephei 2015) and CMUdict; only its files are used. The model is phonetically tied: each of
its 42 phones has one codebook of 128 Gaussians in each of three streams.
"""

from __future__ import annotations

import importlib
import importlib.util
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from columncast.audio.align.search.features import Floats
from columncast.audio.align.search.installed import installed
from columncast.episodes.errors import UsageError
from columncast.episodes.format import how_to_install

_STREAMS = 3
_GAUSSIANS = 128
_WIDTH = 13
_LOG_BASE = 1.0001
_MIX_SHIFT = 1024  # Sphinx keeps mixture weights in units of 2^10 of its log base
_AT_ONCE = 1024
_LEAST = np.float32(-50)  # nats; numbers so small that processors get slow are none to add

_NOT_INSTALLED = (
    f"aligning text and recording needs pocketsphinx; run: {how_to_install('pocketsphinx')}"
)


@contextmanager
def unhurried() -> Iterator[None]:
    """Keep numpy's linear algebra from starting threads beside ours.

    On matrices as small as these its threads spend more time waiting for each other than working.
    """
    if not installed():
        raise UsageError(_NOT_INSTALLED)
    threads = importlib.import_module("threadpoolctl")
    with threads.threadpool_limits(1, user_api="blas"):
        yield


class AcousticModel(Protocol):
    """Whatever says how well each 10 ms of sound fits each third of each sound of a language."""

    @property
    def phones(self) -> tuple[str, ...]:
        """The names of the sounds; `SIL` is silence."""

    def state(self, phone: str) -> int:
        """Return the first of the three states of *phone*."""

    def log_posteriors(self, features: Floats) -> Floats:
        """Return the log posterior of each state in each frame of *features*."""


@dataclass(frozen=True)
class EnglishModel:
    """Codebooks and weights of the context-independent phones."""

    phones: tuple[str, ...]
    quadratics: Floats
    """For each stream, phone and Gaussian: what the features, their squares and 1 count for."""
    weights: Floats
    """For each stream and phone: the share of each Gaussian in each of its three states."""

    def state(self, phone: str) -> int:
        """Return the first of the three states of *phone*."""
        return 3 * self.phones.index(phone)

    def log_posteriors(self, features: Floats) -> Floats:
        """Return the log posterior of each state in each frame of *features*."""
        out = np.empty((len(features), 3 * len(self.phones)), np.float32)
        for start in range(0, len(features), _AT_ONCE):
            out[start : start + _AT_ONCE] = self._block(features[start : start + _AT_ONCE]).T
        return out

    def _block(self, features: Floats) -> Floats:
        """Return the same for a few frames, a row for each state.

        Frames lie along the last axis, so that each step runs through memory that fits a cache.
        """
        frames, phones = len(features), len(self.phones)
        fit = np.empty((_GAUSSIANS, frames), np.float32)
        best = np.empty((phones, frames), np.float32)
        mixed = np.empty((phones, 3, frames), np.float32)
        total = np.zeros((phones, 3, frames), np.float32)
        for stream in range(_STREAMS):
            x = features[:, stream * _WIDTH : (stream + 1) * _WIDTH].T
            terms = np.concatenate([x, x * x, np.ones((1, frames), np.float32)])
            for phone in range(phones):
                np.matmul(self.quadratics[stream, phone], terms, out=fit)
                np.maximum.reduce(fit, 0, out=best[phone])
                np.subtract(fit, best[phone], out=fit)
                np.maximum(fit, _LEAST, out=fit)
                np.exp(fit, out=fit)
                np.matmul(self.weights[stream, phone], fit, out=mixed[phone])
            np.maximum(mixed, np.float32(1e-20), out=mixed)
            np.log(mixed, out=mixed)
            mixed += best[:, None]
            total += mixed
        out = total.reshape(3 * phones, frames)
        out -= out.max(0)
        out -= np.log(np.exp(np.maximum(out, _LEAST)).sum(0))
        return out


def dictionary_file() -> Path:
    """Return CMUdict, as the model's package has it."""
    return _folder().parent / "cmudict-en-us.dict"


@cache
def english() -> EnglishModel:
    """Read the en-us model.

    Raises:
        UsageError: The aligner is not installed, or its files have another form than we know.
    """
    folder = _folder()
    try:
        phones, senones = _definition((folder / "mdef").read_bytes())
        means = _gaussians((folder / "means").read_bytes(), len(phones))
        variances = _gaussians((folder / "variances").read_bytes(), len(phones))
        dump = (folder / "sendump").read_bytes()
        tail = np.frombuffer(dump[-_STREAMS * _GAUSSIANS * senones :], np.uint8)
        shares = tail.reshape(_STREAMS, _GAUSSIANS, senones)[:, :, : 3 * len(phones)]
    except (OSError, ValueError, struct.error) as e:
        raise UsageError(
            "the acoustic model in the package pocketsphinx cannot be read; "
            "reinstall it: pip install --force-reinstall pocketsphinx"
        ) from e
    weights = np.exp(shares.astype(np.float32) * np.float32(-_MIX_SHIFT * np.log(_LOG_BASE)))
    weights /= weights.sum(1, keepdims=True)
    by_phone = weights.reshape(_STREAMS, _GAUSSIANS, len(phones), 3).transpose(0, 2, 3, 1)
    return EnglishModel(phones, _quadratics(means, variances), np.ascontiguousarray(by_phone))


def _quadratics(means: Floats, variances: Floats) -> Floats:
    """Return each Gaussian's logarithm as a quadratic form, one row each: stream, phone, Gaussian."""
    precisions = (1 / np.maximum(variances, 1e-4)).astype(np.float32)
    constant = 0.5 * np.log(precisions).sum(-1) - 0.5 * (means * means * precisions).sum(-1)
    rows = np.concatenate([means * precisions, -0.5 * precisions, constant[..., None]], axis=-1)
    return np.ascontiguousarray(rows.swapaxes(0, 1))


def _folder() -> Path:
    spec = importlib.util.find_spec("pocketsphinx")
    if spec is None or spec.origin is None:
        raise UsageError(_NOT_INSTALLED)
    return Path(spec.origin).parent / "model" / "en-us" / "en-us"


def _definition(data: bytes) -> tuple[tuple[str, ...], int]:
    """Return the names of the phones and the number of states, from a binary `mdef`."""
    magic, _, described = data[:4], *struct.unpack_from("<ii", data, 4)
    if magic != b"BMDF":
        raise ValueError("not a binary model definition")
    at = 12 + described
    numbers = struct.unpack_from("<10i", data, at)
    phones, senones = numbers[0], numbers[4]
    names = data[at + 40 :].split(b"\0", phones)[:phones]
    return tuple(name.decode("ascii") for name in names), senones


def _gaussians(data: bytes, phones: int) -> Floats:
    """Return one array of `means` or `variances`: phone, stream, Gaussian, dimension."""
    at = data.index(b"endhdr\n") + len(b"endhdr\n") + 4
    if struct.unpack_from("<3i", data, at) != (phones, _STREAMS, _GAUSSIANS):
        raise ValueError("not the codebooks of a phonetically tied model")
    at += 12 + 4 * _STREAMS + 4
    count = phones * _STREAMS * _GAUSSIANS * _WIDTH
    return np.frombuffer(data, "<f4", count, at).reshape(phones, _STREAMS, _GAUSSIANS, _WIDTH)
