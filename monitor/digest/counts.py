"""The bars: this period against the usual of the last ones. Pure."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from monitor.models import DigestMaterial

NEEDED = 4  # earlier periods before "the usual" means anything


def bars_of(
    material: DigestMaterial, partner: str, current: int, period: timedelta
) -> tuple[tuple[int, ...], float | None]:
    """Bars, oldest first, the last one current; and the usual (median of the known earlier ones).

    No bars and no usual while the archive is too young.
    """
    history = next((h for h in material.history if h.partner == partner), None)
    if history is None or not history.counts:
        return (), None
    earlier = history.counts[:-1]
    known = earlier[len(earlier) - min(history.known, len(earlier)) :]
    if len(known) < NEEDED:
        return (), None  # days before the archive began are not days without news
    window = material.window
    if window.end_at - window.start_at > 1.5 * period:
        return history.counts, None  # a catch-up has no usual to be compared with
    return (*earlier, current), float(median(known))
