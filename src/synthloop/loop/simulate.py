"""Have simulated users talk with the app: what the loop adds to `synthloop.simulate`."""

from collections.abc import Iterator, Sequence
from random import Random

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.ports import App, SessionApp, SimulatedUser
from synthloop.core.sample import Sample
from synthloop.core.transcript import Transcript
from synthloop.generate.noise.apply import noise_text
from synthloop.generate.noise.spans import find_spans
from synthloop.loop.setup import Setup
from synthloop.simulate.agenda import AgendaUser
from synthloop.simulate.conversation import AppRef, Stage, converse
from synthloop.simulate.model_user import ModelUser
from synthloop.simulate.single_turn import ask_app


def make_flows(setup: Setup, samples: Sequence[Sample], *, app: str, first_replica: int = 0) -> Iterator[Flow[tuple[Transcript, ...]]]:
    """Yield what has to be done to put samples to an app: one question each, or a conversation a repeat.

    Args:
        setup: The project.
        samples: In order.
        app: Name of the variant.
        first_replica: Where to begin counting repeats.
    """
    port = setup.apps[app]
    stage = Stage(
        app=AppRef(name=app, version=port.version, keeps_sessions=keeps_sessions(port)), user=make_user(setup), checks=setup.checks
    )
    behaviors = {behavior.id: behavior for behavior in setup.behaviors}
    for sample in samples:
        if sample.goal is None:
            yield ask_app(sample, app=app, app_version=port.version, repeats=setup.repeats, first_replica=first_replica)
            continue
        for replica in range(first_replica, first_replica + setup.repeats):
            yield _talk(sample, stage, behaviors[sample.behavior_id], replica)


def count_flows(setup: Setup, samples: Sequence[Sample]) -> int:
    """Return how many flows `make_flows` yields."""
    return sum(1 if sample.goal is None else setup.repeats for sample in samples)


def make_user(setup: Setup) -> SimulatedUser:
    """Return what plays the users of the project's conversations."""

    def reword(text: str, protected: tuple[str, ...], rng: Random) -> str:
        return noise_text(text, setup.noisers, rng, spans=find_spans(text, protected))[0]

    behaviors = [behavior for behavior in setup.behaviors if behavior.talk is not None]
    specs = tuple(noiser.spec for noiser in setup.noisers)
    agenda = AgendaUser(behaviors=behaviors, seed=setup.seed, reword=reword if setup.noisers else None, noise_specs=specs)
    if (writer := setup.user_model) is None:
        return agenda
    return ModelUser(agenda=agenda, model=writer.model, mode=writer.mode, prompts=writer.prompts)


def keeps_sessions(app: App) -> bool:
    """Tell whether an app keeps what it knows of a conversation itself."""
    return isinstance(app, SessionApp) and app.keeps_sessions


def _talk(sample: Sample, stage: Stage, behavior: Behavior, replica: int) -> Flow[tuple[Transcript, ...]]:
    talk = behavior.talk
    start, app_begins = (talk.start, talk.app_begins) if talk else (None, False)
    transcript = yield from converse(sample, stage, start=start, app_begins=app_begins, replica=replica)
    return (transcript,)


__all__ = ["count_flows", "keeps_sessions", "make_flows", "make_user"]
