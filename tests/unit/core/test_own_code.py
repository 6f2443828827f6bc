"""What a project's own functions may do, and Ctrl-C in the middle of them."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest

from synthloop.core.errors import UsageError
from synthloop.core.own_code import OwnCodeError, call_own, is_interrupt


def line_of(function: Callable[..., object], offset: int) -> str:
    return f"(tests/unit/core/test_own_code.py:{function.__code__.co_firstlineno + offset})"


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(0), KeyboardInterrupt(), StopIteration(), GeneratorExit()])
def test_whatever_is_raised_is_the_functions_own_with_its_line(error: BaseException) -> None:
    def picky(text: str) -> bool:
        raise error

    with pytest.raises(OwnCodeError) as raised:
        call_own(picky, "hello")
    assert str(raised.value).startswith(f"raised {type(error).__name__}")
    assert str(raised.value).endswith(line_of(picky, 1))


def test_the_line_is_the_users_own_where_a_library_raises() -> None:
    def picky(text: str) -> int:
        return asyncio.run(text)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - wrong on purpose

    with pytest.raises(OwnCodeError) as raised:
        call_own(picky, "hello")
    assert str(raised.value).endswith(line_of(picky, 1))


def test_errors_of_synthloop_pass_and_prints_stay_out_of_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(text: str) -> None:
        sys.stdout.write(text)
        raise UsageError("write it otherwise")

    with pytest.raises(UsageError, match="write it otherwise"):
        call_own(refuse, "hello")
    sys.stdout.write("{}")
    assert capsys.readouterr() == ("{}", "hello")


BUSY = """
import asyncio
from synthloop.core.own_code import call_own
def work():
    print("busy", flush=True)
    while True:
        sum(range(1000))
{run}
"""


@pytest.mark.parametrize(
    "run", ["call_own(work)", "async def main():\n    call_own(work)\nasyncio.run(main())"], ids=["plain", "in an event loop"]
)
def test_ctrl_c_stops_everything(run: str) -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY.format(run=run)], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "busy\n"
        while process.poll() is None:  # the first one only asks an event loop's task to end, as in every program
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        said = process.stderr.read()
    assert process.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in said
    assert "OwnCodeError" not in said


def test_an_error_that_was_never_raised_is_no_ctrl_c() -> None:
    assert not is_interrupt(KeyboardInterrupt())
