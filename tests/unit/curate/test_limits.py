from collections.abc import Callable

import pytest

from synthloop.core.errors import UsageError
from synthloop.core.sample import Sample
from synthloop.curate.limits import ShareLimiter

Say = Callable[..., Sample]


def test_shares_refer_to_what_is_planned(say: Say) -> None:
    limiter = ShareLimiter({"opening": 0.1}, planned=100)
    samples = [say(f"Could you please do thing {n}") for n in range(20)]
    accepted = 0
    for sample in samples:
        if limiter.find_excess(sample) is None:
            limiter.add(sample)
            accepted += 1
    assert accepted == 10
    assert limiter.find_excess(samples[0]) == ("opening", "opening 'could you please' was accepted 10 times; 0.1 of 100 allows 10")
    assert limiter.find_excess(say("something else")) is None


def test_without_a_plan_the_first_samples_are_not_refused_for_being_first(say: Say) -> None:
    limiter = ShareLimiter({"label": 0.1})
    for n in range(5):
        assert limiter.find_excess(say(f"t{n}")) is None
        limiter.add(say(f"t{n}"))
    assert limiter.find_excess(say("t")) is not None


@pytest.mark.parametrize("share", [0.0, 1.5, -1.0])
def test_a_share_is_a_share(share: float) -> None:
    with pytest.raises(UsageError, match="max_shares: opening is"):
        ShareLimiter({"opening": share})
