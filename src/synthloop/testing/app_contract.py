"""What every app has to do, as a check that authors of adapters run on their own."""

import asyncio

from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import AppError
from synthloop.core.ports import App


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
    _demand(all(identity), "name and version are not empty")
    await _check_answers(app, answered)
    if failing is not None:
        await _check_failure(app, failing)
        await _check_answers(app, answered)
    if hanging is not None:
        await _check_letting_go(app, hanging)
        await _check_answers(app, answered)
    await app.close()
    await app.close()
    await _check_answers(app, answered)
    await app.close()
    _demand((app.name, app.version) == identity, "name and version stay the same")


async def _check_answers(app: App, ask: Ask) -> None:
    answers: list[Answer] = await asyncio.gather(*(app.answer(ask) for _ in range(4)))
    for answer in answers:
        _demand(answer.failure is None and answer.value is not None, f"{ask.request.messages[-1].text!r} is answered, four times at once")
        _demand(answer.usage.latency_s >= 0, "latency is not negative")


async def _check_failure(app: App, ask: Ask) -> None:
    try:
        await app.answer(ask)
    except AppError as error:
        _demand(app.name in str(error), f"the message of a failure names the app: {error}")
        return
    _demand(False, f"{ask.request.messages[-1].text!r} raises AppError")


async def _check_letting_go(app: App, ask: Ask) -> None:
    asking = asyncio.ensure_future(app.answer(ask))
    await asyncio.sleep(0.2)
    _demand(not asking.done(), f"{ask.request.messages[-1].text!r} hangs")
    asking.cancel()
    done, _ = await asyncio.wait({asking}, timeout=10)
    _demand(bool(done) and asking.cancelled(), "a cancelled ask lets go")


def _demand(met: bool, rule: str) -> None:
    if not met:
        raise AssertionError(f"this app breaks the contract: {rule}")


__all__ = ["check_app"]
