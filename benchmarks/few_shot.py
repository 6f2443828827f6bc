"""A few real rows a label, the loop, and one fixed small classifier: does what was accepted teach more than the rows alone?

Real rows are drawn as authored samples; the loop generates from them and curates; a classifier (character and word TF-IDF, linear SVM)
learns what was accepted and is scored on real rows that were not drawn: as they are, and under noise profiles fitted to other sources
(text messages, support chats). Beside it the same classifier on

    authored   the drawn rows alone
    repeated   the drawn rows, each as often as the loop accepted rows for it: what the mere number of rows does to this classifier
    nlpaug     the drawn rows and as many from nlpaug as the loop accepted; left out where nlpaug is not installed
    loop       what the loop accepted, with noise of default rates: fitted to nothing
    sms fit    the same with a noise profile fitted to text messages, none of which the profile that is scored under was fitted to
    irc fit    the same with support chats
    all rows   every real row that is not scored on (for the router: five-fold cross-validation)

Usage:
    python benchmarks/few_shot.py [--quick] [--sets router banking77 ...] [--shots 5] [--draws 3]

Intervals are 95 % t-intervals over the draws, those of differences paired by draw. They say what another draw of authored rows would
change, not what other rows to score on would.
"""

import argparse
import multiprocessing
import random
import statistics
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from typing import Any, Protocol, cast

from scipy import stats
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score  # pyright: ignore[reportUnknownVariableType] - partial types
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline, make_union  # pyright: ignore[reportUnknownVariableType] - partial types
from sklearn.svm import LinearSVC

from data_sets import Row, banking_rows, clinc_rows, halve, hwu_rows, irc_texts, router_rows, sms_texts
from synthloop.core.behavior import Authored, Behavior
from synthloop.core.lineage import chance
from synthloop.core.ports import Noiser
from synthloop.curate.order import Curator, accept_samples
from synthloop.generate.candidates import generate_candidates
from synthloop.generate.noise import NOISERS
from synthloop.generate.noise.apply import noise_text
from synthloop.generate.noise.fitting import fit_profile
from synthloop.generate.noise.profile import ProfileNoiser
from synthloop.generate.noise.spans import find_spans
from synthloop.generate.settings import GenerateSettings

DRAWS, QUICK_DRAWS = {5: 10, 10: 5}, 2
"""Draws by rows a label: with more rows a draw takes longer and says more."""
ACCEPTED_PER_AUTHORED = 8
MOST_SCORED = 1500
"""Rows scored on in one draw, so that the whole takes minutes; the same rows in every draw of a set that is larger."""
REJECTED = 0.10
"""Share of in-scope rows that are rejected when out-of-scope recall is read."""
TRAINING_NOISE = ("casing", "punctuation", "contractions", "abbreviations", "fragments", "fillers", "typos", "keyboard")
"""Built-in noisers at their default rates: fitted to nothing."""
FITTED_SHOTS = 5
"""Rows a label with which the fitted profiles are tried too."""
METHODS = ("authored", "repeated", "nlpaug", "loop", "sms fit", "irc fit")
COMPARED = (("loop", "authored"), ("loop", "repeated"), ("loop", "nlpaug"), ("sms fit", "authored"), ("irc fit", "authored"))

Score = dict[str, float]
"""`accuracy clean`, `macro-F1 sms`, ... -> value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """One data set and how many rows a label are drawn from it."""

    name: str
    shots: int
    drawn_from: Callable[[], list[Row]]
    scored_on: Callable[[], list[Row]] | None = None
    """None: what was not drawn."""

    @property
    def title(self) -> str:
        """What is printed above its table."""
        return f"{self.name}, {self.shots} rows a label"


def _clinc_train() -> list[Row]:
    return [row for row in clinc_rows("train") if row.label != "oos"]


def _clinc_val() -> list[Row]:
    return clinc_rows("val")


EXAMS = (
    Exam(name="router", shots=5, drawn_from=router_rows),
    *(Exam(name="clinc150", shots=shots, drawn_from=_clinc_train, scored_on=_clinc_val) for shots in (5, 10)),
    *(
        Exam(
            name="banking77",
            shots=shots,
            drawn_from=lambda: halve(banking_rows()),
            scored_on=lambda: halve(banking_rows(), second=True),
        )
        for shots in (5, 10)
    ),
    *(
        Exam(name="hwu64", shots=shots, drawn_from=lambda: halve(hwu_rows()), scored_on=lambda: halve(hwu_rows(), second=True))
        for shots in (5, 10)
    ),
)


class Classifier(Protocol):
    """The part of scikit-learn that is used."""

    classes_: Sequence[str]

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> object:
        """Learn."""
        ...

    def decision_function(self, texts: Sequence[str]) -> Any:
        """Return an array, a row for each text and a column for each of `classes_`."""
        ...


def make_classifier() -> Classifier:
    """Return the one classifier of this exam, untrained."""
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\b\w+\b")
    return cast("Classifier", make_pipeline(make_union(characters, words), LinearSVC(tol=1e-3)))


def train_and_score(training: Sequence[Row], scored: Sequence[Row], versions: Mapping[str, Sequence[str]]) -> Score:
    """Train on some rows and score on the versions of others; rows labelled `oos` count for out-of-scope recall only."""
    classifier = make_classifier()
    classifier.fit([row.text for row in training], [row.label for row in training])
    inside = [place for place, row in enumerate(scored) if row.label != "oos"]
    labels = [scored[place].label for place in inside]
    score: Score = {}
    for version, texts in versions.items():
        decisions = classifier.decision_function(texts)
        best = decisions.max(axis=1)
        answers = [classifier.classes_[choice] for choice in decisions.argmax(axis=1)]
        given = [answers[place] for place in inside]
        score[f"accuracy {version}"] = float(accuracy_score(labels, given))
        score[f"macro-F1 {version}"] = float(f1_score(labels, given, average="macro"))
        if len(inside) < len(scored):
            threshold = sorted(best[place] for place in inside)[int(REJECTED * len(inside))]
            outside = [best[place] < threshold for place, row in enumerate(scored) if row.label == "oos"]
            score[f"oos recall {version}"] = sum(map(float, outside)) / len(outside)
    return score


@cache
def fitted_noise(*, scored: bool) -> dict[str, Noiser]:
    """Return the profiles that rows are scored under, or those that a user with such messages would train under: of different halves."""
    sources = {"sms": sms_texts, "irc": irc_texts}
    return {name: ProfileNoiser(profile=fit_profile(halve(texts(), second=scored), name=name)) for name, texts in sources.items()}


def make_versions(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return the rows' texts as they are and under each profile."""
    versions = {"clean": [row.text for row in rows]}
    for name, noiser in fitted_noise(scored=True).items():
        versions[name] = [
            noise_text(row.text, [noiser], chance(0, f"few_shot.{name}", row.text), spans=find_spans(row.text, ()))[0] for row in rows
        ]
    return versions


def draw_rows(rows: Iterable[Row], shots: int, seed: int) -> list[Row]:
    """Return `shots` rows of every label, by chance; all of a label that has no more."""
    by_label: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_label[row.label].append(row)
    rng = random.Random(seed)
    return [row for label in sorted(by_label) for row in rng.sample(by_label[label], min(shots, len(by_label[label])))]


def run_loop(authored: Sequence[Row], seed: int, noisers: Sequence[Noiser]) -> list[Row]:
    """Return what the loop accepts, authored rows included: behaviors of nothing but authored samples, default settings, curation on."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for row in authored:
        texts[row.label].append(row.text)
    behaviors = [
        Behavior(id=label, says=f"Rows of {label}.", expected=label, authored=tuple(Authored(messages=(("user", text),)) for text in own))
        for label, own in texts.items()
    ]
    curator = Curator()
    accepted: list[Row] = []
    for behavior in behaviors:
        candidates = generate_candidates(behavior, behaviors, settings=GenerateSettings(), noisers=noisers, seed=seed)
        count = ACCEPTED_PER_AUTHORED * len(behavior.authored)
        for sample, verdict in accept_samples(candidates, count=count, curator=curator, candidate_limit=20 * count):
            if verdict.keep:
                accepted.append(Row(text=sample.text, label=behavior.id))
    return accepted


def augment_by_nlpaug(authored: Sequence[Row], count: int, seed: int) -> list[Row] | None:
    """Return the authored rows and others from nlpaug's augmenters that need no download, `count` in all; None where it is missing."""
    try:
        import nlpaug.augmenter.char as characters  # noqa: PLC0415  # pyright: ignore[reportMissingImports] - only compared with
        import nlpaug.augmenter.word as words  # noqa: PLC0415  # pyright: ignore[reportMissingImports] - only compared with
        import numpy as np  # noqa: PLC0415 - only nlpaug needs its seed
    except ImportError:
        return None
    random.seed(seed)
    np.random.seed(seed)  # nlpaug draws from the global generator
    augmenters: list[Any] = [characters.KeyboardAug(), characters.RandomCharAug(), words.SpellingAug()]
    augmenters += [words.RandomWordAug(action=action) for action in ("swap", "delete")]
    rows = list(authored)
    for turn in range(max(0, count - len(authored))):
        row = authored[turn % len(authored)]
        changed = augmenters[(turn // len(authored)) % len(augmenters)].augment(row.text)
        rows.append(Row(text=changed[0] if changed else row.text, label=row.label))
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """How the methods did on one draw of authored rows."""

    scores: dict[str, Score]
    """Method -> score."""
    rows: dict[str, int]
    """Method -> rows trained on."""


def sit(exam: Exam, seed: int) -> Draw:
    """Draw authored rows and score every method."""
    pool = exam.drawn_from()
    authored = draw_rows(pool, exam.shots, seed)
    drawn = {row.text for row in authored}
    rest = [row for row in (exam.scored_on or exam.drawn_from)() if row.text not in drawn]
    scored = random.Random(0).sample(rest, MOST_SCORED) if len(rest) > MOST_SCORED + 200 else rest
    versions = make_versions(scored)
    accepted = run_loop(authored, seed, [NOISERS.build(name) for name in TRAINING_NOISE])
    trainings: dict[str, Sequence[Row] | None] = {
        "authored": authored,
        "repeated": list(islice(cycle(authored), len(accepted))),
        "nlpaug": augment_by_nlpaug(authored, len(accepted), seed),
        "loop": accepted,
    }
    if exam.shots == FITTED_SHOTS:
        trainings |= {f"{name} fit": run_loop(authored, seed, [noiser]) for name, noiser in fitted_noise(scored=False).items()}
    known = {method: rows for method, rows in trainings.items() if rows is not None}
    return Draw(
        scores={method: train_and_score(rows, scored, versions) for method, rows in known.items()},
        rows={method: len(rows) for method, rows in known.items()},
    )


def score_all_rows(exam: Exam) -> Score:
    """Return how the classifier does when it learns every real row: the ceiling of any few-shot method."""
    pool = exam.drawn_from()
    if exam.scored_on is not None:
        scored = exam.scored_on()
        return train_and_score(pool, scored, make_versions(scored))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    scores: list[Score] = []
    for training, held_out in folds.split(pool, [row.label for row in pool]):
        scored = [pool[int(place)] for place in held_out]
        scores.append(train_and_score([pool[int(place)] for place in training], scored, make_versions(scored)))
    return {name: statistics.fmean(score[name] for score in scores) for name in scores[0]}


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and half width of the 95 % t-interval; the width is 0 for one value."""
    if len(values) < 2:
        return statistics.fmean(values), 0.0
    quantile = float(stats.t.ppf(0.975, len(values) - 1))
    return statistics.fmean(values), quantile * statistics.stdev(values) / len(values) ** 0.5


def print_exam(exam: Exam, draws: Sequence[Draw], ceiling: Score) -> None:
    """Print one exam's table, then the paired differences of accuracy."""
    names = list(ceiling)
    methods = [method for method in METHODS if method in draws[0].scores]
    print(f"\n{exam.title} ({len(draws)} draws)")
    print(f"  {'':<10}{'rows':>7}  " + "".join(f"{name:>18}" for name in names))
    for method in methods:
        cells = [interval([draw.scores[method][name] for draw in draws]) for name in names]
        rows = statistics.fmean(draw.rows[method] for draw in draws)
        print(f"  {method:<10}{rows:>7.0f}  " + "".join(f"{mean:>10.3f} ±{half:.3f} " for mean, half in cells))
    print(f"  {'all rows':<10}{len(exam.drawn_from()):>7}  " + "".join(f"{ceiling[name]:>10.3f}        " for name in names))
    for method, other in (pair for pair in COMPARED if {*pair} <= {*methods}):
        cells = [interval([draw.scores[method][name] - draw.scores[other][name] for draw in draws]) for name in names]
        marks = ["+" if mean > half else "-" if mean < -half else "=" for mean, half in cells]
        shown = "".join(f"{mean:>+9.3f} ±{half:.3f}{mark} " for (mean, half), mark in zip(cells, marks, strict=True))
        print(f"  {f'{method} - {other}':<17}  {shown}")


def _sit_numbered(job: tuple[int, int]) -> Draw:
    warnings.filterwarnings("ignore")
    number, seed = job
    return sit(EXAMS[number], seed)


def _score_numbered(number: int) -> Score:
    return score_all_rows(EXAMS[number])


def main() -> None:
    parser = argparse.ArgumentParser(description="Few real rows, the loop, one classifier.")
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_DRAWS} draws of 5 rows a label instead of {DRAWS[5]} of 5 and {DRAWS[10]} of 10"
    )
    parser.add_argument("--draws", type=int, default=0, help="draws of each exam, instead of the mode's own")
    parser.add_argument("--sets", nargs="*", default=[], help="names of data sets; default: all")
    parser.add_argument("--shots", nargs="*", type=int, default=[], help="rows a label; default: 5 and 10")
    given = parser.parse_args()
    shots = given.shots or ([5] if given.quick else [5, 10])
    numbers = [n for n, exam in enumerate(EXAMS) if exam.shots in shots and (not given.sets or exam.name in given.sets)]
    counts = {number: given.draws or (QUICK_DRAWS if given.quick else DRAWS[EXAMS[number].shots]) for number in numbers}
    started = time.perf_counter()
    if augment_by_nlpaug([], 0, 0) is None:
        print("nlpaug is not installed: its line is left out. To compare with it: pip install nlpaug (in a place of its own).")
    with multiprocessing.Pool(2) as pool:
        ceilings = {number: pool.apply_async(_score_numbered, (number,)) for number in numbers}
        draws = {
            number: pool.map_async(_sit_numbered, [(number, seed) for seed in range(counts[number])], chunksize=1) for number in numbers
        }
        for number in numbers:
            print_exam(EXAMS[number], draws[number].get(), ceilings[number].get())
            sys.stdout.flush()
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
