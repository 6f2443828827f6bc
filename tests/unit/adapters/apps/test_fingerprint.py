import functools
import importlib
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from synthloop.adapters.apps.fingerprint import command_version, named_version, python_version
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
    assert python_version(json.JSONEncoder().encode, root=Path.cwd()) != python_version(json.JSONEncoder(indent=1).encode, root=Path.cwd())


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
    assert before != command_version(arguments, root=root, settings={"answer": "label"})
    (root / "app.py").write_text("changed = True\n")
    assert before != command_version(arguments, root=root)


def test_a_name_stands_with_what_is_sent_besides_the_message() -> None:
    plain, small, large = (named_version("7", settings) for settings in ({}, {"model": "small"}, {"model": "large"}))
    assert plain == "7"
    assert small.startswith("7-")
    assert large.startswith("7-")
    assert small != large


def make(model: object) -> Callable[..., object]:
    def route(said: str) -> object:
        return [model, said]

    return route


def test_what_is_bound_to_a_function_counts_where_no_module_names_it() -> None:
    here = Path(__file__).parent
    first, second = (lambda _: "a"), (lambda _: "b")  # pyright: ignore[reportUnknownVariableType,reportUnknownLambdaType] - two on a line
    functions: list[Callable[..., object]] = [
        make("small"),
        make("large"),
        make(make("small")),
        functools.partial(make, "small"),
        functools.partial(make, "large"),
        first,
        second,
        Router("small"),
        Router("large").answer,
    ]
    versions = [python_version(function, root=here) for function in functions]
    assert None not in versions
    assert len(set(versions)) == len(versions)
    assert python_version(make("small"), root=here) == versions[0]


class Router:
    def __init__(self, model: object) -> None:
        self.model = model

    def answer(self, said: str) -> object:
        return [self.model, said]

    __call__ = answer


@pytest.mark.parametrize("bound", [object(), {"client": object()}, Router(object())])
def test_with_something_bound_that_can_not_be_compared_nobody_knows(bound: object) -> None:
    assert python_version(make(bound), root=Path(__file__).parent) is None
    assert python_version(functools.partial(make, bound), root=Path(__file__).parent) is None


def test_the_module_that_names_an_app_counts_wherever_the_app_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "factory_of_apps.py").write_text("def make(model):\n    return lambda text: model\n")
    (tmp_path / "app_made_elsewhere.py").write_text("from factory_of_apps import make\nroute = make(object())\n")
    monkeypatch.syspath_prepend(tmp_path)
    route = importlib.import_module("app_made_elsewhere").route
    before = python_version(route, root=tmp_path, location="app_made_elsewhere:route")
    assert before is not None
    for name in ("app_made_elsewhere.py", "factory_of_apps.py"):
        (tmp_path / name).write_text((tmp_path / name).read_text() + "# changed\n")
        after = python_version(route, root=tmp_path, location="app_made_elsewhere:route")
        assert after != before
        before = after


def test_the_own_package_of_an_app_counts_where_it_lies_outside_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "src" / "package_of_the_app"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "app.py").write_text("from package_of_the_app import prompts\ndef route(said): return prompts.TEXT\n")
    (package / "prompts.py").write_text("TEXT = 1\n")
    monkeypatch.syspath_prepend(tmp_path / "src")
    route = importlib.import_module("package_of_the_app.app").route
    before = python_version(route, root=tmp_path / "evals")
    (package / "prompts.py").write_text("TEXT = 2\n")
    assert python_version(route, root=tmp_path / "evals") != before


def test_a_module_that_is_imported_by_a_call_counts(root: Path) -> None:
    (root / "app.py").write_text("import importlib\ndef route(said): return importlib.import_module('prompts').text\n")
    before = python_version(load(root), root=root)
    (root / "prompts.py").write_text("text = 'bye'\n")
    assert python_version(load(root), root=root) != before


def test_a_folder_stands_for_its_files_and_what_every_run_writes_never_counts(root: Path) -> None:
    before = python_version(load(root), root=root, files=["prompts"])
    everything = python_version(load(root), root=root, files=["**/*"])
    for name in ("__pycache__/app.pyc", "prompts/__pycache__/x.pyc", ".synthloop/journal.sqlite"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"written by a run")
    assert python_version(load(root), root=root, files=["prompts"]) == before
    assert python_version(load(root), root=root, files=["**/*"]) == everything
    (root / "prompts/system.txt").write_text("Be brief.\n")
    assert python_version(load(root), root=root, files=["prompts"]) != before
