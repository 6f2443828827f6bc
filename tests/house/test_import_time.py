"""What is not needed does not load: checked by which modules load, never by time. `benchmarks/startup.py` shows the time."""

import subprocess
import sys

import pytest

HEAVY = (
    "numpy",
    "scipy",
    "sklearn",
    "rensa",
    "pydantic",
    "aiohttp",
    "rich",
    "py3langid",
    "vaderSentiment",
    "symspellpy",
    "polars",
    "yaml",
    "jsonschema",
    "sqlite3",
    "asyncio",
)
LISTED = f"import sys; print(*(name for name in {HEAVY!r} if name in sys.modules))"
HELP = """
import sys
from synthloop.surfaces.cli import main
sys.argv = ["synthloop", "--help"]
try:
    main()
except SystemExit:
    pass
print("loaded:", end=" ")
"""


def loaded_by(code: str) -> list[str]:
    ended = subprocess.run([sys.executable, "-c", f"{code}\n{LISTED}"], capture_output=True, text=True, check=True)
    return ended.stdout.splitlines()[-1].removeprefix("loaded:").split()


def test_importing_synthloop_loads_nothing_heavy() -> None:
    assert loaded_by("import synthloop") == []


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by(HELP) == []


def test_the_pytest_plugin_loads_nothing_heavy() -> None:
    code = "import pytest, sys\nbefore = set(sys.modules)\nimport synthloop.surfaces.pytest_plugin\n"
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}print(*sorted({{name.partition('.')[0] for name in set(sys.modules) - before}}))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(ended.stdout.split()) & set(HEAVY)


@pytest.mark.parametrize("verb", ["components", "schema", "init"])
def test_light_verbs_do_without_statistics(verb: str) -> None:
    code = (
        f"from synthloop.surfaces.cli.group import load_verb\nfrom synthloop.surfaces.cli.contents import VERBS\nload_verb(VERBS[{verb!r}])"
    )
    assert not set(loaded_by(code)) & {"numpy", "scipy", "sklearn", "polars", "aiohttp", "symspellpy"}
