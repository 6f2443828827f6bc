"""Documents from a folder: text, Markdown and HTML, and PDF with the extra `pdf`; what can't be read is said, and costs no other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

from synthloop.core.document import Document
from synthloop.core.errors import InvalidRecordError, MissingExtraError

MOST_BYTES = 20_000_000
"""A larger file is no document to ask questions about."""

_SHOWN_APART = "p div br li tr h1 h2 h3 h4 h5 h6 section article table ul ol pre blockquote td th"
_BLOCKS = frozenset(_SHOWN_APART.split())
_HIDDEN = frozenset(("script", "style", "head", "template", "noscript"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFolder:
    """What was read of a folder."""

    documents: tuple[Document, ...]
    """Sorted by path."""
    skipped: Mapping[str, str]
    """Path -> why it was not read, and what to do."""


def read_documents(folder: Path) -> DocumentFolder:
    """Read all documents below a folder; names that begin with a dot are left out.

    Raises:
        InvalidRecordError: There is no such folder, or nothing in it could be read; says why for each file.
        MissingExtraError: A PDF is there and the extra is not installed.
    """
    if not folder.is_dir():
        raise InvalidRecordError(
            f"{folder}: there is no such folder of documents. Fix: make it, and put .txt, .md, .html or .pdf files there."
        )
    documents: list[Document] = []
    skipped: dict[str, str] = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in Path(name).parts):
            continue
        try:
            documents.append(Document(id=name, text=_read(path)))
        except InvalidRecordError as error:
            skipped[name] = str(error)
    if not documents:
        why = "; ".join(f"{name}: {reason}" for name, reason in skipped.items()) or "it is empty"
        raise InvalidRecordError(f"{folder}: no document could be read ({why}).")
    return DocumentFolder(documents=tuple(documents), skipped=skipped)


def _read(path: Path) -> str:
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise InvalidRecordError("its kind is not known. Fix: save it as .txt, .md, .html or .pdf.")
    if path.stat().st_size > MOST_BYTES:
        raise InvalidRecordError(f"it is larger than {MOST_BYTES // 1_000_000} MB. Fix: cut it into parts.")
    text = "\n".join(line.rstrip() for line in read(path).splitlines()).strip()
    if not text:
        raise InvalidRecordError("it holds no text.")
    return text


def _read_text(path: Path) -> str:
    data = path.read_bytes()
    if b"\0" in data[:8192] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidRecordError("it is binary. Fix: save it as text.")
    try:
        return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRecordError(f"it is not UTF-8 (byte {error.start}). Fix: save it as UTF-8.") from error


def _read_html(path: Path) -> str:
    reader = _TextReader()
    reader.feed(_read_text(path))
    reader.close()
    return "\n".join(" ".join(line.split()) for line in "".join(reader.parts).splitlines() if line.strip())


def _read_pdf(path: Path) -> str:
    try:
        library: Any = import_module("pypdf")
    except ImportError as error:
        raise MissingExtraError("pypdf", "pdf", f"the document {path.name}") from error
    try:
        return "\n".join(page.extract_text() or "" for page in library.PdfReader(str(path)).pages)
    except Exception as error:
        raise InvalidRecordError(f"it is no readable PDF ({type(error).__name__}).") from error


class _TextReader(HTMLParser):
    """Keeps what a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        self._hidden += tag in _HIDDEN
        self.parts += "\n" if tag in _BLOCKS else ""

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN and self._hidden > 0
        self.parts += "\n" if tag in _BLOCKS else ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


_READERS: Mapping[str, Callable[[Path], str]] = {
    ".txt": _read_text,
    ".md": _read_text,
    ".markdown": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
}

__all__ = ["MOST_BYTES", "DocumentFolder", "read_documents"]
