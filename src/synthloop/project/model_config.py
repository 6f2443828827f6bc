"""The language models of a project; nothing is connected to or loaded here, and no key is read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from synthloop.core.errors import Problem
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.model import ModelRef
from synthloop.engine.limits import Limits
from synthloop.project.app_config import MAIN_APP, looks_like_secret
from synthloop.project.problems import read_written
from synthloop.project.written_models import ModelFull, PricesWritten, PriceWritten
from synthloop.project.written_project import ProjectWritten
from synthloop.project.yaml_source import FieldPath, Source, read_source

MAIN_MODEL = "model"
"""Name of the model that stands under `model`; others have their own names."""

_LIMITS = ("in_flight", "per_minute", "tokens_per_minute", "timeout_s", "retries")
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_USUAL = Limits(in_flight=32, timeout_s=120.0, retries=5, retry_timeouts=True, learns=True)
_OLD_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """One model: where it is, how it is asked, and what it costs."""

    name: str
    api: str
    url: str
    """Base address; of local weights, their folder."""
    model: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """`${NAME}` stands for an environment variable."""
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    structured: str = "auto"
    ca_file: str = ""
    proxies: bool = True
    limits: Limits = field(default_factory=Limits)
    price: PriceWritten | None = None

    @property
    def ref(self) -> ModelRef:
        """What stands for it in asks: its version changes with whatever its answers depend on, never with a key, a limit or a price."""
        version = content_id(self.api, self.url.rstrip("/"), self.model, dict(self.parameters), self.structured)
        return ModelRef(name=self.name, version=version)


def build_model_configs(written: ProjectWritten, prices: Mapping[str, PriceWritten]) -> tuple[ModelConfig, ...]:
    """Return all models, `model` first. Needs what `check_models` passes."""
    named = {**({MAIN_MODEL: written.model} if written.model else {}), **written.models}
    return tuple(_build_config(name, model, prices) for name, model in named.items())


def check_models(written: ProjectWritten, source: Source) -> Iterator[Problem]:
    """Yield what does not fit together in the models: names that are taken, secrets in the file, addresses that are none."""
    taken = {MAIN_APP, *written.variants}
    for path, name, model in _list_written(written):
        if name in taken:
            yield source.problem(path, f"{name!r} is the name of an app already.", "Give the model another name.")
        if name == MAIN_MODEL and written.model is not None and path[0] == "models":
            yield source.problem(path, f"{MAIN_MODEL!r} is the name of what stands under `model`.", "Give this one another name.")
        if model.api != "local" and not re.match(r"https?://[^/\s]+", model.url.strip(), re.IGNORECASE):
            yield source.problem((*path, "url"), "it is no http(s) address.", "Write it as `http://127.0.0.1:8080/v1`.")
        yield from _check_secrets(model, path, source)


def read_prices(written: ProjectWritten, source: Source, root: Path) -> tuple[Mapping[str, PriceWritten], list[Problem], list[Problem]]:
    """Return model -> price as the user's file says, what is wrong with it, and what is only doubtful: its age."""
    if written.prices is None:
        return {}, [], []
    path = root / written.prices
    if not path.is_file():
        fix = "Write it: `as_of: 2026-11-01`, and `models: {NAME: {usd_per_million_in: 0.5, usd_per_million_out: 1.5}}`."
        return {}, [source.problem(("prices",), f"there is no file {written.prices!r}.", fix)], []
    prices, problems = read_source(path, written.prices)
    if prices is None:
        return {}, problems, []
    checked = read_written(PricesWritten, prices)
    problems += checked.problems
    if checked.written is None or problems:
        return {}, problems, []
    return checked.written.models, *_check_age(checked.written, prices)


def find_oddities_of_models(written: ProjectWritten, source: Source, prices: Mapping[str, PriceWritten]) -> Iterator[Problem]:
    """Yield caps in money that nothing counts towards, because no price is known."""
    if written.budget.usd is None or written.writing is None:
        return
    unpriced = [name for _, name, model in _list_written(written) if not {name, model.model} & set(prices) and model.api != "local"]
    if unpriced:
        fix = "Name a file of prices under `prices`, and give each of them an entry; or cap tokens or calls instead."
        yield source.problem(("budget", "usd"), f"nothing counts towards this cap: no price is known of {', '.join(unpriced)}.", fix)


def _list_written(written: ProjectWritten) -> Iterator[tuple[FieldPath, str, ModelFull]]:
    if written.model is not None:
        yield (MAIN_MODEL,), MAIN_MODEL, written.model
    for name, model in written.models.items():
        yield ("models", name), name, model


def _check_secrets(model: ModelFull, path: FieldPath, source: Source) -> Iterator[Problem]:
    fix = "Write `${MY_API_KEY}`, set that environment variable, and replace the key: files get shared."
    if model.key is not None and not _REFERENCE.fullmatch(model.key.strip()):
        yield source.problem((*path, "key"), "the key itself must not stand in a file.", fix)
    if looks_like_secret(model.url):
        yield source.problem((*path, "url"), "the value looks like a secret.", fix)
    for name, value in model.headers.items():
        if looks_like_secret(value, name):
            yield source.problem((*path, "headers", name), "the value looks like a secret.", fix)
    for name, value in model.parameters.items():
        if isinstance(value, str) and looks_like_secret(value, name):
            yield source.problem((*path, "parameters", name), "the value looks like a secret.", fix)


def _check_age(prices: PricesWritten, source: Source) -> tuple[list[Problem], list[Problem]]:
    try:
        days = (datetime.now(UTC).date() - date.fromisoformat(prices.as_of)).days
    except ValueError:
        return [source.problem(("as_of",), f"{prices.as_of!r} is no date.", "Write it as `2026-11-01`.")], []
    if days <= _OLD_DAYS:
        return [], []
    what = f"these prices are {days} days old: costs may be wrong."
    return [], [source.problem(("as_of",), what, "Look them up again, and renew the date.")]


def _build_config(name: str, model: ModelFull, prices: Mapping[str, PriceWritten]) -> ModelConfig:
    limits = {limit: getattr(model, limit) for limit in _LIMITS if getattr(model, limit) is not None}
    key = {"x-api-key" if model.api == "anthropic" else "Authorization": model.key if model.api == "anthropic" else f"Bearer {model.key}"}
    return ModelConfig(
        name=name,
        api=model.api,
        url=model.url.strip() if model.api != "local" else model.model,
        model=model.model,
        headers={**({header: str(value) for header, value in key.items()} if model.key else {}), **model.headers},
        parameters=model.parameters,
        structured=model.structured,
        ca_file=model.ca_file or "",
        proxies=model.proxies,
        limits=replace(_USUAL, **limits),
        price=prices.get(name) or prices.get(model.model),
    )


__all__ = ["MAIN_MODEL", "ModelConfig", "build_model_configs", "check_models", "find_oddities_of_models", "read_prices"]
