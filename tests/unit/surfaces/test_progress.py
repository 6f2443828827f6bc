from io import StringIO

import pytest
from rich.console import Console

from synthloop.engine.progress import ProgressState
from synthloop.surfaces.progress import BarProgress, LineProgress, StageProgress, progress_for, say_state


def state(done: int, elapsed_s: float, total: int | None = 100) -> ProgressState:
    return ProgressState(done=done, total=total, failed=1, reused=0, in_flight=2, elapsed_s=elapsed_s, rate_per_s=10.0, eta_s=9.0)


def test_lines_come_at_most_every_five_seconds() -> None:
    written = StringIO()
    progress = LineProgress("evaluate", written)
    for elapsed_s in (0.2, 0.9, 1.1, 2.0, 6.0, 6.2):
        progress.update(state(10, elapsed_s))
    progress.finish(state(100, 7.0))
    lines = written.getvalue().splitlines()
    assert lines == [
        "evaluate: 10 of 100, 10/s, 1 failed, 9 s to go",
        "evaluate: 10 of 100, 10/s, 1 failed, 9 s to go",
        "evaluate: 100 of 100, 10/s, 1 failed, took 7 s",
    ]


def test_what_is_over_at_once_says_nothing() -> None:
    written = StringIO()
    for progress in (LineProgress("evaluate", written), BarProgress("evaluate", Console(file=written, force_terminal=True))):
        progress.update(state(50, 0.3))
        progress.finish(state(100, 0.5))
    assert written.getvalue() == ""


def test_a_bar_shows_counts_and_leaves_its_last_line() -> None:
    written = StringIO()
    progress = BarProgress("evaluate", Console(file=written, force_terminal=True, width=100))
    progress.update(state(10, 1.5))
    progress.finish(state(100, 3.0))
    assert "100 of 100, 10/s, 1 failed, took 3 s" in written.getvalue()


@pytest.mark.parametrize(
    ("terminal", "plain", "kind"), [(True, False, BarProgress), (True, True, LineProgress), (False, False, LineProgress)]
)
def test_a_bar_only_where_somebody_watches(terminal: bool, plain: bool, kind: type[object]) -> None:
    assert isinstance(progress_for("evaluate", plain=plain, console=Console(file=StringIO(), force_terminal=terminal)), kind)


def test_an_unknown_total_is_not_guessed() -> None:
    assert say_state(state(10, 2.0, total=None)) == "10, 10/s, 1 failed, 9 s to go"


def test_stages_follow_each_other_and_give_the_terminal_back() -> None:
    written = StringIO()
    with StageProgress(Console(file=written, force_terminal=True, width=80)) as progress:
        progress.begin("generate")
        progress.begin("evaluate")
        progress.update(state(10, 1.5))
        progress.finish(state(100, 3.0))
        progress.begin("gate")
    text = written.getvalue()
    assert "evaluate" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


def test_stages_say_nothing_in_a_log_before_a_second_has_passed() -> None:
    written = StringIO()
    with StageProgress(Console(file=written, force_terminal=False)) as progress:
        progress.begin("generate")
        progress.finish(state(100, 0.4))
    assert written.getvalue() == ""
