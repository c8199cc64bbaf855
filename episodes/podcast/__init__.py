"""Taking an existing podcast over: its feed, its audio, and what belongs to them."""

from __future__ import annotations
