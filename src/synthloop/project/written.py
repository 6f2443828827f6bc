"""What a behavior file may say. The field docs here are the reference, the editor's help and the JSON Schema at once."""

from typing import Annotated, Literal, TypeAlias, cast

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag

from synthloop.project.written_base import AnyJson, ChoiceText, Share, Text, ValueText, Weight, Written
from synthloop.project.written_conversations import ConversationWritten, GoalWritten

# Tags of unions stand in angle brackets because they appear in the paths of errors: no key that a person writes looks like that.


def _kind_of_choices(value: object) -> str | None:
    if isinstance(value, list):
        return "<list>"
    return "<weights>" if isinstance(value, dict) else None


_CHOICES_HINT = "must be a list of values, or a mapping of values to weights"

Choices: TypeAlias = Annotated[
    Annotated[Annotated[list[ChoiceText], Field(min_length=1)], Tag("<list>")]
    | Annotated[Annotated[dict[ChoiceText, Weight], Field(min_length=1)], Tag("<weights>")],
    Discriminator(_kind_of_choices, custom_error_type="choices", custom_error_message=_CHOICES_HINT),
]
"""`[a, b]`, or `{a: 3, b: 1}` with weights."""


def _listed(value: object) -> object:
    return cast("list[object]", value) if isinstance(value, list) else [value]


ConditionWritten: TypeAlias = dict[
    Text, Annotated[list[ChoiceText], Field(min_length=1), BeforeValidator(_listed, json_schema_input_type=str | float | list[str | float])]
]
"""`{kind: review, length: [half hour, hour]}`: true where every parameter has one of its values."""


def _kind_of_bound(value: object) -> str:
    return "<number>" if isinstance(value, int | float) else "<text>"


BoundWritten: TypeAlias = Annotated[
    Annotated[Annotated[float, Field(allow_inf_nan=False)], Tag("<number>")] | Annotated[Text, Tag("<text>")], Discriminator(_kind_of_bound)
]
"""A number, or a date or time as text."""


class TypedParameter(Written):
    """A parameter whose values are numbers, dates or times in a range."""

    type: Literal["integer", "number", "date", "time"]
    """What the values are."""
    from_: Annotated[BoundWritten, Field(alias="from")]
    """Smallest value: a number, `YYYY-MM-DD` or `HH:MM`."""
    to: BoundWritten
    """Largest value, inclusive."""
    step: Weight | None = None
    """Distance between values: a number, days for dates, minutes for times. Left out: 1, or 15 minutes."""
    format: Text | None = None
    """How a value is written: a format spec such as `.2f` for numbers, a strftime pattern such as `%B %d` for dates and times."""


class GivenParameter(Written):
    """A parameter whose values depend on the value of another one."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Choices]  # pyright: ignore[reportIncompatibleVariableOverride] - pydantic's own way to type extra keys

    given: Text
    """The other parameter. Every further key is one of its values, with the choices that hold then."""
    otherwise: Choices | None = None
    """Choices for all values that are not listed."""


class CaseWritten(Written):
    """Choices that hold under a condition."""

    if_: Annotated[ConditionWritten, Field(alias="if", min_length=1)]
    """Parameter -> value or list of values; all of them must hold."""
    then: Choices
    """Values and weights in that case."""


class CasesParameter(Written):
    """A parameter whose values depend on several others."""

    cases: Annotated[list[CaseWritten], Field(min_length=1)]
    """The first case that holds counts."""
    otherwise: Choices | None = None
    """Choices where no case holds."""


def _kind_of_parameter(value: object) -> str | None:
    if isinstance(value, list):
        return "<list>"
    if not isinstance(value, dict):
        return None
    keys = cast("dict[str, object]", value)
    if "given" in keys and not isinstance(keys["given"], int | float):
        return "<given>"
    if "type" in keys and not isinstance(keys["type"], int | float):
        return "<typed>"
    return "<cases>" if isinstance(keys.get("cases"), list) else "<weights>"


_PARAMETER_HINT = "must be a list of values, a mapping of values to weights, or a typed or dependent parameter"

ParameterWritten: TypeAlias = Annotated[
    Annotated[Annotated[list[ChoiceText], Field(min_length=1)], Tag("<list>")]
    | Annotated[Annotated[dict[ChoiceText, Weight], Field(min_length=1)], Tag("<weights>")]
    | Annotated[TypedParameter, Tag("<typed>")]
    | Annotated[GivenParameter, Tag("<given>")]
    | Annotated[CasesParameter, Tag("<cases>")],
    Discriminator(_kind_of_parameter, custom_error_type="parameter", custom_error_message=_PARAMETER_HINT),
]


class ConstraintWritten(Written):
    """A rule between parameters: `{if: ..., then: ...}` or `{not: ...}`."""

    if_: Annotated[ConditionWritten | None, Field(alias="if")] = None
    """Where this holds, `then` must hold as well."""
    then: ConditionWritten | None = None
    """What must hold."""
    not_: Annotated[ConditionWritten | None, Field(alias="not")] = None
    """A combination that never occurs."""


def _expand_text(value: object) -> object:
    return {"text": value} if isinstance(value, str | int | float) else value


class TemplateFull(Written):
    """A sentence with `{parameter}` slots."""

    text: ValueText
    """The sentence; `{{` and `}}` stand for single braces."""
    weight: Weight = 1.0
    """Share of fills that use it, relative to the behavior's other templates."""
    attributes: dict[Text, ValueText] = {}
    """Copied to every sample that is made from it."""


TemplateWritten = Annotated[TemplateFull, BeforeValidator(_expand_text, json_schema_input_type=str | TemplateFull)]


class MessageWritten(Written):
    """One message of an authored conversation: exactly one of its keys."""

    user: ValueText | None = None
    """What the user says."""
    app: ValueText | None = None
    """What the app says."""
    system: ValueText | None = None
    """Instructions to the app."""


class AuthoredFull(Written):
    """A sample that a person wrote: `text`, or `messages` for a whole conversation."""

    text: ValueText | None = None
    """What the user says."""
    messages: Annotated[list[MessageWritten] | None, Field(min_length=1)] = None
    """The conversation up to the app's turn, e.g. `[{user: hi}, {app: hello}, {user: book a call}]`; the last one is the user's."""
    expected: AnyJson = None
    """Overrides the behavior's `expected`."""
    protected: list[ValueText] = []
    """Parts of the last message that every variant must keep, besides the numbers, names and amounts that are found anyway."""
    attributes: dict[Text, ValueText] = {}
    """Facts to slice reports by."""
    goal: GoalWritten | None = None
    """What its user wants and how it goes about it, where the behavior has a `conversation`: it is then one whole conversation."""


AuthoredWritten = Annotated[AuthoredFull, BeforeValidator(_expand_text, json_schema_input_type=str | AuthoredFull)]


class BehaviorWritten(Written):
    """A behavior file: something that the app must, or must not, do."""

    model_config = ConfigDict(title="synthloop behavior")

    says: Text
    """The behavior in one sentence."""
    expected: AnyJson = None
    """The right answer of its samples: a label, a list of labels, any JSON value. Left out where only criteria judge."""
    criteria: list[Text] = []
    """What a good answer fulfills, one sentence each."""
    weight: Weight = 1.0
    """How much it counts in weighted figures and in the mix of samples."""
    locale: Text | None = None
    """Language or variety in which models write for it, e.g. `en-IN`. Left out: that of the project, or of the authored samples."""
    authored: list[AuthoredWritten] = []
    """Samples that you wrote: what users really say. Five or more make everything else better."""
    templates: list[TemplateWritten] = []
    """Sentences with `{parameter}` slots."""
    parameters: dict[Text, ParameterWritten] = {}
    """Slot -> its values."""
    constraints: list[ConstraintWritten] = []
    """Rules between parameters."""
    scorers: list[Text] = []
    """Names of the project's scorers that apply; left out: all of them."""
    at_least: Share | None = None
    """The gate demands this pass rate of the behavior."""
    attributes: dict[Text, ValueText] = {}
    """Copied to every sample of the behavior."""
    conversation: ConversationWritten | None = None
    """How users talk with the app, where the behavior takes a whole conversation. Samples are then how users begin."""


__all__ = [
    "AuthoredFull",
    "BehaviorWritten",
    "CaseWritten",
    "CasesParameter",
    "Choices",
    "ConditionWritten",
    "ConstraintWritten",
    "GivenParameter",
    "MessageWritten",
    "ParameterWritten",
    "TemplateFull",
    "TypedParameter",
]
