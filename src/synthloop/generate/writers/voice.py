"""Requests in a real person's voice."""

from collections.abc import Sequence
from dataclasses import dataclass

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Spec, chance
from synthloop.core.registry import spec_of
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.briefing import ask_for_texts
from synthloop.generate.writers.texts import Text

MOODS = {
    "terse": "in a hurry: as few words as possible",
    "angry": "annoyed, since this should have worked long ago",
    "vague": "not sure what they want or what it is called, so they describe around it",
    "chatty": "friendly and long-winded; the request comes late and in passing",
    "mid-story": "in the middle of a story, as if the app knew what came before",
    "sloppy": "typing on a phone without looking: misspelt, no capitals, words missing",
    "formal": "careful and polite, maybe not in their first language",
    "plain": "calm and to the point",
}
"""Mood -> what it means, as prompts say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """New requests for a behavior, as a persona would type them in one mood after the other: terse, angry, vague, misspelt, mid-story."""

    moods: tuple[str, ...] = tuple(MOODS)
    """Moods to go through; own ones are said as they are."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "voice", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether it can write for a behavior: always."""
        return bool(behavior.says)

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for messages in one mood."""
        # in turn rather than by chance, beginning anywhere: few briefs show most moods
        start = chance(brief.seed, "generate.writers.mood", brief.behavior.id).randrange(len(self.moods))
        mood = self.moods[(start + brief.number) % len(self.moods)]
        values = {"mood": MOODS.get(mood, mood)}
        return ask_for_texts(
            brief,
            self.spec,
            "voice",
            values=values,
            read=lambda said: [Text(text=text, attributes={"mood": mood}) for text in said.messages],
        )


__all__ = ["MOODS", "Voice"]
