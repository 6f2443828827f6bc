"""Of many modes that are mere chance, hardly any is confirmed; those that are real are."""

import numpy as np

from synthloop.core.report import FailureMode
from synthloop.distill.confirmation import confirm_mode, control_modes


def mode(number: int, failed: int, tried: int = 16, overall: float = 0.3) -> FailureMode:
    return confirm_mode(FailureMode(id=str(number), name="m", scorer="label", sample_ids=("a",)), tried, failed, overall)


def test_modes_by_chance_are_rarely_confirmed_among_many() -> None:
    rng = np.random.default_rng(0)
    any_alone = any_controlled = 0
    for _ in range(100):
        modes = [mode(number, int(rng.binomial(16, 0.3))) for number in range(30)]
        any_alone += any(each.confirmed for each in modes)
        any_controlled += any(each.confirmed for each in control_modes(modes, 0.3))
    assert any_alone > 40
    assert any_controlled <= 12


def test_real_ones_are_still_found_and_untried_ones_stay_open() -> None:
    modes = [mode(0, 15), mode(1, 4), mode(2, 5), FailureMode(id="3", name="m", scorer="label", sample_ids=("a",))]
    assert [each.confirmed for each in control_modes(modes, 0.3)] == [True, False, False, None]
