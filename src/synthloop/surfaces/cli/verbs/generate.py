"""`synthloop generate`."""

from rich.console import Console

from synthloop.loop.generate import GenerateSummary, generate_samples
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.figures import show_count


def run(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Make samples of every behavior, and curate them.

    The same files and the same seed give the same samples. Where the files have not changed, nothing is done.
    """
    with open_session(folder, "generate", plain=as_json) as session:
        summary = generate_samples(session.setup)
    Output(as_json).show(summary, lambda console: print_summary(console, summary))


def print_summary(console: Console, summary: GenerateSummary) -> None:
    """Print what was accepted and what was not, a line for each behavior."""
    splits = ", ".join(f"{count:,} {split}" for split, count in summary.splits.items())
    if summary.reused:
        say(console, f"{show_count(summary.accepted, 'sample')} ({splits}) are what the files describe; nothing to do.")
        return
    rows = (
        (
            order.behavior_id,
            f"{order.accepted:,}",
            f"{order.ordered:,}",
            f"{order.candidates:,}",
            order.stop_reason,
            ", ".join(f"{count:,} {reason}" for reason, count in _dropped(order.reasons)[:3]),
        )
        for order in summary.orders
    )
    print_table(
        console, ("behavior", "accepted", "ordered", "judged", "stopped by", "dropped most for"), rows, ("accepted", "ordered", "judged")
    )
    say(console, f"{show_count(summary.accepted, 'sample')} accepted: {splits}.")


def _dropped(reasons: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(((reason, count) for reason, count in reasons.items() if reason != "kept"), key=lambda item: (-item[1], item[0]))


__all__ = ["print_summary", "run"]
