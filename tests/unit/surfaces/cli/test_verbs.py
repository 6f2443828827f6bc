"""The verbs on a real project, in the order in which a person uses them."""

import json
import re
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest
from tests.unit.surfaces.cli.tables import invoke, read_json, write_project
from typer.testing import CliRunner

from synthloop.surfaces.cli import app


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_project(tmp_path_factory.mktemp("tables"))
    invoke(root, "generate")
    invoke(root, "evaluate")
    return root


def test_check_counts_what_the_files_say(folder: Path) -> None:
    assert "2 behaviors, 10 authored samples, 1 app; nothing is wrong." in invoke(folder, "check").stdout


def test_check_says_how_small_a_drop_each_holdout_could_show(folder: Path) -> None:
    drops = {drop["behavior_id"]: drop for drop in read_json(folder, "check")["visible_drops"]}
    assert set(drops) == {"book", "decline"}
    assert sum(drop["samples"] for drop in drops.values()) == read_json(folder, "holdout", "status")["samples"]
    assert "6 scenarios have to get worse" in " ".join(invoke(folder, "check").stdout.split())
    assert read_json(write_project(folder.parent / "untouched"), "check")["visible_drops"] == []


def test_check_names_every_problem_and_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "synthloop.yaml").write_text("app: 7\nsplat: 1\n", encoding="utf-8")
    result = invoke(tmp_path, "check")
    assert result.exit_code == 2
    assert "splat" in result.stderr
    assert "behaviors/" in result.stderr


def test_generate_again_changes_nothing(folder: Path) -> None:
    assert "are what the files describe; nothing to do." in " ".join(invoke(folder, "generate").stdout.split())
    assert read_json(folder, "generate")["accepted"] == 60


def test_samples_never_show_the_holdout(folder: Path) -> None:
    shown = read_json(folder, "samples", "--limit", "1000")
    assert {sample["split"] for sample in shown} == {"train", "dev"}
    assert {sample["behavior_id"] for sample in read_json(folder, "samples", "--behavior", "book")} == {"book"}


def test_samples_of_a_behavior_that_does_not_exist_are_a_typing_error(folder: Path) -> None:
    result = invoke(folder, "samples", "--behavior", "bok")
    assert result.exit_code == 2
    assert "no behavior is called 'bok'. Did you mean 'book'?" in result.stderr


def test_inspect_says_what_stands_out_and_never_shows_the_holdout(folder: Path) -> None:
    facts = read_json(folder, "inspect", "--by", "verb")
    assert facts["n"] == len(read_json(folder, "samples", "--limit", "1000"))
    assert {count["behavior_id"] for count in facts["behaviors"]} == {"book", "decline"}
    shown = invoke(folder, "inspect", "--by", "verb").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "What gives the label away" in shown
    assert "Nothing stands out" in shown
    assert invoke(folder, "inspect", "--by", "verbs").exit_code == 2


def test_dropped_says_why(folder: Path) -> None:
    facts = read_json(folder, "dropped", "--limit", "3")
    assert len(facts["dropped"]) <= 3
    assert all(entry["verdict"]["reason"] in facts["counts"] for entry in facts["dropped"])


def test_dropped_shows_the_twin_and_not_its_id(folder: Path) -> None:
    facts = read_json(folder, "dropped", "duplicate", "--limit", "1000")
    ids = [re.findall(r"\b[0-9a-f]{32}\b", entry["verdict"]["note"]) for entry in facts["dropped"]]
    shown = invoke(folder, "dropped", "duplicate", "--limit", "1000").stdout
    assert ids
    assert all(len(found) == 1 for found in ids)
    assert not re.search(r"[0-9a-f]{20}", shown)
    assert " like “" in shown


def test_distill_then_promote_writes_what_failed(folder: Path) -> None:
    modes = read_json(folder, "distill")
    assert [mode["id"] for mode in modes]
    dry = read_json(folder, "promote", "--dry-run")
    assert dry["files"] == []
    assert not (folder / "promoted").exists()


def test_report_is_written_in_every_form(folder: Path, tmp_path: Path) -> None:
    result = invoke(
        folder, "report", "--html", str(tmp_path / "html"), "--junit", str(tmp_path / "r.xml"), "--markdown", str(tmp_path / "r.md")
    )
    assert result.exit_code == 0
    assert (tmp_path / "html" / "index.html").stat().st_size > 10_000
    assert parse(tmp_path / "r.xml").getroot().tag == "testsuites"
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("## ")


def test_report_after_the_gate_is_still_that_of_the_open_samples(folder: Path) -> None:
    invoke(folder, "gate")
    assert read_json(folder, "report")["split"] == "dev"


def test_gate_decides_and_its_exit_code_follows(folder: Path, tmp_path: Path) -> None:
    result = invoke(folder, "gate", "--json", "--junit", str(tmp_path / "gate.xml"))
    decision = json.loads(result.stdout)["decision"]
    assert result.exit_code == (0 if decision == "pass" else 1)
    assert (tmp_path / "gate.xml").exists()


def test_an_unknown_baseline_is_a_usage_error(folder: Path) -> None:
    result = invoke(folder, "gate", "--baseline", "nope")
    assert result.exit_code == 2
    assert "synthloop baseline accept nope" in result.stderr


def test_a_baseline_is_accepted_listed_and_compared_with(folder: Path) -> None:
    assert "no baseline yet" in invoke(folder, "baseline", "list").stdout
    assert invoke(folder, "baseline", "accept", "main").exit_code == 0
    assert [baseline["name"] for baseline in read_json(folder, "baseline", "list")] == ["main"]
    assert "main" in invoke(folder, "gate", "--baseline", "main").stdout
    assert read_json(folder, "holdout", "status")["spent"] is False


def test_export_writes_the_training_set_alone(folder: Path, tmp_path: Path) -> None:
    facts = read_json(folder, "export", str(tmp_path / "train.csv"))
    assert facts["format"] == "csv"
    assert facts["examples"] == sum(sample["split"] == "train" for sample in read_json(folder, "samples", "--limit", "1000"))


def test_compare_needs_no_second_variant(folder: Path, tmp_path: Path) -> None:
    assert len(read_json(folder, "compare", "--html", str(tmp_path))["reports"]) == 1
    assert (tmp_path / "index.html").is_file()


def test_status_names_the_next_step(folder: Path) -> None:
    assert "next " in invoke(folder, "status").stdout
    assert read_json(folder, "status")["next_step"]


def test_a_whole_turn_writes_the_report(folder: Path) -> None:
    result = invoke(folder, "run", "--json")
    facts = json.loads(result.stdout)
    assert result.exit_code == (0 if facts["gate"]["decision"] == "pass" else 1)
    assert Path(facts["html"]).is_file()
    assert facts["report"]["split"] == "dev"


def test_noise_is_fitted_and_shown(tmp_path: Path) -> None:
    messages = tmp_path / "messages.txt"
    messages.write_text(
        "\n".join(["hey can u help me", "where is my stuff??", "thx a lot", "I'd like a refund pls"] * 30), encoding="utf-8"
    )
    profile = tmp_path / "profile.json"
    fitted = CliRunner().invoke(app, ["noise", "fit", str(messages), "--to", str(profile), "--json"])
    assert json.loads(fitted.stdout)["messages"] == 120
    shown = CliRunner().invoke(app, ["noise", "show", str(profile)])
    assert "fitted to 120 messages" in shown.stdout
    values = {line.split("  ")[0]: line.split()[-2] for line in shown.stdout.splitlines() if line.endswith(("  120", "  150"))}
    assert values["words in a message, median"] == "5.0"
    assert values["comma-elsewhere"] == "0.000"


@pytest.mark.parametrize("arguments", [["noisers"], ["scorers", "--name", "label"], []])
def test_components_are_listed_for_people_and_programs(arguments: list[str]) -> None:
    listed = json.loads(CliRunner().invoke(app, ["components", *arguments, "--json"]).stdout)
    text = CliRunner().invoke(app, ["components", *arguments]).stdout
    assert listed
    assert all(component["name"] in text and component["example"] for component in listed)


def test_a_record_that_is_a_default_is_called_by_its_name_and_whole_in_json() -> None:
    listed = CliRunner().invoke(app, ["components", "noisers", "--name", "profile"], env={"COLUMNS": "200"}).stdout
    assert "mapping with name, n, manners, and 9 more, default 'generic'." in listed
    (described,) = json.loads(CliRunner().invoke(app, ["components", "noisers", "--name", "profile", "--json"]).stdout)
    assert described["parameters"][0]["default"]["habits"]["misspelling"]


@pytest.mark.parametrize("kind", ["project", "behavior"])
def test_schemas_are_json(kind: str) -> None:
    assert json.loads(CliRunner().invoke(app, ["schema", kind]).stdout)["$schema"].startswith("https://json-schema.org/")


def test_init_writes_a_project_that_checks(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["init", str(tmp_path / "fresh")])
    assert result.exit_code == 0
    assert invoke(tmp_path / "fresh", "check").exit_code == 0
