"""Many values of one kind, and where they lie."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Distribution:
    """Many values of one kind."""

    values: tuple[float, ...]
    """In order."""

    @classmethod
    def of(cls, values: Iterable[float | None]) -> Distribution:
        """Return the distribution of those *values* that there are."""
        return cls(tuple(sorted(value for value in values if value is not None)))

    def __bool__(self) -> bool:
        """Whether there is any value."""
        return bool(self.values)

    def at(self, share: float) -> float:
        """Return the value under which *share* (0 to 1) of the values lie; NaN without any.

        Between two values it is interpolated, as spreadsheets do (PERCENTILE.INC).

        >>> Distribution((1.0, 2.0, 3.0, 5.0)).at(0.5), Distribution((7.0,)).at(0.95)
        (2.5, 7.0)
        """
        if not self.values:
            return math.nan
        place = share * (len(self.values) - 1)
        low = math.floor(place)
        high = min(low + 1, len(self.values) - 1)
        return self.values[low] + (self.values[high] - self.values[low]) * (place - low)

    @property
    def median(self) -> float:
        """Half of the values lie under it."""
        return self.at(0.5)

    @property
    def spread(self) -> float:
        """How far apart nine tenths of the values lie: from 5 % to 95 %."""
        return self.at(0.95) - self.at(0.05)
