"""Several flows at once, as one; and one flow once more."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from synthloop.core.ask import Answer, Ask, Flow

T = TypeVar("T")

MOST_REPLICAS = 1000
"""Replicas that one repeat may use for itself."""


def ask_together(flows: Sequence[Flow[T]]) -> Flow[tuple[T, ...]]:
    """Drive flows side by side, so that what they ask at the same time may be answered concurrently; return their results in order.

    Example:
        >>> from synthloop.core.ask import AppRequest, drive
        >>> from synthloop.core.sample import Message
        >>> def greet(name):
        ...     (answer,) = yield (Ask(to="app", version="1", request=AppRequest(messages=(Message(role="user", text=name),))),)
        ...     return f"{name}: {answer.value}"
        >>> drive(ask_together([greet("Ana"), greet("Tom")]), [Answer(value="hi"), Answer(value="hey")])
        ('Ana: hi', 'Tom: hey')
    """
    results: dict[int, T] = {}
    waiting = _send(dict(enumerate(flows)), {}, results)
    while waiting:
        answers = yield tuple(ask for _, asks in waiting.values() for ask in asks)
        given: dict[int, tuple[Answer, ...]] = {}
        start = 0
        for place, (_, asks) in waiting.items():
            given[place] = answers[start : start + len(asks)]
            start += len(asks)
        waiting = _send({place: flow for place, (flow, _) in waiting.items()}, given, results)
    return tuple(results[place] for place in range(len(flows)))


def ask_again(flow: Flow[T], number: int) -> Flow[T]:
    """Drive a flow as its repeat of that number, from 0: what it asks is asked anew, and the journal keeps repeats apart."""
    try:
        asks = next(flow)
        while True:
            answers = yield tuple(msgspec.structs.replace(ask, replica=ask.replica + number * MOST_REPLICAS) for ask in asks)
            asks = flow.send(answers)
    except StopIteration as stop:
        return stop.value


def _send(
    flows: dict[int, Flow[T]], given: dict[int, tuple[Answer, ...]], results: dict[int, T]
) -> dict[int, tuple[Flow[T], tuple[Ask, ...]]]:
    """Hand each flow its answers, or start it; return those that go on with what they ask next, and keep the results of those that end."""
    waiting: dict[int, tuple[Flow[T], tuple[Ask, ...]]] = {}
    for place, flow in flows.items():
        try:
            asks = flow.send(given[place]) if place in given else next(flow)
        except StopIteration as stop:
            results[place] = stop.value
        else:
            waiting[place] = (flow, asks)
    return waiting


__all__ = ["MOST_REPLICAS", "ask_again", "ask_together"]
