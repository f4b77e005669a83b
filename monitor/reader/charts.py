"""Charts as inline SVG: bars by day, lines by week, bars by name. Pure, no script needed.

Every mark has a tooltip (`<title>`) and, where there is something to open, a link.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 760, 240
_LEFT, _BOTTOM, _TOP = 38, 26, 10
_BAR_HEIGHT, _NAMES = 26, 190
_WIDEST = 90  # of one day's column, when there are few days
_COLOURS = (
    "#2456c9", "#b3261e", "#a86200", "#2e7d46", "#7b3fa0", "#00838f", "#8d6e63", "#c2185b",
    "#5c6bc0", "#827717", "#37474f", "#ef6c00",
)  # fmt: skip
_RELATIONS = {"us": "var(--us)", "ru": "var(--ru)", "cn": "var(--cn)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One number: `at` is the place on the axis, `series` the colour."""

    at: str
    series: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One horizontal bar, with an optional smaller part drawn inside it."""

    name: str
    value: float
    part: float | None = None
    note: str = ""
    link: str = ""


Name = Callable[[str], str]
Link = Callable[[str, str], str]


def colour(series: str, order: Sequence[str]) -> str:
    """A relation has its own colour everywhere; other series take theirs by position."""
    return _RELATIONS.get(series) or _COLOURS[order.index(series) % len(_COLOURS)]


def series_of(points: Sequence[Point], limit: int = 8) -> list[str]:
    """The series by size, biggest first."""
    totals: dict[str, float] = {}
    for point in points:
        totals[point.series] = totals.get(point.series, 0) + point.value
    return sorted(totals, key=lambda name: (-totals[name], name))[:limit]


def stacked(points: Sequence[Point], name: Name, link: Link, label: str) -> str:
    """Stacked columns over time."""
    order = series_of(points)
    places = sorted({point.at for point in points})
    values = {(point.at, point.series): point.value for point in points}
    top = max((sum(values.get((at, s), 0) for s in order) for at in places), default=0) or 1
    step = min(_WIDEST, (_WIDTH - _LEFT) / max(1, len(places)))
    body = _grid(top)
    for index, at in enumerate(places):
        floor = float(_HEIGHT - _BOTTOM)
        for series in order:
            value = values.get((at, series), 0)
            height = value / top * (_HEIGHT - _BOTTOM - _TOP)
            floor -= height
            if value:
                body += _linked(
                    link(at, series),
                    f'<rect data-series="{escape(series)}" x="{_LEFT + index * step:.1f}" y="{floor:.1f}"'
                    f' width="{max(1.0, step * 0.84):.1f}" height="{height:.1f}"'
                    f' fill="{colour(series, order)}">'
                    f"<title>{escape(at)} · {escape(name(series))}: {value:g}</title></rect>",
                )
    return _svg(body + _axis(places, step), label)


def lines(points: Sequence[Point], name: Name, label: str) -> str:
    """Lines over time, with a dot for every number."""
    order = series_of(points)
    places = sorted({point.at for point in points})
    values = {(point.at, point.series): point.value for point in points}
    top = max(values.values(), default=0) or 1
    step = min(_WIDEST, (_WIDTH - _LEFT) / max(1, len(places)))
    body = _grid(top)
    for series in order:
        dots = [
            (_LEFT + (i + 0.5) * step, _y(values.get((at, series), 0), top), at)
            for i, at in enumerate(places)
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in dots)
        fill = colour(series, order)
        body += f'<g data-series="{escape(series)}"><polyline points="{path}" fill="none" stroke="{fill}" stroke-width="2"/>'
        body += "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}"><title>{escape(at)} · '
            f"{escape(name(series))}: {values.get((at, series), 0):g}</title></circle>"
            for x, y, at in dots
        )
        body += "</g>"
    return _svg(body + _axis(places, step), label)


def bars(rows: Sequence[Bar], label: str) -> str:
    """Horizontal bars with names; the part inside is darker."""
    top = max((row.value for row in rows), default=0) or 1
    room = _WIDTH - _NAMES - 70
    body = ""
    for index, row in enumerate(rows):
        y = index * _BAR_HEIGHT
        width = row.value / top * room
        inner = ""
        if row.part is not None:
            inner = (
                f'<rect x="{_NAMES}" y="{y + 4}" width="{row.part / top * room:.1f}"'
                f' height="{_BAR_HEIGHT - 8}" fill="var(--us)"/>'
            )
        faint = ' opacity=".35"' if inner else ""
        body += _linked(
            row.link,
            f'<g><text x="{_NAMES - 8}" y="{y + 17}" text-anchor="end">{escape(_short(row.name))}</text>'
            f'<rect x="{_NAMES}" y="{y + 4}" width="{width:.1f}" height="{_BAR_HEIGHT - 8}"'
            f' fill="var(--us)"{faint}/>{inner}'
            f'<text x="{_NAMES + width + 6:.1f}" y="{y + 17}">{escape(row.note or f"{row.value:g}")}</text>'
            f"<title>{escape(row.name)}: {escape(row.note or f'{row.value:g}')}</title></g>",
        )
    return _svg(body, label, height=max(1, len(rows)) * _BAR_HEIGHT + 4)


def _short(name: str) -> str:
    return name if len(name) <= 28 else name[:27] + "…"


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _BOTTOM - _TOP)


def _grid(top: float) -> str:
    found = ""
    for share in (0, 0.5, 1):
        y = _y(top * share, top)
        found += (
            f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{top * share:g}</text>'
        )
    return found


def _axis(places: Sequence[str], step: float) -> str:
    every = max(1, -(-len(places) // 8))
    return "".join(
        f'<text x="{_LEFT + index * step:.1f}" y="{_HEIGHT - 8}">{escape(at[8:10])}.{escape(at[5:7])}</text>'
        for index, at in enumerate(places)
        if index % every == 0
    )


def _linked(address: str, inner: str) -> str:
    return f'<a href="{escape(address)}">{inner}</a>' if address else inner


def _svg(body: str, label: str, height: int = _HEIGHT) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{body}</svg>"
    )
