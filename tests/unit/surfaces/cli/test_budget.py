"""A budget in money or tokens ends a run in good order."""

import sys
from pathlib import Path

import pytest
from tests.unit.surfaces.cli.tables import PROJECT, invoke, read_json, write_project

ASKED = "    with open({asked!r}, 'a') as asked:\n        asked.write(text + chr(10))\n"
IN_PYTHON = (
    f"import synthloop as sl\ndef route(text):\n{ASKED}    return sl.Reply(output='book', cost_usd=0.25, tokens_in=90, tokens_out=10)\n"
)
AS_PROGRAM = f"""
import json, sys
text = sys.stdin.read()
if text:
{ASKED}
    print(json.dumps(dict(route='book', usage=dict(read=90, written=10, cost=0.25))))
"""
USAGE = "{tokens_in: usage.read, tokens_out: usage.written, cost_usd: usage.cost}"
CALLS = {
    "python": (IN_PYTHON, "{python: 'surfaces_example_app:route', in_flight: 1}"),
    "isolated": (IN_PYTHON, "{python: 'surfaces_example_app:route', in_flight: 1, isolate: true}"),
    "program": (
        AS_PROGRAM,
        f"{{command: {{run: [{sys.executable}, surfaces_example_app.py], json: true, answer: route, usage: {USAGE}}}, in_flight: 1}}",
    ),
}


@pytest.mark.parametrize("budget", ["usd: 1.0", "tokens: 400"])
@pytest.mark.parametrize("call", sorted(CALLS))
def test_it_stops_when_that_much_was_spent_and_says_so(call: str, budget: str, tmp_path: Path) -> None:
    source, app = CALLS[call]
    asked = tmp_path / "asked.txt"
    project = PROJECT.replace("surfaces_example_app:route", app) + f"scorers: [label, cost]\nbudget: {{{budget}}}\n"
    module = f"surfaces_costly_{call}_{budget[:3]}"
    root = write_project(tmp_path, project=project, source=source.format(asked=str(asked)), module=module)
    invoke(root, "generate")
    first = invoke(root, "evaluate")
    assert first.exit_code == 0, first.stderr
    assert len(asked.read_text().splitlines()) == 4
    assert "could not be scored (budget: " in " ".join(first.stdout.split())
    metrics = {metric["name"]: metric for metric in read_json(root, "evaluate")["metrics"]}
    assert len(asked.read_text().splitlines()) == 8, "answers in the journal are free, and the next run has a budget of its own"
    assert metrics["cost_mean_usd"]["value"] == pytest.approx(0.25)  # pyright: ignore[reportUnknownMemberType] - pytest types it loosely
    assert metrics["mean:cost"]["n"] == 8


def test_a_gate_does_not_pass_on_what_was_not_asked(tmp_path: Path) -> None:
    source, app = CALLS["python"]
    project = PROJECT.replace("surfaces_example_app:route", app) + "budget: {usd: 0.5}\n"
    root = write_project(tmp_path, project=project, source=source.format(asked=str(tmp_path / "asked.txt")), module="surfaces_costly_gate")
    invoke(root, "generate")
    gate = invoke(root, "gate")
    assert gate.exit_code == 1
    assert "budget: " in gate.stdout
