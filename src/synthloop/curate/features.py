"""Features of a sample by name: what mixes, limits and reports count."""

from synthloop.core.sample import Sample
from synthloop.curate.identity import fold_text, list_labels


def read_feature(sample: Sample, feature: str) -> tuple[str, ...]:
    """Return a sample's values of a feature.

    Args:
        sample: The sample.
        feature: `behavior`, `label`, `opening` (the first three words), `scenario`, `origin` or the name of an attribute.

    Returns:
        Several values for several labels, none where the sample does not have the feature, else one.
    """
    match feature:
        case "behavior":
            return (sample.behavior_id,)
        case "label":
            return list_labels(sample.expected)
        case "opening":
            return (read_opening(sample.text),)
        case "scenario":
            return (sample.scenario_id,)
        case "origin":
            return (sample.lineage.origin,)
        case _:
            value = sample.attributes.get(feature)
            return () if value is None else (value,)


def read_opening(text: str, words: int = 3) -> str:
    """Return the first words of the folded text, joined by spaces; all of them where there are fewer.

    Example:
        >>> read_opening("Could you please, maybe, help?", 2)
        'could you'
    """
    return " ".join(fold_text(text[: 40 * words]).split(maxsplit=words)[:words])


__all__ = ["read_feature", "read_opening"]
