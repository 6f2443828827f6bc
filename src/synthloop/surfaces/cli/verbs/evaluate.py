"""`synthloop evaluate`."""

from synthloop.loop.evaluate import evaluate_app
from synthloop.surfaces.cli.options import HERE, AppOption, FolderOption, JsonOption, OpenSplit, SplitOption, read_split
from synthloop.surfaces.cli.output import Output
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.cli.views import view_report
from synthloop.surfaces.terminal import print_report


def run(*, app: AppOption = None, split: SplitOption = OpenSplit.DEV, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Run the app on the samples and report how it did.

    Answers that this version of the app gave before are not asked again.
    """
    with open_session(folder, "evaluate", plain=as_json) as session:
        report = evaluate_app(session.setup, app=app, split=read_split(split))
        view = view_report(session.setup.store, report)
    Output(as_json).show(report, lambda console: print_report(view, console))


__all__ = ["run"]
