"""Conversations in the form that fine-tuning interfaces read."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from synthloop.adapters.exports.rows import Exportable, require_expected
from synthloop.adapters.files import open_atomically
from synthloop.core.lineage import Spec, encode_canonical
from synthloop.core.registry import spec_of
from synthloop.core.sample import Role

ROLES: dict[Role, str] = {"user": "user", "app": "assistant", "system": "system", "tool": "tool"}
"""Role -> what those who fine-tune call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Write `{"messages": [..., {"role": "assistant", "content": EXPECTED}]}`, one conversation a line."""

    system: str = ""
    """Instruction put before every conversation; empty: none."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("exports", "chat", self)

    def write(self, records: Iterable[Exportable], path: Path) -> int:
        """Write a stream to `path`, as a whole or not at all, and return the number of records.

        Raises:
            InvalidRecordError: A record has no expectation.
            StoreError: The file can't be written.
        """
        count = 0
        with open_atomically(path) as stream:
            for record in records:
                stream.write(encode_canonical({"messages": self._messages(record)}) + b"\n")
                count += 1
        return count

    def _messages(self, record: Exportable) -> list[dict[str, str]]:
        before = [{"role": "system", "content": self.system}] if self.system else []
        said = [{"role": ROLES[message.role], "content": message.text} for message in record.messages]
        return [*before, *said, {"role": "assistant", "content": require_expected(record, "chat")}]


__all__ = ["ROLES", "Chat"]
