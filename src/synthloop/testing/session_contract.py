"""What every app that keeps conversations has to do, as a check that authors of adapters run on their own."""

import asyncio
from collections.abc import Sequence

from synthloop.core.ask import Ask, TurnRequest
from synthloop.core.errors import AppError
from synthloop.core.json_value import JsonValue
from synthloop.core.ports import SessionApp
from synthloop.core.sample import Message


async def check_sessions(app: SessionApp, *, one: Sequence[str], other: Sequence[str], failing: str = "") -> None:
    """Check an app against the contract of `synthloop.core.ports.SessionApp`, and close it.

    Args:
        app: What to check; nothing was asked yet.
        one: What a user says, message by message, at least two. It is answered the same way each time.
        other: As many messages of another user, who is answered something else.
        failing: A message at which the app fails; empty where it never does.

    Raises:
        AssertionError: It breaks the contract; says how.

    Example:
        >>> from synthloop.testing import ScriptedChat
        >>> app = ScriptedChat(script=lambda request: f"{request.turn}: {request.messages[-1].text}")
        >>> asyncio.run(check_sessions(app, one=["tea", "small"], other=["milk", "large"]))
    """
    _demand(app.keeps_sessions, "it keeps sessions")
    alone = [await _talk(app, f"alone-{place}", texts) for place, texts in enumerate((one, other))]
    _demand(alone[0] != alone[1], "two users who say different things are answered differently")
    together = await asyncio.gather(_talk(app, "one", one), _talk(app, "other", other))
    _demand(list(together) == alone, "conversations don't mix: each goes on at the same time as it does alone")
    if failing:
        await _check_failing(app, one, failing, alone[0])
    await _check_lost(app, one)
    await app.end_session("never-begun")
    await app.close()


async def _check_failing(app: SessionApp, texts: Sequence[str], failing: str, alone: list[JsonValue]) -> None:
    said = [await _say(app, "well", texts, 0)]
    try:
        await _say(app, "bad", [failing], 0)
        _demand(False, f"{failing!r} raises AppError")
    except AppError as error:
        _demand(app.name in str(error), f"the message of a failure names the app: {error}")
    await app.end_session("bad")
    said += [await _say(app, "well", texts, turn) for turn in range(1, len(texts))]
    await app.end_session("well")
    _demand(said == alone, "a conversation that fails costs no other one")


async def _check_lost(app: SessionApp, texts: Sequence[str]) -> None:
    await _demand_lost(app, "unknown", texts, "a conversation that was begun elsewhere")
    await _say(app, "over", texts, 0)
    await app.end_session("over")
    await app.end_session("over")
    await _demand_lost(app, "over", texts, "a conversation that has ended")
    await _say(app, "closed", texts, 0)
    await app.close()
    await _demand_lost(app, "closed", texts, "a conversation from before `close`")


async def _demand_lost(app: SessionApp, session: str, texts: Sequence[str], what: str) -> None:
    try:
        await _say(app, session, texts, 1)
    except AppError as error:
        _demand(error.reason == "session_lost", f"{what} raises AppError with the reason session_lost, not {error.reason}")
        return
    _demand(False, f"{what} is not taken up")


async def _talk(app: SessionApp, session: str, texts: Sequence[str]) -> list[JsonValue]:
    said = [await _say(app, session, texts, turn) for turn in range(len(texts))]
    await app.end_session(session)
    return said


async def _say(app: SessionApp, session: str, texts: Sequence[str], turn: int) -> JsonValue:
    messages = tuple(Message(role="user", text=text) for text in texts[: turn + 1])
    request = TurnRequest(messages=messages, session=session, turn=turn)
    return (await app.answer(Ask(to=app.name, version=app.version, request=request))).value


def _demand(met: bool, rule: str) -> None:
    if not met:
        raise AssertionError(f"this app breaks the contract: {rule}")


__all__ = ["check_sessions"]
