"""Transcripts and scorers in, scores out."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from synthloop.core.behavior import Behavior
from synthloop.core.errors import LoopError
from synthloop.core.own_code import OwnCodeError, call_own
from synthloop.core.ports import Scorer
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript


def score_transcripts(
    samples_by_id: Mapping[str, Sample],
    transcripts: Iterable[Transcript],
    scorers: Sequence[Scorer],
    behaviors: Iterable[Behavior] = (),
) -> Iterator[Score]:
    """Yield the scores of each transcript, in the order of the transcripts and then of the scorers.

    A behavior that names scorers is judged by these alone. A transcript whose sample is not there is unscored (`unknown-sample`), and a
    scorer that raises, or measures no finite number, costs one score (`scorer-error`), never the run.
    """
    chosen = {behavior.id: frozenset(behavior.scorers) for behavior in behaviors if behavior.scorers}
    for transcript in transcripts:
        sample = samples_by_id.get(transcript.sample_id)
        names = chosen.get(sample.behavior_id) if sample else None
        for scorer in scorers:
            if names is None or scorer.name in names:
                yield _score_one(scorer, sample, transcript)


def _score_one(scorer: Scorer, sample: Sample | None, transcript: Transcript) -> Score:
    if sample is None:
        return _unscored(scorer, transcript, "unknown-sample", f"there is no sample {transcript.sample_id}")
    try:
        score = call_own(scorer.score, sample, transcript)
    except (LoopError, OwnCodeError) as error:  # it costs this one score and is shown
        return _unscored(scorer, transcript, "scorer-error", str(error))
    if score.value is None or math.isfinite(score.value):
        return score
    return _unscored(scorer, transcript, "scorer-error", f"the score is {score.value}, which is no finite number")


def _unscored(scorer: Scorer, transcript: Transcript, reason: str, note: str) -> Score:
    return Score(transcript_id=transcript.id, scorer=scorer.name, value=None, unscored=reason, note=note)


__all__ = ["score_transcripts"]
