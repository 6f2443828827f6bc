"""What every app has to do, as a check that authors of adapters run on their own."""

import asyncio

from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import AppError
from synthloop.core.ports import App
from synthloop.testing.port_contract import PortContract, text_of


async def check_app(app: App, *, answered: Ask, failing: Ask | None = None, hanging: Ask | None = None) -> None:
    """Check an app against the contract of `synthloop.core.ports.App`, and close it.

    Args:
        app: What to check; nothing was asked yet.
        answered: An ask that it answers.
        failing: One at which it fails; None where it never does.
        hanging: One that it does not answer within a minute; None where there is no such thing.

    Raises:
        AssertionError: It breaks the contract; says how.

    Example:
        >>> from synthloop.core.ask import AppRequest
        >>> from synthloop.core.sample import Message
        >>> from synthloop.testing import ScriptedApp
        >>> ask = Ask(to="router", version="1", request=AppRequest(messages=(Message(role="user", text="hello"),)))
        >>> asyncio.run(check_app(ScriptedApp(script={"hello": "hi"}), answered=ask))
    """
    identity = (app.name, app.version)

    async def check_answers(ask: Ask) -> None:
        answers: list[Answer] = await asyncio.gather(*(app.answer(ask) for _ in range(4)))
        for answer in answers:
            contract.demand(answer.failure is None and answer.value is not None, f"{text_of(ask)!r} is answered, four times at once")
            contract.demand(answer.usage.latency_s >= 0, "latency is not negative")

    contract = PortContract(kind="app", port=app, error=AppError, check_answers=check_answers)
    contract.demand(all(identity), "name and version are not empty")
    await contract.check_asking(answered=answered, failing=failing, hanging=hanging)
    await contract.check_closing(answered)
    contract.demand((app.name, app.version) == identity, "name and version stay the same")


__all__ = ["check_app"]
