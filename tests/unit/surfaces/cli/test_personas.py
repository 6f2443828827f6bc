"""From a paragraph to samples, against a real server: who speaks, then their stories, then messages, each by a prompt of the user's."""

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from tests.servers.faults import FaultServer, serve
from tests.unit.surfaces.cli.tables import invoke, read_json, write_project
from typer.testing import CliRunner, Result

from synthloop.project.personas import read_personas
from synthloop.surfaces.cli import app

DRAFT = {
    "traits": [
        {"name": "role", "values": [{"value": "guest", "weight": 3}, {"value": "clerk", "weight": 1}], "given": "", "cases": []},
        {
            "name": "patience",
            "values": [{"value": "high", "weight": 1}, {"value": "low", "weight": 1}],
            "given": "role",
            "cases": [{"where": "clerk", "values": [{"value": "low", "weight": 1}]}],
        },
    ]
}
ROLE_BY_PATIENCE = {"where": "low", "values": [{"value": "clerk", "weight": 1}]}
CIRCLE = {"traits": [{**DRAFT["traits"][0], "given": "patience", "cases": [ROLE_BY_PATIENCE]}, DRAFT["traits"][1]]}
PERSONAS = """
says: guests of a restaurant
traits:
  role: {guest: 3, clerk: 1}
  patience: {given: role, guest: [high, low], clerk: [low]}
  device: [phone, laptop, kiosk]
rules: [{not: {role: clerk, device: kiosk}}]
"""
OWN = {
    "personas": "# user\nDraft who comes here: {{setting}}",
    "backstory": "# user\nTell the story of {{persona}}, who wants: {{says}}",
    "voice": "# user\nSpeak as {{persona}} in a mood that is {{mood}} about {{says}}, {{count}} times, no. {{number}}",
}


def respond(body: dict[str, Any]) -> str | None:
    """Tell a story where one is asked for: the only question without a schema."""
    return None if "response_format" in body else "They came late and the kitchen was closed."


def start(tmp_path: Path, url: str, name: str, writing: str = "") -> Path:
    """Write a project that asks the server, with prompts of its own."""
    project = f"app: surfaces_example_app:route\nmodel: {url}\ngenerate: {{accepted: 60}}\nnoise: {{share: 0}}\n{writing}"
    root = write_project(tmp_path, project=project, module=f"personas_example_{name}")
    (root / "prompts").mkdir()
    for prompt, text in OWN.items():
        (root / "prompts" / f"{prompt}.md").write_text(text)
    return root


def say_of(server: FaultServer, opening: str) -> list[str]:
    """Return the questions that begin in some way, in the order in which they came."""
    said = [body["messages"][-1]["content"] for body in server.bodies]
    return [text for text in said if text.startswith(opening)]


def propose(tmp_path: Path, answers: list[object], name: str, *arguments: str) -> tuple[Result, FaultServer, Path]:
    server = FaultServer(respond=lambda _body: json.dumps(answers.pop(0)))
    with serve(server) as url:
        root = start(tmp_path, url, name, "writing: {personas: personas.yaml}\n")
        result = invoke(root, "personas", "propose", "guests of a small restaurant", *arguments)
    return result, server, root


def test_a_draft_is_asked_for_by_the_users_prompt_checked_and_written_where_the_project_looks(tmp_path: Path) -> None:
    result, server, root = propose(tmp_path, [CIRCLE, DRAFT], "draft")
    assert result.exit_code == 0, result.output
    assert "wrote personas.yaml: 2 traits." in result.stdout
    assert server.bodies[0]["messages"][-1]["content"].startswith("Draft who comes here: guests of a small restaurant")
    assert "depend on each other" in server.bodies[1]["messages"][-1]["content"]
    setting, problems = read_personas(root / "personas.yaml", "personas.yaml")
    assert (setting is not None and [trait.name for trait in setting.traits], problems) == (["role", "patience"], [])
    assert invoke(root, "check").exit_code == 0
    shown = CliRunner().invoke(app, ["personas", "show", str(root / "personas.yaml")])
    assert "Every pair of values that can occur is among the first 3." in shown.stdout


def test_a_draft_replaces_nothing_and_an_unsound_one_is_not_written(tmp_path: Path) -> None:
    result, _, root = propose(tmp_path, [CIRCLE] * 9, "unsound")
    assert result.exit_code == 3
    assert "no usable draft came" in result.stderr
    assert not (root / "personas.yaml").exists()
    (root / "personas.yaml").write_text(PERSONAS)
    assert "personas.yaml is there already" in invoke(root, "personas", "propose", "guests").stderr


Generate = Callable[..., tuple[FaultServer, list[dict[str, Any]], Path]]


@pytest.fixture
def generate(tmp_path: Path) -> Generate:
    def run(name: str, writers: str) -> tuple[FaultServer, list[dict[str, Any]], Path]:
        server = FaultServer(respond=respond)
        with serve(server) as url:
            root = start(tmp_path, url, name, f"writing: {{share: 1, per_call: 2, personas: personas.yaml, writers: {writers}}}\n")
            (root / "personas.yaml").write_text(PERSONAS)
            result = invoke(root, "generate")
            assert result.exit_code == 0, result.output
        return server, read_json(root, "samples", "--limit", "500"), root

    return run


def test_persona_then_backstory_then_voice_each_by_the_users_prompt(generate: Generate) -> None:
    server, samples, _ = generate("story", "[{voice: {backstory: true}}]")
    stories, voices = say_of(server, "Tell the story of"), say_of(server, "Speak as")
    assert len(stories) >= len(voices) > 10
    assert all("role: " in story and "device: " in story for story in stories)
    assert all("They came late and the kitchen was closed." in voice and "role: " in voice for voice in voices)
    assert {sample["attributes"]["role"] for sample in samples} == {"guest", "clerk"}
    assert all(sample["extra"]["backstory"] == "They came late and the kitchen was closed." for sample in samples)
    steps = {step["name"] for step in samples[0]["lineage"]["steps"]}
    assert {"voice", "backstory"} <= steps


def test_every_pair_of_traits_that_can_occur_comes_up_among_the_samples_though_not_every_writer_takes_a_persona(generate: Generate) -> None:
    _, samples, _ = generate("pairs", "[voice, contrast, negation]")
    traits = ("role", "patience", "device")
    for behavior in ("book", "decline"):
        drawn = [sample["attributes"] for sample in samples if sample["behavior_id"] == behavior and "role" in sample["attributes"]]
        pairs = {(a, b) for found in drawn for a, b in combinations([(trait, found[trait]) for trait in traits], 2)}
        assert len(pairs) == 3 + 5 + 6  # no patient clerk, and none at the kiosk
