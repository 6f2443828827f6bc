"""Behaviors and scenarios."""

from hypothesis import given
from hypothesis import strategies as st

from synthloop.core.behavior import scenario_of


@given(st.text(), st.text())
def test_a_scenario_depends_on_its_behavior_and_phrasing_and_nothing_else(behavior_id: str, context: str):
    scenario = scenario_of(behavior_id, context)
    assert scenario == scenario_of(behavior_id, context)
    assert (scenario.behavior_id, scenario.context) == (behavior_id, context)
    assert scenario.id != scenario_of(behavior_id, context + "!").id
    assert scenario.id != scenario_of(behavior_id + "!", context).id
