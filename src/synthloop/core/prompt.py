"""Prompts: what a stage says to a model, in a file that people can read, copy and change."""

import re
from collections.abc import Mapping

from synthloop.core.errors import UsageError
from synthloop.core.lineage import Spec, content_id
from synthloop.core.record import Record
from synthloop.core.sample import Message

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SECTION = re.compile(r"^#[ \t]*(system|user)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_DIGEST = 12


class Prompt(Record):
    """A prompt with `{{placeholders}}`."""

    name: str
    """The file's name without `.md`."""
    system: str = ""
    """What the model is; empty: no system message is sent."""
    user: str
    """What is asked of it."""
    source: str = ""
    """Where it was read, for messages; empty for those that are shipped."""

    @property
    def digest(self) -> str:
        """The first digits of the content id of what it says: where it differs, so do the answers."""
        return content_id("prompt", self.system, self.user)[:_DIGEST]

    @property
    def spec(self) -> Spec:
        """Names it in lineage."""
        return Spec(kind="prompts", name=self.name, parameters={"digest": self.digest})

    @property
    def placeholders(self) -> frozenset[str]:
        """Names that it wants to be filled."""
        return frozenset(_PLACEHOLDER.findall(self.system + self.user))

    def fill(self, values: Mapping[str, str]) -> tuple[Message, ...]:
        """Return the messages to send. What is put in is never searched for placeholders; values that it does not name are left out.

        Raises:
            UsageError: It names a placeholder that is not among `values`.

        Example:
            >>> Prompt(name="hello", user="Greet {{ name }}.").fill({"name": "{{Ana}}"})[0].text
            'Greet {{Ana}}.'
        """
        if unknown := sorted(self.placeholders - set(values)):
            where = self.source or f"prompt {self.name!r}"
            raise UsageError(f"{where}: nothing fills {{{{{unknown[0]}}}}}. Fix: use one of {', '.join(sorted(values)) or 'none'}.")
        user = Message(role="user", text=_put_in(self.user, values))
        return (Message(role="system", text=_put_in(self.system, values)), user) if self.system else (user,)


def read_prompt(text: str, *, name: str, source: str = "") -> Prompt:
    """Return the prompt that a file's text says: a part under `# user` and, if wanted, one under `# system` before it.

    Raises:
        UsageError: There is no part under `# user`, or it is empty.
    """
    parts = _SECTION.split(text)
    found = {title.lower(): body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    if not found.get("user"):
        raise UsageError(f"{source or name}: the prompt asks nothing. Fix: write what to ask below a line `# user`.")
    return Prompt(name=name, system=found.get("system", ""), user=found["user"], source=source)


def _put_in(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


__all__ = ["Prompt", "read_prompt"]
