"""The error tree."""

import inspect

import pytest

from synthloop.core import errors
from synthloop.core.errors import (
    AppError,
    LoopError,
    MissingExtraError,
    PortError,
    Problem,
    ProjectError,
    ProjectLockedError,
    StoreError,
    UsageError,
)


def test_every_error_is_in_the_tree_is_exported_and_drawn() -> None:
    found = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]
    assert all(issubclass(kind, LoopError) for kind in found)
    assert all(issubclass(kind, UsageError | PortError) for kind in found if kind is not LoopError)
    assert {kind.__name__ for kind in found} <= set(errors.__all__)
    assert [kind.__name__ for kind in found if kind.__name__ not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize("kind", [PortError, AppError, StoreError, ProjectLockedError])
def test_a_port_error_says_whether_trying_again_makes_sense(kind: type[PortError]) -> None:
    assert not kind("it failed").retryable
    assert kind("it failed", retryable=True).retryable
    assert str(kind("it failed")) == "it failed"


def test_all_problems_of_a_project_are_said_at_once() -> None:
    problems = (
        Problem(file="a.yaml", line=3, field="noise.rate", what="2 is above 1.", fix="Use a share in [0, 1]."),
        Problem(file="b.yaml", line=None, field="", what="The file is empty.", fix=""),
    )
    error = ProjectError(problems)
    assert str(error) == "a.yaml:3: noise.rate: 2 is above 1. Use a share in [0, 1].\nb.yaml: The file is empty."
    assert error.problems == problems


def test_a_missing_extra_says_how_to_install_it() -> None:
    said = str(MissingExtraError("polars", "parquet", "Export to Parquet"))
    assert said == 'Export to Parquet needs the package polars, which is not installed. Fix: pip install "synthloop[parquet]"'
