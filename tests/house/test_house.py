"""The habits that no linter knows: words, sizes, exports, what may stand in a commit."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "synthloop").rglob("*.py"))
NOT_USED = {"target", "task", "evaluator", "test_case", "data_point", "utils", "helpers", "manager"}


def names_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case _:
                pass


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_identifiers_keep_to_the_glossary(path: Path) -> None:
    used = {name.lower().strip("_") for name in names_of(ast.parse(path.read_text()))}
    assert not used & NOT_USED
    assert path.stem not in NOT_USED


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_files_and_functions_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
    for function in functions_of(path):
        doc = function.body[0] if ast.get_docstring(function) else None
        length = function.end_lineno - function.lineno + 1 if function.end_lineno else 0
        length -= doc.end_lineno - doc.lineno + 1 if doc is not None and doc.end_lineno else 0
        assert length <= 60, f"{function.name} has {length} lines"


@pytest.mark.parametrize("path", [path for path in SOURCES if path.name != "__main__.py"], ids=relative)
def test_public_names_are_exported_and_sorted(path: Path) -> None:
    tree = ast.parse(path.read_text())
    defined = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    exported = exports_of(tree)
    if exported is None:
        assert not defined, f"{relative(path)} defines {defined} and has no __all__"
        return
    # ruff's order (RUF022): constants, then classes, then functions
    assert exported == sorted(exported, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert set(defined) <= set(exported), sorted(set(defined) - set(exported))


def exports_of(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                return list(ast.literal_eval(value))
            case _:
                pass
    return None


def test_no_commit_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    forbidden = re.compile(
        "|".join(("/" + "work/", "/" + "root/", "/" + "home/[a-z]", "pypi" + r"\.org", "pythonhosted" + r"\.org", "registry\\.npm" + "js"))
    )
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.stat().st_size < 2_000_000:
            found = forbidden.search(path.read_text(encoding="utf-8", errors="ignore"))
            assert found is None, f"{name} says {found.group() if found else ''}"


def test_the_glossary_of_the_docs_has_every_word_of_the_records() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text().lower()
    for word in ("behavior", "scenario", "sample", "verdict", "transcript", "score", "report", "baseline", "gate", "failure mode", "slice"):
        assert word in glossary
