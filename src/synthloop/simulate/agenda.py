"""A simulated user without a model: it has a goal, an agenda of what to say next, patience and manners.

It tells what it is asked, volunteers what the app does not ask, repeats itself in other words where it is not understood, and leaves when
its patience is gone. Where it departs from that was planned beforehand (`Goal.plan`), so that each departure can be taken away again.

Source: Schatzmann, Thomson, Weilhammer, Ye and Young, "Agenda-based user simulation for bootstrapping a POMDP dialogue system", NAACL-HLT
2007. Ours plans departures ahead instead of drawing every push onto the agenda, understands an app by its state, quick replies and
patterns instead of its dialogue acts, and words its acts itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.conversation import AppReply, Departure, Goal, Said, Talk
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec, content_id
from synthloop.core.sample import Sample
from synthloop.simulate import phrases
from synthloop.simulate.manners import Move, Scene, carry_out, decorate, find_due
from synthloop.simulate.understanding import Understanding, find_misunderstood, fits_quick_reply, strip_plain, understand
from synthloop.simulate.wording import Reword, Voice, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaUser:
    """Plays users by rules; see the module."""

    behaviors: Sequence[Behavior]
    """Those whose samples it may play; each needs a `talk`."""
    seed: int = 0
    reword: Reword | None = None
    """Noises what is typed; None: nothing does."""
    noise_specs: tuple[Spec, ...] = ()
    """What rebuilds `reword`."""
    acts: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Act -> how it is said in place of the shipped phrases, e.g. in the words of real users: `affirm`, `ask-back`, `vague`, ...; see
    `Wording.acts`."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        acts: dict[str, JsonValue] = {"acts": content_id(self.acts)} if self.acts else {}
        return Spec(kind="users", name="agenda", parameters={"noise": [spec.name for spec in self.noise_specs], **acts})

    def begin(self, sample: Sample, replica: int) -> "AgendaTalk":  # noqa: ARG002 - without a model every repeat is the same user
        """Return the user of one conversation.

        Raises:
            ValueError: The sample has no goal, or its behavior no talk.
        """
        behavior = next((each for each in self.behaviors if each.id == sample.behavior_id), None)
        if sample.goal is None or behavior is None or behavior.talk is None:
            raise ValueError(f"sample {sample.id}: behavior {sample.behavior_id!r} has no conversation for it")
        voice = Voice(seed=self.seed, behavior_id=sample.behavior_id, number=sample.goal.voice)
        wording = Wording(talk=behavior.talk, voice=voice, noise_share=sample.goal.noise, reword=self.reword, acts=self.acts)
        values = list_values(behavior, behavior.talk)
        return AgendaTalk(goal=sample.goal, talk=behavior.talk, opening=sample.text, values=values, wording=wording)


def list_values(behavior: Behavior, talk: Talk) -> dict[str, tuple[str, ...]]:
    """Return slot -> the values that it may have, as far as they are listed."""
    values: dict[str, tuple[str, ...]] = {}
    for parameter in behavior.parameters:
        if parameter.name in talk.slots:
            listed = [*parameter.choices, *(choice for each in parameter.conditionals for choice in each.choices)]
            values[parameter.name] = tuple(dict.fromkeys(choice.value for choice in listed))
    return values


def list_sayings(values: Mapping[str, Sequence[str]], talk: Talk) -> dict[str, tuple[str, ...]]:
    """Return slot -> everything that its values are called."""
    return {
        slot: tuple(text for value in each for text in (value, *talk.sayings.get(slot, {}).get(value, ()))) for slot, each in values.items()
    }


@dataclass(slots=True, kw_only=True)
class AgendaTalk:
    """One conversation of an agenda-based user."""

    goal: Goal
    talk: Talk
    opening: str
    values: Mapping[str, Sequence[str]]
    """Slot -> all values that it may have."""
    wording: Wording
    sayings: Mapping[str, Sequence[str]] = field(init=False)
    """Slot -> everything that these are called."""
    turn: int = 0
    patience: int = field(init=False)
    wants: dict[str, str] = field(init=False)
    told: dict[str, str] = field(default_factory=dict[str, str])
    """Slot -> what it was told last, right or wrong."""
    times: dict[str, int] = field(default_factory=dict[str, int])
    """Slot -> how often it was told."""
    plan: list[Departure] = field(init=False)
    """Departures that are still to come."""
    stalled: int = 0
    """Turns in a row in which nothing was understood."""

    def __post_init__(self) -> None:
        self.patience = max(1, self.goal.patience)
        self.wants = {name: self.goal.slots[name] for name in (*self.talk.slots, *self.goal.slots) if name in self.goal.slots}
        self.sayings = list_sayings(self.values, self.talk)
        self.plan = sorted(self.goal.plan, key=lambda departure: departure.turn)

    def speak(self, heard: AppReply | None) -> Flow[Said]:
        """Say the next thing; asks nobody."""
        yield from ()
        return self.decide(heard)

    def decide(self, heard: AppReply | None) -> Said:
        """Return what is said next."""
        taken = understand(heard, self.talk, self.sayings) if heard else None
        scene = Scene(
            heard=taken, turn=self.turn, wants=self.wants, told=self.told, talk=self.talk, values=self.values, wording=self.wording
        )
        move = self._choose(scene)
        self.turn += 1
        self._remember(move)
        return Said(
            text=move.text,
            act=move.act,
            manners=tuple(sorted(move.manners)),
            slots=move.slots,
            understood=taken.name if taken else "",
            wants=dict(self.wants),
            leaves=move.leaves,
        )

    def _choose(self, scene: Scene) -> Move:
        if self.turn < len(self.goal.script):
            return Move(act="script", text=self.goal.script[self.turn])
        if self.turn == 0 and self._opens(scene.heard):
            slots = {slot: self.wants[slot] for slot in self.goal.opening_slots if slot in self.wants}
            return self._type(Move(act="open", text=self.opening, slots=slots), scene)
        due = find_due(self.plan, scene)
        if due is not None:
            self.plan.remove(due)
            if (move := carry_out(due, scene)) is not None:
                return self._type(move, scene)
            return self._type(decorate(self._go_on(scene), due, scene), scene)
        return self._type(self._go_on(scene), scene)

    def _opens(self, heard: Understanding | None) -> bool:
        """Tell whether the first message is the opening: people don't always wait to hear what they are asked."""
        return heard is None or heard.kind != "asks" or self.wording.voice.chance("open", 0).random() < 0.5

    def _go_on(self, scene: Scene) -> Move:
        """Return what a cooperative user does."""
        heard = scene.heard
        self._lose_patience(heard)
        if self.patience <= 0:
            return Move(act="give-up", text=self.wording.pick("give-up", phrases.GIVE_UP, scene.turn), leaves=True)
        return self._put_right(scene) or self._respond(scene)

    def _put_right(self, scene: Scene) -> Move | None:
        """Return a move that corrects what it told wrongly itself, or what the app got wrong; None where all is right."""
        slipped = next((slot for slot, value in self.told.items() if value != self.wants.get(slot, value)), "")
        if slipped:
            return scene.tell_again(slipped, phrases.CORRECT, act="correct")
        heard = scene.heard
        wrong = self._find_misunderstood(heard) if heard is not None and heard.kind == "confirms" else ""
        return scene.tell_again(wrong, phrases.DENY, act="deny") if wrong else None

    def _respond(self, scene: Scene) -> Move:
        heard = scene.heard
        if heard is None or heard.kind in ("question", "statement", "silent"):
            return self._volunteer(scene)
        if heard.kind == "asks":
            return self._answer(heard, scene)
        if heard.kind == "asks-other":
            picked = self._take_quick_reply(heard, (heard.answer,), scene)
            return Move(act="answer", text=picked or heard.answer, picked=bool(picked))
        picked = self._take_quick_reply(heard, sorted(phrases.YES), scene)
        return Move(act="affirm", text=picked or self._affirm(scene), picked=bool(picked))

    def _find_misunderstood(self, heard: Understanding) -> str:
        known = {slot: self._list_names(slot) for slot in self.wants}
        return find_misunderstood(heard, self.wants, self.sayings, known)

    def _list_names(self, slot: str) -> tuple[str, ...]:
        """Return everything that the wanted value of a slot is called."""
        value = self.wants[slot]
        return (value, *self.talk.sayings.get(slot, {}).get(value, ()))

    def _answer(self, heard: Understanding, scene: Scene) -> Move:
        slot, value = heard.slot, self.wants.get(heard.slot)
        if value is None:
            return Move(act="do-not-know", text=self.wording.pick("do-not-know", phrases.DO_NOT_KNOW, scene.turn))
        times = self.times.get(slot, 0)
        offered = self._take_quick_reply(heard, self._list_names(slot), scene, surely=times > 1)
        text = offered or self.wording.tell(slot, value, scene.turn, plainly=times > 1)
        return Move(act="inform", text=text, slots={slot: value}, picked=bool(offered))

    def _volunteer(self, scene: Scene) -> Move:
        slot = next((name for name in self.wants if name not in self.told), "")
        if slot:
            return Move(act="inform", text=self.wording.tell(slot, self.wants[slot], scene.turn), slots={slot: self.wants[slot]})
        if scene.heard is not None and (picked := self._take_quick_reply(scene.heard, scene.heard.quick_replies[:1], scene)):
            return Move(act="pick", text=picked, picked=True)
        if scene.heard is not None and scene.heard.kind == "question":
            return Move(act="affirm", text=self._affirm(scene))
        return Move(act="nudge", text=self.wording.pick("nudge", phrases.NUDGE, scene.turn))

    def _affirm(self, scene: Scene) -> str:
        return self.wording.pick("affirm", phrases.AFFIRM, scene.turn)

    def _take_quick_reply(self, heard: Understanding, known: Sequence[str], scene: Scene, *, surely: bool = False) -> str:
        """Return the quick reply that is taken; empty where none fits or it is typed instead."""
        taken = surely or self.wording.voice.chance("quick-reply", scene.turn).random() < self.goal.quick_replies
        fitting = [reply for reply in heard.quick_replies if fits_quick_reply(reply, known)] if taken else []
        exact = {strip_plain(each) for each in known}
        return next((reply for reply in fitting if strip_plain(reply) in exact), fitting[0] if fitting else "")

    def _lose_patience(self, heard: Understanding | None) -> None:
        """Count what wears a user out: not being understood, being asked again what it has told, and nothing going on."""
        if heard is None:
            return
        moving = heard.kind in ("asks", "confirms", "asks-other") and not heard.lost
        asked_again = heard.kind == "asks" and self.told.get(heard.slot) == self.wants.get(heard.slot) and self.times.get(heard.slot, 0) > 1
        self.stalled = 0 if moving else self.stalled + 1
        if heard.lost or asked_again or heard.kind == "silent" or self.stalled > 2:
            self.patience -= 1

    def _remember(self, move: Move) -> None:
        for slot, value in move.slots.items():
            self.told[slot] = value
            self.times[slot] = self.times.get(slot, 0) + 1
        self.wants.update(move.wants)

    def _type(self, move: Move, scene: Scene) -> Move:
        if move.picked:
            return move.with_manner("quick_reply")
        return move.with_text(self.wording.add_noise(move.text, move.slots, scene.turn))


__all__ = ["AgendaTalk", "AgendaUser", "list_sayings", "list_values"]
