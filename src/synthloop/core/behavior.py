"""What the app must do (behaviors), in which situations (scenarios), and who is speaking (personas)."""

from typing import Literal

from synthloop.core.conversation import Goal, Talk
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.persona import Persona
from synthloop.core.record import Record

Condition = dict[str, tuple[str, ...]]
"""Parameter name -> values: true where every named parameter has one of its listed values."""

ParameterType = Literal["choice", "integer", "number", "date", "time"]


class Choice(Record):
    """One value that a parameter can take."""

    value: str
    """As it is written into the template."""
    weight: float = 1.0
    """How often it is drawn, relative to the others; above 0."""


class Conditional(Record):
    """The distribution of a parameter where others have certain values."""

    when: Condition
    """Where this distribution holds. The first of a parameter's conditionals that holds is used."""
    choices: tuple[Choice, ...]
    """Values and weights under that condition; not empty."""


class Parameter(Record):
    """A slot of templates: its type and how its values are distributed."""

    name: str
    type: ParameterType = "choice"
    choices: tuple[Choice, ...] = ()
    """For `choice`: values and weights where no conditional holds. Empty for other types."""
    conditionals: tuple[Conditional, ...] = ()
    """Distributions that depend on other parameters; the dependencies must not form a cycle."""
    low: float | str | None = None
    """Smallest value of an integer, number, date (`YYYY-MM-DD`) or time (`HH:MM`); inclusive."""
    high: float | str | None = None
    """Largest value; inclusive."""
    step: float | None = None
    """Distance between values: a number, days for dates, minutes for times. None: 1, or 15 minutes."""
    format: str | None = None
    """How a value is written: a `format()` spec for numbers, a `strftime` pattern for dates and times."""


class Constraint(Record):
    """A rule between parameters: where `when` holds, `then` must hold as well. An empty `then` forbids `when` altogether."""

    when: Condition
    then: Condition = {}


class Template(Record):
    """A sentence with `{parameter}` slots."""

    text: str
    weight: float = 1.0
    """Share of template fills that use it, relative to the behavior's other templates; above 0."""
    attributes: dict[str, str] = {}
    """Copied to every sample that is made from it."""


class Authored(Record):
    """A sample that a person wrote."""

    messages: tuple[tuple[str, str], ...]
    """(role, text) pairs, the last one from the user; usually just one."""
    expected: JsonValue = None
    """Overrides the behavior's `expected` for this one."""
    attributes: dict[str, str] = {}
    protected: tuple[str, ...] = ()
    """Substrings that every variant must keep, besides the numbers, names and amounts found by themselves."""
    goal: Goal | None = None
    """What its user wants and how it goes about it, where it stands for one whole conversation; end and limits are the behavior's."""


class Behavior(Record):
    """Something the app must, or must not, do."""

    id: str
    """The file's name without `.yaml`."""
    says: str
    """The behavior in one sentence."""
    expected: JsonValue = None
    """The right answer of its samples, unless an authored sample says otherwise; None where only criteria judge."""
    criteria: tuple[str, ...] = ()
    """What a good answer fulfills, one sentence each."""
    weight: float = 1.0
    """How much it counts in weighted figures and in the mix of samples; above 0."""
    locale: str = ""
    """Language or variety in which models write for it, e.g. `en-IN`; empty: the project's, or that of the authored samples."""
    authored: tuple[Authored, ...] = ()
    templates: tuple[Template, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    scorers: tuple[str, ...] = ()
    """Names of the project's scorers that apply; empty: all of them."""
    at_least: float | None = None
    """Gate threshold of this behavior, a share in [0, 1]; None: only the project's gate applies."""
    attributes: dict[str, str] = {}
    """Copied to every sample of the behavior."""
    talk: Talk | None = None
    """How users talk with the app, where the behavior takes a whole conversation; None: one message is enough."""


class Scenario(Record):
    """A situation that exercises one behavior. All samples of one scenario are near-copies: statistics count them together."""

    id: str
    behavior_id: str
    context: str
    """What is said in it, before noise and rewording: an authored sample's text, or a filled template."""
    persona: Persona | None = None
    goal: str = ""


def scenario_of(behavior_id: str, context: str) -> Scenario:
    """Return the scenario in which something is said; its id depends on nothing else."""
    return Scenario(id=content_id("scenario", behavior_id, context), behavior_id=behavior_id, context=context)


__all__ = [
    "Authored",
    "Behavior",
    "Choice",
    "Condition",
    "Conditional",
    "Constraint",
    "Parameter",
    "ParameterType",
    "Persona",
    "Scenario",
    "Template",
    "scenario_of",
]
