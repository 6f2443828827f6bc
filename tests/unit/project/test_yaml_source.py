import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthloop.project.yaml_source import WrittenFloat, parse_source, plain, read_source


def value_of(text: str) -> Any:
    source, problems = parse_source(text, "a.yaml")
    assert problems == []
    assert source is not None
    return source.value


def test_plain_text_means_what_a_person_means():
    text = "[3, -4, 1.5, true, null, no, on, 007, 9:30, 2026-01-01, 1_000, '3', !!str 4]"
    assert value_of(text) == [3, -4, 1.5, True, None, "no", "on", "007", "9:30", "2026-01-01", "1_000", "3", "4"]


def test_a_number_remembers_how_it_was_written_until_it_is_made_plain():
    (number,) = value_of("[1.50]")
    assert isinstance(number, WrittenFloat)
    assert number.text == "1.50"
    assert type(plain(number)) is float


def test_keys_are_text_as_written():
    assert value_of("{1.50: a, on: b, 3: c}") == {"1.50": "a", "on": "b", "3": "c"}


def test_aliases_are_shared_values_and_point_at_the_line_that_uses_them():
    source, _ = parse_source("a: &x [1, 2]\nb: *x\n", "a.yaml")
    assert source is not None
    assert source.value == {"a": [1, 2], "b": [1, 2]}
    assert source.problem(("b", 1), "", "").line == 2


def test_a_path_with_steps_that_are_not_in_the_file_finds_the_nearest_line():
    source, _ = parse_source("a:\n  b:\n    - x\n    - c: 1\n", "a.yaml")
    assert source is not None
    problem = source.problem(("a", "<tag>", "b", 1, "c", "deeper"), "what.", "fix.")
    assert (problem.line, problem.field) == (4, "a.b.1.c")


@pytest.mark.parametrize("depth", [100, 50_000])
def test_deep_nesting_is_refused_instead_of_crashing_the_parser(depth: int):
    lines = "\n".join("[" * 500 for _ in range(depth // 500 or 1))
    source, problems = parse_source(lines if depth > 500 else "[" * depth, "a.yaml")
    assert source is None
    assert "nested deeper" in problems[0].what


def test_aliases_that_multiply_are_refused():
    bomb = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"{y}: &{y} [{','.join(['*' + x] * 10)}]\n" for x, y in zip("abcdefg", "bcdefgh", strict=True)
    )
    source, problems = parse_source(bomb, "a.yaml")
    assert source is None
    assert "aliases expand" in problems[0].what


def test_a_file_that_can_not_be_read_is_a_problem(tmp_path: Path):
    source, problems = read_source(tmp_path, "a.yaml")
    assert source is None
    assert "can't be read" in problems[0].what


@given(st.text("ab:#-{}[]'\"*&!%@`,|>?\n \t\0", max_size=40))
def test_any_text_gives_a_source_or_problems_and_never_an_exception(text: str):
    source, problems = parse_source(text, "a.yaml")
    assert source is not None or problems


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text("abc:#-{}[]'\"*&!%@`,\n ", max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc: {", min_size=1, max_size=4), inner, max_size=4),
        max_leaves=12,
    )
)
def test_json_is_read_as_json(value: object):
    source, problems = parse_source(json.dumps(value), "a.yaml")
    if value is None:
        assert source is None
    else:
        assert problems == []
        assert source is not None
        assert source.value == value
