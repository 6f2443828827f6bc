"""The file of personas: who speaks, as traits with distributions and rules."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from synthloop.core.errors import Problem, UsageError
from synthloop.generate.personas.population import Setting
from synthloop.project.behavior_checks import RESERVED_ATTRIBUTES
from synthloop.project.behaviors import build_constraint, build_parameter
from synthloop.project.problems import read_written
from synthloop.project.written import ConstraintWritten, ParameterWritten
from synthloop.project.written_base import Text, Written
from synthloop.project.yaml_source import Source, parse_source, read_source


class PersonasWritten(Written):
    """Who may speak: traits, how often each value occurs, and what never occurs together."""

    says: str = ""
    """The setting in a few words."""
    traits: dict[Text, ParameterWritten]
    """Trait -> its values, as the parameters of a behavior: `[a, b]`, `{a: 3, b: 1}`, or depending on another trait."""
    rules: list[ConstraintWritten] = []
    """Rules between traits: `{if: ..., then: ...}` or `{not: ...}`."""


def read_personas(path: Path, shown: str) -> tuple[Setting | None, list[Problem]]:
    """Read and check a file of personas."""
    source, problems = read_source(path, shown)
    return (None, problems) if source is None else _build(source, problems)


def parse_personas(text: str, shown: str) -> tuple[Setting | None, list[Problem]]:
    """Check what a file of personas would say."""
    source, problems = parse_source(text, shown)
    return (None, problems) if source is None else _build(source, problems)


def _build(source: Source, problems: list[Problem]) -> tuple[Setting | None, list[Problem]]:
    checked = read_written(PersonasWritten, source)
    problems = [*problems, *checked.problems]
    if checked.written is None or problems:
        return None, problems
    written = checked.written
    if taken := list(_find_taken(written.traits, source)):
        return None, taken
    traits = tuple(build_parameter(name, parameter) for name, parameter in written.traits.items())
    setting = Setting(says=written.says, traits=traits, rules=tuple(build_constraint(rule) for rule in written.rules))
    try:
        setting.space()
    except UsageError as error:
        said = str(error).replace("behavior 'personas': ", "").replace("parameter", "trait")
        return None, [source.problem(("traits",), said, "")]
    return setting, []


def _find_taken(traits: Iterable[str], source: Source) -> Iterator[Problem]:
    for name in traits:
        if name in RESERVED_ATTRIBUTES:
            what = f"the name {name!r} is taken: samples say there how they were made."
            yield source.problem(("traits", name), what, f"Choose another, e.g. 'persona_{name}'.")


__all__ = ["PersonasWritten", "parse_personas", "read_personas"]
