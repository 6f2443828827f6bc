import random
from dataclasses import dataclass

import pytest

from synthloop.core.errors import UsageError
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.core.span import Edit, Noised, Span
from synthloop.generate.noise.apply import apply_noise
from synthloop.generate.noise.casing import Casing
from synthloop.generate.noise.lexicon import Lexicon
from synthloop.generate.noise.punctuation import Punctuation

LOWER = Casing(lower=1.0)
NO_END = Punctuation(drop_end=1.0, drop_commas=0.0, drop_apostrophes=0.0, spacing=0.0)


def make(text: str, protected: tuple[str, ...] = ()) -> Sample:
    return make_sample(
        behavior_id="b",
        scenario_id="s",
        messages=(Message(role="app", text="Hello."), Message(role="user", text=text)),
        attributes={"part": "x"},
        protected=protected,
        lineage=Lineage(origin="authored"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rude:
    """Replaces all of a text, spans or not."""

    text: str
    lie: bool = False

    @property
    def spec(self) -> Spec:
        return Spec(kind="noisers", name="rude")

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:  # noqa: ARG002 - a rude one ignores them
        edit = Edit(start=0, end=len(text), before=text, after=self.text, kind="swap")
        return Noised(text="something else" if self.lie else self.text, edits=(edit,))


def test_steps_parents_and_names_are_on_record() -> None:
    sample = make("Cancel it.")
    noised = apply_noise(sample, [LOWER, Lexicon(), NO_END], seed=7)
    assert noised is not None
    assert noised.text == "cancel it"
    assert noised.messages[0].text == "Hello."
    assert noised.attributes == {"part": "x", "noise": "casing+punctuation"}
    assert noised.lineage.origin == "noised"
    assert noised.lineage.parents == (sample.id,)
    assert noised.lineage.steps == (LOWER.spec, NO_END.spec)
    assert noised.lineage.seed == 7
    assert noised.id != sample.id
    assert noised.scenario_id == sample.scenario_id


def test_a_second_round_adds_to_the_first() -> None:
    once = apply_noise(make("Cancel it."), [LOWER], seed=7)
    assert once is not None
    twice = apply_noise(once, [NO_END], seed=7)
    assert twice is not None
    assert twice.attributes["noise"] == "casing+punctuation"
    assert twice.lineage.parents == (once.id,)
    assert twice.lineage.steps == (LOWER.spec, NO_END.spec)


def test_nothing_changed_is_none() -> None:
    assert apply_noise(make("cancel it"), [LOWER, NO_END], seed=7) is None
    assert apply_noise(make("cancel it"), [], seed=7) is None


def test_replicas_differ() -> None:
    noiser = Casing(lower=0.0, upper=0.0, no_capital=0.0, slip=0.3)
    made = {
        noised.text
        for replica in range(20)
        if (noised := apply_noise(make("cancel the whole thing now"), [noiser], seed=1, replica=replica))
    }
    assert len(made) > 5


def test_marked_words_stay() -> None:
    noised = apply_noise(make("Cancel It.", ("It",)), [LOWER], seed=7)
    assert noised is not None
    assert noised.text == "cancel It."


def test_a_noiser_that_breaks_a_span_is_named() -> None:
    with pytest.raises(UsageError, match="noiser 'rude' changed what is protected: '3pm'"):
        apply_noise(make("move my 3pm"), [Rude(text="move my tea")], seed=1)


@pytest.mark.parametrize("rude", [Rude(text="fine", lie=True), Rude(text="  ")])
def test_a_noiser_whose_edits_lie_is_named(rude: Rude) -> None:
    with pytest.raises(UsageError, match="noiser 'rude': its edits do not lead"):
        apply_noise(make("move it"), [rude], seed=1)
