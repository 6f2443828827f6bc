"""Gives each test a project of its own whose samples were generated before."""

from pathlib import Path

import pytest
from tests.bad_input.bench import FILES, Bench, copy_bench


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Bench(tmp_path_factory.mktemp("bad-input"))
    made.write(FILES)
    ended = made.run("generate")
    assert ended.returncode == 0, ended.stderr
    return made.folder


@pytest.fixture
def bench(generated: Path, tmp_path: Path) -> Bench:
    return copy_bench(generated, tmp_path / "project")
