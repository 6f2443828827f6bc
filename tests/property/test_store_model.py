"""The store on disk and the one in memory can't be told apart, whatever is done to them, in whatever order."""

import tempfile
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.ports import Store
from synthloop.core.sample import Message, Review, Sample, Split, Verdict, make_sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.testing.store import MemoryStore

# Few values, so that copies, replacements and moves happen often.
texts = st.sampled_from(["a", "b", "c", "d"])
splits = st.sampled_from(["train", "dev", "holdout"])
BY = Spec(kind="validators", name="length")


@st.composite
def candidates(draw: st.DrawFn) -> tuple[Sample, Verdict]:
    made = make_sample(
        behavior_id=draw(st.sampled_from(["x", "y"])),
        scenario_id="s",
        messages=(Message(role="user", text=draw(texts)),),
        lineage=Lineage(origin="authored"),
    )
    keep = draw(st.booleans())
    reason = "kept" if keep else draw(st.sampled_from(["too-short", "near-duplicate"]))
    made = msgspec.structs.replace(made, split=draw(st.none() | splits) if keep else None)
    return made, Verdict(sample_id=made.id, keep=keep, reason=reason, by=BY, note=draw(texts))


class StoresAgree(RuleBasedStateMachine):
    """Does everything to both stores, and compares all that can be read."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "store.db"
        self.memory: Store = MemoryStore()
        self.disk: Store = SqliteStore.open(self.path)

    def teardown(self) -> None:
        self.disk.close()
        self.folder.cleanup()

    @rule()
    def open_again(self) -> None:
        self.disk.close()
        self.disk = SqliteStore.open(self.path)

    @rule(pairs=st.lists(candidates(), max_size=6), batch=st.none() | st.sampled_from(["turn-1", "turn-2"]))
    def save_candidates(self, pairs: list[tuple[Sample, Verdict]], batch: str | None) -> None:
        assert self.disk.save_candidates(pairs, batch=batch) == self.memory.save_candidates(pairs, batch=batch)

    @rule(source=splits, destination=splits)
    def move_split(self, source: Split, destination: Split) -> None:
        assert self.disk.move_split(source, destination) == self.memory.move_split(source, destination)

    @rule(names=st.lists(texts, max_size=4), app=st.sampled_from(["router", "naive"]), output=texts)
    def save_transcripts(self, names: list[str], app: str, output: str) -> None:
        made = [
            Transcript(id=name, sample_id="x", app=app, app_version="1", turns=(), end_reason="answered", output=output) for name in names
        ]
        for store in (self.disk, self.memory):
            store.save_transcripts(iter(made))

    @rule(names=st.lists(texts, max_size=4), scorer=st.sampled_from(["label", "length"]), value=st.none() | st.floats(0, 1))
    def save_scores(self, names: list[str], scorer: str, value: float | None) -> None:
        made = [Score(transcript_id=name, scorer=scorer, value=value) for name in names]
        for store in (self.disk, self.memory):
            store.save_scores(iter(made))

    @rule(sample_id=texts, keep=st.booleans())
    def append_review(self, sample_id: str, keep: bool) -> None:
        for store in (self.disk, self.memory):
            store.append_review(Review(sample_id=sample_id, keep=keep, reason="seen", reviewer="ana", at="2026-01-01T00:00:00Z"))

    @invariant()
    def all_that_can_be_read_is_equal(self) -> None:
        assert list(self.disk.read_samples()) == list(self.memory.read_samples())
        assert list(self.disk.read_samples(split="dev", behavior_id="x")) == list(self.memory.read_samples(split="dev", behavior_id="x"))
        assert list(self.disk.read_dropped()) == list(self.memory.read_dropped())
        assert self.disk.count_verdicts() == self.memory.count_verdicts()
        assert self.disk.count_samples(split="train") == self.memory.count_samples(split="train")
        assert list(self.disk.read_transcripts()) == list(self.memory.read_transcripts())
        assert list(self.disk.read_scores()) == list(self.memory.read_scores())
        assert list(self.disk.read_scores(app="naive")) == list(self.memory.read_scores(app="naive"))
        assert list(self.disk.read_reviews("a")) == list(self.memory.read_reviews("a"))

    @invariant()
    def every_batch_is_equal(self) -> None:
        for batch in ("turn-1", "turn-2", "unknown"):
            assert list(self.disk.read_samples(batch=batch)) == list(self.memory.read_samples(batch=batch))
            assert list(self.disk.read_samples(batch=batch, split="dev")) == list(self.memory.read_samples(batch=batch, split="dev"))
            assert list(self.disk.read_dropped(batch=batch)) == list(self.memory.read_dropped(batch=batch))
            assert self.disk.count_verdicts(batch=batch) == self.memory.count_verdicts(batch=batch)
            assert self.disk.count_samples(batch=batch) == len(list(self.disk.read_samples(batch=batch)))
            ids = [sample.id for sample in self.disk.read_samples(batch=batch)]
            assert len(set(ids)) == len(ids), "a batch holds each accepted sample once"

    @invariant()
    def every_sample_is_counted_once(self) -> None:
        assert sum(self.disk.count_verdicts().values()) == len(list(self.disk.read_samples())) + len(list(self.disk.read_dropped()))


TestStoresAgree = StoresAgree.TestCase
TestStoresAgree.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
