"""A folder of documents is read file by file; what can't be read is said and costs no other."""

import sys
from pathlib import Path

import pytest

from synthloop.adapters.imports import documents
from synthloop.adapters.imports.documents import read_documents
from synthloop.core.errors import InvalidRecordError, MissingExtraError


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


def write_pdf(path: Path, *pages: str) -> None:
    """Write a PDF as the format says: objects, a table of where they begin, and a trailer; one line of text a page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, text in enumerate(pages):
        drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        shown = f"/Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R"
        objects += [f"<< /Type /Page {shown} >>", f"<< /Length {len(drawn.encode('cp1252'))} >>\nstream\n{drawn}\nendstream"]
    written, places = b"%PDF-1.4\n", list[int]()
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    trailer = f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    path.write_bytes(written + f"xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}".encode())


def test_a_pdf_is_read_page_by_page_and_what_holds_no_text_or_is_none_is_said(tmp_path: Path) -> None:
    pytest.importorskip("pypdf", reason='needs the extra `pdf`: pip install "synthloop[pdf]"')
    write_pdf(tmp_path / "hours.pdf", "The caf\xe9 opens at 9:30.", "It is closed on Mondays.")
    write_pdf(tmp_path / "scan.pdf", "")
    (tmp_path / "broken.pdf").write_bytes((tmp_path / "hours.pdf").read_bytes()[:200])
    (tmp_path / "renamed.pdf").write_text("no PDF at all")
    found = read_documents(tmp_path)
    assert [(each.id, each.text) for each in found.documents] == [("hours.pdf", "The caf\xe9 opens at 9:30.\nIt is closed on Mondays.")]
    assert {name: reason.partition("(")[0] for name, reason in found.skipped.items()} == {
        "scan.pdf": "it holds no text.",
        "broken.pdf": "it is no readable PDF ",
        "renamed.pdf": "it is no readable PDF ",
    }


def test_a_pdf_without_the_extra_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    write_pdf(tmp_path / "hours.pdf", "The desk opens at 9:30.")
    with pytest.raises(MissingExtraError, match=r'hours\.pdf needs the package pypdf.* pip install "synthloop\[pdf\]"'):
        read_documents(tmp_path)
