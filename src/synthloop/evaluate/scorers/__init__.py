"""Scorers: what one transcript is worth, by rules, with "could not score" kept apart from "scored 0"."""

from collections.abc import Callable
from typing import Any

from synthloop.core.ports import Scorer
from synthloop.core.registry import Registry


def _adapt_function(name: str, _function: Callable[..., Any]) -> Scorer:
    from synthloop.evaluate.scorers.custom import Function  # noqa: PLC0415 - scorers load when first used

    return Function(name=name, call=name)


SCORERS: Registry[Scorer] = Registry(
    "scorers",
    {
        "brevity": "synthloop.evaluate.scorers.style:Brevity",
        "contains": "synthloop.evaluate.scorers.matching:Contains",
        "conversation": "synthloop.evaluate.scorers.conversation:ConversationMeasure",
        "cost": "synthloop.evaluate.scorers.resources:Cost",
        "end_state": "synthloop.evaluate.scorers.conversation:EndStateReached",
        "exact": "synthloop.evaluate.scorers.matching:Exact",
        "function": "synthloop.evaluate.scorers.custom:Function",
        "json_fields": "synthloop.evaluate.scorers.structure:JsonFields",
        "label": "synthloop.evaluate.scorers.labeling:Label",
        "labels": "synthloop.evaluate.scorers.labeling:Labels",
        "latency": "synthloop.evaluate.scorers.resources:Latency",
        "length": "synthloop.evaluate.scorers.style:Length",
        "normalized": "synthloop.evaluate.scorers.matching:Normalized",
        "not_contains": "synthloop.evaluate.scorers.matching:NotContains",
        "pattern": "synthloop.evaluate.scorers.matching:Pattern",
        "schema": "synthloop.evaluate.scorers.structure:Schema",
        "sentiment": "synthloop.evaluate.scorers.style:Sentiment",
        "tone": "synthloop.evaluate.scorers.style:Tone",
    },
    adapt=_adapt_function,
)
"""Every scorer by name. A plain function `package.module:function` stands in for one; see `synthloop.evaluate.scorers.custom`."""

__all__ = ["SCORERS"]
