"""A project: everything that its files say, checked and typed."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from synthloop.core.behavior import Behavior
from synthloop.core.errors import Problem, ProjectError, UsageError
from synthloop.core.ports import Judge, Scorer, Validator
from synthloop.core.prompt import Prompt
from synthloop.core.sample import Sample
from synthloop.curate.split import SplitShares
from synthloop.engine.budget import Budget
from synthloop.evaluate.demands import GateDemands
from synthloop.generate.authored import make_authored_samples
from synthloop.generate.settings import GenerateSettings
from synthloop.loop.setup import Order
from synthloop.project.app_config import AppConfig, build_app_configs, check_apps, find_missing_files, find_uncounted
from synthloop.project.behavior_checks import FoundBehavior, check_together, find_oddities
from synthloop.project.behavior_files import find_behavior_files, read_behavior_files
from synthloop.project.judges import read_judges
from synthloop.project.model_config import ModelConfig, build_model_configs, check_models, find_unpriced
from synthloop.project.prices import read_prices
from synthloop.project.problems import Checked, read_written, sort_problems, suggest_or_list
from synthloop.project.promoted import add_promoted
from synthloop.project.settings import NoiseSettings, SettingsReader, make_importable, pair_scorers, read_budget
from synthloop.project.users import UserConfig, read_users
from synthloop.project.writing_settings import WritingConfig, read_prompts, read_writing
from synthloop.project.written_project import ProjectWritten
from synthloop.project.yaml_source import Source, read_source
from synthloop.prompting.library import make_prompts

PROJECT_FILE = "synthloop.yaml"

TOGETHER = {"app": ("variants",)}
"""Key -> keys that mean nothing without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Everything that a project's files say."""

    root: Path
    """The folder of `synthloop.yaml`; paths in the files are relative to it."""
    behaviors: tuple[Behavior, ...]
    """In the order of their files' paths; never empty."""
    apps: tuple[AppConfig, ...] = ()
    """The app first, then its variants; empty where no app is named."""
    models: tuple[ModelConfig, ...] = ()
    """Language models; empty where none is named."""
    prompts: Mapping[str, Prompt] = field(default_factory=make_prompts)
    """By name: the shipped ones, and in their place those that the project changed."""
    writing: WritingConfig = field(default_factory=WritingConfig)
    users: UserConfig = field(default_factory=UserConfig)
    """What simulated users are like."""
    noise: NoiseSettings = field(default_factory=NoiseSettings)
    generate: GenerateSettings = field(default_factory=GenerateSettings)
    order: Order = field(default_factory=Order)
    neighbors: int = 16
    """Neighbors tried around each group of failures."""
    minimize_runs: int = 60
    """Conversations that may be had to make a failed one short."""
    validators: tuple[Validator, ...] = ()
    scorers: tuple[Scorer, ...] = ()
    judges: tuple[Judge, ...] = ()
    split: SplitShares = field(default_factory=SplitShares)
    gate: GateDemands = field(default_factory=GateDemands)
    repeats: int = 1
    """How often the app answers each sample."""
    holdout_reads: int = 20
    """App versions that one holdout may judge before it counts as spent."""
    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    warnings: tuple[Problem, ...] = ()
    """What is allowed but probably not meant."""

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.root.name


def load_project(root: str | os.PathLike[str] = ".", *, promised: Path | None = None) -> Project:
    """Read `synthloop.yaml` and its behavior files.

    The folder is put on the import path, so that `module:name` finds the project's own modules; the app itself is not imported.

    Args:
        root: The project's folder.
        promised: A file that is about to be written: it is not wrong that it is missing.

    Raises:
        ProjectError: Anything is wrong; holds every problem of all files.
    """
    folder = Path(root).resolve()
    path = folder / PROJECT_FILE
    if not path.is_file():
        fix = f"Change into the project's folder, or start one with `synthloop init {Path(root).name or 'my-loop'}`."
        raise ProjectError([Problem(file=str(Path(root) / PROJECT_FILE), line=None, field="", what="does not exist.", fix=fix)])
    source, problems = read_source(path, PROJECT_FILE)
    checked: Checked[ProjectWritten] = Checked(written=None) if source is None else read_written(ProjectWritten, source, together=TOGETHER)
    said = _said_folder(source)
    files, missing = find_behavior_files(folder / said, said)
    found, wrong = read_behavior_files(files, folder)
    duplicates = list(check_together(found))
    found, unpromoted = add_promoted(found, folder)
    problems += [*checked.problems, *missing, *wrong, *duplicates, *unpromoted]
    if checked.written is None or source is None:
        raise ProjectError(sort_problems(problems))
    return assemble_project(checked.written, source, found, folder, problems, promised=promised)


def assemble_project(
    written: ProjectWritten,
    source: Source,
    found: Sequence[FoundBehavior],
    root: Path,
    problems: Sequence[Problem] = (),
    *,
    promised: Path | None = None,
) -> Project:
    """Put a project together from its checked parts.

    Args:
        written: What `synthloop.yaml` says.
        source: Where that stands.
        found: The behaviors.
        root: The project's folder.
        problems: What was found wrong so far; reported together with what is found here.
        promised: A file that is about to be written: it is not wrong that it is missing.

    Raises:
        ProjectError: Anything is wrong.
    """
    make_importable(root)
    reader = SettingsReader(written=written, source=source, root=root, promised=promised)
    prices, wrong = read_prices(written.prices, source, root, today=datetime.now(tz=UTC).date())
    reader.problems += [*problems, *check_apps(written, source, root), *check_models(written, source, root), *wrong]
    behaviors = tuple(each.behavior for each in found)
    models = build_model_configs(written, prices, root)
    prompts = read_prompts(reader)
    writing = read_writing(reader, models, behaviors, prompts)
    scorers, validators = reader.read_scorers(behaviors), reader.read_validators()
    judges = read_judges(reader, models, behaviors, prompts, scorers)
    behaviors = pair_scorers(behaviors, (*scorers, *judges))
    demands = reader.read_gate(behaviors, (*scorers, *judges))
    generate, order = reader.read_generate()
    noise, split = reader.read_noise(), reader.read_split()
    users = read_users(reader, models, prompts)
    if not any(problem.field.startswith(("scorers", "judges")) for problem in reader.problems):
        reader.problems += _check_scorer_names(found, (*scorers, *judges))
    reader.problems += _check_own_samples(found, validators)
    if reader.problems:
        raise ProjectError(sort_problems(reader.problems))
    return Project(
        root=root,
        behaviors=behaviors,
        apps=build_app_configs(written),
        models=models,
        prompts=prompts,
        writing=writing,
        noise=noise,
        users=users,
        generate=generate,
        order=order,
        neighbors=written.generate.neighbors,
        minimize_runs=written.generate.minimize_runs,
        validators=validators,
        scorers=scorers,
        judges=judges,
        split=split,
        gate=demands,
        repeats=written.gate.repeats,
        holdout_reads=written.gate.holdout_reads,
        budget=read_budget(written.budget),
        seed=written.seed,
        warnings=(
            *find_missing_files(written, source, root),
            *find_uncounted(written, source),
            *prices.warnings,
            *find_unpriced(written, models, source),
            *reader.notes,
            *(oddity for each in found for oddity in find_oddities(each)),
        ),
    )


def _said_folder(source: Source | None) -> str:
    """Return the behaviors' folder even where the rest of the file is wrong, so that their problems are found as well."""
    said = source.value.get("behaviors") if source is not None and isinstance(source.value, dict) else None
    return said if isinstance(said, str) and said.strip() else "behaviors/"


def _check_scorer_names(found: Sequence[FoundBehavior], scorers: Sequence[Scorer | Judge]) -> Iterator[Problem]:
    known = [scorer.name for scorer in scorers]
    for each in found:
        for position, name in enumerate(each.behavior.scorers):
            if name not in known:
                what = f"the project has no scorer called {name!r}."
                yield each.source.problem(("scorers", position), what, suggest_or_list(name, known, "It has"))


def _check_own_samples(found: Sequence[FoundBehavior], validators: Sequence[Validator]) -> Iterator[Problem]:
    """Yield authored samples that the project's own validators would drop."""
    for each in found:
        for position, sample in enumerate(make_authored_samples(each.behavior)):
            for validator in validators:
                fault = _find_fault(validator, sample)
                if fault:
                    yield each.source.problem(("authored", position), fault, "Change the sample, or the validator.")


def _find_fault(validator: Validator, sample: Sample) -> str:
    try:
        verdict = validator.check(sample)
    except UsageError as error:
        return str(error)
    if verdict is None:
        return ""
    return f"the validator {validator.spec.name!r} would drop this sample ({verdict.reason}: {verdict.note})."


__all__ = ["PROJECT_FILE", "TOGETHER", "Project", "assemble_project", "load_project"]
