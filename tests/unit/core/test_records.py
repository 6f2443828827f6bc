"""Every record of the core: whole after a round trip, frozen, and strict."""

import inspect

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.core.record_strategies import all_records, records

from synthloop.core.lineage import content_id, encode_canonical
from synthloop.core.record import Record
from synthloop.core.report import Baseline, Report
from synthloop.core.sample import Message

each_record = pytest.mark.parametrize("kind", all_records(), ids=lambda kind: kind.__name__)


def test_the_records_are_found() -> None:
    assert {"Sample", "Verdict", "Transcript", "Score", "Report", "Ask", "Answer", "Behavior"} <= {kind.__name__ for kind in all_records()}


@each_record
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_record_comes_back_as_it_was(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))
    encoded = msgspec.json.encode(record)
    assert msgspec.json.decode(encoded, type=kind) == record
    assert msgspec.json.decode(encode_canonical(record), type=kind) == record
    assert content_id(msgspec.json.decode(encoded, type=kind)) == content_id(record)


@each_record
def test_a_record_is_frozen_keyword_only_and_documented(kind: type[Record]) -> None:
    assert kind.__struct_config__.frozen
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in inspect.signature(kind).parameters.values())
    assert inspect.getdoc(kind)


@each_record
def test_an_unknown_field_is_refused(kind: type[Record]) -> None:
    assert kind.__struct_config__.forbid_unknown_fields


@each_record
def test_no_record_holds_a_list(kind: type[Record]) -> None:
    assert [field.name for field in msgspec.structs.fields(kind) if "list[" in str(field.type)] == []


def test_a_record_can_not_be_edited() -> None:
    message = Message(role="user", text="hi")
    with pytest.raises(AttributeError, match="immutable"):
        message.text = "changed"  # pyright: ignore[reportAttributeAccessIssue] - the point of the test


def test_a_saved_baseline_always_says_its_schema_version() -> None:
    report = Report(id="r", app="a", app_version="1", seed=0, split=None, made_at="", metrics=(), behaviors=(), results=())
    assert b'"schema_version"' in msgspec.json.encode(Baseline(name="main", accepted_at="", report=report))
