"""A real process is killed or interrupted at random points and run again: nothing is lost and nothing is paid for twice."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import msgspec
import psutil
from hypothesis import given, settings
from hypothesis import strategies as st

from synthloop.core.ask import AppRequest, Ask
from synthloop.core.sample import Message
from synthloop.core.transcript import Transcript
from synthloop.engine.journal import SqliteJournal

SAMPLES = 60
REPEATS = 2
IN_FLIGHT = 4

# The app writes down every call before it answers; text 13 makes it raise, which is a finding and no reason to stop.
PROGRAM = """
import asyncio, os, sys, time
from pathlib import Path
import msgspec
from synthloop.adapters.apps.python import CallableApp
from synthloop.core.lineage import Lineage
from synthloop.core.sample import Message, make_sample
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.simulate.single_turn import ask_app

folder, log, style, samples, repeats, in_flight = Path(sys.argv[1]), sys.argv[2], sys.argv[3], *map(int, sys.argv[4:7])
calls = os.open(folder / log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def answer(text):
    os.write(calls, f"{text}\\n".encode())
    if text == "text 13":
        raise ValueError("unlucky")
    return {"route": text[::-1]}

def sync_app(text):
    time.sleep(0.001)
    if style == "hanging" and text == "text 20":
        os.write(calls, b"hanging\\n")
        time.sleep(3600)
    return answer(text)

async def async_app(text):
    await asyncio.sleep(0.001)
    return answer(text)

def flows():
    for number in range(samples):
        said = (Message(role="user", text=f"text {number}"),)
        sample = make_sample(behavior_id="b", scenario_id="s", messages=said, lineage=Lineage(origin="authored"))
        yield ask_app(sample, app="router", app_version="1", repeats=repeats)

app = CallableApp(name="router", version="1", function=async_app if style == "async" else sync_app)
journal = SqliteJournal(path=folder / "journal.sqlite")
transcripts = []
try:
    Engine(ports={"router": app}, journal=journal, limits=Limits(in_flight=in_flight)).run(flows(), sink=transcripts.extend)
except KeyboardInterrupt:
    sys.exit(130)
(folder / "transcripts.json").write_bytes(msgspec.json.encode(transcripts))
"""


def start(folder: Path, log: str, style: str) -> subprocess.Popen[bytes]:
    arguments = (str(folder), log, style, str(SAMPLES), str(REPEATS), str(IN_FLIGHT))
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments])


def read_calls(folder: Path, log: str) -> list[str]:
    return (folder / log).read_text().splitlines() if (folder / log).exists() else []


def signal_after(calls: int, process: subprocess.Popen[bytes], folder: Path, log: str, number: signal.Signals) -> int:
    """Send a signal once the app was called that often, and return the exit code; the process may be done before."""
    while process.poll() is None and len(read_calls(folder, log)) < calls:
        time.sleep(0.001)
    if process.poll() is None:
        os.kill(process.pid, number)
    return process.wait(timeout=30)


def journaled(folder: Path) -> Counter[str]:
    asks = [
        (f"text {number}", Ask(to="router", version="1", request=request, replica=replica))
        for number in range(SAMPLES)
        for request in [AppRequest(messages=(Message(role="user", text=f"text {number}"),))]
        for replica in range(REPEATS)
    ]
    journal = SqliteJournal(path=folder / "journal.sqlite")
    kept = journal.read([ask.key() for _, ask in asks])
    journal.close()
    return Counter(text for text, ask in asks if ask.key() in kept)


def read_transcripts(folder: Path) -> list[Transcript]:
    transcripts = msgspec.json.decode((folder / "transcripts.json").read_bytes(), type=list[Transcript])
    return [msgspec.structs.replace(transcript, latency_s=0.0) for transcript in transcripts]


def undisturbed(style: str) -> list[Transcript]:
    with tempfile.TemporaryDirectory() as name:
        assert start(Path(name), "calls", style).wait(timeout=60) == 0
        return read_transcripts(Path(name))


def check_paid_once(folder: Path, log: str, before: Counter[str]) -> None:
    """Check that a process asked nothing that the journal held when it started."""
    for text, count in Counter(read_calls(folder, log)).items():
        assert count <= REPEATS - before[text], f"{text} was asked {count} times although {before[text]} answers were kept"


@settings(max_examples=4, deadline=None)
@given(kills=st.lists(st.integers(1, SAMPLES), min_size=1, max_size=3), style=st.sampled_from(["sync", "async"]))
def test_killed_at_any_point_and_run_again_gives_the_records_of_an_undisturbed_run(kills: list[int], style: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls = 0
        for place, kill_after in enumerate([*kills, None]):
            before = journaled(folder)
            process = start(folder, f"calls {place}", style)
            if kill_after is None:
                assert process.wait(timeout=60) == 0
            else:
                signal_after(kill_after, process, folder, f"calls {place}", signal.SIGKILL)
            check_paid_once(folder, f"calls {place}", before)
            calls += len(read_calls(folder, f"calls {place}"))
        assert read_transcripts(folder) == undisturbed(style)
        # a failure is asked again by every run; of the rest, only what was in flight at a kill
        assert calls <= SAMPLES * REPEATS + len(kills) * (IN_FLIGHT + REPEATS)


def test_interrupted_it_ends_cleanly_keeps_every_answer_and_goes_on_from_there(tmp_path: Path) -> None:
    code = signal_after(20, start(tmp_path, "first", "sync"), tmp_path, "first", signal.SIGINT)
    assert code == 130
    before = journaled(tmp_path)
    assert before.total() >= len(read_calls(tmp_path, "first")) - IN_FLIGHT - REPEATS
    assert start(tmp_path, "second", "sync").wait(timeout=60) == 0
    check_paid_once(tmp_path, "second", before)
    assert read_transcripts(tmp_path) == undisturbed("sync")


NOTEBOOK = """
import asyncio, sys
from pathlib import Path
from synthloop.adapters.apps.command import CommandApp
from synthloop.core.ask import AppRequest, Ask
from synthloop.core.sample import Message
from synthloop.engine.runner import Engine

def flow(text):
    return (yield (Ask(to="router", version="1", request=AppRequest(messages=(Message(role="user", text=text),))),))

async def cell():
    app = CommandApp(name="router", version="1", command=["sh", "-c", "echo $$ >> calls; sleep 600"], folder=Path(sys.argv[1]))
    try:
        Engine(ports={"router": app}).run([flow(str(number)) for number in range(50)], print)
    except KeyboardInterrupt:
        sys.exit(130)

asyncio.new_event_loop().run_until_complete(cell())  # as notebooks do: Ctrl-C stays KeyboardInterrupt
"""


def test_interrupted_in_a_notebook_it_takes_the_commands_that_run_with_it(tmp_path: Path) -> None:
    notebook = subprocess.Popen([sys.executable, "-c", NOTEBOOK, str(tmp_path)], stderr=subprocess.PIPE)
    while notebook.poll() is None and len(read_calls(tmp_path, "calls")) < 5:
        time.sleep(0.001)
    notebook.send_signal(signal.SIGINT)
    try:
        _, said = notebook.communicate(timeout=30)
    finally:
        notebook.kill()
    assert notebook.returncode == 130, said.decode()
    assert b"never retrieved" not in said
    commands = [psutil.Process(int(pid)) for pid in read_calls(tmp_path, "calls") if psutil.pid_exists(int(pid))]
    _, alive = psutil.wait_procs(commands, timeout=5)
    assert not alive


def test_interrupted_while_the_app_hangs_it_ends_all_the_same(tmp_path: Path) -> None:
    process = start(tmp_path, "first", "hanging")
    while process.poll() is None and "hanging" not in read_calls(tmp_path, "first"):
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
