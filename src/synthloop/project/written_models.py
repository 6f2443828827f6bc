"""What `synthloop.yaml` and the price file may say of language models, and of what they write."""

import re
from typing import Annotated, Any, Literal, TypeAlias, cast

from pydantic import BeforeValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from synthloop.project.written_base import AnyJson, Share, Text, ValueText, Weight, Written
from synthloop.project.written_components import ComponentWritten

PROVIDERS = ("openai", "anthropic", "ollama", "local")
"""What may stand before a model's name, with a colon, and says where it is."""

_URL = re.compile(r"https?://\S+$", re.IGNORECASE)
Count = Annotated[int, Field(ge=1)]
_Cost = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _expand_model(value: object) -> object:
    """Let text stand for a model: `openai:NAME`, `anthropic:NAME`, `ollama:NAME`, `local:FOLDER`, or a base URL."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _URL.match(text):
        return {"url": text}
    if ":" in text:
        return {"model": text}
    raise PydanticCustomError("model_text", "no model")


class ModelFull(Written):
    """A language model: where it is, what it is called there, and how it is asked."""

    model: Text | None = None
    """What the endpoint calls it. Without `url`: `openai:NAME`, `anthropic:NAME`, `ollama:NAME` or `local:FOLDER`, which say where."""
    url: Text | None = None
    """Base address of an endpoint, e.g. `http://127.0.0.1:8080/v1`; `${NAME}` stands for an environment variable."""
    key: Text | None = None
    """`${NAME}`: the environment variable that holds the key. `openai:` and `anthropic:` know theirs."""
    api: Literal["openai", "anthropic"] | None = None
    """Which protocol the endpoint speaks: chat completions (`openai`, left out) or `anthropic` messages."""
    parameters: dict[Text, AnyJson] = {}
    """Sent with every request, e.g. `{temperature: 0.9, max_tokens: 400}`."""
    structured: Literal["auto", "native", "tool", "prompt"] = "auto"
    """How a JSON Schema is said: natively, as a tool call, or in the prompt; `auto` tries them in that order."""
    headers: dict[Text, Text] = {}
    """Further headers; write secrets as `${NAME}`, an environment variable."""
    proxies: bool = False
    """Whether the proxies that the environment names are used."""
    ca_file: Text | None = None
    """Certificates (PEM) to trust in place of the system's, for an endpoint that signed its own, as a path."""
    version: ValueText | None = None
    """A name for what its answers depend on besides all this; change it to ask everything again."""
    in_flight: Count | None = None
    """Answers that may be under way at once; fewer where the endpoint can't keep up. Left out: 32."""
    per_minute: Weight | None = None
    """Answers asked for a minute, at most."""
    tokens_per_minute: Weight | None = None
    """Tokens a minute, read and written, at most."""
    timeout_s: Weight | None = None
    """Seconds that one answer may take. Left out: 120."""
    retries: Annotated[int | None, Field(ge=0)] = None
    """Further attempts after a failure that may pass by itself. Left out: 5."""


ModelWritten = Annotated[ModelFull, BeforeValidator(_expand_model, json_schema_input_type=str | ModelFull)]


def _list_choices(value: object) -> object:
    """Let a name stand for a list of one, and `{name: {...}}` for a model with its weight and parameters."""
    listed = cast("list[object]", value) if isinstance(value, list) else [value]
    return [_as_choice(entry) for entry in listed]


def _as_choice(entry: object) -> object:
    return {entry: dict[str, object]()} if isinstance(entry, str) else entry


def _as_list(value: object) -> object:
    return cast("list[object]", value) if isinstance(value, list) else [value]


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
    scrub: Annotated[list[ComponentWritten], BeforeValidator(_as_list, json_schema_input_type=str | list[str | dict[str, Any]])] = []
    """What finds personal data in `examples` besides the patterns, e.g. `spacy`; `synthloop components finders` lists what there is."""
    personas: Text | None = None
    """Who speaks, as a path to a file of personas."""
    documents: Text | None = None
    """What questions are asked about, as a path to a folder of .txt, .md, .html or .pdf files; the writer `multi_hop` needs them."""
    locale: str = ""
    """Language or variety to write in, e.g. `en-IN`. Left out: that of the authored samples."""


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


def _kind_of_judge(value: object) -> str:
    """Tell a rubric that is written directly from a component that is named."""
    if not isinstance(value, dict):
        return "<component>"
    fields = cast("dict[str, object]", value)
    named = len(fields) == 1 and isinstance(next(iter(fields.values())), dict | None)
    return "<component>" if named else "<rubric>"


JudgeEntry: TypeAlias = Annotated[
    Annotated[JudgeWritten, Tag("<rubric>")] | Annotated[ComponentWritten, Tag("<component>")], Discriminator(_kind_of_judge)
]
"""A rubric, or the name of a judge with its parameters, e.g. `pairwise: {name: better}`."""


class PriceWritten(Written):
    """What one model's tokens cost."""

    usd_per_million_in: _Cost
    """US dollars for a million tokens that are read."""
    usd_per_million_out: _Cost
    """US dollars for a million tokens that are written."""


class PricesWritten(Written):
    """A price file: what tokens cost, as of a day."""

    as_of: Text
    """The day on which the prices were looked up, as `YYYY-MM-DD`."""
    models: dict[Text, PriceWritten]
    """Model -> its price; by its name in the project, or by what the endpoint calls it."""


__all__ = ["PROVIDERS", "JudgeEntry", "JudgeWritten", "ModelFull", "ModelWritten", "PriceWritten", "PricesWritten", "WritingWritten"]
