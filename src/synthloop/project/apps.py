"""The project's apps, ready to be asked: adapters built from what the project describes."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from synthloop.adapters.apps.reply_paths import ReplyPaths
from synthloop.core.errors import Problem, ProjectError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.ports import App
from synthloop.core.registry import load_attribute
from synthloop.project.app_config import AppConfig, ChatCall, CommandCall, HttpCall, PythonCall
from synthloop.project.model_config import ModelConfig
from synthloop.project.models import build_model
from synthloop.project.project import PROJECT_FILE, Project
from synthloop.project.settings import check_loadable, make_importable


def build_apps(project: Project, *, unversioned: str) -> dict[str, App]:
    """Build the app and its variants; the app's module is imported here.

    Args:
        project: The project.
        unversioned: Version of apps whose version nobody can know (an HTTP endpoint without `version`, a function without source). Answers
            are kept under it, so give every run one of its own, and a resumed run the same again.

    Returns:
        Variant name -> app, in the project's order.

    Raises:
        ProjectError: An app can't be built; holds the problems of all variants.
    """
    make_importable(project.root)
    apps: dict[str, App] = {}
    problems: list[Problem] = []
    for config in project.apps:
        try:
            apps[config.name] = build_app(config, root=project.root, unversioned=unversioned, models=project.models)
        except UsageError as error:
            field = "app" if config is project.apps[0] else f"variants.{config.name}"
            problems.append(Problem(file=PROJECT_FILE, line=None, field=field, what=str(error), fix=""))
    if problems:
        raise ProjectError(problems)
    return apps


def build_app(config: AppConfig, *, root: Path, unversioned: str, models: Sequence[ModelConfig] = ()) -> App:
    """Build one app variant; see `build_apps`.

    Raises:
        UsageError: It can't be built.
    """
    match config.call:
        case PythonCall():
            return _build_python(config, config.call, root, unversioned)
        case HttpCall():
            return _build_http(config, config.call, unversioned)
        case CommandCall():
            return _build_command(config, config.call, root)
        case ChatCall():
            return _build_chat(config, config.call, root, unversioned, models)


def _build_python(config: AppConfig, call: PythonCall, root: Path, unversioned: str) -> App:
    from synthloop.adapters.apps.fingerprint import named_version, python_version  # noqa: PLC0415 - only the adapters that are named are loaded
    from synthloop.adapters.apps.isolated import IsolatedApp  # noqa: PLC0415 - the same
    from synthloop.adapters.apps.loaded import check_loaded  # noqa: PLC0415 - the same
    from synthloop.adapters.apps.python import CallableApp  # noqa: PLC0415 - the same

    check_loadable(call.location, root)
    function = _load_callable(call.location)
    if not config.version and not call.isolate:  # a process of its own loads the files as they are
        check_loaded(function, root=root, location=call.location)
    seen = python_version(function, root=root, location=call.location, files=config.files, variables=config.variables)
    version = seen if seen and not config.version else named_version(config.version or unversioned, config.variables)
    if inspect.isclass(function):
        return _build_object(config, call, function, version)
    if not call.isolate:
        return CallableApp(name=config.name, version=version, function=function, variables=config.variables)
    return IsolatedApp(
        name=config.name,
        version=version,
        location=call.location,
        variables=config.variables,
        folder=root,
        memory_mb=call.memory_mb,
        workers=config.limits.in_flight,
    )


def _build_object(config: AppConfig, call: PythonCall, made: Callable[..., object], version: str) -> App:
    from synthloop.adapters.apps.objects import ObjectApp  # noqa: PLC0415 - only the adapters that are named are loaded

    if call.isolate:
        raise UsageError(
            f"{call.location!r} is a class, and `isolate` is for functions. Fix: drop `isolate`, or start it as a server or command."
        )
    return ObjectApp(name=config.name, version=version, make=made, variables=config.variables)


def _load_callable(location: str) -> Callable[..., object]:
    found: Any = load_attribute(location)
    if not callable(found):
        raise UsageError(f"{location!r} is no function but {type(found).__name__}. Fix: name a function that takes a text, or a class.")
    return found


def _build_http(config: AppConfig, call: HttpCall, unversioned: str) -> App:
    from synthloop.adapters.apps.fingerprint import named_version  # noqa: PLC0415 - only the adapters that are named are loaded
    from synthloop.adapters.apps.http import EndCall, EndMethod, HttpApp, Method  # noqa: PLC0415 - the same

    settings: Mapping[str, JsonValue] = {
        "url": call.url,
        "method": call.method,
        "headers": dict(call.headers),
        "body": call.body,
        "answer": call.answer,
        "variables": dict(config.variables),
        **_say_reply(call.reply),
    }
    return HttpApp(
        name=config.name,
        version=named_version(config.version or unversioned, settings),
        url=call.url,
        method=cast("Method", call.method),
        headers=call.headers,
        body=call.body,
        path=call.answer,
        reply=call.reply,
        end=EndCall(url=call.end_url, method=cast("EndMethod", call.end_method)) if call.end_url else None,
        usage=call.usage,
        variables=config.variables,
    )


def _build_chat(config: AppConfig, call: ChatCall, root: Path, unversioned: str, models: Sequence[ModelConfig]) -> App:
    from synthloop.adapters.apps.chat import ChatApp  # noqa: PLC0415 - only the adapters that are named are loaded
    from synthloop.adapters.apps.fingerprint import named_version, python_version  # noqa: PLC0415 - the same

    model = next((each for each in models if each.name == call.model), None)
    if model is None:
        raise UsageError(f"there is no model {call.model!r}. Fix: add it under `models`.")
    system = (root / call.prompt_file).read_text(encoding="utf-8") if call.prompt_file else call.system
    settings: dict[str, JsonValue] = {"model": model.ref.version, "system": system, "tools": call.tools, "most_calls": call.most_calls}
    make, code = None, "no tools"
    if call.tools:
        check_loadable(call.tools, root)
        make = _load_callable(call.tools)
        code = python_version(make, root=root, location=call.tools, files=config.files) or unversioned
    version = named_version(config.version or code, settings)
    built = build_model(model, root=root)
    return ChatApp(name=config.name, version=version, model=built, system=system, make_tools=make, most_calls=call.most_calls)


def _say_reply(paths: ReplyPaths) -> dict[str, JsonValue]:
    """Return what a version depends on: nothing for an app that says no paths."""
    return {} if paths.is_empty else {"reply": dict(asdict(paths))}


def _build_command(config: AppConfig, call: CommandCall, root: Path) -> App:
    from synthloop.adapters.apps.command import CommandApp  # noqa: PLC0415 - only the adapters that are named are loaded
    from synthloop.adapters.apps.fingerprint import command_version, named_version  # noqa: PLC0415 - the same
    from synthloop.adapters.apps.placeholders import fill_text  # noqa: PLC0415 - the same
    from synthloop.adapters.apps.session_command import SessionCommandApp  # noqa: PLC0415 - the same

    arguments = [fill_text(argument, config.variables) for argument in call.arguments]  # some may be files of the project
    settings: dict[str, JsonValue] = {"json": call.json, "answer": call.answer, **_say_reply(call.reply)}
    if call.session:
        settings["session"] = True
    version = (
        named_version(config.version, {"arguments": list(arguments), **settings})
        if config.version
        else command_version(arguments, root=root, files=config.files, settings=settings)
    )
    make = SessionCommandApp if call.session else CommandApp
    return make(
        name=config.name,
        version=version,
        command=call.arguments,
        variables=config.variables,
        json=call.json,
        path=call.answer,
        reply=call.reply,
        usage=call.usage,
        environment=call.environment,
        folder=root,
    )


__all__ = ["build_app", "build_apps"]
