"""What a model reads: every writer's question, filled, with the shape of the answer."""

import json

import pytest
from tests.snapshot.compare import check_snapshot

from synthloop.core.behavior import Persona
from synthloop.core.json_value import JsonValue
from synthloop.core.model import ModelRef, ModelRequest
from synthloop.core.writing import Brief
from synthloop.generate.authored import make_authored_samples
from synthloop.generate.writers import WRITERS
from synthloop.project.python_api import behavior

SCHEDULE = behavior(
    "schedule",
    says="A request to plan or move a meeting goes to the scheduling agent.",
    expected="schedule",
    criteria=["names the day"],
    authored=[{"text": "move my 3pm with Ana to thursday", "protected": ["Ana"]}],
)
FIND = behavior("find", says="A request for a document goes to search.", expected="find", authored=["where is the q3 deck"])
DECLINE = behavior("decline", says="Anything else is declined.", expected="decline", authored=["who won last night"])
BRIEF = Brief(
    number=2,
    seed=7,
    behavior=SCHEDULE,
    others=(FIND, DECLINE),
    model=ModelRef(name="small", version="1"),
    count=5,
    persona=Persona(id="p", traits={"role": "assistant", "patience": "low"}),
    material=make_authored_samples(SCHEDULE),
    style=("hey [NAME_1] my thing is broken again", "pls fix\nasap"),
    avoid=('messages that begin with "i would like"',),
    wanted={"when": "on friday"},
    locale="en-IN",
)
WRITTEN: dict[str, tuple[str, dict[str, JsonValue]]] = {
    **{name: (name, {}) for name in ("contrast", "entity_swap", "instruction_pair", "negation", "paraphrase", "preference_pair", "voice")},
    **{name: (name, {"behavior": "schedule"}) for name in ("borderline", "out_of_scope")},
    "adversarial": ("adversarial", {"behavior": "schedule", "attacks": ["injection"]}),
    "adversarial_encoded": ("adversarial", {"behavior": "schedule", "attacks": ["encoding"]}),
    "backstory": ("voice", {"backstory": True}),
    "evolve": ("evolve", {"directions": ["harder"]}),
    "several_requests": ("evolve", {"directions": ["several-requests"]}),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_question_reads_as_it_should(name: str) -> None:
    writer, parameters = WRITTEN[name]
    (ask,) = next(WRITERS.build(writer, parameters).write(BRIEF))
    assert isinstance(ask.request, ModelRequest)
    said = "\n\n".join(f"[{message.role}]\n{message.text}" for message in ask.request.messages)
    check_snapshot(f"prompts/{name}.txt", f"{said}\n\n[schema]\n{json.dumps(ask.request.schema, indent=1)}\n")
