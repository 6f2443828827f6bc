"""Judged candidates on their way to the store, outside of memory."""

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import msgspec

from synthloop.core.errors import StoreError
from synthloop.core.sample import Sample, Verdict

Judged = tuple[Sample, Verdict]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Judged).decode
_LENGTH = 4
_IN_MEMORY = 16 * 1024 * 1024


class Spool:
    """Keeps judged candidates in order, in a temporary file once they are many.

    Splits can be drawn only when everything is accepted, and up to twenty candidates are judged for each that is: in memory, a large order
    would need gigabytes.

    Example:
        >>> from synthloop.core.lineage import Lineage, Spec
        >>> from synthloop.core.sample import Message, make_sample
        >>> said = (Message(role="user", text="book a room"),)
        >>> sample = make_sample(behavior_id="b", scenario_id="s", messages=said, lineage=Lineage(origin="authored"))
        >>> verdict = Verdict(sample_id=sample.id, keep=True, reason="kept", by=Spec(kind="curators", name="curator"))
        >>> with Spool() as spool:
        ...     spool.append((sample, verdict))
        ...     list(spool) == [(sample, verdict)]
        True
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, prefix="synthloop-")  # noqa: SIM115 - closed by `__exit__`

    def append(self, judged: Judged) -> None:
        """Add one candidate.

        Raises:
            StoreError: The temporary folder is full.
        """
        data = _encode(judged)
        try:
            self._file.write(len(data).to_bytes(_LENGTH) + data)
        except OSError as error:
            fix = "Fix: free some space there, or name another folder in the environment variable TMPDIR; nothing was saved."
            raise StoreError(f"{tempfile.gettempdir()}: candidates can't be kept there ({error.strerror or error}). {fix}") from error

    def __iter__(self) -> Iterator[Judged]:
        """Yield all candidates from the first; append none meanwhile."""
        self._file.seek(0)
        while length := self._file.read(_LENGTH):
            yield _decode(self._file.read(int.from_bytes(length)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()


__all__ = ["Judged", "Spool"]
