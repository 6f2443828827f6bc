"""What may be written of conversations: in a behavior file under `conversation`, in `synthloop.yaml` under `users`."""

from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field

from synthloop.core.conversation import Manner
from synthloop.project.written_base import AnyJson, Share, Text, ValueText, Written


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Patterns = Annotated[list[Text], BeforeValidator(_listed, json_schema_input_type=str | list[str])]


def _name_tool(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class ToolWritten(Written):
    """A call of a tool."""

    name: Text
    """The tool's name."""
    arguments: dict[Text, AnyJson] = {}
    """Arguments that it must have, among others; `{slot}` stands for what the user wants."""


class EndWritten(Written):
    """A state of the conversation: all that is given must hold. `{slot}` stands for the value that the user wants in the end."""

    state: dict[Text, AnyJson] = {}
    """Dotted path in the app's state -> its value; `...` stands for anything but null."""
    tools: list[Annotated[ToolWritten, BeforeValidator(_name_tool, json_schema_input_type=str | ToolWritten)]] = []
    """Tools that were called, in any order."""
    says: Patterns = []
    """Regular expressions, each found in some message of the app."""
    done: bool = False
    """Whether the app must have ended the conversation."""
    check: Annotated[str | None, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$")] = None
    """A function of yours as `module:function`, given the turns so far; true where the end is reached."""


def _say_only(value: object) -> object:
    return {"says": cast("object", value)} if isinstance(value, str | list) else value


class SignWritten(Written):
    """How something in the app's messages is recognised: by one of the patterns, or by the app's state."""

    says: Patterns = []
    """Regular expressions, one of which is found in the app's messages."""
    state: dict[Text, AnyJson] = {}
    """Dotted path in the app's state -> its value; `...` stands for anything but null."""


Sign = Annotated[SignWritten, BeforeValidator(_say_only, json_schema_input_type=str | list[str] | SignWritten)]


class ConversationWritten(Written):
    """How users talk with the app, for a behavior that takes a whole conversation."""

    end: EndWritten
    """What holds when the user has reached what it came for."""
    never: list[EndWritten] = []
    """What must not happen at any time."""
    slots: list[Text] = []
    """Parameters that the user knows and tells, in the order in which it tells them by itself. Left out: all of them."""
    questions: dict[Text, Sign] = {}
    """Slot -> how the user knows that the app asks for it. Quick replies are understood without."""
    answers: dict[Text, Text] = {}
    """Regular expression of another question of the app -> what the user answers."""
    lost: Patterns = []
    """Regular expressions of messages in which the app says that it did not understand, besides the usual ones."""
    phrases: dict[Text, list[Text]] = {}
    """Slot -> how people tell it, e.g. `{channel: ["we sell {channel}"]}`."""
    sayings: dict[Text, dict[ValueText, list[ValueText]]] = {}
    """Slot -> value -> other ways to say the value, e.g. `{volume: {10000: [10k, ten thousand or so]}}`."""
    digressions: list[Text] = []
    """What people say that has nothing to do with it. Left out: shipped remarks."""
    steps: dict[Text, Sign] = {}
    """The funnel: step -> how it is recognised, in the order in which most conversations pass them. Left out: the questions."""
    start: AnyJson = None
    """State that the app is started with."""
    app_begins: bool = False
    """Whether the app speaks first."""


class DepartureWritten(Written):
    """One departure of a user from the straight way to its goal."""

    manner: Manner
    """What it does."""
    turn: Annotated[int, Field(ge=0)] = 0
    """The user's turn, from 0, from which on it happens as soon as it can."""
    slot: str = ""
    """Of `changes_mind`: what is changed."""
    value: ValueText | None = None
    """Of `changes_mind`: the new value."""


class GoalWritten(Written):
    """What one user wants and how it goes about it."""

    slots: dict[Text, ValueText] = {}
    """Slot -> the value that it wants at first."""
    plan: list[DepartureWritten] = []
    """Where it leaves the straight way."""
    patience: Annotated[int, Field(ge=1)] = 3
    """How often the app may fail to understand or to move on before it leaves."""
    turns: Annotated[int, Field(ge=1, le=200)] = 20
    """Its turns at most."""
    quick_replies: Share = 0.5
    """Share of offered quick replies that it takes."""
    noise: Share = 0.0
    """Share of its messages that are noised."""
    opening_slots: list[Text] = []
    """Slots that the text tells already."""
    voice: Annotated[int, Field(ge=0)] = 0
    """Number that its choice of words follows from."""
    script: list[ValueText] = []
    """What it says word for word in its first turns."""


def _share_manner(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"users": 0.5, "turns": 2 * value} if 0 <= value <= 0.5 else {"users": 1, "turns": value}
    return value


class MannerWritten(Written):
    """How common a manner is."""

    users: Share = 0.5
    """Share of users who have it. Leave some without it: what they have in common is the comparison."""
    turns: Share
    """Share of the turns of such a user in which it shows."""


MannerEntry = Annotated[MannerWritten, BeforeValidator(_share_manner, json_schema_input_type=float | MannerWritten)]

_WORDS = {"never": 0.0, "sometimes": 0.5, "always": 1.0}


def _several(value: object) -> object:
    values = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [_WORDS.get(each, each) if isinstance(each, str) else each for each in values]


class UsersWritten(Written):
    """What simulated users are like."""

    manners: dict[Manner, MannerEntry] = {}
    """Manner -> share of turns in which it shows, e.g. `{changes_mind: 0.1}`, or `{users: 0.5, turns: 0.2}`. A share of 0 turns it off."""
    usual_manners: bool = True
    """Whether manners that are not named have their usual shares; false: they never show."""
    patience: Annotated[list[Annotated[int, Field(ge=1)]], BeforeValidator(_several, json_schema_input_type=int | list[int])] = [2, 3, 3, 4]
    """How often the app may fail to understand or to move on before a user leaves; of several values each is as common."""
    turns: Annotated[int, Field(ge=1, le=200)] = 20
    """Turns of the user after which a conversation ends."""
    quick_replies: Annotated[list[Share], BeforeValidator(_several, json_schema_input_type=str | float | list[str | float])] = [
        0.0,
        0.5,
        1.0,
    ]
    """Share of offered quick replies that users take: `never`, `sometimes`, `always`, a number, or a list of these."""
    noise: Share = 0.3
    """Share of typed messages that are noised."""
    model: Text | None = None
    """Name of the model that writes what users say. Left out: they speak in templates, phrases and noise."""
    mode: Literal["words", "free"] = "words"
    """What the model does: `words` has the agenda decide what is done and the model only say it; `free` leaves both to the model."""
    personas: Text | None = None
    """A file of personas as a path: who the users are."""


__all__ = [
    "ConversationWritten",
    "DepartureWritten",
    "EndWritten",
    "GoalWritten",
    "MannerWritten",
    "SignWritten",
    "ToolWritten",
    "UsersWritten",
]
