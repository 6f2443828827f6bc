"""A project at work, with components and modules of the user's own."""

import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from synthloop.core.errors import ProjectError
from synthloop.loop.evaluate import evaluate_app
from synthloop.loop.generate import generate_samples
from synthloop.project.project import load_project
from synthloop.project.workspace import open_workspace

GREET = "says: A.\nexpected: hello\nauthored: [hi there, good morning all, hello my friend, greetings to you, how do you do]\n"


@contextmanager
def forgetting(*modules: str) -> Generator[None]:
    """Leave no module of a test's project behind, nor its folder on the path."""
    path = list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path
        for module in modules:
            sys.modules.pop(module, None)


def write_project(root: Path, *, module: str, code: str, scorer: str = "label") -> Path:
    (root / "behaviors").mkdir(parents=True)
    (root / "behaviors" / "greet.yaml").write_text(GREET)
    (root / f"{module}.py").write_text(code)
    (root / "synthloop.yaml").write_text(f'app: "{module}:route"\nscorers: ["{scorer}"]\ngenerate: {{accepted: 10}}\n')
    return root


def evaluate(root: Path) -> float | None:
    with open_workspace(load_project(root), verb="evaluate") as setup:
        generate_samples(setup)
        return evaluate_app(setup).pass_rate.value


@pytest.mark.parametrize("ends", ["sys.exit(0)", "raise KeyboardInterrupt", "1 / 0"])
def test_a_scorer_that_ends_the_process_costs_its_own_scores_and_is_shown_with_its_line(tmp_path: Path, ends: str) -> None:
    code = f"import sys\ndef route(text): return 'hello'\ndef picky(sample, transcript):\n    print('hm')\n    {ends}\n"
    write_project(tmp_path, module="app_with_exit", code=code, scorer="app_with_exit:picky")
    with forgetting("app_with_exit"), open_workspace(load_project(tmp_path), verb="evaluate") as setup:
        generate_samples(setup)
        report = evaluate_app(setup)
    assert report.unscored_reasons == {"scorer-error": report.pass_rate.unscored}
    assert re.search(r"app_with_exit:picky raised \w+.* \(.*app_with_exit\.py:5\)", report.unscored_notes["scorer-error"])


def test_two_projects_of_one_process_never_share_a_module(tmp_path: Path) -> None:
    one = write_project(tmp_path / "one", module="app_of_two", code="def route(text): return 'hello'\n")
    two = write_project(tmp_path / "two", module="app_of_two", code="def route(text): return 'bye'\n")
    with forgetting("app_of_two"):
        assert evaluate(one) == 1.0
        with pytest.raises(ProjectError, match=r"another module called 'app_of_two' is loaded already, from .*one/app_of_two\.py"):
            evaluate(two)
    with forgetting("app_of_two"):
        assert evaluate(two) == 0.0
