"""The extra `[align]`: the packages that aligning needs, looked for without loading them."""

from __future__ import annotations

import importlib.util


def installed() -> bool:
    """Whether the packages of the extra are there."""
    return all(importlib.util.find_spec(name) for name in ("pocketsphinx", "threadpoolctl"))
