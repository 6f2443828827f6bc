"""How users depart from the straight way to their goal: when a planned departure can happen, and what is said then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from synthloop.core.conversation import Departure, Manner, Talk
from synthloop.simulate import phrases
from synthloop.simulate.understanding import Understanding
from synthloop.simulate.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a user does in one turn."""

    act: str
    text: str
    slots: dict[str, str] = field(default_factory=dict[str, str])
    """Slots told, with what is told of them."""
    wants: dict[str, str] = field(default_factory=dict[str, str])
    """Slots of which another value is wanted from now on."""
    manners: frozenset[str] = frozenset()
    leaves: bool = False
    picked: bool = False
    """Whether it is a quick reply."""

    def with_text(self, text: str) -> "Move":
        """Return the move in other words."""
        return replace(self, text=text)

    def with_manner(self, manner: str) -> "Move":
        """Return the move with another manner."""
        return replace(self, manners=self.manners | {manner})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a conversation stands when the user speaks."""

    heard: Understanding | None
    turn: int
    wants: Mapping[str, str]
    told: Mapping[str, str]
    talk: Talk
    values: Mapping[str, Sequence[str]]
    """Slot -> all values that it may have."""
    wording: Wording

    @property
    def asked(self) -> str:
        """The slot that is asked for and that the user knows; empty where there is none."""
        slot = self.heard.slot if self.heard is not None else ""
        return slot if slot in self.wants else ""

    def tell_again(self, slot: str, frames: Sequence[str], *, act: str, value: str = "") -> Move:
        """Return a move that puts a slot right, or tells another value of it."""
        value = value or self.wants[slot]
        return Move(act=act, text=self.wording.tell_again(act, frames, (slot, value), self.turn), slots={slot: value})


def find_due(plan: Sequence[Departure], scene: Scene) -> Departure | None:
    """Return the first planned departure whose turn has come and that can happen here."""
    return next((each for each in plan if each.turn <= scene.turn and _CAN_HAPPEN[each.manner](each, scene)), None)


def carry_out(departure: Departure, scene: Scene) -> Move | None:
    """Return the move of a departure that replaces what the user would say; None for one that only colors it."""
    act = _ACTS.get(departure.manner)
    return act(departure, scene).with_manner(departure.manner) if act else None


def decorate(move: Move, departure: Departure, scene: Scene) -> Move:
    """Return a move in the tone of a departure, or with more in it than was asked."""
    if departure.manner == "tells_more":
        return _tell_more(move, scene)
    rude = departure.manner == "rude"
    before, after = (phrases.RUDE_BEFORE, phrases.RUDE_AFTER) if rude else (phrases.POLITE_BEFORE, phrases.POLITE_AFTER)
    return replace(move.with_text(scene.wording.decorate(move.text, before, after, scene.turn)), picked=False).with_manner(departure.manner)


def _tell_more(move: Move, scene: Scene) -> Move:
    slot = next((name for name in scene.wants if name not in scene.told and name not in move.slots), "")
    if not slot or move.act != "inform":
        return move
    more = scene.wording.tell(slot, scene.wants[slot], scene.turn)
    joined = scene.wording.pick("join", phrases.JOIN, scene.turn).format(first=move.text, second=more)
    slots = {**move.slots, slot: scene.wants[slot]}
    return replace(move, text=joined, slots=slots, picked=False).with_manner("tells_more")


def _phrase(act: str, options: Sequence[str], *, leaves: bool = False) -> Callable[[Departure, Scene], Move]:
    def make(_: Departure, scene: Scene) -> Move:
        return Move(act=act, text=scene.wording.pick(act, options, scene.turn), leaves=leaves)

    return make


def _change(departure: Departure, scene: Scene) -> Move:
    move = scene.tell_again(departure.slot, phrases.CHANGE, act="change", value=departure.value)
    return replace(move, wants={departure.slot: departure.value})


def _slip(_: Departure, scene: Scene) -> Move:
    slot = scene.asked
    wrong = scene.wording.pick("slip", _others(slot, scene), scene.turn)
    return Move(act="inform", text=scene.wording.tell(slot, wrong, scene.turn), slots={slot: wrong})


def _others(slot: str, scene: Scene) -> list[str]:
    return [value for value in scene.values.get(slot, ()) if value != scene.wants.get(slot)]


def _wander(_: Departure, scene: Scene) -> Move:
    return Move(act="wander", text=scene.wording.digress(scene.turn))


_ACTS: dict[Manner, Callable[[Departure, Scene], Move]] = {
    "asks_back": _phrase("ask-back", phrases.ASK_BACK),
    "wanders": _wander,
    "changes_mind": _change,
    "corrects_itself": _slip,
    "claims_done": _phrase("claim-done", phrases.CLAIM_DONE),
    "returns_later": _phrase("return", phrases.RETURN),
    "gives_up": _phrase("give-up", phrases.GIVE_UP, leaves=True),
    "tells_less": _phrase("vague", phrases.VAGUE),
}


def _any_time(_: Departure, scene: Scene) -> bool:
    return scene.heard is not None


def _is_asked(_: Departure, scene: Scene) -> bool:
    return bool(scene.asked)


def _can_change(departure: Departure, scene: Scene) -> bool:
    return scene.told.get(departure.slot) == scene.wants.get(departure.slot) and scene.asked != departure.slot and scene.heard is not None


def _can_slip(_: Departure, scene: Scene) -> bool:
    return bool(scene.asked) and bool(_others(scene.asked, scene))


def _can_tell_more(_: Departure, scene: Scene) -> bool:
    return bool(scene.asked) and any(name not in scene.told and name != scene.asked for name in scene.wants)


_CAN_HAPPEN: dict[Manner, Callable[[Departure, Scene], bool]] = {
    "asks_back": _is_asked,
    "wanders": _any_time,
    "changes_mind": _can_change,
    "corrects_itself": _can_slip,
    "claims_done": _is_asked,
    "returns_later": _any_time,
    "gives_up": _any_time,
    "tells_less": _is_asked,
    "tells_more": _can_tell_more,
    "rude": _any_time,
    "over_polite": _any_time,
}

__all__ = ["Move", "Scene", "carry_out", "decorate", "find_due"]
