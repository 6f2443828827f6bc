"""`synthloop models` against a real server that fails on purpose."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.servers.faults import FaultServer, serve
from typer.testing import CliRunner, Result

from synthloop.project.init import init_project
from synthloop.surfaces.cli import app

PRICES = "as_of: 2026-11-01\nmodels: {model: {usd_per_million_in: 1000000, usd_per_million_out: 1000000}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    init_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def run(folder: Path, settings: str, *arguments: str) -> Result:
    (folder / "synthloop.yaml").write_text(f"app: app:route\n{settings}\n")
    return CliRunner().invoke(app, ["models", *arguments], prog_name="synthloop", env={"COLUMNS": "140"})


def found(result: Result) -> list[dict[str, Any]]:
    return json.loads(result.stdout)


def test_models_are_listed_without_asking_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    result = run(folder, "model: openai:gpt-x\nmodels: {small: 'ollama:small'}", "list")
    assert result.exit_code == 0
    assert [word in result.stdout for word in ("gpt-x", "https://api.openai.com/v1", "small", "unknown")] == [True] * 4
    listed = found(run(folder, "model: openai:gpt-x", "list", "--json"))
    assert (listed[0]["name"], listed[0]["api"], len(listed[0]["version"])) == ("model", "openai", 32)
    assert "no model is named" in run(folder, "", "list").stdout


def test_a_check_says_whether_it_answers_takes_schemas_how_fast_and_for_how_much(folder: Path) -> None:
    (folder / "prices.yaml").write_text(PRICES)
    server = FaultServer()
    with serve(server) as url:
        result = run(folder, f"prices: prices.yaml\nmodel: {url}", "check", "--json")
    (check,) = found(result)
    assert (result.exit_code, check["answers"], check["served_by"], check["problem"]) == (0, True, "tiny", "")
    assert check["schemas"] == {"native": "yes", "tool": "yes", "prompt": "yes"}
    assert check["tokens_per_s"] > 0
    assert len(server.answered) == 6
    assert check["usage"]["cost_usd"] > 0


def test_a_server_that_ignores_schemas_in_silence_is_caught(folder: Path) -> None:
    with serve(FaultServer(shares={"gibberish": 1.0})) as url:
        result = run(folder, f"model: {url}", "check")
    assert "model, schemas natively: it makes no sense" in result.stdout


def test_a_model_that_does_not_answer_ends_with_3_and_says_which_there_are(folder: Path) -> None:
    with serve(FaultServer(shares={"no-model": 1.0})) as url:
        settings = f"models: {{good: '{url}', bad: {{url: '{url}', model: larg}}}}"
        result = run(folder, settings, "check", "bad")
    assert result.exit_code == 3
    said = " ".join(result.stdout.split())
    assert "check `model`; `synthloop models check` lists" in said
    assert "The endpoint has: tiny." in said


def test_a_key_that_is_missing_or_wrong_is_said_and_never_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(FaultServer(key="the-right-one-123")) as url:
        settings = f"model: {{url: '{url}', model: small, key: '${{MY_KEY}}'}}"
        monkeypatch.delenv("MY_KEY", raising=False)
        missing = run(folder, settings, "check")
        monkeypatch.setenv("MY_KEY", "sk-a-wrong-one-456")
        wrong = run(folder, settings, "check")
        monkeypatch.setenv("MY_KEY", "the-right-one-123")
        right = run(folder, settings, "check")
    assert [result.exit_code for result in (missing, wrong, right)] == [3, 3, 0]
    assert "not set in the environment: MY_KEY" in " ".join(missing.stdout.split())
    assert "check the environment variable MY_KEY" in " ".join(wrong.stdout.split())
    assert "456" not in wrong.output


def test_an_unknown_name_is_suggested(folder: Path) -> None:
    result = run(folder, "models: {writer: 'ollama:small'}", "check", "writter")
    assert result.exit_code == 2
    assert "no model is called 'writter'. Did you mean 'writer'?" in result.stderr


def test_a_check_counts_the_personal_data_that_no_model_will_see(folder: Path) -> None:
    (folder / "messages.txt").write_text("mail ana@example.org or bob@example.org\nmy name is Tom\nnothing here\n")
    (folder / "synthloop.yaml").write_text("app: app:route\nmodel: ollama:small\nwriting: {examples: messages.txt}\n")
    said = CliRunner().invoke(app, ["check"], prog_name="synthloop", env={"COLUMNS": "140"})
    assert "Personal data taken out of the examples before a model sees them: 2 EMAIL, 1 NAME." in said.stdout
    assert "ana@example.org" not in said.output
    assert json.loads(CliRunner().invoke(app, ["check", "--json"], prog_name="synthloop").stdout)["scrubbed"] == {"EMAIL": 2, "NAME": 1}
