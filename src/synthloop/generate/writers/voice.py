"""Requests in a real person's voice."""

from collections.abc import Sequence
from dataclasses import dataclass

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec, chance
from synthloop.core.registry import spec_of
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.backstory import tell_backstory
from synthloop.generate.writers.briefing import ask_for_texts
from synthloop.generate.writers.texts import Text, add_step

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
    backstory: bool = False
    """Whether the model first makes up who the persona is and what happened before they write: a second call for every brief."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "voice", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether it can write for a behavior: always."""
        return bool(behavior.says)

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for messages in one mood, and before that, where it is wanted, for the story of who writes them."""
        if not self.backstory or brief.persona is None or brief.persona.backstory:
            return (yield from self._ask(brief, {}))
        told = yield from tell_backstory(brief)
        story = told.brief.persona.backstory if told.brief.persona else ""
        written = yield from self._ask(told.brief, {"backstory": story} if story else {})
        return add_step(written, told.prompt, told.usage, told.faults)

    def _ask(self, brief: Brief, extra: dict[str, JsonValue]) -> Flow[Written]:
        mood = self._find_mood(brief)
        values = {"mood": MOODS.get(mood, mood)}
        return ask_for_texts(
            brief,
            self.spec,
            "voice",
            values=values,
            read=lambda said: [Text(text=text, attributes={"mood": mood}, extra=extra) for text in said.messages],
        )

    def _find_mood(self, brief: Brief) -> str:
        """Return the persona's own mood where it has that trait; else moods come in turn, beginning anywhere: few briefs show most."""
        if brief.persona is not None and "mood" in brief.persona.traits:
            return brief.persona.traits["mood"]
        start = chance(brief.seed, "generate.writers.mood", brief.behavior.id).randrange(len(self.moods))
        return self.moods[(start + brief.number) % len(self.moods)]


__all__ = ["MOODS", "Voice"]
