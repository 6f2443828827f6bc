"""Progress on a terminal: a bar with rate, ETA and counts; plain lines where nobody watches a bar; nothing for what is over at once."""

import sys
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.status import Status

from synthloop.engine.progress import Progress as ProgressPort
from synthloop.engine.progress import ProgressState, SilentProgress
from synthloop.surfaces.figures import show_duration

QUIET_S = 1.0
"""What is over sooner shows nothing."""

LINE_EVERY_S = 5.0
"""Time between two plain lines."""


@dataclass(slots=True)
class BarProgress:
    """A bar that appears after a second and stays as one line when it is done."""

    doing: str
    """What is going on, e.g. `evaluate`."""
    console: Console
    _shown: Progress | None = None
    _row: TaskID = field(default_factory=lambda: TaskID(0))

    def update(self, state: ProgressState) -> None:
        """Show how far the run is."""
        if self._shown is None:
            if state.elapsed_s < QUIET_S:
                return
            self._shown = self._start(state)
        self._shown.update(self._row, completed=state.done, total=state.total, facts=say_state(state))

    def finish(self, state: ProgressState) -> None:
        """Leave the last line standing and give the terminal back."""
        if self._shown is not None:
            self.update(state)
            self._shown.stop()
            self._shown = None

    def _start(self, state: ProgressState) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[facts]}"))
        shown = Progress(*columns, console=self.console, refresh_per_second=5)
        self._row = shown.add_task(self.doing, total=state.total, facts="")
        shown.start()
        return shown


@dataclass(slots=True)
class LineProgress:
    """A plain line every few seconds: for logs and for `--json`, where standard output belongs to the result."""

    doing: str
    stream: TextIO
    _next_s: float = QUIET_S

    def update(self, state: ProgressState) -> None:
        """Write a line where one is due."""
        if state.elapsed_s >= self._next_s:
            self._next_s = state.elapsed_s + LINE_EVERY_S
            self._write(state)

    def finish(self, state: ProgressState) -> None:
        """Write the last line of a run that took more than a second."""
        if state.elapsed_s >= QUIET_S:
            self._write(state)

    def _write(self, state: ProgressState) -> None:
        self.stream.write(f"{self.doing}: {say_state(state)}\n")
        self.stream.flush()


@dataclass(slots=True)
class StageProgress:
    """The progress of several stages in a row: each under its own name, with a spinner for as long as nothing can be counted.

    Use it as a context manager, so that the terminal is given back however the work ends.
    """

    console: Console
    plain: bool = False
    """Whether a bar is unwanted even on a terminal, as with `--json`."""
    _now: ProgressPort = field(default_factory=SilentProgress)
    _spinner: Status | None = None

    def begin(self, doing: str) -> None:
        """Go on to the next stage."""
        self._stop_spinner()
        self._now = progress_for(doing, plain=self.plain, console=self.console)
        if self.console.is_terminal and not self.plain:
            self._spinner = self.console.status(doing)
            self._spinner.start()

    def update(self, state: ProgressState) -> None:
        """Show how far the stage is."""
        self._stop_spinner()
        self._now.update(state)

    def finish(self, state: ProgressState) -> None:
        """Show the stage's end."""
        self._stop_spinner()
        self._now.finish(state)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop_spinner()

    def _stop_spinner(self) -> None:
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None


def progress_for(doing: str, *, plain: bool, console: Console | None = None) -> ProgressPort:
    """Return what shows the progress of one verb on standard error: a bar on a terminal, else plain lines.

    Args:
        doing: What is going on.
        plain: Whether a bar is unwanted even on a terminal, as with `--json`.
        console: Where bars are drawn; None for standard error.
    """
    console = console or Console(stderr=True)
    if plain or not console.is_terminal:
        return LineProgress(doing, sys.stderr)
    return BarProgress(doing, console)


def say_state(state: ProgressState) -> str:
    """Say how far a run is: counts, rate, what went wrong, what was reused, and how long it will take.

    Example:
        >>> say_state(ProgressState(done=1200, total=5000, failed=3, reused=40, in_flight=64, elapsed_s=6.0, rate_per_s=200.0, eta_s=19.0))
        '1,200 of 5,000, 200/s, 3 failed, 40 reused, 19 s to go'
    """
    count = f"{state.done:,} of {state.total:,}" if state.total is not None else f"{state.done:,}"
    finished = state.total is not None and state.done >= state.total
    rate = f"{state.rate_per_s:,.0f}/s" if state.rate_per_s >= 10 else f"{state.rate_per_s:.1f}/s"
    facts = [count, rate]
    counts = ((state.failed, "failed"), (state.reused, "reused"), (state.dropped, "dropped"))
    facts += [f"{number:,} {word}" for number, word in counts if number]
    if state.cost_usd:
        facts.append(f"${state.cost_usd:.2f}{_project(state)}")
    if finished:
        facts.append(f"took {show_duration(state.elapsed_s)}")
    elif state.eta_s is not None:
        facts.append(f"{show_duration(state.eta_s)} to go")
    return ", ".join(facts)


def _project(state: ProgressState) -> str:
    """Say what the whole will cost at the cost so far; nothing where that can't be known."""
    if not state.cost_usd or not state.total or not 0 < state.done < state.total:
        return ""
    return f" of about ${state.cost_usd * state.total / state.done:.2f}"


__all__ = ["BarProgress", "LineProgress", "StageProgress", "progress_for", "say_state"]
