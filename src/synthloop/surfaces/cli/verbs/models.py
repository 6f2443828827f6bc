"""`synthloop models list` and `synthloop models check`."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from synthloop.core.errors import UsageError
from synthloop.core.registry import suggest_name
from synthloop.loop.models import ModelCheck, check_models
from synthloop.project.model_config import ModelConfig
from synthloop.project.project import load_project
from synthloop.surfaces.cli.group import EXIT_PORT, PLAIN
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.figures import show_money

app = typer.Typer(**PLAIN, no_args_is_help=True, help="List the language models; check whether they answer, take schemas, and how fast.")

_WAYS = {"native": "natively", "tool": "by tool", "prompt": "in the prompt"}
_NONE = "no model is named. Add one to synthloop.yaml, e.g. `model: http://127.0.0.1:8080/v1` or `model: openai:NAME`."


@app.command("list")
def list_models(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """List the models that the project names, without asking them."""
    configs = load_project(folder).models

    def write(console: Console) -> None:
        if not configs:
            say(console, _NONE)
        else:
            print_table(console, ("name", "model", "where", "at once", "price per million tokens"), map(_describe, configs))

    facts = [
        {"name": config.name, "model": config.model, "url": config.url, "api": config.api, "version": config.ref.version}
        for config in configs
    ]
    Output(as_json).show(facts, write)


@app.command("check")
def check(
    name: Annotated[str | None, typer.Argument(help="Only this model.", show_default="all")] = None,
    *,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Ask each model three small questions, and one with a schema in each way in which it can be said.

    Says whether it answers, how fast, and what that cost. Exit code 3 where one does not answer. Six calls a model are paid for, of a few
    dozen tokens each.
    """
    with open_session(folder, "models check", plain=as_json) as session:
        known = [config.name for config in session.project.models]
        if not known:
            raise UsageError(_NONE)
        if name is not None and name not in known:
            raise UsageError(f"no model is called {name!r}.{suggest_name(name, known)} There are: {', '.join(known)}.")
        found = tuple(check_models(session.setup, (name,) if name else ()))

    Output(as_json).show(found, lambda console: _write_checks(console, found))
    if not all(each.answers for each in found):
        raise typer.Exit(EXIT_PORT)


def _describe(config: ModelConfig) -> tuple[str, ...]:
    price = config.price
    cost = "unknown" if price is None else f"${price.usd_per_million_in:g} read, ${price.usd_per_million_out:g} written"
    return config.name, config.model or "its only one", config.url or "this machine", f"up to {config.limits.in_flight}", cost


def _write_checks(console: Console, checks: Sequence[ModelCheck]) -> None:
    columns = ("name", "answers", "native schemas", "by tool", "in the prompt", "latency", "tokens/s", "this check cost")
    print_table(console, columns, map(_row, checks), numbers=("latency", "tokens/s", "this check cost"))
    for each in checks:
        if each.problem:
            say(console, f"{each.name}: {each.problem}")
        for way, found in each.schemas.items():
            if found != "yes":
                say(console, f"{each.name}, schemas {_WAYS[way]}: {found}")


def _row(check: ModelCheck) -> tuple[str, ...]:
    if not check.answers:
        return check.name, "no", *["–"] * 6
    return (
        check.name,
        f"yes{f', as {check.served_by}' if check.served_by else ''}",
        *(_say_way(check, way) for way in _WAYS),
        f"{check.latency_s:.2f} s" if check.latency_s is not None else "–",
        f"{check.tokens_per_s:.0f}" if check.tokens_per_s is not None else "–",
        show_money(check.usage.cost_usd),
    )


def _say_way(check: ModelCheck, way: str) -> str:
    if way not in check.schemas:
        return "–"
    return "yes" if check.schemas[way] == "yes" else "no"


__all__ = ["app", "check", "list_models"]
