"""YAML files as plain values that remember their lines. Every way in which a file can be unreadable becomes a problem with a fix."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeAlias, cast

import yaml

from synthloop.core.errors import Problem
from synthloop.core.json_value import JsonValue

FieldPath: TypeAlias = tuple[str | int, ...]
"""Keys and positions that lead to a value, e.g. `("templates", 2, "text")`."""

LONGEST_LINE = 100_000
"""Characters. A longer line is a data dump that landed in the wrong file."""
DEEPEST_NESTING = 64
MOST_VALUES = 1_000_000
"""Values of one file after its aliases are expanded."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})$")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_HINTS = (
    ("mapping values are not allowed", "Put text that contains ': ' in quotes."),
    ("could not find expected ':'", "Write `key: value`, and put text that spans lines in quotes."),
    ("cannot start any token", "Put text that begins with a special character (@ ` % * & !) in quotes."),
    ("unexpected end of stream", "Close the quotes that were opened."),
    ("expected ',' or", "Close the bracket, and put list entries that contain brackets, commas or quotes in quotes."),
    ("did not find expected", 'Put text that begins with {, [ or a quote in quotes, e.g. "{verb} a call", and check the indentation.'),
)


class WrittenFloat(float):
    """A number that remembers how it was written, so that the parameter value `1.50` is not said as 1.5."""

    text: str

    def __new__(cls, text: str) -> "WrittenFloat":
        """Read the number and keep its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a person wrote, in a file or as arguments, and where each part of it stands."""

    file: str
    """Path as the user knows it, or the constructor call it came from."""
    value: JsonValue
    lines: Mapping[FieldPath, int] = field(default_factory=dict[FieldPath, int])
    """Line of each key and list entry, counted from 1; empty where the source is no file."""

    def locate(self, path: FieldPath) -> FieldPath:
        """Return the part of `path` that exists in the source, leaving out steps that it has not."""
        found: list[str | int] = []
        here = self.value
        for step in path:
            inner = _child(here, step)
            if inner is not _NOTHING:
                here = inner
                found.append(step)
        return tuple(found)

    def problem(self, path: FieldPath, what: str, fix: str) -> Problem:
        """Return a problem at `path`, or at the nearest part of it that exists."""
        known = self.locate(path)
        line = next((self.lines[known[:length]] for length in range(len(known), 0, -1) if known[:length] in self.lines), None)
        return Problem(file=self.file, line=line, field=".".join(map(str, known)), what=what, fix=fix)


_NOTHING: Any = object()


def _child(value: JsonValue, step: str | int) -> JsonValue:
    if isinstance(value, dict) and isinstance(step, str):
        return value.get(step, _NOTHING)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return _NOTHING


def read_source(path: Path, shown: str) -> tuple[Source | None, list[Problem]]:
    """Read one YAML file.

    Args:
        path: The file.
        shown: How problems name it.

    Returns:
        The source, or None where nothing could be read, and all problems: unreadable files, other encodings, broken YAML, duplicate keys.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return None, [_whole(shown, f"can't be read ({error.strerror}).", "Check the path and the permissions.")]
    text = _decode(data, shown)
    return (None, [text]) if isinstance(text, Problem) else parse_source(text, shown)


def parse_source(text: str, shown: str) -> tuple[Source | None, list[Problem]]:
    """Parse the text of one YAML file; see `read_source`."""
    unusable = _find_unusable(text, shown)
    if unusable is not None:
        return None, [unusable]
    reader = _EventReader(text, shown)
    try:
        value = reader.read_document()
    except yaml.MarkedYAMLError as error:
        return None, [*reader.problems, _broken(error, text, shown)]
    except _UnusableError as error:
        return None, [*reader.problems, error.problem]
    if value is None:
        return None, [_whole(shown, "is empty.", "Write it, or delete the file; `synthloop init` writes examples to start from.")]
    return Source(file=shown, value=value, lines=reader.lines), reader.problems


def plain(value: Any) -> JsonValue:
    """Return a value without the memory of how its numbers were written."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [plain(entry) for entry in cast("list[Any]", value)]
    return float(value) if isinstance(value, WrittenFloat) else value


class _EventReader:
    """Builds the value of one document from its events and collects lines and problems on the way.

    Events instead of composed nodes: the composer recurses in C and crashes the process on deep nesting.
    """

    def __init__(self, text: str, shown: str) -> None:
        self.shown = shown
        self.lines: dict[FieldPath, int] = {}
        self.problems: list[Problem] = []
        self._events = cast("Iterator[Any]", yaml.parse(text, Loader=_LOADER))
        self._anchors: dict[str, tuple[JsonValue, int]] = {}
        self._count = 0

    def read_document(self) -> JsonValue:
        """Return the value of the only document; None where there is none.

        Raises:
            yaml.YAMLError: The text is not YAML.
            _UnusableError: It is nested too deeply, expands without end, or holds several documents.
        """
        value: JsonValue = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(event, "a second document begins here.", "Keep one document a file: remove the `---` line.")
                value = self._read(next(self._events), ())
        return value

    def _read(self, event: Any, path: FieldPath) -> JsonValue:
        self._count += 1
        if len(path) > DEEPEST_NESTING:
            self._stop(event, f"nested deeper than {DEEPEST_NESTING} levels.", "Put text that contains brackets in quotes.")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        before = self._count
        value = self._read_content(event, path)
        anchor = cast("str | None", getattr(event, "anchor", None))
        if anchor is not None:
            self._anchors[anchor] = (value, self._count - before + 1)
        return value

    def _read_content(self, event: Any, path: FieldPath) -> JsonValue:
        tag = cast("str | None", getattr(event, "tag", None))
        if tag is not None and not tag.startswith("tag:yaml.org,2002:") and tag != "!":
            self._complain(event, path, f"the YAML tag {tag!r} means nothing here.", "Put text that begins with ! in quotes.")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        scalar = cast("yaml.ScalarEvent", event)
        return cast("str", scalar.value) if scalar.style or tag else resolve_plain(cast("str", scalar.value))

    def _mapping(self, path: FieldPath) -> JsonValue:
        mapping: dict[str, JsonValue] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, path)
            here = path if key is None else (*path, key)
            line, first = _line_of(event), self.lines.get(here)
            duplicate = key in mapping
            if duplicate:
                self._complain(event, here, f"the key {key!r} is already on line {first}.", "Keep one of them.")
            elif key is not None:
                self.lines[here] = line
            value = self._read(next(self._events), (*path, "\0") if duplicate or key is None else here)
            if key is not None and not duplicate:
                mapping[key] = value
        return mapping

    def _key(self, event: Any, path: FieldPath) -> str | None:
        if isinstance(event, yaml.ScalarEvent):
            return cast("str", event.value)
        self._complain(event, path, "a key must be text.", 'Put text that begins with { or [ in quotes, e.g. "{verb} a call".')
        self._read(event, (*path, "\0"))
        return None

    def _sequence(self, path: FieldPath) -> JsonValue:
        entries: list[JsonValue] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*path, len(entries))
            self.lines[here] = _line_of(event)
            entries.append(self._read(event, here))
        return entries

    def _alias(self, event: Any, path: FieldPath) -> JsonValue:
        name = cast("str", event.anchor)
        if name not in self._anchors:
            self._complain(event, path, f"nothing before it is marked &{name}.", "Put text that begins with * in quotes.")
            return None
        value, size = self._anchors[name]
        self._count += size
        if self._count > MOST_VALUES:
            self._stop(event, f"aliases expand to more than {MOST_VALUES:,} values.", "Write the values out.")
        return value

    def _stop(self, event: Any, what: str, fix: str) -> NoReturn:
        raise _UnusableError(Problem(file=self.shown, line=_line_of(event), field="", what=what, fix=fix))

    def _complain(self, event: Any, path: FieldPath, what: str, fix: str) -> None:
        self.problems.append(Problem(file=self.shown, line=_line_of(event), field=".".join(map(str, path)), what=what, fix=fix))


class _UnusableError(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def _line_of(event: Any) -> int:
    return int(event.start_mark.line) + 1


def resolve_plain(text: str) -> JsonValue:
    """Return what unquoted text means: a number, true, false or null where it looks like one, and otherwise the text itself.

    Narrower than YAML 1.1 on purpose: `no`, `on`, `007`, `9:30` and `2026-01-01` stay the text that a person meant.

    Example:
        >>> [resolve_plain(text) for text in ("3", "true", "no", "9:30", "2026-01-01")]
        [3, True, 'no', '9:30', '2026-01-01']
    """
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        return WrittenFloat(text)
    return _WORDS.get(text.lower(), text)


def _decode(data: bytes, shown: str) -> str | Problem:
    save = "Save it as UTF-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_like_utf16(data):
        return _whole(shown, "is written in UTF-16 (or UTF-32).", f"{save}, e.g. `iconv -f UTF-16 -t UTF-8 {shown}`.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"is not UTF-8 (byte 0x{data[error.start]:02x}); it looks like Latin-1 or Windows-1252."
        return Problem(file=shown, line=line, field="", what=what, fix=f"{save}, e.g. `iconv -f WINDOWS-1252 -t UTF-8 {shown}`.")


def _looks_like_utf16(data: bytes) -> bool:
    start = data[:200]
    return len(start) >= 4 and max(start[::2].count(0), start[1::2].count(0)) * 2 > len(start) * 0.6


def _find_unusable(text: str, shown: str) -> Problem | None:
    """Return what keeps a text from being parsed at all, found before the parser spends time on it."""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            size = f"the line has {len(line):,} characters; {LONGEST_LINE:,} are allowed."
            return Problem(file=shown, line=number, field="", what=size, fix="Keep data in files of its own, and one sample a line here.")
        odd = _UNPRINTABLE.search(line)
        if odd is not None:
            name = "a NUL byte" if odd[0] == "\0" else f"the control character U+{ord(odd[0]):04X}"
            what = f"{name} at column {odd.start() + 1}."
            return Problem(file=shown, line=number, field="", what=what, fix="Remove it, or write it as an escape in double quotes.")
    return None


def _broken(error: yaml.MarkedYAMLError, text: str, shown: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = 1 if mark is None else mark.line + 1
    said = " ".join(part for part in (error.context, error.problem) if part)
    fix = next((hint for sign, hint in _HINTS if sign in said), "Check quotes, brackets and indentation there.")
    written = "".join(text.splitlines()[line - 1 : line])
    if "\t" in written[: len(written) - len(written.lstrip())]:
        fix = "Indent with spaces; YAML allows no tabs there."
    return Problem(file=shown, line=line, field="", what=f"broken YAML: {said}.", fix=fix)


def _whole(shown: str, what: str, fix: str) -> Problem:
    return Problem(file=shown, line=None, field="", what=what, fix=fix)


__all__ = [
    "DEEPEST_NESTING",
    "LONGEST_LINE",
    "MOST_VALUES",
    "FieldPath",
    "Source",
    "WrittenFloat",
    "parse_source",
    "plain",
    "read_source",
    "resolve_plain",
]
