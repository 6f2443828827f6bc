"""Environment variables that an app's settings name: read once, never shown."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

import msgspec

from synthloop.core.errors import UsageError

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(slots=True)
class Secrets:
    """Values that came from the environment and must not show up in any message."""

    _shown: set[str] = field(default_factory=set[str])
    """Every form in which one of them may come back: as it is, in JSON, in Python, in a URL."""

    def resolve(self, text: str, where: str) -> str:
        """Return `text` with every `${NAME}` replaced by that environment variable.

        Raises:
            UsageError: A variable is not set; names all that are missing.
        """
        values = read_variables(_REFERENCE.findall(text), where)
        for value in values.values():
            self.keep(value)
        return _REFERENCE.sub(lambda found: values[found[1]], text)

    def keep(self, value: str) -> None:
        """Let a value never show up, wherever it came from."""
        if value:
            self._shown.update(_forms_of(value))

    def hide(self, text: str) -> str:
        """Return `text` with every secret replaced by asterisks, the longest first; shorten it afterwards, or half a secret stays."""
        for form in sorted(self._shown, key=lambda form: (-len(form), form)):
            text = text.replace(form, "***")
        return text


def find_references(text: str) -> tuple[str, ...]:
    """Return the names of the environment variables that stand in a text as `${NAME}`."""
    return tuple(_REFERENCE.findall(text))


def _forms_of(value: str) -> Iterator[str]:
    yield from (value, repr(value)[1:-1], quote(value, safe=""))
    with suppress(UnicodeEncodeError):
        yield msgspec.json.encode(value).decode()[1:-1]


def read_variables(names: Iterable[str], where: str) -> Mapping[str, str]:
    """Return the named environment variables.

    Raises:
        UsageError: One is not set; names all that are missing.
    """
    wanted = tuple(dict.fromkeys(names))
    if missing := [name for name in wanted if name not in os.environ]:
        raise UsageError(f"{where}: not set in the environment: {', '.join(missing)}. Fix: `export {missing[0]}=...` before the run.")
    return {name: os.environ[name] for name in wanted}


__all__ = ["Secrets", "find_references", "read_variables"]
