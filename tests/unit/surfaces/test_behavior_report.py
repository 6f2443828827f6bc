from pathlib import Path

import pytest

from synthloop.core.errors import UsageError
from synthloop.surfaces.behavior_report import find_project, read_order

TEST = """
import pytest

@pytest.mark.behavior("behaviors/greet.yaml", accepted=20, repeats=2)
def test_greet(report):
    assert report.gate(accuracy=0.5)

@pytest.mark.behavior("behaviors/part.yaml", accepted=20)
def test_part(report):
    assert report.gate(accuracy=0.5)

@pytest.mark.behavior("behaviors/missing.yaml")
def test_missing(report):
    pass

def test_unmarked(report):
    pass
"""
FILES = {
    "synthloop.yaml": "app: surfaces_plugin_app:answer\nnoise: {share: 0}\ngenerate: {verbatim_share: 0.5}\n",
    "surfaces_plugin_app.py": "def answer(text):\n    return 'hello'\n",
    "behaviors/greet.yaml": 'says: A greeting.\nexpected: hello\ntemplates: ["{a} {b} {c}"]\n'
    "parameters: {a: [hi, hey, hello], b: [there, again, you], c: [friend, all, folks, team]}\n",
    "behaviors/part.yaml": 'says: A farewell.\nexpected: bye\ntemplates: ["{a} {b} {c}"]\n'
    "parameters: {a: [bye, so long, see you], b: [now, then, later], c: [friend, all, folks, team]}\n",
    "test_example.py": TEST,
}

pytest_plugins = ["pytester"]


def test_a_behavior_is_a_test(pytester: pytest.Pytester) -> None:
    for name, text in FILES.items():
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist")
    result.assert_outcomes(passed=1, failed=1, errors=2)
    output = result.stdout.str()
    assert "<gate: fail: accuracy: demanded: at least 0.5, observed: 0.000" in output
    assert "expected bye got hello" in output
    assert "has no behavior 'missing'. It has: greet, part." in output
    assert "needs a marker" in output
    assert "behavior_report.py" not in output


def test_a_marker_says_file_accepted_and_repeats() -> None:
    order = read_order(["behaviors/a.yaml", 50], {"repeats": 3})
    assert (order.file, order.accepted, order.repeats) == ("behaviors/a.yaml", 50, 3)


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [([], {}), ([7], {}), (["a"], {"accepted": 0}), (["a"], {"samples": 5}), (["a", 1, 1, 1], {}), (["a", "9"], {})],
)
def test_any_other_marker_is_refused(arguments: list[object], keywords: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="the marker reads"):
        read_order(arguments, keywords)


def test_a_test_outside_a_project_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no synthloop\.yaml above"):
        find_project(tmp_path / "test_x.py")
