from collections.abc import Callable

from synthloop.core.sample import Sample
from synthloop.curate.leaks import find_leaks, phrasing_key

Say = Callable[..., Sample]


def test_every_kind_of_leak_is_found_once(say: Say) -> None:
    holdout = [
        say("please move my meeting to next friday"),
        say("who signed the contract with the supplier"),
        say("book me a flight to Rome for the weekend", scenario="flight", protected=("Rome",)),
        say("turn the volume up a little"),
    ]
    train = [
        say("Please move my meeting to next Friday!"),
        say("who singed the contract with the suplier"),
        say("book me a flight to Oslo for the weekend", scenario="other flight", protected=("Oslo",)),
        say("get me to Rome", scenario="flight"),
        say("turn the volume up a little", "louder"),
        say("where is the cafeteria"),
    ]
    assert [leak.kind for leak in find_leaks(train, holdout)] == ["exact", "near", "slot-variant", "scenario", "conflict"]
    assert [leak.twin_id for leak in find_leaks(train, holdout)] == [holdout[at].id for at in (0, 1, 2, 2, 3)]


def test_no_leaks_between_different_texts(say: Say) -> None:
    assert find_leaks([say("turn on the light", "on")], [say("turn off the light", "off")]) == ()
    assert find_leaks([], []) == ()


def test_a_phrasing_that_is_nearly_all_slot_means_nothing(say: Say) -> None:
    assert phrasing_key(say("call Ana at 3", protected=("Ana",))) is None
    assert phrasing_key(say("please call Ana at 3 about the budget", protected=("Ana",))) is not None
