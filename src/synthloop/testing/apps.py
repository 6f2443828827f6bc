"""An app that answers from a script."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import AppError
from synthloop.core.json_value import JsonValue

Script = Mapping[str, JsonValue | AppError] | Callable[[Ask], JsonValue]


@dataclass(slots=True, kw_only=True)
class ScriptedApp:
    """Answers each text as the script says and remembers every ask.

    Example:
        >>> import asyncio
        >>> from synthloop.core.ask import AppRequest
        >>> from synthloop.core.sample import Message
        >>> app = ScriptedApp(script={"hello": "hi"})
        >>> ask = Ask(to="scripted", version="1", request=AppRequest(messages=(Message(role="user", text="hello"),)))
        >>> asyncio.run(app.answer(ask)).value
        'hi'
    """

    script: Script
    """Last text -> answer, or an error to raise; or a function of the ask, which may raise `AppError` itself."""
    name: str = "scripted"
    version: str = "1"
    asked: list[Ask] = field(default_factory=list[Ask])
    """Every ask so far, in order of arrival."""
    closed: int = 0
    """How often `close` was called."""

    async def answer(self, ask: Ask) -> Answer:
        """Answer from the script.

        Raises:
            AppError: The script says so, or says nothing about this text.
        """
        self.asked.append(ask)
        if callable(self.script):
            return Answer(value=self.script(ask))
        text = ask.request.messages[-1].text
        if text not in self.script:
            raise AppError(f"{self.name}: the script has no answer to {text!r}. Fix: add it to `script`.")
        value = self.script[text]
        if isinstance(value, AppError):
            raise value
        return Answer(value=value)

    async def close(self) -> None:
        """Count the call; there is nothing to release."""
        self.closed += 1


__all__ = ["Script", "ScriptedApp"]
