"""How a simulated user words what it means to say: a behavior's phrases and the shipped ones, in a voice, sometimes noised."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from synthloop.core.conversation import Talk
from synthloop.core.lineage import chance
from synthloop.simulate import phrases

Reword = Callable[[str, tuple[str, ...], Random], str]
"""Returns a noised text; takes the text, what must stay in it as it is, and the only source of chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one user's choice of words follows from: the same voice says the same in the same turn."""

    seed: int
    behavior_id: str
    number: int = 0
    """`Goal.voice`: wherever the goal came from, it keeps its words."""

    def chance(self, purpose: str, turn: int) -> Random:
        """Return the random generator of one decision in one turn."""
        return chance(self.seed, f"simulate.{purpose}", self.behavior_id, self.number * 1000 + turn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words for the acts of one user."""

    talk: Talk
    voice: Voice
    noise_share: float = 0.0
    reword: Reword | None = None
    acts: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Act -> how it is said in place of the shipped phrases, e.g. `affirm`. `change SLOT`, `correct SLOT` and `deny SLOT` have `{told}` for
    the bare value of the slot."""
    told_in: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Slot -> what was said of it so far: when a user tells it again, it says it in another way."""

    def tell(self, slot: str, value: str, turn: int, *, plainly: bool = False) -> str:
        """Return how a slot is told, in other words than before as long as there are any.

        Args:
            slot: Its name.
            value: What is told of it.
            turn: Number of the user's turn.
            plainly: Whether nothing but the value is said, as people do who were not understood.
        """
        rng = self.voice.chance(f"tell.{slot}", turn)
        said = self.told_in.setdefault(slot, [])
        ways = [value] if plainly else self._list_ways(slot, value)
        fresh = [way for way in ways if way not in said] or ways
        said.append(chosen := rng.choice(fresh))
        return chosen

    def pick(self, purpose: str, options: Sequence[str], turn: int) -> str:
        """Return one of several phrases, or of those that this user has for it."""
        return self.voice.chance(purpose, turn).choice(list(self.acts.get(purpose) or options))

    def tell_again(self, act: str, frames: Sequence[str], told: tuple[str, str], turn: int) -> str:
        """Return how a (slot, value) pair is put right or changed; `{told}` in the frames stands for how the slot is told."""
        slot, value = told
        if own := self.acts.get(f"{act} {slot}"):
            return self.pick(f"{act} {slot}", own, turn).replace("{told}", value)
        return self.pick(act, frames, turn).replace("{told}", self.tell(slot, value, turn))

    def digress(self, turn: int) -> str:
        """Return something that has nothing to do with what it came for: of the behavior's own, where it has some."""
        return self.pick("wander", self.talk.digressions or phrases.WANDER, turn)

    def decorate(self, text: str, before: Sequence[str], after: Sequence[str], turn: int) -> str:
        """Return a text with something put before or after it."""
        rng = self.voice.chance("decorate", turn)
        return rng.choice(list(before)) + text if rng.random() < 0.5 else text + rng.choice(list(after))

    def add_noise(self, text: str, kept: Mapping[str, str], turn: int) -> str:
        """Return the text as it is typed: noised now and then, with the values of slots as they are."""
        rng = self.voice.chance("noise", turn)
        if self.reword is None or rng.random() >= self.noise_share:
            return text
        protected = (value for slot, value in kept.items() for value in (value, *self.talk.sayings.get(slot, {}).get(value, ())))
        return self.reword(text, tuple(each for each in protected if each and each in text), rng)

    def _list_ways(self, slot: str, value: str) -> list[str]:
        sayings = (value, *self.talk.sayings.get(slot, {}).get(value, ()))
        frames = self.talk.phrases.get(slot, ())
        framed = [frame.replace(f"{{{slot}}}", saying) for frame in frames for saying in sayings]
        return [*framed, *sayings]


__all__ = ["Reword", "Voice", "Wording"]
