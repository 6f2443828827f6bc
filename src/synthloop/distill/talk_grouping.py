"""Failed conversations become problems: each stands in exactly one, and there are as few as cover them all.

Conversations that broke in the same way (see `synthloop.distill.breakdowns`) form a table of places by what the user did there. The row or
column with the most conversations becomes a problem, then the one with most of those that are left, and so on: an app that loses its way
wherever a user changes its mind has one problem, and not one a place. What users do who depart from nothing makes no column: then it is the
place that is wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import msgspec

from synthloop.core.conversation import Manner
from synthloop.core.lineage import content_id
from synthloop.core.problem import Breakdown
from synthloop.core.report import FailureMode, Result
from synthloop.core.sample import Sample
from synthloop.core.transcript import EndReason, Transcript
from synthloop.distill.breakdowns import find_breakdown
from synthloop.distill.problem_names import name_problem

DEPARTURES: frozenset[str] = frozenset(get_args(Manner))
"""What a user does who departs from the straight way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenTalk:
    """One failed conversation and where it broke."""

    sample: Sample
    transcript: Transcript
    breakdown: Breakdown
    scorer: str
    """What says that it failed."""


def find_broken_talks(
    samples: Mapping[str, Sample], results: Sequence[Result], transcripts: Mapping[str, Transcript]
) -> tuple[BrokenTalk, ...]:
    """Return the failed conversations in whose end the app had a part, one a sample: the first repeat that failed.

    Args:
        samples: Sample id -> sample.
        results: How the app did on each.
        transcripts: Transcript id -> transcript.
    """
    found: list[BrokenTalk] = []
    for result in results:
        sample = samples.get(result.sample_id)
        failed = [id_ for id_, passed in zip(result.transcript_ids, result.passes, strict=False) if passed is False and id_ in transcripts]
        for transcript_id in failed if sample and sample.goal else ():
            breakdown = find_breakdown(samples[result.sample_id], transcripts[transcript_id])
            if breakdown is not None:
                scorer = next(iter(result.failed_scorers), "")
                transcript = transcripts[transcript_id]
                found.append(BrokenTalk(sample=samples[result.sample_id], transcript=transcript, breakdown=breakdown, scorer=scorer))
                break
    return tuple(found)


def group_talks(talks: Iterable[BrokenTalk]) -> tuple[FailureMode, ...]:
    """Return failed conversations as problems, the largest first; each is in exactly one."""
    kinds: dict[tuple[str, str], list[BrokenTalk]] = defaultdict(list)
    for talk in talks:
        kinds[talk.breakdown.behavior_id, talk.breakdown.kind].append(talk)
    modes = _tell_apart([_make_mode(group) for kind in kinds.values() for group in _cover(kind)])
    return tuple(sorted(modes, key=lambda mode: (-len(mode.sample_ids), mode.name, mode.id)))


def _tell_apart(modes: Sequence[FailureMode]) -> list[FailureMode]:
    """Return modes with names that say of which behavior they are, where others are called the same."""
    counts = Counter(mode.name for mode in modes)
    return [
        msgspec.structs.replace(mode, name=f"{mode.name} ({mode.behavior_ids[0]})") if counts[mode.name] > 1 else mode for mode in modes
    ]


def _cover(talks: Sequence[BrokenTalk]) -> list[list[BrokenTalk]]:
    """Divide conversations of one kind into the largest rows and columns of places by what the user did."""
    left: list[BrokenTalk] = list(talks)
    groups: list[list[BrokenTalk]] = []
    while left:
        doings = Counter(talk.breakdown.doing for talk in left if talk.breakdown.doing in DEPARTURES)
        places = Counter(talk.breakdown.place for talk in left)
        doing, by_doing = max(doings.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        place, by_place = max(places.items(), key=lambda item: (item[1], item[0]))
        by_column = by_doing >= by_place
        inside = [talk.breakdown.doing == doing if by_column else talk.breakdown.place == place for talk in left]
        groups.append([talk for talk, is_in in zip(left, inside, strict=True) if is_in])
        left = [talk for talk, is_in in zip(left, inside, strict=True) if not is_in]
    return groups


def _make_mode(group: Sequence[BrokenTalk]) -> FailureMode:
    ordered = _order_central(group)
    reasons: Counter[EndReason] = Counter(talk.transcript.end_reason for talk in ordered)
    breakdowns = [talk.breakdown for talk in ordered]
    common = _find_common(breakdowns)
    sample_ids = tuple(talk.sample.id for talk in ordered)
    return FailureMode(
        id=content_id("failure-mode", common, sorted(sample_ids)),
        name=name_problem(reasons.most_common(1)[0][0], breakdowns, (talk.transcript.note for talk in ordered)),
        scorer=ordered[0].scorer,
        behavior_ids=(common.behavior_id,),
        sample_ids=sample_ids,
        breakdown=common,
        end_reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    )


def _order_central(group: Sequence[BrokenTalk]) -> list[BrokenTalk]:
    """Return conversations of the most frequent kind first, and the shortest of these before the others."""
    frequent = Counter((talk.breakdown.place, talk.breakdown.doing) for talk in group)

    def rank(talk: BrokenTalk) -> tuple[int, str, str, int, str]:
        place, doing = talk.breakdown.place, talk.breakdown.doing
        return -frequent[place, doing], place, doing, len(talk.transcript.turns), talk.sample.id

    return sorted(group, key=rank)


def _find_common(found: Sequence[Breakdown]) -> Breakdown:
    """Return what all breakdowns of a problem have in common."""
    places, doings = {one.place for one in found}, {one.doing for one in found}
    place, doing = places.pop() if len(places) == 1 else "", doings.pop() if len(doings) == 1 else ""
    return msgspec.structs.replace(found[0], place=place, doing=doing)


__all__ = ["DEPARTURES", "BrokenTalk", "find_broken_talks", "group_talks"]
