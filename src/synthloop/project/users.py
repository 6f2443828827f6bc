"""What simulated users are like, and the project's own checks of how conversations end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

from synthloop.core.behavior import Behavior
from synthloop.core.conversation import Manner
from synthloop.core.end_state import Check
from synthloop.core.errors import Problem, UsageError
from synthloop.core.own_code import call_own
from synthloop.core.persona import Persona
from synthloop.core.prompt import Prompt
from synthloop.core.registry import load_attribute
from synthloop.generate.conversations import DEFAULT_MANNERS, MannerShare, UserSettings
from synthloop.loop.setup import UserModel
from synthloop.project.model_config import ModelConfig
from synthloop.project.settings import SettingsReader, check_loadable
from synthloop.project.writing_settings import find_model, read_population
from synthloop.project.written_conversations import UsersWritten
from synthloop.project.yaml_source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class UserConfig:
    """What simulated users are like, and who writes what they say."""

    settings: UserSettings = field(default_factory=UserSettings)
    model: UserModel | None = None


def read_users(reader: SettingsReader, models: Sequence[ModelConfig], prompts: Mapping[str, Prompt]) -> UserConfig:
    """Return what simulated users are like; complains to `reader` about everything that is wrong."""
    written = reader.written.users
    settings = build_users(written, read_population(reader, ("users", "personas"), written.personas))
    reader.problems += check_users(settings, reader.source)
    if written.model is None:
        return UserConfig(settings=settings)
    config = find_model(reader, ("users", "model"), written.model, {config.name: config for config in models})
    own = {name: prompts[name] for name in ("user_turn", "user_free") if name in prompts}
    return UserConfig(settings=settings, model=UserModel(model=config.ref, mode=written.mode, prompts=own) if config else None)


def build_users(written: UsersWritten, personas: tuple[Persona, ...] = ()) -> UserSettings:
    """Return what simulated users are like."""
    usual: Mapping[Manner, MannerShare] = DEFAULT_MANNERS if written.usual_manners else {}
    own: dict[Manner, MannerShare] = {name: MannerShare(users=each.users, turns=each.turns) for name, each in written.manners.items()}
    manners: dict[Manner, MannerShare] = {**usual, **own}
    return UserSettings(
        manners={name: share for name, share in manners.items() if share.users and share.turns},
        patience=tuple(written.patience),
        turns=written.turns,
        quick_replies=tuple(written.quick_replies),
        noise=written.noise,
        personas=personas,
    )


def check_users(settings: UserSettings, source: Source) -> Iterator[Problem]:
    """Yield manners that can't be had together: a user shows one in a turn, so the shares of turns may not exceed 1."""
    shares = {name: share.users * share.turns for name, share in settings.manners.items()}
    if sum(shares.values()) > 1 + 1e-9:
        listed = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
        what = f"the manners' shares add up to {sum(shares.values()):.2f} of all turns, and a user shows at most one in a turn: {listed}."
        yield source.problem(("users", "manners"), what, "Lower some of them; `usual_manners: false` turns off those that you don't name.")


def load_checks(behaviors: Iterable[Behavior], root: Path) -> dict[str, Check]:
    """Return the functions that end states name.

    Raises:
        UsageError: One can't be imported, or is no function.
    """
    talks = [behavior.talk for behavior in behaviors if behavior.talk is not None]
    names = {end.check for talk in talks for end in (talk.end, *talk.never) if end.check}
    checks: dict[str, Check] = {}
    for name in sorted(names):
        check_loadable(name, root)
        function = load_attribute(name)
        if not callable(function):
            raise UsageError(f"{name!r} is no function. Fix: name one that takes the turns and returns whether the end is reached.")
        checks[name] = cast("Check", partial(call_own, function))
    return checks


__all__ = ["UserConfig", "build_users", "check_users", "load_checks", "read_users"]
