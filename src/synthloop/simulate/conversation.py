"""A whole conversation: a simulated user and the app speak in turns until one of them ends it, and it becomes one transcript."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from synthloop.core.ask import Answer, Ask, FailureReason, Flow, TurnRequest
from synthloop.core.conversation import AppReply, Goal, Said
from synthloop.core.end_state import Check
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id, encode_canonical
from synthloop.core.ports import SimulatedUser
from synthloop.core.sample import Message, Sample
from synthloop.core.transcript import EndReason, SimulatorFault, SimulatorFaultKind, Transcript, Turn
from synthloop.core.usage import Usage, add_usage
from synthloop.simulate.endings import STANDSTILLS, Ending, find_ending

LONGEST_MESSAGE = 20_000
"""Characters of one message of the app that are kept."""

_FRESH_BEGINNINGS = 2

_END_REASONS: dict[FailureReason, EndReason] = {
    "timeout": "app_timeout",
    "unreachable": "app_error",
    "error": "app_error",
    "invalid_answer": "invalid_answer",
    "refused": "app_error",
    "budget": "budget",
    "session_lost": "app_error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRef:
    """The app that users talk with."""

    name: str
    version: str
    keeps_sessions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all conversations of a run share."""

    app: AppRef
    user: SimulatedUser
    checks: Mapping[str, Check] = field(default_factory=dict[str, Check])
    """The project's own checks of end states, by name."""


def converse(sample: Sample, stage: Stage, *, start: JsonValue = None, app_begins: bool = False, replica: int = 0) -> Flow[Transcript]:
    """Have the user of a sample talk with the app, and return the transcript; nothing is raised.

    An app that keeps the state of conversations is talked with as a whole: where a resumed run can't go on, it begins again.

    Args:
        sample: Has a goal.
        stage: App and user.
        start: State that the app is started with.
        app_begins: Whether the app speaks first.
        replica: Counts repeats of the conversation.
    """
    attempt = 0
    while True:
        talk = _Conversation(sample=sample, stage=stage, start=start, replica=replica, attempt=attempt)
        ending = yield from talk.run(app_begins=app_begins)
        attempt += 1
        if not talk.lost or attempt > _FRESH_BEGINNINGS:
            return talk.make_transcript(ending)


@dataclass(slots=True, kw_only=True)
class _Conversation:
    sample: Sample
    stage: Stage
    start: JsonValue
    replica: int
    attempt: int
    turns: list[Turn] = field(default_factory=list[Turn])
    faults: list[SimulatorFault] = field(default_factory=list[SimulatorFault])
    usages: list[Usage] = field(default_factory=list[Usage])
    answer: Answer | None = None
    asked: int = 0
    lost: bool = False

    @property
    def goal(self) -> Goal:
        if self.sample.goal is None:
            raise ValueError(f"sample {self.sample.id} has no goal. Fix: give only samples of conversations.")
        return self.sample.goal

    def run(self, *, app_begins: bool) -> Flow[Ending]:
        user = self.stage.user.begin(self.sample, self.replica)
        heard: AppReply | None = None
        if app_begins:
            heard, ending = yield from self._ask_app(dict(self.goal.slots))
            if heard is None or ending:
                return ending or Ending(reason="app_error")
        for turn in range(self.goal.turns):
            said = yield from user.speak(heard)
            self._hear_user(said)
            if self.faults:
                return Ending(reason="simulator_fault", note=self.faults[-1].note)
            heard, ending = yield from self._ask_app(said.wants)
            if said.leaves and (ending is None or ending.reason in STANDSTILLS):
                return Ending(reason="user_left" if "gives_up" in said.manners else "user_gave_up")
            if heard is None or ending:
                return ending or Ending(reason="app_error")
            if self.goal.scripted_only and turn + 1 >= len(self.goal.script):
                return Ending(reason="turn_limit", note="the script has ended")
        return Ending(reason="turn_limit", note=f"not reached after {self.goal.turns} turns of the user")

    def _ask_app(self, wants: Mapping[str, str]) -> Flow[tuple[AppReply | None, Ending | None]]:
        (self.answer,) = yield (self._make_ask(),)
        self.asked += 1
        self.usages.append(self.answer.usage)
        if (failure := self.answer.failure) is not None:
            self.lost = failure.reason == "session_lost"
            return None, Ending(reason=_END_REASONS[failure.reason], note=failure.message)
        reply = read_app_reply(self.answer.value)
        self.turns += _as_turns(reply)
        return reply, find_ending(self.goal, wants, self.turns, self.stage.checks)

    def _make_ask(self) -> Ask:
        app, kept = self.stage.app, self.stage.app.keeps_sessions
        said = [turn for turn in self.turns if turn.role == "app"]
        request = TurnRequest(
            messages=tuple(Message(role=turn.role, text=turn.text) for turn in self.turns),
            state=said[-1].state if said and not kept else None if said else self.start,
            session=self._session_id() if kept else "",
            turn=self.asked,
        )
        return Ask(to=app.name, version=app.version, request=request, replica=self.replica)

    def _session_id(self) -> str:
        return content_id("session", self.sample.id, self.stage.user.spec, self.start, self.replica, self.attempt)

    def _hear_user(self, said: Said) -> None:
        self.turns.append(
            Turn(role="user", text=said.text, act=said.act, manners=said.manners, slots=said.slots, understood=said.understood)
        )
        if said.fault:
            kind = msgspec.convert(said.fault, SimulatorFaultKind)
            self.faults.append(SimulatorFault(kind=kind, turn=len(self.turns) - 1, note=said.fault_note))

    def make_transcript(self, ending: Ending) -> Transcript:
        app, total = self.stage.app, add_usage(self.usages)
        failure = self.answer.failure if self.answer else None
        said = [turn for turn in self.turns if turn.role == "app"]
        return Transcript(
            id=content_id("transcript", self.sample.id, app.name, app.version, self.replica),
            sample_id=self.sample.id,
            app=app.name,
            app_version=app.version,
            replica=self.replica,
            turns=tuple(self.turns),
            output=said[-1].state if said and said[-1].state is not None else said[-1].text if said else None,
            end_reason=ending.reason,
            failure=failure,
            latency_s=total.latency_s,
            cost_usd=total.cost_usd,
            faults=tuple(self.faults),
            note=ending.note,
        )


def read_app_reply(value: JsonValue) -> AppReply:
    """Return what an app said in a turn; a bare text is one message, and any other value is shown as JSON.

    Example:
        >>> read_app_reply("Where do you sell?").messages
        ('Where do you sell?',)
    """
    if isinstance(value, str):
        return AppReply(messages=(value,) if value.strip() else ())
    if isinstance(value, dict) and "messages" in value:
        try:
            return msgspec.convert(value, AppReply)
        except msgspec.ValidationError:
            pass  # an answer that happens to have a key of that name
    return AppReply(messages=() if value is None else (encode_canonical(value).decode(),), state=value)


def _as_turns(reply: AppReply) -> list[Turn]:
    """Return the app's messages as turns; a silent app has said nothing, in one turn. What came with them stands with the last one."""
    texts = [_cut(message) for message in reply.messages if message.strip()] or [""]
    before = [Turn(role="app", text=text) for text in texts[:-1]]
    last = Turn(
        role="app", text=texts[-1], tool_calls=reply.tool_calls, quick_replies=reply.quick_replies, state=reply.state, done=reply.done
    )
    return [*before, last]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}... ({len(text) - LONGEST_MESSAGE:,} more characters)"


__all__ = ["LONGEST_MESSAGE", "AppRef", "Stage", "converse", "read_app_reply"]
