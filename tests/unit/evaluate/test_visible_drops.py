from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from synthloop.core.report import Baseline, Report
from synthloop.core.sample import Sample
from synthloop.evaluate.gate import GateDemands, decide_gate
from synthloop.evaluate.visible_drops import VisibleDrop, find_visible_drops


def drop_of(a_sample: Callable[..., Sample], scenarios: int, copies: int = 1) -> VisibleDrop:
    samples = [a_sample(f"{at} {copy}", scenario=f"s{at}", behavior="book") for at in range(scenarios) for copy in range(copies)]
    (drop,) = find_visible_drops(["book"], samples, 0.05)
    return drop


def test_copies_show_nothing_more(a_sample: Callable[..., Sample]) -> None:
    alone, copied = drop_of(a_sample, 12), drop_of(a_sample, 12, copies=5)
    assert (alone.samples, copied.samples) == (12, 60)
    assert (alone.smallest, alone.likely) == (copied.smallest, copied.likely) == (0.5, pytest.approx(0.578, abs=1e-3))


def test_a_behavior_without_enough_scenarios_shows_nothing(a_sample: Callable[..., Sample]) -> None:
    assert (drop_of(a_sample, 5).smallest, drop_of(a_sample, 6).smallest) == (None, 1.0)
    assert find_visible_drops(["rare"], [], 0.05)[0].likely is None


@pytest.mark.parametrize("scenarios", [12, 90])
def test_the_gate_sees_what_is_said_to_show_and_nothing_smaller(
    scenarios: int, a_sample: Callable[..., Sample], a_report: Callable[..., Report]
) -> None:
    drop = drop_of(a_sample, scenarios)
    keys = [f"s{at}/0" for at in range(scenarios)]
    baseline = Baseline(name="main", accepted_at="2026-01-01T00:00:00Z", report=a_report("old", dict.fromkeys(keys, (True,))))

    def fails(broken: int) -> bool:
        report = a_report("new", {key: (at >= broken,) for at, key in enumerate(keys)})
        return decide_gate(report, baseline, GateDemands(at_least={})).decision == "fail"

    assert (fails(drop.needed - 1), fails(drop.needed)) == (False, True)
    assert drop.smallest == drop.needed / scenarios
    assert drop.likely is not None
    broken = np.arange(drop.needed, scenarios + 1)
    assert float(stats.binom.pmf(broken, scenarios, drop.likely).sum()) == pytest.approx(0.8)
