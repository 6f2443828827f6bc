"""Written conversations as records, and what does not fit together in them."""

import re
from collections.abc import Iterator
from string import Formatter

from synthloop.core.behavior import Behavior
from synthloop.core.conversation import Departure, EndState, Goal, Question, Step, Talk, ToolDemand
from synthloop.core.errors import Problem
from synthloop.project.parameter_search import values_of
from synthloop.project.problems import suggest_or_list
from synthloop.project.written_conversations import ConversationWritten, EndWritten, GoalWritten
from synthloop.project.yaml_source import FieldPath, Source


def build_talk(written: ConversationWritten, parameters: list[str]) -> Talk:
    """Return the record of a written conversation.

    Args:
        written: What the behavior file says.
        parameters: Names of the behavior's parameters: the slots, where none are named.
    """
    return Talk(
        slots=tuple(written.slots or parameters),
        end=build_end(written.end),
        never=tuple(build_end(each) for each in written.never),
        questions=tuple(Question(slot=slot, says=tuple(sign.says), state=sign.state) for slot, sign in written.questions.items()),
        lost=tuple(written.lost),
        answers=tuple(written.answers.items()),
        phrases={slot: tuple(texts) for slot, texts in written.phrases.items()},
        sayings={slot: {value: tuple(texts) for value, texts in values.items()} for slot, values in written.sayings.items()},
        digressions=tuple(written.digressions),
        steps=tuple(Step(name=name, says=tuple(sign.says), state=sign.state) for name, sign in written.steps.items()),
        start=written.start,
        app_begins=written.app_begins,
    )


def build_goal(written: GoalWritten) -> Goal:
    """Return the record of one user's goal; what it ends in is the behavior's."""
    plan = (Departure(manner=each.manner, turn=each.turn, slot=each.slot, value=each.value or "") for each in written.plan)
    return Goal(
        slots=dict(written.slots),
        plan=tuple(plan),
        patience=written.patience,
        turns=written.turns,
        quick_replies=written.quick_replies,
        noise=written.noise,
        opening_slots=tuple(written.opening_slots),
        voice=written.voice,
        script=tuple(written.script),
    )


def build_end(written: EndWritten) -> EndState:
    """Return the record of a written end state."""
    return EndState(
        state=written.state,
        tools=tuple(ToolDemand(name=tool.name, arguments=tool.arguments) for tool in written.tools),
        says=tuple(written.says),
        done=written.done,
        check=written.check or "",
    )


def check_talk(behavior: Behavior, source: Source) -> Iterator[Problem]:
    """Yield what does not fit together within the conversation of one behavior."""
    talk = behavior.talk
    if talk is None:
        return
    known = [parameter.name for parameter in behavior.parameters]
    yield from _check_slots(talk, known, source)
    yield from _check_goals(behavior, talk, source)
    for parameter in behavior.parameters:
        if parameter.name in talk.slots and "" in values_of(parameter):
            what = "the user would want nothing: a slot of a conversation can't be empty."
            yield source.problem(("parameters", parameter.name), what, "Remove the empty value, or leave the slot out of `slots`.")
    yield from _check_sayings(behavior, talk, source)
    yield from _check_patterns(talk, source)
    for path, end in _list_ends(talk):
        if end.is_empty:
            yield source.problem(path, "it names nothing that could hold.", "Give it `state`, `tools`, `says`, `done` or `check`.")
        for slot in _find_slots(end):
            if slot not in talk.slots:
                yield source.problem(
                    path, f"it names the slot {slot!r}, which the user does not have.", suggest_or_list(slot, talk.slots, "Slots")
                )


def _check_goals(behavior: Behavior, talk: Talk, source: Source) -> Iterator[Problem]:
    for position, authored in enumerate(behavior.authored):
        for slot in authored.goal.slots if authored.goal else ():
            if slot not in talk.slots:
                path = ("authored", position, "goal", "slots", slot)
                yield source.problem(path, f"the user has no slot {slot!r}.", suggest_or_list(slot, talk.slots, "Slots"))


def _check_slots(talk: Talk, known: list[str], source: Source) -> Iterator[Problem]:
    for position, slot in enumerate(talk.slots):
        if slot not in known:
            fix = suggest_or_list(slot, known, "Add it under `parameters`. Known")
            yield source.problem(("conversation", "slots", position), f"no parameter is called {slot!r}.", fix)
    named = [("questions", question.slot) for question in talk.questions]
    named += [("phrases", slot) for slot in talk.phrases] + [("sayings", slot) for slot in talk.sayings]
    for key, slot in named:
        if slot not in talk.slots:
            fix = suggest_or_list(slot, talk.slots, "Slots")
            yield source.problem(("conversation", key, slot), f"the user has no slot {slot!r}.", fix)
    for slot, frames in talk.phrases.items():
        for position, frame in enumerate(frames):
            if f"{{{slot}}}" not in frame:
                what = f"the phrase does not say the slot: {frame!r}."
                yield source.problem(("conversation", "phrases", slot, position), what, f"Write {{{slot}}} where its value belongs.")


def _check_sayings(behavior: Behavior, talk: Talk, source: Source) -> Iterator[Problem]:
    parameters = {parameter.name: parameter for parameter in behavior.parameters}
    for slot, sayings in talk.sayings.items():
        if slot in parameters and parameters[slot].type == "choice":
            values = values_of(parameters[slot])
            for value in sayings:
                if value not in values:
                    what = f"{slot!r} has no value {value!r}."
                    yield source.problem(("conversation", "sayings", slot, value), what, suggest_or_list(value, values, "Its values"))


def _check_patterns(talk: Talk, source: Source) -> Iterator[Problem]:
    patterns: list[tuple[FieldPath, str]] = [(("conversation", "lost", at), text) for at, text in enumerate(talk.lost)]
    patterns += [(("conversation", "answers", text), text) for text, _ in talk.answers]
    patterns += [(("conversation", "questions", each.slot), text) for each in talk.questions for text in each.says]
    patterns += [(("conversation", "steps", each.name), text) for each in talk.steps for text in each.says]
    patterns += [((*path, "says"), text) for path, end in _list_ends(talk) for text in end.says]
    for path, text in patterns:
        try:
            re.compile(text)
        except re.error as error:
            yield source.problem(
                path, f"{text!r} is no regular expression: {error}.", r"Put a backslash before ( ) [ ] ? * + . that stand for themselves."
            )


def _list_ends(talk: Talk) -> list[tuple[FieldPath, EndState]]:
    never: list[tuple[FieldPath, EndState]] = [(("conversation", "never", at), end) for at, end in enumerate(talk.never)]
    return [(("conversation", "end"), talk.end), *never]


def _find_slots(end: EndState) -> list[str]:
    """Return the slots that an end state names, apart from braces that are part of a regular expression."""
    texts = [
        value
        for value in (*end.state.values(), *(value for tool in end.tools for value in tool.arguments.values()))
        if isinstance(value, str)
    ]
    found: list[str] = []
    for text in texts:
        try:
            found += [slot for _, slot, _, _ in Formatter().parse(text) if slot]
        except ValueError:
            continue
    return found


__all__ = ["build_end", "build_goal", "build_talk", "check_talk"]
