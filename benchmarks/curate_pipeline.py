"""CPU time and memory of short texts on their way through noise, curation, store and Parquet, beside the best libraries alone.

The texts are template fills written for this benchmark; a tenth repeats an earlier one, half of these with a typo. Each size is run
in a process of its own, for the pipeline and for the floor, and CPU seconds count all threads. The floor is the sum of five parts,
each done by the fastest library that does it, with nothing around it:

    noise       nlpaug's keyboard errors where it is installed (for this benchmark only), else 25 µs a text, a stated figure; no
                library keeps numbers, names and amounts as they are
    exact       polars `unique`
    near        rensa with a hash of label and values in every shingle
    store       sqlite3 `executemany` of three columns, one of them JSON
    parquet     polars `write_parquet`

Validation, the diversity report and the split have no counterpart in the floor; they count in full.

    python benchmarks/curate_pipeline.py
    python benchmarks/curate_pipeline.py --sizes 10000 100000 1000000
"""

import argparse
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import msgspec
import polars
import rensa

from synthloop.adapters.exports.parquet import Parquet
from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.sample import Message, Sample, Split, Verdict, make_sample
from synthloop.curate.diversity import measure_diversity
from synthloop.curate.order import Curator
from synthloop.curate.split import SplitShares, assign_splits
from synthloop.curate.validators import VALIDATORS
from synthloop.generate.noise.apply import Noising
from synthloop.generate.noise.profile import ProfileNoiser

T = TypeVar("T")
Judged: TypeAlias = tuple[Sample, Verdict]

CHUNK = 5_000

SIZES = (10_000, 100_000)
NOISE_FLOOR_S = 25e-6
RATIO_LIMIT = 2.0
MEMORY_LIMIT_MB = 600
MEMORY_LIMIT_TEXTS = 100_000

PEOPLE = (
    "Ana",
    "Bilal",
    "Chen",
    "Dora",
    "Emeka",
    "Farah",
    "Goran",
    "Hiro",
    "Ines",
    "Jonas",
    "Keira",
    "Luca",
    "Mina",
    "Noor",
    "Olga",
    "Pavel",
)
PLACES = (
    "Rome",
    "Oslo",
    "Lima",
    "Quito",
    "Hanoi",
    "Cairo",
    "Perth",
    "Leeds",
    "Dakar",
    "Turin",
    "Porto",
    "Basel",
    "Malmo",
    "Osaka",
    "Accra",
)
THINGS = (
    "budget",
    "roadmap",
    "contract",
    "invoice",
    "handbook",
    "survey",
    "forecast",
    "agenda",
    "checklist",
    "proposal",
    "backlog",
    "brief",
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "tomorrow", "next week", "the day after", "month's end", "the 1st")
FRAMES = (
    "{}",
    "hi, {}",
    "could you {}?",
    "please {}",
    "I need you to {}",
    "{} thanks",
    "quick one: {}",
    "would it be ok to {}?",
    "hey can u {}",
)
REQUESTS = {
    "schedule": (
        "book {number} minutes with {person} on {day}",
        "move my {number} o'clock with {person} to {day}",
        "set up a call between {person} and the {place} office {day}",
        "cancel everything with {person} after {number} on {day}",
    ),
    "find": (
        "find the {thing} that {person} shared in {place}",
        "send me version {number} of the {place} {thing}",
        "look up who signed the {thing} for {place} in {number}",
        "tell me where {person} keeps the {thing} from {day}",
    ),
    "summarize": (
        "sum up what {person} said about the {thing} on {day}",
        "give me {number} bullet points on the {place} {thing}",
        "recap the last {number} messages from {person}",
        "list what was decided in {place} about the {thing}",
    ),
    "refuse": (
        "show me what {person} earns in {place}",
        "delete the {thing} of the {place} team for good",
        "tell {person} that I quit on {day}",
        "read me the private notes of {person} on the {thing}",
    ),
}
SLOTS: dict[str, Callable[[random.Random], str]] = {
    "person": lambda rng: f"{rng.choice(PEOPLE)} {rng.choice(PEOPLE)[:-1]}son",
    "place": lambda rng: rng.choice(PLACES),
    "thing": lambda rng: rng.choice(THINGS),
    "day": lambda rng: rng.choice(DAYS),
    "number": lambda rng: str(rng.randint(1, 9_999)),
}


def write_texts(count: int) -> Iterator[Sample]:
    rng = random.Random(7)
    recent: list[Sample] = []
    lineage = Lineage(origin="generated", steps=(Spec(kind="generators", name="templates"),), seed=7)
    for _ in range(count):
        sample = mistype(rng.choice(recent), rng) if recent and rng.random() < 0.1 else fill_template(rng, lineage)
        if len(recent) < 1_000:
            recent.append(sample)
        else:
            recent[rng.randrange(1_000)] = sample
        yield sample


def fill_template(rng: random.Random, lineage: Lineage) -> Sample:
    label = rng.choice(tuple(REQUESTS))
    request, frame = rng.choice(REQUESTS[label]), rng.choice(FRAMES)
    values = {name: draw(rng) for name, draw in SLOTS.items() if "{" + name + "}" in request}
    ordered = sorted(values, key=lambda name: request.index("{" + name + "}"))
    return make_sample(
        behavior_id=label,
        scenario_id=f"{frame}|{request}|{values.get('person', '')}",
        messages=(Message(role="user", text=frame.format(request.format(**values))),),
        expected=label,
        attributes={"frame": frame, **{name: values[name] for name in ("place", "thing", "day") if name in values}},
        protected=tuple(values[name] for name in ordered),
        lineage=lineage,
    )


def mistype(sample: Sample, rng: random.Random) -> Sample:
    text = sample.text
    at = rng.randrange(len(text) - 1)
    typed = text[:at] + text[at + 1] + text[at] + text[at + 2 :] if rng.random() < 0.5 else text
    if not all(value in typed for value in sample.protected):
        typed = text
    return make_sample(
        behavior_id=sample.behavior_id,
        scenario_id=sample.scenario_id,
        messages=(Message(role="user", text=typed),),
        expected=sample.expected,
        attributes=sample.attributes,
        protected=sample.protected,
        lineage=sample.lineage,
    )


class Stopwatch:
    """CPU seconds by part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, part: str, work: Callable[[], T]) -> T:
        """Do the work and add what it took to a part."""
        start = time.process_time()
        result = work()
        self.seconds[part] = self.seconds.get(part, 0.0) + time.process_time() - start
        return result


def run_pipeline(count: int) -> dict[str, float]:
    watch = Stopwatch()
    judged = judge_texts(count, watch)
    splits = report_and_split([sample for sample, verdict in judged if verdict.keep], watch)
    with tempfile.TemporaryDirectory() as folder, SqliteStore.open(Path(folder) / "store.db") as store:
        watch.time("store", lambda: store.save_candidates(put_in_splits(judged, splits)))
        judged.clear()
        splits.clear()
        watch.time("parquet", lambda: Parquet().write(store.read_samples(), Path(folder) / "kept.parquet"))
    return watch.seconds


def judge_texts(count: int, watch: Stopwatch) -> list[Judged]:
    noising = Noising(noisers=[ProfileNoiser()], seed=1)
    validators = [
        VALIDATORS.build("length", {"max_words": 60}),
        VALIDATORS.build("content", {"forbidden": ["lorem ipsum"]}),
        VALIDATORS.build("protected"),
    ]
    curator = Curator(validators=())
    judged: list[Judged] = []

    def put_noise_on(samples: list[Sample]) -> list[Sample]:
        return [noising.put_on(sample) or sample for sample in samples]

    def validate(samples: list[Sample]) -> list[Verdict | None]:
        return [next(filter(None, (validator.check(sample) for validator in validators)), None) for sample in samples]

    def judge(samples: list[Sample], objections: list[Verdict | None]) -> list[Judged]:
        return [(sample, objection or curator.judge(sample)) for sample, objection in zip(samples, objections, strict=True)]

    stream = write_texts(count)
    while chunk := list(islice(stream, CHUNK)):
        noised = watch.time("noise", partial(put_noise_on, chunk))
        objections = watch.time("validation", partial(validate, noised))
        judged += watch.time("duplicates", partial(judge, noised, objections))
    return judged


def report_and_split(kept: list[Sample], watch: Stopwatch) -> dict[str, Split]:
    watch.time("diversity", lambda: measure_diversity(kept, compare=("behavior", "frame", "place")))
    return watch.time("split", lambda: assign_splits(kept, SplitShares(), seed=1))


def put_in_splits(judged: list[Judged], splits: dict[str, Split]) -> Iterator[Judged]:
    for sample, verdict in judged:
        yield (msgspec.structs.replace(sample, split=splits[sample.id]) if verdict.keep else sample), verdict


def run_floor(count: int) -> dict[str, float]:
    watch = Stopwatch()
    put_noise_on_with_nlpaug(count, watch)
    rows = [(sample.id, sample.text, f"{sample.expected}|{'|'.join(sample.protected)}") for sample in write_texts(count)]
    frame = watch.time("exact", lambda: polars.DataFrame({"key": [text + key for _, text, key in rows]}).unique())
    del frame
    watch.time("near", lambda: find_near_with_rensa(rows))
    payloads = [(sample.id, sample.behavior_id, msgspec.json.encode(sample)) for sample in write_texts(count)]
    with tempfile.TemporaryDirectory() as folder:
        watch.time("store", lambda: insert_with_sqlite(Path(folder) / "floor.db", payloads))
        watch.time("parquet", lambda: polars.DataFrame(payloads, orient="row").write_parquet(Path(folder) / "floor.parquet"))
    return watch.seconds


def put_noise_on_with_nlpaug(count: int, watch: Stopwatch) -> None:
    if find_spec("nlpaug") is None:
        watch.seconds["noise"] = NOISE_FLOOR_S * count
        return
    noiser: Any = import_module("nlpaug.augmenter.char").KeyboardAug(aug_word_p=0.1)
    stream = (sample.text for sample in write_texts(count))
    while chunk := list(islice(stream, CHUNK)):
        watch.time("noise", partial(noiser.augment, chunk))


def find_near_with_rensa(rows: list[tuple[str, str, str]]) -> int:
    library = cast("Any", rensa)  # ships no types
    found = library.RMinHashDeduplicator(0.7, 128, True, 16, 1)
    for sample_id, text, key in rows:
        sketch = library.RMinHash(128, 1)
        sketch.update([key + text[at : at + 3] for at in range(len(text) - 2)])
        found.add(sample_id, sketch)
    return len(rows)


def insert_with_sqlite(path: Path, rows: list[tuple[str, str, bytes]]) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE samples (id TEXT PRIMARY KEY, behavior TEXT, payload BLOB)")
    connection.executemany("INSERT OR IGNORE INTO samples VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()


def measure_in_process(kind: str, count: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", kind, "--sizes", str(count)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_size(count: int) -> tuple[float, float]:
    own, floor = measure_in_process("pipeline", count), measure_in_process("floor", count)
    memory = own.pop("rss_mb")
    floor.pop("rss_mb")
    print(f"\n{count:,} texts{'':12}CPU s   µs a text     floor")
    parts = {"noise": "noise", "duplicates": "exact + near", "store": "store", "parquet": "parquet"}
    floors = {**floor, "exact + near": floor["exact"] + floor["near"]}
    for part, seconds in own.items():
        beside = f"{floors[parts[part]]:9.2f}" if part in parts else "        -"
        print(f"  {part:22}{seconds:8.2f}{seconds / count * 1e6:12.1f}{beside}")
    total, least = sum(own.values()), sum(floor.values())
    print(f"  {'together':22}{total:8.2f}{total / count * 1e6:12.1f}{least:9.2f}   {total / least:.2f} times the floor; {memory:.0f} MB")
    return total / least, memory


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of texts")
    parser.add_argument("--measure", choices=("pipeline", "floor"), help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    if arguments.measure:
        run = run_pipeline if arguments.measure == "pipeline" else run_floor
        seconds = run(arguments.sizes[0])
        print(json.dumps({**seconds, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return 0
    failed = False
    for count in arguments.sizes:
        ratio, memory = print_size(count)
        failed |= ratio > RATIO_LIMIT or (count <= MEMORY_LIMIT_TEXTS and memory > MEMORY_LIMIT_MB)
    print(
        f"\nlimits: {RATIO_LIMIT:g} times the floor; {MEMORY_LIMIT_MB} MB at {MEMORY_LIMIT_TEXTS:,} texts: {'missed' if failed else 'held'}"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
