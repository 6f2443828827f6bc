"""Exported files: whole or absent, and readable by the tools they are for."""

import csv
import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import msgspec
import polars
import pytest

from synthloop.adapters.exports import EXPORTS
from synthloop.core.errors import InvalidRecordError, StoreError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.report import TrainingExample
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.tune.examples import make_training_examples

PLAIN: tuple[JsonValue, ...] = ("x", ["a", "b"], {"n": None})
GAPPY: tuple[JsonValue, ...] = ("x", ["a", 1], None)
TEXTS = ("book a call", 'she said "now",\nplease 🤷', "=1+1")


def sample(text: str, expected: JsonValue = "schedule", context: tuple[Message, ...] = ()) -> Sample:
    made = make_sample(
        behavior_id="b",
        scenario_id="s",
        messages=(*context, Message(role="user", text=text)),
        expected=expected,
        attributes={"noiser": "typos"},
        lineage=Lineage(origin="noised", parents=("p",), steps=(Spec(kind="noisers", name="typos", parameters={"rate": 0.1}),), seed=7),
        extra={"rejected": "no"},
    )
    return msgspec.structs.replace(made, split="train")


def test_json_lines_hold_whole_records(tmp_path: Path) -> None:
    samples = [sample(text, expected) for text, expected in zip(TEXTS, GAPPY, strict=True)]
    examples = list(make_training_examples(samples))
    assert EXPORTS.build("jsonl").write(samples, tmp_path / "s.jsonl") == 3
    assert EXPORTS.build("jsonl").write(examples, tmp_path / "e.jsonl") == 2
    assert [msgspec.json.decode(line, type=Sample) for line in (tmp_path / "s.jsonl").read_bytes().splitlines()] == samples
    assert [msgspec.json.decode(line, type=TrainingExample) for line in (tmp_path / "e.jsonl").read_bytes().splitlines()] == examples


def test_csv_holds_text_and_label(tmp_path: Path) -> None:
    samples = [sample(text, expected) for text, expected in zip(TEXTS, PLAIN, strict=True)]
    assert EXPORTS.build("csv").write(samples, tmp_path / "s.csv") == 3
    rows = list(csv.reader(io.StringIO((tmp_path / "s.csv").read_bytes().decode(), newline="")))
    assert rows == [["text", "label"], [TEXTS[0], "x"], [TEXTS[1], '["a","b"]'], [TEXTS[2], '{"n":null}']]


def test_preferences_hold_both_answers_to_one_prompt(tmp_path: Path) -> None:
    pair = msgspec.structs.replace(sample("is it lost", "No, 30 days."), extra={"rejected": "No."})
    export = EXPORTS.build("preferences", {"system": "Be brief."})
    assert export.write(make_training_examples([pair]), tmp_path / "p.jsonl") == export.write([pair], tmp_path / "s.jsonl") == 1
    said = {
        "prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "is it lost"}],
        "chosen": [{"role": "assistant", "content": "No, 30 days."}],
        "rejected": [{"role": "assistant", "content": "No."}],
    }
    assert json.loads((tmp_path / "p.jsonl").read_text()) == json.loads((tmp_path / "s.jsonl").read_text()) == said


def test_preferences_can_not_go_without_a_rejected_answer(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecordError, match="has no rejected answer"):
        EXPORTS.build("preferences").write([msgspec.structs.replace(sample("a"), extra={})], tmp_path / "p.jsonl")
    assert not (tmp_path / "p.jsonl").exists()


def test_chat_ends_with_the_expected_answer(tmp_path: Path) -> None:
    before = (Message(role="user", text="hi"), Message(role="app", text="hello"))
    EXPORTS.build("chat", {"system": "Route it."}).write([sample("book a call", "schedule", before)], tmp_path / "c.jsonl")
    assert json.loads((tmp_path / "c.jsonl").read_text()) == {
        "messages": [
            {"role": "system", "content": "Route it."},
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "hello"},
            {"role": "user", "content": "book a call"},
            {"role": "assistant", "content": "schedule"},
        ]
    }


def test_parquet_holds_one_row_a_record(tmp_path: Path) -> None:
    samples = [sample(text, expected) for text, expected in zip(TEXTS, GAPPY, strict=True)]
    assert EXPORTS.build("parquet").write([*samples, *make_training_examples(samples)], tmp_path / "s.parquet") == 5
    frame = polars.read_parquet(tmp_path / "s.parquet")
    assert frame["text"].to_list() == [*TEXTS, *TEXTS[:2]]
    assert frame["expected"].to_list() == ["x", '["a",1]', None, "x", '["a",1]']
    assert frame["id"].to_list()[:3] == [made.id for made in samples]
    assert frame["split"].to_list() == ["train"] * 3 + [None] * 2
    assert msgspec.json.decode(frame["lineage"][0], type=Lineage) == samples[0].lineage
    assert set(frame.schema.values()) == {polars.String()}


@pytest.mark.parametrize("name", EXPORTS.names())
def test_nothing_to_write_is_a_file_without_records(tmp_path: Path, name: str) -> None:
    assert EXPORTS.build(name).write([], tmp_path / "out") == 0
    assert (tmp_path / "out").exists()


@pytest.mark.parametrize("name", EXPORTS.names())
def test_the_same_records_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    for path in ("a", "b"):
        EXPORTS.build(name).write([sample(text) for text in TEXTS], tmp_path / path)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("name", EXPORTS.names())
def test_a_stream_that_breaks_leaves_the_old_file_and_nothing_else(tmp_path: Path, name: str) -> None:
    def break_off() -> Iterator[Sample]:
        yield sample("a")
        raise RecursionError("the source went away")

    (tmp_path / "out").write_text("the old file")
    with pytest.raises(RecursionError, match="the source went away"):
        EXPORTS.build(name).write(break_off(), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "the old file"


@pytest.mark.parametrize("name", EXPORTS.names())
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't be written"):
        EXPORTS.build(name).write([sample("a")], tmp_path / "file" / "out")


@pytest.mark.parametrize("name", ["chat", "csv"])
def test_a_sample_without_expectation_is_refused_where_one_is_needed(tmp_path: Path, name: str) -> None:
    made = sample("a", None)
    with pytest.raises(InvalidRecordError, match=f"sample {made.id} has no expectation, and {name} can't go without"):
        EXPORTS.build(name).write([sample("b"), made], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_csv_refuses_to_lose_messages(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecordError, match="has 2 messages, and csv has room for exactly one"):
        EXPORTS.build("csv").write([sample("a", "x", (Message(role="app", text="hello"),))], tmp_path / "out")


def test_a_missing_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['polars'] = None\n"
        "from pathlib import Path; from synthloop.adapters.exports import EXPORTS\n"
        "EXPORTS.build('parquet').write([], Path('out.parquet'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'pip install "synthloop[parquet]"' in done.stderr.splitlines()[-1]


def test_a_stream_is_written_in_constant_memory(tmp_path: Path) -> None:
    one = sample("a message of some length, like those of real users")
    tracemalloc.start()
    EXPORTS.build("jsonl").write((one for _ in range(20_000)), tmp_path / "out")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
