"""What a project demands of its app. Light to import: reading a project file must not load the statistics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from synthloop.evaluate.thresholds import MARGIN

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""A fraction in [0, 1], never a percentage."""

DROP_MARGIN = 0.10
"""A drop of the pass rate that must be ruled out before the gate passes, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDemands:
    """What a project demands of its app."""

    at_least: Mapping[str, float] = field(default_factory=dict[str, float])
    """Metric -> share that it must reach, e.g. `{"accuracy": 0.9, "macro_f1": 0.85, "pass^3": 0.8}`."""
    at_most: Mapping[str, float] = field(default_factory=dict[str, float])
    """Metric -> value that it must not exceed, e.g. `{"latency_p95_s": 2.0}`."""
    behaviors_at_least: Mapping[str, float] = field(default_factory=dict[str, float])
    """Behavior id -> pass rate that it must reach; stands before the behavior's own `at_least`."""
    no_regression: bool = True
    """Whether to compare with the baseline, where there is one."""
    alpha: Share = 0.05
    """Accepted share of false alarms about regressions."""
    margin: Share = MARGIN
    """How sharp thresholds are; see `synthloop.evaluate.thresholds`."""
    drop_margin: Share = DROP_MARGIN
    """Drop since the baseline that must be ruled out; see `synthloop.evaluate.regressions`."""
    calibrated_judges: bool = False
    """Whether every judge must have been checked against people's labels, as it is now."""
    judge_kappa_at_least: float = 0.0
    """Agreement with people, as Cohen's kappa, that the whole interval of a checked judge must reach."""
    max_unscored_share: Share = 0.01
    """Transcripts that may lack a score: an app that errs, or a broken scorer, must not pass by leaving samples out."""


__all__ = ["DROP_MARGIN", "GateDemands", "Share"]
