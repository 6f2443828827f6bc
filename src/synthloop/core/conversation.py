"""Conversations: what an app says in a turn, what its user wants, how that user behaves, and when the goal is reached."""

from dataclasses import dataclass, field
from typing import Literal

from synthloop.core.json_value import JsonValue
from synthloop.core.persona import Persona
from synthloop.core.record import Record

Manner = Literal[
    "asks_back",
    "wanders",
    "changes_mind",
    "corrects_itself",
    "claims_done",
    "returns_later",
    "gives_up",
    "tells_less",
    "tells_more",
    "rude",
    "over_polite",
]
"""Asks what is meant instead of answering; says something that has nothing to do with it; wants another value for what it told before;
tells a wrong value and puts it right in the next turn; says that what is asked for was done already; comes back after a while and asks
where they were; leaves; answers vaguely; answers more than was asked; is unfriendly; is friendlier than anybody is."""


class ToolCall(Record):
    """A tool that the app called."""

    name: str
    arguments: dict[str, JsonValue] = {}
    result: JsonValue = None


class AppReply(Record):
    """What a conversational app says in one turn."""

    messages: tuple[str, ...] = ()
    """One or several; none where it is silent."""
    quick_replies: tuple[str, ...] = ()
    """Answers that the user may pick instead of typing."""
    tool_calls: tuple[ToolCall, ...] = ()
    """Tools that it called for this turn, in order."""
    state: JsonValue = None
    """What it knows now, as far as it shows it."""
    done: bool = False
    """Whether it considers the conversation ended."""


class ToolDemand(Record):
    """A call of a tool, by name and some of its arguments."""

    name: str
    arguments: dict[str, JsonValue] = {}
    """Arguments that must be there with these values; others may be there as well."""


class EndState(Record):
    """What holds when a conversation has reached what its user came for. All that is given must hold; nothing given never holds.

    In every text, `{slot}` stands for the value that the user wants in the end.
    """

    state: dict[str, JsonValue] = {}
    """Dotted path in the app's state -> its value, e.g. `{"product.name": "terminal"}`; texts are compared without regard to case."""
    tools: tuple[ToolDemand, ...] = ()
    """Tools that were called at any time, in any order."""
    says: tuple[str, ...] = ()
    """Regular expressions, each found in some message of the app, without regard to case."""
    done: bool = False
    """Whether the app must have ended the conversation."""
    check: str = ""
    """A function of the project's, as `module:function`: it is given the transcript so far and returns whether the end is reached."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is demanded."""
        return not (self.state or self.tools or self.says or self.done or self.check)


class Question(Record):
    """How a user knows that the app asks for a slot."""

    slot: str
    says: tuple[str, ...] = ()
    """Regular expressions, one of which is found in the app's messages, without regard to case."""
    state: dict[str, JsonValue] = {}
    """Dotted path in the app's state -> value while it asks."""


class Step(Record):
    """A step on the way to the end state, in the order in which most conversations pass them."""

    name: str
    says: tuple[str, ...] = ()
    """Regular expressions, one of which is found in the app's messages."""
    state: dict[str, JsonValue] = {}
    """Dotted path in the app's state -> value; `...` as the value: anything but null."""


class Talk(Record):
    """What users of one behavior need to talk with the app."""

    slots: tuple[str, ...] = ()
    """Parameters whose values the user knows and tells, in the order in which it tells them by itself."""
    end: EndState = EndState()
    never: tuple[EndState, ...] = ()
    """What must not happen at any time; each counts where all that it names holds."""
    questions: tuple[Question, ...] = ()
    """How the user knows what the app asks. Quick replies are understood without."""
    lost: tuple[str, ...] = ()
    """Regular expressions of messages in which the app says that it did not understand, besides the usual ones."""
    answers: tuple[tuple[str, str], ...] = ()
    """(regular expression, answer) for other questions of the app."""
    phrases: dict[str, tuple[str, ...]] = {}
    """Slot -> how people tell it, e.g. `we sell {sells}`; the bare value is always one of them."""
    sayings: dict[str, dict[str, tuple[str, ...]]] = {}
    """Slot -> value -> other ways to say the value, e.g. `{"volume": {"10000": ["10k", "ten thousand or so"]}}`."""
    digressions: tuple[str, ...] = ()
    """What people say that has nothing to do with it, besides the shipped ones."""
    steps: tuple[Step, ...] = ()
    """The funnel; empty: it is learnt from the transcripts."""
    start: JsonValue = None
    """State that the app is started with."""
    app_begins: bool = False
    """Whether the app speaks first."""


class Departure(Record):
    """One planned departure of a user from the straight way to its goal."""

    manner: Manner
    turn: int
    """The user's turn, from 0, from which on it happens as soon as it can."""
    slot: str = ""
    """Of a change: the slot."""
    value: str = ""
    """Of a change: the new value."""


class Goal(Record):
    """What a simulated user wants and how it goes about it. The same goal and app make the same conversation again."""

    slots: dict[str, str] = {}
    """Slot -> value that the user wants at first."""
    end: EndState = EndState()
    never: tuple[EndState, ...] = ()
    """What must not happen at any time; each counts where all that it names holds."""
    plan: tuple[Departure, ...] = ()
    """Departures from the straight way, in order of turns."""
    patience: int = 3
    """How often the app may fail to understand or to move on before the user leaves; at least 1."""
    turns: int = 20
    """The user's turns at most."""
    quick_replies: float = 0.5
    """Share of offered quick replies that are taken, where one fits: in [0, 1]."""
    noise: float = 0.0
    """Share of typed messages that are noised: in [0, 1]."""
    persona: Persona | None = None
    """Who the user is, for users whose words a model writes; None: nobody in particular."""
    opening_slots: tuple[str, ...] = ()
    """Slots that its first message tells already."""
    voice: int = 0
    """Number that its choice of words follows from: the same goal with another plan keeps its voice."""
    script: tuple[str, ...] = ()
    """What it says word for word in its first turns; afterwards it goes on by itself, unless `scripted_only`."""
    scripted_only: bool = False
    """Whether the conversation ends with the script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a simulated user says in one turn, and what it means by it."""

    text: str
    act: str
    """What it meant to do, e.g. `inform`."""
    manners: tuple[str, ...] = ()
    """Manners that it shows in it, sorted."""
    slots: dict[str, str] = field(default_factory=dict[str, str])
    """Slots that it tells, with the value it tells."""
    understood: str = ""
    """What it took the app's last message for."""
    wants: dict[str, str] = field(default_factory=dict[str, str])
    """Slot -> value that it wants from now on: what the end state is held against."""
    leaves: bool = False
    """Whether it is the last thing it says."""
    fault: str = ""
    """Why no person would have said so: a `SimulatorFaultKind`; empty: nothing is wrong with it."""
    fault_note: str = ""


__all__ = ["AppReply", "Departure", "EndState", "Goal", "Manner", "Question", "Said", "Step", "Talk", "ToolCall", "ToolDemand"]
