"""What `synthloop.yaml` may say. The field docs here are the reference, the editor's help and the JSON Schema at once."""

import re
import shlex
from typing import Annotated, Literal, TypeAlias, cast

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from synthloop.project.written_base import AnyJson, Share, Text, ValueText, Weight, Written
from synthloop.project.written_components import ComponentWritten
from synthloop.project.written_conversations import UsersWritten
from synthloop.project.written_models import JudgeEntry, ModelWritten, WritingWritten

Count = Annotated[int, Field(ge=1)]

_PYTHON = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$")
_URL = re.compile(r"https?://\S+$", re.IGNORECASE)


class UsageWritten(Written):
    """Where an app's JSON says what an answer cost, as paths such as `usage.prompt_tokens`. What is not there is unknown."""

    tokens_in: Text | None = None
    """Path of the number of tokens that were read."""
    tokens_out: Text | None = None
    """Path of the number of tokens that were written."""
    cost_usd: Text | None = None
    """Path of the cost in US dollars."""


class ReplyWritten(Written):
    """Where an app's JSON says what a conversation needs, as paths; `*` stands for each item of a list, e.g. `*.buttons.*.title`."""

    messages: Text | None = None
    """Path of the message, or of several. Left out: `answer`."""
    quick_replies: Text | None = None
    """Path of the answers that the user may pick."""
    tool_calls: Text | None = None
    """Path of the tools that were called, as objects with `name`, `arguments` and `result`."""
    state: Text | None = None
    """Path of what the app knows."""
    done: Text | None = None
    """Path of whether the app considers the conversation ended."""


class EndWritten(Written):
    """The request that ends a conversation."""

    url: Text
    """The address; `{session}` stands for the conversation."""
    method: Literal["DELETE", "POST", "PUT"] = "DELETE"
    """The HTTP method."""


class HttpWritten(Written):
    """An HTTP endpoint that answers one request with one answer."""

    url: Text
    """The address; `${NAME}` stands for an environment variable."""
    method: Literal["GET", "POST", "PUT", "PATCH"] = "POST"
    """The HTTP method."""
    headers: dict[Text, Text] = {}
    """Headers; write secrets as `${NAME}`, an environment variable."""
    body: AnyJson = None
    """JSON to send; `{text}`, `{messages}`, `{name}` of a variable, and in conversations `{session}` and `{state}` inside are filled in.
    Left out: `{"text": "{text}"}`."""
    answer: str | None = None
    """Path of the answer in the response's JSON, e.g. `choices.0.message.content`; empty: all of it. Left out: the response is text."""
    reply: ReplyWritten = ReplyWritten()
    """Where that JSON says what a conversation needs besides."""
    end: EndWritten | None = None
    """What to send when a conversation has ended, where `{session}` is sent with its messages."""
    usage: UsageWritten = UsageWritten()
    """Where that JSON says what the answer cost."""


class CommandFull(Written):
    """A program that answers on standard output."""

    run: Annotated[list[Text], Field(min_length=1)]
    """The program and its arguments; `{text}` in one is the message, which else goes to standard input."""
    json_: Annotated[bool, Field(alias="json")] = False
    """Whether standard output is JSON; with `session`, standard input too."""
    session: bool = False
    """Whether it lives for a whole conversation: it reads a line for each message and writes a line for each answer."""
    answer: str = ""
    """Path of the answer in that JSON; empty: all of it."""
    reply: ReplyWritten = ReplyWritten()
    """Where that JSON says what a conversation needs besides."""
    usage: UsageWritten = UsageWritten()
    """Where that JSON says what the answer cost."""
    environment: list[Text] = []
    """Names of environment variables to pass on, besides the ordinary ones such as PATH."""


def _expand_command(value: object) -> object:
    if isinstance(value, str):
        return {"run": _split(value)}
    return {"run": cast("list[object]", value)} if isinstance(value, list) else value


CommandWritten = Annotated[CommandFull, BeforeValidator(_expand_command, json_schema_input_type=str | list[str] | CommandFull)]


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise PydanticCustomError("command", "{why}", {"why": str(error)}) from error


class ChatWritten(Written):
    """A language model that is the app, with a system prompt and tools."""

    model: Text = "model"
    """Which one of `models`; left out: the one under `model`."""
    system: Text | None = None
    """What it is told before all messages: a text, or the path of a `.md` or `.txt` file."""
    tools: Annotated[str | None, Field(pattern=_PYTHON.pattern)] = None
    """What makes the tools of a conversation, as `module:function`: it is given the state that it starts with and returns functions, or an
    object whose public methods are the tools."""
    most_calls: Count = 8
    """How often in one turn it may have tools called before it answers."""


def _expand_app(value: object) -> object:
    """Let text stand for an app: `module:function`, a URL, or `$ command`."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("$ "):
        return {"command": _split(text[2:])}
    if _URL.match(text):
        return {"http": {"url": text}}
    if _PYTHON.match(text):
        return {"python": text}
    raise PydanticCustomError("app_text", "no app")


class AppFull(Written):
    """The app under test: exactly one of `python`, `http`, `command` and `chat`, and how it is called."""

    python: Annotated[str | None, Field(pattern=_PYTHON.pattern)] = None
    """A Python function, sync or async, as `module:function`; it is given the text, or the messages."""
    http: HttpWritten | None = None
    """An HTTP endpoint."""
    command: CommandWritten | None = None
    """A program and its arguments; it reads the message on standard input and answers on standard output."""
    chat: ChatWritten | None = None
    """A language model with a system prompt and tools."""
    name: Text | None = None
    """What reports call it. Left out: `app`; variants are called by the names they stand under."""
    version: ValueText | None = None
    """A name for what its answers depend on. Left out: a fingerprint of its code and `files`."""
    files: list[Text] = []
    """Files that belong to the app besides its code, as patterns such as `prompts/*.txt`: a change means a new version."""
    timeout_s: Weight | None = None
    """Seconds that one answer may take."""
    in_flight: Count | None = None
    """Answers that may be under way at once."""
    per_minute: Weight | None = None
    """Answers asked for a minute, at most."""
    retries: Annotated[int | None, Field(ge=0)] = None
    """Further attempts after a failure that may pass by itself."""
    isolate: bool | None = None
    """Run a Python function in processes of its own, so that it may crash, hang or leak memory without harm."""
    memory_mb: Count | None = None
    """Memory that each process of an isolated function may use, in MiB."""
    variables: dict[Text, AnyJson] = {}
    """Passed to the app with every request."""


AppWritten = Annotated[AppFull, BeforeValidator(_expand_app, json_schema_input_type=str | AppFull)]


class GenerateWritten(Written):
    """How many samples to make, and how they are mixed."""

    accepted: Count = 200
    """Samples to accept in one turn, over all behaviors by weight."""
    candidate_limit: Count | None = None
    """Candidates to try for each behavior, at most. Left out: 20 times what is ordered of it."""
    max_shares: dict[Text, Share] = {}
    """Feature -> largest share that any one of its values may have, e.g. `{opening: 0.1}`."""
    covering: Annotated[int, Field(ge=1, le=4)] = 2
    """Every combination of this many parameter values is filled at least once."""
    levels: Count = 3
    """Values that stand for a range there: 1 is its low end, 2 both ends, 3 the middle as well."""
    template_share: Share = 0.5
    """Share that fills templates, where a behavior has authored samples as well."""
    verbatim_share: Share = 0.5
    """Share of recombinations that leave the authored wording as it is."""
    vary_values: bool = True
    """Whether cities, weekdays, first names and the like change in recombinations, where most authored samples do without them."""
    variants_per_authored: Annotated[int, Field(ge=0)] = 1000
    """Candidates made from one authored sample, at most."""
    synonyms: dict[Text, list[Text]] = {}
    """Word -> words that may replace it, besides the shipped ones."""
    neighbors: Annotated[int, Field(ge=0)] = 16
    """Neighbors tried around each group of failures when the loop closes."""
    minimize_runs: Annotated[int, Field(ge=0)] = 60
    """Conversations had to make a failed one as short as it can be and still fail; 0: none is made short."""


class NoiseWritten(Written):
    """How messy the samples are."""

    profile: Text | None = None
    """A profile fitted by `synthloop noise fit`, as a path."""
    share: Share = 0.5
    """Share of the samples that noise is applied to."""
    noisers: list[ComponentWritten] = []
    """Noisers to apply in order; left out: those of the profile, or a gentle mix."""
    lexicon: Text | None = None
    """Your own words and their variants (dialect, code-switching), as a path to a YAML file: `word: [variant, ...]`."""


class SplitWritten(Written):
    """Shares of the splits; they must add up to 1."""

    train: Share = 0.6
    """To train on."""
    dev: Share = 0.2
    """To look at and work with."""
    holdout: Share = 0.2
    """Read by the gate only."""


class DemandWritten(Written):
    """What a metric must reach, or not exceed."""

    at_least: float | None = None
    """Smallest value that passes, e.g. of `accuracy`."""
    at_most: float | None = None
    """Largest value that passes, e.g. of `latency_p95_s`."""


def _expand_demand(value: object) -> object:
    return {"at_least": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


def _unwrap_threshold(value: object) -> object:
    if not isinstance(value, dict):
        return value
    written = cast("dict[str, object]", value)
    return written["at_least"] if set(written) == {"at_least"} else written


Threshold: TypeAlias = Annotated[Share, BeforeValidator(_unwrap_threshold, json_schema_input_type=float | DemandWritten)]
"""A share, or `{at_least: share}`."""

Demand: TypeAlias = Annotated[DemandWritten, BeforeValidator(_expand_demand, json_schema_input_type=float | DemandWritten)]


class GateWritten(Written):
    """What CI demands. Every further key is a metric, e.g. `accuracy: {at_least: 0.9}`."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Demand]  # pyright: ignore[reportIncompatibleVariableOverride] - pydantic's own way to type extra keys

    calibrated_judges: bool | None = None
    """Whether every judge must have been checked against people's labels as it is now; see `synthloop gears`."""
    judge_kappa_at_least: Annotated[float | None, Field(ge=-1, le=1)] = None
    """Agreement with people, as Cohen's kappa, that the whole interval of every judge must reach."""
    no_regression: bool = True
    """Whether doing worse than the baseline, beyond chance, fails."""
    alpha: Share | None = None
    """Accepted share of false alarms about regressions."""
    margin: Share | None = None
    """How far below a threshold the true value may lie where the gate passes."""
    drop_margin: Share | None = None
    """Drop since the baseline that must be ruled out."""
    max_unscored_share: Share | None = None
    """Share of answers that may go unscored."""
    repeats: Count = 1
    """How often the app answers each sample."""
    holdout_reads: Count = 20
    """App versions that one holdout may judge before it counts as spent."""
    behaviors: dict[Text, Threshold] = {}
    """Behavior -> pass rate that it must reach, e.g. `{schedule: 0.9}`."""


class BudgetWritten(Written):
    """Hard caps of one run."""

    calls: Count | None = None
    """Calls of apps and models, retries included."""
    minutes: Weight | None = None
    """Minutes that a run may take."""
    tokens: Count | None = None
    """Tokens, read and written, as far as apps and models say."""
    usd: Weight | None = None
    """US dollars, as far as apps and models say."""


class ProjectWritten(Written):
    """A project file: the app, its behaviors, and how the loop turns."""

    model_config = ConfigDict(title="synthloop project")

    app: AppWritten | None = None
    """The app under test: `module:function`, a URL, `$ command`, or a mapping with details."""
    variants: dict[Text, AppFull] = {}
    """Named variants to compare with `app`: each says only what differs, e.g. `{variables: {prompt: short}}`."""
    behaviors: Text = "behaviors/"
    """Folder of the behavior files."""
    model: ModelWritten | None = None
    """A language model: `openai:NAME`, `anthropic:NAME`, `ollama:NAME`, `local:FOLDER`, a base URL, or a mapping with details."""
    models: dict[Text, ModelWritten] = {}
    """Named language models, where there are several; the one under `model` is called `model`."""
    prices: Text | None = None
    """What tokens cost, as a path to your own file of prices. Without it costs are unknown."""
    seed: int = 0
    """Every random choice follows from it."""
    generate: GenerateWritten = GenerateWritten()
    """How many samples to make, and how they are mixed."""
    writing: WritingWritten | None = None
    """What models write of the samples. Left out: nothing."""
    users: UsersWritten = UsersWritten()
    """What simulated users are like, for behaviors with a `conversation`."""
    noise: NoiseWritten = NoiseWritten()
    """How messy the samples are."""
    validators: list[ComponentWritten] = []
    """Rules that drop samples; `synthloop components validators` lists them."""
    scorers: list[ComponentWritten] = []
    """What is scored; `synthloop components scorers` lists them. Left out: `label` or `exact`, by what is expected."""
    judges: list[JudgeEntry] = []
    """Scorers that ask a model: rubrics, e.g. `{name: helpful, criteria: [...]}`, or what `synthloop components judges` lists. With judges,
    `scorers: []` leaves the scoring to them."""
    split: SplitWritten = SplitWritten()
    """Shares of the splits."""
    gate: GateWritten = Field(default_factory=lambda: GateWritten.model_validate({}))
    """What CI demands."""
    budget: BudgetWritten = BudgetWritten()
    """Hard caps of one run."""


__all__ = [
    "AppFull",
    "BudgetWritten",
    "ChatWritten",
    "CommandFull",
    "DemandWritten",
    "EndWritten",
    "GateWritten",
    "GenerateWritten",
    "HttpWritten",
    "NoiseWritten",
    "ProjectWritten",
    "ReplyWritten",
    "SplitWritten",
    "UsageWritten",
]
