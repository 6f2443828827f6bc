"""`synthloop personas show` and `synthloop personas propose`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console

from synthloop.adapters.files import write_atomically
from synthloop.core.errors import Problem, ProjectError, UsageError
from synthloop.generate.personas.population import Fit, check_population, count_covering, draw_personas
from synthloop.loop.personas import Proposal, Trait, Value, propose_personas
from synthloop.project.personas import parse_personas, read_personas
from synthloop.surfaces.cli.group import PLAIN
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption, LimitOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.figures import show_chance, show_count, show_share

app = typer.Typer(**PLAIN, no_args_is_help=True, help="Draw who speaks, and check the mix; have a model draft a file of personas.")

_FILE = Path("personas.yaml")
_CHECKED = 2_000
_WORST = 5

FileArgument = Annotated[Path, typer.Argument(help="The file of personas.")]


@app.command("show")
def show(
    file: FileArgument = _FILE,
    *,
    limit: LimitOption = 10,
    seed: Annotated[int, typer.Option("--seed", help="The random seed.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Draw some personas, and compare what is drawn with what the file asks for: every trait, and every pair of traits."""
    setting, problems = read_personas(file, str(file))
    if setting is None:
        raise ProjectError(problems)
    shown = draw_personas(setting, limit, seed=seed)
    covering = count_covering(setting, seed=seed)
    fits = check_population(setting, draw_personas(setting, _CHECKED, seed=seed, cover_pairs=False), seed=seed)

    def write(console: Console) -> None:
        names = [trait.name for trait in setting.traits]
        print_table(console, names, ([persona.traits[name] for name in names] for persona in shown))
        say(console, f"Every pair of values that can occur is among the first {covering:,}.")
        off = [fit for fit in fits if fit.q_value < 0.05]
        basis = f"{show_count(len(fits), 'trait and pair', 'traits and pairs')} of {_CHECKED:,} drawn personas"
        say(console, f"{basis}: {show_count(len(off), 'is', 'are')} off beyond chance. The largest gaps:")
        print_table(console, ("traits", "values", "gap", "q"), map(_row, sorted(fits, key=lambda fit: -fit.largest_gap)[:_WORST]))

    Output(as_json).show({"personas": shown, "covering": covering, "fits": fits}, write)


@app.command("propose")
def propose(
    setting: Annotated[str, typer.Argument(help="A paragraph on who uses the app, and for what.")],
    *,
    to: Annotated[Path, typer.Option("--to", "-o", help="Where to write the draft.")] = _FILE,
    model: Annotated[str | None, typer.Option("--model", help="Who drafts.", show_default="the only model, or `model`")] = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Have a model draft a file of personas, check it, and write it for you to change before it is used."""
    path = folder / to
    if path.exists():
        raise UsageError(f"{to} is there already. Fix: name another file with --to, or remove it.")
    with open_session(folder, "personas propose", plain=as_json, promised=path.resolve()) as session:
        known = {config.name: config.ref for config in session.project.models}
        name = model or ("model" if "model" in known else next(iter(known), ""))
        if name not in known:
            raise UsageError(f"there is no model {name!r}. There are: {', '.join(known) or 'none; add `model:` to synthloop.yaml'}.")
        draft = propose_personas(session.setup, setting, known[name], session.project.prompts["personas"], check_draft(setting, str(to)))
    text = _write(setting, draft)
    write_atomically(path, text.encode())

    def write(console: Console) -> None:
        say(console, f"wrote {to}: {show_count(len(draft.traits), 'trait')}. Read it and change it: a model's guess is not your users.")
        say(console, f"Then: synthloop personas show {to}; and `writing: {{personas: {to}}}` in synthloop.yaml")

    Output(as_json).show({"path": str(to), "traits": draft.traits}, write)


def check_draft(setting: str, shown: str) -> Callable[[Proposal], Sequence[Problem]]:
    """Return what finds the problems of a draft: those that its file would have."""
    return lambda draft: parse_personas(_write(setting, draft), shown)[1]


def _row(fit: Fit) -> tuple[str, ...]:
    return " and ".join(fit.traits), ", ".join(fit.where), show_share(fit.largest_gap), show_chance(fit.q_value)


def _write(setting: str, draft: Proposal) -> str:
    traits = {trait.name: _write_trait(trait) for trait in draft.traits}
    said: dict[str, Any] = {"says": setting, "traits": traits}
    return "# A draft by a model: read it, and change what is not so.\n" + yaml.safe_dump(
        said, sort_keys=False, allow_unicode=True, width=120
    )


def _write_trait(trait: Trait) -> dict[str, Any]:
    if not trait.given:
        return _weights(trait.values)
    cases = {case.where: _weights(case.values) for case in trait.cases}
    return {"given": trait.given, **cases, **({"otherwise": _weights(trait.values)} if trait.values else {})}


def _weights(values: tuple[Value, ...]) -> dict[str, float]:
    return {each.value: float(each.weight) for each in values}


__all__ = ["app", "check_draft", "propose", "show"]
