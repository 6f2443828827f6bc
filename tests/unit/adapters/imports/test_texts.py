"""Users' files: every encoding and every kind of damage has one clear answer."""

import tracemalloc
from pathlib import Path

import pytest

from synthloop.adapters.imports.texts import read_messages
from synthloop.core.errors import InvalidRecordError


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "messages"),
    [
        ("a.txt", "where is my stuff\r\n\n  café 🤷 \nlast".encode(), ["where is my stuff", "café 🤷", "last"]),
        ("a.txt", "\ufeffnaïve\n".encode(), ["naïve"]),
        ("a.txt", "naïve\nzwei\n".encode("utf-16"), ["naïve", "zwei"]),
        ("a.txt", b"\xfe\xff" + "naïve\n".encode("utf-16-be"), ["naïve"]),
        ("a.log", "one\u2028line\n".encode(), ["one\u2028line"]),
        ("a.jsonl", b'{"text": "hi\\nthere", "id": 3}\n\n"plain"\n', ["hi\nthere", "plain"]),
        ("a.csv", b'id,text\n1,"yes, ""now""\nplease"\n2,ok\n\n3,  \n', ['yes, "now"\nplease', "ok"]),
        ("a.csv", "id;text\n1;größer, bitte\n".encode(), ["größer, bitte"]),
        ("a.csv", b"\xef\xbb\xbftext\nhi\n", ["hi"]),
        ("a.TSV", b"id\ttext\n1\ta, b\n", ["a, b"]),
    ],
)
def test_messages_are_read(tmp_path: Path, name: str, content: bytes, messages: list[str]) -> None:
    assert list(read_messages(write(tmp_path, name, content))) == messages


def test_another_field_and_another_encoding_are_read_when_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "id,body\n1,naïve “quote”\n".encode("cp1252"))
    assert list(read_messages(path, field="body", encoding="cp1252")) == ["naïve “quote”"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "a.txt: the file holds no messages"),
        ("a.txt", b" \n\n", "a.txt: the file holds no messages"),
        ("a.txt", b"\xef\xbb\xbf", "a.txt: the file holds no messages"),
        ("a.txt", "first\nsecond na\u00efve\n".encode("cp1252"), "a.txt:2: byte 15 of the file (0xef) is not UTF-8"),
        ("a.txt", b"ok\n" * 70_000 + b"caf\xe9", "a.txt:70001: byte 210003 of the file (0xe9) is not UTF-8"),
        ("a.txt", b"cut off \xe2\x82", "a.txt:1: byte 8 of the file (0xe2) is not UTF-8"),
        ("a.txt", "abc\n".encode("utf-16") + b"x", "a.txt:2: byte 10 of the file (0x78) is not UTF-16"),
        ("a.txt", b"fine\nbad\x00line\n", "a.txt:2: the line holds a NUL byte"),
        ("a.txt", "no mark\n".encode("utf-16-le"), "a.txt:1: the line holds a NUL byte"),
        ("a.txt", b"ok\n" + b"x" * 10_000_000, "a.txt:2: the line has over 1,000,000 characters"),
        ("a.jsonl", b'{"text": "ok"}\n{"text": "brok\n', "a.jsonl:2: the line is not JSON"),
        ("a.jsonl", b'{"text": "\\ud800"}\n', "a.jsonl:1: the line is not JSON"),
        ("a.jsonl", b'"ok"\n{"body": "hi", "id": 1}\n', "a.jsonl:2: there is no text in the field 'text'; the line has 'body', 'id'"),
        ("a.jsonl", b'{"text": 7}\n', "a.jsonl:1: there is no text in the field 'text'"),
        ("a.jsonl", b"[1]\n", "a.jsonl:1: Expected"),
        ("a.csv", b"id,body\n1,hi\n", "a.csv:1: there is no column 'text'; the file has 'id', 'body'"),
        ("a.csv", b"id,text\n1,ok\n2\n", "a.csv:3: the row ends before the column 'text'"),
        ("a.csv", b'id,text\n1,"never closed\n2,ok\n', "a.csv:2: the row can't be read"),
        ("a.csv", b"text\n" + b"x" * 200_000, "a.csv:2: the row can't be read"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(InvalidRecordError) as caught:
        list(read_messages(path))
    assert str(caught.value).startswith(f"{tmp_path}/{says}")
    assert "Fix: " in str(caught.value)


def test_a_missing_file_a_folder_and_an_unknown_encoding_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecordError, match=r"gone\.txt: the file can't be read \(No such file or directory\)"):
        list(read_messages(tmp_path / "gone.txt"))
    with pytest.raises(InvalidRecordError, match=r"the file can't be read \(Is a directory\)"):
        list(read_messages(tmp_path))
    with pytest.raises(InvalidRecordError, match="there is no encoding 'klingon'"):
        list(read_messages(write(tmp_path, "a.txt", b"hi"), encoding="klingon"))


def test_a_file_is_read_as_a_stream(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", b"a short message of a user\n" * 200_000)
    tracemalloc.start()
    count = sum(1 for _ in read_messages(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 200_000
    assert peak < 1_000_000
