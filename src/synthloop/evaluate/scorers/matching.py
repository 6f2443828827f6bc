"""Scorers that compare texts: exact, normalized, containing, matching a pattern."""

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.evaluate.scorers.answer import normalize_text, quote, same_json, text_of
from synthloop.evaluate.scorers.grade import AnswerScorer, ComparingScorer, Grade, Reply, pass_if


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact(ComparingScorer):
    """Passes where the answer is exactly what is expected, as JSON: 1 equals 1.0, the order of keys does not matter."""

    component: ClassVar[str] = "exact"
    name: str = "exact"

    def compare(self, expected: JsonValue, reply: Reply) -> Grade:
        """Return 1 for the same JSON value."""
        same = same_json(expected, reply.answer)
        return pass_if(same, "" if same else f"expected {quote(expected)}, got {quote(reply.answer)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalized(ComparingScorer):
    """Passes where the answer says what is expected, whatever the case, white space, punctuation and Unicode form."""

    component: ClassVar[str] = "normalized"
    name: str = "normalized"
    case: bool = True
    """Ignore upper and lower case."""
    punctuation: bool = True
    """Ignore punctuation."""
    accents: bool = False
    """Ignore accents."""

    def compare(self, expected: JsonValue, reply: Reply) -> Grade:
        """Return 1 for the same text; a list of expected texts accepts any of them."""
        accepted = expected if isinstance(expected, list) else [expected]
        got = self._normalize(reply.text)
        same = any(self._normalize(text_of(one)) == got for one in accepted)
        return pass_if(same, "" if same else f"expected {quote(expected)}, got {quote(reply.text)}")

    def _normalize(self, text: str) -> str:
        return normalize_text(text, case=self.case, punctuation=self.punctuation, accents=self.accents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains(AnswerScorer):
    """Passes where the answer contains the given texts, or the expected ones where none are given."""

    component: ClassVar[str] = "contains"
    name: str = "contains"
    texts: tuple[str, ...] = ()
    """What to look for; empty: the sample's expectation, a text or a list of texts."""
    need: Literal["all", "any"] = "all"
    """Whether all of them must be there, or one is enough."""
    case: bool = True
    """Ignore upper and lower case."""

    def grade(self, reply: Reply) -> Grade:
        """Return the share of texts that were found; with `any`, 1 where one was."""
        wanted = self.texts or _expected_texts(reply.sample.expected)
        if not wanted:
            return Grade(unscored="no-expected", note="neither the scorer nor the sample names a text")
        found = _find_texts(wanted, reply.text, ignore_case=self.case)
        missing = [text for text in wanted if text not in found]
        if self.need == "any":
            return pass_if(bool(found), "" if found else f"none of {quote(list(wanted))} is in {quote(reply.text)}")
        note = f"missing {quote(list(missing))} in {quote(reply.text)}" if missing else ""
        return Grade(value=len(found) / len(wanted), passed=not missing, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotContains(AnswerScorer):
    """Passes where the answer contains none of the given texts."""

    component: ClassVar[str] = "not_contains"
    name: str = "not_contains"
    texts: tuple[str, ...]
    """What must not be there."""
    case: bool = True
    """Ignore upper and lower case."""

    def grade(self, reply: Reply) -> Grade:
        """Return 1 where nothing was found."""
        found = _find_texts(self.texts, reply.text, ignore_case=self.case)
        return pass_if(not found, f"found {quote(list(found))}" if found else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern(AnswerScorer):
    """Passes where a regular expression is found in the answer."""

    component: ClassVar[str] = "pattern"
    name: str = "pattern"
    pattern: str
    """A Python regular expression; `(?i)` at its start ignores case."""
    whole: bool = False
    """Whether it must match the whole answer."""
    absent: bool = False
    """Pass where it is *not* found."""

    def __post_init__(self) -> None:
        compile_pattern(self.pattern, f"scorer {self.name!r}")

    def grade(self, reply: Reply) -> Grade:
        """Return 1 for a match, or for none with `absent`."""
        match = (re.fullmatch if self.whole else re.search)(self.pattern, reply.text)
        if match is not None and self.absent:
            return pass_if(False, f"found {quote(match.group())}")
        if match is None and not self.absent:
            return pass_if(False, f"no match for {quote(self.pattern)} in {quote(reply.text)}")
        return pass_if(True)


def compile_pattern(pattern: str, where: str) -> re.Pattern[str]:
    """Compile a regular expression that a person wrote.

    Raises:
        UsageError: It is none; says where and at which character.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UsageError(f"{where}: {pattern!r} is not a regular expression: {error}. Fix: escape special characters with \\.") from error


def _expected_texts(expected: JsonValue) -> tuple[str, ...]:
    if expected is None:
        return ()
    return tuple(text_of(text) for text in expected) if isinstance(expected, list) else (text_of(expected),)


def _find_texts(wanted: tuple[str, ...], text: str, *, ignore_case: bool) -> tuple[str, ...]:
    normalized = normalize_text(text, case=ignore_case, punctuation=False)
    return tuple(one for one in wanted if normalize_text(one, case=ignore_case, punctuation=False) in normalized)


__all__ = ["Contains", "Exact", "Normalized", "NotContains", "Pattern", "compile_pattern"]
