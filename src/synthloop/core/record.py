"""The base of everything that is saved: frozen, keyword-only, and strict about unknown fields."""

from typing import Any, dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class _RecordMeta(msgspec.StructMeta):
    """Makes every subclass of `Record` frozen and keyword-only: msgspec inherits neither for a subclass's own fields.

    Records are left out of the garbage collector: being frozen they can't form cycles, and scanning them costs more than making them.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> "_RecordMeta":
        config = {"frozen": True, "kw_only": True, "gc": False, **config}
        return super().__new__(cls, name, bases, namespace, **config)


class Record(msgspec.Struct, metaclass=_RecordMeta, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all records. A record is never edited: `msgspec.structs.replace` makes a new one."""


__all__ = ["Record"]
