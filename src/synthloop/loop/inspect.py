"""Look at the accepted samples as a whole: what is said too often, how varied they are, and what would mislead whoever learns from them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.ports import Store
from synthloop.core.registry import suggest_name
from synthloop.core.sample import Sample, Split
from synthloop.curate.balance import BalanceReport, Demand, PatternCount, cluster_texts, control_patterns, measure_balance
from synthloop.curate.diversity import DiversityReport, GroupDiversity, measure_diversity
from synthloop.curate.duplicates import LabelConflict, find_label_conflicts
from synthloop.curate.features import read_feature
from synthloop.curate.identity import list_labels
from synthloop.curate.leaks import Leak, LeakKind, find_leaks
from synthloop.curate.shortcuts import Shortcut, find_shortcuts
from synthloop.loop.generate import ACTIVE_BATCH

OPENING_SHARE = 0.1
"""Largest share of a behavior's samples that one opening should have."""
CLUSTER_SHARE = 0.1
"""Largest share of all samples that one cluster of similar texts should have."""

_MAX_Q = 0.05
_FAR = 0.2
_STRONG = 0.3
_FEATURES = ("behavior", "label", "origin")
_OVERWRITTEN = ("source", "noise", "changed")
"""Attributes that generation writes itself, over a parameter of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviorCount:
    """How many samples one behavior has, and from how many phrasings they grew."""

    behavior_id: str
    splits: dict[Split, int]
    """The holdout among them."""
    phrasings: int
    """Of train and dev: authored samples and templates."""
    largest_phrasing: int
    """Samples of train and dev that the most productive phrasing gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleInspection:
    """What the accepted samples are like as a whole: train and dev in detail, the holdout in counts alone."""

    n: int
    """Samples of train and dev."""
    behaviors: tuple[BehaviorCount, ...]
    """Sorted by id."""
    counts: dict[str, dict[str, int]]
    """`label`, `origin`, `source` and `noise` -> value -> samples of train and dev, the most frequent first; `none` for no noise."""
    diversity: DiversityReport
    patterns: tuple[PatternCount, ...]
    """Values against the mix that was asked for, and values above the largest share; sorted by q-value. A parameter's feature is
    written as in templates: `{verb}`."""
    shortcuts: tuple[Shortcut, ...]
    """The strongest first."""
    leaks: tuple[Leak, ...]
    """Samples of train that are copies of samples in dev."""
    holdout_leaks: dict[LeakKind, int]
    """Kind -> samples of train that are copies of samples in the holdout."""
    conflicts: tuple[LabelConflict, ...]
    """Accepted texts with more than one label."""
    conflicts_dropped: int
    """Samples that curation dropped because the same text was there with another label."""

    def find_too_often(self) -> tuple[PatternCount, ...]:
        """Return what is there more often than asked for: beyond chance (q at most 0.05), and by a fifth or more."""
        return tuple(found for found in self.patterns if found.q_value <= _MAX_Q and found.count >= (1 + _FAR) * found.expected)

    def find_too_rare(self) -> tuple[PatternCount, ...]:
        """Return what is there less often than asked for: beyond chance (q at most 0.05), and by a fifth or more."""
        return tuple(found for found in self.patterns if found.q_value <= _MAX_Q and found.count <= (1 - _FAR) * found.expected)

    def find_strong_shortcuts(self) -> tuple[Shortcut, ...]:
        """Return the features that go together with the label beyond chance (q at most 0.05), with a strength of 0.3 or more."""
        return tuple(found for found in self.shortcuts if found.q_value <= _MAX_Q and found.strength >= _STRONG)

    def find_least_varied(self) -> tuple[GroupDiversity, ...]:
        """Return, of each feature, the group whose texts lie closer together than those of every other, where one clearly does."""
        named = dict.fromkeys(group.feature for group in self.diversity.groups if group.feature != "all")
        by_feature = [[group for group in self.diversity.groups if group.feature == feature] for feature in named]
        return tuple(least for groups in by_feature if (least := _least_varied(groups)) is not None)


def inspect_samples(
    store: Store,
    behaviors: Sequence[Behavior],
    *,
    compare: Sequence[str] = (),
    max_shares: Mapping[str, float] | None = None,
    seed: int = 0,
) -> SampleInspection:
    """Look at the samples in use as a whole. Reads only.

    Args:
        store: Where they are.
        behaviors: Whose weights, and whose parameters' weights, are the mix that was asked for.
        compare: Attributes whose values are compared for diversity besides behaviors; `label` and `origin` as well.
        max_shares: Feature -> largest share of any one value over all samples, as ordered.
        seed: Of draws and clusters.

    Raises:
        UsageError: Nothing was generated yet, or no sample has one of the attributes.
    """
    batch = store.read_note(ACTIVE_BATCH)
    if batch is None:
        raise UsageError("no samples yet. Make some first: synthloop generate")
    by_split: dict[Split, list[Sample]] = {"train": [], "dev": [], "holdout": []}
    for sample in store.read_samples(batch=batch):
        by_split[sample.split or "train"].append(_say_whether_noised(sample))
    shown = [*by_split["train"], *by_split["dev"]]
    _check_features(shown, compare)
    return SampleInspection(
        n=len(shown),
        behaviors=_count_behaviors(by_split),
        counts=_count_features(shown),
        diversity=measure_diversity(shown, compare=tuple(dict.fromkeys(("behavior", *compare))), seed=seed),
        patterns=_weigh_patterns(shown, behaviors, max_shares or {}, seed),
        shortcuts=find_shortcuts(shown),
        leaks=find_leaks(by_split["train"], by_split["dev"]),
        holdout_leaks=dict(Counter(leak.kind for leak in find_leaks(by_split["train"], by_split["holdout"]))),
        conflicts=find_label_conflicts(shown),
        conflicts_dropped=store.count_verdicts(batch=batch).get("label-conflict", 0),
    )


def _least_varied(groups: Sequence[GroupDiversity]) -> GroupDiversity | None:
    """Where the intervals of two groups overlap, another draw could have turned them round."""
    first, *others = sorted(groups, key=lambda group: group.read("neighbor-distance").value)
    distance = first.read("neighbor-distance")
    return first if others and all(distance.high < other.read("neighbor-distance").low for other in others) else None


def _check_features(samples: Sequence[Sample], features: Sequence[str]) -> None:
    known = sorted({*_FEATURES, *(name for sample in samples for name in sample.attributes)})
    for feature in features:
        if feature not in known:
            fix = suggest_name(feature, known).strip() or f"There are: {', '.join(known)}."
            raise UsageError(f"no sample has an attribute {feature!r}. {fix}")


def _count_behaviors(by_split: Mapping[Split, Sequence[Sample]]) -> tuple[BehaviorCount, ...]:
    counts: dict[Split, Counter[str]] = {split: Counter(sample.behavior_id for sample in samples) for split, samples in by_split.items()}
    names = sorted({name for found in counts.values() for name in found})
    phrasings: dict[str, Counter[str]] = {name: Counter() for name in names}
    for split in ("train", "dev"):
        for sample in by_split[split]:
            phrasings[sample.behavior_id][sample.group] += 1
    return tuple(
        BehaviorCount(
            behavior_id=name,
            splits=_read_splits(counts, name),
            phrasings=len(groups),
            largest_phrasing=max(groups.values(), default=0),
        )
        for name, groups in phrasings.items()
    )


def _read_splits(counts: Mapping[Split, Counter[str]], behavior_id: str) -> dict[Split, int]:
    return {split: found[behavior_id] for split, found in counts.items()}


def _count_features(samples: Sequence[Sample]) -> dict[str, dict[str, int]]:
    counts = {feature: Counter[str]() for feature in ("label", "origin", "source", "noise")}
    for sample in samples:
        for feature, found in counts.items():
            found.update(read_feature(sample, feature))
    return {feature: dict(sorted(found.items(), key=lambda item: (-item[1], item[0]))) for feature, found in counts.items()}


def _say_whether_noised(sample: Sample) -> Sample:
    """Name the lack of noise: a label that only clean texts have is a shortcut as well."""
    return sample if "noise" in sample.attributes else msgspec.structs.replace(sample, attributes={**sample.attributes, "noise": "none"})


def _weigh_patterns(
    samples: Sequence[Sample], behaviors: Sequence[Behavior], max_shares: Mapping[str, float], seed: int
) -> tuple[PatternCount, ...]:
    """Count against what was asked for, with one control of chance over everything that was compared."""
    clusters = cluster_texts([sample.text for sample in samples], seed=seed)
    overall = Demand(mix=_read_mix(behaviors), max_shares={"cluster": CLUSTER_SHARE, **max_shares})
    found = [*measure_balance(samples, overall, clusters).patterns]
    for behavior in behaviors:
        own = [sample for sample in samples if sample.behavior_id == behavior.id]
        for report in _weigh_behavior(own, behavior):
            found += (replace(pattern, within=behavior.id) for pattern in report.patterns)
    return control_patterns(found)


def _weigh_behavior(samples: Sequence[Sample], behavior: Behavior) -> Iterator[BalanceReport]:
    yield measure_balance(samples, Demand(max_shares={"opening": OPENING_SHARE}))
    mix = _read_parameters(behavior)
    filled = [_mark_parameters(sample, mix) for sample in samples if sample.attributes.get("source") == "template"]
    yield measure_balance(filled, Demand(mix=mix, max_shares={}))


def _mark_parameters(sample: Sample, mix: Mapping[str, Mapping[str, float]]) -> Sample:
    """Name parameters as templates do, `{opening}`: no feature of another kind is called so."""
    marked = {f"{{{name}}}": value for name, value in sample.attributes.items() if f"{{{name}}}" in mix}
    return msgspec.structs.replace(sample, attributes=marked)


def _read_mix(behaviors: Sequence[Behavior]) -> dict[str, dict[str, float]]:
    """Return the weights of behaviors; those of labels as well where they follow from them and say something else."""
    by_behavior = {behavior.id: behavior.weight for behavior in behaviors}
    plain = all(len(list_labels(behavior.expected)) == 1 and not _overrides(behavior) for behavior in behaviors)
    by_label: dict[str, float] = {}
    for behavior in behaviors if plain else ():
        label = list_labels(behavior.expected)[0]
        by_label[label] = by_label.get(label, 0.0) + behavior.weight
    return {"behavior": by_behavior, "label": by_label} if 0 < len(by_label) < len(by_behavior) else {"behavior": by_behavior}


def _overrides(behavior: Behavior) -> bool:
    return any(sample.expected is not None and sample.expected != behavior.expected for sample in behavior.authored)


def _read_parameters(behavior: Behavior) -> dict[str, dict[str, float]]:
    """Return the weights of parameters that depend on nothing: conditions and constraints make the mix another one than written."""
    bound = {name for constraint in behavior.constraints for name in (*constraint.when, *constraint.then)}
    free = [
        parameter
        for parameter in behavior.parameters
        if parameter.choices and not parameter.conditionals and parameter.name not in bound and parameter.name not in _OVERWRITTEN
    ]
    return {f"{{{parameter.name}}}": {choice.value: choice.weight for choice in parameter.choices} for parameter in free}


__all__ = ["CLUSTER_SHARE", "OPENING_SHARE", "BehaviorCount", "SampleInspection", "inspect_samples"]
