"""Lines that a CI system hangs on the files of a change."""

from collections.abc import Iterator, Mapping
from typing import Literal

from synthloop.core.report import GateCheck, GateResult
from synthloop.surfaces.view import ReportView
from synthloop.surfaces.wording import order_checks, say_check, show_text

AnnotationStyle = Literal["github", "plain"]
SENTENCES = 3


def annotate(view: ReportView, files: Mapping[str, str], style: AnnotationStyle, project_file: str = "synthloop.yaml") -> Iterator[str]:
    """Yield one line for each check of the gate that did not pass.

    Args:
        view: The run with its gate; nothing is yielded without one.
        files: Behavior id -> path of its file, as the repository knows it.
        style: `github` for workflow commands (`::error file=...::`), `plain` for `file:line: error: ...`, as compilers write it.
        project_file: The file that checks of the whole project belong to.
    """
    if view.gate is None:
        return
    for check in order_checks(view.gate):
        if check.decision != "pass":
            file = files.get(check.name.removeprefix("behavior:"), project_file)
            yield _github(file, check, _message(view, check)) if style == "github" else _plain(file, check, _message(view, check))


def summarize_gate(gate: GateResult) -> str:
    """Say the decision in one line, for logs."""
    count = sum(check.decision != "pass" for check in gate.checks)
    return f"{gate.decision}: {gate.app}; {count} of {len(gate.checks)} checks did not pass"


def _message(view: ReportView, check: GateCheck) -> str:
    facts = "; ".join((*say_check(check), *([check.note] if check.note else ())))
    said = [f"“{show_text(case.text, 100)}” got {show_text(case.got, 40)}" for case in view.cases(check.sample_ids, SENTENCES)]
    return "\n".join([show_text(facts, 400), *said])


def _level(check: GateCheck) -> str:
    return "warning" if check.decision == "too little data" else "error"


def _github(file: str, check: GateCheck, message: str) -> str:
    title = f"{check.name}: {check.decision}"
    return f"::{_level(check)} file={_escape_property(file)},line=1,title={_escape_property(title)}::{_escape_message(message)}"


def _plain(file: str, check: GateCheck, message: str) -> str:
    return f"{file}:1: {_level(check)}: {check.name}: {message.replace(chr(10), '; ')}"


def _escape_message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_message(text).replace(":", "%3A").replace(",", "%2C")


__all__ = ["AnnotationStyle", "annotate", "summarize_gate"]
