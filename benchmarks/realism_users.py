"""How far are simulated users from real ones, and how far does fitting them to real conversations close the gap?

1. What the rules that read users are worth: on STAR, where an instruction told people when to change their mind or make small talk. The
   rules were mended once after reading some sixty of these messages, so the figures are a little better than on other conversations.
2. What real users are like: STAR (people guided off the straight way) and SGD (outlines from a simulator, words from people).
3. Scripted assistants from the flow charts of six STAR tasks talk with agenda-based users; these are held against the conversations that
   people had about the same tasks, measure by measure, and by a classifier (character 1-4-grams, logistic regression, five-fold; all that
   a person said stands in one fold) that tells real from simulated: AUC 0.5 is "can't", `real` is what it finds between two halves of
   the people. Users are
     default   shipped manners and phrases, generic noise, and an opening and slot values by hand
     fitted    manners, noise, openings and phrases of half of the people; compared with the other half
     matched   the same, with each manner's share scaled by what came out of a first run with the first half: what was planned doesn't
               always find its occasion, and phrases of real people bring some manners along

Intervals are 95 %, clustered by person for real users.

Run: python benchmarks/realism_users.py [--quick]; the data is found through SYNTHLOOP_DATA (default: ../shared/data).
"""

import argparse
import json
import random
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path
from random import Random
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score  # pyright: ignore[reportUnknownVariableType] - partial types
from sklearn.model_selection import StratifiedGroupKFold

from data_sets import read_jsonl
from star import FLOWS, Dialogue, ScriptedAssistant, delexicalise, list_values, read_star
from synthloop.adapters.imports.transcripts import read_recordings
from synthloop.core.ask import Answer
from synthloop.core.behavior import Authored, Behavior, Choice, Parameter, Template
from synthloop.core.conversation import EndState, Manner, Question, Talk
from synthloop.core.score import MetricValue
from synthloop.core.transcript import Transcript
from synthloop.evaluate import user_rules as rules
from synthloop.evaluate.exchanges import list_exchanges
from synthloop.evaluate.user_measures import MannerRate, UserMeasureName, fit_manners, measure_users
from synthloop.generate.conversations import DEFAULT_MANNERS, MannerShare, UserSettings, make_conversations
from synthloop.generate.noise.apply import noise_text
from synthloop.generate.noise.fitting import fit_profile
from synthloop.generate.noise.profile import GENERIC, ProfileNoiser
from synthloop.generate.noise.spans import find_spans
from synthloop.simulate.agenda import AgendaUser
from synthloop.simulate.conversation import AppRef, Stage, converse

Floats = npt.NDArray[np.float64]
SEED = 20_260
WINDOW = 3
"""The user's messages after an instruction within which following it counts."""
DRAWS = 500
BY_HAND = {
    "doctor_schedule": "Hi, I'd like to make an appointment with a doctor",
    "hotel_book": "I want to book a hotel room",
    "apartment_schedule": "I'd like to view an apartment",
    "restaurant_book": "I want to reserve a table at a restaurant",
    "party_plan": "I would like to plan a party",
    "ride_book": "I need a ride",
}
GOODBYE = "no, thanks"

INSTRUCTIONS: Mapping[str, tuple[str, str]] = {
    "changes mind": (
        r"changed? (?:your|my) mind|ID was actually|actually closer|you forgot that|^Actually, you (?:recall|remember)|You just learn that",
        "",
    ),
    "small talk": (r"small ?talk|a joke|be creative|say something about", r"keep going|bring the conv|once you've|keep asking"),
    "rude": (r"annoying/grumpy", ""),
}
"""What was asked for -> (pattern of instructions that ask for it, pattern of those that only mention it)."""
FIRED_BY: Mapping[str, Callable[[str], bool]] = {"changes mind": rules.changes_mind, "small talk": rules.wanders, "rude": rules.is_rude}


def agrees(text: str, heard: str) -> bool:
    """Tell whether a person says yes to what the assistant wants to do, and perhaps something more."""
    return (
        "?" in heard
        and not rules.offers_more(heard)
        and rules.confirms(text.split(maxsplit=1)[0])
        and "?" not in text
        and not rules.corrects(text)
    )


SAID_BY: Mapping[str, Callable[[str, str], bool]] = {
    "affirm": agrees,
    "ask-back": rules.asks_back,
    "vague": lambda text, _: rules.is_vague(text),
    "claim-done": lambda text, _: rules.claims_done(text),
    "give-up": lambda text, _: rules.gives_up(text),
}
TOLD_BY: Mapping[str, Callable[[str], bool]] = {"change": rules.changes_mind, "correct": rules.corrects_itself, "deny": rules.denies}
LONGEST_PHRASE = 12
"""Words of what people say for an act; longer messages do more than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How users of one task talk."""

    openings: tuple[str, ...]
    phrases: Mapping[str, tuple[str, ...]]
    digressions: tuple[str, ...]
    goodbyes: tuple[str, ...]
    acts: Mapping[str, tuple[str, ...]]
    """Act -> how it is said, as `AgendaUser.acts` takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Simulated users of all tasks."""

    name: str
    settings: UserSettings
    noiser: ProfileNoiser
    wordings: Mapping[str, Wording]


def print_rules(dialogues: Sequence[Dialogue]) -> None:
    """Print what the rules find of what people were told to do, and how often they fire in people who were told nothing."""
    free = [text for dialogue in dialogues if not dialogue.told for text in dialogue.said]
    print("\n1. Rules against instructions (STAR)")
    for name, (asks, mentions) in INSTRUCTIONS.items():
        fires = FIRED_BY[name]
        followed = instructed = after = fired = 0
        for dialogue in dialogues:
            flags = [fires(text) for text in dialogue.said]
            places = [place for place, text in dialogue.told if re.search(asks, text, re.IGNORECASE) and place < len(flags)]
            plain = [
                place for place, text in dialogue.told if place in places and not (mentions and re.search(mentions, text, re.IGNORECASE))
            ]
            instructed += len(plain)
            followed += sum(any(flags[place : place + WINDOW]) for place in plain)
            fired += sum(flags)
            after += sum(flags[min(places) :]) if places else 0
        false_alarms = sum(map(fires, free))
        print(
            f"  {name:13s} fires within {WINDOW} turns of {followed} of {instructed} instructions ({followed / instructed:.2f}); "
            f"{after} of {fired} firings stand after one ({after / fired:.2f}); "
            f"people told nothing: {false_alarms} of {len(free)} turns ({false_alarms / len(free):.3f})"
        )
    left = [dialogue for dialogue in dialogues if not dialogue.complete]
    print(f"  early exits: {len(left)} of {len(dialogues)} conversations were broken off ({len(left) / len(dialogues):.3f})")


def read_sgd() -> list[Transcript]:
    """Return SGD's conversations."""
    roles = {"user": "user", "system": "assistant"}
    lines = [
        {"id": row["id"], "messages": [{"role": roles[turn["who"]], "content": turn["text"]} for turn in row["turns"]]}
        for row in read_jsonl("sgd/dialogues.jsonl.gz")
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sgd.jsonl"
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        return [recording.transcript for recording in read_recordings(path, origin="replayed")]


def show(metric: MetricValue) -> str:
    if metric.value is None:
        return "-"
    return f"{metric.value:7.3f} [{metric.low or 0:.3f}, {metric.high or 0:.3f}]"


def print_columns(columns: Mapping[str, Mapping[UserMeasureName, MetricValue]]) -> None:
    print(f"  {'':16s}" + "".join(f"{name:>26s}" for name in columns))
    for name in next(iter(columns.values())):
        print(f"  {name:16s}" + "".join(f"{show(column[name]):>26s}" for column in columns.values()))


def fit_wording(task: str, dialogues: Sequence[Dialogue]) -> Wording:
    """Return how the people of a task talk: their openings and answers with values taken out, their small talk and goodbyes."""
    phrases: dict[str, list[str]] = {question: [] for question in FLOWS[task]}
    goodbyes: list[str] = []
    small_talk: list[str] = []
    questions = {ask_words(question, task): question for question in FLOWS[task]}
    for dialogue in dialogues:
        exchanges = list_exchanges(dialogue.recording.transcript)
        small_talk += [text for text, _ in exchanges[1:] if rules.wanders(text) and not rules.changes_mind(text)]
        for (_, heard), (text, _) in pairwise(exchanges):
            question = next((name for words, name in questions.items() if words in heard), "")
            phrases.get(question, []).append(delexicalise(text, task, question) if question else "")
            if "anything else" in heard and rules.says_goodbye(text):
                goodbyes.append(text)
    openings = [delexicalise(list_exchanges(dialogue.recording.transcript)[0][0], task) for dialogue in dialogues]
    return Wording(
        openings=tuple(text for text in openings if text),
        phrases={question: tuple(text for text in texts if text) for question, texts in phrases.items()},
        digressions=tuple(text for text in small_talk if "{" not in text),
        goodbyes=tuple(goodbyes) or (GOODBYE,),
        acts=fit_acts(task, dialogues),
    )


def fit_acts(task: str, dialogues: Sequence[Dialogue]) -> dict[str, tuple[str, ...]]:
    """Return how the people of a task say yes, ask back, change what they want and so on."""
    said: dict[str, list[str]] = {}
    for dialogue in dialogues:
        for (_, heard), (text, _) in pairwise(list_exchanges(dialogue.recording.transcript)):
            plain = delexicalise(text, task)
            for act, fires in SAID_BY.items():
                if plain and "{" not in plain and fires(text, heard) and len(text.split()) <= LONGEST_PHRASE:
                    said.setdefault(act, []).append(plain)
            for act, fires in TOLD_BY.items():
                for slot in FLOWS[task] if fires(text) else ():
                    if frame := delexicalise(text, task, slot).replace(f"{{{slot}}}", "{told}"):
                        said.setdefault(f"{act} {slot}", []).append(frame)
    return {act: tuple(texts) for act, texts in said.items()}


def ask_words(question: str, task: str) -> str:
    """Return how the flow chart asks."""
    return str(next(row["replies"][question] for row in read_jsonl("star/tasks.jsonl") if row["task"] == task))


def write_wording(task: str) -> Wording:
    """Return what somebody writes who has seen no real conversation."""
    return Wording(openings=(BY_HAND[task],), phrases={}, digressions=(), goodbyes=(GOODBYE,), acts={})


def make_behavior(task: str, wording: Wording, number: int) -> Behavior:
    """Return the behavior that one user's conversation exercises; people say goodbye in different words."""
    values = list_values(task)
    slots = tuple(FLOWS[task])
    rng = Random(f"{SEED} {task} {number}")
    opening = rng.choice(wording.openings)
    end = EndState(state={"booked": True, **{f"slots.{slot}": f"{{{slot}}}" for slot in slots}}, done=True)
    talk = Talk(
        slots=slots,
        end=end,
        questions=tuple(Question(slot=slot, state={"asked": slot}) for slot in slots),
        answers=((r"anything else", rng.choice(wording.goodbyes)),),
        phrases={slot: tuple(rng.sample(texts, min(len(texts), 3))) for slot, texts in wording.phrases.items()},
        digressions=wording.digressions,
    )
    return Behavior(
        id=task,
        says=f"The task {task} is done.",
        authored=() if "{" in opening else (Authored(messages=(("user", opening),)),),
        templates=(Template(text=opening),) if "{" in opening else (),
        parameters=tuple(
            Parameter(name=slot, choices=tuple(Choice(value=value, weight=count) for value, count in values[slot].items()))
            for slot in slots
        ),
        talk=talk,
    )


def simulate(crowd: Crowd, per_task: int) -> list[Transcript]:
    """Return the conversations of a crowd with the scripted assistants."""

    def reword(text: str, protected: tuple[str, ...], rng: Random) -> str:
        return noise_text(text, [crowd.noiser], rng, spans=find_spans(text, protected))[0]

    found: list[Transcript] = []
    for task in FLOWS:
        assistant = ScriptedAssistant(task=task)
        for number in range(per_task):
            behavior = make_behavior(task, crowd.wordings[task], number)
            assert behavior.talk is not None
            user = AgendaUser(behaviors=[behavior], seed=SEED, reword=reword, acts=crowd.wordings[task].acts)
            stage = Stage(app=AppRef(name=task, version="1"), user=user)
            (sample,) = islice(
                make_conversations(behavior, behavior.talk, settings=crowd.settings, strength=1, levels=3, seed=SEED + number), 1
            )
            flow = converse(sample, stage)
            asks = next(flow)
            try:
                while True:
                    asks = flow.send(tuple(Answer(value=assistant.reply(cast("Any", ask.request))) for ask in asks))
            except StopIteration as stop:
                found.append(stop.value)
    return found


def tell_apart(real: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]) -> str:
    """Return the AUC of telling one set of texts from another, with a bootstrap interval over people; entries are (person, text)."""
    rng = random.Random(SEED)
    n = min(len(real), len(other))
    entries = [*rng.sample(list(real), n), *rng.sample(list(other), n)]
    texts = np.array([text for _, text in entries], dtype=object)
    labels = np.array([0.0] * n + [1.0] * n)
    people = [person for person, _ in entries]
    splits = StratifiedGroupKFold(5, shuffle=True, random_state=0).split(texts, labels, people)
    folds = np.zeros(2 * n)
    for fold, (_, held) in enumerate(splits):
        folds[held] = fold
    scores = np.zeros(2 * n)
    for fold in range(5):
        grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), lowercase=False, min_df=3, sublinear_tf=True)
        model = LogisticRegression(C=3, solver="liblinear")
        model.fit(grams.fit_transform(texts[folds != fold]), labels[folds != fold])
        scores[folds == fold] = cast("Floats", model.decision_function(grams.transform(texts[folds == fold])))
    low, high = bootstrap(labels, scores, people)
    return f"{area(labels, scores):.3f} [{low:.3f}, {high:.3f}]"


def area(labels: Floats, scores: Floats) -> float:
    return float(cast("float", roc_auc_score(labels, scores)))


def bootstrap(labels: Floats, scores: Floats, people: Sequence[str]) -> tuple[float, float]:
    rng = np.random.default_rng(SEED)
    rows: dict[str, list[int]] = {}
    for place, person in enumerate(people):
        rows.setdefault(person, []).append(place)
    groups = list(rows.values())
    drawn: list[float] = []
    for _ in range(DRAWS):
        chosen = [row for group in cast("list[int]", rng.integers(0, len(groups), len(groups)).tolist()) for row in groups[group]]
        drawn.append(area(labels[chosen], scores[chosen]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def whole_talks(transcripts: Sequence[Transcript], people: Sequence[str]) -> list[tuple[str, str]]:
    return [(person, "\n".join(text for text, _ in list_exchanges(each) if text)) for person, each in zip(people, transcripts, strict=True)]


def single_turns(transcripts: Sequence[Transcript], people: Sequence[str]) -> list[tuple[str, str]]:
    return [(person, text) for person, each in zip(people, transcripts, strict=True) for text, _ in list_exchanges(each) if text]


def share_manners(rates: Mapping[Manner, MannerRate]) -> dict[Manner, MannerShare]:
    """Return fitted manners as users' settings take them; what can't be read from words keeps its usual share."""
    fitted: dict[Manner, MannerShare] = {
        name: MannerShare(users=rate.users, turns=rate.turns) for name, rate in rates.items() if rate.users and rate.turns
    }
    return {**fitted, "tells_more": DEFAULT_MANNERS["tells_more"]}


def match_manners(
    wanted: Mapping[Manner, MannerRate], planned: Mapping[Manner, MannerShare], shown: Mapping[Manner, MannerRate]
) -> dict[Manner, MannerShare]:
    """Return shares scaled by what was wanted over what came out; a manner that shows enough by itself is not planned at all."""
    matched = dict(planned)
    for name, rate in wanted.items():
        ask, came, plan = rate.users * rate.turns, shown[name].users * shown[name].turns, planned.get(name)
        if plan is None:
            continue
        by_itself = max(0.0, came - plan.users * plan.turns)
        factor = max(0.0, ask - by_itself) / max(came - by_itself, 1e-9)
        matched[name] = replace(plan, users=min(1.0, plan.users * min(3.0, factor)))
    return {name: share for name, share in matched.items() if share.users and share.turns}


def make_crowds(people: Sequence[Dialogue], per_task: int) -> list[tuple[Crowd, list[Transcript]]]:
    """Return the crowds with their conversations: default, fitted to some people, and matched to them."""
    by_hand = {task: write_wording(task) for task in FLOWS}
    learnt = {task: fit_wording(task, [each for each in people if each.tasks == (task,)]) for task in FLOWS}
    wanted = fit_manners(each.recording.transcript for each in people)
    noiser = ProfileNoiser(profile=fit_profile([text for each in people for text in each.said], name="star"))
    generic = ProfileNoiser(profile=GENERIC)
    default = Crowd(name="default", settings=UserSettings(), noiser=generic, wordings=by_hand)
    fitted = Crowd(name="fitted", settings=UserSettings(manners=share_manners(wanted)), noiser=noiser, wordings=learnt)
    first = simulate(fitted, per_task)
    matched_shares = match_manners(wanted, fitted.settings.manners, fit_manners(first))
    matched = replace(fitted, name="matched", settings=UserSettings(manners=matched_shares))
    print("\n  manners fitted to people (share of users x share of their turns), and what was planned to match them")
    for name, rate in wanted.items():
        share = matched_shares.get(name, MannerShare(users=0.0, turns=0.0))
        print(f"    {name:16s} {rate.users:.3f} x {rate.turns:.3f}   {share.users:.3f} x {share.turns:.3f}")
    return [(default, simulate(default, per_task)), (fitted, first), (matched, simulate(matched, per_task))]


def print_gap(people: Sequence[Dialogue], per_task: int) -> None:
    """Print how simulated users of the six tasks compare with people."""
    half_of = {user: Random(f"{SEED} {user}").random() < 0.5 for user in sorted({each.user for each in people})}
    first = [each for each in people if half_of[each.user]]
    second = [each for each in people if not half_of[each.user]]
    counts = f"people of {len(first)} conversations are fitted, of {len(second)} compared with"
    print(f"\n3. Six tasks: {counts}; {per_task * len(FLOWS)} simulated")
    started = time.process_time()
    crowds = make_crowds(first, per_task)
    print(f"  simulated in {time.process_time() - started:.1f} CPU s")
    real = [each.recording.transcript for each in second]
    users = [each.user for each in second]
    measured = {"people": measure_users(real, users=users), **{crowd.name: measure_users(talks) for crowd, talks in crowds}}
    print_columns(measured)
    print_closed(measured)
    fitted_half = [each.recording.transcript for each in first]
    for title, cut in (("whole conversations", whole_talks), ("single turns", single_turns)):
        print(f"\n  telling {title} of people from ... AUC (0.5: can't)")
        entries = cut(real, users)
        print(f"    real     {tell_apart(entries, cut(fitted_half, [each.user for each in first]))}")
        for crowd, talks in crowds:
            print(f"    {crowd.name:8s} {tell_apart(entries, cut(talks, [f'simulated {place}' for place in range(len(talks))]))}")
    for crowd, talks in crowds:
        ends = {reason: sum(each.end_reason == reason for each in talks) for reason in sorted({each.end_reason for each in talks})}
        print(f"  {crowd.name:8s} ends: {ends}")
    print_example(crowds[-1][1][1])


def print_closed(measured: Mapping[str, Mapping[UserMeasureName, MetricValue]]) -> None:
    """Print how far each crowd is from people, and which share of the default's gap is closed where that gap is beyond chance."""
    print("\n  gap to people, and the share of the default's gap that is closed; no share where the default's intervals meet")
    for name, people in measured["people"].items():
        gaps = {crowd: (column[name].value or 0.0) - (people.value or 0.0) for crowd, column in measured.items() if crowd != "people"}
        beyond = not overlap(people, measured["default"][name])
        shares = [
            f"{crowd} {gap:+.3f}" + (f" ({1 - abs(gap) / abs(gaps['default']):+.0%})" if beyond else "") for crowd, gap in gaps.items()
        ]
        print(f"    {name:16s} " + "   ".join(each.replace(" (+0%)", "") for each in shares))


def overlap(left: MetricValue, right: MetricValue) -> bool:
    return (left.low or 0.0) <= (right.high or 0.0) and (right.low or 0.0) <= (left.high or 0.0)


def print_example(transcript: Transcript) -> None:
    print("\n  one matched conversation")
    for turn in transcript.turns:
        print(f"    {turn.role:5s} {turn.text[:150]!r} {' '.join(turn.manners)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer simulated conversations: about half a minute")
    per_task = 30 if parser.parse_args().quick else 120
    dialogues = read_star()
    print_rules(dialogues)
    print("\n2. Real users")
    guided = [each for each in dialogues if each.told]
    free = [each for each in dialogues if not each.told]
    groups = {f"STAR, guided ({len(guided)})": guided, f"STAR, told nothing ({len(free)})": free}
    columns = {
        name: measure_users((each.recording.transcript for each in chosen), users=[each.user for each in chosen])
        for name, chosen in groups.items()
    }
    sgd = read_sgd()
    print_columns({**columns, f"SGD ({len(sgd)})": measure_users(sgd)})
    print_gap([each for each in dialogues if each.tasks[0] in FLOWS and len(each.tasks) == 1], per_task)


if __name__ == "__main__":
    main()
