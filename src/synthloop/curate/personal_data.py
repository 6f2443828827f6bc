"""Takes personal data out of real messages before a model sees them: what has a form, names that are announced, and what finders find.

What is found is replaced by a placeholder such as `[EMAIL_1]`, the same one for the same value within a text. The way back is kept by
the caller alone. Without finders, names are only found where the text announces them ("my name is ..."), and addresses, birthdays or user
names not at all: look at what is left before you share it. `benchmarks/scrubber.py` measures what is found.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from synthloop.core.errors import UsageError
from synthloop.core.ports import Finder
from synthloop.core.span import Span
from synthloop.curate.personal_patterns import RULES, Kind, Rule

_NEAR = 60
"""Characters before a value that may tell what it is."""

_KIND = re.compile(r"[A-Za-z][A-Za-z_]{1,22}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """A text without personal data."""

    text: str
    found: dict[str, str]
    """Placeholder -> what stood there. Never leaves the machine, and is never saved by synthloop."""
    kinds: tuple[str, ...]
    """Of what was found, one entry a value."""


def scrub(text: str, finders: Sequence[Finder] = ()) -> Scrubbed:
    """Replace personal data by placeholders. What looks like a placeholder already stays what it is.

    Args:
        text: One message.
        finders: Find what has no form, in what the patterns left.

    Raises:
        UsageError: A finder names a place that is not in the text, or a kind that makes no placeholder.

    Example:
        >>> scrub("mail me at ana@example.org or call +351 912 345 678, ana@example.org is best").text
        'mail me at [EMAIL_1] or call [PHONE_1], [EMAIL_1] is best'
    """
    return next(scrub_each([text], finders))


def scrub_each(texts: Sequence[str], finders: Sequence[Finder] = ()) -> Iterator[Scrubbed]:
    """Yield each text without personal data, as `scrub` does; finders are given all of them at once, which many do faster."""
    scrubbers = [_Scrubber(original=text) for text in texts]
    cleaned = [scrubber.apply_all(RULES) for scrubber in scrubbers]
    for finder in finders:
        found = finder.find(cleaned)
        cleaned = [scrubber.take(text, finder, spans) for scrubber, text, spans in zip(scrubbers, cleaned, found, strict=True)]
    for scrubber, text in zip(scrubbers, cleaned, strict=True):
        placeholders = scrubber.placeholders
        yield Scrubbed(
            text=text, found={name: value for (_, value), name in placeholders.items()}, kinds=tuple(kind for kind, _ in placeholders)
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


def scrub_all(texts: Sequence[str], finders: Sequence[Finder] = ()) -> tuple[tuple[str, ...], dict[str, int]]:
    """Scrub texts and count what was found, by kind."""
    scrubbed = list(scrub_each(texts, finders))
    counts = Counter(kind for each in scrubbed for kind in each.kinds)
    return tuple(each.text for each in scrubbed), dict(sorted(counts.items()))


@dataclass(slots=True, kw_only=True)
class _Scrubber:
    """Takes personal data out of one text."""

    original: str
    placeholders: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """Kind and value -> what stands for it, in the order in which they were found."""

    def apply_all(self, rules: Iterable[Rule]) -> str:
        """Return the text without what rules find in it, one after the other."""
        text = self.original
        for rule in rules:
            text = self._apply(text, rule)
        return text

    def _apply(self, text: str, rule: Rule) -> str:
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

    def take(self, text: str, finder: Finder, spans: Iterable[Span]) -> str:
        """Return the text without what a finder finds in it."""
        taken = [found.span() for name in self.placeholders.values() for found in re.finditer(re.escape(name), text)]
        parts: list[str] = []
        at = 0
        for span in _merge(filter(None, (_widen(span, taken) for span in _check(finder, spans, text)))):
            parts += (text[at : span.start], self._name(span.kind.upper(), text[span.start : span.end]))
            at = span.end
        return "".join((*parts, text[at:]))

    def _name(self, kind: str, value: str) -> str:
        if (kind, value) not in self.placeholders:
            taken = set(self.placeholders.values())
            free = (f"[{kind}_{number}]" for number in count(1))
            self.placeholders[kind, value] = next(name for name in free if name not in taken and name not in self.original)
        return self.placeholders[kind, value]


def _check(finder: Finder, spans: Iterable[Span], text: str) -> Iterator[Span]:
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            where = f"from {span.start} to {span.end}, in a text of {len(text)} characters"
            raise UsageError(f"finder {finder.spec.name}: there is no place {where}. Fix: count in characters, `end` one past the last.")
        if not _KIND.fullmatch(span.kind):
            raise UsageError(f"finder {finder.spec.name}: {span.kind!r} is no kind. Fix: use a few letters, e.g. `name`.")
        yield span


def _widen(span: Span, taken: Iterable[tuple[int, int]]) -> Span | None:
    """Return a span that cuts no placeholder, or None where it holds nothing else."""
    cut = [(start, end) for start, end in taken if start < span.end and span.start < end]
    start, end = min([span.start, *(start for start, _ in cut)]), max([span.end, *(end for _, end in cut)])
    return None if sum(last - first for first, last in cut) == end - start else Span(start=start, end=end, kind=span.kind)


def _merge(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield spans in order; those over each other become one, of the first one's kind."""
    last: Span | None = None
    for span in sorted(spans, key=lambda span: span.start):
        if last is not None and span.start < last.end:
            last = Span(start=last.start, end=max(last.end, span.end), kind=last.kind)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _cut(value: str, rule: Rule) -> Iterator[str]:
    """Yield a value, and what is left of it without its last words where the rule can prove that this is one."""
    yield value
    while rule.proven and " " in value:
        value = value.rpartition(" ")[0]
        yield value


__all__ = ["Kind", "Scrubbed", "restore", "scrub", "scrub_all", "scrub_each"]
