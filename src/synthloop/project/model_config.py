"""The project's language models, as it describes them; nothing is connected to, loaded or read from the environment here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from synthloop.adapters.environment import find_references
from synthloop.adapters.models.addresses import complete_anthropic, complete_openai
from synthloop.adapters.models.prices import Price
from synthloop.adapters.models.schemas import Structured
from synthloop.adapters.models.weights import fingerprint_weights
from synthloop.core.errors import Problem
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.model import ModelRef
from synthloop.engine.limits import Limits
from synthloop.project.app_config import name_main
from synthloop.project.prices import Prices
from synthloop.project.secrets import looks_like_secret, refuse_secret, texts_in
from synthloop.project.written_models import PROVIDERS, ModelFull
from synthloop.project.written_project import ProjectWritten
from synthloop.project.yaml_source import FieldPath, Source

MAIN_MODEL = "model"
"""Name of the model that stands under `model`."""

Api = Literal["openai", "anthropic", "local"]

_LIMITS = ("in_flight", "per_minute", "tokens_per_minute", "timeout_s", "retries")
_USUAL = Limits(in_flight=32, timeout_s=120.0, retries=5, retry_timeouts=True, learns=True)
_LOCAL = Limits(in_flight=16, timeout_s=600.0, retries=0)
_OURS = ("messages", "model", "stream", "n", "tools", "tool_choice", "response_format", "output_config")
"""Parameters that the adapters say themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """One language model: where it is, how it is asked, and how politely."""

    name: str
    api: Api = "openai"
    model: str = ""
    """What the endpoint calls it, or the folder of its weights; empty: the only one that the endpoint has."""
    url: str = ""
    """Base address; empty for weights on disk."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """`${NAME}` stands for an environment variable; the key is among them."""
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    structured: Structured = "auto"
    proxies: bool = False
    ca_file: str = ""
    edition: str = ""
    """A name for what its answers depend on besides."""
    price: Price | None = None
    """None: unknown."""
    limits: Limits = field(default_factory=lambda: _USUAL)

    @property
    def ref(self) -> ModelRef:
        """What stands for it in asks: its version changes with whatever its answers depend on, never with a key, a limit or a price."""
        where = {"openai": complete_openai, "anthropic": complete_anthropic}.get(self.api, str)(self.url)
        version = content_id(self.api, where, self.model, dict(self.parameters), self.structured, self.edition)
        return ModelRef(name=self.name, version=version)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a model is."""

    api: Api
    model: str
    url: str = ""
    key: str = ""


def build_model_configs(written: ProjectWritten, prices: Prices, root: Path) -> tuple[ModelConfig, ...]:
    """Return the project's models in order, the one under `model` first; of one whose place is not known, what is known."""
    return tuple(_build_config(name, model, prices, root) for _, name, model in _list_models(written))


def check_models(written: ProjectWritten, source: Source, root: Path) -> Iterator[Problem]:
    """Yield what does not fit together in the project's models."""
    names = {name_main(written), *written.variants} if written.app is not None else set[str]()
    if written.model is not None and MAIN_MODEL in written.models:
        yield source.problem(("models", MAIN_MODEL), f"{MAIN_MODEL!r} is the name of the one under `model`.", "Give it another name.")
    for path, name, model in _list_models(written):
        if name in names:
            yield source.problem(path, f"an app is called {name!r} as well.", "Give the model another name.")
        yield from _check_place(model, path, source, root)
        yield from _check_key(model, name, path, source)
        yield from _check_texts(model, path, source)
        for parameter in _OURS:
            if parameter in model.parameters:
                yield source.problem((*path, "parameters", parameter), f"{parameter!r} is said by synthloop itself.", "Remove it.")


def find_unpriced(written: ProjectWritten, models: tuple[ModelConfig, ...], source: Source) -> Iterator[Problem]:
    """Yield a cap in money towards which a model does not count, because its price is unknown."""
    unpriced = [model.name for model in models if model.price is None and model.api != "local"]
    if written.budget.usd is not None and unpriced:
        what = f"what the model {unpriced[0]!r} costs does not count: its price is unknown."
        yield source.problem(("budget", "usd"), what, "Name it in a price file: `prices: prices.yaml`.")


def _list_models(written: ProjectWritten) -> Iterator[tuple[FieldPath, str, ModelFull]]:
    if written.model is not None:
        yield ("model",), MAIN_MODEL, written.model
    for name, model in written.models.items():
        if name != MAIN_MODEL or written.model is None:
            yield ("models", name), name, model


def _find_place(model: ModelFull) -> _Place | None:
    """Return where a model is; None where that is not known."""
    name = model.model or ""
    if model.url is not None:
        return _Place(api=model.api or "openai", model=name, url=model.url)
    provider, _, rest = name.partition(":")
    if provider not in PROVIDERS or not rest.strip():
        return None
    match provider:
        case "openai":
            return _Place(api="openai", model=rest, url="https://api.openai.com/v1", key="${OPENAI_API_KEY}")
        case "anthropic":
            return _Place(api="anthropic", model=rest, url="https://api.anthropic.com", key="${ANTHROPIC_API_KEY}")
        case "ollama":
            return _Place(api="openai", model=rest, url="http://127.0.0.1:11434/v1")
        case _:
            return _Place(api="local", model=rest)


def _check_place(model: ModelFull, path: FieldPath, source: Source, root: Path) -> Iterator[Problem]:
    place = _find_place(model)
    if place is None:
        known = ", ".join(f"`{provider}:...`" for provider in PROVIDERS)
        yield source.problem((*path, "model"), "it must be known where the model is.", f"Add `url`, or write {known}.")
        return
    if place.api == "local":
        if not (root / place.model).is_dir():
            fix = "Name a folder with weights in the form of transformers, relative to the project."
            yield source.problem((*path, "model"), f"there is no folder {place.model!r}.", fix)
    elif not re.match(r"https?://[^/\s]+\S*$|\$\{", place.url, re.IGNORECASE) and not looks_like_secret(place.url):
        yield source.problem((*path, "url"), f"{place.url!r} is no http(s) address.", "Write it as http://127.0.0.1:8080/v1.")
    elif place.api == "anthropic" and not place.model:
        yield source.problem((*path, "model"), "an endpoint of this protocol wants a name.", "Add `model`.")
    if model.ca_file is not None and not (root / model.ca_file).is_file():
        yield source.problem((*path, "ca_file"), f"there is no file {model.ca_file!r}.", "Name a file of certificates in PEM.")


def _check_key(model: ModelFull, name: str, path: FieldPath, source: Source) -> Iterator[Problem]:
    key = model.key
    if key is None or (find_references(key) and re.fullmatch(r"\$\{\w+\}", key)):
        return
    where = (*path, "key")
    if re.fullmatch(r"\$?[A-Z][A-Z0-9]*_[A-Z0-9_]*", key):
        yield source.problem(where, "a key is named by its environment variable.", f"Write `${{{key.lstrip('$')}}}`.")
    else:
        yield refuse_secret(source, where, f"{re.sub(r'[^A-Z0-9]+', '_', name.upper()).strip('_') or 'MODEL'}_API_KEY")


def _check_texts(model: ModelFull, path: FieldPath, source: Source) -> Iterator[Problem]:
    for name, value in model.headers.items():
        if looks_like_secret(value, name):
            yield refuse_secret(source, (*path, "headers", name))
    for name in ("url", "model"):
        if looks_like_secret(getattr(model, name) or ""):
            yield refuse_secret(source, (*path, name))
    if any(looks_like_secret(text) for value in model.parameters.values() for text in texts_in(value)):
        yield refuse_secret(source, (*path, "parameters"))


def _build_config(name: str, model: ModelFull, prices: Prices, root: Path) -> ModelConfig:
    place = _find_place(model) or _Place(api="openai", model=model.model or "")
    said = {field: getattr(model, field) for field in _LIMITS if getattr(model, field) is not None}
    return ModelConfig(
        name=name,
        api=place.api,
        model=place.model,
        url=place.url,
        headers={**_say_key(place.api, model.key or place.key), **model.headers},
        parameters=model.parameters,
        structured=model.structured,
        proxies=model.proxies,
        ca_file=model.ca_file or "",
        edition=(model.version or "") + (fingerprint_weights(root / place.model) if place.api == "local" else ""),
        price=prices.find(name, place.model),
        limits=replace(_LOCAL if place.api == "local" else _USUAL, **said),
    )


def _say_key(api: Api, key: str) -> dict[str, str]:
    if not key:
        return {}
    return {"x-api-key": key} if api == "anthropic" else {"Authorization": f"Bearer {key}"}


__all__ = ["MAIN_MODEL", "Api", "ModelConfig", "build_model_configs", "check_models", "find_unpriced"]
