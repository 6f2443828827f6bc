"""What a conversation shows of how it goes, without a model or knowing the app: lengths, repetition, corrections, sentiment, tools.

None of them says that a conversation failed; together they tell failed from good ones better than chance does, which is measured on
recorded runs by `python benchmarks/recorded_runs.py`. Words are English. What a conversation has none of (tools, questions) measures 0.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from synthloop.core.conversation import ToolCall
from synthloop.core.lineage import encode_canonical
from synthloop.core.transcript import Transcript
from synthloop.evaluate.exchanges import list_exchanges
from synthloop.evaluate.scorers.style import find_tone, measure_sentiment
from synthloop.evaluate.user_rules import confirms, corrects, says_goodbye

MeasureName = Literal[
    "turns",
    "user_words",
    "app_words",
    "app_repetition",
    "user_repetition",
    "corrections",
    "sentiment",
    "sentiment_low",
    "sentiment_slope",
    "apologies",
    "refusals",
    "tool_calls",
    "tool_errors",
    "repeated_calls",
    "unanswered",
    "handed_over",
    "abrupt_end",
]
"""The user's turns; words of a turn; how much of a message was said before by the same side, from 0 to 1; share of the user's turns that
put something right; the user's sentiment on average, at its lowest, and how it changes from the first to the last turn, from -1 to 1;
apologies and refusals a turn of the app; calls of tools, the share of them that failed, and that were made before; share of the user's
questions that the app met with a question or with nothing; whether a person took over; whether the user ended without a word."""

REPEATED_WORDS = 3
"""Words in a row that must come again to count as said before."""

_HAND_OVER = re.compile(
    r"\b(?:transfer|connect|hand|pass|escalat)\w*\b[^.?!]{0,40}\b(?:human|person|colleague|agent|representative|specialist|team)\b",
    re.IGNORECASE,
)
_HAND_OVER_TOOL = re.compile(r"human|escalat|hand_?(?:over|off)|transfer_to", re.IGNORECASE)
_FAILED = re.compile(r"^\W*(?:error|exception|traceback|failed|failure|invalid|not found|forbidden|unauthori[sz]ed)", re.IGNORECASE)
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, kw_only=True)
class _Talk:
    """One transcript, taken apart once for all measures."""

    transcript: Transcript

    @cached_property
    def exchanges(self) -> list[tuple[str, str]]:
        return list_exchanges(self.transcript)

    @cached_property
    def user(self) -> list[str]:
        return [user for user, _ in self.exchanges if user]

    @cached_property
    def app(self) -> list[str]:
        return [app for _, app in self.exchanges if app]

    @cached_property
    def calls(self) -> list[ToolCall]:
        return [call for turn in self.transcript.turns for call in turn.tool_calls]

    @cached_property
    def sentiments(self) -> list[float]:
        return [measure_sentiment(text) for text in self.user]


def measure_conversation(transcript: Transcript) -> dict[MeasureName, float]:
    """Return every measure of a conversation, by name.

    Example:
        >>> from synthloop.core.transcript import Turn
        >>> said = ["where is my parcel?", "Sorry, what?", "my parcel, where is my parcel?", "Sorry, what?"]
        >>> turns = tuple(Turn(role="app" if at % 2 else "user", text=text) for at, text in enumerate(said))
        >>> talk = Transcript(id="t", sample_id="s", app="a", app_version="1", turns=turns, end_reason="turn_limit")
        >>> found = measure_conversation(talk)
        >>> found["turns"], found["app_repetition"], found["apologies"], found["unanswered"]
        (2.0, 0.5, 1.0, 1.0)
    """
    talk = _Talk(transcript=transcript)
    return {name: measure(talk) for name, measure in _MEASURES.items()}


def measure_one(transcript: Transcript, name: MeasureName) -> float:
    """Return one measure of a conversation."""
    return _MEASURES[name](_Talk(transcript=transcript))


def measure_repetition(texts: Sequence[str]) -> float:
    """Return the mean share of a text's runs of words that an earlier text has; a short text is one run. 0 for no text.

    Example:
        >>> measure_repetition(["where do you sell", "ok, where do you sell", "yes"])
        0.2222222222222222
    """
    seen: set[tuple[str, ...]] = set()
    shares: list[float] = []
    for text in texts:
        words = _WORD.findall(text.casefold())
        runs = {tuple(words[at : at + REPEATED_WORDS]) for at in range(max(1, len(words) - REPEATED_WORDS + 1))} - {()}
        shares.append(len(runs & seen) / len(runs) if runs else 0.0)
        seen |= runs
    return _mean(shares)


def failed(call: ToolCall) -> bool:
    """Tell whether a tool says that a call failed: its result begins with an error, or is an object with one."""
    result = call.result
    if isinstance(result, dict):
        return bool(result.get("error") or result.get("errors"))
    return isinstance(result, str) and _FAILED.match(result) is not None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _share(found: int, of: int) -> float:
    return found / of if of else 0.0


def _count_words(texts: Sequence[str]) -> float:
    return _mean([len(text.split()) for text in texts])


def _measure_slope(values: Sequence[float]) -> float:
    """Return the change from the first to the last value along the fitted line."""
    if len(values) < 2:
        return 0.0
    middle, mean = (len(values) - 1) / 2, _mean(values)
    rise = sum((at - middle) * (value - mean) for at, value in enumerate(values))
    return rise / sum((at - middle) ** 2 for at in range(len(values))) * (len(values) - 1)


def _count_repeated(calls: Sequence[ToolCall]) -> int:
    return len(calls) - len({(call.name, encode_canonical(call.arguments)) for call in calls})


def _share_unanswered(talk: _Talk) -> float:
    asked = [app for user, app in talk.exchanges if "?" in user]
    return _share(sum(not app or app.rstrip().endswith("?") for app in asked), len(asked))


def _is_handed_over(talk: _Talk) -> float:
    by_tool = any(_HAND_OVER_TOOL.search(call.name) for call in talk.calls)
    return float(by_tool or any(_HAND_OVER.search(text) for text in talk.app))


def _ends_abruptly(talk: _Talk) -> float:
    return float(bool(talk.user) and not (says_goodbye(talk.user[-1]) or confirms(talk.user[-1])))


def _share_corrections(talk: _Talk) -> float:
    return _share(sum(map(corrects, talk.user[1:])), len(talk.user))


_MEASURES: Mapping[MeasureName, Callable[[_Talk], float]] = {
    "turns": lambda talk: float(len(talk.user)),
    "user_words": lambda talk: _count_words(talk.user),
    "app_words": lambda talk: _count_words(talk.app),
    "app_repetition": lambda talk: measure_repetition(talk.app),
    "user_repetition": lambda talk: measure_repetition(talk.user),
    "corrections": _share_corrections,
    "sentiment": lambda talk: _mean(talk.sentiments),
    "sentiment_low": lambda talk: min(talk.sentiments, default=0.0),
    "sentiment_slope": lambda talk: _measure_slope(talk.sentiments),
    "apologies": lambda talk: _mean([len(find_tone(text, "apology")) for text in talk.app]),
    "refusals": lambda talk: _mean([len(find_tone(text, "refusal")) for text in talk.app]),
    "tool_calls": lambda talk: float(len(talk.calls)),
    "tool_errors": lambda talk: _share(sum(map(failed, talk.calls)), len(talk.calls)),
    "repeated_calls": lambda talk: _share(_count_repeated(talk.calls), len(talk.calls)),
    "unanswered": _share_unanswered,
    "handed_over": _is_handed_over,
    "abrupt_end": _ends_abruptly,
}

__all__ = ["REPEATED_WORDS", "MeasureName", "failed", "measure_conversation", "measure_one", "measure_repetition"]
