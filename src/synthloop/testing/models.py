"""A model that answers from a script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import ModelError
from synthloop.core.model import ModelRef, ModelReply, ModelRequest
from synthloop.core.usage import Usage

Line = str | ModelReply | ModelError


@dataclass(slots=True, kw_only=True)
class ScriptedModel:
    """Says what its script says and remembers every ask.

    Example:
        >>> import asyncio
        >>> from synthloop.core.sample import Message
        >>> model = ScriptedModel(script=lambda request: request.messages[-1].text.upper())
        >>> request = ModelRequest(messages=(Message(role="user", text="hello"),))
        >>> asyncio.run(model.answer(Ask(to="scripted", version="1", request=request))).value["text"]
        'HELLO'
    """

    script: Callable[[ModelRequest], Line] | Sequence[Line]
    """A function of the request; or lines to say one after the other, from the start again where they end."""
    name: str = "scripted"
    version: str = "1"
    endpoint: str = "scripted"
    cost_usd: float | None = None
    """What each answer costs; None: unknown."""
    asked: list[Ask] = field(default_factory=list[Ask])
    """Every ask so far, in order of arrival."""
    closed: int = 0
    """How often `close` was called."""

    @property
    def ref(self) -> ModelRef:
        """What stands for it in asks."""
        return ModelRef(name=self.name, version=self.version)

    async def answer(self, ask: Ask) -> Answer:
        """Answer from the script.

        Raises:
            ModelError: The script says so, or the request is not for a model.
        """
        if not isinstance(ask.request, ModelRequest):
            raise ModelError(f"{self.name}: asked as if it were an app. Fix: ask with a ModelRequest.")
        line = self.script(ask.request) if callable(self.script) else self.script[len(self.asked) % len(self.script)]
        self.asked.append(ask)
        if isinstance(line, ModelError):
            raise line
        reply = line if isinstance(line, ModelReply) else ModelReply(text=line)
        words = sum(len(message.text.split()) for message in ask.request.messages)
        usage = Usage(tokens_in=words, tokens_out=len(reply.text.split()), cost_usd=self.cost_usd)
        return Answer(value=msgspec.to_builtins(reply), usage=usage)

    async def close(self) -> None:
        """Count the call; there is nothing to release."""
        self.closed += 1


__all__ = ["Line", "ScriptedModel"]
