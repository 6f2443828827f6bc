"""The app under test and its variants, as the project describes them; nothing is imported, connected to or started here."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.machinery import PathFinder
from pathlib import Path

from synthloop.adapters.apps.placeholders import names_in
from synthloop.adapters.apps.reply_paths import ReplyPaths
from synthloop.adapters.apps.usage import UsagePaths
from synthloop.core.errors import Problem
from synthloop.core.json_value import JsonValue
from synthloop.engine.limits import Limits
from synthloop.project.secrets import looks_like_secret, refuse_secret, texts_in
from synthloop.project.written_project import AppFull, ChatWritten, HttpWritten, ProjectWritten, ReplyWritten, UsageWritten
from synthloop.project.yaml_source import FieldPath, Source

MAIN_APP = "app"
"""Name of the app that stands under `app`, unless it says another; variants have their own names."""

_CALLS = ("python", "http", "command", "chat")
_PROMPTS = (".md", ".txt")
_LIMITS = ("in_flight", "per_minute", "timeout_s", "retries")


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonCall:
    """A function in this project, or in an installed package."""

    location: str
    """`module:function`."""
    isolate: bool = False
    """Whether it runs in processes of its own."""
    memory_mb: int = 0
    """Most memory of such a process, in MiB; 0: no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall:
    """An HTTP endpoint."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """`${NAME}` stands for an environment variable."""
    body: JsonValue = None
    answer: str | None = None
    """Dotted path of the answer in the JSON that comes back; empty: all of it; None: the answer is text."""
    reply: ReplyPaths = field(default_factory=ReplyPaths)
    end_url: str = ""
    """What is called when a conversation has ended; empty: nothing."""
    end_method: str = "DELETE"
    usage: UsagePaths = field(default_factory=UsagePaths)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall:
    """A program that is started once an answer, or once a conversation."""

    arguments: tuple[str, ...]
    json: bool = False
    session: bool = False
    """Whether it lives for a conversation."""
    answer: str = ""
    reply: ReplyPaths = field(default_factory=ReplyPaths)
    usage: UsagePaths = field(default_factory=UsagePaths)
    environment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCall:
    """A language model of the project."""

    model: str
    system: str = ""
    """A text, or the path of a file."""
    tools: str = ""
    """`module:function`; empty: none."""
    most_calls: int = 8

    @property
    def prompt_file(self) -> str:
        """The path of the system prompt; empty where it is the text itself."""
        return self.system if self.system.endswith(_PROMPTS) and "\n" not in self.system else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppConfig:
    """One app variant: how it is called, how politely, and what its version depends on."""

    name: str
    call: PythonCall | HttpCall | CommandCall | ChatCall
    variables: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    version: str | None = None
    """None: a fingerprint of code, files and settings."""
    files: tuple[str, ...] = ()
    """Patterns of files that belong to the fingerprint, relative to the project."""
    limits: Limits = field(default_factory=Limits)


def build_app_configs(written: ProjectWritten) -> tuple[AppConfig, ...]:
    """Return the app and its variants, the app first; empty where none is written. Needs what `check_apps` passes."""
    if written.app is None:
        return ()
    merged = {name_main(written): written.app, **{name: merge_variant(written.app, variant) for name, variant in written.variants.items()}}
    return tuple(_build_config(name, app) for name, app in merged.items())


def name_main(written: ProjectWritten) -> str:
    """Return what the app itself is called."""
    return (written.app.name if written.app else None) or MAIN_APP


def merge_variant(app: AppFull, variant: AppFull) -> AppFull:
    """Return the app with what a variant says instead; variables are added to the app's, another kind of call replaces its own."""
    said = {name: getattr(variant, name) for name in variant.model_fields_set}
    calls = [name for name in _CALLS if name in said]
    cleared = dict.fromkeys(_CALLS) if calls else {}
    return app.model_copy(update={**cleared, **said, "variables": {**app.variables, **variant.variables}})


def check_apps(written: ProjectWritten, source: Source, root: Path) -> Iterator[Problem]:
    """Yield what does not fit together in the app and its variants."""
    models = {*written.models, *(["model"] if written.model else [])}
    for path, app in {("app",): written.app, **{("variants", name): variant for name, variant in written.variants.items()}}.items():
        if app is not None and app.chat is not None:
            yield from _check_chat(app.chat, (*path, "chat"), source, root, models)
    if written.app is not None:
        yield from _check_app(written.app, ("app",), source, root, calls=1)
    for name, variant in written.variants.items():
        path = ("variants", name)
        if name == name_main(written):
            yield source.problem(path, f"{name!r} is the name of the app itself.", "Give the variant another name.")
        if variant.name is not None:
            yield source.problem((*path, "name"), "a variant is called by the name that it stands under.", "Remove `name`.")
        if written.app is None:
            yield source.problem(path, "there is no `app` that it varies.", "Add `app`.")
        yield from _check_app(variant, path, source, root, calls=0)


def find_missing_files(written: ProjectWritten, source: Source, root: Path) -> Iterator[Problem]:
    """Yield file patterns that nothing matches yet: a typing error, or a model that is still to be trained."""
    apps = {("app",): written.app, **{("variants", name): variant for name, variant in written.variants.items()}}
    for path, app in apps.items():
        for number, pattern in enumerate(app.files if app else ()):
            if not Path(pattern).is_absolute() and not any(root.glob(pattern)):
                fix = "Write it relative to the project, e.g. `prompts/*.txt`; fine where it is still to be made."
                yield source.problem((*path, "files", number), f"no file matches {pattern!r}.", fix)


def find_uncounted(written: ProjectWritten, source: Source) -> Iterator[Problem]:
    """Yield caps in money or tokens that can't be reached, because an endpoint or program does not say what its answers cost."""
    call = written.app and (written.app.http or written.app.command)
    if not call:
        return
    counted = {"tokens": call.usage.tokens_in or call.usage.tokens_out, "usd": call.usage.cost_usd}
    for name, path in counted.items():
        if getattr(written.budget, name) is not None and not path:
            example = "cost_usd: usage.cost" if name == "usd" else "tokens_in: usage.prompt_tokens"
            fix = f"Say where its JSON holds that, e.g. `usage: {{{example}}}` beside `answer`."
            yield source.problem(("budget", name), "nothing counts towards this cap: the app does not say what an answer costs.", fix)


def _check_app(app: AppFull, path: FieldPath, source: Source, root: Path, *, calls: int) -> Iterator[Problem]:
    written = [name for name in _CALLS if getattr(app, name) is not None]
    if len(written) > 1 or len(written) < calls:
        yield source.problem(
            path, "it must be known how the app is called.", "Write exactly one of `python`, `http`, `command` and `chat`."
        )
    if app.python is None and calls and (app.isolate is not None or app.memory_mb is not None):
        yield source.problem((*path, "isolate"), "only Python functions are isolated.", "Remove `isolate` and `memory_mb`.")
    yield from _check_paths(app, path, source, root)
    yield from _check_usage(app, path, source)
    if app.http is not None:
        yield from _check_secrets(app.http, (*path, "http"), source)
        yield from _check_end(app.http, (*path, "http", "end"), source)
    yield from _check_reply(app, path, source)
    for name, value in app.variables.items():
        if isinstance(value, str) and looks_like_secret(value):
            yield refuse_secret(source, (*path, "variables", name))


def _check_paths(app: AppFull, path: FieldPath, source: Source, root: Path) -> Iterator[Problem]:
    module, _, function = (app.python or "").partition(":")
    if module and not _module_exists(module, root):
        fix = f"Write {module.replace('.', '/')}.py with a function `{function}` beside synthloop.yaml, or correct the name."
        yield source.problem((*path, "python"), f"there is no module {module!r}.", fix)
    for number, pattern in enumerate(app.files):
        if Path(pattern).is_absolute():
            fix = "Write it relative to the project, e.g. `prompts/*.txt`."
            yield source.problem((*path, "files", number), f"{pattern!r} does not belong to the project.", fix)


def _check_usage(app: AppFull, path: FieldPath, source: Source) -> Iterator[Problem]:
    what = "it is read from JSON, and the answer is text."
    if app.http is not None and app.http.usage.model_fields_set and app.http.answer is None:
        fix = "Add `answer`: the path of the answer in that JSON, or an empty text for all of it."
        yield source.problem((*path, "http", "usage"), what, fix)
    if app.command is not None and app.command.usage.model_fields_set and not (app.command.json_ or app.command.answer):
        yield source.problem((*path, "command", "usage"), what, "Add `json: true`.")


def _check_chat(chat: ChatWritten, path: FieldPath, source: Source, root: Path, models: Container[str]) -> Iterator[Problem]:
    if chat.model not in models:
        fix = "Add it under `models`, or a model under `model`, e.g. `model: http://127.0.0.1:8080/v1`."
        yield source.problem((*path, "model"), f"there is no model {chat.model!r}.", fix)
    prompt = _build_chat(chat).prompt_file
    if prompt and not (root / prompt).is_file():
        yield source.problem(
            (*path, "system"), f"there is no file {prompt!r}.", "Write it, as a path relative to the project, or the text."
        )
    module, _, function = (chat.tools or "").partition(":")
    if module and not _module_exists(module, root):
        fix = f"Write {module.replace('.', '/')}.py with a function `{function}` beside synthloop.yaml, or correct the name."
        yield source.problem((*path, "tools"), f"there is no module {module!r}.", fix)


def _check_end(http: HttpWritten, path: FieldPath, source: Source) -> Iterator[Problem]:
    if http.end is None:
        return
    if "session" not in names_in([http.url, http.body, *http.headers.values()]):
        fix = 'Send `{session}` with each message, e.g. `body: {id: "{session}", text: "{text}"}`, or remove `end`.'
        yield source.problem(path, "there is no conversation that it could end: the endpoint is not told which one it is in.", fix)
    if looks_like_secret(http.end.url):
        yield refuse_secret(source, (*path, "url"))


def _check_reply(app: AppFull, path: FieldPath, source: Source) -> Iterator[Problem]:
    run = app.command
    if run is not None and run.reply.model_fields_set and not (run.json_ or run.answer):
        yield source.problem((*path, "command", "reply"), "it is read from JSON, and the answer is text.", "Add `json: true`.")
    if app.http is not None and app.http.reply.model_fields_set and not (app.http.reply.messages or app.http.answer is not None):
        fix = "Add `messages`, the path of what it says in that JSON, or `answer` beside `reply`."
        yield source.problem((*path, "http", "reply"), "it is not known where the messages lie.", fix)
    if run is not None and run.session and "text" in names_in(list(run.run)):
        fix = "Remove `{text}` from the arguments; it is written to standard input, a line for each message."
        yield source.problem((*path, "command", "run"), "a program that lives for a conversation is started before anything is said.", fix)


def _check_secrets(http: HttpWritten, path: FieldPath, source: Source) -> Iterator[Problem]:
    for name, value in http.headers.items():
        if looks_like_secret(value, name):
            yield refuse_secret(source, (*path, "headers", name))
    if looks_like_secret(http.url):
        yield refuse_secret(source, (*path, "url"))
    if any(looks_like_secret(text) for text in texts_in(http.body)):
        yield refuse_secret(source, (*path, "body"))


def _module_exists(module: str, root: Path) -> bool:
    """Return whether a module can be found, without importing anything."""
    places: list[str] | None = None
    name = ""
    for part in module.split("."):
        name = f"{name}.{part}" if name else part
        spec = PathFinder.find_spec(part if places is None else name, [str(root)] if places is None else places)
        if spec is None and places is None:
            spec = PathFinder.find_spec(part)
        if spec is None:
            return False
        places = list(spec.submodule_search_locations or [])
    return True


def _build_config(name: str, app: AppFull) -> AppConfig:
    limits = Limits(**{field: getattr(app, field) for field in _LIMITS if getattr(app, field) is not None})
    call = _build_call(app)
    if isinstance(call, CommandCall) and call.session:  # every conversation is a process
        limits = replace(limits, sessions=limits.in_flight)
    return AppConfig(
        name=name,
        call=call,
        variables=app.variables,
        version=app.version,
        files=tuple(app.files),
        limits=limits,
    )


def _build_call(app: AppFull) -> PythonCall | HttpCall | CommandCall | ChatCall:
    if app.http is not None:
        http = app.http
        return HttpCall(
            url=http.url,
            method=http.method,
            headers=http.headers,
            body=http.body,
            answer=http.answer,
            reply=_build_reply(http.reply),
            end_url=http.end.url if http.end else "",
            end_method=http.end.method if http.end else "DELETE",
            usage=_build_usage(http.usage),
        )
    if app.command is not None:
        run = app.command
        return CommandCall(
            arguments=tuple(run.run),
            json=run.json_ or bool(run.answer),
            session=run.session,
            answer=run.answer,
            reply=_build_reply(run.reply),
            usage=_build_usage(run.usage),
            environment=tuple(run.environment),
        )
    if app.chat is not None:
        return _build_chat(app.chat)
    return PythonCall(location=app.python or "", isolate=bool(app.isolate), memory_mb=app.memory_mb or 0)


def _build_chat(written: ChatWritten) -> ChatCall:
    return ChatCall(model=written.model, system=written.system or "", tools=written.tools or "", most_calls=written.most_calls)


def _build_reply(written: ReplyWritten) -> ReplyPaths:
    return ReplyPaths(**{name: getattr(written, name) for name in written.model_fields_set if getattr(written, name)})


def _build_usage(written: UsageWritten) -> UsagePaths:
    return UsagePaths(tokens_in=written.tokens_in or "", tokens_out=written.tokens_out or "", cost_usd=written.cost_usd or "")


__all__ = [
    "MAIN_APP",
    "AppConfig",
    "ChatCall",
    "CommandCall",
    "HttpCall",
    "PythonCall",
    "build_app_configs",
    "check_apps",
    "find_missing_files",
    "find_uncounted",
    "merge_variant",
    "name_main",
]
