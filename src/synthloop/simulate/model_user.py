"""A simulated user whose words a model writes. The agenda decides what it does; or the model decides that too.

What the user knows is in its instructions and nothing else: neither the app's state nor the end state is shown to the model. What it says
is checked by rules before the app hears it, and asked for again; what is still wrong then is the simulator's fault, not the app's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.conversation import AppReply, Goal, Said
from synthloop.core.lineage import Spec
from synthloop.core.model import ModelRef
from synthloop.core.persona import Persona
from synthloop.core.prompt import Prompt
from synthloop.core.record import Record
from synthloop.core.sample import Message, Sample
from synthloop.prompting.asking import Question, ask_structured
from synthloop.prompting.library import load_prompt
from synthloop.prompting.shapes import Shape, shape_of
from synthloop.simulate.agenda import AgendaTalk, AgendaUser
from synthloop.simulate.user_faults import UserFault, find_user_fault

Mode = Literal["words", "free"]

Heard = TypeVar("Heard")


class Spoken(Record):
    """What a model answers that writes a user's words."""

    message: str


class SpokenFreely(Record):
    """What a model answers that plays a user altogether."""

    message: str
    leaves: Literal["no", "annoyed", "finished"] = "no"


SPOKEN: Shape[Spoken] = shape_of(Spoken)
SPOKEN_FREELY: Shape[SpokenFreely] = shape_of(SpokenFreely)

ACTS: Mapping[str, str] = {
    "open": "you begin, and say what you came for",
    "inform": "you answer what you were asked",
    "change": "you changed your mind about something that you told before",
    "correct": "you told something wrong before, and put it right",
    "deny": "the app got something wrong, and you say so",
    "affirm": "you agree",
    "answer": "you answer what you were asked",
    "ask-back": "you don't answer yet: you ask what is meant by the question",
    "wander": "you say something that has nothing to do with it",
    "claim-done": "you don't answer: you say that it was done already",
    "return": "you were away for a while, and ask where you were",
    "vague": "you answer vaguely, without saying what was asked",
    "do-not-know": "you don't know what you are asked",
    "nudge": "you want to know how it goes on",
    "give-up": "you have had enough, and leave",
}
"""Act -> what the model is told of it."""

TONES: Mapping[str, str] = {"rude": "rudely", "over_polite": "far too politely"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUser:
    """Plays users with a model; see the module."""

    agenda: AgendaUser
    """What decides the acts; in free mode it stands in for nothing but the plan of manners."""
    model: ModelRef
    mode: Mode = "words"
    prompts: Mapping[str, Prompt] = field(default_factory=dict[str, Prompt])
    """The project's own prompts, by name."""
    repairs: int = 2

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        parameters = {"model": self.model.version, "mode": self.mode, "prompt": self.prompt.digest}
        return Spec(kind="users", name="model", parameters=dict(parameters))

    @property
    def prompt(self) -> Prompt:
        """What the model is told."""
        name = "user_turn" if self.mode == "words" else "user_free"
        return self.prompts.get(name) or load_prompt(name)

    def begin(self, sample: Sample, replica: int) -> "ModelTalk":
        """Return the user of one conversation."""
        behavior = next(each for each in self.agenda.behaviors if each.id == sample.behavior_id)
        return ModelTalk(user=self, agenda=self.agenda.begin(sample, replica), behavior=behavior, replica=replica)


@dataclass(slots=True, kw_only=True)
class ModelTalk:
    """One conversation of a user whose words a model writes."""

    user: ModelUser
    agenda: AgendaTalk
    behavior: Behavior
    replica: int
    said: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """(who, text), the conversation as the user saw it."""
    turn: int = 0

    @property
    def goal(self) -> Goal:
        """What the user wants."""
        return self.agenda.goal

    def speak(self, heard: AppReply | None) -> Flow[Said]:
        """Say the next thing; asks the model."""
        if heard is not None:
            self.said += [("app", text) for text in heard.messages]
            self.said += [("app offers", " | ".join(heard.quick_replies))] if heard.quick_replies else []
        spoken = yield from (self._put(self.agenda.decide(heard)) if self.user.mode == "words" else self._speak_freely())
        self.turn += 1
        self.said.append(("you", spoken.text))
        return spoken

    def _put(self, draft: Said) -> Flow[Said]:
        """Return what the agenda decided in the model's words; what is picked or scripted stays as it is."""
        if draft.act == "script" or "quick_reply" in draft.manners:
            return draft
        facts = "\n".join(f"- {slot}: {value}" for slot, value in draft.slots.items())
        tones = [TONES[manner] for manner in draft.manners if manner in TONES]
        values = {
            "act": ACTS.get(draft.act, "you answer"),
            "facts": f"What you tell in it, so that it can be understood:\n{facts}" if facts else "You tell no facts in it.",
            "manner": ", ".join(tones) or "as this person writes",
            "draft": draft.text,
        }
        text, fault = yield from self._ask(SPOKEN, values, lambda spoken: self._find_fault(spoken.message, draft.slots))
        return _replace(draft, text.message if text else "", fault)

    def _speak_freely(self) -> Flow[Said]:
        manners = sorted({departure.manner.replace("_", " ") for departure in self.goal.plan})
        facts = "\n".join(f"- {slot}: {value}" for slot, value in self.goal.slots.items())
        values = {"facts": facts, "manner": ", ".join(manners) or "nothing special", "patience": str(self.goal.patience)}
        spoken, fault = yield from self._ask(SPOKEN_FREELY, values, lambda spoken: self._find_fault(spoken.message, {}))
        text, leaves = (spoken.message, spoken.leaves) if spoken else ("", "no")
        if leaves == "finished" and fault is None:
            fault = UserFault(kind="stopped-early", note="it took its goal for reached, and it was not")
        said = Said(text=text, act="free", wants=dict(self.goal.slots), leaves=leaves == "annoyed")
        return _replace(said, text, fault)

    def _ask(
        self, shape: Shape[Heard], values: Mapping[str, str], check: Callable[[Heard], UserFault | None]
    ) -> Flow[tuple[Heard | None, UserFault | None]]:
        """Return what the model says and what is wrong with it; it is asked again once where no person would say so."""
        fault: UserFault | None = None
        spoken: Heard | None = None
        for attempt in range(2):
            question = Question(
                model=self.user.model,
                messages=self._fill(values, fault),
                repairs=self.user.repairs,
                replica=self.replica * 1000 + self.turn * 2 + attempt,
            )
            answer = yield from ask_structured(question, shape)
            if answer.value is None:
                return None, UserFault(kind="no-answer", note=answer.fault.message if answer.fault else "the model did not answer")
            spoken = answer.value
            fault = check(spoken)
            if fault is None:
                break
        return spoken, fault

    def _fill(self, values: Mapping[str, str], fault: UserFault | None) -> tuple[Message, ...]:
        told = {
            "says": self.behavior.says,
            "persona": describe_persona(self.goal.persona),
            "conversation": "\n".join(f"{who}: {text}" for who, text in self.said) or "(you begin)",
            **values,
        }
        messages = self.user.prompt.fill(told)
        if fault is None:
            return messages
        return (*messages, Message(role="user", text=f"Nobody would write that: {fault.note}. Write it again, as a person would."))

    def _find_fault(self, text: str, slots: Mapping[str, str]) -> UserFault | None:
        instructions = f"{self.user.prompt.system}\n{self.user.prompt.user}"
        return find_user_fault(text, instructions=instructions, spoken=[said for _, said in self.said], wrong=self._list_wrong(text, slots))

    def _list_wrong(self, text: str, slots: Mapping[str, str]) -> dict[str, Sequence[str]]:
        """Return slot -> values in a text that it must not tell: those that it neither wants, nor told before, nor tells now by plan."""
        wrong: dict[str, Sequence[str]] = {}
        plain = text.casefold()
        for slot, all_values in self.agenda.values.items():
            values = [value for value in all_values if value.casefold() in plain]
            if not values:
                continue
            right = {self.agenda.wants.get(slot), self.agenda.told.get(slot), slots.get(slot), self.goal.slots.get(slot)}
            right |= {departure.value for departure in self.goal.plan if departure.slot == slot}
            heard = " ".join(text for _, text in self.said).casefold()
            wrong[slot] = [value for value in values if value not in right and value.casefold() not in heard]
        return wrong


def describe_persona(persona: Persona | None) -> str:
    """Return who speaks, in a few words."""
    if persona is None:
        return "nobody in particular"
    traits = "; ".join(f"{trait}: {value}" for trait, value in persona.traits.items())
    return ". ".join(part for part in (traits, persona.backstory) if part) or "nobody in particular"


def _replace(said: Said, text: str, fault: UserFault | None) -> Said:
    kind, note = (fault.kind, fault.note) if fault else ("", "")
    return replace(said, text=text, fault=kind, fault_note=note)


__all__ = ["ACTS", "SPOKEN", "SPOKEN_FREELY", "TONES", "Mode", "ModelTalk", "ModelUser", "Spoken", "SpokenFreely", "describe_persona"]
