"""Noise put on samples: spans found once, noisers in order, every step on record."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from synthloop.core.errors import UsageError
from synthloop.core.lineage import Chances, Lineage, Spec
from synthloop.core.own_code import OwnCodeError, call_own
from synthloop.core.ports import Noiser
from synthloop.core.sample import Sample, with_text
from synthloop.core.span import Noised, Span, apply_edits, shift_spans
from synthloop.generate.noise.spans import find_spans
from synthloop.generate.noise.speech import SPELLED

_find_spans = lru_cache(maxsize=1024)(find_spans)  # a run makes many variants of few authored texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Noising:
    """Puts noise on one sample after another; what each becomes does not depend on the others.

    Not for use by several threads.
    """

    noisers: Sequence[Noiser]
    """Applied in order, each to what the one before left."""
    seed: int
    """The run seed."""
    _chances: Chances = field(default_factory=Chances, repr=False, compare=False)

    def put_on(self, sample: Sample, *, replica: int = 0) -> Sample | None:
        """Return the sample as noisers leave it, or None where none of them changed anything; see `apply_noise`."""
        before = sample.text
        self._chances.move_to(self.seed, "generate.noise", sample.id, replica)
        text, _, applied = noise_text(before, self.noisers, self._chances, spans=_find_spans(before, sample.protected))
        if not applied or text == before:
            return None
        steps = (*sample.lineage.steps, *applied)
        lineage = Lineage(origin="noised", parents=(sample.id,), steps=steps, seed=self.seed, model=sample.lineage.model)
        earlier = sample.attributes.get("noise")
        names = [*([earlier] if earlier else []), *(spec.name for spec in applied)]
        return with_text(sample, text, lineage=lineage, attributes={"noise": "+".join(names)})


def apply_noise(sample: Sample, noisers: Sequence[Noiser], *, seed: int, replica: int = 0) -> Sample | None:
    """Return the sample as noisers leave it, or None where none of them changed anything.

    What `sample.protected` marks and what `find_spans` finds stays as it is. The new sample's attribute `noise` names the noisers that
    changed something, joined by `+`; its lineage names their specs and the sample as its parent.

    Args:
        sample: Its last message is changed.
        noisers: Applied in order, each to what the one before left.
        seed: The run seed.
        replica: Counts noised versions of the same sample, from 0.

    Raises:
        UsageError: A noiser changed a protected span, or returned edits that do not lead to its text.
    """
    return Noising(noisers=noisers, seed=seed).put_on(sample, replica=replica)


def noise_text(
    text: str, noisers: Sequence[Noiser], rng: random.Random, *, spans: tuple[Span, ...]
) -> tuple[str, tuple[Span, ...], tuple[Spec, ...]]:
    """Return the text as noisers leave it, where `spans` lie in it, and the specs of those that changed something.

    Raises:
        UsageError: A noiser changed a span, or returned edits that do not lead to its text.
    """
    applied: list[Spec] = []
    for noiser in noisers:
        noised = _ask_noiser(noiser, text, spans, rng)
        if noised is not None:
            spans = _check(noiser, text, spans, noised)
            text = noised.text
            applied.append(noiser.spec)
    return text, spans, tuple(applied)


def _ask_noiser(noiser: Noiser, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
    if type(noiser).__module__.startswith("synthloop."):  # these are called a million times, and print nothing
        return noiser.noise(text, spans, rng)
    try:
        return call_own(noiser.noise, text, spans, rng)
    except OwnCodeError as error:
        raise UsageError(
            f"noiser {noiser.spec.name!r} {error}. Fix: correct it, or return None where there is nothing to change."
        ) from error


def _check(noiser: Noiser, text: str, spans: tuple[Span, ...], noised: Noised) -> tuple[Span, ...]:
    """Return where `spans` lie after `noised`; a name may have lost or won capitals, everything else is as it was."""
    if apply_edits(text, noised.edits) != noised.text or not noised.text.strip():
        raise UsageError(
            f"noiser {noiser.spec.name!r}: its edits do not lead from {text!r} to {noised.text!r}. "
            "Fix: return edits in order of `start`, in characters of the given text, and a text that is not blank."
        )
    for edit in noised.edits:
        if SPELLED in edit.kind:
            spans = tuple(span for span in spans if not _is_spelled(span, noised))
            break
    shifted = shift_spans(spans, noised.edits)
    made = noised.text
    for old, new in zip(spans, shifted, strict=True):
        if old is new and old.end <= noised.edits[0].start:
            continue
        before, after = text[old.start : old.end], made[new.start : new.end]
        if before != after and not (old.kind == "name" and before.lower() == after.lower()):
            raise UsageError(
                f"noiser {noiser.spec.name!r} changed what is protected: {before!r} ({old.kind}) in {text!r} became {after!r}. "
                "Fix: leave the characters of `spans` alone."
            )
    return shifted


def _is_spelled(span: Span, noised: Noised) -> bool:
    """Whether a number that was found by itself was spelled out, which the user asked for."""
    return span.kind == "number" and any(
        SPELLED in edit.kind and edit.start <= span.start and span.end <= edit.end for edit in noised.edits
    )


__all__ = ["Noising", "apply_noise", "noise_text"]
