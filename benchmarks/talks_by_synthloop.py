"""Conversations of users whose words a model writes. Run by `conversations.py`: talks_by_synthloop.py URL CONVERSATIONS TURNS."""

import sys
import tempfile
from contextlib import closing
from itertools import islice
from pathlib import Path

from rows_wanted import IN_FLIGHT, measured
from synthloop.adapters.models.openai_compatible import OpenAiModel
from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.ask import Answer, Ask
from synthloop.core.behavior import Behavior, Choice, Parameter
from synthloop.core.conversation import EndState, Talk
from synthloop.core.model import ModelRef
from synthloop.core.transcript import Transcript
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.generate.conversations import UserSettings, make_conversations
from synthloop.simulate.agenda import AgendaUser
from synthloop.simulate.conversation import AppRef, Stage, converse
from synthloop.simulate.model_user import ModelUser

TALK = Talk(slots=("drink",), end=EndState(done=True), app_begins=True)
DRINK = Parameter(name="drink", choices=(Choice(value="tea"), Choice(value="coffee")))
BEHAVIOR = Behavior(id="order", says="Somebody wants a drink.", parameters=(DRINK,), talk=TALK)


class Polite:
    """An app that never ends, and begins each conversation in another way: equal questions would be asked once."""

    name = "app"
    version = "1"
    begun = 0

    async def answer(self, ask: Ask) -> Answer:
        """Say something new."""
        if not ask.request.messages:
            self.begun += 1
            return Answer(value=f"hello ({self.begun})")
        return Answer(value=f"go on ({len(ask.request.messages)})")

    async def close(self) -> None:
        """Hold nothing."""


def run_ours(url: str, talks: int, turns: int, folder: Path) -> int:
    """Have the conversations, with the journal and the store on files."""
    model = OpenAiModel(name="tiny", version="1", model="tiny", url=url)
    settings = UserSettings(manners={}, patience=(99,), turns=turns, quick_replies=(0.0,), noise=0.0)
    user = ModelUser(agenda=AgendaUser(behaviors=[BEHAVIOR]), model=ModelRef(name="tiny", version="1"))
    stage = Stage(app=AppRef(name="app", version="1"), user=user)
    samples = islice(make_conversations(BEHAVIOR, TALK, settings=settings, strength=1, levels=2, seed=1), talks)
    kept: list[Transcript] = []
    with (
        SqliteStore.open(folder / "store.sqlite") as store,
        closing(SqliteJournal(path=folder / "journal.sqlite")) as journal,
    ):
        limits = {"tiny": Limits(in_flight=IN_FLIGHT, retries=5, learns=True)}
        engine = Engine(ports={"tiny": model, "app": Polite()}, journal=journal, limits_by_port=limits)
        flows = (converse(sample, stage, app_begins=True, replica=at) for at, sample in enumerate(samples))
        summary = engine.run(flows, sink=kept.append, total=talks)
        store.save_transcripts(kept)
    spoken = {sum(turn.role == "user" for turn in transcript.turns) for transcript in kept}
    if spoken != {turns}:
        sys.exit(f"conversations of {sorted(spoken)} turns came, not of {turns}: {kept[0].note}")
    if summary.by_port["tiny"].calls < talks * turns:
        sys.exit(f"{summary.by_port['tiny'].calls} calls were made, not {talks * turns}")
    return len(kept)


def main() -> None:
    url, talks, turns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder, measured(talks) as counts:
        counts.append(run_ours(url, talks, turns, Path(folder)))


if __name__ == "__main__":
    main()
