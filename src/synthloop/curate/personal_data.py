"""Takes personal data out of real messages before a model sees them: what has a form, and names that are announced.

What is found is replaced by a placeholder such as `[EMAIL_1]`, the same one for the same value within a text. The way back is kept by
the caller alone. Names are only found where the text announces them ("my name is ..."), and addresses, birthdays or user names not at
all: look at what is left before you share it. `benchmarks/scrubber.py` measures what is found.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from synthloop.curate.personal_patterns import RULES, Kind, Rule

_NEAR = 60
"""Characters before a value that may tell what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """A text without personal data."""

    text: str
    found: dict[str, str]
    """Placeholder -> what stood there. Never leaves the machine, and is never saved by synthloop."""
    kinds: tuple[Kind, ...]
    """Of what was found, one entry a value."""


def scrub(text: str) -> Scrubbed:
    """Replace personal data by placeholders. What looks like a placeholder already stays what it is.

    Example:
        >>> scrub("mail me at ana@example.org or call +351 912 345 678, ana@example.org is best").text
        'mail me at [EMAIL_1] or call [PHONE_1], [EMAIL_1] is best'
    """
    finder = _Finder(original=text)
    for rule in RULES:
        text = finder.replace(text, rule)
    return Scrubbed(
        text=text,
        found={placeholder: value for (_, value), placeholder in finder.placeholders.items()},
        kinds=tuple(kind for kind, _ in finder.placeholders),
    )


def restore(scrubbed: str, found: dict[str, str]) -> str:
    """Put what was taken out back in, in a text that may have changed meanwhile.

    Example:
        >>> restore("i will call [PHONE_1]", {"[PHONE_1]": "555 010 0199"})
        'i will call 555 010 0199'
    """
    for placeholder, value in reversed(found.items()):  # what was found last may hold what was found before
        scrubbed = scrubbed.replace(placeholder, value)
    return scrubbed


def scrub_all(texts: Iterable[str]) -> tuple[tuple[str, ...], dict[str, int]]:
    """Scrub texts and count what was found, by kind."""
    cleaned: list[str] = []
    counts: Counter[str] = Counter()
    for text in texts:
        scrubbed = scrub(text)
        cleaned.append(scrubbed.text)
        counts.update(scrubbed.kinds)
    return tuple(cleaned), dict(sorted(counts.items()))


@dataclass(slots=True, kw_only=True)
class _Finder:
    """Finds personal data in one text."""

    original: str
    placeholders: dict[tuple[Kind, str], str] = field(default_factory=dict[tuple[Kind, str], str])
    """Kind and value -> what stands for it, in the order in which they were found."""

    def replace(self, text: str, rule: Rule) -> str:
        """Return the text without what one rule finds in it."""
        group = "value" if "value" in rule.pattern.groupindex else 0

        def put(found: re.Match[str]) -> str:
            start, end = found.start(group) - found.start(), found.end(group) - found.start()
            before = text[max(0, found.start(group) - _NEAR) : found.start(group)]
            value = next((each for each in _cut(found[group], rule) if rule.accept(each, before)), None)
            if value is None:
                return found[0]
            return found[0][:start] + self._name(rule.kind, value) + found[group][len(value) :] + found[0][end:]

        return rule.pattern.sub(put, text)

    def _name(self, kind: Kind, value: str) -> str:
        if (kind, value) not in self.placeholders:
            taken = set(self.placeholders.values())
            free = (f"[{kind}_{number}]" for number in count(1))
            self.placeholders[kind, value] = next(name for name in free if name not in taken and name not in self.original)
        return self.placeholders[kind, value]


def _cut(value: str, rule: Rule) -> Iterator[str]:
    """Yield a value, and what is left of it without its last words where the rule can prove that this is one."""
    yield value
    while rule.proven and " " in value:
        value = value.rpartition(" ")[0]
        yield value


__all__ = ["Kind", "Scrubbed", "restore", "scrub", "scrub_all"]
