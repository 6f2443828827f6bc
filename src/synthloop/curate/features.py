"""Features of a sample by name: what mixes, limits and reports count."""

from collections.abc import Callable, Mapping

from synthloop.core.sample import Sample
from synthloop.curate.identity import fold_text, list_labels


def read_feature(sample: Sample, feature: str) -> tuple[str, ...]:
    """Return a sample's values of a feature.

    Args:
        sample: The sample.
        feature: `behavior`, `label`, `opening` (the first three words), `form` (see `read_form`), `scenario`, `origin` or the name of an
            attribute.

    Returns:
        Several values for several labels, none where the sample does not have the feature, else one.
    """
    if (read := _READERS.get(feature)) is not None:
        return read(sample)
    value = sample.attributes.get(feature)
    return () if value is None else (value,)


def read_opening(text: str, words: int = 3) -> str:
    """Return the first words of the folded text, joined by spaces; all of them where there are fewer.

    Example:
        >>> read_opening("Could you please, maybe, help?", 2)
        'could you'
    """
    return " ".join(fold_text(text[: 40 * words]).split(maxsplit=words)[:words])


def read_form(text: str) -> str:
    """Return what kind of sentence a text is by its first word and end: `asks what`, `asks yes or no`, `asks`, `exclaims` or `says`.

    Example:
        >>> read_form("Where is my order?"), read_form("can you move it"), read_form("move it to friday")
        ('asks where', 'asks yes or no', 'says')
    """
    first = fold_text(text[:40]).partition(" ")[0]
    if first in _ASKING:
        return f"asks {first}"
    if first in _YES_OR_NO:
        return "asks yes or no"
    end = text.rstrip()[-1:]
    return "asks" if end == "?" else "exclaims" if end == "!" else "says"


_ASKING = frozenset(["what", "who", "whose", "whom", "which", "where", "when", "why", "how"])
_YES_OR_NO = frozenset(
    [
        "can",
        "could",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "is",
        "are",
        "was",
        "were",
        "am",
        "do",
        "does",
        "did",
        "has",
        "have",
    ]
)

_READERS: Mapping[str, Callable[[Sample], tuple[str, ...]]] = {
    "behavior": lambda sample: (sample.behavior_id,),
    "label": lambda sample: list_labels(sample.expected),
    "opening": lambda sample: (read_opening(sample.text),),
    "form": lambda sample: (read_form(sample.text),),
    "scenario": lambda sample: (sample.scenario_id,),
    "origin": lambda sample: (sample.lineage.origin,),
}

__all__ = ["read_feature", "read_form", "read_opening"]
