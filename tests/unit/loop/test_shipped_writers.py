"""All shipped writers fill one order through the engine: labels, lineage, costs and splits hold together."""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable

from tests.unit.loop.toy_loop import MakeSetup, make_behaviors
from tests.unit.loop.writing import PARTS, model_of

from synthloop.core.behavior import Persona
from synthloop.core.model import ModelRequest
from synthloop.core.sample import Sample
from synthloop.core.usage import Usage, add_usage
from synthloop.generate.briefs import ModelChoice, WriterChoice, WritingSettings
from synthloop.generate.writers import WRITERS
from synthloop.loop.generate import generate_samples, read_active
from synthloop.loop.setup import Order, Setup
from synthloop.project.python_api import behavior
from synthloop.testing import ScriptedModel

DECLINE = behavior(
    "decline", says="Anything else is declined.", expected="decline", authored=["who won the cup in 2019", "sing a song for Ana"]
)
ANSWER = behavior("answer", says="Answer questions on refunds.", criteria=["names the 30 days"], authored=["when do i get my money back"])
EDGES = ("adversarial", "borderline", "out_of_scope")
NAMES = tuple(name for name in WRITERS.names() if name != "multi_hop")
"""`multi_hop` needs documents; see its own tests."""


def answer(request: ModelRequest) -> str:
    """Answer any writer's question in the shape that it wants, with words of chance that the question addresses."""
    said, shape = request.messages[-1].text, json.dumps(request.schema)
    rng = random.Random(said)
    for field, respond in RESPONSES.items():
        if f'"{field}"' in shape:
            return json.dumps(respond(said, rng))
    parent = re.search(r"The message: (.*)", said)
    close = parent is not None and "Change a word" in said
    return json.dumps({"messages": [f"{parent[1]} {rng.randrange(10_000)}" if close and parent else make(rng) for _ in range(4)]})


def swap(said: str, rng: random.Random) -> object:
    values = re.findall(r'"([^"]+)"', said.partition("can be exchanged: ")[2].partition("\n")[0])
    return {"versions": [{"swaps": [{"old": old, "new": rng.choice(["Zoe", "Raj", "2031", "2040"])} for old in values]} for _ in range(3)]}


def ask_twice(said: str, rng: random.Random) -> object:
    own = said.partition("What the message is about: ")[2].partition(":")[0]
    parts = [{"request": "this", "about": own}, {"request": "that", "about": rng.choice([own, "decline"])}]
    return {"messages": [{"text": make(rng), "parts": parts} for _ in range(3)]}


RESPONSES: dict[str, Callable[[str, random.Random], object]] = {
    "swaps": swap,
    "rejected": lambda _, rng: {"pairs": [{"instruction": make(rng), "chosen": "In 30 days.", "rejected": "Soon.", "flaw": "vague"}]},
    "instruction": lambda _, rng: {"pairs": [{"instruction": make(rng), "answer": "In 30 days."} for _ in range(3)]},
    "parts": ask_twice,
    "carrier": lambda _, rng: {"messages": [{"carrier": f"{make(rng)} {{payload}}", "payload": make(rng)}]},
}
"""Field that a schema has -> what answers it."""


def make(rng: random.Random) -> str:
    return " ".join(rng.choice(part) for part in PARTS) + f" {rng.randrange(10_000)}"


def set_up(make_setup: MakeSetup) -> tuple[Setup, ScriptedModel]:
    model = model_of(answer)
    writers = [WriterChoice(writer=WRITERS.build(name, {"behavior": "decline"} if name in EDGES else {})) for name in NAMES]
    personas = tuple(Persona(id=str(at), traits={"role": role, "tempo": "slow"}) for at, role in enumerate(("clerk", "guest")))
    settings = WritingSettings(share=1.0, writers=tuple(writers), models=(ModelChoice(model=model.ref),), per_call=4, personas=personas)
    behaviors = (*make_behaviors(), DECLINE, ANSWER)
    return make_setup(behaviors=behaviors, models={"small": model}, writing=settings, order=Order(accepted=480), noisers=()), model


def test_all_writers_fill_an_order_and_their_samples_hold_together(make_setup: MakeSetup) -> None:
    setup, model = set_up(make_setup)
    summary = generate_samples(setup)
    samples = list(read_active(setup, None))
    assert {found.writer for found in summary.yields if found.accepted} == set(NAMES)
    check_labels_and_lineage(setup, samples)
    check_splits(samples)
    check_costs(samples, [sample for sample, _ in setup.store.read_dropped()], paid=0.01 * len(model.asked))


def check_labels_and_lineage(setup: Setup, samples: list[Sample]) -> None:
    expected = {each.id: each.expected for each in setup.behaviors}
    assert {sample.attributes.get("role") for sample in samples} == {"clerk", "guest", None}  # not every writer is told who speaks
    for sample in samples:
        written = sample.attributes["writer"] in {"instruction_pair", "preference_pair"}
        assert sample.expected == ("In 30 days." if written else expected[sample.behavior_id])
        assert [step.kind for step in sample.lineage.steps] == ["writers", "prompts"]
        assert (sample.lineage.model, sample.attributes["source"]) == ("small", "model")
        assert sample.attributes["writer"] == sample.lineage.steps[0].name


def check_splits(samples: list[Sample]) -> None:
    """Variants never leave the split of what they were made from."""
    splits: defaultdict[str, set[str | None]] = defaultdict(set)
    for sample in samples:
        splits[sample.group].add(sample.split)
    assert max(Counter(sample.group for sample in samples).values()) > 3
    assert all(len(found) == 1 for found in splits.values())


def check_costs(kept: list[Sample], dropped: list[Sample], *, paid: float) -> None:
    """Samples bear what was paid and no more; what brought none is borne by nobody."""
    borne = add_usage(sample.lineage.usage or Usage() for sample in (*kept, *dropped)).cost_usd
    assert borne is not None
    assert 0.5 * paid < borne <= paid + 1e-9
