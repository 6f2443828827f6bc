"""`synthloop generate` with a model, killed at any point and run again: no sample lost or doubled, and hardly a call paid twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.servers.faults import FaultServer, serve

from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.loop.generate import ACTIVE_BATCH

IN_FLIGHT = 64
ROWS = 1000
COMMAND = Path(sys.executable).parent / "synthloop"
KEY = "sk-planted-0a1b2c3d4e5f"

PROJECT = """
seed: 5
models:
  small: {{url: "{address}", key: "${{WRITER_KEY}}", in_flight: {in_flight}, parameters: {{temperature: 1}}}}
generate: {{accepted: {rows}, candidate_limit: 100000}}
writing: {{share: 1, writers: [voice, paraphrase], per_call: 1, models: small}}
split: {{train: 0.6, dev: 0.2, holdout: 0.2}}
"""
AUTHORED = {
    "pay": (
        "pay my bill, i want to pay now, settle the open invoice, can i pay by card, where do i pay, pay half today, card got declined, "
        "paid twice i think, who do i owe, bill looks wrong, pay it next week, send me the receipt"
    ),
    "book": (
        "book a table for two, get me a room, reserve the big hall, any slot on monday, two seats please, need it from nine, "
        "hold the corner table, cancel mine and take tuesday, room with a screen, is friday free, same as last time, late check in"
    ),
}
"""A dozen each: hardly two prompts are the same, and so hardly two answers of the server."""
BEHAVIORS = {name: f"says: What people say of {name}.\nexpected: {name}\nauthored: [{texts}]\n" for name, texts in AUTHORED.items()}

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    server: FaultServer
    address: str
    root: Path

    def make_project(self, name: str, **settings: object) -> Path:
        folder = self.root / name
        (folder / "behaviors").mkdir(parents=True)
        values = {"address": self.address, "in_flight": IN_FLIGHT, "rows": ROWS, **settings}
        (folder / "synthloop.yaml").write_text(PROJECT.format(**values))
        for behavior, text in BEHAVIORS.items():
            (folder / "behaviors" / f"{behavior}.yaml").write_text(text)
        return folder

    def start(self, folder: Path) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "WRITER_KEY": KEY}
        return subprocess.Popen(
            [COMMAND, "generate", "--json"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def finish(self, folder: Path) -> str:
        process = self.start(folder)
        out, err = process.communicate(timeout=150)
        assert process.returncode == 0, err.decode()
        return out.decode() + err.decode()

    def kill_after(self, folder: Path, calls: int) -> None:
        """Kill the run once the server was asked that often since now."""
        before = len(self.server.asked)
        process = self.start(folder)
        while len(self.server.asked) - before < calls and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    server = FaultServer(latency_s=0.01, key=KEY)
    with serve(server) as address:
        yield Bench(server=server, address=address, root=tmp_path)


def samples_of(folder: Path) -> list[str]:
    with SqliteStore.open(folder / ".synthloop" / "store.sqlite") as store:
        return [sample.id for sample in store.read_samples(batch=store.read_note(ACTIVE_BATCH))]


def test_killed_at_any_point_it_ends_as_if_nothing_had_happened(bench: Bench) -> None:
    undisturbed = bench.make_project("undisturbed")
    bench.finish(undisturbed)
    needed = Counter(bench.server.asked)
    wanted = samples_of(undisturbed)
    assert len(wanted) == len(set(wanted)) == ROWS

    bench.server.asked.clear()
    killed = bench.make_project("killed")
    for _ in range(3):
        bench.kill_after(killed, needed.total() // 4)
    said = bench.finish(killed)
    assert samples_of(killed) == wanted
    asked = Counter(bench.server.asked)
    assert needed <= asked
    assert set(asked) == set(needed)
    assert (asked - needed).total() <= 3 * IN_FLIGHT
    assert_hidden(killed, said)


def assert_hidden(folder: Path, said: str) -> None:
    """The key is in no file, and nowhere in what was said."""
    assert KEY not in said
    for path in folder.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path


def test_killed_while_saving_it_saves_everything_and_asks_nothing_again(bench: Bench) -> None:
    folder = bench.make_project("saving", rows=300)
    process = bench.start(folder)
    journal = folder / ".synthloop" / "store.sqlite-wal"
    asked = -1
    while process.poll() is None:  # once the server falls silent, what is left is judging and saving
        time.sleep(0.05)
        if asked == len(bench.server.asked) > 300 and journal.exists():
            break
        asked = len(bench.server.asked)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    calls = len(bench.server.asked)
    bench.finish(folder)
    assert len(samples_of(folder)) == 300
    assert len(bench.server.asked) <= calls + IN_FLIGHT


def test_settings_that_do_not_reach_the_model_repeat_no_call_and_a_changed_prompt_repeats_all(bench: Bench) -> None:
    folder = bench.make_project("settings", rows=100)
    bench.finish(folder)
    first = list(bench.server.asked)
    project = folder / "synthloop.yaml"
    project.write_text(project.read_text().replace(f"in_flight: {IN_FLIGHT}", "in_flight: 3, retries: 1, timeout_s: 9"))
    project.write_text(project.read_text().replace("train: 0.6, dev: 0.2", "train: 0.5, dev: 0.3"))
    bench.finish(folder)
    assert bench.server.asked == first
    (folder / "prompts").mkdir()
    (folder / "prompts" / "voice.md").write_text(
        "# system\nBe brief.\n# user\nWrite about: {{says}} in this mood: {{mood}}. Number {{number}}."
    )
    bench.server.asked.clear()
    bench.finish(folder)
    assert len(bench.server.asked) >= 40
    assert not set(bench.server.asked) & set(first)
