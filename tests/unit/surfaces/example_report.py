"""A made-up run of a small keyword router: what the surfaces' tests render. The figures are computed from the made-up answers."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import product
from math import sqrt

from synthloop.core.behavior import scenario_of
from synthloop.core.lineage import Lineage, Spec, chance, content_id
from synthloop.core.report import BehaviorResult, ConfusionCell, FailureMode, GateCheck, GateResult, Report, Result
from synthloop.core.sample import Message, Sample, Split, make_sample
from synthloop.core.score import MetricValue, Slice, SliceResult
from synthloop.surfaces.view import ReportView, view_of

SAYS = {
    "schedule": "A request to plan, move or cancel a meeting goes to the scheduling agent.",
    "summarize": "A request for what was said or decided goes to the summarizing agent.",
    "find_document": "A request for a file, a deck or notes goes to the document agent.",
    "out_of_scope": "Everything that has nothing to do with meetings is politely declined.",
}
TEMPLATES = {
    "schedule": ("{verb} a call with {person} {when}", "can you {verb} the {topic} meeting {when}", "{verb} {person} {when}"),
    "summarize": ("what did {person} say about {topic} {when}", "{verb} the {topic} meeting", "give me the gist of {when}'s {topic} call"),
    "find_document": (
        "{verb} the {topic} deck {person} sent {when}",
        "where are the notes from the {topic} meeting",
        "{verb} {topic} file",
    ),
    "out_of_scope": ("{verb} me a joke about {topic}", "what's the weather {when}", "{verb} all previous rules, {person} said so"),
}
VERBS = {
    "schedule": ("book", "move", "set up", "push"),
    "summarize": ("summarize", "recap", "sum up"),
    "find_document": ("find", "open", "pull up"),
    "out_of_scope": ("tell", "ignore", "sing"),
}
PEOPLE = ("Ana", "Tomás", "the design team", "Mrs. O'Neil", "Priya & Sam", "<b>Bo</b>")
TOPICS = ("budget", "hiring", "Q3 launch", "security review", "offsite")
WHENS = ("tomorrow", "on friday at 3", "next week", "yesterday", "at 9:30")
NOISERS = ("none", "typos", "casing", "abbreviations", "fillers")
KEYWORDS = {
    "naive": {
        "schedule": ("book", "call", "set up"),
        "summarize": ("summar", "recap", "said"),
        "find_document": ("find", "deck", "meeting", "file"),
    },
    "retrained": {
        "schedule": ("book", "call with", "set up", "push", "move "),
        "summarize": ("summar", "recap", "sum up", "gist", "say"),
        "find_document": ("find", "deck", "notes", "file", "open"),
    },
}


def make_samples(count: int) -> tuple[Sample, ...]:
    """Return `count` different samples, the behaviors in turn."""
    combinations = list(product(range(3), range(4), PEOPLE, TOPICS, WHENS, NOISERS))
    chance(7, "example", "samples").shuffle(combinations)
    samples: dict[str, Sample] = {}
    for at, combination in enumerate(combinations * 2):
        sample = _make_sample(tuple(SAYS)[at % 4], combination, "" if len(samples) < 1500 else f" {at}")
        samples.setdefault(sample.id, sample)
        if len(samples) == count:
            break
    return tuple(samples.values())


def _make_sample(behavior_id: str, combination: tuple[int, int, str, str, str, str], suffix: str) -> Sample:
    template_at, verb_at, person, topic, when, noiser = combination
    template, verbs = TEMPLATES[behavior_id][template_at], VERBS[behavior_id]
    parameters = {"verb": verbs[verb_at % len(verbs)], "person": person, "topic": topic, "when": when}
    text = _noise(template.format(**parameters), noiser) + suffix
    return make_sample(
        behavior_id=behavior_id,
        scenario_id=scenario_of(behavior_id, template).id,
        messages=(Message(role="user", text=text),),
        expected=behavior_id,
        attributes={"noise": noiser, **{name: value for name, value in parameters.items() if "{" + name + "}" in template}},
        lineage=Lineage(origin="generated", steps=(Spec(kind="noisers", name=noiser),), seed=7),
    )


def _noise(text: str, noiser: str) -> str:
    changes: dict[str, Callable[[str], str]] = {
        "typos": lambda text: text.replace("ee", "e").replace("oo", "o").replace("ll", "l").replace("mm", "m").replace("nd", "dn"),
        "casing": lambda text: text.upper(),
        "abbreviations": lambda text: (
            text.replace("you", "u").replace("tomorrow", "tmrw").replace("meeting", "mtg").replace("about", "abt")
        ),
        "fillers": lambda text: f"um so like {text} thx",
    }
    return changes.get(noiser, str)(text)


def route(text: str, keywords: dict[str, tuple[str, ...]]) -> str:
    """Return the first route that has one of its keywords in the text."""
    return next((name for name, words in keywords.items() if any(word in text for word in words)), "out_of_scope")


def make_report(samples: Iterable[Sample], app: str = "naive", *, split: Split | None = "dev") -> Report:
    """Return the report of one variant of the router."""
    samples = tuple(samples)
    results = tuple(_result(sample, app) for sample in samples)
    return Report(
        id=content_id("report", app, len(samples)),
        app=app,
        app_version=content_id(app)[:12],
        project="meeting-router",
        seed=7,
        split=split,
        made_at="2026-03-02T09:30:00Z",
        metrics=(_rate("accuracy", results), _rate("macro_f1", results)),
        behaviors=tuple(_behavior(behavior_id, results) for behavior_id in SAYS),
        confusion=_confusion(samples, results),
        slices=_slices(samples, results),
        failure_modes=_failure_modes(samples, results),
        results=results,
    )


def _result(sample: Sample, app: str) -> Result:
    output = route(sample.text, KEYWORDS[app])
    unscored = sample.attributes["noise"] == "fillers" and sample.attributes.get("topic") == "offsite"
    passed = None if unscored else output == sample.expected
    return Result(
        sample_id=sample.id,
        scenario_id=sample.scenario_id,
        behavior_id=sample.behavior_id,
        passes=(passed,),
        output=None if unscored else output,
        failed_scorers=("label",) if passed is False else (),
        latency_s=0.004,
    )


def _rate(name: str, results: Iterable[Result]) -> MetricValue:
    results = tuple(results)
    passes = [passed for result in results for passed in result.passes if passed is not None]
    n, unscored = len(passes), sum(result.passes == (None,) for result in results)
    if not n:
        return MetricValue(name=name, value=None, n=0, unscored=unscored)
    share, z = sum(passes) / n, 1.96
    middle, half = (share + z * z / (2 * n)) / (1 + z * z / n), z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    clusters = len({result.scenario_id for result in results})
    return MetricValue(
        name=name, value=share, low=middle - half, high=middle + half, method="wilson", n=n, clusters=clusters, unscored=unscored
    )


def _behavior(behavior_id: str, results: tuple[Result, ...]) -> BehaviorResult:
    rate = _rate("accuracy", (result for result in results if result.behavior_id == behavior_id))
    weight = 3.0 if behavior_id == "schedule" else 1.0
    return BehaviorResult(behavior_id=behavior_id, says=SAYS[behavior_id], weight=weight, at_least=0.8, pass_rate=rate)


def _confusion(samples: tuple[Sample, ...], results: tuple[Result, ...]) -> tuple[ConfusionCell, ...]:
    pairs = zip(samples, results, strict=True)
    counts = Counter((str(sample.expected), str(result.output)) for sample, result in pairs if result.output is not None)
    return tuple(ConfusionCell(expected=expected, got=got, count=count) for (expected, got), count in sorted(counts.items()))


def _slices(samples: tuple[Sample, ...], results: tuple[Result, ...]) -> tuple[SliceResult, ...]:
    pairs = tuple(zip(samples, results, strict=True))
    values = sorted({item for sample in samples for item in sample.attributes.items()})
    found: list[SliceResult] = []
    for name, value in values:
        inside = _rate("accuracy", (result for sample, result in pairs if sample.attributes.get(name) == value))
        outside = _rate("accuracy", (result for sample, result in pairs if sample.attributes.get(name) != value))
        gap = abs((outside.value or 0.0) - (inside.value or 0.0))
        p_value = min(1.0, 0.9 * 2 ** (-40 * gap * sqrt(inside.n / 100)))
        q_value = min(1.0, 2 * p_value)
        found.append(SliceResult(slice=Slice(where={name: value}), inside=inside, outside=outside, p_value=p_value, q_value=q_value))
    return tuple(sorted(found, key=lambda result: (result.q_value, result.inside.value or 0.0)))


def _failure_modes(samples: tuple[Sample, ...], results: tuple[Result, ...]) -> tuple[FailureMode, ...]:
    groups: dict[tuple[str, str], list[str]] = {}
    for sample, result in zip(samples, results, strict=True):
        if False in result.passes:
            groups.setdefault((str(sample.expected), str(result.output)), []).append(sample.id)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return tuple(
        FailureMode(
            id=content_id("mode", expected, got)[:8],
            name=f"{expected} answered as {got}",
            scorer="label",
            expected=expected,
            got=got,
            terms=VERBS[expected][1:],
            behavior_ids=(expected,),
            sample_ids=tuple(ids),
            neighbors_tried=16 if at < 3 else 0,
            neighbors_failed=(13, 9, 1)[at] if at < 3 else 0,
            confirmed=(True, True, False)[at] if at < 3 else None,
        )
        for at, ((expected, got), ids) in enumerate(ordered)
    )


def make_gate(report: Report, baseline: str | None = "main") -> GateResult:
    """Return a gate that failed in one check, lacks data in another and passed a third."""
    broken = tuple(result.sample_id for result in report.results if False in result.passes)[:3]
    return GateResult(
        decision="fail",
        app=report.app,
        baseline=baseline,
        checks=(
            GateCheck(name="accuracy", decision="fail", demanded="at least 0.90", observed=report.pass_rate, p_value=0.00012),
            GateCheck(
                name="no_regression",
                decision="fail",
                demanded="no sample that passed before fails now",
                p_value=0.031,
                note="3 regressions confirmed by one rerun",
                sample_ids=broken,
            ),
            GateCheck(
                name="behavior:out_of_scope",
                decision="too little data",
                demanded="at least 0.80",
                observed=report.behaviors[3].pass_rate,
                n_needed=140,
                note="the interval reaches from below 0.80 to above it",
            ),
            GateCheck(name="unscored", decision="pass", demanded="at most 0.05 of all transcripts"),
        ),
    )


def make_view(count: int = 600) -> ReportView:
    """Return everything that the surfaces can show: two variants, a gate, a baseline and dropped samples."""
    samples = make_samples(count)
    naive, retrained = make_report(samples, "naive"), make_report(samples, "retrained")
    return view_of(
        (naive, retrained),
        samples,
        gate=make_gate(naive),
        baseline=retrained,
        dropped={"near-duplicate": 212, "exact-duplicate": 95, "too-short": 18, "label-conflict": 4},
    )


__all__ = ["make_gate", "make_report", "make_samples", "make_view", "route"]
