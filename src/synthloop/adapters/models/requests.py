"""What all models do with an ask before they answer it."""

from collections.abc import Mapping
from typing import Any

from synthloop.core.ask import Ask
from synthloop.core.errors import ModelError
from synthloop.core.model import Finish, ModelRequest


def read_request(ask: Ask, name: str) -> ModelRequest:
    """Return what a model is asked.

    Raises:
        ModelError: It is asked as if it were an app.
    """
    if not isinstance(ask.request, ModelRequest):
        raise ModelError(f"{name}: asked as if it were an app. Fix: ask with a ModelRequest.")
    return ask.request


def parameters_of(ask: Ask, request: ModelRequest, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters to send: those of the request stand in for the settings; each replica gets a `seed` of its own."""
    parameters: dict[str, Any] = {**settings, **request.parameters}
    if ask.replica and isinstance(seed := parameters.get("seed"), int):
        parameters["seed"] = seed + ask.replica
    return parameters


def find_finish(finishes: Mapping[str, Finish], said: object) -> Finish:
    """Return why an answer ended; one that does not say ended by itself."""
    return "stop" if said is None else finishes.get(str(said), "other")


__all__ = ["find_finish", "parameters_of", "read_request"]
