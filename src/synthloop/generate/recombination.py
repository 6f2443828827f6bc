"""New wordings of authored samples: other values, other frames around them, synonyms, order, and less of the optional.

Behaviors lend each other style only (greetings, closings), never content: content carries the label.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.sample import Sample, with_text
from synthloop.generate.contrast import Contrast, find_contrast
from synthloop.generate.english import capitalize, find_words, fit_article
from synthloop.generate.lexicon.frames import (
    ACTION_CLOSERS,
    ACTION_OPENERS,
    CLOSERS,
    FORMS,
    OPENERS,
    QUESTION_CLOSERS,
    QUESTION_OPENERS,
    STATEMENT_OPENERS,
    TIME_PHRASES,
)
from synthloop.generate.lexicon.word_classes import DETERMINERS, ERRAND_VERBS, OPTIONAL_WORDS
from synthloop.generate.phrasing import ACTION_FORMS, Form, Phrasing, lower_start, read_phrasing
from synthloop.generate.rewording import Swap, apply_swaps, find_swaps
from synthloop.generate.space import ParameterSpace, parameter_space
from synthloop.generate.values import Choices, find_free_values, swap_values

MOST_REMEMBERED = 10_000
"""Readings of texts that are kept for later variants, so that memory stays flat."""
TRIES = 8
"""Attempts at a wording that differs from the authored one before giving up."""
SYNONYM_SHARE = 0.4
"""Share of the swappable words that are swapped in a variant whose words are changed."""
SLOT_SHARE = 0.6
"""Share of the slots found in a text that get another value, where slots are changed."""
VALUE_SHARE = 0.6
"""Share of variants in which values change that no parameter has."""
OPENER_SHARE = 0.25
"""Share of variants without a greeting that get an opener."""
CLOSER_SHARE = 0.15
"""Share of variants without a closing that get one."""
ERRAND_SHARE = 0.3
"""Share of new frames around an errand that turn a command into a wish, or a wish into a command."""
LONG_CORE = 12
"""Words beyond which a request keeps its own form: frames read oddly around long sentences."""

_GIVEN_AWAY: Mapping[Form, Form] = {"ask": "self", "self": "ask"}
_LAST_TIME = re.compile(rf"^(.+?),?\s+({TIME_PHRASES})$", re.IGNORECASE)
_POINTS_BACK = re.compile(r"\b(?:it|its|it's|that|this|these|those|they|them|he|she|him|her|so|then|there)\b", re.IGNORECASE)

Draft = tuple[str, tuple[str, ...], tuple[str, ...]]
"""(text, protected spans, names of the changes made)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the variants of one behavior are made of."""

    behavior: Behavior
    space: ParameterSpace
    slots: tuple[tuple[str, str], ...]
    """(value, parameter) pairs, the longest values first."""
    contrast: Contrast
    openers: tuple[str, ...]
    """Greetings found in the authored samples of all behaviors."""
    closers: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    """The user's own, keys in lower case."""
    free_values: Choices
    """Values in the authored samples that the expectation does not depend on, and what may stand there instead."""
    found_slots: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    """Sample id -> parameter -> value in it: found once, used by every variant."""
    found_swaps: dict[tuple[str, bool, tuple[str, ...]], tuple[Swap, ...]] = field(
        default_factory=dict[tuple[str, bool, tuple[str, ...]], tuple[Swap, ...]]
    )
    """(content, whether it opens with a verb, protected spans) -> what could be swapped in it."""


def prepare_material(
    behavior: Behavior, behaviors: Sequence[Behavior], synonyms: Mapping[str, tuple[str, ...]] | None = None, *, vary_values: bool = True
) -> Material:
    """Collect what variants of `behavior` are made of.

    Args:
        behavior: Whose samples are varied.
        behaviors: All behaviors; their authored samples lend greetings and closings.
        synonyms: The user's own lexicon.
        vary_values: Whether values that no parameter has (cities, weekdays) may change.

    Raises:
        UsageError: The behavior's parameters are unusable.
    """
    space = parameter_space(behavior, [parameter.name for parameter in behavior.parameters], levels=3)
    slots = [
        (value, parameter.name)
        for parameter in behavior.parameters
        if parameter.type == "choice"
        for value in space.variables[parameter.name].levels
        if value
    ]
    phrasings = [read_phrasing(authored.messages[-1][1]) for each in behaviors for authored in each.authored]
    contrast = find_contrast(behavior, behaviors)
    return Material(
        behavior=behavior,
        space=space,
        slots=tuple(sorted(slots, key=lambda slot: (-len(slot[0]), slot))),
        contrast=contrast,
        openers=tuple(sorted({phrasing.lead.lower() for phrasing in phrasings if phrasing.lead})),
        closers=tuple(sorted({phrasing.tail.lower() for phrasing in phrasings if phrasing.tail})),
        synonyms={phrase.lower(): swaps for phrase, swaps in (synonyms or {}).items()},
        free_values=find_free_values(behavior, contrast) if vary_values else {},
    )


def recombine(sample: Sample, material: Material, rng: Random, *, seed: int) -> Sample | None:
    """Return another wording of an authored sample, or None where none was found.

    The variant keeps scenario and expectation; every protected span is still in it, and replaced slot values are protected in it.
    """
    for _ in range(TRIES):
        text, protected, changes = reword(sample, material, rng)
        if changes and text != sample.text and all(span in text for span in protected):
            step = Spec(kind="generators", name="recombination", parameters={"changes": list(changes)})
            lineage = Lineage(origin="generated", parents=(sample.id,), steps=(*sample.lineage.steps, step), seed=seed)
            varied = with_text(sample, text, lineage=lineage, attributes={"source": "recombination"})
            ordered = tuple(sorted(protected, key=text.find))
            return varied if ordered == varied.protected else msgspec.structs.replace(varied, protected=ordered)
    return None


def reword(sample: Sample, material: Material, rng: Random) -> Draft:
    """Return one draft of another wording; it may equal the old one, and may have lost a protected span."""
    text, protected, changes = sample.text, sample.protected, list[str]()
    if rng.random() < 0.7:
        swapped = swap_slots(sample, material, rng)
        if swapped:
            text, protected, _ = swapped
            changes.append("slots")
    if material.free_values and rng.random() < VALUE_SHARE:
        varied = swap_values(text, material.free_values, protected, rng)
        changes += ["values"] if varied != text else []
        text = varied
    phrasing = read_phrasing(text)
    for name, chance_of, change in _CHANGES:
        if rng.random() < chance_of:
            changed = change(phrasing, protected, material, rng)
            if changed is not None and changed != phrasing:
                phrasing = changed
                changes.append(name)
    rendered, framed = _render(phrasing, material, rng)
    return rendered, protected, (*changes, *framed)


def swap_slots(sample: Sample, material: Material, rng: Random) -> tuple[str, tuple[str, ...], dict[str, str]] | None:
    """Put other allowed values of the behavior's parameters where the sample has one; None where it has none.

    A value that the expectation names or that the author protected stays. Returns text, protected spans, and the new values by parameter.
    """
    present = material.found_slots.get(sample.id)
    if present is None:
        present = material.found_slots[sample.id] = _find_slots(sample, material)
    if not present:
        return None
    for _ in range(TRIES):
        chosen = {name: _other_value(value, name, material, rng) for name, value in present.items() if rng.random() < SLOT_SHARE}
        if any(chosen[name] != present[name] for name in chosen) and material.space.allows({**present, **chosen}):
            return _write_slots(sample, present, chosen)
    return None


def _find_slots(sample: Sample, material: Material) -> dict[str, str]:
    """Return parameter -> the value that stands in the text and may change; longer values first, each word used once."""
    left, present = sample.text, dict[str, str]()
    for value, name in material.slots:
        spot = find_words(left, value)
        if spot is not None and name not in present and not _is_kept(value, sample):
            present[name] = value
            left = f"{left[: spot[0]]}\0{left[spot[1] :]}"
    return present


def _write_slots(sample: Sample, present: Mapping[str, str], chosen: Mapping[str, str]) -> tuple[str, tuple[str, ...], dict[str, str]]:
    text = sample.text
    for name, other in chosen.items():
        spot = find_words(text, present[name])
        if spot is not None:
            text = fit_article(text[: spot[0]], other) + other + text[spot[1] :]
    protected = [span for span in sample.protected if span in text] + [value for value in {**present, **chosen}.values() if value in text]
    return text, tuple(dict.fromkeys(protected)), dict(chosen)


def _is_kept(value: str, sample: Sample) -> bool:
    own_expectation = str(sample.expected).lower()
    return value.lower() in own_expectation or any(value.lower() in span.lower() for span in sample.protected)


def _other_value(value: str, name: str, material: Material, rng: Random) -> str:
    others = [level for level in material.space.variables[name].levels if level and level.lower() != value.lower()]
    return rng.choice(others or [value])


Change = Callable[[Phrasing, tuple[str, ...], Material, Random], Phrasing | None]
"""Returns the changed phrasing, or None for "does not apply"."""


def _swap_words(phrasing: Phrasing, protected: tuple[str, ...], material: Material, rng: Random) -> Phrasing | None:
    asked = (phrasing.core, phrasing.form in ACTION_FORMS, protected)
    swaps = material.found_swaps.get(asked)
    if swaps is None:
        allows = material.contrast.allows_synonym
        swaps = find_swaps(asked[0], opens_with_verb=asked[1], kept=protected, synonyms=material.synonyms, allows=allows)
        if len(material.found_swaps) < MOST_REMEMBERED:
            material.found_swaps[asked] = swaps
    core = apply_swaps(phrasing.core, swaps, SYNONYM_SHARE, rng)
    return _with_core(phrasing, core)


def _drop_optional(phrasing: Phrasing, protected: tuple[str, ...], _material: Material, _rng: Random) -> Phrasing | None:
    kept = " ".join(protected).lower().split()
    words = phrasing.core.split(" ")
    left = [word for word in words if word.lower() not in OPTIONAL_WORDS or word.lower() in kept]
    return _with_core(phrasing, " ".join(left)) if left else None


def _drop_style(phrasing: Phrasing, _protected: tuple[str, ...], _material: Material, _rng: Random) -> Phrasing | None:
    return replace(phrasing, lead="", tail="")


def _reorder(phrasing: Phrasing, _protected: tuple[str, ...], _material: Material, _rng: Random) -> Phrasing | None:
    if phrasing.is_compound:
        return _swap_sentences(phrasing)
    found = _LAST_TIME.match(phrasing.core)
    if found is None or phrasing.form not in {"ask", "self"} or phrasing.core != phrasing.body:
        return None
    return replace(_with_core(phrasing, found[1]), lead=f"{phrasing.lead} {found[2]},".strip())


def _swap_sentences(phrasing: Phrasing) -> Phrasing | None:
    sentences = re.split(r"(?<=[.?!])\s+", phrasing.body + (phrasing.end or "."))
    if len(sentences) != 2 or any(_POINTS_BACK.search(sentence) for sentence in sentences):
        return None
    first, second = sentences[1], sentences[0]
    if not phrasing.is_lower:
        first, second = capitalize(first), capitalize(second)
    body = second.rstrip(".?!")
    text = f"{first} {body}"
    return replace(phrasing, body=text, core=text, end=second[len(body) :])


def _make_terse(phrasing: Phrasing, protected: tuple[str, ...], _material: Material, rng: Random) -> Phrasing | None:
    """Say only what it is about, as people type into a search box."""
    if phrasing.is_compound or phrasing.form not in {*ACTION_FORMS, "what"}:
        return None
    kept = " ".join(protected).lower().split()
    words = [word for word in phrasing.core.split(" ") if word.lower() not in DETERMINERS or word.lower() in kept]
    core = " ".join(words if rng.random() < 0.5 and len(words) > 1 else phrasing.core.split(" "))
    return replace(phrasing, form="fragment", body=core, core=core, end=_end_mark(phrasing.end, asks=False))


def _reframe(phrasing: Phrasing, _protected: tuple[str, ...], material: Material, rng: Random) -> Phrasing | None:
    frames = _frames_of(phrasing, rng)
    if not frames or len(phrasing.core.split()) > LONG_CORE:
        return None
    frame = rng.choice(frames)
    if not material.contrast.allows_frame(frame):
        return None
    own_style = frame.lower() if phrasing.is_lower else frame
    return replace(
        phrasing, body=own_style.removesuffix("?").format(core=phrasing.core), end=_end_mark(phrasing.end, asks=frame.endswith("?"))
    )


def _frames_of(phrasing: Phrasing, rng: Random) -> tuple[str, ...]:
    """Return the frames that fit: those of its form, and for an errand at times those of the other way to give it away."""
    form = phrasing.form
    words = phrasing.core.lower().split()
    if form in _GIVEN_AWAY and words[0] in ERRAND_VERBS and "me" not in words and rng.random() < ERRAND_SHARE:
        form = _GIVEN_AWAY[form]
    return next((ways for own, ways in FORMS.items() if own == form), ())


_CHANGES: tuple[tuple[str, float, Change], ...] = (
    ("style dropped", 0.5, _drop_style),
    ("optional words dropped", 0.3, _drop_optional),
    ("synonyms", 0.6, _swap_words),
    ("order", 0.25, _reorder),
    ("terse", 0.05, _make_terse),
    ("form", 0.5, _reframe),
)
"""(name, how often it is tried, change), in the order in which they are made."""


def _with_core(phrasing: Phrasing, core: str) -> Phrasing:
    at = phrasing.body.rfind(phrasing.core)
    # An inverted question ("is it open" read as "it is open") has no such stretch: its body is kept until a frame replaces it.
    body = phrasing.body[:at] + core + phrasing.body[at + len(phrasing.core) :] if at >= 0 else phrasing.body
    return replace(phrasing, core=core, body=body)


def _end_mark(end: str, *, asks: bool) -> str:
    if not end:
        return ""
    if asks:
        return end if end.startswith("?") else "?"
    return "." if end.startswith("?") else end


def _render(phrasing: Phrasing, material: Material, rng: Random) -> tuple[str, tuple[str, ...]]:
    framed: list[str] = []
    lead, tail = phrasing.lead, phrasing.tail
    if not lead and rng.random() < OPENER_SHARE:
        lead = _choose(material, _openers(phrasing, material), rng)
        framed += ["opener"] if lead else []
    if not tail and rng.random() < CLOSER_SHARE:
        tail = _choose(material, _closers(phrasing, material), rng)
        framed += ["closer"] if tail else []
    lead, tail = (lead.lower(), tail.lower()) if phrasing.is_lower else (lead, tail)
    text = _close(_open(phrasing, lead), phrasing, tail)
    return (capitalize(text) if phrasing.is_capitalized else text), tuple(framed)


def _choose(material: Material, asides: Sequence[str], rng: Random) -> str:
    aside = rng.choice(asides)
    return aside if material.contrast.allows_aside(aside) else ""


def _open(phrasing: Phrasing, lead: str) -> str:
    if not lead:
        return phrasing.body
    starts_anew = phrasing.is_capitalized and lead[-1] in ".?!"
    return f"{lead} {capitalize(phrasing.body) if starts_anew else lower_start(phrasing.body)}"


def _close(text: str, phrasing: Phrasing, tail: str) -> str:
    if not tail:
        return text + phrasing.end
    if tail.endswith("?"):
        return f"{text}, {tail}"
    if phrasing.end.startswith("?") and tail.lower() not in ACTION_CLOSERS:
        return f"{text}{phrasing.end} {f'{capitalize(tail)}.' if phrasing.is_capitalized else tail}"
    return f"{text}, {tail}{phrasing.end}"


def _openers(phrasing: Phrasing, material: Material) -> tuple[str, ...]:
    return material.openers + _shipped_openers(phrasing)


def _shipped_openers(phrasing: Phrasing) -> tuple[str, ...]:
    if phrasing.form in {"how", "ability", "what", "whether", "indirect", "question"} and phrasing.end.startswith("?"):
        return OPENERS + QUESTION_OPENERS
    if phrasing.form == "statement":
        return OPENERS + STATEMENT_OPENERS
    return OPENERS + ACTION_OPENERS if phrasing.body == phrasing.core and phrasing.form == "ask" else OPENERS


def _closers(phrasing: Phrasing, material: Material) -> tuple[str, ...]:
    if phrasing.form in {"ask", "self"}:
        return material.closers + CLOSERS + ACTION_CLOSERS
    own = tuple(tail for tail in material.closers if tail not in ACTION_CLOSERS)
    return own + CLOSERS if phrasing.form == "fragment" else own + CLOSERS + QUESTION_CLOSERS


__all__ = ["TRIES", "Material", "prepare_material", "recombine", "reword", "swap_slots"]
