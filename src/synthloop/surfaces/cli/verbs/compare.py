"""`synthloop compare`."""

from synthloop.loop.evaluate import evaluate_variants
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption, OpenSplit, SplitOption, read_split
from synthloop.surfaces.cli.output import Output
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.terminal import print_comparison


def run(*, split: SplitOption = OpenSplit.DEV, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Run every variant of the app on the same samples, and compare them.

    Each variant is compared with the first, sample by sample.
    """
    with open_session(folder, "compare", plain=as_json) as session:
        reports, comparison = evaluate_variants(session.setup, split=read_split(split))
    Output(as_json).show({"comparison": comparison, "reports": reports}, lambda console: print_comparison(reports, comparison, console))


__all__ = ["run"]
