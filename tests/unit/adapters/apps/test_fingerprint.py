import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from synthloop.adapters.apps.fingerprint import command_version, http_version, python_version
from synthloop.core.errors import UsageError

FILES = {
    "app.py": "import json\nfrom prompts import text\ndef route(said):\n    from pkg.deep import inner\n",
    "prompts.py": "text = 'hello'\n",
    "pkg/__init__.py": "",
    "pkg/deep/__init__.py": "from . import inner\nfrom ..sibling import name\n",
    "pkg/deep/inner.py": "value = 1\n",
    "pkg/sibling.py": "name = 1\n",
    "unrelated.py": "value = 1\n",
    "prompts/system.txt": "Be kind.\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def load(root: Path, name: str = "app") -> Callable[..., object]:
    spec = importlib.util.spec_from_file_location(f"fingerprinted_{name}", root / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    exec(compile("def route(said): return said\ndef other(said): return said\n", str(root / "app.py"), "exec"), module.__dict__)
    return module.route if name == "app" else module.other


@pytest.mark.parametrize(
    "changed", ["app.py", "prompts.py", "pkg/__init__.py", "pkg/deep/__init__.py", "pkg/deep/inner.py", "pkg/sibling.py"]
)
def test_it_changes_with_every_module_that_is_imported(root: Path, changed: str) -> None:
    before = python_version(load(root), root=root)
    assert before == python_version(load(root), root=root)
    (root / changed).write_text((root / changed).read_text() + "# changed\n")
    assert python_version(load(root), root=root) != before


def test_it_does_not_change_with_anything_else(root: Path) -> None:
    before = python_version(load(root), root=root)
    (root / "unrelated.py").write_text("value = 2\n")
    (root / "prompts/system.txt").write_text("Be brief.\n")
    assert python_version(load(root), root=root) == before


def test_it_changes_with_declared_files_variables_and_the_function(root: Path) -> None:
    route = load(root)
    plain = python_version(route, root=root)
    declared = python_version(route, root=root, files=["prompts/*.txt"])
    (root / "prompts/system.txt").write_text("Be brief.\n")
    versions = [
        plain,
        declared,
        python_version(route, root=root, files=["prompts/*.txt"]),
        python_version(route, root=root, variables={"model": "small"}),
        python_version(route, root=root, variables={"model": "large"}),
        python_version(load(root, "other"), root=root),
    ]
    assert len(set(versions)) == len(versions)


def test_it_is_the_same_wherever_the_project_lies(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for name in FILES:
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).write_text((root / name).read_text())
    assert python_version(load(root), root=root) == python_version(load(elsewhere), root=elsewhere)


def test_without_a_source_file_nobody_knows() -> None:
    functions: dict[str, Callable[..., object]] = {}
    exec("def typed_in(text): return text", functions)
    assert python_version(functions["typed_in"], root=Path.cwd()) is None
    assert python_version(len, root=Path.cwd()) is None


def test_an_object_is_known_by_its_class() -> None:
    assert python_version(json.JSONEncoder().encode, root=Path.cwd()) is not None


def test_a_file_that_appears_later_changes_the_version(root: Path) -> None:
    before = python_version(load(root), root=root, files=["model.joblib"])
    (root / "model.joblib").write_bytes(b"trained")
    assert python_version(load(root), root=root, files=["model.joblib"]) != before


def test_a_pattern_that_leaves_the_project(root: Path) -> None:
    with pytest.raises(UsageError, match="Fix: write it relative to"):
        python_version(load(root), root=root, files=["/etc/*"])


def test_a_command_changes_with_its_arguments_and_its_own_files(root: Path) -> None:
    arguments = ["python", "app.py", "--fast", "x" * 10_000]
    before = command_version(arguments, root=root)
    assert before == command_version(arguments, root=root)
    assert before != command_version([*arguments[:2], "--slow"], root=root)
    (root / "app.py").write_text("changed = True\n")
    assert before != command_version(arguments, root=root)


def test_an_endpoint_is_known_by_the_name_that_the_user_gives_and_its_settings() -> None:
    assert http_version(None, {"url": "http://localhost"}) is None
    first, second = http_version("7", {"url": "http://localhost"}), http_version("7", {"url": "http://localhost", "path": "a"})
    assert first is not None
    assert first.startswith("7-")
    assert first != second
