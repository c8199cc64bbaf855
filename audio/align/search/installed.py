"""The packages that aligning needs, looked for without loading them."""

from __future__ import annotations

import importlib.util


def installed() -> bool:
    """Whether they are there; some machines have no wheel of them."""
    return all(importlib.util.find_spec(name) for name in ("pocketsphinx", "threadpoolctl"))
