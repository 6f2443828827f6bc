"""Failures become problems: each failed sample stands in exactly one named group.

A sample is filed under its first failing scorer, then under what was expected and what came instead, then with samples that read alike.
Texts are compared by TF-IDF of words and word pairs, reduced to a few dimensions; HDBSCAN finds the groups and what belongs to none, and
k-means takes over where there is too much for it. A group is named by the words that set it apart from passed samples of its behaviors.

Source: Campello, Moulavi and Sander, "Density-based clustering based on hierarchical density estimates", PAKDD 2013; Monroe, Colaresi and
Quinn, "Fightin' words", Political Analysis 2008, for the telling words.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import chance, content_id
from synthloop.core.report import FailureMode, Result
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.distill.text_clusters import cluster_texts, rank_central
from synthloop.distill.wording import find_telling_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed sample and what says so."""

    sample: Sample
    scorer: str
    expected: JsonValue
    got: JsonValue
    text: str
    """What it is compared with others by."""


def group_failures(
    samples: Iterable[Sample],
    results: Sequence[Result],
    scores: Iterable[Score],
    *,
    seed: int,
    smallest: int = 5,
    texts: Mapping[str, str] | None = None,
) -> tuple[FailureMode, ...]:
    """Return all failures as groups, the largest first; every failed sample is in exactly one.

    Args:
        samples: The run's samples.
        results: What happened to each; a sample failed where any of its repeats did.
        scores: All scores of the run.
        seed: The run seed.
        smallest: Samples that make a group of their own within one scorer and label pair.
        texts: Sample id -> what to compare it by where that isn't its last message; of conversations, see `collect_user_texts`.
    """
    by_id = {sample.id: sample for sample in samples}
    known = {name: sample.text for name, sample in by_id.items()} | dict(texts or {})
    failures = _find_failures(by_id, results, scores, known)
    passed = [by_id[one.sample_id] for one in results if one.sample_id in by_id and True in one.passes and False not in one.passes]
    passed_texts: dict[str, list[str]] = defaultdict(list)
    for sample in passed:
        passed_texts[sample.behavior_id].append(known[sample.id])
    buckets: dict[tuple[str, str], list[Failure]] = defaultdict(list)
    for failure in failures:
        buckets[failure.scorer, _name_pair(failure)].append(failure)
    modes = [
        _make_mode(group, order, passed_texts) for bucket in buckets.values() for group, order in _split_bucket(bucket, seed, smallest)
    ]
    return _tell_apart(sorted(modes, key=lambda mode: (-len(mode.sample_ids), mode.name, mode.id)))


def collect_user_texts(transcripts: Iterable[Transcript]) -> dict[str, str]:
    """Return sample id -> all that its user said, in any of its conversations: what conversations are grouped by best.

    Groups by the first message alone agree far less with what users wanted: `python benchmarks/recorded_runs.py` shows it on recorded runs.
    """
    said: dict[str, list[str]] = defaultdict(list)
    for transcript in transcripts:
        said[transcript.sample_id] += [turn.text for turn in transcript.turns if turn.role == "user"]
    return {name: "\n".join(texts) for name, texts in said.items()}


def _find_failures(
    by_id: Mapping[str, Sample], results: Sequence[Result], scores: Iterable[Score], texts: Mapping[str, str]
) -> list[Failure]:
    failed: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        if score.decides and score.passed is False:
            failed[score.transcript_id].append(score)
    failures: list[Failure] = []
    for result in results:
        # scores of a scorer that the project no longer has may still be kept: only what failed this result counts
        own = (score for transcript in result.transcript_ids for score in failed[transcript] if score.scorer in result.failed_scorers)
        score = next(own, None)
        if score is not None and result.sample_id in by_id:
            sample, text = by_id[result.sample_id], texts[result.sample_id]
            failures.append(Failure(sample=sample, scorer=score.scorer, expected=score.expected_label, got=score.label, text=text))
    return failures


def _split_bucket(bucket: list[Failure], seed: int, smallest: int) -> list[tuple[list[Failure], list[int]]]:
    """Return groups of one bucket, each with its members' order from the most central outwards."""
    address = f"{bucket[0].scorer}:{_name_pair(bucket[0])}"
    rng = chance(seed, "distill.grouping", address)
    labels, points = cluster_texts([failure.text for failure in bucket], smallest, rng.getrandbits(32))
    groups: list[tuple[list[Failure], list[int]]] = []
    for label in sorted(set(labels.tolist())):
        rows: npt.NDArray[np.intp] = np.flatnonzero(labels == label)
        groups.append(([bucket[row] for row in rows.tolist()], rank_central(points[rows])))
    return groups


def _make_mode(group: list[Failure], order: list[int], passed_texts: Mapping[str, Sequence[str]]) -> FailureMode:
    behavior_ids = tuple(sorted({failure.sample.behavior_id for failure in group}))
    others = [text for name in behavior_ids for text in passed_texts.get(name, ())]
    terms = find_telling_words([failure.text for failure in group], others)
    first = group[0]
    sample_ids = tuple(group[place].sample.id for place in order)
    words = ", ".join(f'"{term}"' for term in terms[:3])
    return FailureMode(
        id=content_id("failure-mode", first.scorer, first.expected, first.got, sorted(sample_ids)),
        name=f"{_name_pair(first) or f'{first.scorer} fails'}{f': {words}' if words else ''}",
        scorer=first.scorer,
        expected=first.expected,
        got=first.got,
        terms=terms,
        behavior_ids=behavior_ids,
        sample_ids=sample_ids,
    )


def _tell_apart(modes: list[FailureMode]) -> tuple[FailureMode, ...]:
    """Return modes whose names are unique: equal ones are counted from 2."""
    seen: dict[str, int] = defaultdict(int)
    named: list[FailureMode] = []
    for mode in modes:
        seen[mode.name] += 1
        count = seen[mode.name]
        named.append(mode if count == 1 else msgspec.structs.replace(mode, name=f"{mode.name} ({count})"))
    return tuple(named)


def _name_pair(failure: Failure) -> str:
    if failure.expected is None and failure.got is None:
        return ""
    return f"{_say(failure.expected)} answered as {_say(failure.got)}"


def _say(label: JsonValue) -> str:
    if isinstance(label, list):
        return "+".join(str(one) for one in label) or "nothing"
    text = " ".join(str(label).split())
    return f"{text[:37]}..." if len(text) > 40 else text or "nothing"


__all__ = ["Failure", "collect_user_texts", "group_failures"]
