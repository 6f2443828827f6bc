"""Shows what models wrote, what it brought and cost, and what more of it would take."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from synthloop.core.sample import Sample
from synthloop.loop.generate import Preview
from synthloop.loop.yields import GroupVariety, Range, RunEstimate, WriterYield
from synthloop.surfaces.cli.output import print_table, say
from synthloop.surfaces.figures import show_count, show_duration, show_money, show_share
from synthloop.surfaces.wording import show_text

_SHOWN = 400
"""Characters of a sample that a preview shows."""


def print_preview(console: Console, preview: Preview) -> None:
    """Print the samples of a preview, what became of the others, and what the whole order would take."""
    kept = (sample for sample, verdict in preview.judged if verdict.keep)
    for (behavior, writer, model), samples in groupby(kept, _say_origin):
        say(console, f"{behavior}, {writer} by {model}:")
        for sample in samples:
            console.print(Padding(Text(show_text(sample.text, _SHOWN)), (0, 0, 0, 2), expand=False))
    say(console, "")
    print_yields(console, preview.yields)
    for line in say_estimate(preview.estimate):
        say(console, line)


def _say_origin(sample: Sample) -> tuple[str, str, str]:
    return sample.behavior_id, sample.attributes.get("writer", "?"), sample.attributes.get("model", "?")


def print_yields(console: Console, yields: Sequence[WriterYield]) -> None:
    """Print what each writer brought with each model, for what it cost."""
    if yields:
        columns = ("writer", "model", "calls", "accepted", "per call", "cost", "in vain")
        print_table(console, columns, map(_row, yields), ("calls", "accepted", "per call", "cost"))


def print_variety(console: Console, variety: Sequence[GroupVariety]) -> None:
    """Print how varied the samples of each writer and model are."""
    if variety:
        rows = (
            (found.feature, found.value, f"{found.n:,}", f"{show_share(found.distinct.value)} ({_bounds(found.distinct)})")
            for found in variety
        )
        print_table(console, ("", "name", "samples", "distinct word pairs, at equal n"), rows, ("samples",))


def say_estimate(estimate: RunEstimate) -> list[str]:
    """Say what an order would take, with 95 % intervals."""
    if estimate.calls is None:
        return [f"Nothing of {show_count(estimate.briefs, 'brief')} was accepted, so nothing can be said of the whole order."]
    parts = [f"{_about(estimate.calls, '{:,.0f}')} calls"]
    if estimate.tokens is not None:
        parts.append(f"{_about(estimate.tokens, '{:,.0f}')} tokens")
    if estimate.seconds is not None:
        seconds = estimate.seconds
        parts.append(f"{show_duration(seconds.value)} ({show_duration(seconds.low)} to {show_duration(seconds.high)})")
    money = "an unknown cost: no price is known" if estimate.cost_usd is None else _money(estimate.cost_usd)
    basis = f"estimated from {show_count(estimate.briefs, 'brief')} that brought {show_count(estimate.accepted, 'sample')}"
    return [
        f"{show_count(estimate.ordered, 'sample')} would take about {', '.join(parts)} and {money}; 95 % intervals, {basis}.",
        "Later calls usually bring less than the first, since new samples repeat old ones more often.",
        "Nothing was saved; what was paid for is kept, so the whole order begins with these.",
    ]


def _row(found: WriterYield) -> tuple[str, ...]:
    usage = found.usage
    return (
        found.writer,
        found.model,
        f"{usage.attempts:,}",
        f"{found.accepted:,}",
        f"{found.accepted / max(1, usage.attempts):.1f}",
        show_money(usage.cost_usd),
        ", ".join(f"{count:,} {kind}" for kind, count in found.faults.items()),
    )


def _about(found: Range, form: str) -> str:
    return f"{form.format(found.value)} ({form.format(found.low)} to {form.format(found.high)})"


def _money(found: Range) -> str:
    return f"{show_money(found.value)} ({show_money(found.low)} to {show_money(found.high)})"


def _bounds(found: Range) -> str:
    return f"{show_share(found.low)} to {show_share(found.high)}"


def say_scrubbed(console: Console, counts: Mapping[str, int]) -> None:
    """Say how much personal data was taken out of the examples of style; nothing where none was."""
    if counts:
        found = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
        say(console, f"Personal data taken out of the examples before a model sees them: {found}.")


__all__ = ["print_preview", "print_variety", "print_yields", "say_estimate", "say_scrubbed"]
