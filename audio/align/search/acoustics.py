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


@dataclass(frozen=True)
class AcousticModel:
    """Codebooks and weights of the context-independent phones."""

    phones: tuple[str, ...]
    means: Floats
    precisions: Floats
    weights: Floats
    """For each stream and Gaussian: its share in each state, three states a phone."""

    def state(self, phone: str) -> int:
        """Return the first of the three states of *phone*."""
        return 3 * self.phones.index(phone)

    def log_posteriors(self, features: Floats) -> Floats:
        """Return the log posterior of each state in each frame of *features*."""
        out = np.zeros((len(features), 3 * len(self.phones)), np.float32)
        for stream in range(_STREAMS):
            x = features[:, stream * _WIDTH : (stream + 1) * _WIDTH]
            squares = np.hstack([x, x * x])
            for phone in range(len(self.phones)):
                linear, constant = self._quadratic(phone, stream)
                fit = squares @ linear
                fit += constant
                best = fit.max(1, keepdims=True)
                fit -= best
                np.exp(fit, out=fit)
                states = slice(3 * phone, 3 * phone + 3)
                mixed = fit @ self.weights[stream][:, states]
                out[:, states] += np.log(np.maximum(mixed, 1e-20)) + best
        top = out.max(1, keepdims=True)
        out -= top + np.log(np.exp(out - top).sum(1, keepdims=True))
        return out

    def _quadratic(self, phone: int, stream: int) -> tuple[Floats, Floats]:
        mean, precision = self.means[phone, stream], self.precisions[phone, stream]
        linear = np.vstack([(mean * precision).T, -0.5 * precision.T])
        constant = -0.5 * (mean * mean * precision).sum(1) + 0.5 * np.log(precision).sum(1)
        return linear, constant


def dictionary_file() -> Path:
    """Return CMUdict, as the model's package has it."""
    return _folder().parent / "cmudict-en-us.dict"


@cache
def english() -> AcousticModel:
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
    precisions = (1 / np.maximum(variances, 1e-4)).astype(np.float32)
    return AcousticModel(phones, means, precisions, weights)


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
