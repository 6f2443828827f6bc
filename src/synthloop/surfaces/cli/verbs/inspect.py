"""`synthloop inspect`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from synthloop.core.sample import Split
from synthloop.curate.balance import PatternCount
from synthloop.curate.diversity import Estimate, GroupDiversity
from synthloop.curate.shortcuts import Shortcut
from synthloop.loop.inspect import SampleInspection, inspect_samples
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption, LimitOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_shelf
from synthloop.surfaces.figures import show_chance, show_count, show_share
from synthloop.surfaces.wording import show_text

_SPLITS: tuple[Split, ...] = ("train", "dev", "holdout")
_VARIETY = {"different word pairs": "distinct-2", "different openings": "unique-openings", "distance to nearest": "neighbor-distance"}


def run(
    *,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="ATTRIBUTE", help="Compare how varied the values of this attribute are as well; may be given more than once."
        ),
    ] = None,
    limit: LimitOption = 10,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Look at all samples together: too much, too alike, misleading.

    Train and dev are looked at; the holdout is only counted, and searched for copies of train.
    """
    with open_shelf(folder) as shelf:
        project = shelf.project
        found = inspect_samples(shelf.store, project.behaviors, compare=by or (), max_shares=project.order.max_shares, seed=project.seed)
    Output(as_json).show(found, lambda console: _write(console, found, limit))


def _write(console: Console, found: SampleInspection, limit: int) -> None:
    _write_counts(console, found)
    _write_patterns(console, "More than asked for", "more often than asked for", found.find_too_often(), limit)
    _write_patterns(console, "Less than asked for", "less often than asked for", found.find_too_rare(), limit)
    _write_variety(console, found, limit)
    _write_shortcuts(console, found.find_strong_shortcuts(), limit)
    _write_copies(console, found)
    _write_conflicts(console, found, limit)


def _write_counts(console: Console, found: SampleInspection) -> None:
    rows = (
        (
            count.behavior_id,
            *(f"{count.splits[split]:,}" for split in _SPLITS),
            f"{count.phrasings:,}",
            show_share(count.largest_phrasing / max(1, count.splits["train"] + count.splits["dev"])),
        )
        for count in found.behaviors
    )
    columns = ("behavior", *_SPLITS, "phrasings", "largest share")
    print_table(console, columns, rows, numbers=columns[1:])
    phrasings = sum(count.phrasings for count in found.behaviors)
    grown = f"{show_count(found.n, 'sample')} of train and dev grew from {show_count(phrasings, 'phrasing')}"
    say(console, f"{grown} (authored ones and templates); the largest share is that of the one that gave most.")
    for feature, counts in found.counts.items():
        say(console, f"{feature:<7} {', '.join(f'{count:,} {show_text(value, 40)}' for value, count in counts.items()) or 'none'}")


def _write_patterns(console: Console, title: str, words: str, patterns: Sequence[PatternCount], limit: int) -> None:
    _begin(console, title)
    if not patterns:
        say(console, f"Nothing stands out: nothing is there {words} beyond chance.")
        return
    rows = (
        (p.within or "all", p.feature, p.value or '""', f"{p.count:,}", _say_asked(p), f"{p.n:,}", show_chance(p.q_value))
        for p in patterns[:limit]
    )
    columns = ("behavior", "feature", "value", "count", "asked for", "of", "q")
    print_table(console, columns, rows, numbers=columns[3:])
    _say_rest(console, len(patterns), limit)


def _say_asked(pattern: PatternCount) -> str:
    return f"{'at most ' if pattern.is_limit else ''}{pattern.expected:,.0f}"


def _write_variety(console: Console, found: SampleInspection, limit: int) -> None:
    _begin(console, "How varied")
    size = found.diversity.draw_size
    if not size:
        say(console, "Too few samples to compare.")
        return
    every, *groups = found.diversity.groups
    for feature in dict.fromkeys(group.feature for group in groups):
        own = sorted((group for group in groups if group.feature == feature), key=_distance)
        print_table(console, (feature, "samples", *_VARIETY), _rows_of((*own[:limit], every)), numbers=("samples",))
        _say_rest(console, len(own), limit)
    say(console, f"Each figure is for {size:,} texts, the mean over 20 draws with the middle 95 % of them; 1 is most varied.")
    for least in found.find_least_varied():
        say(console, f"{show_text(least.value)} is the least varied {least.feature}: write more ways to say it.")
    if not found.find_least_varied():
        say(console, "Nothing stands out: none is clearly less varied than all others.")
    if found.diversity.too_small:
        small = ", ".join(show_text(value, 40) for _, value in found.diversity.too_small[:limit])
        say(console, f"Fewer than 20 samples, not compared: {small}.")


def _rows_of(groups: Iterable[GroupDiversity]) -> Iterator[tuple[str, ...]]:
    for group in groups:
        yield group.value or "all", f"{group.n:,}", *(_show_estimate(group.read(name)) for name in _VARIETY.values())


def _distance(group: GroupDiversity) -> float:
    return group.read("neighbor-distance").value


def _show_estimate(estimate: Estimate) -> str:
    """Two decimals: the intervals are wider than the third, and three of them fit on a line."""
    return f"{estimate.value:.2f} ({estimate.low:.2f}–{estimate.high:.2f})"


def _write_shortcuts(console: Console, shortcuts: Sequence[Shortcut], limit: int) -> None:
    _begin(console, "What gives the label away")
    if not shortcuts:
        say(console, "Nothing stands out: no attribute, and no length, says much about the label.")
        return
    rows = (
        (s.feature, f"{s.n:,}", show_share(s.strength), show_share(s.guess_share), show_share(s.blind_share), _say_sign(s))
        for s in shortcuts[:limit]
    )
    columns = ("feature", "samples", "strength", "guessed", "blindly", "for example")
    print_table(console, columns, rows, numbers=columns[1:5])
    _say_rest(console, len(shortcuts), limit)
    say(console, "guessed: labels that are right from the feature alone; blindly: by the most frequent label.")
    say(console, "Where the app must not go by it, let the templates of several behaviors share the same values.")


def _say_sign(shortcut: Shortcut) -> str:
    sign = shortcut.sign
    return f"{show_text(sign.value, 40)}: {sign.count:,} of {sign.n:,} are {show_text(sign.label, 40)}"


def _write_copies(console: Console, found: SampleInspection) -> None:
    _begin(console, "Copies across splits")
    dev, holdout = len(found.leaks), sum(found.holdout_leaks.values())
    if not dev and not holdout:
        say(console, "None: no sample of train is a copy of one in dev or in the holdout.")
        return
    say(console, f"{show_count(dev, 'sample')} of train repeat dev, {holdout:,} the holdout; figures on these are too good.")
    say(console, "`synthloop inspect --json` has the ids of those in dev. Phrasings that changed after splits.json was written cause them.")


def _write_conflicts(console: Console, found: SampleInspection, limit: int) -> None:
    _begin(console, "One text, two labels")
    if found.conflicts:
        print_table(console, ("text", "labels"), ((c.text, ", ".join(c.labels)) for c in found.conflicts[:limit]))
        _say_rest(console, len(found.conflicts), limit)
    else:
        say(console, "None among the accepted samples.")
    if found.conflicts_dropped:
        say(console, f"{show_count(found.conflicts_dropped, 'sample')} dropped for it: synthloop dropped label-conflict")


def _begin(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold"))


def _say_rest(console: Console, count: int, limit: int) -> None:
    if count > limit:
        say(console, f"{limit:,} of {count:,} shown; --limit shows more.")


__all__ = ["run"]
