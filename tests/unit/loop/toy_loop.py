"""A toy loop of real parts: two behaviors, a store and a journal on disk, and an app that answers from a function."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from synthloop.adapters.stores.committed import BaselineFolder, SplitFile
from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.ask import Ask
from synthloop.core.behavior import Behavior
from synthloop.core.json_value import JsonValue
from synthloop.engine.journal import SqliteJournal
from synthloop.evaluate.demands import GateDemands
from synthloop.evaluate.scorers.labeling import Label
from synthloop.generate.noise.spelling import Typos
from synthloop.loop.setup import Order, Setup
from synthloop.project.python_api import behavior
from synthloop.testing import FrozenClock, ScriptedApp


def make_behaviors() -> tuple[Behavior, ...]:
    who = ["Ana", "Tom", "Priya", "the office"]
    pay = behavior(
        "pay",
        says="Payments.",
        expected="pay",
        authored=["pay my bill", "i want to pay now", "settle the open invoice", "transfer what i owe"],
        templates=["{verb} the {kind} of {who}", "can you {verb} a {kind} for {who}?", "the {kind} of {who} is due, {verb} it"],
        parameters={"verb": ["pay", "settle", "clear"], "kind": ["bill", "invoice", "rent"], "who": who},
    )
    book = behavior(
        "book",
        says="Bookings.",
        expected="book",
        authored=["book a table for two", "get me a room", "reserve the big hall", "i need somewhere to meet"],
        templates=["{verb} a {place} for {who}", "could {who} {verb} the {place}?", "{who} asks for a {place}, {verb} one"],
        parameters={"verb": ["book", "reserve", "get"], "place": ["table", "room", "hall"], "who": who},
    )
    return pay, book


def answer_well(ask: Ask) -> JsonValue:
    text = ask.request.messages[-1].text.lower()
    return "pay" if any(word in text for word in ("bill", "invoice", "rent", "pay", "owe", "settle", "clear")) else "book"


def fail_on_rooms(ask: Ask) -> JsonValue:
    return "pay" if "room" in ask.request.messages[-1].text.lower() else answer_well(ask)


class MakeSetup(Protocol):
    def __call__(
        self, script: Callable[[Ask], JsonValue] = answer_well, *, version: str = "1", folder: str = "project", **changes: Any
    ) -> Setup: ...


@pytest.fixture
def make_setup(tmp_path: Path) -> Iterator[MakeSetup]:
    """Build setups; those of one folder share its store, journal, splits and baselines, as commands of one project do."""
    with ExitStack() as stack:

        def make(script: Callable[[Ask], JsonValue] = answer_well, *, version: str = "1", folder: str = "project", **changes: Any) -> Setup:
            root = tmp_path / folder
            root.mkdir(exist_ok=True)
            setup = Setup(
                name="toy",
                behaviors=make_behaviors(),
                apps={"app": ScriptedApp(name="app", version=version, script=script)},
                scorers=(Label(),),
                noisers=(Typos(),),
                order=Order(accepted=120),
                demands=GateDemands(at_least={"accuracy": 0.5}),
                neighbors=8,
                seed=3,
                store=stack.enter_context(SqliteStore.open(root / "store.sqlite")),
                journal=stack.enter_context(closing(SqliteJournal(path=root / "journal.sqlite"))),
                splits=SplitFile(root / "splits.json"),
                baselines=BaselineFolder(root / "baselines"),
                clock=FrozenClock(),
            )
            return replace(setup, **changes)

        yield make


def count_asked(setup: Setup) -> int:
    app = setup.apps[setup.app]
    assert isinstance(app, ScriptedApp)
    return len(app.asked)


def texts_asked(setup: Setup) -> list[str]:
    app = setup.apps[setup.app]
    assert isinstance(app, ScriptedApp)
    return [ask.request.messages[-1].text for ask in app.asked]
