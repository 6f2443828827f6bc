"""Small changes that change the label: where an app that looks at words instead of meaning is found out.

After contrast sets (Gardner et al., "Evaluating Models' Local Decision Boundaries via Contrast Sets", 2020).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample
from synthloop.core.writing import Brief, Written
from synthloop.generate.settings import Share
from synthloop.generate.writers.briefing import Messages, ask_for_texts, describe_authored, describe_parent, pick_other, pick_parent
from synthloop.generate.writers.copies import count_changes
from synthloop.generate.writers.texts import Text

_DETAIL = 3
"""Words that a detail may have, in however short a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Changes a word or a detail of a sample so that another of the project's behaviors becomes right; the sample belongs to that one."""

    most_changed: Share = 0.4
    """Largest share of the words that may change, or three words: what changed more is another message, and not used."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "contrast", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:
        """Tell whether there is a sample to change, and a behavior with another expectation to change it to."""
        return bool(behavior.authored) and bool(_list_contrary(behavior, others))

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for messages that are nearly the same and mean another behavior."""
        parent = pick_parent(brief)
        other = pick_other(brief, _list_contrary(brief.behavior, brief.others))
        values = {**describe_parent(parent), "other": other.says, "other_examples": describe_authored(other)}

        def read(said: Messages) -> list[Text]:
            attributes = {"contrast_to": brief.behavior.id}
            return [
                Text(text=text, behavior=other, parent=parent, protected=(), attributes=attributes, unfit=self._find_flaw(text, parent))
                for text in said.messages
            ]

        return ask_for_texts(brief, self.spec, "contrast", values=values, read=read)

    def _find_flaw(self, text: str, parent: Sample | None) -> str:
        changed, words = count_changes(parent.text, text) if parent is not None else (1, 1)
        if not changed:
            return "nothing was changed, so it can't mean something else"
        return f"{changed} of {words} words were changed, not a detail" if changed > max(_DETAIL, self.most_changed * words) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """Negates a sample: "don't move my 3pm". The sample belongs to the behavior that says what is right then."""

    behavior: str = ""
    """Id of the behavior that is right for the negated request; empty: that of the sample itself, for apps that only sort by topic."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "negation", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:
        """Tell whether there is a sample to negate, and the behavior that is right then."""
        return bool(behavior.authored) and (not self.behavior or any(other.id == self.behavior for other in others))

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for negated messages."""
        parent = pick_parent(brief)
        right = next((other for other in brief.others if other.id == self.behavior), brief.behavior)
        attributes = {"negated": "yes"}
        return ask_for_texts(
            brief,
            self.spec,
            "negation",
            values=describe_parent(parent),
            read=lambda said: [Text(text=text, behavior=right, parent=parent, attributes=attributes) for text in said.messages],
        )


def _list_contrary(behavior: Behavior, others: Sequence[Behavior]) -> list[Behavior]:
    return [other for other in others if other.expected != behavior.expected]


__all__ = ["Contrast", "Negation"]
