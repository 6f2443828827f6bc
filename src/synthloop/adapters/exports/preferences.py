"""Pairs of a better and a worse answer, in the form that preference tuning (DPO) reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from synthloop.adapters.exports.chat import ROLES
from synthloop.adapters.exports.rows import Exportable, require_expected, require_rejected
from synthloop.adapters.files import open_atomically
from synthloop.core.lineage import Spec, encode_canonical
from synthloop.core.registry import spec_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Write `{"prompt": [...], "chosen": [...], "rejected": [...]}`, lists of messages, one preference pair a line."""

    system: str = ""
    """Instruction put before every prompt; empty: none."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("exports", "preferences", self)

    def write(self, records: Iterable[Exportable], path: Path) -> int:
        """Write a stream to `path`, as a whole or not at all, and return the number of records.

        Raises:
            InvalidRecordError: A record has no expectation, or no rejected answer.
            StoreError: The file can't be written.
        """
        count = 0
        with open_atomically(path) as stream:
            for record in records:
                stream.write(encode_canonical(self._pair(record)) + b"\n")
                count += 1
        return count

    def _pair(self, record: Exportable) -> dict[str, list[dict[str, str]]]:
        before = [{"role": "system", "content": self.system}] if self.system else []
        said = [{"role": ROLES[message.role], "content": message.text} for message in record.messages]
        return {
            "prompt": [*before, *said],
            "chosen": [{"role": "assistant", "content": require_expected(record, "preferences")}],
            "rejected": [{"role": "assistant", "content": require_rejected(record, "preferences")}],
        }


__all__ = ["Preferences"]
