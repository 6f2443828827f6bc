"""Whatever a model writes: every text becomes one sample or one fault, and costs add up."""

import json

from hypothesis import given
from hypothesis import strategies as st

from synthloop.core.ask import Answer, drive
from synthloop.core.model import ModelRef
from synthloop.core.usage import Usage, add_usage, split_usage
from synthloop.core.writing import Brief, Written
from synthloop.generate.authored import make_authored_samples
from synthloop.generate.writers import WRITERS
from synthloop.generate.writers.copies import count_changes, find_copied, read_words
from synthloop.project.python_api import behavior

SCHEDULE = behavior(
    "schedule", says="Plan a meeting.", expected="schedule", authored=[{"text": "move my 3pm with Ana to 12 Oslo", "protected": ["Oslo"]}]
)
STYLE = ("hey my thing is broken again can someone look at it",)
TEXTS = st.sampled_from(["need it", "Need it ", '"need it"', "- need it", "", STYLE[0], "mail [EMAIL_1]"]) | st.text(max_size=40)


def write(name: str, answer: object, count: int) -> Written:
    brief = Brief(
        number=0,
        seed=1,
        behavior=SCHEDULE,
        model=ModelRef(name="m", version="1"),
        count=count,
        material=make_authored_samples(SCHEDULE),
        style=STYLE,
    )
    return drive(WRITERS.build(name).write(brief), [Answer(value={"text": json.dumps(answer)}, usage=Usage(tokens_in=7, cost_usd=0.1))])


@given(st.lists(TEXTS, min_size=1, max_size=12), st.integers(1, 6))
def test_every_text_is_one_sample_or_one_fault(texts: list[str], count: int) -> None:
    written = write("voice", {"messages": texts}, count)
    if any(fault.kind in {"gibberish", "refusal"} for fault in written.faults):
        return  # the answer as a whole was not used
    assert len(written.samples) + len(written.faults) == len(texts)
    assert len(written.samples) <= count
    said = [sample.text for sample in written.samples]
    assert len({text.casefold() for text in said}) == len(said)
    assert all(text and text == text.strip() for text in said)
    assert sum((sample.lineage.usage or Usage()).tokens_in for sample in written.samples) in {0, 7}


VALUES = st.sampled_from(["Oslo", "Ana", "3pm", "12", "Tom", "noon", "4", "my", ""]) | st.text(max_size=8)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=6))
def test_a_swap_keeps_all_other_words_and_protects_what_it_says(swaps: list[tuple[str, str]]) -> None:
    written = write("entity_swap", {"versions": [{"swaps": [{"old": old, "new": new} for old, new in swaps]}]}, 3)
    for sample in written.samples:
        assert all(value in sample.text for value in sample.protected)
        assert sample.text.startswith("move my ")
        assert " with " in sample.text
        assert sample.text != "move my 3pm with Ana to 12 Oslo"


@given(st.integers(0, 10_000), st.integers(0, 500), st.floats(0, 5), st.integers(1, 40))
def test_shares_add_up_to_the_whole(tokens: int, attempts: int, cost: float, parts: int) -> None:
    whole = Usage(tokens_in=tokens, tokens_out=attempts, attempts=attempts, cost_usd=cost)
    again = add_usage(split_usage(whole, parts))
    assert (again.tokens_in, again.tokens_out, again.attempts) == (tokens, attempts, attempts)
    assert again.cost_usd is not None
    assert abs(again.cost_usd - cost) < 1e-9


@given(st.text(max_size=120))
def test_a_text_copies_itself_and_changes_nothing_of_itself(text: str) -> None:
    assert count_changes(text, text)[0] == 0
    if len(read_words(text)) > 6:
        assert find_copied(text, [text]) == text
