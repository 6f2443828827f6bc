"""Charts as inline SVG. Widths are percentages, so a chart fits its column on a phone, on a screen and on paper, and text stays text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from synthloop.core.report import ConfusionCell
from synthloop.core.score import MetricValue
from synthloop.surfaces.figures import show_interval, show_share
from synthloop.surfaces.html.element import Child, Markup, element


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Maps shares onto the width of a chart."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def place(self, share: float) -> str:
        """Return where a share stands, as a percentage of the width; what lies outside stands at the edge."""
        inside = min(max(share, self.low), self.high)
        return f"{100 * (inside - self.low) / (self.high - self.low):.2f}%"


def scale_over(values: Iterable[float | None]) -> Scale:
    """Return the scale that shows all values and always 1.0: from 0, or from 0.5 or 0.8 where nothing lies below."""
    lowest = min((value for value in values if value is not None), default=0.0)
    if lowest >= 0.8:
        return Scale(low=0.8, high=1.0, ticks=(0.8, 0.85, 0.9, 0.95, 1.0))
    if lowest >= 0.5:
        return Scale(low=0.5, high=1.0, ticks=(0.5, 0.6, 0.7, 0.8, 0.9, 1.0))
    return Scale(low=0.0, high=1.0, ticks=(0.0, 0.25, 0.5, 0.75, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One dot with its interval."""

    metric: MetricValue
    kind: str
    """Style: `inside`, `outside`, `low` or `plain`."""


def interval_chart(scale: Scale, marks: Sequence[Mark], threshold: float | None = None) -> Markup:
    """Draw dots with intervals on one track, with the threshold as a line across it. The figures stand beside it as text."""
    height = 12 + 12 * len(marks)
    grid = (element("line", x1=scale.place(tick), x2=scale.place(tick), y1=0, y2=height, class_="grid") for tick in scale.ticks)
    rows = (_mark(scale, mark, 12 + 12 * at) for at, mark in enumerate(marks))
    limit: Child = None
    if threshold is not None:
        at = scale.place(threshold)
        limit = element("line", x1=at, x2=at, y1=0, y2=height, class_="threshold")
    label = "; ".join(f"{show_share(mark.metric.value)} ({show_interval(mark.metric) or 'no interval'})" for mark in marks)
    return element("svg", grid, limit, rows, class_="track", height=height, role="img", aria_label=label)


def axis(scale: Scale) -> Markup:
    """Draw the numbers that belong under a column of interval charts."""

    def anchor(tick: float) -> str:
        return {scale.low: "start", scale.high: "end"}.get(tick, "middle")

    numbers = (element("text", f"{tick:g}", x=scale.place(tick), y=12, text_anchor=anchor(tick)) for tick in scale.ticks)
    return element("svg", numbers, class_="track axis", height=16, aria_hidden="true")


def count_bar(count: int, largest: int, kind: str = "plain") -> Markup:
    """Draw a count as a bar, relative to the largest of its column."""
    width = f"{100 * count / max(largest, 1):.2f}%"
    return element("svg", element("rect", width=width, height=6, rx=3, class_=f"bar {kind}"), class_="track", height=6, aria_hidden="true")


def heat_map(cells: Iterable[ConfusionCell], labels: Sequence[str]) -> Markup:
    """Draw a confusion matrix: expected labels down, answers across; a cell is as strong as its share of the row."""
    counts = {(cell.expected, cell.got): cell.count for cell in cells}
    totals = {expected: sum(counts.get((expected, got), 0) for got in labels) for expected in labels}
    side, left, top = (44, 150, 96) if len(labels) <= 12 else (30, 150, 96)
    width, height = left + side * len(labels) + 60, top + side * len(labels) + 4
    squares = (
        _square(counts.get((expected, got), 0), totals[expected], left + column * side, top + row * side, side, expected, got)
        for row, expected in enumerate(labels)
        for column, got in enumerate(labels)
    )
    return element(
        "svg",
        element("text", "expected", x=left - 10, y=top - 10, text_anchor="end", class_="corner"),
        element("text", "answered", x=left, y=12, class_="corner"),
        (
            element("text", _short(name), x=left - 10, y=top + row * side + side / 2 + 4, text_anchor="end")
            for row, name in enumerate(labels)
        ),
        (_column_name(name, left + column * side + side / 2, top - 10) for column, name in enumerate(labels)),
        squares,
        class_="heat",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_label=_describe(counts, labels),
    )


def _mark(scale: Scale, mark: Mark, y: int) -> Child:
    metric = mark.metric
    if metric.value is None:
        return None
    low, high = metric.low if metric.low is not None else metric.value, metric.high if metric.high is not None else metric.value
    return (
        element("line", x1=scale.place(low), x2=scale.place(high), y1=y, y2=y, class_=f"interval {mark.kind}"),
        element("circle", cx=scale.place(metric.value), cy=y, r=4.5, class_=f"dot {mark.kind}"),
    )


def _square(count: int, total: int, x: float, y: float, side: int, expected: str, got: str) -> Markup:  # noqa: PLR0913, PLR0917 - a cell has a place and a meaning
    share = count / total if total else 0.0
    kind = "right" if expected == got else "wrong"
    title = element("title", f"{expected} answered as {got}: {count:,} of {total:,}")
    fill = element("rect", x=x + 1, y=y + 1, width=side - 2, height=side - 2, rx=3, class_="cell")
    shade: Child = None
    if count:
        shade = element(
            "rect", x=x + 1, y=y + 1, width=side - 2, height=side - 2, rx=3, class_=f"cell {kind}", opacity=round(0.12 + 0.88 * share, 3)
        )
    strong = " strong" if share > 0.45 else ""
    text = element(
        "text", f"{count:,}" if count else "·", x=x + side / 2, y=y + side / 2 + 4, text_anchor="middle", class_=f"count{strong}"
    )
    return element("g", title, fill, shade, text)


def _column_name(name: str, x: float, y: float) -> Markup:
    return element("text", _short(name), x=x, y=y, transform=f"rotate(-35 {x:g} {y:g})")


def _short(name: str) -> str:
    return name if len(name) <= 18 else f"{name[:17]}…"


def _describe(counts: Mapping[tuple[str, str], int], labels: Sequence[str]) -> str:
    wrong = sorted(((count, pair) for pair, count in counts.items() if pair[0] != pair[1] and count), reverse=True)[:3]
    worst = "; ".join(f"{expected} answered as {got}: {count}" for count, (expected, got) in wrong)
    return f"Confusion matrix of {len(labels)} labels. Most frequent confusions: {worst or 'none'}."


__all__ = ["Mark", "Scale", "axis", "count_bar", "heat_map", "interval_chart", "scale_over"]
