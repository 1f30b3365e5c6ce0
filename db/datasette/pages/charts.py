"""Charts as inline SVG made on the server: no script, printable; the numbers stand in a table beside each.

Bars are drawn in a stretched coordinate system and all letters are HTML around them, so that a chart
fills a phone as well as a wide screen and its labels stay readable. Colours come from the style sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

SERIES = 6
"""Colours that the style sheet has; a sixth series is 'others'."""


@dataclass(frozen=True, slots=True)
class Stacked:
    """Columns of several series over a common axis, ready for the template."""

    title: str
    labels: tuple[str, ...]
    series: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    """One tuple for each label, one number for each series."""

    @property
    def totals(self) -> tuple[int, ...]:
        """Sum over the series for each label."""
        return tuple(sum(column) for column in self.values)

    @property
    def most(self) -> int:
        """The highest column."""
        return max(self.totals, default=0)

    @property
    def ticks(self) -> tuple[str, ...]:
        """A few of the labels for the axis: first, middle and last."""
        if len(self.labels) < 3:
            return self.labels
        return (self.labels[0], self.labels[len(self.labels) // 2], self.labels[-1])

    @property
    def svg(self) -> Markup:
        """The columns; each says its numbers when pointed at."""
        width, gap = 10, 1 if len(self.labels) > 40 else 2
        columns = Markup("").join(self._column(i, width, gap) for i in range(len(self.labels)))
        return Markup(
            '<svg class="columns" viewBox="0 0 {} 100" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
        ).format(max(len(self.labels), 1) * width, self.title, columns)

    def _column(self, place: int, width: int, gap: int) -> Markup:
        top, pieces = 100.0, []
        for number, value in enumerate(self.values[place]):
            if value:
                height = 100 * value / self.most
                top -= height
                pieces.append(
                    Markup('<rect class="c{}" x="{}" y="{:.2f}" width="{}" height="{:.2f}"/>').format(
                        number % SERIES, place * width, top, width - gap, height
                    )
                )
        said = "; ".join(
            f"{name}: {value:,}" for name, value in zip(self.series, self.values[place], strict=True) if value
        )
        return Markup("<g><title>{}: {}</title>{}</g>").format(self.labels[place], said or 0, Markup("").join(pieces))


def stacked(title: str, rows: Iterable[tuple[str, str, int]], labels: Sequence[str]) -> Stacked:
    """(label, series, value) as columns; series beyond the five largest are summed up as 'others'."""
    kept = [row for row in rows if row[0] in set(labels)]
    sizes: dict[str, int] = {}
    for _, series, value in kept:
        sizes[series] = sizes.get(series, 0) + value
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    shown = names if len(names) <= SERIES else [*names[: SERIES - 1], "others"]
    place = {name: min(number, SERIES - 1) for number, name in enumerate(names)}
    at = {label: number for number, label in enumerate(labels)}
    values = [[0] * len(shown) for _ in labels]
    for label, series, value in kept:
        values[at[label]][place[series]] += value
    return Stacked(title, tuple(labels), tuple(shown), tuple(map(tuple, values)))


def months(first: str, last: str, most: int = 48) -> list[str]:
    """All months from the first to the last ('2024-05'), at most so many of the latest."""
    year, month = int(last[:4]), int(last[5:7])
    found: list[str] = []
    while len(found) < most and f"{year:04}-{month:02}" >= first:
        found.append(f"{year:04}-{month:02}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar."""

    label: str
    value: float
    share: float
    """Of the longest bar, 0 to 100."""

    @property
    def svg(self) -> Markup:
        """The bar alone; label and number stand beside it as text."""
        return Markup(
            '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<rect class="c0" width="{:.2f}" height="10"/></svg>'
        ).format(self.share)


def bars(pairs: Iterable[tuple[str, float]], longest: float | None = None) -> list[Bar]:
    """Horizontal bars, as long as their share of the longest (or of `longest`)."""
    known = list(pairs)
    most = longest or max((value for _, value in known), default=0) or 1
    return [Bar(label, value, min(100 * value / most, 100)) for label, value in known]
