"""What users are like, measured on transcripts alone, real or simulated: how long they talk, how often they leave the straight way.

The same rules read both sides, so that simulated users can be held against real ones, and the manners of real ones can be given to
simulated ones. Rules are English and find part of the cases (`synthloop.evaluate.user_rules`): a difference between two sets of
conversations says more than a share by itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from synthloop.core.conversation import Manner
from synthloop.core.score import MetricValue
from synthloop.core.transcript import EndReason, Transcript
from synthloop.evaluate import user_rules as rules
from synthloop.evaluate.conversation_measures import measure_repetition
from synthloop.evaluate.exchanges import list_exchanges
from synthloop.evaluate.intervals import measure_mean, measure_share
from synthloop.evaluate.outcomes import Floats, number_keys, sum_by

UserMeasureName = Literal[
    "turns",
    "words",
    "repetition",
    "corrections",
    "digressions",
    "questions_back",
    "confirmations",
    "rude",
    "over_polite",
    "vague",
    "early_exits",
]
"""Turns to the end; words of a turn; how much of a turn the user said before, from 0 to 1; shares of turns in which it puts something
right, makes small talk, answers with a question, says nothing but yes or thanks, is unfriendly, is very polite, stays vague; share of
conversations that the user leaves without having got anywhere."""

_LEFT: frozenset[EndReason] = frozenset({"user_gave_up", "user_left"})

Rule = Callable[[str, str], bool]
"""Takes what the user says and what the app said before."""

MANNER_RULES: Mapping[Manner, Rule] = {
    "asks_back": rules.asks_back,
    "wanders": lambda text, _: rules.wanders(text),
    "changes_mind": lambda text, _: rules.changes_mind(text),
    "corrects_itself": lambda text, _: rules.corrects_itself(text),
    "claims_done": lambda text, _: rules.claims_done(text),
    "returns_later": lambda text, _: rules.returns(text),
    "gives_up": lambda text, _: rules.gives_up(text),
    "tells_less": lambda text, _: rules.is_vague(text),
    "rude": lambda text, _: rules.is_rude(text),
    "over_polite": lambda text, _: rules.is_over_polite(text),
}
"""How a manner is read from a turn. `tells_more` is left out: words alone don't say what was asked for."""

_TURN_RULES: Mapping[UserMeasureName, Rule] = {
    "corrections": lambda text, _: rules.corrects(text),
    "digressions": MANNER_RULES["wanders"],
    "questions_back": MANNER_RULES["asks_back"],
    "confirmations": lambda text, _: rules.confirms(text),
    "rude": MANNER_RULES["rude"],
    "over_polite": MANNER_RULES["over_polite"],
    "vague": MANNER_RULES["tells_less"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MannerRate:
    """How common a manner is among users."""

    users: float
    """Share of users who have it, in [0, 1]."""
    turns: float
    """Share of the turns of such a user in which it shows, in [0, 1]."""


@dataclass(frozen=True, kw_only=True)
class _User:
    """The user of one transcript."""

    transcript: Transcript

    @cached_property
    def turns(self) -> list[tuple[str, str]]:
        """(what it says, what the app said before) pairs."""
        exchanges = list_exchanges(self.transcript)
        heard = ["", *(app for _, app in exchanges)]
        return [(user, before) for (user, _), before in zip(exchanges, heard, strict=False) if user]

    def count(self, rule: Rule) -> int:
        """Return in how many turns a rule fires."""
        return sum(rule(text, heard) for text, heard in self.turns)

    @property
    def leaves_early(self) -> bool:
        """Whether it says that it gives up, or the app's last question is left without an answer."""
        turns = self.transcript.turns
        if self.transcript.end_reason in _LEFT or (self.turns and rules.gives_up(self.turns[-1][0])):
            return True
        last = turns[-1] if turns and turns[-1].role == "app" else None
        asked = last is not None and last.text.rstrip().endswith("?") and not last.done and not rules.offers_more(last.text)
        return asked and self.transcript.end_reason == "answered"


def measure_users(transcripts: Iterable[Transcript], *, users: Sequence[str] | None = None) -> dict[UserMeasureName, MetricValue]:
    """Return every measure of the users of some conversations, with its interval.

    Args:
        transcripts: Real or simulated ones.
        users: Who spoke in each, where people spoke in several: what one person does again and again is no further evidence. None: each
            conversation has a user of its own.
    """
    spoken = [_User(transcript=transcript) for transcript in transcripts]
    cluster = number_keys(users if users is not None else [str(place) for place in range(len(spoken))])
    size = int(cluster.max()) + 1 if len(cluster) else 0

    def add_up(values: Sequence[float]) -> Floats:
        return sum_by(cluster, np.array(values, dtype=np.float64), size)

    talks = add_up([1.0] * len(spoken))
    turns = add_up([float(len(user.turns)) for user in spoken])
    words = add_up([float(sum(len(text.split()) for text, _ in user.turns)) for user in spoken])
    repeated = add_up([measure_repetition([text for text, _ in user.turns]) for user in spoken])
    found: dict[UserMeasureName, MetricValue] = {
        "turns": measure_mean("turns", turns, talks),
        "words": measure_mean("words", words, turns),
        "repetition": measure_mean("repetition", repeated, talks),
    }
    for name, rule in _TURN_RULES.items():
        found[name] = measure_share(name, add_up([float(user.count(rule)) for user in spoken]), turns)
    left = add_up([float(user.leaves_early) for user in spoken])
    return {**found, "early_exits": measure_share("early_exits", left, talks)}


def fit_manners(transcripts: Iterable[Transcript]) -> dict[Manner, MannerRate]:
    """Estimate how common each manner is: which share of users has it, and in which share of their turns it shows.

    That most users never do something and some do it often is told from all of them doing it now and then by the best fit of a binomial
    with an excess of zeros. Manners that nobody showed are given with 0, so that they replace a guess; `tells_more` is left out, since
    words alone don't say what was asked for. `gives_up` counts in the last turn only.

    Args:
        transcripts: Conversations of real users; some dozens, better hundreds.

    Source: Lambert, "Zero-inflated Poisson regression", Technometrics 1992, for the excess of zeros; ours is the binomial, fitted by EM.
    """
    spoken = [user for user in (_User(transcript=transcript) for transcript in transcripts) if user.turns]
    trials = np.array([len(user.turns) for user in spoken], dtype=np.float64)
    rates: dict[Manner, MannerRate] = {}
    for manner, rule in MANNER_RULES.items():
        if manner == "gives_up":
            gone = [len(user.turns) for user in spoken if rule(*user.turns[-1])]
            rates[manner] = MannerRate(users=len(gone) / max(len(spoken), 1), turns=len(gone) / max(sum(gone), 1))
        else:
            rates[manner] = _fit_excess_zeros(np.array([user.count(rule) for user in spoken], dtype=np.float64), trials)
    return rates


def _fit_excess_zeros(hits: Floats, trials: Floats, steps: int = 200) -> MannerRate:
    """Return the most likely shares of a binomial of which some users have no part at all."""
    if not hits.sum():
        return MannerRate(users=0.0, turns=0.0)
    users, turns = 0.5, float(hits.sum() / trials[hits > 0].sum())
    for _ in range(steps):
        silent = users * (1 - turns) ** trials
        has = np.where(hits > 0, 1.0, silent / np.maximum(silent + 1 - users, 1e-12))
        users, turns = float(has.mean()), min(1.0, float(hits.sum() / (has * trials).sum()))
    return MannerRate(users=users, turns=turns)


__all__ = ["MANNER_RULES", "MannerRate", "Rule", "UserMeasureName", "fit_manners", "measure_users"]
