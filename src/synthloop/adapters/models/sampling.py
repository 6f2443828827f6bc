"""How weights on disk draw their words: each answer from its own source of chance, whatever it is written together with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

_MAX_TOKENS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a request may say of drawing."""

    temperature: float = 1.0
    """0: always the likeliest."""
    top_p: float = 1.0
    max_tokens: int = _MAX_TOKENS
    seed: int = 0


def read_settings(parameters: Mapping[str, Any]) -> Settings:
    """Return what parameters say; what is no number is left out.

    Example:
        >>> read_settings({"temperature": 0, "max_tokens": 20, "top_p": "high"})
        Settings(temperature=0.0, top_p=1.0, max_tokens=20, seed=0)
    """
    numbers = {name: value for name, value in parameters.items() if isinstance(value, int | float) and not isinstance(value, bool)}
    return Settings(
        temperature=float(numbers.get("temperature", 1.0)),
        top_p=float(numbers.get("top_p", 1.0)),
        max_tokens=max(1, int(numbers.get("max_tokens", _MAX_TOKENS))),
        seed=int(numbers.get("seed", 0)),
    )


class Sampler:
    """Adds Gumbel noise to the logits of each row from a generator of its own: the largest is then a draw from their softmax.

    Source: the Gumbel-max trick (Maddison et al. 2014, "A* Sampling"). A shared generator would make an answer depend on its neighbors in
    the batch.
    """

    def __init__(self, seeds: Sequence[int], settings: Settings) -> None:
        torch: Any = import_module("torch")
        self._torch = torch
        self._settings = settings
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Return the logits with the noise."""
        del input_ids
        if self._settings.temperature <= 0:
            return scores
        logits = self._keep_likely(scores / self._settings.temperature)
        uniform = self._torch.stack([self._torch.rand(logits.shape[1], generator=generator) for generator in self._generators])
        return logits - self._torch.log(-self._torch.log(uniform.clamp(min=1e-20))).to(logits.device)

    def _keep_likely(self, logits: Any) -> Any:
        """Leave out the least likely, of which the others together have `top_p`."""
        if self._settings.top_p >= 1:
            return logits
        shares, order = self._torch.sort(self._torch.softmax(logits, dim=-1), descending=True)
        beyond = self._torch.cumsum(shares, dim=-1) - shares >= self._settings.top_p
        return logits.masked_fill(beyond.scatter(1, order, beyond), float("-inf"))


class Stopper:
    """Ends writing when nobody waits for it any more."""

    def __init__(self, is_over: Callable[[], bool]) -> None:
        self._is_over = is_over

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """Return for each row whether it is over."""
        del scores
        torch: Any = import_module("torch")
        return torch.full((input_ids.shape[0],), self._is_over(), dtype=torch.bool, device=input_ids.device)


__all__ = ["Sampler", "Settings", "Stopper", "read_settings"]
