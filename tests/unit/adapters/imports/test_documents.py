"""A folder of documents is read file by file; what can't be read is said and costs no other."""

from pathlib import Path

import pytest

from synthloop.adapters.imports import documents
from synthloop.adapters.imports.documents import read_documents
from synthloop.core.errors import InvalidRecordError


def test_text_markdown_and_pages_become_plain_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\r\ntwo  \n")
    (tmp_path / "b.md").write_text("# Title\n\nText.")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.html").write_text(
        "<html><head><title>no</title></head><body><h1>Hours</h1><script>no()</script><p>Open at <b>9</b></p></body>"
    )
    (tmp_path / ".hidden").write_text("no")
    found = read_documents(tmp_path)
    assert [(each.id, each.text) for each in found.documents] == [
        ("a.txt", "one\ntwo"),
        ("b.md", "# Title\n\nText."),
        ("sub/c.html", "Hours\nOpen at 9"),
    ]
    assert not found.skipped


def test_what_can_not_be_read_is_left_out_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_BYTES", 1000)
    (tmp_path / "good.txt").write_text("fine")
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "binary.txt").write_bytes(b"ab\0cd")
    (tmp_path / "legacy.txt").write_bytes("caf\xe9".encode("latin-1"))
    (tmp_path / "large.md").write_text("x" * 2000)
    (tmp_path / "table.xlsx").write_bytes(b"x")
    found = read_documents(tmp_path)
    assert [each.id for each in found.documents] == ["good.txt"]
    assert {name: reason.partition(".")[0] for name, reason in found.skipped.items()} == {
        "empty.txt": "it holds no text",
        "binary.txt": "it is binary",
        "legacy.txt": "it is not UTF-8 (byte 3)",
        "large.md": "it is larger than 0 MB",
        "table.xlsx": "its kind is not known",
    }


def test_a_folder_without_documents_is_refused_with_every_reason(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecordError, match="there is no such folder"):
        read_documents(tmp_path / "none")
    (tmp_path / "a.bin").write_bytes(b"x")
    with pytest.raises(InvalidRecordError, match=r"no document could be read \(a\.bin: its kind is not known"):
        read_documents(tmp_path)
