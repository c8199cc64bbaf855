"""Whether somebody speaks in a stretch of sound, or only breathes, turns a page, touches the desk.

The acoustic model hears most noise as consonants, if not as noise. A voice has vowels and what
resembles them, and these have their energy below 1 kHz; even a whisper has enough of both. How much is
enough is measured by the reader's own words, so that no level of a recording counts.
"""

from __future__ import annotations

import numpy as np

from columncast.audio.align.decide.ground import Ground
from columncast.audio.align.search import acoustics
from columncast.audio.align.search.features import Mask, below_1_khz_db, cepstra
from columncast.audio.align.search.posteriors import CONTEXT

_SONORANTS = (
    *("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"),
    *("L", "M", "N", "NG", "R", "W", "Y"),
)
_SOFTER_DB = 20.0  # than the middle of the reader's words: a whisper
_LEAST = 12  # frames of voice
_SHARE = 0.08  # of what sounds; in a whisper it is 0.2, in noise 0.03
_LOOK, _LOOKS = 200, 15  # a long stretch is looked into here and there
_MUSIC = 0.5


class Voices:
    """Tells voices from noise in one recording."""

    def __init__(self, ground: Ground, words: Mask) -> None:
        """Take the measure of the reader in the frames *words*, in which words were heard."""
        self._model = acoustics.english()  # a voice is one in any language
        self._ground = ground
        self._low_db = below_1_khz_db(ground.spectra)
        spoken = words & ground.voiced
        middle = float(np.median(self._low_db[spoken])) if spoken.any() else 0.0
        self._deep: Mask = self._low_db > middle - _SOFTER_DB
        self._sonorant = np.isin(np.repeat(self._model.phones, 3), _SONORANTS)

    def speak(self, start: int, end: int) -> bool:
        """Whether a voice is heard between two frames."""
        voice = sounding = 0
        looks = np.linspace(start, max(start, end - _LOOK), _LOOKS).astype(int).tolist()
        for at in looks if end - start > _LOOK * _LOOKS else range(start, end, _LOOK):
            here = slice(at, min(at + _LOOK, end))
            features = cepstra(self._ground.spectra, here.start, here.stop, CONTEXT)
            state = self._model.log_posteriors(features).argmax(1)
            voiced = self._ground.voiced[here]
            voice += int((self._sonorant[state] & self._deep[here] & voiced).sum())
            sounding += int(voiced.sum())
        return voice >= max(_LEAST, _SHARE * sounding)

    def sing(self, start: int, end: int) -> bool:
        """Whether what sounds between two frames is deep and loud enough for music."""
        voiced = self._ground.voiced[start:end]
        return bool(self._deep[start:end][voiced].mean() >= _MUSIC) if voiced.any() else False
