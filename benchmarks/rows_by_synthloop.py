"""Rows by synthloop, journal and store on files. Run by `model_runs.py`: rows_by_synthloop.py URL ROWS [--no-journal]."""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from rows_wanted import IN_FLIGHT, SYSTEM, TEMPLATE, measured
from synthloop.adapters.models.openai_compatible import OpenAiModel
from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.ask import Flow
from synthloop.core.behavior import scenario_of
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.model import ModelRef
from synthloop.core.record import Record
from synthloop.core.sample import Message, Sample, Verdict, make_sample
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.prompting.asking import Question, ask_structured
from synthloop.prompting.shapes import shape_of


class Row(Record):
    """What is asked for."""

    text: str
    label: str


SHAPE = shape_of(Row)


def write_row(model: ModelRef, number: int) -> Flow[tuple[Sample, Verdict]]:
    messages = (Message(role="system", text=SYSTEM), Message(role="user", text=TEMPLATE.format(number=number)))
    said = yield from ask_structured(Question(model=model, messages=messages), SHAPE)
    text = f"{said.value.text} {number}" if said.value else ""
    sample = make_sample(
        behavior_id="schedule",
        scenario_id=scenario_of("schedule", text).id,
        messages=(Message(role="user", text=text),),
        expected=said.value.label if said.value else None,
        lineage=Lineage(origin="generated", steps=(Spec(kind="writers", name="benchmark"),), seed=1, model=model.name, usage=said.usage),
    )
    return sample, Verdict(sample_id=sample.id, keep=said.value is not None, reason="kept", by=Spec(kind="curators", name="benchmark"))


def run_synthloop(url: str, rows: int, folder: Path, *, journal_on: bool) -> int:
    model = OpenAiModel(name="tiny", version="1", model="tiny", url=url)
    ref = ModelRef(name="tiny", version="1")
    limits = Limits(in_flight=IN_FLIGHT, retries=5, learns=True)
    with (
        SqliteStore.open(folder / "store.sqlite") as store,
        closing(SqliteJournal(path=folder / "journal.sqlite" if journal_on else None)) as journal,
    ):
        engine = Engine(ports={"tiny": model}, journal=journal, limits=limits)
        chunk: list[tuple[Sample, Verdict]] = []

        def keep(pair: tuple[Sample, Verdict]) -> None:
            chunk.append(pair)
            if len(chunk) == 1000:
                store.save_candidates(chunk)
                chunk.clear()

        engine.run((write_row(ref, number) for number in range(rows)), sink=keep, total=rows)
        store.save_candidates(chunk)
        return store.count_samples()


def main() -> None:
    url, rows = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder, measured(rows) as counts:
        counts.append(run_synthloop(url, rows, Path(folder), journal_on="--no-journal" not in sys.argv))


if __name__ == "__main__":
    main()
