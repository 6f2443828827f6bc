import random
from collections.abc import Callable

import pytest

from synthloop.core.sample import Sample
from synthloop.curate.diversity import measure_diversity
from synthloop.curate.shortcuts import find_shortcuts

Say = Callable[..., Sample]
_WORDS = [a + b + c for a in "bdfgklmnprstvz" for b in "aeiou" for c in ("n", "rt", "lk", "st", "m", "p")]


def _varied(say: Say, count: int, behavior: str) -> list[Sample]:
    rng = random.Random(behavior)
    return [say(" ".join(rng.choices(_WORDS, k=rng.randint(4, 9))), behavior, behavior=behavior) for _ in range(count)]


def _uniform(say: Say, count: int, behavior: str) -> list[Sample]:
    rng = random.Random(behavior)
    return [say(f"could you please show me the {rng.choice(_WORDS)} report number {n}", behavior, behavior=behavior) for n in range(count)]


def test_groups_are_compared_at_equal_n(say: Say) -> None:
    report = measure_diversity([*_varied(say, 400, "varied"), *_uniform(say, 60, "uniform"), *_varied(say, 3, "tiny")])
    groups = {group.value: group for group in report.groups}
    assert report.draw_size == 30
    assert report.too_small == (("behavior", "tiny"),)
    assert [group.value for group in report.groups] == ["", "uniform", "varied"]
    for name in ("distinct-1", "unique-openings", "opening-entropy", "neighbor-distance"):
        varied, uniform = groups["varied"].read(name), groups["uniform"].read(name)
        assert varied.low > uniform.high, name
        assert 0 <= uniform.low <= uniform.value <= uniform.high <= 1
    assert groups["uniform"].read("words").value == 10


def test_the_same_source_is_as_diverse_at_any_n(say: Say) -> None:
    samples = _varied(say, 1_000, "all")
    samples = [say(sample.text, behavior="small" if at < 100 else "large") for at, sample in enumerate(samples)]
    small, large = (group for group in measure_diversity(samples).groups if group.feature == "behavior")
    for estimate in small.estimates:
        other = large.read(estimate.name)
        assert estimate.low <= other.high
        assert other.low <= estimate.high


def test_order_does_not_matter_and_the_seed_repeats(say: Say) -> None:
    samples = [*_varied(say, 1_500, "a"), *_uniform(say, 100, "b")]
    report = measure_diversity(samples, seed=4)
    assert report == measure_diversity(samples[::-1], seed=4)
    assert report != measure_diversity(samples, seed=5)


def test_counts_and_growth(say: Say) -> None:
    report = measure_diversity([say("one two", ["a", "b"]), say("one three four", "a")])
    assert report.labels == {"a": 2, "b": 1}
    assert report.length_words == {2: 1, 3: 1}
    assert report.growth[-1] == (2, 4)
    assert (report.draw_size, report.groups) == (0, ())


def test_nothing_is_no_fault() -> None:
    assert measure_diversity([]).n == 0
    assert find_shortcuts([]) == ()


def test_an_attribute_that_gives_away_the_label_is_found(say: Say) -> None:
    rng = random.Random(1)
    samples = [
        say(
            f"{'short' if n % 2 else 'a much longer way of saying the same'} {n}",
            "a" if n % 2 else "b",
            attributes={"leak": str(n % 2), "coin": rng.choice("xy")},
        )
        for n in range(300)
    ]
    found = {shortcut.feature: shortcut for shortcut in find_shortcuts(samples)}
    assert found["leak"].strength == pytest.approx(1.0)
    assert found["length"].strength == pytest.approx(1.0)
    assert found["coin"].strength < 0.2
    assert found["coin"].q_value > 0.05
    assert set(find_shortcuts(samples, ["coin"])) != set(find_shortcuts(samples))
