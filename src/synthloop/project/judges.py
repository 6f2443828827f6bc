"""The judges of a project, with every problem on the way."""

from collections.abc import Iterator, Mapping, Sequence

from synthloop.core.behavior import Behavior
from synthloop.core.model import ModelRef
from synthloop.core.ports import Judge, Scorer
from synthloop.core.prompt import Prompt
from synthloop.evaluate.judges.rubric import Rubric
from synthloop.project.model_config import ModelConfig
from synthloop.project.settings import SettingsReader
from synthloop.project.writing_settings import find_model, find_usual_model
from synthloop.project.written_models import JudgeWritten


def read_judges(
    reader: SettingsReader,
    models: Sequence[ModelConfig],
    behaviors: Sequence[Behavior],
    prompts: Mapping[str, Prompt],
    scorers: Sequence[Scorer],
) -> tuple[Judge, ...]:
    """Return the judges; complains to `reader` about everything that is wrong."""
    known = {config.name: config for config in models}
    taken = {scorer.name for scorer in scorers}
    found: list[Judge] = []
    for position, written in enumerate(reader.written.judges):
        if written.name in taken:
            reader.complain(
                ("judges", position, "name"), f"{written.name!r} is the name of a scorer already.", "Give the judge another name."
            )
        taken.add(written.name)
        if not written.criteria and not any(behavior.criteria for behavior in behaviors):
            what = "it has nothing to judge by: neither the judge nor any behavior has criteria."
            reader.complain(("judges", position), what, "Add `criteria: [...]` to the judge, or to behaviors.")
        found.append(
            Rubric(
                name=written.name,
                models=tuple(_read_panel(reader, position, written, known)),
                criteria=tuple(written.criteria),
                repeats=written.repeats,
                behaviors={behavior.id: behavior for behavior in behaviors},
                prompts=prompts,
                repairs=written.repairs,
            )
        )
    return tuple(found)


def _read_panel(reader: SettingsReader, position: int, written: JudgeWritten, known: Mapping[str, ModelConfig]) -> Iterator[ModelRef]:
    path = ("judges", position)
    if not written.models:
        usual = find_usual_model(reader, path, known)
        if usual is not None:
            yield usual.ref
        return
    for name in written.models:
        config = find_model(reader, (*path, "models"), name, known)
        if config is not None:
            yield config.ref


__all__ = ["read_judges"]
