"""A real provider, with a key of yours: `make live MODEL=openai:NAME`. A few dozen short calls are paid for."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synthloop.core.model import ModelRef
from synthloop.core.record import Record
from synthloop.core.sample import Message
from synthloop.engine.runner import Engine
from synthloop.project.init import init_project
from synthloop.project.models import LazyModels
from synthloop.project.project import load_project
from synthloop.prompting.asking import Question, Said, ask_structured
from synthloop.prompting.shapes import shape_of
from synthloop.surfaces.cli import app

MODEL = os.environ.get("SYNTHLOOP_LIVE_MODEL", "")
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY")

pytestmark = [pytest.mark.live, pytest.mark.skipif(not MODEL, reason="names no model: make live MODEL=openai:NAME")]


class Route(Record):
    route: str
    urgent: bool


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init_project(tmp_path)
    (tmp_path / "synthloop.yaml").write_text(f"app: app:route\nmodel: {MODEL}\n")
    return tmp_path


def test_it_answers_and_takes_schemas(folder: Path) -> None:
    result = CliRunner().invoke(app, ["models", "check", "-C", str(folder)], prog_name="synthloop", env={"COLUMNS": "140"})
    assert result.exit_code == 0, result.output
    assert not any(os.environ[key] in result.output for key in KEYS if os.environ.get(key))


def test_structured_answers_come_back_whole(folder: Path) -> None:
    project = load_project(folder)
    (config,) = project.models
    ref = ModelRef(name=config.name, version=config.ref.version)
    texts = [f"Route this request: move my {number} o'clock to friday. Routes: schedule, decline." for number in range(1, 9)]
    questions = [Question(model=ref, messages=(Message(role="user", text=text),)) for text in texts]
    said: list[Said[Route]] = []
    engine = Engine(ports=LazyModels(project.models, folder), limits_by_port={config.name: config.limits})
    summary = engine.run([ask_structured(question, shape_of(Route)) for question in questions], sink=said.append)
    assert summary.failed == 0
    assert all(each.value is not None for each in said)
    assert summary.tokens_out > 0


@pytest.mark.parametrize("wrong", ["key", "model"])
def test_a_wrong_key_or_name_is_said_at_once(folder: Path, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if wrong == "key":
        for key in KEYS:
            monkeypatch.setenv(key, "sk-not-a-key-0123456789")
    else:
        (folder / "synthloop.yaml").write_text(f"app: app:route\nmodel: {MODEL}-does-not-exist\n")
    result = CliRunner().invoke(app, ["models", "check", "-C", str(folder)], prog_name="synthloop", env={"COLUMNS": "400"})
    if result.exit_code == 0:
        pytest.skip("this endpoint asks for no key, or takes any name")
    assert result.exit_code == 3
    assert "Fix: check" in result.output
    assert "0123456789" not in result.output
