"""Scorers that read a label, or several, from the answer."""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec

from synthloop.core.json_value import JsonValue
from synthloop.evaluate.scorers.answer import normalize_text, parse_json, quote, text_of
from synthloop.evaluate.scorers.grade import ComparingScorer, Grade, Reply
from synthloop.evaluate.scorers.matching import compile_pattern

LONGEST_LABEL = 120
"""Answers that are no label at all are kept up to this many characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelReader(ComparingScorer):
    """Base of the label scorers: how a label is cut out of an answer."""

    pattern: str = ""
    """A regular expression that finds a label; its first group counts, or the whole match without groups. Empty: the whole answer."""
    exact: bool = False
    """Whether case, white space and punctuation around words matter."""

    def __post_init__(self) -> None:
        compile_pattern(self.pattern, f"scorer {self.name!r}")

    def read_labels(self, text: str) -> list[str]:
        """Return what the pattern finds, in order; the whole text without a pattern."""
        if not self.pattern:
            return [text]
        return [match.group(1 if match.re.groups else 0) or "" for match in re.finditer(self.pattern, text)]

    def fold(self, label: str) -> str:
        """Return the form in which labels are compared."""
        return label if self.exact else normalize_text(label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(LabelReader):
    """Passes where the label in the answer is the expected one; any other answer is a wrong label, kept as it was read."""

    component: ClassVar[str] = "label"
    name: str = "label"
    labels: tuple[str, ...] = ()
    """All labels there are, in the spelling to report; empty: whatever samples expect and answers say."""

    def compare(self, expected: JsonValue, reply: Reply) -> Grade:
        """Return 1 for the right label; a list of expected labels accepts any of them."""
        accepted = [text_of(label) for label in expected] if isinstance(expected, list) else [text_of(expected)]
        found = self.read_labels(reply.text)
        read = found[0] if found else reply.text
        right = next((label for label in accepted if self.fold(label) == self.fold(read)), None)
        known = next((label for label in self.labels if self.fold(label) == self.fold(read)), read)
        return Grade(
            value=float(right is not None),
            passed=right is not None,
            label=(known if right is None else right).strip()[:LONGEST_LABEL],
            expected_label=right or (accepted[0] if accepted else ""),
            note="" if right is not None else f"expected {quote(expected)}, got {quote(reply.answer)}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels(LabelReader):
    """Compares a set of labels with the expected set, whatever the order: the score is their Jaccard overlap.

    Where both sets are empty the overlap is 1 by convention; such scores carry the note `both empty` and reports count them.
    """

    component: ClassVar[str] = "labels"
    name: str = "labels"
    separator: str = r"[,;|\n]"
    """A regular expression that stands between labels where the answer is a text and `pattern` is empty."""
    at_least: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """Overlap from which the sample passes; 1: exactly the expected labels."""

    def __post_init__(self) -> None:
        compile_pattern(self.pattern, f"scorer {self.name!r}")
        compile_pattern(self.separator, f"scorer {self.name!r}")

    def compare(self, expected: JsonValue, reply: Reply) -> Grade:
        """Return the share of labels in either set that are in both."""
        wanted, got = self._read_set(expected), self._read_set(reply.answer)
        either = wanted.keys() | got.keys()
        overlap = len(wanted.keys() & got.keys()) / len(either) if either else 1.0
        spelled = sorted(wanted.get(key, got[key]) for key in got)
        return Grade(
            value=overlap,
            passed=overlap >= self.at_least,
            label=[*spelled],
            expected_label=[*sorted(wanted.values())],
            note=_compare_sets(wanted, got),
        )

    def _read_set(self, value: JsonValue) -> dict[str, str]:
        parsed = parse_json(value) if isinstance(value, str) else value
        if isinstance(parsed, list):
            labels = [text_of(label) for label in parsed]
        elif self.pattern:
            labels = self.read_labels(text_of(value))
        else:
            labels = re.split(self.separator, text_of(value))
        return {self.fold(label): label.strip()[:LONGEST_LABEL] for label in labels if label.strip()}


def _compare_sets(wanted: dict[str, str], got: dict[str, str]) -> str:
    if not wanted and not got:
        return "both empty"
    missing = [wanted[key] for key in wanted if key not in got]
    extra = [got[key] for key in got if key not in wanted]
    parts = [f"missing {', '.join(missing)}" if missing else "", f"too many: {', '.join(extra)}" if extra else ""]
    return "; ".join(part for part in parts if part)


__all__ = ["LONGEST_LABEL", "Label", "LabelReader", "Labels"]
