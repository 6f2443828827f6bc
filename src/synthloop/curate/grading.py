"""A second model grades what the first one wrote: a validator that asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Spec
from synthloop.core.model import ModelRef
from synthloop.core.prompt import Prompt
from synthloop.core.record import Record
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.verdicts import drop_sample, keep_sample
from synthloop.prompting.asking import Question, ask_structured
from synthloop.prompting.library import load_prompt
from synthloop.prompting.shapes import Shape, shape_of

PROMPT = "grade"

Grade = Literal["yes", "no", "unsure"]


class _Grades(Record):
    fits_label: Grade
    """Whether the message is what its behavior says."""
    realistic: Grade
    """Whether a real person would type it like that."""
    reason: str
    """A few words."""


_GRADES: Shape[_Grades] = shape_of(_Grades)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelGrader:
    """Asks a model of every sample whether it is what its behavior says, and whether a real person would say it like that.

    Reasons: `wrong-label`, `not-realistic`, `not-graded` where the model gave no usable answer. `unsure` keeps. The sample is never
    re-typed: the model returns grades alone.
    """

    model: ModelRef
    prompts: Mapping[str, Prompt] = field(default_factory=dict[str, Prompt])
    """By name; without one called `grade`, the shipped one is used."""
    repairs: int = 2

    @property
    def prompt(self) -> Prompt:
        """What the model is asked."""
        return self.prompts.get(PROMPT) or load_prompt(PROMPT)

    @property
    def spec(self) -> Spec:
        """What rebuilds it: the model's version and the prompt's digest."""
        return Spec(kind="graders", name="model", parameters={"model": self.model.version, "prompt": self.prompt.digest})

    def grade(self, sample: Sample, behavior: Behavior) -> Flow[Verdict]:
        """Ask, and return the verdict."""
        values = {"says": behavior.says, "expected": str(sample.expected), "text": sample.text}
        question = Question(model=self.model, messages=self.prompt.fill(values), repairs=self.repairs)
        said = yield from ask_structured(question, _GRADES)
        if said.value is None:
            return drop_sample(sample, self.spec, "not-graded", said.fault.message if said.fault else "no answer")
        grades = said.value
        if grades.fits_label == "no":
            return drop_sample(sample, self.spec, "wrong-label", grades.reason)
        if grades.realistic == "no":
            return drop_sample(sample, self.spec, "not-realistic", grades.reason)
        return keep_sample(sample, self.spec)


__all__ = ["PROMPT", "Grade", "ModelGrader"]
