"""Questions that take several documents to answer, with the evidence, checked by taking each document away."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior, scenario_of
from synthloop.core.document import Evidence
from synthloop.core.lineage import Lineage, Spec, chance
from synthloop.core.model import Fault
from synthloop.core.prompt import Prompt
from synthloop.core.record import Record
from synthloop.core.registry import spec_of
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.core.usage import Usage, add_usage
from synthloop.core.writing import Brief, Written
from synthloop.generate.documents.chains import Chain, Passage, draw_chain
from synthloop.generate.writers.briefing import describe_brief
from synthloop.prompting.asking import Question, ask_structured
from synthloop.prompting.library import load_prompt
from synthloop.prompting.shapes import shape_of

_WORD = re.compile(r"\w+")


class _Quote(Record):
    document: int
    """Number of the passage, from 1."""
    quote: str


class _Asked(Record):
    question: str
    answer: str
    evidence: tuple[_Quote, ...]


class _Found(Record):
    answer: str
    """Empty where the passages don't say it."""


_ASKED, _FOUND = shape_of(_Asked), shape_of(_Found)


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiHop:
    """Questions from a folder of documents that take one, two, three or more of them to answer, with answer and evidence.

    Passages of different documents are chained by terms that few of them share, and the model is asked for a question that needs all of
    them. Its quotes must stand in the documents. Then it is put to the test: with all passages the question must be answered, and with any
    one of them taken away it must not be. After the construction of MuSiQue (Trivedi et al., "MuSiQue: Multihop Questions via Single-hop
    Question Composition", 2022), whose checks are trained models; here the same model is asked. One question a call: `per_call` does not
    apply.
    """

    hops: Annotated[tuple[int, ...], msgspec.Meta(min_length=1)] = (1, 2, 3)
    """Documents that a question takes; one a brief, in turn."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "multi_hop", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether answers are open: a behavior that expects a label has its answer already."""
        return behavior.expected is None

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for a question, and put it to the test."""
        rng = chance(brief.seed, "generate.writers.chain", brief.behavior.id, brief.number)
        hops = self.hops[brief.number % len(self.hops)]
        chain = draw_chain(brief.documents, hops, rng)
        if chain is None:
            what = f"no {hops} documents hang together by a term that few share" if brief.documents else "there are no documents"
            return Written(brief=brief, faults=(Fault(kind="empty", message=f"{what}: nothing was asked"),))
        prompts = [brief.prompts.get(name) or load_prompt(name) for name in ("multi_hop", "answer_from")]
        values = {
            **describe_brief(brief),
            "passages": _show(chain.passages),
            "terms": ", ".join(chain.terms) or "(none)",
            "hops": str(hops),
        }
        said = yield from ask_structured(_question(brief, prompts[0], values), _ASKED)
        if said.value is None:
            faults = (*said.earlier, *([said.fault] if said.fault else []))
            return Written(brief=brief, faults=faults, usage=said.usage)
        asked = said.value
        evidence = tuple(_find_evidence(asked, chain))
        if fault := _find_flaw(asked, evidence, chain):
            return Written(brief=brief, faults=(*said.earlier, fault), usage=said.usage)
        fault, spent = yield from self._test(brief, prompts[1], asked, chain)
        usage = add_usage([said.usage, *spent])
        if fault is not None:
            return Written(brief=brief, faults=(*said.earlier, fault), usage=usage)
        sample = _make_sample(brief, (self.spec, prompts[0].spec), asked, evidence, usage)
        return Written(brief=brief, samples=(sample,), faults=said.earlier, usage=usage)

    def _test(self, brief: Brief, prompt: Prompt, asked: _Asked, chain: Chain) -> Flow[tuple[Fault | None, list[Usage]]]:
        """Have the question answered from all passages, and from all but each one."""
        spent: list[Usage] = []
        for left_out in (None, *range(len(chain.passages))):
            shown = [passage for at, passage in enumerate(chain.passages) if at != left_out]
            values = {**describe_brief(brief), "question": asked.question, "passages": _show(shown) or "(none)"}
            said = yield from ask_structured(_question(brief, prompt, values), _FOUND)
            spent.append(said.usage)
            if said.value is None:
                return said.fault, spent
            right = is_same_answer(said.value.answer, asked.answer)
            if left_out is None and not right:
                return _flaw(f"with all documents at hand it is answered by {said.value.answer!r}", asked), spent
            if left_out is not None and right:
                return _flaw(f"it is answered without {chain.passages[left_out].document_id}", asked), spent
        return None, spent


def is_same_answer(said: str, right: str) -> bool:
    """Tell whether an answer gives the right one: all words of the shorter one stand in the longer one, case and marks aside.

    Example:
        >>> is_same_answer("It opens at 9:30.", "9:30"), is_same_answer("", "9:30"), is_same_answer("at ten", "9:30")
        (True, False, False)
    """
    one, other = (set(_WORD.findall(text.casefold())) for text in (said, right))
    return bool(one and other) and (one <= other or other <= one)


def _question(brief: Brief, prompt: Prompt, values: dict[str, str]) -> Question:
    messages = prompt.fill(values)
    return Question(model=brief.model, messages=messages, parameters=dict(brief.parameters), replica=brief.number, repairs=brief.repairs)


def _show(passages: Sequence[Passage]) -> str:
    return "\n\n".join(
        f'<document number="{number}">\n{passage.text.strip()}\n</document>' for number, passage in enumerate(passages, start=1)
    )


def _find_evidence(asked: _Asked, chain: Chain) -> Iterator[Evidence]:
    """Yield the quotes that stand in their passages, white space aside."""
    for quoted in asked.evidence:
        words = quoted.quote.split()
        if not words or not 1 <= quoted.document <= len(chain.passages):
            continue
        passage = chain.passages[quoted.document - 1]
        found = re.search(r"\s+".join(map(re.escape, words)), passage.text, re.IGNORECASE)
        if found is not None:
            start = passage.start + found.start()
            yield Evidence(document_id=passage.document_id, start=start, end=passage.start + found.end(), quote=found[0])


def _find_flaw(asked: _Asked, evidence: Sequence[Evidence], chain: Chain) -> Fault | None:
    if not asked.question.strip() or not asked.answer.strip():
        return Fault(kind="empty", message="it asked nothing, or gave no answer")
    missing = [passage.document_id for passage in chain.passages if passage.document_id not in {each.document_id for each in evidence}]
    return _flaw(f"nothing that it quotes stands in {', '.join(missing)}", asked) if missing else None


def _flaw(what: str, asked: _Asked) -> Fault:
    return Fault(kind="unfit", message=f"the question does not hold up: {what}", raw=f"{asked.question} -> {asked.answer}")


def _make_sample(brief: Brief, steps: tuple[Spec, ...], asked: _Asked, evidence: Sequence[Evidence], usage: Usage) -> Sample:
    behavior, persona = brief.behavior, brief.persona.traits if brief.persona else {}
    hops = str(len({each.document_id for each in evidence}))
    made = {"source": "model", "writer": "multi_hop", "model": brief.model.name, "hops": hops}
    text = asked.question.strip()
    return make_sample(
        behavior_id=behavior.id,
        scenario_id=scenario_of(behavior.id, text).id,
        messages=(Message(role="user", text=text),),
        expected=asked.answer.strip(),
        attributes={**behavior.attributes, **persona, **made},
        lineage=Lineage(origin="generated", steps=steps, seed=brief.seed, model=brief.model.name, usage=usage),
        extra={"evidence": [msgspec.to_builtins(each) for each in evidence]},
    )


__all__ = ["MultiHop", "is_same_answer"]
