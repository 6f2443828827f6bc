"""The loop as an object, for notebooks and scripts."""

import os
import shutil
import tempfile
import uuid
import weakref
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.ports import App
from synthloop.core.report import Baseline, Report
from synthloop.core.sample import Sample, Split
from synthloop.loop.distill import distill_failures
from synthloop.loop.evaluate import evaluate_app, report_on
from synthloop.loop.gate import GateRun, accept_baseline, gate_app
from synthloop.loop.generate import generate_samples, read_active
from synthloop.loop.setup import Setup
from synthloop.loop.turn import Turn, find_main, run_turn
from synthloop.project.python_api import project
from synthloop.project.workspace import open_workspace


class Loop:
    """One app and the behaviors that are wanted of it.

    Args:
        app: The app under test: a function from a text to an answer, sync or async, or any object that satisfies the port
            `synthloop.core.ports.App`.
        behaviors: Built with `synthloop.behavior`.
        folder: Where samples, answers and reports are kept; None: in a temporary folder that lives as long as this object.
        version: What the app's answers depend on. None: a fingerprint of the function's source, where it has one.
        **settings: What `synthloop.yaml` may say besides: `seed`, `generate`, `noise`, `validators`, `scorers`, `split`, `gate`, ...

    Raises:
        ProjectError: Anything in the settings is wrong; holds every problem.

    Example:
        >>> import synthloop as sl
        >>> greet = sl.behavior("greet", says="A greeting is returned.", expected="hello", authored=["hi there", "good morning all"])
        >>> part = sl.behavior("part", says="A farewell is returned.", expected="bye", authored=["see you later", "ok bye now"])
        >>> loop = sl.Loop(app=lambda text: "hello" if "hi" in text.lower() else "bye", behaviors=[greet, part])
        >>> samples = loop.generate(accepted=40)
        >>> report = loop.evaluate(samples)
        >>> 0 < report.pass_rate.value < 1
        True
    """

    def __init__(
        self,
        *,
        app: App | Callable[..., object],
        behaviors: Iterable[Behavior],
        folder: str | os.PathLike[str] | None = None,
        version: str | None = None,
        **settings: Any,
    ) -> None:
        self._root = self._make_temporary() if folder is None else Path(folder).resolve()
        self._project = project(behaviors=behaviors, root=self._root, **settings)
        self._app = app if isinstance(app, App) else _wrap(app, version, self._root)

    def generate(self, accepted: int | None = None) -> tuple[Sample, ...]:
        """Generate and curate, and return the accepted samples that anyone may look at: train and dev. The holdout stays with the gate.

        Args:
            accepted: Samples to accept in all; None: as the settings say.
        """
        if accepted is not None:
            self._project = replace(self._project, order=replace(self._project.order, accepted=accepted))
        with self._open("generate") as setup:
            generate_samples(setup)
            return tuple(sample for sample in read_active(setup, None) if sample.split != "holdout")

    def evaluate(self, samples: Sequence[Sample] = (), *, split: Split | None = "dev") -> Report:
        """Put samples to the app, score the answers and report.

        Args:
            samples: What to put to the app; empty: those of `split`.
            split: `dev`, `train`, or None for both.

        Raises:
            UsageError: Nothing was generated, or samples of the holdout were given.
        """
        if any(sample.split == "holdout" for sample in samples):
            raise UsageError("only the gate reads the holdout. Leave these samples out, or use `gate`.")
        with self._open("evaluate") as setup:
            if samples:
                return report_on(setup, samples, app=setup.app, split=None)
            return evaluate_app(setup, split=split)

    def distill(self, report: Report) -> Report:
        """Group the failures of a report, try fresh neighbors of each group on the app, and return the report with its failure modes."""
        with self._open("distill") as setup:
            return distill_failures(setup, report)

    def accept_baseline(self, name: str = "main") -> Baseline:
        """Judge the app on the holdout and accept how it does as a baseline."""
        with self._open("baseline") as setup:
            return accept_baseline(setup, name)

    def gate(self, baseline: str | None = None) -> GateRun:
        """Judge the app on the holdout, against a baseline; None: against `main` where there is one."""
        with self._open("gate") as setup:
            return gate_app(setup, baseline=baseline or find_main(setup))

    def run(self, baseline: str | None = None) -> Turn:
        """Do one whole turn: generate, run the app, evaluate, distill, gate."""
        with self._open("run") as setup:
            return run_turn(setup, baseline=baseline)

    def _make_temporary(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="synthloop-")).resolve()
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    def _open(self, verb: str) -> AbstractContextManager[Setup]:
        return open_workspace(self._project, verb=verb, app=self._app)


def _wrap(function: Callable[..., object], version: str | None, root: Path) -> App:
    from synthloop.adapters.apps.fingerprint import python_version  # noqa: PLC0415 - only needed for plain functions
    from synthloop.adapters.apps.loaded import check_loaded  # noqa: PLC0415 - the same
    from synthloop.adapters.apps.python import CallableApp  # noqa: PLC0415 - the same

    if version is None:
        check_loaded(function, root=root)
    known = version or python_version(function, root=root) or f"run-{uuid.uuid4().hex}"
    return CallableApp(name=getattr(function, "__name__", "app"), version=known, function=function)


__all__ = ["Loop"]
