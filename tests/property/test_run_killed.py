"""`synthloop run`, as a person starts it, is killed or interrupted at random points and run again: it ends as if nothing had happened."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.ask import AppRequest, Ask
from synthloop.core.sample import Message
from synthloop.engine.journal import SqliteJournal
from synthloop.loop.evaluate import find_last_report
from synthloop.loop.generate import ACTIVE_BATCH

IN_FLIGHT = 4
COMMAND = Path(sys.executable).parent / "synthloop"

PROJECT = f"""
app: {{python: "app:route", version: "1", in_flight: {IN_FLIGHT}}}
seed: 11
generate: {{accepted: 90, neighbors: 6}}
split: {{train: 0.4, dev: 0.3, holdout: 0.3}}
gate: {{accuracy: {{at_least: 0.5}}}}
"""
BEHAVIORS = {
    "pay": "says: Payments.\nexpected: pay\nauthored: [pay my bill, i want to pay now, settle the open invoice]\n"
    'templates: ["{verb} the {kind} of {who}", "can you {verb} a {kind} for {who}?"]\n'
    "parameters: {verb: [pay, settle, clear], kind: [bill, invoice, rent], who: [Ana, Tom, Priya, the office]}\n",
    "book": "says: Bookings.\nexpected: book\nauthored: [book a table for two, get me a room, reserve the big hall]\n"
    'templates: ["{verb} a {place} for {who}", "could {who} {verb} the {place}?"]\n'
    "parameters: {verb: [book, reserve, get], place: [table, room, hall], who: [Ana, Tom, Priya, the office]}\n",
}
# Writes every call down before it answers. `room` breaks in version 2.
APP = """
import os, time

def route(text):
    with open(os.environ["CALLS"], "a") as calls:
        calls.write(text.replace("\\n", " ") + "\\n")
    time.sleep(0.003)
    lowered = text.lower()
    if VERSION == 2 and "room" in lowered:
        return "pay"
    return "pay" if any(word in lowered for word in ("bill", "invoice", "rent")) else "book"
"""

pytestmark = pytest.mark.slow


@contextmanager
def synthloop(folder: Path, log: str, *arguments: str) -> Generator[subprocess.Popen[bytes]]:
    """Start a command in a project; what its app is asked is written to the file `log`."""
    process = subprocess.Popen(
        [COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, "CALLS": str(folder / log)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def finish(folder: Path, log: str, *arguments: str) -> dict[str, Any]:
    with synthloop(folder, log, *arguments, "--json") as process:
        said, complained = process.communicate(timeout=90)
        assert process.returncode in {0, 1}, complained.decode()
        return json.loads(said)


def read_calls(folder: Path, log: str) -> list[str]:
    return (folder / log).read_text().splitlines() if (folder / log).exists() else []


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with an accepted baseline whose app has changed since, and of which one turn is to be run."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "behaviors").mkdir()
    for name, text in BEHAVIORS.items():
        (folder / "behaviors" / f"{name}.yaml").write_text(text)
    (folder / "synthloop.yaml").write_text(PROJECT)
    (folder / "app.py").write_text(f"VERSION = 1\n{APP}")
    finish(folder, "first", "generate")
    finish(folder, "first", "baseline", "accept")
    (folder / "app.py").write_text(f"VERSION = 2\n{APP}")
    (folder / "synthloop.yaml").write_text(PROJECT.replace('version: "1"', 'version: "2"').replace("accepted: 90", "accepted: 100"))
    return folder


@pytest.fixture(scope="module")
def undisturbed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = copy(prepared, tmp_path_factory.mktemp("undisturbed"))
    return folder, finish(folder, "calls", "run")


def copy(source: Path, destination: Path) -> Path:
    return Path(shutil.copytree(source, destination, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")))


def journaled(folder: Path, texts: set[str]) -> Counter[str]:
    """Return for each text how many of its two possible answers (the first, and a rerun by the gate) are kept."""
    asks = {
        (text, replica): Ask(to="app", version="2", request=AppRequest(messages=(Message(role="user", text=text),)), replica=replica).key()
        for text in texts
        for replica in (0, 1)
    }
    with closing(SqliteJournal(path=folder / ".synthloop" / "journal.sqlite")) as journal:
        kept = journal.read(list(asks.values()))
    return Counter(text for (text, _), key in asks.items() if key in kept)


def records(folder: Path) -> dict[str, object]:
    """Return all that a project keeps, without what was measured by a clock."""
    with SqliteStore.open(folder / ".synthloop" / "store.sqlite") as store:
        report = find_last_report(store)
        assert report is not None
        batch = store.read_note(ACTIVE_BATCH)
        return {
            "samples": list(store.read_samples()),
            "in use": list(store.read_samples(batch=batch)),
            "dropped": list(store.read_dropped(batch=batch)),
            "transcripts": [msgspec.structs.replace(found, latency_s=0.0) for found in store.read_transcripts()],
            "scores": list(store.read_scores()),
            "failure modes": report.failure_modes,
            "report": timeless(msgspec.to_builtins(report)),
            "splits": (folder / "splits.json").read_text(),
        }


def timeless(value: Any) -> Any:
    """Return JSON without the folder's name, and without the fields and metrics that a clock decides."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {key: timeless(entry) for key, entry in fields.items() if key not in {"made_at", "latency_s", "cost_usd", "project"}}
    if isinstance(value, list | tuple):
        return [timeless(entry) for entry in cast("list[Any]", value) if not _is_latency(entry)]
    return value


def _is_latency(entry: Any) -> bool:
    return isinstance(entry, dict) and str(cast("dict[str, Any]", entry).get("name", "")).startswith("latency")


def count_ledger_lines(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / ".synthloop" / "store.sqlite")) as connection:
        return dict(connection.execute("SELECT by, count(*) FROM holdout_reads GROUP BY holdout_id, by").fetchall())


def wait_for_calls(process: subprocess.Popen[bytes], folder: Path, log: str, calls: int) -> None:
    while process.poll() is None and len(read_calls(folder, log)) < calls:
        time.sleep(0.001)


def check_nothing_was_paid_twice(folder: Path, log: str, before: Counter[str]) -> None:
    for text, count in Counter(read_calls(folder, log)).items():
        assert count <= 2 - before[text], f"{text!r} was asked {count} times although {before[text]} answers were kept"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_anywhere_and_run_again_it_ends_like_an_undisturbed_run(
    seed: int, prepared: Path, undisturbed: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    whole, expected = undisturbed
    asked = read_calls(whole, "calls")
    folder = copy(prepared, tmp_path / "project")
    rng = random.Random(seed)
    # Some die by the clock (at start, while generating), the others when the app was called so often (evaluate, distill, gate).
    kills = [rng.uniform(0.05, 1.2), rng.uniform(0.3, 1.5), *(rng.randrange(1, max(2, len(asked) // 2)) for _ in range(3))]
    for place, kill in enumerate(kills):
        before = journaled(folder, set(asked))
        with synthloop(folder, f"calls {place}", "run") as process:
            if isinstance(kill, float):
                time.sleep(kill)
            else:
                wait_for_calls(process, folder, f"calls {place}", kill)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)
        check_nothing_was_paid_twice(folder, f"calls {place}", before)
    before = journaled(folder, set(asked))
    gate = finish(folder, "calls last", "run")["gate"]
    check_nothing_was_paid_twice(folder, "calls last", before)
    assert records(folder) == records(whole)
    assert timeless(gate) == timeless(expected["gate"])
    assert set(count_ledger_lines(folder).values()) == {1}
    all_calls = [text for place in (*range(len(kills)), "last") for text in read_calls(folder, f"calls {place}")]
    assert set(all_calls) == set(asked)
    assert len(all_calls) <= len(asked) + len(kills) * IN_FLIGHT


def test_ctrl_c_says_how_to_go_on_and_frees_the_project(prepared: Path, undisturbed: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    whole, expected = undisturbed
    asked = read_calls(whole, "calls")
    folder = copy(prepared, tmp_path / "project")
    with synthloop(folder, "calls 0", "run") as process:
        wait_for_calls(process, folder, "calls 0", 5)
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate(timeout=30)
    assert process.returncode == 130, complained.decode()
    assert "the same command goes on from here" in complained.decode()
    assert "Traceback" not in complained.decode()
    before = journaled(folder, set(asked))
    assert before.total() >= len(read_calls(folder, "calls 0")) - IN_FLIGHT
    gate = finish(folder, "calls 1", "run")["gate"]
    check_nothing_was_paid_twice(folder, "calls 1", before)
    assert records(folder) == records(whole)
    assert timeless(gate) == timeless(expected["gate"])


def test_a_turn_that_is_repeated_asks_nothing_and_changes_nothing(undisturbed: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    whole, expected = undisturbed
    folder = copy(whole, tmp_path / "project")
    assert timeless(finish(folder, "again", "run")["gate"]) == timeless(expected["gate"])
    assert read_calls(folder, "again") == []
    assert records(folder) == records(whole)
