from collections.abc import Callable
from typing import Any, cast

import pytest
from scipy import stats

from synthloop.core.sample import Sample
from synthloop.curate.balance import Demand, cluster_texts, control_patterns, measure_balance

_stats = cast("Any", stats)  # scipy ships no types
Say = Callable[..., Sample]


def _labelled(say: Say, counts: dict[str, int]) -> list[Sample]:
    return [
        say(f"{label} text {n}", label, attributes={"tone": "rude" if n % 2 else "kind"})
        for label, count in counts.items()
        for n in range(count)
    ]


def test_labels_against_the_mix(say: Say) -> None:
    demand = Demand(mix={"label": {"a": 3, "b": 1}}, max_shares={})
    report = measure_balance(_labelled(say, {"a": 60, "b": 60}), demand)
    assert [(p.value, p.count, p.expected, p.n) for p in report.find_overrepresented()] == [("b", 60, 30.0, 120)]
    assert [p.value for p in report.find_underrepresented()] == ["a"]
    assert report.patterns[0].p_value == pytest.approx(_stats.binomtest(60, 120, 0.25).pvalue)
    assert report.fits[0].chi_square == pytest.approx(_stats.chisquare([60, 60], [90, 30]).statistic)
    assert report.fits[0].degrees == 1


def test_what_was_asked_for_is_no_finding(say: Say) -> None:
    report = measure_balance(
        _labelled(say, {"a": 90, "b": 30}), Demand(mix={"label": {"a": 3, "b": 1}, "tone": {"rude": 1, "kind": 1}}, max_shares={})
    )
    assert not report.find_overrepresented()
    assert [fit.p_value > 0.9 for fit in report.fits] == [True, True]


def test_missing_and_unasked_values_are_found(say: Say) -> None:
    report = measure_balance(_labelled(say, {"a": 50, "c": 50}), Demand(mix={"label": {"a": 1, "b": 1}}, max_shares={}))
    found = {pattern.value: (pattern.count, pattern.expected) for pattern in report.patterns}
    assert found == {"a": (50, 50.0), "b": (0, 50.0), "c": (50, 0.0)}
    assert {pattern.value for pattern in report.find_overrepresented()} == {"c"}


def test_openings_above_their_share(say: Say) -> None:
    samples = [say(f"Could you please do thing {n}") for n in range(30)] + [say(f"way number{n} of saying it") for n in range(70)]
    report = measure_balance(samples, Demand(max_shares={"opening": 0.1}))
    assert [(p.value, p.count, p.expected) for p in report.find_overrepresented()] == [("could you please", 30, 10.0)]
    assert measure_balance(samples[::-1], Demand(max_shares={"opening": 0.1})) == report


def test_several_labels_count_for_each(say: Say) -> None:
    report = measure_balance([say(f"t{n}", ["a", "b"]) for n in range(10)], Demand(mix={"label": {"a": 1, "b": 1}}, max_shares={}))
    assert {(pattern.value, pattern.count) for pattern in report.patterns} == {("a", 10), ("b", 10)}


def test_clusters_can_be_limited(say: Say) -> None:
    texts = [f"the invoice from supplier {n} is overdue" for n in range(40)] + [
        "where is the cafeteria on floor two",
        "play some music",
    ] * 5
    clusters = cluster_texts(texts, seed=3, clusters=3)
    assert clusters == cluster_texts(texts, seed=3, clusters=3)
    report = measure_balance(map(say, texts), Demand(max_shares={"cluster": 0.5}), clusters)
    assert [pattern.count >= 30 for pattern in report.find_overrepresented()] == [True]
    assert set(cluster_texts([" ", "  "], seed=0)) == {""}


def test_texts_like_no_other_are_in_no_cluster(say: Say) -> None:
    texts = [f"the invoice from supplier {n} is overdue" for n in range(40)] + [f"w{n} x{n} y{n}" for n in range(60)]
    clusters = cluster_texts(texts, seed=3)
    (found,) = measure_balance(map(say, texts), Demand(max_shares={"cluster": 0.2}), clusters).patterns
    assert 35 <= found.count <= 40
    assert (found.expected, found.n, found.is_limit) == (20.0, 100, True)


def test_reports_are_put_together_under_one_control(say: Say) -> None:
    demand = Demand(mix={"label": {"a": 1, "b": 1}}, max_shares={})
    one, other = (measure_balance(_labelled(say, {"a": 40 + n, "b": 20}), demand) for n in (0, 20))
    together = control_patterns([*one.patterns, *other.patterns])
    expected = _stats.false_discovery_control([pattern.p_value for pattern in together])
    assert [pattern.q_value for pattern in together] == pytest.approx(list(expected))


def test_nothing_gives_an_empty_report() -> None:
    report = measure_balance([], Demand(mix={"label": {"a": 1}}))
    assert (report.n, report.patterns, report.fits) == (0, (), ())
