"""Judges an answer by a rubric: every criterion restated and decided by itself, by one model or a panel."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec
from synthloop.core.model import ModelRef
from synthloop.core.prompt import Prompt
from synthloop.core.record import Record
from synthloop.core.sample import Sample
from synthloop.core.score import CriterionDecision, CriterionVerdict, Score
from synthloop.core.transcript import Transcript
from synthloop.evaluate.judges.shown import show_answer, show_conversation
from synthloop.prompting.asking import Question, Said, ask_structured
from synthloop.prompting.library import load_prompt
from synthloop.prompting.shapes import Shape, shape_of
from synthloop.prompting.together import ask_together

PROMPT = "judge"


class _Verdict(Record):
    number: int
    """Of the criterion, from 1."""
    restated: str
    """The criterion in the judge's own words: what it takes it to mean."""
    reason: str
    decision: CriterionDecision


class _Verdicts(Record):
    verdicts: Annotated[tuple[_Verdict, ...], msgspec.Meta(min_length=1)]


_VERDICTS: Shape[_Verdicts] = shape_of(_Verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """Asks one model or a panel whether an answer fulfills criteria.

    Every model decides every criterion: passed, failed or inconclusive, with the criterion restated and a short reason before the
    decision. The majority decides; where there is none, the criterion is inconclusive. The answer passes where all criteria do, fails
    where any fails, and is unscored (`inconclusive`) otherwise. The judged text is never re-typed: models return numbers and decisions.
    """

    name: str = "rubric"
    models: tuple[ModelRef, ...]
    """The panel; not empty."""
    criteria: tuple[str, ...] = ()
    """One sentence each; empty: those of the sample's behavior."""
    repeats: int = 1
    """How often each model is asked."""
    behaviors: Mapping[str, Behavior] = field(default_factory=dict[str, Behavior])
    """By id: whose criteria hold where the judge has none of its own."""
    prompts: Mapping[str, Prompt] = field(default_factory=dict[str, Prompt])
    """By name; without one called `judge`, the shipped one is used."""
    repairs: int = 2

    @property
    def prompt(self) -> Prompt:
        """What the models are asked."""
        return self.prompts.get(PROMPT) or load_prompt(PROMPT)

    @property
    def spec(self) -> Spec:
        """What rebuilds it: criteria, prompt and models; another version of any of them is another judge."""
        written = self.criteria or [
            (name, list(behavior.criteria)) for name, behavior in sorted(self.behaviors.items()) if behavior.criteria
        ]
        parameters: dict[str, JsonValue] = {"criteria": msgspec.to_builtins(written), "models": [model.version for model in self.models]}
        parameters |= {"repeats": self.repeats, "prompt": self.prompt.digest}
        return Spec(kind="judges", name="rubric", parameters=parameters)

    def judge(self, sample: Sample, transcript: Transcript) -> Flow[Score]:
        """Ask the panel, and return the score."""
        behavior = self.behaviors.get(sample.behavior_id)
        criteria = self.criteria or (behavior.criteria if behavior else ())
        if not criteria:
            return self._unscored(transcript, "no-criteria", "neither the judge nor the behavior has criteria", decides=False)
        if transcript.failure is not None:
            return self._unscored(transcript, transcript.end_reason.replace("_", "-"), transcript.failure.message)
        panel = [(model, replica) for replica in range(self.repeats) for model in self.models]
        questions = [self._ask(model, sample, transcript, criteria, replica) for model, replica in panel]
        said = yield from ask_together([ask_structured(question, _VERDICTS) for question in questions])
        return self._decide(transcript, criteria, said)

    def _ask(self, model: ModelRef, sample: Sample, transcript: Transcript, criteria: Sequence[str], replica: int) -> Question:
        behavior = self.behaviors.get(sample.behavior_id)
        values = {
            "says": behavior.says if behavior else "",
            "criteria": "\n".join(f"{number}. {criterion}" for number, criterion in enumerate(criteria, start=1)),
            "conversation": show_conversation(sample.messages),
            "answer": show_answer(transcript),
        }
        return Question(model=model, messages=self.prompt.fill(values), replica=replica, repairs=self.repairs)

    def _decide(self, transcript: Transcript, criteria: Sequence[str], said: Sequence[Said[_Verdicts]]) -> Score:
        answered = [each.value for each in said if each.value is not None]
        if not answered:
            fault = next((each.fault for each in said if each.fault is not None), None)
            return self._unscored(transcript, "judge-error", fault.message if fault else "no judge answered")
        verdicts = tuple(_combine(number, criterion, answered) for number, criterion in enumerate(criteria, start=1))
        decisions = {verdict.decision for verdict in verdicts}
        if "inconclusive" in decisions and "failed" not in decisions:
            note = "; ".join(f"{each.criterion}: {each.reason}" for each in verdicts if each.decision == "inconclusive")
            return msgspec.structs.replace(self._unscored(transcript, "inconclusive", note), criteria=verdicts)
        passed = decisions == {"passed"}
        note = "; ".join(f"{each.criterion}: {each.reason}" for each in verdicts if each.decision != "passed")
        share = sum(verdict.decision == "passed" for verdict in verdicts) / len(verdicts)
        return Score(transcript_id=transcript.id, scorer=self.name, value=share, passed=passed, note=note, criteria=verdicts)

    def _unscored(self, transcript: Transcript, reason: str, note: str, *, decides: bool = True) -> Score:
        return Score(transcript_id=transcript.id, scorer=self.name, value=None, unscored=reason, note=note, decides=decides)


def _combine(number: int, criterion: str, answered: Sequence[_Verdicts]) -> CriterionVerdict:
    """Return the panel's verdict on one criterion; a judge that left it out counts as inconclusive."""
    found = [next((each for each in verdicts.verdicts if each.number == number), None) for verdicts in answered]
    votes = Counter[CriterionDecision](each.decision if each else "inconclusive" for each in found)
    passed, failed = votes["passed"], votes["failed"]
    half = len(answered) / 2
    decision: CriterionDecision = "passed" if passed > half else "failed" if failed > half else "inconclusive"
    reason = next((each.reason for each in found if each is not None and each.decision == decision), "the judges do not agree")
    return CriterionVerdict(criterion=criterion, decision=decision, reason=reason, votes={name: votes[name] for name in sorted(votes)})


__all__ = ["PROMPT", "Rubric"]
