"""Have the conversations that searches ask for, those of all searches at once: what the loop adds to `synthloop.distill.minimization`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from synthloop.core.problem import Breakdown, Minimal
from synthloop.core.sample import Sample
from synthloop.core.transcript import Transcript
from synthloop.distill.minimization import Batch, Search, minimize_talk
from synthloop.distill.talk_grouping import BrokenTalk
from synthloop.loop.evaluate import make_engine
from synthloop.loop.setup import Setup
from synthloop.loop.simulate import count_flows, make_flows

T = TypeVar("T")

_FRESH_REPLICA = 1000
"""Repeats from here on are had to make sure of something: never those that raised the suspicion."""


def minimize_talks(setup: Setup, talks: Iterable[tuple[BrokenTalk, Breakdown]], *, app: str, is_random: bool) -> list[Minimal]:
    """Return the shortest conversation that still fails like each of some.

    Args:
        setup: The project.
        talks: Failed conversations, each with what those of its problem have in common.
        app: Name of the variant that failed.
        is_random: Whether it is known to answer the same in different ways.
    """
    searches = [minimize_talk(talk, problem, runs=setup.minimize_runs, is_random=is_random) for talk, problem in talks]
    return search_together(setup, searches, app=app)


def search_together(setup: Setup, searches: Sequence[Search[T]], *, app: str) -> list[T]:
    """Drive searches to their end, the batches of all of them in common rounds, and return what each found, in order."""
    found: dict[int, T] = {}
    batches: dict[int, Batch] = {}
    answers: Mapping[int, Sequence[Sequence[Transcript]]] = {}
    while len(found) < len(searches):
        batches = {}
        for place, search in enumerate(searches):
            if place in found:
                continue
            try:
                batches[place] = search.send(answers[place]) if place in answers else next(search)
            except StopIteration as stop:
                found[place] = stop.value
        answers = _answer(setup, batches, app)
    return [found[place] for place in range(len(searches))]


def have_talks(
    setup: Setup, samples: Iterable[Sample], *, app: str, repeats: int = 1, first_replica: int = 0
) -> dict[str, tuple[Transcript, ...]]:
    """Return sample id -> its conversations with the app, one a repeat; answers are kept in the journal as ever."""
    unique = list({sample.id: sample for sample in samples}.values())
    asked = replace(setup, repeats=repeats)
    had: dict[str, list[Transcript]] = defaultdict(list)

    def keep(results: Iterable[Transcript]) -> None:
        for transcript in results:
            had[transcript.sample_id].append(transcript)

    flows = make_flows(asked, unique, app=app, first_replica=first_replica)
    make_engine(setup).run(flows, sink=keep, total=count_flows(asked, unique))
    return {sample_id: tuple(transcripts) for sample_id, transcripts in had.items()}


def _answer(setup: Setup, batches: Mapping[int, Batch], app: str) -> dict[int, list[tuple[Transcript, ...]]]:
    kinds: dict[tuple[int, bool], list[Sample]] = defaultdict(list)
    for batch in batches.values():
        kinds[batch.repeats, batch.fresh] += batch.samples
    # the repeats that found the failure are not had again: an app that fails by chance would fail in the same ones for certain
    had = {
        (repeats, fresh): have_talks(setup, samples, app=app, repeats=repeats, first_replica=_FRESH_REPLICA if fresh else setup.repeats)
        for (repeats, fresh), samples in kinds.items()
    }
    return {place: [had[batch.repeats, batch.fresh][sample.id] for sample in batch.samples] for place, batch in batches.items()}


__all__ = ["have_talks", "minimize_talks", "search_together"]
