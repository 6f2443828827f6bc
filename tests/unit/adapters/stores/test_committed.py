"""Files that people commit: baselines and splits."""

import json
from pathlib import Path

import pytest

from synthloop.adapters.stores.committed import BaselineFolder, SplitFile
from synthloop.core.errors import InvalidRecordError, SchemaVersionError, StoreError, UsageError
from synthloop.core.report import Baseline, Report
from synthloop.core.score import MetricValue


def make_baseline(name: str = "main") -> Baseline:
    metrics = (MetricValue(name="pass_rate", value=0.5, n=2),)
    report = Report(
        id="r1",
        app="router",
        app_version="1",
        seed=7,
        split="holdout",
        made_at="2026-01-01T00:00:00Z",
        metrics=metrics,
        behaviors=(),
        results=(),
    )
    return Baseline(name=name, accepted_at="2026-01-01T00:00:00Z", report=report)


def test_a_baseline_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    folder = BaselineFolder(tmp_path / "baselines")
    assert folder.read("main") is None
    folder.save(make_baseline())
    assert folder.read("main") == make_baseline()
    assert folder.names() == ("main",)


@pytest.mark.parametrize(("version", "words"), [(0, "an older synthloop"), (99, "a newer synthloop")])
def test_a_baseline_of_another_schema_is_refused_with_the_way_out(tmp_path: Path, version: int, words: str) -> None:
    path = BaselineFolder(tmp_path).save(make_baseline())
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": version}))
    with pytest.raises(SchemaVersionError, match=words) as caught:
        BaselineFolder(tmp_path).read("main")
    assert "synthloop baseline accept main" in str(caught.value)


def test_a_damaged_baseline_is_named(tmp_path: Path) -> None:
    path = BaselineFolder(tmp_path).save(make_baseline())
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(InvalidRecordError, match=r"main\.json: not a readable baseline"):
        BaselineFolder(tmp_path).read("main")


@pytest.mark.parametrize("name", ["", "../main", ".hidden", "a/b"])
def test_a_baseline_can_not_leave_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="can't name a baseline"):
        BaselineFolder(tmp_path).read(name)


def test_splits_are_one_line_a_scenario_and_come_back(tmp_path: Path) -> None:
    file = SplitFile(tmp_path / "splits.json")
    assert file.read() == {}
    file.write({"b": "train", "a": "holdout"})
    assert file.path.read_text() == '{\n"a": "holdout",\n"b": "train"\n}\n'
    assert file.read() == {"a": "holdout", "b": "train"}


def test_damaged_splits_are_named(tmp_path: Path) -> None:
    (tmp_path / "splits.json").write_text('{"a": "exam"}')
    with pytest.raises(InvalidRecordError, match=r"splits\.json"):
        SplitFile(tmp_path / "splits.json").read()


def test_what_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "main.json").mkdir()
    with pytest.raises(StoreError, match=r"main\.json: can't be read \(Is a directory\). Fix: "):
        BaselineFolder(tmp_path).read("main")
    with pytest.raises(StoreError, match=r"main\.json: can't be read"):
        SplitFile(tmp_path / "main.json").read()
