"""The one error tree.

    LoopError
    ├── UsageError                  exit 2: something a person wrote or asked is wrong
    │   ├── ProjectError            problems of the project's files, all of them at once
    │   ├── UnknownComponentError
    │   ├── DuplicateComponentError
    │   ├── InvalidRecordError      a record in a file or a store that can't be read
    │   ├── MissingExtraError       an optional package is not installed
    │   ├── SpentHoldoutError
    │   └── SchemaVersionError      written by a newer synthloop, or too old to read
    └── PortError                   the outside world failed; says whether trying again makes sense
        ├── CallError           an ask was not answered
        │   ├── AppError
        │   └── ModelError
        ├── StoreError
        └── ProjectLockedError      another synthloop process works on this project

A failed gate is a result, not an error. Every message says what happened, where, and how to fix it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from synthloop.core.ask import FailureReason


class LoopError(Exception):
    """Base of everything that synthloop raises on purpose."""


class UsageError(LoopError):
    """Something a person wrote or asked is wrong. The command line exits with 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a project's files."""

    file: str
    """Path as the user knows it, relative to the project where possible."""
    line: int | None
    """Counted from 1; None where the file as a whole is meant."""
    field: str
    """Dotted path within the file, e.g. `templates.2.text`; empty for the whole file."""
    what: str
    fix: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        field = f"{self.field}: " if self.field else ""
        return f"{where}: {field}{self.what} {self.fix}".rstrip()


class ProjectError(UsageError):
    """Everything that is wrong with a project's files, at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownComponentError(UsageError):
    """No component has that name; the message suggests the nearest."""


class DuplicateComponentError(UsageError):
    """Two components want the same name."""


class InvalidRecordError(UsageError):
    """A record can't be read; the message names its file and line, or its id."""


class MissingExtraError(UsageError):
    """An optional package is needed and not installed."""

    def __init__(self, package: str, extra: str, needed_for: str) -> None:
        super().__init__(f'{needed_for} needs the package {package}, which is not installed. Fix: pip install "synthloop[{extra}]"')


class SpentHoldoutError(UsageError):
    """The holdout was read as often as it may be."""


class SchemaVersionError(UsageError):
    """A file or store has a schema that this version can't read."""


class PortError(LoopError):
    """The outside world failed."""

    retryable: bool
    """Whether the same request may succeed if it is sent again."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        self.retryable = retryable
        super().__init__(message)


class CallError(PortError):
    """An ask was not answered: whoever was asked raised, hung, refused, can't be reached or answered with something unusable."""

    retry_after_s: float | None
    """How long the other side asked to be left alone, in seconds; None where it did not say."""
    fatal: bool
    """Whether no other ask would fare better (a wrong key, no credit, no such model), so that a run had better stop."""
    overloaded: bool
    """Whether the other side said that it has too much to do: then less at once is better than trying again."""

    def __init__(
        self,
        message: str,
        *,
        reason: FailureReason = "error",
        retryable: bool = False,
        retry_after_s: float | None = None,
        fatal: bool = False,
        overloaded: bool = False,
    ) -> None:
        self.reason: FailureReason = reason
        self.retry_after_s = retry_after_s
        self.fatal = fatal
        self.overloaded = overloaded
        super().__init__(message, retryable=retryable)


class AppError(CallError):
    """The app under test did not answer."""


class ModelError(CallError):
    """A language model did not answer."""


class StoreError(PortError):
    """The store can't be read or written: full disk, read-only folder, locked or damaged database."""


class ProjectLockedError(PortError):
    """Another synthloop process works on this project."""


__all__ = [
    "AppError",
    "CallError",
    "DuplicateComponentError",
    "InvalidRecordError",
    "LoopError",
    "MissingExtraError",
    "ModelError",
    "PortError",
    "Problem",
    "ProjectError",
    "ProjectLockedError",
    "SchemaVersionError",
    "SpentHoldoutError",
    "StoreError",
    "UnknownComponentError",
    "UsageError",
]
