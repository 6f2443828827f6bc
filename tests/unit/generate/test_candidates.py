import random
from collections import Counter
from dataclasses import dataclass
from itertools import islice

import pytest

from synthloop.core.behavior import Authored, Behavior, Choice, Constraint, Parameter, Template
from synthloop.core.errors import UsageError
from synthloop.core.lineage import Spec
from synthloop.core.span import Edit, Noised, Span
from synthloop.generate.candidates import generate_candidates
from synthloop.generate.neighbors import make_neighbors
from synthloop.generate.settings import GenerateSettings

SCHEDULE = Behavior(
    id="schedule",
    says="A request to plan a meeting goes to the scheduling agent.",
    expected="schedule",
    authored=(
        Authored(messages=(("user", "move my 3pm with Ana to thursday"),)),
        Authored(
            messages=(("user", "hello"), ("app", "hi, what can I do?"), ("user", "Could you set up a review with Bo?")), expected="ask back"
        ),
    ),
    templates=(Template(text="{verb} a {kind} with {person}"),),
    parameters=(
        Parameter(name="verb", choices=(Choice(value="book"), Choice(value="plan"))),
        Parameter(name="kind", choices=(Choice(value="call"), Choice(value="review"))),
        Parameter(name="person", choices=(Choice(value="Ana"), Choice(value="Bo"), Choice(value="the team"))),
    ),
)


@dataclass(frozen=True)
class Shout:
    """Adds an exclamation mark."""

    @property
    def spec(self) -> Spec:
        return Spec(kind="noisers", name="shout")

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:  # noqa: ARG002 - the port's shape
        marks = "!" * rng.randint(1, 3)
        return Noised(text=text + marks, edits=(Edit(start=len(text), end=len(text), before="", after=marks, kind="shout"),))


def stream(behavior: Behavior = SCHEDULE, count: int = 300, seed: int = 1, **settings: float):
    mix = GenerateSettings(**settings)  # pyright: ignore[reportArgumentType] - integers are floats here
    return list(islice(generate_candidates(behavior, [behavior], settings=mix, noisers=[Shout()], seed=seed), count))


def test_authored_come_first_then_a_mix() -> None:
    samples = stream()
    assert [sample.lineage.origin for sample in samples[:2]] == ["authored", "authored"]
    assert [len(sample.messages) for sample in samples[:2]] == [1, 3]
    assert [sample.expected for sample in samples[:2]] == ["schedule", "ask back"]
    assert set(Counter(sample.lineage.origin for sample in samples[2:40])) == {"generated", "noised"}
    assert set(Counter(sample.attributes["source"] for sample in samples[2:40])) >= {"template", "recombination"}


def test_the_first_fills_cover_every_pair() -> None:
    fills = [sample for sample in stream(noise_share=0.0) if sample.attributes["source"] == "template"][:6]
    assert len({(fill.attributes["kind"], fill.attributes["person"]) for fill in fills}) == 6


def test_no_candidate_comes_twice_and_all_belong_to_the_behavior() -> None:
    samples = stream()
    assert len({sample.id for sample in samples}) == len(samples) == 300
    assert {sample.behavior_id for sample in samples} == {"schedule"}


def test_streams_repeat_by_seed_and_differ_between_seeds() -> None:
    assert stream() == stream()
    assert stream()[2:] != stream(seed=2)[2:]


def test_a_longer_stream_begins_like_a_shorter_one() -> None:
    assert stream(count=200)[:50] == stream(count=50)


def test_noise_names_itself_and_its_ancestors() -> None:
    noised = [sample for sample in stream() if sample.lineage.origin == "noised"]
    assert noised
    for sample in noised:
        assert sample.attributes["noise"] == "shout"
        assert sample.lineage.steps[-1].name == "shout"
        assert sample.lineage.parents


def test_noise_share_zero_means_no_noise() -> None:
    assert not any(sample.lineage.origin == "noised" for sample in stream(noise_share=0.0))


def test_the_stream_ends_when_nothing_new_is_left() -> None:
    behavior = Behavior(
        id="b",
        says="s",
        templates=(Template(text="{a}"),),
        parameters=(Parameter(name="a", choices=(Choice(value="1"), Choice(value="2"))),),
    )
    assert {sample.text for sample in stream(behavior, noise_share=0.0)} == {"1", "2"}
    assert stream(Behavior(id="b", says="s")) == []


def test_variants_of_authored_samples_are_limited_and_shared_evenly() -> None:
    behavior = Behavior(id="b", says="s", authored=SCHEDULE.authored)
    samples = stream(behavior, variants_per_authored=20)
    counts = Counter(sample.scenario_id for sample in samples)
    assert len(samples) == 2 + 40
    assert max(counts.values()) - min(counts.values()) <= 12


def test_impossible_constraints_are_a_usage_error() -> None:
    behavior = Behavior(
        id="b",
        says="s",
        templates=SCHEDULE.templates,
        parameters=SCHEDULE.parameters,
        constraints=(Constraint(when={"verb": ("book", "plan")}),),
    )
    with pytest.raises(UsageError, match="behavior 'b': the constraints leave no allowed values for verb"):
        stream(behavior)


def test_neighbors_change_one_thing_each_and_name_it() -> None:
    authored, filled = stream()[0], stream()[4]
    for sample in (authored, filled):
        neighbors = list(make_neighbors(sample, SCHEDULE, count=30, noisers=[Shout()], seed=3))
        assert len({neighbor.text for neighbor in neighbors} | {sample.text}) == len(neighbors) + 1
        assert {neighbor.attributes["changed"].partition(":")[0] for neighbor in neighbors} == {"parameter", "wording", "noise"}
        for neighbor in neighbors:
            assert neighbor.lineage.origin == "neighbor"
            assert neighbor.lineage.parents == (sample.id,)
            assert neighbor.expected == sample.expected
            assert neighbor.scenario_id == sample.scenario_id
            assert all(span in neighbor.text for span in neighbor.protected)


def test_a_changed_parameter_shows_in_text_and_attributes() -> None:
    filled = stream()[4]
    neighbors = [
        each for each in make_neighbors(filled, SCHEDULE, count=40, noisers=[], seed=3) if each.attributes["changed"] == "parameter:person"
    ]
    assert neighbors
    for neighbor in neighbors:
        assert neighbor.attributes["person"] != filled.attributes["person"]
        assert neighbor.attributes["person"] in neighbor.text


def test_neighbors_end_when_there_are_none_left() -> None:
    odd = Behavior(id="b", says="s", authored=(Authored(messages=(("user", "…"),)),))
    assert len(list(make_neighbors(stream(odd, count=1)[0], odd, count=5000, noisers=[], seed=0))) < 5000
