"""What every model has to do, as a check that authors of adapters run on their own."""

import asyncio

import msgspec

from synthloop.core.ask import Answer, AppRequest, Ask
from synthloop.core.errors import ModelError
from synthloop.core.model import ModelReply
from synthloop.core.ports import Model
from synthloop.core.sample import Message


async def check_model(model: Model, *, answered: Ask, failing: Ask | None = None, hanging: Ask | None = None) -> None:
    """Check a model against the contract of `synthloop.core.ports.Model`, and close it.

    Args:
        model: What to check; nothing was asked yet.
        answered: An ask that it answers.
        failing: One at which it fails; None where it never does.
        hanging: One that it does not answer within a minute; None where there is no such thing.

    Raises:
        AssertionError: It breaks the contract; says how.

    Example:
        >>> from synthloop.core.model import ModelRequest
        >>> from synthloop.testing import ScriptedModel
        >>> request = ModelRequest(messages=(Message(role="user", text="hello"),))
        >>> ask = Ask(to="scripted", version="1", request=request)
        >>> asyncio.run(check_model(ScriptedModel(script=["hi"]), answered=ask))
    """
    identity = (model.name, model.version, model.endpoint)
    _demand(all(identity), "name, version and endpoint are not empty")
    await _check_answers(model, answered)
    if failing is not None:
        await _check_failure(model, failing)
        await _check_answers(model, answered)
    if hanging is not None:
        await _check_letting_go(model, hanging)
        await _check_answers(model, answered)
    await _check_request(model, answered)
    await model.close()
    await model.close()
    await _check_answers(model, answered)
    await model.close()
    _demand((model.name, model.version, model.endpoint) == identity, "name, version and endpoint stay the same")


async def _check_answers(model: Model, ask: Ask) -> None:
    answers: list[Answer] = await asyncio.gather(*(model.answer(msgspec.structs.replace(ask, replica=number)) for number in range(4)))
    for answer in answers:
        _demand(answer.failure is None, f"{_text_of(ask)!r} is answered, four times at once")
        try:
            msgspec.convert(answer.value, ModelReply)
        except msgspec.ValidationError as error:
            _demand(False, f"an answer is a ModelReply as JSON: {error}")
        usage = answer.usage
        _demand(min(usage.latency_s, usage.tokens_in, usage.tokens_out, answer.rest_s) >= 0, "nothing that is counted is negative")
        _demand(usage.cost_usd is None or usage.cost_usd >= 0, "a cost is unknown, or not negative")


async def _check_failure(model: Model, ask: Ask) -> None:
    try:
        await model.answer(ask)
    except ModelError as error:
        _demand(model.name in str(error), f"the message of a failure names the model: {error}")
        return
    _demand(False, f"{_text_of(ask)!r} raises ModelError")


async def _check_letting_go(model: Model, ask: Ask) -> None:
    asking = asyncio.ensure_future(model.answer(ask))
    await asyncio.sleep(0.2)
    _demand(not asking.done(), f"{_text_of(ask)!r} hangs")
    asking.cancel()
    done, _ = await asyncio.wait({asking}, timeout=10)
    _demand(bool(done) and asking.cancelled(), "a cancelled ask lets go")


async def _check_request(model: Model, ask: Ask) -> None:
    """A request that is not for a model is refused in words, not with a traceback."""
    try:
        await model.answer(msgspec.structs.replace(ask, request=AppRequest(messages=(Message(role="user", text="hello"),))))
    except ModelError:
        return
    _demand(False, "what is meant for an app raises ModelError")


def _text_of(ask: Ask) -> str:
    return ask.request.messages[-1].text


def _demand(met: bool, rule: str) -> None:
    if not met:
        raise AssertionError(f"this model breaks the contract: {rule}")


__all__ = ["check_model"]
