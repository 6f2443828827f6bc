"""Terse forms: no subject, no article, no courtesy, or only the words that count."""

import random
from dataclasses import dataclass

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.draft import Draft, draw_hits
from synthloop.generate.noise.error_kinds import Share
from synthloop.generate.noise.habits import Chance, Habit, among, take_up

_VERBS = """
want wanna need lost got tried forgot looking trying wondering going gotta hope think thought paid bought received ordered made sent
noticed
"""
_SUBJECT_VERBS = frozenset(_VERBS.split())
_PLACES = "in on at for with from of about into by after before"
_PREPOSITIONS = frozenset(_PLACES.split())
_THINGS = """
account app bank bill book box bus call car card chat city computer country date day desktop doctor document door email event file
flight folder game group hotel house issue job kernel kitchen laptop letter light line link list machine manager meeting menu
message mobile money moment month movie name number office order package page party password payment phone place plan play price
problem program project question radio reason reminder report restaurant room sale screen server shop show song speaker statement
station store street team terminal ticket time town train trip user version week weekend window word world
"""
_NOUNS = frozenset(_THINGS.split())
_ARTICLES = frozenset({"the", "a", "an"})
_COURTESY = frozenset({"please", "pls", "kindly"})
_COURTESIES: tuple[tuple[str, ...], ...] = (
    ("could", "you"),
    ("can", "you"),
    ("would", "you"),
    ("will", "you"),
    ("i", "would", "like", "to"),
    ("i", "would", "like", "you", "to"),
    ("i'd", "like", "to"),
    ("i", "want", "to"),
    ("i", "need", "to"),
    ("i", "want", "you", "to"),
    ("i", "need", "you", "to"),
    ("can", "i"),
    ("could", "i"),
    ("may", "i"),
    ("do", "you", "know"),
)
_EMPTY_WORDS = """
a an the i you me my your we us our he she it they is are was were be been am do does did can could would will shall should may
might have has to of for please pls kindly that this there just so very really some any if with and
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_BREAKS = frozenset({"and", "but", "because", "so", "which"})


def _find_subjects(draft: Draft) -> list[Chance]:
    """Return sentence starts "I need ..." and "Need ...": whether the subject is missing."""
    pieces = draft.pieces
    chances: list[Chance] = []
    for at, verb in draft.find_words(_SUBJECT_VERBS):
        if draft.starts_sentence(at):
            chances.append(Chance(at, True, verb))
        elif (
            at > 2
            and at - 2 not in draft.frozen
            and pieces[at - 2] in ("i", "I")
            and pieces[at - 1] == " "
            and draft.starts_sentence(at - 2)
        ):
            chances.append(Chance(at, False, verb))
    return chances


def _write_subject(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    verb = draft.pieces[position]
    if shown:
        draft.remove(position - 2, "dropped-subject")
        draft.change(position, verb[0].upper() + verb[1:], "dropped-subject")
    else:
        subject = "I'm" if verb.endswith("ing") else "I"
        draft.change(position, f"{subject} {verb[0].lower()}{verb[1:]}", "added-subject")


def _find_articles(draft: Draft) -> list[Chance]:
    """Return nouns after a preposition, with an article between or none: whether it is missing."""
    pieces = draft.pieces
    chances: list[Chance] = []
    for at, _ in draft.find_words(_NOUNS):
        if at < 4 or pieces[at - 1] != " ":
            continue
        before = pieces[at - 2].lower()
        if before in _PREPOSITIONS:
            chances.append(Chance(at, True))
        elif before in _ARTICLES and at > 5 and at - 2 not in draft.frozen and pieces[at - 4].lower() in _PREPOSITIONS:
            chances.append(Chance(at, False))
    return chances


def _write_article(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    # None is ever added, so there is no sign: "by phone" and "in time" are right as they are.
    if shown:
        draft.remove(position - 2, "dropped-article")


NO_SUBJECT = Habit(name="dropped-subject", find=_find_subjects, write=_write_subject, cue=among(_SUBJECT_VERBS))
"""Starting a sentence with the verb instead of "I"; rates differ by verb."""
NO_ARTICLE = Habit(name="dropped-article", find=_find_articles, write=_write_article, cue=among(_NOUNS), sign=lambda _word: False)
"""Leaving out the article between a preposition and a common noun."""


def drop_articles(draft: Draft, rate: float, rng: random.Random) -> None:
    """Drop a share of a draft's articles, wherever they stand."""
    places = [at for at in draft.words() if at > 1 and draft.pieces[at].lower() in _ARTICLES and draft.pieces[at + 1] == " "]
    for hit in draw_hits(rng, len(places), rate):
        draft.remove(places[hit], "dropped-article")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragments:
    """Makes texts terse: "could you please send me the report" -> "send me report", "send report"."""

    courtesy: Share = 0.4
    """Share of texts that lose their polite frame ("could you please")."""
    subject: Share = 0.3
    """Share of sentences "I need ..." that lose the "I"."""
    articles: Share = 0.3
    """Share of articles that are left out."""
    keywords: Share = 0.05
    """Share of texts of which only the words that count are left, as typed into a search box."""
    broken: Share = 0.05
    """Share of texts of which one sentence is broken in two."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "fragments", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the terse text, or None where there was nothing to leave out."""
        draft = Draft(text, spans)
        if rng.random() < self.keywords:
            _keep_keywords(draft)
            return draft.noised()
        if rng.random() < self.courtesy:
            _drop_courtesy(draft)
        take_up(draft, NO_SUBJECT, self.subject, rng)
        drop_articles(draft, self.articles, rng)
        if rng.random() < self.broken:
            _break_sentence(draft, rng)
        return draft.noised()


def _keep_keywords(draft: Draft) -> None:
    """Take out the words that say little, as long as two others are left."""
    words = draft.words()
    empty = [at for at in words if draft.pieces[at].lower() in _EMPTY]
    if len(words) - len(empty) + len(draft.frozen) >= 2:
        for at in empty:
            draft.remove(at, "dropped-word")


def _drop_courtesy(draft: Draft) -> None:
    pieces = draft.pieces
    words = draft.words()
    lowered = tuple(pieces[at].lower() for at in words[:5])
    frame = max((frame for frame in _COURTESIES if lowered[: len(frame)] == frame), key=len, default=())
    if len(words) + len(draft.frozen) < len(frame) + 2 or any(pieces[at + 1] != " " for at in words[: len(frame)]):
        frame = ()
    capital = pieces[words[0]][0].isupper() if words and words[0] == 1 else False
    for at in words[: len(frame)]:
        draft.remove(at, "dropped-courtesy")
    for at in words[len(frame) :]:
        if pieces[at].lower() in _COURTESY:
            _drop_with_comma(draft, at)
    first = next((at for at in draft.words() if pieces[at]), 0)
    if capital and first and not draft.text()[:1].isupper() and draft.text().startswith(pieces[first]):
        draft.change(first, pieces[first][0].upper() + pieces[first][1:], "dropped-courtesy")


def _drop_with_comma(draft: Draft, position: int) -> None:
    """Take out a word, with the comma before it where it is the last one."""
    draft.remove(position, "dropped-courtesy")
    if position == len(draft.pieces) - 2 and position > 1 and draft.pieces[position - 1] in (", ", ","):
        draft.change(position - 1, "", "dropped-courtesy")


def _break_sentence(draft: Draft, rng: random.Random) -> None:
    """End a sentence before a joining word in the middle and go on with the next."""
    pieces = draft.pieces
    words = draft.words()
    places = [at for at in words if pieces[at].lower() in _BREAKS and 5 < at < len(pieces) - 5 and pieces[at - 1] in (" ", ", ")]
    if places:
        at = rng.choice(places)
        draft.change(at - 1, rng.choice((". ", "... ", " - ")), "broken-sentence")


__all__ = ["NO_ARTICLE", "NO_SUBJECT", "Fragments", "drop_articles"]
