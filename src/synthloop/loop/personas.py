"""Have a model draft who speaks, from a paragraph on the setting."""

from collections.abc import Callable, Sequence

from synthloop.core.ask import Flow
from synthloop.core.errors import PortError, Problem
from synthloop.core.model import ModelRef
from synthloop.core.prompt import Prompt
from synthloop.core.record import Record
from synthloop.loop.setup import Setup
from synthloop.loop.write import make_model_engine
from synthloop.prompting.asking import Question, Said, ask_structured
from synthloop.prompting.shapes import MisshapenError, Shape, shape_of


class Value(Record):
    """One value of a trait and how often it occurs."""

    value: str
    weight: float


class Case(Record):
    """The values of a trait where another one has a certain value."""

    where: str
    values: tuple[Value, ...]


class Trait(Record):
    """One trait; with `given`, `cases` say its values for each value of that other trait."""

    name: str
    values: tuple[Value, ...]
    given: str = ""
    cases: tuple[Case, ...] = ()


class Proposal(Record):
    """What a model drafts."""

    traits: tuple[Trait, ...]


def propose_personas(
    setup: Setup, setting: str, model: ModelRef, prompt: Prompt, check: Callable[[Proposal], Sequence[Problem]], *, repairs: int = 3
) -> Proposal:
    """Ask a model for traits, and ask again with the problems that the check finds.

    Args:
        setup: The project.
        setting: A paragraph on who uses the app.
        model: Who drafts.
        prompt: What it is asked.
        check: Returns what is wrong with a draft.
        repairs: How often a draft with problems is asked for again.

    Raises:
        PortError: No usable draft came.
    """
    plain = shape_of(Proposal)

    def read(value: object) -> Proposal:
        proposal = plain.read(value)  # pyright: ignore[reportArgumentType] - checked by the shape itself
        if problems := check(proposal):
            raise MisshapenError("; ".join(f"{problem.what} {problem.fix}" for problem in problems[:5]))
        return proposal

    shape = Shape(schema=plain.schema, read=read)
    found: list[Said[Proposal]] = []
    make_model_engine(setup).run([_ask(model, prompt, setting, shape, repairs)], sink=found.append)
    said = found[0]
    if said.value is None:
        raise PortError(f"{model.name}: no usable draft came: {said.fault.message if said.fault else 'nothing was said'}")
    return said.value


def _ask(model: ModelRef, prompt: Prompt, setting: str, shape: Shape[Proposal], repairs: int) -> Flow[Said[Proposal]]:
    return (yield from ask_structured(Question(model=model, messages=prompt.fill({"setting": setting}), repairs=repairs), shape))


__all__ = ["Case", "Proposal", "Trait", "Value", "propose_personas"]
