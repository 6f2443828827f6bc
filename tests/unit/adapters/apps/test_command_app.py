import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from synthloop.adapters.apps.command import CommandApp
from synthloop.core.ask import AppRequest, Ask
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Message


def ask_of(text: str) -> Ask:
    return Ask(to="tool", version="1", request=AppRequest(messages=(Message(role="user", text=text),)))


def answer(command: str | Sequence[str], text: str = "hello", **settings: Any) -> JsonValue:
    return asyncio.run(CommandApp(name="tool", version="1", command=command, **settings).answer(ask_of(text))).value


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def failing(command: str | Sequence[str], text: str = "hello", **settings: Any) -> AppError:
    with pytest.raises(AppError) as caught:
        answer(command, text, **settings)
    return caught.value


def test_text_goes_to_standard_input_and_the_line_end_is_cut() -> None:
    assert answer("cat", "two\nlines é\n") == "two\nlines é"


def test_text_goes_into_an_argument_without_a_shell() -> None:
    assert answer("echo 'I heard: {text}'", '$HOME; `ls` "quoted" {text}') == 'I heard: $HOME; `ls` "quoted" {text}'


def test_variables_go_into_arguments_once_and_as_they_are() -> None:
    variables = {"mood": "{text} {who}", "who": "Ana", "strict": True, "text": "never this"}
    assert answer("echo {mood} {who} {strict} {text} {unknown}", "{mood}", variables=variables) == "{text} {who} Ana true {mood} {unknown}"


def test_json_and_path() -> None:
    assert answer(["echo", '{"choices": [{"label": "schedule"}]}'], json=True, path="choices.0.label") == "schedule"
    assert answer(["echo", '{"a": [1, null]}'], json=True) == {"a": [1, None]}


def test_a_command_that_does_not_read_its_input_is_fine() -> None:
    assert answer(["echo", "ok"], "x" * 1_000_000) == "ok"


def test_a_long_text_is_passed_while_the_answer_is_read() -> None:
    text = "x" * 900_000
    assert answer("cat", text) == text


@pytest.mark.parametrize(
    ("command", "reason", "says"),
    [
        (python("import sys; print('no', file=sys.stderr); sys.exit(3)"), "error", "tool: ended with exit code 3; it said: no"),
        (["false"], "error", "tool: ended with exit code 1 and said nothing on standard error"),
        (python("import os; os.abort()"), "error", "tool: was killed by signal 6"),
        (["no-such-program"], "unreachable", "tool: there is no 'no-such-program'. Fix: correct `command`, or install the program."),
        (["/etc/passwd"], "unreachable", "tool: '/etc/passwd' may not be run. Fix: `chmod +x` it"),
        (
            python("import sys; sys.stdout.buffer.write(b'a\\xff')"),
            "invalid_answer",
            "bytes that are not UTF-8 (invalid start byte at byte 1)",
        ),
        (python("while True: print('x' * 1000)"), "invalid_answer", "tool: wrote more than 1,000,000 bytes. Fix:"),
    ],
)
def test_bad_commands(command: list[str], reason: str, says: str) -> None:
    error = failing(command)
    assert error.reason == reason
    assert says in str(error)


def test_invalid_json_and_a_path_that_is_not_there() -> None:
    assert "wrote invalid JSON" in str(failing(["echo", "{oops"], json=True))
    assert "It begins: '{oops\\n'" in str(failing(["echo", "{oops"], json=True))
    missing = failing(["echo", '{"label": "x"}'], json=True, path="answer.label")
    assert "answered without 'answer.label': the answer has the keys 'label'" in str(missing)


def test_a_text_that_fits_no_argument() -> None:
    assert "Fix: take the text from standard input" in str(failing("echo {text}", "nul \0 byte"))
    assert "Fix: take the text from standard input" in str(failing("echo {text}", "x" * 10_000_000))


def test_it_gets_a_clean_environment_and_the_named_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_KEY", "k-123")
    monkeypatch.setenv("OTHER_SECRET", "s-456")
    show = python("import os; print(os.environ.get('ROUTER_KEY'), os.environ.get('OTHER_SECRET'))")
    assert answer(show) == "None None"
    assert answer(show, environment=["ROUTER_KEY"]) == "k-123 None"
    with pytest.raises(UsageError, match=r"app 'tool': not set in the environment: NO_SUCH_KEY. Fix: `export NO_SUCH_KEY="):
        answer(show, environment=["NO_SUCH_KEY"])


@pytest.mark.parametrize(("command", "says"), [("", "is empty"), ([], "is empty"), ("echo 'open", "Fix: close the quote")])
def test_a_command_that_is_none(command: str | list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        answer(command)


def test_it_runs_in_its_folder(tmp_path: Path) -> None:
    assert answer("pwd", folder=tmp_path) == os.path.realpath(tmp_path)


FORKS = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
open(sys.argv[1], "w").write(str(child.pid))
"""


def has_ended(pid: int) -> bool:
    for _ in range(200):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.01)
    return False


def test_what_a_command_leaves_running_neither_delays_the_answer_nor_survives(tmp_path: Path) -> None:
    child = answer([*python(FORKS), str(tmp_path / "child")])
    assert has_ended(int(str(child)))


def test_a_cancelled_command_takes_its_children_with_it(tmp_path: Path) -> None:
    app = CommandApp(name="tool", version="1", command=[*python(FORKS + "time.sleep(600)"), str(tmp_path / "child")])

    async def main() -> None:
        asking = asyncio.ensure_future(app.answer(ask_of("hello")))
        while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(main())
    assert has_ended(int((tmp_path / "child").read_text()))
