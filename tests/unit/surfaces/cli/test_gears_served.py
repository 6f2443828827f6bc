"""Gears end to end on the command line, against a real server whose judge errs in a known way: label, check, correct, gate."""

import json
import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.servers.faults import FaultServer, serve
from tests.unit.surfaces.cli.tables import invoke, read_json, write_project

LABELS = 40


def is_right(asked: str, answer: str) -> bool:
    """Decide as the judge does: well, but for messages with a friday in them."""
    wants_table = any(word in asked for word in ("table", "spot", "place", "room", "come by", "book me"))
    return ((answer == "book") == wants_table) != ("friday" in asked)


def judge(body: dict[str, Any]) -> str:
    said = body["messages"][-1]["content"]
    asked, answer = re.findall(r"<(?:conversation|answer)>\n(.*?)\n</", said, re.DOTALL)
    decision = "passed" if is_right(asked, answer) else "failed"
    return json.dumps({"verdicts": [{"number": 1, "restated": "It is the right desk.", "reason": "so it is", "decision": decision}]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    root: Path
    server: FaultServer

    def run(self, *arguments: str) -> str:
        return " ".join(invoke(self.root, *arguments).output.split())

    def status(self) -> dict[str, Any]:
        (status,) = read_json(self.root, "gears")
        return status


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench]:
    server = FaultServer(respond=judge)
    with serve(server) as url:
        project = (
            "app: surfaces_example_app:route\nseed: 1\ngenerate: {accepted: 150, neighbors: 0}\nsplit: {train: 0, dev: 0.8, holdout: 0.2}\n"
            f"noise: {{share: 0}}\nmodel: {url}\nscorers: []\n"
            "judges: [{name: right, criteria: [The message went to the right desk.]}]\n"
            "gate: {pass_rate: {at_least: 0.2}, calibrated_judges: true, holdout_reads: 9}\n"
        )
        yield Bench(root=write_project(tmp_path, project=project, module="gears_served_app"), server=server)


def fill_in(bench: Bench) -> list[dict[str, Any]]:
    """Fill in what a person would: right is what the sample expects."""
    path = bench.root / "gears" / "right.jsonl"
    cases = [json.loads(line) for line in path.read_text().splitlines()]
    for case in cases:
        case["label"] = "passed" if case["answer"] == case["expected"] else "failed"
    path.write_text("".join(f"{json.dumps(case)}\n" for case in cases))
    return cases


def test_a_judge_is_labelled_checked_corrected_demanded_and_doubted_again_when_its_prompt_changes(bench: Bench) -> None:
    """One story: each step begins where the one before ended."""
    assert "not corrected: the judge was never checked" in bench.run("evaluate")
    assert "fail judge:right" in bench.run("gate")
    assert f"{LABELS} cases, {LABELS} without a label" in bench.run("gears", "label", "right", "-n", str(LABELS))
    cases = fill_in(bench)
    paid = len(bench.server.answered)

    report = read_json(bench.root, "gears", "check", "right")
    wrong = {case["id"] for case in cases if is_right(case["messages"][-1]["text"], case["answer"]) != (case["label"] == "passed")}
    assert set(report["disagreements"]) == wrong
    assert 0 < len(wrong) < LABELS / 2
    assert (report["n"], report["agreement"]["value"]) == (LABELS, pytest.approx(1 - len(wrong) / LABELS))
    right = [case for case in cases if case["label"] == "passed"]
    assert report["sensitivity"]["value"] == pytest.approx(sum(case["id"] not in wrong for case in right) / len(right))
    status = bench.status()
    assert (status["labels"], status["unlabelled"], status["doubt"]) == (LABELS, 0, "")

    (rate,) = read_json(bench.root, "evaluate")["corrected"]
    sensitivity, specificity = (report[name]["value"] for name in ("sensitivity", "specificity"))
    assert rate["value"] == pytest.approx((rate["raw"]["value"] + specificity - 1) / (sensitivity + specificity - 1))
    assert f"corrected for its error {rate['value']:.3f} (" in bench.run("evaluate")
    assert "pass judge:right" in bench.run("gate")
    assert len(bench.server.answered) == paid  # its cases are answers that it judged before, and nothing is asked twice

    (bench.root / "prompts").mkdir()
    (bench.root / "prompts" / "judge.md").write_text(
        "# user\nIs it right?\n<conversation>\n{{conversation}}\n</conversation>\n<answer>\n{{answer}}\n</answer>\n{{criteria}}"
    )
    assert "was changed since it was checked" in bench.status()["doubt"]
    assert "fail judge:right" in bench.run("gate")
    assert len(bench.server.answered) > paid
    assert bench.server.bodies[-1]["messages"][-1]["content"].startswith("Is it right?")
