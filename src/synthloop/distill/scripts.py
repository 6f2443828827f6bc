"""A conversation as a script: what its user said word for word, and which turns and words of it may be left out.

What may not be left out is what makes the failure the app's: where it asks in circles, the answers it was given there; where it ends with
a wrong value, the turns in which it was told the right one. Without these, anything would fail.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from synthloop.core.conversation import Goal
from synthloop.core.sample import Sample, with_goal
from synthloop.core.transcript import Transcript, Turn
from synthloop.distill.breakdowns import STANDSTILLS, find_stretch

_PLAIN_ACTS = frozenset({"open", "inform"})
"""Acts that stay what they are with fewer words; the words of others are what makes them a change, a question, a digression, a goodbye."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the user of one conversation said."""

    sample: Sample
    """The conversation's."""
    turns: tuple[Turn, ...]
    """The user's, in order."""
    needed: frozenset[int]
    """Places of turns that have to stay."""

    @property
    def optional(self) -> tuple[int, ...]:
        """Places of turns that may be left out."""
        return tuple(at for at in range(len(self.turns)) if at not in self.needed)

    def play(self, texts: Sequence[str]) -> Sample:
        """Return the sample of a user who says these texts and nothing else, and wants in the end what the user of the conversation did."""
        if self.sample.goal is None:
            raise ValueError(f"sample {self.sample.id} has no goal")
        wants: dict[str, str] = dict(self.sample.goal.slots)
        for turn in self.turns:
            if "changes_mind" in turn.manners:
                wants.update(turn.slots)
        goal = Goal(
            slots=wants,
            end=self.sample.goal.end,
            never=self.sample.goal.never,
            turns=max(self.sample.goal.turns, len(texts)),
            script=tuple(texts),
            scripted_only=True,
        )
        return with_goal(self.sample, goal, texts[0])


def read_script(sample: Sample, transcript: Transcript) -> Script:
    """Return what the user of a failed conversation said, with what of it has to stay."""
    turns = tuple(turn for turn in transcript.turns if turn.role == "user")
    needed: set[int] = set()
    if transcript.end_reason in STANDSTILLS:
        first = find_stretch(transcript)[:1]
        needed = set(range(next((at for at, turn in enumerate(turns) if first and turn is first[0]), 0), len(turns)))
    elif transcript.end_reason == "wrong_end_state":
        needed = {at for at, turn in enumerate(turns) if turn.slots}
    return Script(sample=sample, turns=turns, needed=frozenset(needed))


def split_words(turn: Turn) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the words of a turn, and the places of those that may be left out: not its values and numbers, nor what it means to do.

    Example:
        >>> split_words(Turn(role="user", text="hi we sell shoes", act="open", slots={"sells": "shoes"}))
        (('hi', 'we', 'sell', 'shoes'), (0, 1, 2))
    """
    words = tuple(turn.text.split())
    told = " ".join(turn.slots.values()).casefold()
    if turn.act not in _PLAIN_ACTS or any(value.casefold() not in turn.text.casefold() for value in turn.slots.values()):
        return words, ()
    kept = set(re.findall(r"\w+", told))
    optional = (at for at, word in enumerate(words) if not (set(re.findall(r"\w+", word.casefold())) & kept or re.search(r"\d", word)))
    return words, tuple(optional)


def join_words(words: Sequence[str], left_out: Collection[int]) -> str:
    """Return words as a text again, without those at some places."""
    return " ".join(word for at, word in enumerate(words) if at not in left_out)


__all__ = ["Script", "join_words", "read_script", "split_words"]
