"""`synthloop dropped`."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from synthloop.core.sample import Sample, Verdict
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption, LimitOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_shelf

_ID = re.compile(r"\b[0-9a-f]{32}\b")


def run(
    reason: Annotated[str | None, typer.Argument(help="Only what was dropped for this reason.", show_default=False)] = None,
    *,
    faults: Annotated[bool, typer.Option("--faults", help="Show what models wrote in vain instead, with their answers.")] = False,
    limit: LimitOption = 20,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show what curation dropped, and why; with --faults, what models wrote in vain."""
    if faults:
        _show_faults(reason, limit, folder, Output(as_json))
        return
    with open_shelf(folder) as shelf:
        counts = {name: count for name, count in shelf.store.count_verdicts(batch=shelf.batch).items() if name != "kept"}
        shown = list(islice(shelf.store.read_dropped(reason=reason, batch=shelf.batch), limit))
        twins = _name_twins((verdict for _, verdict in shown), shelf.store.read_samples())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def write(console: Console) -> None:
        print_table(console, ("reason", "samples"), ((name, f"{count:,}") for name, count in ordered), numbers=("samples",))
        console.print()
        print_table(
            console,
            ("reason", "text", "note"),
            (
                (verdict.reason, sample.text, _ID.sub(lambda found: twins.get(found[0], found[0]), verdict.note))
                for sample, verdict in shown
            ),
        )
        say(console, f"{len(shown):,} of {counts.get(reason, 0) if reason else sum(counts.values()):,} shown.")

    Output(as_json).show({"counts": counts, "dropped": [{"sample": sample, "verdict": verdict} for sample, verdict in shown]}, write)


def _show_faults(kind: str | None, limit: int, folder: Path, output: Output) -> None:
    with open_shelf(folder) as shelf:
        found = list(shelf.store.read_faults(batch=(shelf.batch or "").partition("-")[0]))
    counts = Counter(fault.fault.kind for fault in found)
    shown = [fault for fault in found if kind in {None, fault.fault.kind}][:limit]

    def write(console: Console) -> None:
        print_table(console, ("kind", "answers"), ((name, f"{count:,}") for name, count in counts.most_common()), numbers=("answers",))
        console.print()
        rows = ((each.fault.kind, f"{each.writer} by {each.model}", each.fault.message, each.fault.raw) for each in shown)
        print_table(console, ("kind", "who", "what is wrong", "answer"), rows)
        say(console, f"{len(shown):,} of {len(found):,} shown.")

    output.show({"counts": counts, "faults": shown}, write)


def _name_twins(verdicts: Iterable[Verdict], samples: Iterable[Sample]) -> Mapping[str, str]:
    """Return what to say instead of the ids in notes: the sample's text, unless it is held out."""
    named = {sample_id for verdict in verdicts for sample_id in _ID.findall(verdict.note)}
    found = (sample for sample in samples if sample.id in named)
    return {sample.id: "a sample of the holdout" if sample.split == "holdout" else f"“{sample.text}”" for sample in found}


__all__ = ["run"]
