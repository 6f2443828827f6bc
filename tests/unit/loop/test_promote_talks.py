"""A conversation that fails becomes a permanent case: written, read again, and had as it was."""

from pathlib import Path

import msgspec
from tests.unit.simulate.talking import a_behavior, departure, hold, talks, waiter, with_plan

from synthloop.core.conversation import EndState
from synthloop.core.report import FailureMode
from synthloop.core.sample import Sample
from synthloop.distill.promotion import Promotion, promote_modes
from synthloop.generate.authored import make_authored_samples
from synthloop.generate.conversations import set_goal
from synthloop.project.promoted import read_promoted, write_promoted


def a_failed_talk() -> Sample:
    return with_plan(talks(a_behavior(), 3)[-1], departure("changes_mind", slot="drink", value="tea"), departure("wanders", turn=2))


def promote(sample: Sample) -> Promotion:
    mode = FailureMode(id="m", name="loops", scorer="end_state", sample_ids=(sample.id,), confirmed=True)
    (promotion,) = promote_modes([mode], {sample.id: sample}, [a_behavior()])
    return promotion


def test_it_is_written_without_what_the_behavior_says_and_read_again(tmp_path: Path) -> None:
    promotion = promote(a_failed_talk())
    (path,) = write_promoted(tmp_path, [("order", promotion.authored)])
    assert "end:" not in path.read_text()
    authored, problems = read_promoted(path, "order.yaml")
    assert problems == []
    assert authored == (promotion.authored,)
    assert promotion.authored.goal is not None
    assert promotion.authored.goal.end == EndState()
    assert write_promoted(tmp_path, [("order", promotion.authored)]) == ()


def test_the_same_user_says_the_same_again() -> None:
    sample = a_failed_talk()
    promotion = promote(sample)
    behavior = a_behavior()
    assert behavior.talk is not None
    permanent = msgspec.structs.replace(behavior, authored=(promotion.authored,))
    (made,) = make_authored_samples(permanent)
    assert promotion.authored.goal is not None
    again = set_goal(made, promotion.authored.goal, behavior.talk)
    assert again.goal == sample.goal
    assert hold(again, waiter).turns == hold(sample, waiter).turns


def test_permanent_cases_come_first_and_none_comes_twice() -> None:
    sample = talks(a_behavior(), 3)[-1]
    permanent = msgspec.structs.replace(a_behavior(), authored=(promote(sample).authored,))
    made = talks(permanent, 40)
    assert made[0].lineage.origin == "authored"
    assert made[0].id == sample.id
    assert len({each.id for each in made}) == 40
