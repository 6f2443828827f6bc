"""Labels in a spreadsheet: only they are read back, as people write them, and what is wrong names its line."""

from pathlib import Path

import pytest

from synthloop.adapters.stores.gear_tables import read_table, write_table
from synthloop.adapters.stores.gears import GearFolder
from synthloop.core.errors import InvalidRecordError
from synthloop.core.gear import Labelled
from synthloop.core.sample import Message


def case(number: int, text: str = "hi", **fields: str) -> Labelled:
    return Labelled(id=str(number), messages=(Message(role="user", text=text),), answer=f'say "{number}", twice', **fields)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def folder(tmp_path: Path) -> GearFolder:
    folder = GearFolder(tmp_path / "gears")
    folder.write_labelled("helpful", [case(1), case(2, "two\nlines; and; more"), case(3, label="failed"), case(4)])
    return folder


def fill(folder: GearFolder, *labels: str, separator: str = ",") -> None:
    """Write labels as a spreadsheet would."""
    lines = [separator.join(("label", "id")), *(separator.join((label, str(number))) for number, label in enumerate(labels, 1))]
    folder.table_of("helpful").write_text("\n".join(lines), encoding="utf-8")


def test_cases_without_a_label_are_written_and_read_back_to_the_letter(folder: GearFolder) -> None:
    assert write_table(folder.table_of("helpful"), folder.read_labelled("helpful")) == 3
    text = folder.table_of("helpful").read_text(encoding="utf-8-sig")
    assert '"two\nlines; and; more","say ""2"", twice"' in text
    assert read_table(folder.table_of("helpful"), "gears/helpful.csv") == ()
    folder.table_of("helpful").write_text(text.replace("\n,hi", "\npassed,hi"), encoding="utf-8")
    assert [each.label for each in folder.read_labelled("helpful")] == ["passed", None, "failed", "passed"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_labels_are_read_as_people_write_them(folder: GearFolder, separator: str) -> None:
    fill(folder, "Yes", " fail ", "passed", separator=separator)
    assert [each.label for each in folder.read_labelled("helpful")] == ["passed", "failed", "failed", None], "a label that is there stays"


def test_what_can_not_be_read_names_its_line(folder: GearFolder) -> None:
    fill(folder, "passed", "perhaps")
    with pytest.raises(InvalidRecordError, match=r"gears/helpful\.csv:3: the label is 'perhaps'\. Fix: write passed or failed"):
        folder.read_labelled("helpful")
    folder.table_of("helpful").write_text("label,text\n", encoding="utf-8")
    with pytest.raises(InvalidRecordError, match=r"helpful\.csv:1: there is no column 'id'"):
        folder.read_labelled("helpful")
    folder.table_of("helpful").write_bytes("label,id\nü,1\n".encode("cp1252"))
    with pytest.raises(InvalidRecordError, match="not UTF-8"):
        folder.read_labelled("helpful")


def test_several_people_may_label_a_case_but_nobody_twice(folder: GearFolder) -> None:
    folder.write_labelled("helpful", [case(1, label="passed", by="ana"), case(1, label="failed", by="tom")])
    assert [each.by for each in folder.read_labelled("helpful")] == ["ana", "tom"]
    folder.write_labelled("helpful", [case(1, label="passed", by="ana"), case(1, label="failed", by="ana")])
    with pytest.raises(InvalidRecordError, match="the id '1' is there twice"):
        folder.read_labelled("helpful")
