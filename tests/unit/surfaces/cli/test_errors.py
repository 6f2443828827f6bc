import sys
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from synthloop.core.errors import AppError, Problem, ProjectError, SpentHoldoutError, UnknownComponentError
from synthloop.surfaces.cli import app, main
from synthloop.surfaces.cli.contents import VERBS, Verb
from synthloop.surfaces.cli.group import PLAIN, LoopGroup, describe_error


def run_raising(error: BaseException) -> Any:
    class Raising(LoopGroup):
        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the signature is typer's
            def fail() -> None:
                raise error

            single = typer.Typer(**PLAIN)
            single.command(cmd_name)(fail)
            return get_command(single)

    root = typer.Typer(cls=Raising, **PLAIN)
    root.callback()(lambda: None)
    return CliRunner().invoke(root, ["run"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnknownComponentError("no noiser is called 'typo'."), 2),
        (SpentHoldoutError("the holdout is spent."), 2),
        (AppError("the app hangs."), 3),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_kind_of_end_has_its_exit_code(error: BaseException, code: int) -> None:
    result = run_raising(error)
    assert result.exit_code == code
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_ctrl_c_says_how_to_go_on() -> None:
    assert run_raising(KeyboardInterrupt()).stderr == "\nStopped. Nothing that was answered is lost: the same command goes on from here.\n"


def test_a_bug_of_synthloop_is_no_failed_gate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(VERBS, "gate", Verb("no_such_module", ""))
    monkeypatch.setattr(sys, "argv", ["synthloop", "gate"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (70, "")
    block, trace = said.err.split("\n\n", 1)
    assert block.startswith("Internal error: ModuleNotFoundError: No module named 'synthloop.surfaces.cli.verbs.no_such_module'\n")
    assert "bug of synthloop" in block
    assert "Nothing that was finished is lost" in block
    assert trace.startswith("Traceback (most recent call last):")


def test_all_problems_of_a_project_stand_in_one_block() -> None:
    problems = [Problem(file="a.yaml", line=at, field="says", what="is missing.", fix="Write it.") for at in (1, 7)]
    assert describe_error(ProjectError(problems)) == (
        "ProjectError: 2 lines\n  a.yaml:1: says: is missing. Write it.\n  a.yaml:7: says: is missing. Write it."
    )


def test_a_single_problem_stands_on_one_line() -> None:
    assert describe_error(UnknownComponentError("no noiser is called 'typo'.")) == "UnknownComponentError: no noiser is called 'typo'."


@pytest.mark.parametrize("arguments", [["evalute"], ["gate", "--no-such-option"], ["samples", "--limit", "0"], ["schema", "nothing"]])
def test_what_cannot_be_parsed_is_a_usage_error(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout.startswith("synthloop ")


def test_a_verb_that_does_not_exist_suggests_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        get_command(app)(args=["evalute"], prog_name="synthloop")
    assert ended.value.code == 2
    assert "no verb is called 'evalute'. Did you mean 'evaluate'?" in capsys.readouterr().err
