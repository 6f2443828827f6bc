"""Judges: scorers that ask a model, one or a panel. They return decisions alone; what they judge is never re-typed."""

from typing import TYPE_CHECKING

from synthloop.core.registry import Registry

if TYPE_CHECKING:
    from synthloop.evaluate.judges.building import JudgeSettings

JUDGES: "Registry[JudgeSettings]" = Registry(
    "judges",
    {
        "pairwise": "synthloop.evaluate.judges.building:PairwiseSettings",
        "rubric": "synthloop.evaluate.judges.building:RubricSettings",
    },
)
"""Every judge by name, as it is written; its `build` makes the judge of it."""

__all__ = ["JUDGES"]
