"""What `synthloop.yaml` may say of language models, and of what they write."""

import re
from typing import Annotated, Any, Literal, TypeAlias, cast

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from synthloop.project.written import AnyJson, Share, Text, Weight, Written
from synthloop.project.written_components import ComponentWritten

Count = Annotated[int, Field(ge=1)]

PROVIDERS: dict[str, dict[str, object]] = {
    "openai": {"url": "https://api.openai.com/v1", "key": "${OPENAI_API_KEY}"},
    "anthropic": {"api": "anthropic", "url": "https://api.anthropic.com", "key": "${ANTHROPIC_API_KEY}"},
    "ollama": {"url": "http://127.0.0.1:11434/v1"},
    "local": {"api": "local", "url": ""},
}
"""What stands before the colon of a model's short form -> what it means."""

_URL = re.compile(r"https?://\S+$", re.IGNORECASE)


def _expand_model(value: object) -> object:
    """Let text stand for a model: `openai:NAME`, `anthropic:NAME`, `ollama:NAME`, `local:FOLDER` or a URL."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _URL.match(text):
        return {"url": text}
    provider, _, name = text.partition(":")
    if provider in PROVIDERS and name.strip():
        return {**PROVIDERS[provider], "model": name.strip()}
    raise PydanticCustomError("model_text", "no model")


class ModelFull(Written):
    """A language model behind an endpoint, or on this machine."""

    api: Literal["openai", "anthropic", "local"] = "openai"
    """What the endpoint speaks: OpenAI's chat completions, as most do, or Anthropic's messages; `local`: weights in a folder."""
    url: str
    """Base address, e.g. `http://127.0.0.1:8080/v1`."""
    model: Text = "default"
    """What the endpoint calls it; servers of one model take any name."""
    key: Text | None = None
    """The key, as the environment variable that holds it: `${NAME}`."""
    headers: dict[Text, Text] = {}
    """Further headers; write secrets as `${NAME}`."""
    parameters: dict[Text, AnyJson] = {}
    """Sent with every request, e.g. `{temperature: 0.9, max_tokens: 400}`."""
    structured: Literal["auto", "native", "tool", "prompt"] = "auto"
    """How the shape of an answer is demanded; `auto` finds out what the endpoint takes."""
    in_flight: Count | None = None
    """Calls at once, at most; fewer where the endpoint can't keep up. Left out: 32."""
    per_minute: Weight | None = None
    """Calls a minute, at most."""
    tokens_per_minute: Weight | None = None
    """Tokens a minute, read and written, at most."""
    timeout_s: Weight | None = None
    """Seconds that one call may take. Left out: 120."""
    retries: Annotated[int | None, Field(ge=0)] = None
    """Further attempts after a failure that may pass by itself. Left out: 5."""
    ca_file: Text | None = None
    """Certificates to trust besides the system's, as a path to a PEM file."""
    proxies: bool = True
    """Whether the environment's proxies are used; never for this machine's own addresses."""


ModelWritten: TypeAlias = Annotated[ModelFull, BeforeValidator(_expand_model, json_schema_input_type=str | ModelFull)]


def _list_choices(value: object) -> object:
    """Let a name stand for a list of one, and `{name: {...}}` for a model with its weight and parameters."""
    listed = cast("list[object]", value) if isinstance(value, list) else [value]
    return [_as_choice(entry) for entry in listed]


def _as_choice(entry: object) -> object:
    return {entry: dict[str, object]()} if isinstance(entry, str) else entry


class WritingWritten(Written):
    """What models write of the samples, and how."""

    share: Share = 0.5
    """Share of the ordered samples that models write; rules make the rest."""
    writers: list[ComponentWritten] = ["voice", "paraphrase", "evolve", "contrast"]
    """Ways of writing; `weight` beside a writer's parameters says how much of it. `synthloop components writers` lists them."""
    models: Annotated[
        list[dict[Text, dict[Text, AnyJson]]], BeforeValidator(_list_choices, json_schema_input_type=str | list[str | dict[str, Any]])
    ] = []
    """Names of the models that write, e.g. `[small, {large: {weight: 3, temperature: 1.1}}]`. Left out: the only one, or `model`."""
    per_call: Count = 5
    """Samples to ask for in one call."""
    stop_below: Annotated[float, Field(ge=0)] = 0.1
    """Stop where fewer new samples than this are accepted a call."""
    repairs: Annotated[int, Field(ge=0)] = 2
    """How often an answer that can't be read is asked for again."""
    filter: Text | None = None
    """Name of a model that grades what the others wrote. Left out: nobody does."""
    examples: Text | None = None
    """Real messages, as a path: examples of how people write, scrubbed of personal data before a model sees them."""
    personas: Text | None = None
    """Who speaks, as a path to a file of personas."""
    documents: Text | None = None
    """What questions are asked about, as a path to a folder of .txt, .md, .html or .pdf files; the writer `multi_hop` needs them."""
    locale: str = ""
    """Language or variety to write in, e.g. `en-IN`. Left out: that of the authored samples."""


def _as_list(value: object) -> object:
    return cast("list[object]", value) if isinstance(value, list) else [value]


class JudgeWritten(Written):
    """A scorer that asks a model, or a panel, whether an answer fulfills criteria."""

    name: Text
    """What it is called; unique among judges and scorers."""
    models: Annotated[list[Text], BeforeValidator(_as_list, json_schema_input_type=str | list[str])] = []
    """Names of the models that judge; the majority decides. Left out: the only one, or `model`."""
    criteria: list[Text] = []
    """One sentence each. Left out: those of each behavior."""
    repeats: Count = 1
    """How often each model is asked."""
    repairs: Annotated[int, Field(ge=0)] = 2
    """How often an answer that can't be read is asked for again."""


class PriceWritten(Written):
    """What one model's tokens cost."""

    usd_per_million_in: Annotated[float, Field(ge=0)]
    """US dollars for a million tokens read."""
    usd_per_million_out: Annotated[float, Field(ge=0)]
    """US dollars for a million tokens written."""


class PricesWritten(Written):
    """A file of prices: yours, with the day on which you looked them up."""

    as_of: Text
    """The day, as `YYYY-MM-DD`."""
    models: dict[Text, PriceWritten]
    """Name of a model, in the project or at its endpoint -> what it costs."""


__all__ = ["PROVIDERS", "JudgeWritten", "ModelFull", "ModelWritten", "PriceWritten", "PricesWritten", "WritingWritten"]
