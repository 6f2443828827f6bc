"""The project's language models, ready to be asked: adapters built from what the project describes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from synthloop.core.ports import Model
from synthloop.project.model_config import ModelConfig


class LazyModels(Mapping[str, Model]):
    """A project's models, each built when it is first taken out. Keys are read when a model is first asked.

    Args:
        configs: What the files say.
        root: The folder that paths are relative to.
    """

    def __init__(self, configs: Sequence[ModelConfig], root: Path) -> None:
        self._configs = {config.name: config for config in configs}
        self._root = root
        self._built: dict[str, Model] = {}

    def __getitem__(self, name: str) -> Model:
        """Return one model, built now if it was not."""
        if name not in self._built:
            self._built[name] = build_model(self._configs[name], root=self._root)
        return self._built[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a model of that name, without building it."""
        return name in self._configs

    def __iter__(self) -> Iterator[str]:
        return iter(self._configs)

    def __len__(self) -> int:
        return len(self._configs)


def build_model(config: ModelConfig, *, root: Path) -> Model:
    """Build one model.

    Raises:
        UsageError: It can't be built.
        MissingExtraError: It needs a package that is not installed.
    """
    if config.api != "local":
        return _build_http(config, root)
    from synthloop.adapters.models.local import LocalModel  # noqa: PLC0415 - only the adapters that are named are loaded

    folder = root / config.model
    return LocalModel(name=config.name, version=config.ref.version, folder=folder, parameters=config.parameters, price=config.price)


def _build_http(config: ModelConfig, root: Path) -> Model:
    from synthloop.adapters.models.anthropic import AnthropicModel  # noqa: PLC0415 - only loaded where a model is asked
    from synthloop.adapters.models.openai_compatible import OpenAiModel  # noqa: PLC0415 - the same
    from synthloop.adapters.transport import AiohttpTransport  # noqa: PLC0415 - the same

    ca_file = str(root / config.ca_file) if config.ca_file else ""
    kind = AnthropicModel if config.api == "anthropic" else OpenAiModel
    return kind(
        name=config.name,
        version=config.ref.version,
        model=config.model,
        url=config.url,
        headers=config.headers,
        parameters=config.parameters,
        structured=config.structured,
        price=config.price,
        transport=AiohttpTransport(ca_file=ca_file, proxies_from_environment=config.proxies),
    )


__all__ = ["LazyModels", "build_model"]
