"""The bars: this period against the usual of the last ones. Pure."""

from __future__ import annotations

from statistics import median

from monitor.models import DigestMaterial

NEEDED = 4  # earlier periods before "the usual" means anything


def bars_of(
    material: DigestMaterial, partner: str, current: int
) -> tuple[tuple[int, ...], float | None]:
    """Bars, oldest first, the last one current; and the usual (median of the known earlier ones).

    The usual is None while the archive is too young, and for a catch-up over several periods,
    which has nothing to be compared with.
    """
    history = next((h for h in material.history if h.partner == partner), None)
    if history is None or not history.counts:
        return (), None
    earlier = history.counts[:-1]
    known = earlier[len(earlier) - min(history.known, len(earlier)) :]
    bars = (*earlier, current)
    return bars, float(median(known)) if len(known) >= NEEDED else None
