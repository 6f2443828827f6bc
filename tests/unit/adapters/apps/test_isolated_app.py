import asyncio
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from synthloop.adapters.apps.isolated import IsolatedApp
from synthloop.core.ask import Answer, AppRequest, Ask, Flow
from synthloop.core.errors import AppError
from synthloop.core.sample import Message
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine

SOURCE = """
import os, signal, sys

kept = []
calls = 0

def route(text, model="small"):
    global calls
    calls += 1
    if text == "print":
        print("on standard output")
        os.write(1, b"straight to the file\\n")
    if text == "leak":
        kept.append(bytearray(40 * 1024 * 1024))
    if text == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if text == "exit":
        sys.exit("bye")
    if text == "read":
        return sys.stdin.read()
    if text == "raise":
        raise KeyError("no route")
    if text == "None":
        return None
    return [text, model, calls]

async def route_async(text):
    return text

def needs_more(text, other):
    return text
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "isolated_router.py").write_text(SOURCE)
    (tmp_path / "broken_router.py").write_text("raise RuntimeError('no key')\n")
    return tmp_path


def app_of(folder: Path, function: str = "route", memory_mb: int = 0) -> IsolatedApp:
    return IsolatedApp(name="router", version="1", location=f"isolated_router:{function}", folder=folder, memory_mb=memory_mb, workers=1)


def ask_of(text: str, replica: int = 0) -> Ask:
    return Ask(to="router", version="1", request=AppRequest(messages=(Message(role="user", text=text),)), replica=replica)


def answers(app: IsolatedApp, *texts: str) -> list[Answer | AppError]:
    """Ask one after the other, so that they meet the same worker."""

    async def main() -> list[Answer | AppError]:
        got: list[Answer | AppError] = []
        for text in texts:
            try:
                got.append(await app.answer(ask_of(text)))
            except AppError as error:
                got.append(error)
        await app.close()
        return got

    return asyncio.run(main())


def test_a_worker_is_kept_and_gets_the_variables(folder: Path) -> None:
    app = IsolatedApp(name="router", version="1", location="isolated_router:route", folder=folder, variables={"model": "large"}, workers=1)
    first, second = answers(app, "a", "b")
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert (first.value, second.value) == (["a", "large", 1], ["b", "large", 2])


def test_an_async_function_is_awaited(folder: Path) -> None:
    (got,) = answers(app_of(folder, "route_async"), "a")
    assert isinstance(got, Answer)
    assert got.value == "a"


def test_what_it_prints_never_reaches_the_answers(folder: Path) -> None:
    first, second = answers(app_of(folder), "print", "read")
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert (first.value, second.value) == (["print", "small", 1], "")


@pytest.mark.parametrize(
    ("text", "says", "calls_next"),
    [
        ("raise", "router: raised KeyError: 'no route' (", 2),
        ("exit", "router: raised SystemExit: bye", 2),
        ("None", "answered None", 2),
        ("die", "router: its process was killed by signal 11 while it was answering", 1),
    ],
)
def test_a_failure_costs_at_most_its_own_worker(folder: Path, text: str, says: str, calls_next: int) -> None:
    failed, fine = answers(app_of(folder), text, "a")
    assert isinstance(failed, AppError)
    assert says in str(failed)
    assert isinstance(fine, Answer)
    assert fine.value == ["a", "small", calls_next]


def test_an_app_that_leaks_memory_is_stopped_and_answers_from_a_fresh_process(folder: Path) -> None:
    app = app_of(folder, memory_mb=400)
    engine = Engine(ports={"router": app}, limits=Limits(in_flight=1, backoff_s=0.0))
    got: list[Answer] = []

    def flow(replica: int) -> Flow[tuple[Answer, ...]]:
        return (yield (ask_of("leak", replica),))

    engine.run([flow(replica) for replica in range(20)], sink=got.extend)
    assert [answer.failure for answer in got] == [None] * 20
    assert max(answer.usage.attempts for answer in got) == 2


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("isolated_router:rout", "the module has no 'rout'. Did you mean 'route'?"),
        ("isolated_routre:route", "there is no module 'isolated_routre'"),
        ("isolated_router:needs_more", "can't be called with a message and the variables []"),
        ("broken_router:route", "importing broken_router failed with RuntimeError: no key"),
    ],
)
def test_an_app_that_cannot_be_loaded_says_why_and_is_not_tried_again(folder: Path, location: str, says: str) -> None:
    (error,) = answers(IsolatedApp(name="router", version="1", location=location, folder=folder), "a")
    assert isinstance(error, AppError)
    assert says in str(error)
    assert not error.retryable


def test_no_process_is_left(folder: Path) -> None:
    async def main() -> None:
        app = app_of(folder)
        await app.answer(ask_of("a"))
        await app.close()

    before = {child.pid for child in psutil.Process().children(recursive=True)}
    asyncio.run(main())
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def test_a_file_that_is_called_like_a_standard_module_does_no_harm(folder: Path) -> None:
    (folder / "resource.py").write_text("raise RuntimeError('this is not the standard module')\n")
    (got,) = answers(app_of(folder), "a")
    assert isinstance(got, Answer)


PARENT = """
import asyncio, sys
from pathlib import Path
from synthloop.adapters.apps.isolated import IsolatedApp
from synthloop.core.ask import AppRequest, Ask
from synthloop.core.sample import Message

app = IsolatedApp(name="router", version="1", location="hanging_router:route", folder=Path(sys.argv[1]))
asyncio.run(app.answer(Ask(to="router", version="1", request=AppRequest(messages=(Message(role="user", text="a"),)))))
"""

HANGING = """
import os, pathlib, time

def route(text):
    pathlib.Path("worker").write_text(str(os.getpid()))
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_a_hanging_worker_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "hanging_router.py").write_text(HANGING)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    while not (tmp_path / "worker").exists() or not (tmp_path / "worker").read_text():
        time.sleep(0.01)
    worker = psutil.Process(int((tmp_path / "worker").read_text()))
    parent.kill()
    parent.wait()
    gone, _ = psutil.wait_procs([worker], timeout=10)
    assert gone or worker.status() == psutil.STATUS_ZOMBIE
