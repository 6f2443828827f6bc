"""What every model has to do, as a check that authors of adapters run on their own."""

import asyncio

import msgspec

from synthloop.core.ask import Answer, AppRequest, Ask
from synthloop.core.errors import ModelError
from synthloop.core.model import ModelReply
from synthloop.core.ports import Model
from synthloop.core.sample import Message
from synthloop.testing.port_contract import PortContract, text_of


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

    async def check_answers(ask: Ask) -> None:
        answers: list[Answer] = await asyncio.gather(*(model.answer(msgspec.structs.replace(ask, replica=number)) for number in range(4)))
        for answer in answers:
            contract.demand(answer.failure is None, f"{text_of(ask)!r} is answered, four times at once")
            _check_reply(contract, answer)

    contract = PortContract(kind="model", port=model, error=ModelError, check_answers=check_answers)
    contract.demand(all(identity), "name, version and endpoint are not empty")
    await contract.check_asking(answered=answered, failing=failing, hanging=hanging)
    await _check_request(contract, answered)
    await contract.check_closing(answered)
    contract.demand((model.name, model.version, model.endpoint) == identity, "name, version and endpoint stay the same")


def _check_reply(contract: PortContract, answer: Answer) -> None:
    try:
        msgspec.convert(answer.value, ModelReply)
    except msgspec.ValidationError as error:
        contract.demand(False, f"an answer is a ModelReply as JSON: {error}")
    usage = answer.usage
    contract.demand(min(usage.latency_s, usage.tokens_in, usage.tokens_out, answer.rest_s) >= 0, "nothing that is counted is negative")
    contract.demand(usage.cost_usd is None or usage.cost_usd >= 0, "a cost is unknown, or not negative")


async def _check_request(contract: PortContract, ask: Ask) -> None:
    """A request that is not for a model is refused in words, not with a traceback."""
    try:
        await contract.port.answer(msgspec.structs.replace(ask, request=AppRequest(messages=(Message(role="user", text="hello"),))))
    except ModelError:
        return
    contract.demand(False, "what is meant for an app raises ModelError")


__all__ = ["check_model"]
