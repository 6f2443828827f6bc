"""Questions over several documents hold up only where their quotes stand in them and no document can be spared."""

import json
import random
import re

from synthloop.core.ask import Answer
from synthloop.core.document import Document
from synthloop.core.model import ModelRef, ModelRequest
from synthloop.core.writing import Brief, Written
from synthloop.generate.documents.chains import draw_chain, split_passages
from synthloop.generate.writers.multi_hop import MultiHop, is_same_answer
from synthloop.project.python_api import behavior

DOCUMENTS = (
    Document(id="people.md", text="The lab was founded by Mira Olsen.\n\nShe moved to Harbor Street in 2004."),
    Document(id="places.md", text="Harbor Street has a bakery.\n\nThe bakery on Harbor Street opens at 6:30."),
    Document(id="prices.txt", text="The bakery that opens at 6:30 sells rye bread for 4 crowns."),
    Document(id="other.txt", text="Nothing here has to do with anything else."),
)
ASK = behavior("ask", says="Questions about the town.", criteria=["is right"], authored=["where is the bakery"])


def brief_for(number: int = 1, documents: tuple[Document, ...] = DOCUMENTS) -> Brief:
    return Brief(number=number, seed=3, behavior=ASK, model=ModelRef(name="m", version="1"), documents=documents, repairs=0)


class Reader:
    """A model that reads: asks for what the last passage says, and answers only where every word of its clue is before it."""

    def __init__(self, *, needs_all: bool = True, quotes: bool = True) -> None:
        self.needs_all, self.quotes = needs_all, quotes
        self.asked: list[ModelRequest] = []

    def answer(self, request: ModelRequest) -> str:
        self.asked.append(request)
        text = request.messages[-1].text
        passages = re.findall(r'<document number="\d+">\n(.*?)\n</document>', text, re.DOTALL)
        if "Question:" not in text:
            self.whole = passages
            evidence = [{"document": at, "quote": passage if self.quotes else "nowhere"} for at, passage in enumerate(passages, start=1)]
            return json.dumps({"question": "When does it open?", "answer": "6:30", "evidence": evidence})
        complete = len(passages) == len(self.whole) if self.needs_all else bool(passages)
        return json.dumps({"answer": "at 6:30" if complete else ""})


def write(reader: Reader, brief: Brief, hops: tuple[int, ...] = (2,)) -> Written:
    flow = MultiHop(hops=hops).write(brief)
    try:
        asks = next(flow)
        while True:
            request = asks[0].request
            assert isinstance(request, ModelRequest)
            asks = flow.send((Answer(value={"text": reader.answer(request)}),))
    except StopIteration as stop:
        return stop.value


def test_a_question_that_needs_every_document_becomes_a_sample_with_its_evidence() -> None:
    reader = Reader()
    (sample,) = write(reader, brief_for()).samples
    assert (sample.text, sample.expected, sample.attributes["hops"]) == ("When does it open?", "6:30", "2")
    assert len(reader.asked) == 1 + 1 + 2
    texts = {document.id: document.text for document in DOCUMENTS}
    evidence = sample.extra["evidence"]
    assert isinstance(evidence, list)
    assert len(evidence) == 2
    for each in evidence:
        assert isinstance(each, dict)
        assert texts[str(each["document_id"])][each["start"] : each["end"]] == each["quote"]  # pyright: ignore[reportArgumentType, reportCallIssue]


def test_a_question_that_one_document_answers_is_a_fault() -> None:
    written = write(Reader(needs_all=False), brief_for())
    assert not written.samples
    assert "it is answered without" in written.faults[0].message


def test_quotes_that_stand_nowhere_are_a_fault_before_anything_else_is_paid() -> None:
    reader = Reader(quotes=False)
    written = write(reader, brief_for())
    assert "nothing that it quotes stands in" in written.faults[0].message
    assert len(reader.asked) == 1


def test_three_hops_go_through_three_documents() -> None:
    chain = draw_chain(DOCUMENTS, 3, random.Random(1))
    assert chain is not None
    assert len({passage.document_id for passage in chain.passages}) == 3
    for before, after, term in zip(chain.passages, chain.passages[1:], chain.terms, strict=False):
        assert term in before.text
        assert term in after.text


def test_documents_that_do_not_hang_together_ask_nothing() -> None:
    written = write(Reader(), brief_for(documents=DOCUMENTS[3:]))
    assert not written.samples
    assert "nothing was asked" in written.faults[0].message
    assert written.usage.attempts == 0


def test_passages_are_stretches_of_their_document() -> None:
    long = Document(id="long", text="\n\n".join(f"Paragraph {number}. " + "word " * 80 for number in range(12)) + "x" * 5000)
    passages = split_passages(long)
    assert len(passages) > 3
    assert all(long.text[passage.start : passage.start + len(passage.text)] == passage.text for passage in passages)


def test_answers_are_compared_by_their_words() -> None:
    assert is_same_answer("Mira Olsen", "it was mira olsen")
    assert not is_same_answer("Mira", "Olsen")
