"""The judges of a project, with every problem on the way."""

from collections.abc import Mapping, Sequence

from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.gear import FILTER
from synthloop.core.ports import Judge, Scorer
from synthloop.core.prompt import Prompt
from synthloop.evaluate.judges.building import JudgeParts, JudgeSettings, RubricSettings
from synthloop.project.model_config import MAIN_MODEL, ModelConfig
from synthloop.project.settings import SettingsReader
from synthloop.project.written_models import JudgeWritten
from synthloop.project.yaml_source import FieldPath


def read_judges(
    reader: SettingsReader,
    models: Sequence[ModelConfig],
    behaviors: Sequence[Behavior],
    prompts: Mapping[str, Prompt],
    scorers: Sequence[Scorer],
) -> tuple[Judge, ...]:
    """Return the judges; complains to `reader` about everything that is wrong."""
    known = {config.name: config.ref for config in models}
    usual = MAIN_MODEL if MAIN_MODEL in known else next(iter(known), "") if len(known) == 1 else ""
    parts = JudgeParts(models=known, usual=usual, prompts=prompts, behaviors=tuple(behaviors))
    taken = {FILTER: "the filter of what models write", **{scorer.name: "a scorer" for scorer in scorers}}
    found: list[Judge] = []
    for position, written in enumerate(reader.written.judges):
        path = ("judges", position)
        for judge in _read_judge(reader, path, written, parts):
            if judge.name in taken:
                what = f"{judge.name!r} is the name of {taken[judge.name]} already."
                reader.complain(path, what, f"Give the judge another name, e.g. `name: my_{judge.name}`.")
            taken[judge.name] = "another judge"
            found.append(judge)
    return tuple(found)


def _read_judge(reader: SettingsReader, path: FieldPath, written: object, parts: JudgeParts) -> tuple[Judge, ...]:
    """Return the judge that an entry describes; nothing where it can't be built."""
    settings = (_as_rubric(written),) if isinstance(written, JudgeWritten) else reader.build_component("judges", path, written)
    try:
        return tuple(_build(each, parts) for each in settings)
    except UsageError as error:
        reader.complain(path, str(error), "")
        return ()


def _as_rubric(written: JudgeWritten) -> RubricSettings:
    return RubricSettings(
        name=written.name,
        models=tuple(written.models),
        criteria=tuple(written.criteria),
        repeats=written.repeats,
        repairs=written.repairs,
    )


def _build(settings: object, parts: JudgeParts) -> Judge:
    """Return the judge that settings make; an object that judges already is one itself."""
    if isinstance(settings, JudgeSettings):
        return settings.build(parts)
    if isinstance(settings, Judge):
        return settings
    raise UsageError("it is no judge. Fix: a judge has `judge(sample, transcript)`, or `build(parts)` that returns one.")


__all__ = ["read_judges"]
