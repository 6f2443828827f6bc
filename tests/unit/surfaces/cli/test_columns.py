"""Tables fit the terminal, and names stay whole as long as there is room."""

import json
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.servers.faults import FaultServer, serve
from tests.unit.surfaces.cli.tables import invoke, write_project

from synthloop.surfaces.cli.columns import break_names, fit_widths
from synthloop.surfaces.cli.output import print_table

NAMES = ("out_of_scope", "llama-3.1-8b-instruct", "$0.00091")
TEXT = st.text("ab -_1会", max_size=30)


@given(st.lists(st.lists(TEXT, min_size=1, max_size=4), min_size=1, max_size=5), st.integers(1, 90))
def test_widths_keep_within_the_room_and_names_broken_at_their_marks_lose_nothing(columns: list[list[str]], room: int) -> None:
    widths = fit_widths(columns, room)
    assert widths is None or sum(widths) <= room
    for column, width in zip(columns, widths or (), strict=False):
        assert ["".join(break_names(text, width).split("\n")) for text in column] == column


def show(width: int, *rows: tuple[str, ...]) -> list[str]:
    stream = StringIO()
    print_table(Console(file=stream, width=width), ("writer", "model", "cost", "what is wrong with it"), rows, ("cost",))
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("width", [70, 80, 100])
def test_names_and_numbers_stay_whole_while_texts_fold_between_words(width: int) -> None:
    lines = show(width, (*NAMES, "twelve of thirteen words were changed, which is more than a detail of it"))
    assert max(map(len, lines)) <= width
    assert all(any(name in line for line in lines) for name in NAMES)
    assert {word for line in lines for word in line.split()} >= {"thirteen", "changed,", "detail"}


def test_a_name_that_must_be_broken_is_broken_after_a_mark() -> None:
    lines = [line.split() for line in show(46, (*NAMES, "it would not answer"))]
    assert ["out_of_", "llama-3.1-", "$0.00091", "it", "would"] in lines
    assert ["scope", "8b-instruct", "not"] in lines


def test_a_preview_shows_each_sample_on_the_whole_width(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = "could somebody please look into why the big table by the window was given away"
    with serve(FaultServer(respond=lambda body: json.dumps({"messages": [f"{text} {len(str(body))}"]}))) as url:
        name = "llama-3.1-8b-instruct"
        project = f"app: surfaces_example_app:route\nmodels: {{{name}: {url}}}\nwriting: {{share: 1, writers: [voice]}}\n"
        result = invoke(write_project(tmp_path, project=project, module="columns_example_app"), "generate", "--preview", "2")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0, result.output
    assert f"book, voice by {name}:" in lines
    assert any(line.startswith(f"  {text[:70]}") for line in lines)
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("voice") and name in line for line in lines)
