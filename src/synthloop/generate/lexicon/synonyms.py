"""Words and phrases that can stand for each other, read from the hand-written files in `words/`.

A file has sections; every other line is one group, within which each entry can replace each other entry. `>` makes a line one-way: what
stands before it can be replaced by what stands after it, not the other way round, because the replacement is broader or has other readings.

    [phrases]  stand as they are, anywhere
    [nouns]    in the singular; their plurals are added
    [verbs]    without an object, in the base form; -ing and past forms are added, and they are swapped only where the grammar shows a verb
    [actions]  verbs with an object or other company; `~` stands for any determiner, which is kept, or none
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from synthloop.generate.lexicon.inflection import past_forms, plural, present_participle
from synthloop.generate.lexicon.word_classes import REQUEST_VERBS

Section = Literal["phrases", "nouns", "verbs", "actions"]
Place = Literal["anywhere", "after determiner", "as verb", "as action", "before determiner", "after auxiliary"]
"""Where a phrase must stand to have the sense that the lexicon means."""

SECTIONS: tuple[Section, ...] = ("phrases", "nouns", "verbs", "actions")
DETERMINER = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One line of the lexicon."""

    section: Section
    replaced: tuple[str, ...]
    """What can be replaced."""
    by: tuple[str, ...]
    """What it can be replaced by; shares entries with `replaced` unless the line is one-way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """What may replace a phrase in one place."""

    place: Place
    choices: tuple[str, ...]


Lexicon = Mapping[str, tuple[Sense, ...]]
"""Phrase in lower case, its determiner written `~` -> senses."""


@cache
def read_groups() -> tuple[Group, ...]:
    """Return the shipped groups, in the order of the files' names and lines."""
    folder = files("synthloop.generate.lexicon") / "words"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".txt"))
    return tuple(group for name in names for group in parse_groups((folder / name).read_text(encoding="utf-8")))


def parse_groups(text: str) -> Iterator[Group]:
    r"""Yield the groups of one file's text.

    Example:
        >>> next(parse_groups("[nouns]\nsofa, couch > seat")).by
        ('seat',)
    """
    section: Section = "phrases"
    for line in text.splitlines():
        if line.startswith("["):
            section = cast("Section", line.strip("[]"))
        elif line and not line.startswith("#"):
            left, arrow, right = line.partition(" > ")
            replaced = tuple(left.split(", "))
            yield Group(section=section, replaced=replaced, by=tuple(right.split(", ")) if arrow else replaced)


@cache
def shipped_lexicon() -> Lexicon:
    """Return everything that the shipped groups allow, inflected."""
    found: dict[str, dict[Place, dict[str, None]]] = {}
    for group in read_groups():
        for phrase, other, place in _EXPANSIONS[group.section](group):
            if phrase != other:
                found.setdefault(phrase, {}).setdefault(place, {})[other] = None
    return {
        phrase: tuple(Sense(place=place, choices=tuple(choices)) for place, choices in places.items()) for phrase, places in found.items()
    }


Pairs = Iterator[tuple[str, str, Place]]
"""(phrase, what may replace it, where)."""


def _pairs(group: Group) -> Iterator[tuple[str, str]]:
    return ((phrase, other) for phrase in group.replaced for other in group.by if phrase != other)


def _expand_phrases(group: Group) -> Pairs:
    for phrase, other in _pairs(group):
        yield phrase, other, "anywhere"


def _expand_nouns(group: Group) -> Pairs:
    for phrase, other in _pairs(group):
        yield phrase, other, _noun_place(phrase)
        several, others = plural(phrase), plural(other)
        if several and others:
            yield several, others, _noun_place(several)


def _noun_place(noun: str) -> Place:
    is_also_verb = noun in REQUEST_VERBS or noun.removesuffix("s") in REQUEST_VERBS
    return "after determiner" if is_also_verb else "anywhere"


def _expand_verbs(group: Group) -> Pairs:
    for verb, other in _pairs(group):
        yield verb, other, "as verb"
        yield present_participle(verb), present_participle(other), "before determiner"
        for past, other_past in _past_pairs(verb, other):
            yield past, other_past, "after auxiliary"


def _expand_actions(group: Group) -> Pairs:
    for action, other in _pairs(group):
        yield action, other, "anywhere"
        yield present_participle(action), present_participle(other), "anywhere"
        for past, other_past in _past_pairs(action, other):
            yield past, other_past, "anywhere"
        if DETERMINER in action:
            bare, bare_other = _drop_determiner(action), _drop_determiner(other)
            yield bare, bare_other, "as action"
            yield present_participle(bare), present_participle(bare_other), "anywhere"


def _drop_determiner(action: str) -> str:
    return action.replace(f"{DETERMINER} ", "")


def _past_pairs(verb: str, other: str) -> Iterator[tuple[str, str]]:
    """Yield past forms that replace each other whether they are meant as simple past or as participle."""
    past, participle = past_forms(verb)
    other_past, other_participle = past_forms(other)
    if past != participle:
        yield past, other_past
        if participle != verb:
            yield participle, other_participle
    elif past != verb and other_past == other_participle:
        yield past, other_past


_EXPANSIONS = {"phrases": _expand_phrases, "nouns": _expand_nouns, "verbs": _expand_verbs, "actions": _expand_actions}

__all__ = ["DETERMINER", "SECTIONS", "Group", "Lexicon", "Place", "Section", "Sense", "parse_groups", "read_groups", "shipped_lexicon"]
