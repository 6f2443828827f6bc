"""What models write, as the stages take it, with every problem on the way."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, cast

from synthloop.adapters.imports.documents import read_documents
from synthloop.adapters.imports.texts import read_messages
from synthloop.core.behavior import Behavior, Persona
from synthloop.core.document import Document
from synthloop.core.errors import UsageError
from synthloop.core.own_code import find_own_line
from synthloop.core.ports import Finder, Grader, Writer
from synthloop.core.prompt import Prompt, read_prompt
from synthloop.curate.grading import ModelGrader
from synthloop.curate.personal_data import scrub_all
from synthloop.generate.briefs import ModelChoice, WriterChoice, WritingSettings
from synthloop.generate.personas.population import draw_personas
from synthloop.project.locales import find_unvouched
from synthloop.project.model_config import MAIN_MODEL, ModelConfig
from synthloop.project.personas import read_personas
from synthloop.project.problems import suggest_or_list
from synthloop.project.settings import SettingsReader
from synthloop.project.written_models import WritingWritten
from synthloop.project.yaml_source import FieldPath, plain
from synthloop.prompting.library import make_prompts

PROMPTS_FOLDER = "prompts"
"""Where a project keeps the prompts that it changed, one `NAME.md` each."""

_MOST_EXAMPLES = 2_000
_POPULATION = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingConfig:
    """What models write of the samples, and who grades it."""

    settings: WritingSettings = field(default_factory=WritingSettings)
    grader: Grader | None = None
    scrubbed: Mapping[str, int] = field(default_factory=dict[str, int])
    """Kind of personal data -> how many values were taken out of the examples of style."""


def read_writing(
    reader: SettingsReader, models: Sequence[ModelConfig], behaviors: Sequence[Behavior], prompts: Mapping[str, Prompt]
) -> WritingConfig:
    """Return what models write; complains to `reader` about everything that is wrong."""
    written = reader.written.writing
    if written is None:
        return WritingConfig()
    known = {config.name: config for config in models}
    reader.notes += find_unvouched(written.locale, behaviors, reader.source)
    style, scrubbed = _read_style(reader, written)
    settings = WritingSettings(
        share=written.share,
        writers=tuple(_read_writers(reader, written, behaviors)),
        models=tuple(_read_models(reader, written, known)),
        per_call=written.per_call,
        stop_below=written.stop_below,
        repairs=written.repairs,
        prompts=prompts,
        personas=read_population(reader, ("writing", "personas"), written.personas),
        style=style,
        documents=_read_documents(reader, written),
        locale=written.locale,
    )
    return WritingConfig(settings=settings, grader=_read_filter(reader, written, known, prompts), scrubbed=scrubbed)


def _read_writers(reader: SettingsReader, written: WritingWritten, behaviors: Sequence[Behavior]) -> Iterator[WriterChoice]:
    for position, entry in enumerate(written.writers):
        path = ("writing", "writers", position)
        weight, bare = _take_weight(entry)
        for writer in cast("tuple[Writer, ...]", reader.build_component("writers", path, bare)):
            named = getattr(writer, "behavior", "")
            if named and named not in {behavior.id for behavior in behaviors}:
                fix = suggest_or_list(named, [behavior.id for behavior in behaviors], "Behaviors")
                reader.complain(path, f"no behavior is called {named!r}.", fix)
            yield WriterChoice(writer=writer, weight=weight)


def _take_weight(entry: object) -> tuple[float, object]:
    """Return the weight that stands beside a component's parameters, and the component without it."""
    if not isinstance(entry, dict):
        return 1.0, entry
    ((name, parameters),) = cast("dict[str, dict[str, Any]]", entry).items()
    weight = parameters.get("weight", 1.0)
    return float(weight), {name: {key: value for key, value in parameters.items() if key != "weight"}}


def _read_models(reader: SettingsReader, written: WritingWritten, known: Mapping[str, ModelConfig]) -> Iterator[ModelChoice]:
    if not written.models:
        usual = find_usual_model(reader, ("writing",), known)
        if usual is not None:
            yield ModelChoice(model=usual.ref)
        return
    for position, entry in enumerate(written.models):
        for name, said in entry.items():
            parameters = cast("dict[str, Any]", plain(said))
            weight = parameters.pop("weight", 1.0)
            config = find_model(reader, ("writing", "models", position), name, known)
            if config is not None:
                yield ModelChoice(model=config.ref, weight=float(weight), parameters=parameters)


def find_usual_model(reader: SettingsReader, path: FieldPath, known: Mapping[str, ModelConfig]) -> ModelConfig | None:
    """Return the model that is meant where none is named: `model`, or the only one; None, with a complaint, where that is not clear."""
    usual = known.get(MAIN_MODEL) or (next(iter(known.values())) if len(known) == 1 else None)
    if usual is None and known:
        reader.complain(path, "it is not said which of the models is meant.", f"Add e.g. `models: [{next(iter(known))}]` to it.")
    elif usual is None:
        reader.complain(path, "there is no model.", "Add e.g. `model: http://127.0.0.1:8080/v1`, or `model: openai:NAME`.")
    return usual


def find_model(reader: SettingsReader, path: FieldPath, name: str, known: Mapping[str, ModelConfig]) -> ModelConfig | None:
    """Return a model by name; None, with a complaint, where there is none."""
    if name not in known:
        reader.complain(path, f"no model is called {name!r}.", suggest_or_list(name, known, "Models"))
    return known.get(name)


def _read_filter(
    reader: SettingsReader, written: WritingWritten, known: Mapping[str, ModelConfig], prompts: Mapping[str, Prompt]
) -> Grader | None:
    if written.filter is None:
        return None
    config = find_model(reader, ("writing", "filter"), written.filter, known)
    return None if config is None else ModelGrader(model=config.ref, prompts=prompts, repairs=written.repairs)


def _read_style(reader: SettingsReader, written: WritingWritten) -> tuple[tuple[str, ...], Mapping[str, int]]:
    """Return the examples of style without personal data: what a model may see of them."""
    finders: tuple[Finder, ...] = reader.build_components("finders", ("writing", "scrub"), written.scrub)
    path = reader.find_file(("writing", "examples"), written.examples, "Write it: one message a line.")
    if path is None or not path.is_file() or len(finders) < len(written.scrub):
        return (), {}
    try:
        messages = tuple(islice(read_messages(path), _MOST_EXAMPLES))
    except UsageError as error:
        reader.complain(("writing", "examples"), str(error), "")
        return (), {}
    return _scrub(reader, messages, finders)


def _scrub(reader: SettingsReader, messages: Sequence[str], finders: Sequence[Finder]) -> tuple[tuple[str, ...], Mapping[str, int]]:
    try:
        with redirect_stdout(sys.stderr):
            return scrub_all(messages, finders)
    except UsageError as error:
        reader.complain(("writing", "scrub"), str(error), "")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's finder may raise anything; its message may hold what is personal
        reader.complain(
            ("writing", "scrub"), f"a finder raised {type(error).__name__} ({find_own_line(error)}).", "Try it on a message of `examples`."
        )
    return (), {}


def read_population(reader: SettingsReader, where: FieldPath, file: str | None) -> tuple[Persona, ...]:
    """Return who speaks by a file of personas: enough people that every pair of traits comes up, and most kinds do.

    Args:
        reader: Told what is wrong.
        where: Where the file is named.
        file: The file; None: nobody in particular speaks.
    """
    path = reader.find_file(where, file, "`synthloop personas propose` drafts one.")
    if path is None or not path.is_file():
        return ()
    setting, problems = read_personas(path, file or "")
    reader.problems += problems
    return draw_personas(setting, _POPULATION, seed=reader.written.seed) if setting is not None else ()


def _read_documents(reader: SettingsReader, written: WritingWritten) -> tuple[Document, ...]:
    if written.documents is None:
        return ()
    try:
        found = read_documents(reader.root / written.documents)
    except UsageError as error:
        reader.complain(("writing", "documents"), str(error), "")
        return ()
    reader.notes += [
        reader.source.problem(("writing", "documents"), f"{name} was left out: {reason}", "") for name, reason in found.skipped.items()
    ]
    return found.documents


def read_prompts(reader: SettingsReader) -> Mapping[str, Prompt]:
    """Return all prompts, with those of the project in place of the shipped ones of the same name."""
    try:
        return make_prompts(_read_own_prompts(reader.root / PROMPTS_FOLDER))
    except (UsageError, OSError, UnicodeDecodeError) as error:
        reader.complain((PROMPTS_FOLDER,), str(error), "")
        return {}


def _read_own_prompts(folder: Path) -> Iterable[Prompt]:
    for path in sorted(folder.glob("*.md")):
        shown = f"{PROMPTS_FOLDER}/{path.name}"
        yield read_prompt(path.read_text(encoding="utf-8"), name=path.stem, source=shown)


__all__ = ["PROMPTS_FOLDER", "WritingConfig", "find_model", "find_usual_model", "read_population", "read_prompts", "read_writing"]
