"""Written settings as the values that stages take, with every problem on the way."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.errors import Problem, UsageError
from synthloop.core.own_code import OwnCodeError, call_own
from synthloop.core.ports import Judge, Noiser, Scorer, Validator
from synthloop.core.registry import suggest_name
from synthloop.curate.split import SplitShares
from synthloop.engine.budget import Budget
from synthloop.evaluate.demands import GateDemands
from synthloop.evaluate.metric_names import MOST_REPEATS, find_metric_names
from synthloop.generate.settings import GenerateSettings
from synthloop.loop.setup import Order
from synthloop.project.components import registry_of
from synthloop.project.problems import suggest_or_list
from synthloop.project.written_project import BudgetWritten, GateWritten, GenerateWritten, NoiseWritten, ProjectWritten
from synthloop.project.yaml_source import FieldPath, Source, plain, read_source

END_STATE = "end_state"
"""The scorer of whole conversations: it is there wherever a behavior has one."""

_COMPARING = frozenset({"label", "labels", "exact", "normalized", "json_fields"})
"""Scorers that compare an answer with what is expected."""

_SHARPNESS = ("alpha", "margin", "drop_margin", "max_unscored_share", "calibrated_judges", "judge_kappa_at_least")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseSettings:
    """How messy the samples are."""

    profile: Path | None = None
    """A fitted noise profile; None: none."""
    noisers: tuple[Noiser, ...] = ()
    """Applied in order; empty: those of the profile, or a gentle mix."""
    lexicon: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """The user's own words and their variants."""


@dataclass(slots=True, kw_only=True)
class SettingsReader:
    """Builds settings from a checked project file and collects what is wrong with them."""

    written: ProjectWritten
    source: Source
    root: Path
    promised: Path | None = None
    """A file that is about to be written: it is not wrong that it is missing."""
    problems: list[Problem] = field(default_factory=list[Problem])
    notes: list[Problem] = field(default_factory=list[Problem])
    """What is allowed but probably not meant."""

    def build_components(self, kind: str, path: FieldPath, entries: Sequence[object]) -> tuple[Any, ...]:
        """Return the components that a list names, leaving out those that can't be built."""
        built: list[Any] = []
        for position, entry in enumerate(entries):
            built += self.build_component(kind, (*path, position), entry)
        return tuple(built)

    def build_component(self, kind: str, path: FieldPath, entry: object) -> tuple[Any, ...]:
        """Return the component that an entry names, or nothing where it can't be built."""
        name, parameters = _split_entry(entry)
        try:
            check_loadable(name, self.root)
            return (call_own(registry_of(kind).build, name, parameters),)
        except UsageError as error:
            self.complain(path, str(error), "")
        except OwnCodeError as error:
            what = f"{name!r} can't be loaded: it {error}."
            self.complain(path, what, "Correct that module, and try `python -c 'import ...'` from the project's folder.")
        return ()

    def read_noise(self) -> NoiseSettings:
        """Return the noise settings."""
        written: NoiseWritten = self.written.noise
        profile = self.find_file(("noise", "profile"), written.profile, "`synthloop noise fit MESSAGES.txt` writes one.")
        return NoiseSettings(
            profile=profile,
            noisers=cast("tuple[Noiser, ...]", self.build_components("noisers", ("noise", "noisers"), written.noisers)),
            lexicon=self._read_lexicon(written.lexicon),
        )

    def read_validators(self) -> tuple[Validator, ...]:
        """Return the validators."""
        return self.build_components("validators", ("validators",), self.written.validators)

    def read_scorers(self, behaviors: Sequence[Behavior]) -> tuple[Scorer, ...]:
        """Return the scorers; where none are written, the one that fits what behaviors expect."""
        scorers: tuple[Scorer, ...] = self.build_components("scorers", ("scorers",), self.written.scorers)
        for position, scorer in enumerate(scorers):
            if scorer.name in {earlier.name for earlier in scorers[:position]}:
                what = f"two scorers are called {scorer.name!r}."
                self.complain(("scorers",), what, f"Give one another name, e.g. `{scorer.spec.name}: {{name: my_{scorer.name}}}`.")
        if not self.written.scorers and not (self.written.judges and "scorers" in self.written.model_fields_set):
            name = choose_scorer(behavior for behavior in behaviors if behavior.talk is None)
            scorers = (registry_of("scorers").build(name),) if name else ()
        ends = any(behavior.talk for behavior in behaviors) and not any(scorer.spec.name == END_STATE for scorer in scorers)
        return (*scorers, registry_of("scorers").build(END_STATE)) if ends else scorers

    def read_generate(self) -> tuple[GenerateSettings, Order]:
        """Return how samples are mixed, and how many are ordered."""
        written: GenerateWritten = self.written.generate
        settings = GenerateSettings(
            strength=written.covering,
            levels=written.levels,
            template_share=written.template_share,
            noise_share=self.written.noise.share,
            verbatim_share=written.verbatim_share,
            vary_values=written.vary_values,
            variants_per_authored=written.variants_per_authored,
            synonyms={word: tuple(others) for word, others in written.synonyms.items()},
        )
        return settings, Order(accepted=written.accepted, candidate_limit=written.candidate_limit, max_shares=written.max_shares)

    def read_split(self) -> SplitShares:
        """Return the shares of the splits."""
        written = self.written.split
        try:
            return SplitShares(train=written.train, dev=written.dev, holdout=written.holdout)
        except UsageError as error:
            self.complain(("split",), str(error), "")
            return SplitShares()

    def read_gate(self, behaviors: Sequence[Behavior], scorers: Sequence[Scorer | Judge]) -> GateDemands:
        """Return what the gate demands."""
        written: GateWritten = self.written.gate
        metrics = written.__pydantic_extra__ or {}
        known = [behavior.id for behavior in behaviors]
        for name in written.behaviors:
            if name not in known:
                fix = suggest_or_list(name, known, "Behaviors")
                self.complain(("gate", "behaviors", name), f"no behavior is called {name!r}.", fix)
        for name, demand in metrics.items():
            if (demand.at_least is None) == (demand.at_most is None):
                self.complain(("gate", name), "a metric has one limit.", f"Write `{name}: {{at_least: 0.9}}` or `{name}: {{at_most: 2}}`.")
        self._check_metrics(metrics, behaviors, scorers)
        if written.calibrated_judges and not self.written.judges:
            fix = "Name judges under `judges`, or leave this out."
            self.complain(("gate", "calibrated_judges"), "there are no judges to calibrate.", fix)
        sharpness = {name: getattr(written, name) for name in _SHARPNESS if getattr(written, name) is not None}
        return GateDemands(
            at_least={name: demand.at_least for name, demand in metrics.items() if demand.at_least is not None},
            at_most={name: demand.at_most for name, demand in metrics.items() if demand.at_most is not None},
            behaviors_at_least=written.behaviors,
            no_regression=written.no_regression,
            **sharpness,
        )

    def _check_metrics(self, metrics: Iterable[str], behaviors: Sequence[Behavior], scorers: Sequence[Scorer | Judge]) -> None:
        """Complain about metrics that no report will have; where other things are wrong, what depends on those is taken as it is."""
        if any(problem.field.startswith(("scorers", "judges")) for problem in self.problems):
            return
        repeats = self.written.gate.repeats
        names = find_metric_names(scorers, None if self.problems else behaviors, repeats=repeats)
        for name in metrics:
            if name in names:
                continue
            repeated = re.fullmatch(r"pass\^(\d+)", name)
            if repeated and repeats < int(repeated[1]) <= MOST_REPEATS:
                fix = f"Add `repeats: {repeated[1]}` to `gate`."
                self.complain(("gate", name), f"each sample is asked only {'once' if repeats == 1 else f'{repeats} times'}.", fix)
            else:
                short = [listed for listed in names.listed if ":" not in listed and "." not in listed]
                fix = suggest_name(name, (*names.listed, *GateWritten.model_fields)).strip() or f"Metrics: {', '.join(short)}."
                self.complain(("gate", name), f"there is no metric {name!r}.", fix)

    def find_file(self, path: FieldPath, written: str | None, fix: str) -> Path | None:
        """Return the path of a file that is named, complaining where it does not exist; None where none is named."""
        if written is None:
            return None
        found = self.root / written
        if not found.is_file() and found.resolve() != self.promised:
            self.complain(path, f"there is no file {written!r}.", fix)
        return found

    def _read_lexicon(self, written: str | None) -> Mapping[str, tuple[str, ...]]:
        path = self.find_file(("noise", "lexicon"), written, "Write it: one `word: [variant, variant]` a line.")
        if written is None or path is None or not path.is_file():
            return {}
        source, problems = read_source(path, written)
        self.problems += problems
        return {} if source is None else dict(self._read_words(source))

    def _read_words(self, source: Source) -> Iterator[tuple[str, tuple[str, ...]]]:
        if not isinstance(source.value, dict):
            self.problems.append(source.problem((), "a lexicon is a mapping.", "Write one `word: [variant, variant]` a line."))
            return
        for word, variants in source.value.items():
            listed = variants if isinstance(variants, list) else [variants]
            if listed and all(isinstance(variant, str) for variant in listed):
                yield word, tuple(map(str, listed))
            else:
                self.problems.append(source.problem((word,), "its variants are no texts.", "Write `word: [variant, variant]`."))

    def complain(self, path: FieldPath, what: str, fix: str) -> None:
        """Take note of a problem."""
        self.problems.append(self.source.problem(path, what, fix))


def read_budget(written: BudgetWritten) -> Budget:
    """Return the hard caps of one run."""
    seconds = None if written.minutes is None else written.minutes * 60
    return Budget(calls=written.calls, tokens=written.tokens, cost_usd=written.usd, seconds=seconds)


def choose_scorer(behaviors: Iterable[Behavior]) -> str | None:
    """Return the scorer that fits what behaviors expect: `label` for texts, `labels` for lists of texts, `exact` for anything else.

    None where nothing is expected.
    """
    expected = [value for behavior in behaviors for value in (behavior.expected, *(sample.expected for sample in behavior.authored))]
    known = [value for value in expected if value is not None]
    if not known:
        return None
    if all(isinstance(value, str) for value in known):
        return "label"
    lists = all(isinstance(value, list) and all(isinstance(label, str) for label in value) for value in known)
    return "labels" if lists else "exact"


def pair_scorers(behaviors: Sequence[Behavior], scorers: Sequence[Scorer | Judge]) -> tuple[Behavior, ...]:
    """Return behaviors with the scorers that apply to them, where there are both conversations and single questions.

    What a behavior names itself stays. Conversations are scored by their end and by whatever only measures or judges; single questions by
    all but the end.
    """
    if not any(behavior.talk for behavior in behaviors):
        return tuple(behaviors)
    comparing = {scorer.name for scorer in scorers if scorer.spec.name in _COMPARING}
    for_talk = tuple(scorer.name for scorer in scorers if scorer.name not in comparing)
    for_question = tuple(scorer.name for scorer in scorers if scorer.spec.name != END_STATE)
    return tuple(
        msgspec.structs.replace(behavior, scorers=behavior.scorers or (for_talk if behavior.talk else for_question))
        for behavior in behaviors
    )


def make_importable(root: Path) -> None:
    """Let the project's own modules be imported by name; what is found earlier on the path is not hidden by a second call."""
    folder = str(root.resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)


def check_loadable(location: str, root: Path) -> None:
    """Check that importing `module:name` gives the project's own module, where it has one of that name.

    Raises:
        UsageError: A module of the same name, from elsewhere, is loaded already: it would be used instead, and nobody would notice.
    """
    module = location.partition(":")[0]
    loaded: str | None = getattr(sys.modules.get(module), "__file__", None)
    place = root.resolve().joinpath(*module.split("."))
    own = [file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()]
    if loaded and own and Path(loaded).resolve() not in own:
        raise UsageError(
            f"{location!r}: another module called {module!r} is loaded already, from {loaded}. "
            "Fix: give the project's own another name, or work on one project a process."
        )


def _split_entry(entry: object) -> tuple[str, dict[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    ((name, parameters),) = cast("dict[str, dict[str, Any]]", entry).items()
    return name, cast("dict[str, Any]", plain(parameters))


__all__ = [
    "END_STATE",
    "NoiseSettings",
    "SettingsReader",
    "check_loadable",
    "choose_scorer",
    "make_importable",
    "pair_scorers",
    "read_budget",
]
