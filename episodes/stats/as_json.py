"""Statistics as one document for tools: every figure, with its unit in its name."""

from __future__ import annotations

from typing import Any

from columncast.episodes.narration.pace import USUAL_WPM
from columncast.episodes.stats.distribution import Distribution
from columncast.episodes.stats.figures import Figures
from columncast.episodes.stats.statistics import TOLERANCE_LU, Statistics

SHARES = {
    "lowest": 0.0,
    "p5": 0.05,
    "p25": 0.25,
    "median": 0.5,
    "p75": 0.75,
    "p95": 0.95,
    "highest": 1.0,
}
"""At which shares a distribution is told."""


def as_json(stats: Statistics) -> dict[str, Any]:
    """Return the document that `stats --json` prints; loudness is as heard from two speakers."""
    published = stats.published
    low, high = USUAL_WPM
    return {
        "show": stats.title,
        "target": {
            "integrated_lufs": stats.audio.integrated_lufs,
            "true_peak_dbtp": stats.audio.true_peak_dbtp,
            "tolerance_lu": TOLERANCE_LU,
        },
        "published": len(published),
        "scheduled": len(stats.scheduled),
        "drafts": stats.drafts,
        "retired": stats.retired,
        "not_built": stats.not_built,
        "first_published": published[0].published.isoformat() if published else None,
        "last_published": published[-1].published.isoformat() if published else None,
        "total_duration_s": round(stats.total_s, 3),
        "word_count": stats.word_count,
        "duration_s": spread(stats.duration_s, 3),
        "words_per_minute": spread(stats.words_per_minute, 1),
        "usual_words_per_minute": {"lowest": low, "highest": high},
        "unusual_pace": [
            _named(f) | {"words_per_minute": f.words_per_minute} for f in stats.unusual_pace
        ],
        "loudness": {
            "measured": len(stats.after_lufs.values),
            "not_measured": stats.not_measured,
            "before_lufs": spread(stats.before_lufs, 2),
            "after_lufs": spread(stats.after_lufs, 2),
        },
        "months": [
            {
                "month": f"{month.first_day:%Y-%m}",
                "episodes": month.episodes,
                "duration_s": round(month.duration_s, 3),
                "word_count": month.word_count,
            }
            for month in stats.months
        ],
        "silences": [
            _named(found.episode)
            | {
                "start_s": found.silence.start_s,
                "duration_s": found.silence.duration_s,
                "place": found.place,
            }
            for found in stats.silences
        ],
        "silences_unknown": stats.silences_unknown,
        "out_of_target": [
            _named(out.episode)
            | {
                "off_lu": out.off_lu,
                "over_ceiling_db": out.over_db,
                "other_settings": out.episode.other_audio,
                "advice": out.advice,
            }
            for out in stats.out_of_target
        ],
        "episodes": [_one(f) for f in (*published, *stats.scheduled)],
    }


def spread(values: Distribution, digits: int) -> dict[str, float] | None:
    """Return where *values* lie, or None where there are none.

    >>> spread(Distribution((1.0, 2.0)), 1)["median"]
    1.5
    """
    if not values:
        return None
    return {name: round(values.at(share), digits) for name, share in SHARES.items()}


def _named(figures: Figures) -> dict[str, Any]:
    return {
        "slug": figures.slug,
        "title": figures.title,
        "published": figures.published.isoformat(),
        "status": "scheduled" if figures.scheduled else "published",
    }


def _one(figures: Figures) -> dict[str, Any]:
    silences = figures.silences
    return _named(figures) | {
        "duration_s": round(figures.duration_s, 3),
        "word_count": figures.word_count,
        "words_per_minute": figures.words_per_minute,
        "before_lufs": figures.before_lufs,
        "after_lufs": figures.after_lufs,
        "true_peak_dbtp": figures.true_peak_dbtp,
        "longest_silence_s": silences[0].duration_s
        if silences
        else None
        if silences is None
        else 0,
    }
