"""What every port has to do, whatever answers behind it: answer, fail in words, let go, and stay the same when it was closed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from synthloop.core.ask import Ask
from synthloop.core.errors import CallError
from synthloop.core.ports import Port


@dataclass(frozen=True, slots=True, kw_only=True)
class PortContract:
    """One port under check. Every check raises AssertionError where the port breaks the contract, and says how."""

    kind: Literal["app", "model"]
    port: Port
    error: type[CallError]
    """What it raises where it fails."""
    check_answers: Callable[[Ask], Awaitable[None]]
    """Asks it several times at once and checks what comes."""

    async def check_asking(self, *, answered: Ask, failing: Ask | None, hanging: Ask | None) -> None:
        """Check that it answers, also after it has failed and after it was let go."""
        await self.check_answers(answered)
        if failing is not None:
            await self._check_failure(failing)
            await self.check_answers(answered)
        if hanging is not None:
            await self._check_letting_go(hanging)
            await self.check_answers(answered)

    async def check_closing(self, answered: Ask) -> None:
        """Check that it may be closed twice, and answers after that; closes it."""
        await self.port.close()
        await self.port.close()
        await self.check_answers(answered)
        await self.port.close()

    def demand(self, met: bool, rule: str) -> None:
        """Raise AssertionError with the rule where it isn't met."""
        if not met:
            raise AssertionError(f"this {self.kind} breaks the contract: {rule}")

    async def _check_failure(self, ask: Ask) -> None:
        try:
            await self.port.answer(ask)
        except self.error as error:
            self.demand(self.port.name in str(error), f"the message of a failure names the {self.kind}: {error}")
            return
        self.demand(False, f"{text_of(ask)!r} raises {self.error.__name__}")

    async def _check_letting_go(self, ask: Ask) -> None:
        asking = asyncio.ensure_future(self.port.answer(ask))
        await asyncio.sleep(0.2)
        self.demand(not asking.done(), f"{text_of(ask)!r} hangs")
        asking.cancel()
        done, _ = await asyncio.wait({asking}, timeout=10)
        self.demand(bool(done) and asking.cancelled(), "a cancelled ask lets go")


def text_of(ask: Ask) -> str:
    """Return the last message of an ask."""
    return ask.request.messages[-1].text


__all__ = ["PortContract", "text_of"]
