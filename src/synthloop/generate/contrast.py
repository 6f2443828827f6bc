"""What tells behaviors apart, so that a new wording of one does not borrow what marks another."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from synthloop.core.behavior import Behavior
from synthloop.generate.lexicon.frames import FORMS
from synthloop.generate.lexicon.word_classes import AUXILIARIES, PARTICLES, QUESTION_WORDS, STYLE_WORDS, SUBJECTS

CLAIM_SHARE = 0.4
"""A word in at least this share of a behavior's authored samples, and in two of them, marks that behavior, as `thanks` may a farewell."""

_NEUTRAL = AUXILIARIES | PARTICLES | QUESTION_WORDS | SUBJECTS | {"and", "or", "but", "of", "not", "please", "your", "need", "want", "get"}
"""Words that mark no behavior, however often they occur."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Words that other behaviors use."""

    used_elsewhere: frozenset[str]
    """Words of other behaviors' authored samples, templates and values that this behavior does not use: no synonym brings them in."""
    marks_elsewhere: frozenset[str]
    """Words that mark another behavior: no frame brings them in."""

    def allows_synonym(self, phrase: str) -> bool:
        """Return whether a synonym brings in no word of another behavior."""
        return self.used_elsewhere.isdisjoint(list_words(phrase))

    def allows_aside(self, aside: str) -> bool:
        """Return whether a greeting, an aside or a closing brings in no content of another behavior (`typing this on my phone`)."""
        words = list_words(aside)
        return self.marks_elsewhere.isdisjoint(words) and self.used_elsewhere.isdisjoint(words - STYLE_WORDS - _carrier_words())

    def allows_frame(self, frame: str) -> bool:
        """Return whether a frame brings in no word that marks another behavior."""
        return self.marks_elsewhere.isdisjoint(list_words(frame))


def find_contrast(behavior: Behavior, behaviors: Sequence[Behavior]) -> Contrast:
    """Return what tells `behavior` from the others of the project; behaviors with an equal expectation are no others."""
    others = [each for each in behaviors if each.id != behavior.id and (each.expected is None or each.expected != behavior.expected)]
    own = {word for text in _texts(behavior) for word in list_words(text)}
    used = {word for other in others for text in _texts(other) for word in list_words(text)}
    marks = {word for other in others for word in _marks(other)}
    return Contrast(used_elsewhere=frozenset(used - own - _NEUTRAL), marks_elsewhere=frozenset(marks - own - _NEUTRAL))


@lru_cache(maxsize=65_536)
def list_words(text: str) -> frozenset[str]:
    """Return the different words of a text in lower case."""
    return frozenset(re.findall(r"\w+(?:'\w+)?", text.lower()))


@cache
def _carrier_words() -> frozenset[str]:
    """Return the words that frames around any request consist of."""
    return frozenset(word for frames in FORMS.values() for frame in frames for word in list_words(frame))


def _texts(behavior: Behavior) -> Iterable[str]:
    yield from (authored.messages[-1][1] for authored in behavior.authored)
    yield from (template.text for template in behavior.templates)
    yield from (choice.value for parameter in behavior.parameters for choice in parameter.choices)


def _marks(behavior: Behavior) -> Iterable[str]:
    counts = Counter(word for authored in behavior.authored for word in list_words(authored.messages[-1][1]))
    enough = max(2.0, CLAIM_SHARE * len(behavior.authored))
    return (word for word, count in counts.items() if count >= enough)


__all__ = ["CLAIM_SHARE", "Contrast", "find_contrast", "list_words"]
