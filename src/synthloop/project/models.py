"""Builds the language models that a project names."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from synthloop.core.ports import Model
from synthloop.project.model_config import ModelConfig

if TYPE_CHECKING:
    from synthloop.adapters.models.prices import Price
    from synthloop.adapters.models.wire import Structured


class LazyModels(Mapping[str, Model]):
    """A project's models, all built when the first one is taken out: only then their keys are read from the environment.

    Args:
        configs: What the files say.
        root: The folder that paths are relative to.
    """

    def __init__(self, configs: tuple[ModelConfig, ...], root: Path) -> None:
        self._configs = configs
        self._root = root
        self._built: dict[str, Model] = {}

    def __getitem__(self, name: str) -> Model:
        """Return a model.

        Raises:
            KeyError: There is none of that name.
            UsageError: An environment variable with a key is not set.
            MissingExtraError: Local weights need a package that is not installed.
        """
        if name not in self:
            raise KeyError(name)
        if not self._built:
            self._built = {config.name: build_model(config, self._root) for config in self._configs}
        return self._built[name]

    def __contains__(self, name: object) -> bool:
        return any(config.name == name for config in self._configs)

    def __iter__(self) -> Iterator[str]:
        return (config.name for config in self._configs)

    def __len__(self) -> int:
        return len(self._configs)


def build_model(config: ModelConfig, root: Path) -> Model:
    """Build one model.

    Raises:
        UsageError: An environment variable with a key is not set, or the address is none.
        MissingExtraError: Local weights need a package that is not installed.
    """
    if config.api == "local":
        from synthloop.adapters.models.local import LocalModel  # noqa: PLC0415 - only the adapters that are named are loaded

        return LocalModel(name=config.name, version=config.ref.version, folder=root / config.url, parameters=config.parameters)
    from synthloop.adapters.models.anthropic import AnthropicModel  # noqa: PLC0415 - only the adapters that are named are loaded
    from synthloop.adapters.models.openai_compatible import OpenAiModel  # noqa: PLC0415 - the same
    from synthloop.adapters.transport import AiohttpTransport  # noqa: PLC0415 - the same

    kind = AnthropicModel if config.api == "anthropic" else OpenAiModel
    return kind(
        name=config.name,
        version=config.ref.version,
        url=config.url,
        model=config.model,
        headers=config.headers,
        parameters=config.parameters,
        structured=cast("Structured", config.structured),
        price=_price_of(config),
        transport=AiohttpTransport(ca_file=str(root / config.ca_file) if config.ca_file else "", proxies_from_environment=config.proxies),
    )


def _price_of(config: ModelConfig) -> "Price | None":
    from synthloop.adapters.models.prices import Price  # noqa: PLC0415 - with its adapter

    if config.price is None:
        return None
    return Price(usd_per_million_in=config.price.usd_per_million_in, usd_per_million_out=config.price.usd_per_million_out)


__all__ = ["LazyModels", "build_model"]
