"""`synthloop transcripts`."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console

from synthloop.core.sample import Sample
from synthloop.core.transcript import Transcript
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import Shelf, open_shelf
from synthloop.surfaces.talk_lines import END_WORDS, show_transcript


def run(  # noqa: PLR0913 - each is an option of the command line
    *,
    app: Annotated[str | None, typer.Option("--app", help="Of this variant alone.")] = None,
    end: Annotated[str | None, typer.Option("--end", help=f"Which ended like this: {', '.join(END_WORDS)}.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Which did not reach the end state.")] = False,
    id_: Annotated[str | None, typer.Option("--id", help="Of the conversation, or of its sample; the beginning is enough.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show so many.")] = 5,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show conversations with the app, with what the user meant and how they ended.

    Those of the holdout are left out.
    """
    with open_shelf(folder) as shelf:
        samples = {sample.id: sample for sample in shelf.read_open(None)}
        found = [one for one in _find(shelf, samples, app) if _fits(one, end, id_, failed=failed)]
    shown = found[:limit]

    def write(console: Console) -> None:
        for transcript in shown:
            console.print(show_transcript(transcript, samples.get(transcript.sample_id)))
        say(console, f"{len(shown)} of {len(found)} conversations")

    Output(as_json).show(shown, write)


def _find(shelf: Shelf, samples: dict[str, Sample], app: str | None) -> Iterator[Transcript]:
    """Yield conversations, of each variant's newest version alone."""
    newest: dict[str, str] = {}
    kept = [one for one in shelf.store.read_transcripts(app=app) if one.sample_id in samples]
    for transcript in kept:
        newest[transcript.app] = transcript.app_version
    return (one for one in kept if newest[one.app] == one.app_version)


def _fits(transcript: Transcript, end: str | None, id_: str | None, *, failed: bool) -> bool:
    if end is not None and transcript.end_reason != end.replace("-", "_"):
        return False
    if failed and transcript.end_reason in ("end_state_reached", "answered"):
        return False
    return id_ is None or transcript.id.startswith(id_) or transcript.sample_id.startswith(id_)


__all__ = ["run"]
