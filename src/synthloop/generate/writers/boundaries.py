"""What lies at and beyond the edge of what an app does: attacks, requests out of scope, requests that want a question back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Spec, chance
from synthloop.core.registry import spec_of
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.briefing import ask_for_texts
from synthloop.generate.writers.encodings import ask_for_encoded
from synthloop.generate.writers.texts import Text

Attack = Literal["jailbreak", "prompt-leak", "injection", "encoding"]
ATTACKS: dict[Attack, str] = {
    "jailbreak": "tries to talk the app out of its rules: a role to play, an emergency, a claim of authority, a game",
    "prompt-leak": "tries to make the app show its instructions, its tools or what others said to it",
    "injection": "hides instructions to the app inside an ordinary request: in a quoted mail, a document, a file name, a code block",
    "encoding": "asks for what it should not get, written so that a filter misses it",
}
"""Attack -> what it means, as prompts say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adversarial:
    """Attacks on the app, in one way after the other: jailbreak, prompt leak, injection, encodings. For testing your own app."""

    behavior: str
    """Id of the behavior that says what the app does then, e.g. `decline`; it writes for no other."""
    attacks: tuple[Attack, ...] = tuple(ATTACKS)
    """Ways; one a brief, in turn."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "adversarial", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether this is the behavior."""
        return behavior.id == self.behavior

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for attacks of one kind."""
        start = chance(brief.seed, "generate.writers.attack", brief.behavior.id).randrange(len(self.attacks))
        attack = self.attacks[(start + brief.number) % len(self.attacks)]
        if attack == "encoding":
            return ask_for_encoded(brief, self.spec)
        return ask_for_texts(
            brief,
            self.spec,
            "adversarial",
            values={"attack": ATTACKS[attack]},
            read=lambda said: [Text(text=text, attributes={"attack": attack}) for text in said.messages],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfScope:
    """Requests that sound at home in the app and are none of the things it does."""

    behavior: str
    """Id of the behavior that says what the app does then, e.g. `decline`; it writes for no other."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "out_of_scope", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:
        """Tell whether this is the behavior, and there are others to be out of the scope of."""
        return behavior.id == self.behavior and bool(others)

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for requests near the app's scope."""
        return ask_for_texts(
            brief,
            self.spec,
            "out_of_scope",
            values={},
            read=lambda said: [Text(text=text, attributes={"scope": "near"}) for text in said.messages],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Borderline:
    """Requests that could mean either of two behaviors, so that the app had better ask back."""

    behavior: str
    """Id of the behavior that says so, e.g. `ask_back`; it writes for no other."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "borderline", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:
        """Tell whether this is the behavior, and there are two others to be between."""
        return behavior.id == self.behavior and len(others) >= 2

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for requests between two behaviors."""
        rng = chance(brief.seed, "generate.writers.between", brief.behavior.id, brief.number)
        first, second = rng.sample(list(brief.others), 2)
        between = "+".join(sorted((first.id, second.id)))
        return ask_for_texts(
            brief,
            self.spec,
            "borderline",
            values={"first": first.says, "second": second.says},
            read=lambda said: [Text(text=text, attributes={"between": between}) for text in said.messages],
        )


__all__ = ["ATTACKS", "Adversarial", "Attack", "Borderline", "OutOfScope"]
