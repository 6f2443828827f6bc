"""A draft with problems goes back to the model with the words of the check, and only a sound one is returned."""

import json

import pytest
from tests.unit.loop.toy_loop import MakeSetup

from synthloop.core.errors import PortError
from synthloop.loop.personas import Proposal, propose_personas
from synthloop.prompting.library import load_prompt
from synthloop.surfaces.cli.verbs.personas import check_draft
from synthloop.testing import ScriptedModel


def trait(name: str, given: str = "", **cases: str) -> dict[str, object]:
    listed = [{"where": where, "values": [{"value": value, "weight": 1}]} for where, value in cases.items()]
    return {"name": name, "values": [{"value": "x", "weight": 2}, {"value": "y", "weight": 1}], "given": given, "cases": listed}


CIRCLE = json.dumps({"traits": [trait("role", "mood", x="x"), trait("mood", "role", x="y")]})
SOUND = json.dumps({"traits": [trait("role"), trait("mood", "role", x="y")]})


def propose(make_setup: MakeSetup, *said: str) -> tuple[Proposal, ScriptedModel]:
    model = ScriptedModel(name="large", script=list(said))
    setup = make_setup(models={"large": model})
    check = check_draft("a help desk", "personas.yaml")
    return propose_personas(setup, "a help desk", model.ref, load_prompt("personas"), check, repairs=1), model


def test_a_draft_with_a_circle_is_sent_back(make_setup: MakeSetup) -> None:
    draft, model = propose(make_setup, CIRCLE, SOUND)
    assert [each.name for each in draft.traits] == ["role", "mood"]
    assert len(model.asked) == 2
    assert "role" in model.asked[1].request.messages[-1].text


def test_where_no_sound_draft_comes_it_is_said(make_setup: MakeSetup) -> None:
    with pytest.raises(PortError, match="large: no usable draft came"):
        propose(make_setup, CIRCLE, CIRCLE)
