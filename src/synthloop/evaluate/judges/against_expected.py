"""A judge of pairs: the app's answer against the one that the sample expects, by one model or a panel, each in both orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from synthloop.core.ask import Flow
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec
from synthloop.core.sample import Sample
from synthloop.core.score import CriterionDecision, CriterionVerdict, Score
from synthloop.core.transcript import Transcript
from synthloop.evaluate.judges.pairwise import Pairwise, Preference, Winner
from synthloop.evaluate.scorers.answer import last_answer, read_path, text_of
from synthloop.prompting.together import ask_together

_DECISIONS: dict[Winner, CriterionDecision] = {"first": "passed", "second": "failed", "tie": "inconclusive"}
_VALUES: dict[Winner, float] = {"first": 1.0, "second": 0.0, "tie": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstExpected:
    """Asks which is better, the app's answer or the expected one; the value is 1, 0.5 for a tie, or 0.

    A pair whose orders disagree is a tie. Of a panel what more than half say counts, else it is a tie. How often what was shown first, or
    second, was picked stands in the verdict's `votes`.
    """

    name: str = "pairwise"
    panel: tuple[Pairwise, ...]
    """One entry a model and repeat; not empty."""
    at_least: float = 0.5
    """Value from which it passes: 0.5 for at least as good as what is expected, 1 for better."""
    expected_at: str = ""
    """Where in the expectation the answer to compare with stands, as a dotted path; empty: the whole expectation."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it: criteria, prompt and models."""
        panel = self.panel[0].spec
        models = [member.model.version for member in self.panel]
        own: dict[str, JsonValue] = {"models": [*models], "at_least": self.at_least, "expected_at": self.expected_at}
        shared = {name: value for name, value in panel.parameters.items() if name != "model"}
        return Spec(kind="judges", name="pairwise", parameters={**shared, **own})

    def judge(self, sample: Sample, transcript: Transcript) -> Flow[Score]:
        """Ask everybody in both orders at once, and return the score."""
        if transcript.failure is not None:
            return self._unscored(transcript, transcript.end_reason.replace("_", "-"), transcript.failure.message)
        expected = self._find_expected(sample)
        if not expected:
            return self._unscored(transcript, "no-expected", "the sample expects nothing to compare with")
        answer = text_of(last_answer(transcript))
        said = yield from ask_together([member.compare(sample.messages, answer, expected) for member in self.panel])
        answered = [each for each in said if each.winner is not None]
        if not answered:
            fault = next((fault for each in said for fault in each.faults), None)
            return self._unscored(transcript, "judge-error", fault.message if fault else "no judge answered")
        return self._score(transcript, answered)

    def _find_expected(self, sample: Sample) -> str:
        try:
            return text_of(read_path(sample.expected, self.expected_at))
        except LookupError:
            return ""

    def _score(self, transcript: Transcript, answered: Sequence[Preference]) -> Score:
        winner = _count(answered)
        value = _VALUES[winner]
        passed = value >= self.at_least
        reason = next((each.reason for each in answered if each.winner == winner), answered[0].reason)
        criterion = "; ".join(self.panel[0].criteria) or "better than what is expected"
        verdict = CriterionVerdict(criterion=criterion, decision=_DECISIONS[winner], reason=reason, votes=count_picks(answered))
        note = "" if passed else reason
        return Score(transcript_id=transcript.id, scorer=self.name, value=value, passed=passed, note=note, criteria=(verdict,))

    def _unscored(self, transcript: Transcript, reason: str, note: str) -> Score:
        return Score(transcript_id=transcript.id, scorer=self.name, value=None, unscored=reason, note=note)


def count_picks(answered: Sequence[Preference]) -> dict[str, int]:
    """Return how often what was shown first, second or neither was picked, over both orders, and in how many pairs the orders disagree."""
    picks = [pick for each in answered for pick in each.picks]
    counts = {"first shown": picks.count(1), "second shown": picks.count(-1), "tie": picks.count(0)}
    swapped = sum(1 for each in answered if each.swapped)
    return {name: count for name, count in {**counts, "swapped": swapped, "pairs": len(answered)}.items() if count}


def read_place(score: Score) -> tuple[float | None, bool | None]:
    """Return how much more often what was shown first was picked than what was shown second, in [-1, 1], and whether the order decided.

    Both are None where no pair was compared.
    """
    votes = score.criteria[0].votes if score.criteria else {}
    first, second, tie = (votes.get(name, 0) for name in ("first shown", "second shown", "tie"))
    compared = first + second + tie
    return ((first - second) / compared, votes.get("swapped", 0) > 0) if compared else (None, None)


def _count(answered: Sequence[Preference]) -> Winner:
    winners = [each.winner for each in answered]
    for winner in ("first", "second"):
        if 2 * winners.count(winner) > len(winners):
            return winner
    return "tie"


__all__ = ["AgainstExpected", "count_picks", "read_place"]
