"""What every store keeps to: run on the fake and on the real one."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.model import Fault
from synthloop.core.ports import Store
from synthloop.core.report import Report
from synthloop.core.sample import Message, Review, Sample, Split, Verdict, make_sample
from synthloop.core.score import MetricValue, Score
from synthloop.core.transcript import Transcript, Turn
from synthloop.core.writing import WritingFault
from synthloop.testing.store import MemoryStore

BY = Spec(kind="validators", name="length")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened: Store = MemoryStore() if request.param == "memory" else SqliteStore.open(tmp_path / "store.db")
    with opened:
        yield opened


def sample(text: str, *, behavior_id: str = "schedule", split: Split | None = "train") -> Sample:
    made = make_sample(
        behavior_id=behavior_id,
        scenario_id="s1",
        messages=(Message(role="user", text=text),),
        expected=[behavior_id, None, 3],
        lineage=Lineage(origin="authored"),
        extra={"ticket": {"id": 7}},
    )
    return msgspec.structs.replace(made, split=split)


def kept(text: str, *, behavior_id: str = "schedule", split: Split | None = "train") -> tuple[Sample, Verdict]:
    made = sample(text, behavior_id=behavior_id, split=split)
    return made, Verdict(sample_id=made.id, keep=True, reason="kept", by=BY)


def dropped(text: str, reason: str = "too-short", note: str = "") -> tuple[Sample, Verdict]:
    made = sample(text, split=None)
    return made, Verdict(sample_id=made.id, keep=False, reason=reason, by=BY, note=note)


def transcript(name: str, *, app: str = "router", app_version: str = "1") -> Transcript:
    return Transcript(
        id=name,
        sample_id="x",
        app=app,
        app_version=app_version,
        turns=(Turn(role="user", text="hi"),),
        end_reason="answered",
        output={"a": [1]},
    )


def report(name: str, *, app: str = "router", made_at: str = "2026-01-01T00:00:00Z") -> Report:
    return Report(
        id=name,
        app=app,
        app_version="1",
        seed=7,
        split="dev",
        made_at=made_at,
        metrics=(MetricValue(name="pass_rate", value=0.5, n=2),),
        behaviors=(),
        results=(),
    )


def texts(samples: Iterator[Sample]) -> list[str]:
    return [found.text for found in samples]


def test_an_empty_store_says_so(store: Store) -> None:
    assert list(store.read_samples()) == []
    assert list(store.read_dropped()) == []
    assert list(store.read_transcripts()) == []
    assert list(store.read_scores()) == []
    assert list(store.read_reviews()) == []
    assert store.count_verdicts() == {}
    assert store.count_samples() == 0
    assert store.read_report() is None
    assert store.read_note("run") is None
    assert store.read_holdout_readers("h") == ()
    assert store.move_split("holdout", "dev") == 0


def test_accepted_samples_come_back_whole_and_in_order(store: Store) -> None:
    pairs = [kept("b"), kept("a"), kept("🤷 naïve\u0000\n"), kept("")]
    assert store.save_candidates(pairs) == 4
    assert store.save_candidates([kept("later")]) == 1
    assert list(store.read_samples()) == [made for made, _ in [*pairs, kept("later")]]


def test_samples_are_read_by_split_and_behavior(store: Store) -> None:
    store.save_candidates(
        [
            kept("a"),
            kept("b", split="holdout"),
            kept("c", behavior_id="find"),
            kept("d", behavior_id="find", split="dev"),
            kept("e", split=None),
        ]
    )
    assert texts(store.read_samples(split="train")) == ["a", "c"]
    assert texts(store.read_samples(behavior_id="find")) == ["c", "d"]
    assert texts(store.read_samples(split="dev", behavior_id="find")) == ["d"]
    assert texts(store.read_samples(behavior_id="nothing")) == []
    assert [store.count_samples(), store.count_samples(split="train"), store.count_samples(split="dev", behavior_id="find")] == [5, 2, 1]


def test_dropped_samples_are_kept_with_their_verdict(store: Store) -> None:
    pairs = [dropped("a", note="1 < 3"), kept("b"), dropped("c", "near-duplicate")]
    store.save_candidates(pairs)
    assert list(store.read_dropped()) == [pairs[0], pairs[2]]
    assert list(store.read_dropped(reason="near-duplicate")) == [pairs[2]]
    assert texts(store.read_samples()) == ["b"]
    assert store.count_verdicts() == {"kept": 1, "near-duplicate": 1, "too-short": 1}
    assert list(store.count_verdicts()) == sorted(store.count_verdicts())


def test_an_exact_duplicate_is_dropped_beside_the_sample_that_is_kept(store: Store) -> None:
    copies = [dropped("same", "exact-duplicate", note="twin 1"), dropped("same", "exact-duplicate", note="twin 2")]
    assert store.save_candidates([kept("same"), *copies]) == 3
    assert texts(store.read_samples()) == ["same"]
    assert list(store.read_dropped()) == copies
    assert store.count_verdicts() == {"exact-duplicate": 2, "kept": 1}


def test_a_kept_sample_that_is_there_is_saved_once_and_keeps_its_place(store: Store) -> None:
    store.save_candidates([kept("a", split="holdout")])
    assert store.save_candidates([kept("b"), kept("a", split=None), kept("b"), dropped("c")]) == 2
    assert texts(store.read_samples(split="holdout")) == ["a"]
    assert texts(store.read_samples()) == ["a", "b"]
    assert store.count_verdicts() == {"kept": 2, "too-short": 1}


def test_a_newer_record_of_a_kept_sample_replaces_the_older_one_where_it_has_a_split(store: Store) -> None:
    (neighbor, verdict), (later, _) = kept("a", split=None), kept("a", split="dev")
    store.save_candidates([(neighbor, verdict), kept("b")], batch="neighbors")
    promoted = msgspec.structs.replace(later, attributes={"source": "authored"})
    assert store.save_candidates([(promoted, verdict)], batch="turn-1") == 0
    assert list(store.read_samples(batch="turn-1", split="dev")) == [promoted]
    assert next(iter(store.read_samples())) == promoted
    store.save_candidates([(neighbor, verdict)], batch="more neighbors")
    assert list(store.read_samples(batch="more neighbors")) == [promoted]


def test_a_batch_is_saved_once(store: Store) -> None:
    assert store.save_candidates([dropped("a"), kept("b")], batch="turn-1") == 2
    assert store.save_candidates([dropped("a"), kept("c")], batch="turn-1") == 0
    assert store.save_candidates([dropped("a")], batch="turn-2") == 1
    assert store.count_verdicts() == {"kept": 1, "too-short": 2}


def test_a_batch_holds_what_was_saved_with_it_and_what_was_there_before(store: Store) -> None:
    store.save_candidates([kept("a", split="holdout"), dropped("x")], batch="turn-1")
    store.save_candidates([kept("b", split="train"), kept("a", split="holdout"), dropped("y")], batch="turn-2")
    assert texts(store.read_samples(batch="turn-1")) == ["a"]
    assert texts(store.read_samples(batch="turn-2")) == ["b", "a"]
    assert texts(store.read_samples(batch="turn-2", split="holdout")) == ["a"]
    assert store.count_samples(batch="turn-2") == 2
    assert store.count_samples(batch="turn-2", split="train") == 1
    assert [sample.text for sample, _ in store.read_dropped(batch="turn-2")] == ["y"]
    assert store.count_verdicts(batch="turn-2") == {"kept": 2, "too-short": 1}
    assert store.count_samples(batch="no such batch") == 0
    store.move_split("holdout", "dev")
    assert texts(store.read_samples(batch="turn-2", split="dev")) == ["a"]


def test_a_batch_holds_a_sample_once(store: Store) -> None:
    store.save_candidates([kept("old")])
    assert store.save_candidates([kept("b"), kept("old"), kept("b"), kept("old"), dropped("b", "exact-duplicate")], batch="turn-1") == 2
    assert texts(store.read_samples(batch="turn-1")) == ["b", "old"]
    assert store.count_verdicts(batch="turn-1") == {"exact-duplicate": 1, "kept": 2}


def test_a_stream_that_breaks_saves_nothing(store: Store) -> None:
    def break_off() -> Iterator[tuple[Sample, Verdict]]:
        for number in range(2500):
            yield kept(f"text {number}")
        raise ConnectionResetError("the source went away")

    with pytest.raises(ConnectionResetError):
        store.save_candidates(break_off(), batch="turn-1")
    assert store.count_samples() == 0
    assert store.save_candidates([kept("a")], batch="turn-1") == 1


def test_a_stream_may_read_the_store_that_it_is_saved_to(store: Store) -> None:
    store.save_candidates([kept("a"), kept("b")])
    store.save_candidates(kept(f"{found.text}!") for found in store.read_samples())
    assert texts(store.read_samples()) == ["a", "b", "a!", "b!"]


def test_a_reader_sees_the_store_as_it_was_when_it_began(store: Store) -> None:
    store.save_candidates([kept(f"text {number}") for number in range(50)])
    reading = store.read_samples()
    first = list(islice(reading, 3))
    store.save_candidates([kept("new")])
    store.write_note("seen", "3")
    assert len(first) + len(list(reading)) == 50
    assert store.count_samples() == 51


def test_what_models_wrote_in_vain_is_kept_once_and_by_batch(store: Store) -> None:
    def fault(number: int, raw: str = "Sure!") -> WritingFault:
        said = Fault(kind="invalid-json", message="the answer holds no JSON at all", raw=raw)
        return WritingFault(behavior_id="pay", number=number, writer="voice", model="small", fault=said)

    store.save_faults([fault(1), fault(0)], batch="a")
    store.save_faults([fault(0), fault(0, "No."), fault(2)], batch="a")
    store.save_faults([fault(7)], batch="b")
    assert list(store.read_faults(batch="a")) == [fault(1), fault(0), fault(0, "No."), fault(2)]
    assert list(store.read_faults(batch="b")) == [fault(7)]
    assert list(store.read_faults(batch="c")) == []


def test_a_split_moves_as_a_whole(store: Store) -> None:
    store.save_candidates([kept("a", split="holdout"), kept("b"), kept("c", split="holdout")])
    assert store.move_split("holdout", "dev") == 2
    assert texts(store.read_samples(split="holdout")) == []
    assert [(found.text, found.split) for found in store.read_samples()] == [("a", "dev"), ("b", "train"), ("c", "dev")]
    assert store.save_candidates([kept("a", split=None)]) == 0
    assert store.count_samples(split="dev") == 2


def test_transcripts_come_back_by_app_and_version(store: Store) -> None:
    saved = [transcript("t2"), transcript("t1", app_version="2"), transcript("t3", app="naive")]
    store.save_transcripts(saved)
    store.save_transcripts([msgspec.structs.replace(saved[0], output="changed"), transcript("t4")])
    assert [found.id for found in store.read_transcripts()] == ["t2", "t1", "t3", "t4"]
    assert next(store.read_transcripts()).output == "changed"
    assert [found.id for found in store.read_transcripts(app="router", app_version="1")] == ["t2", "t4"]
    assert [found.id for found in store.read_transcripts(app="naive")] == ["t3"]


def test_a_newer_score_replaces_the_older_one_in_its_place(store: Store) -> None:
    store.save_scores([Score(transcript_id="t1", scorer="label", value=0.0), Score(transcript_id="t1", scorer="length", value=3.0)])
    store.save_scores([Score(transcript_id="t1", scorer="label", value=1.0, label=["a"])])
    assert [(found.scorer, found.value, found.label) for found in store.read_scores()] == [("label", 1.0, ["a"]), ("length", 3.0, None)]


def test_scores_are_read_by_the_app_of_their_transcript(store: Store) -> None:
    store.save_transcripts([transcript("t1"), transcript("t2", app="naive"), transcript("t3", app_version="2")])
    store.save_scores([Score(transcript_id=name, scorer="label", value=1.0) for name in ("t3", "t2", "t1", "unknown")])
    assert [found.transcript_id for found in store.read_scores(app="router")] == ["t3", "t1"]
    assert [found.transcript_id for found in store.read_scores(app="router", app_version="2")] == ["t3"]
    assert [found.transcript_id for found in store.read_scores()] == ["t3", "t2", "t1", "unknown"]


def test_the_latest_report_is_the_one_saved_last_whatever_the_clock_said(store: Store) -> None:
    store.save_report(report("r1", made_at="2031-01-01T00:00:00Z"))
    store.save_report(report("r2", made_at="2026-01-01T00:00:00Z"))
    store.save_report(report("r3", app="naive", made_at="1970-01-01T00:00:00Z"))
    found = [store.read_report(), store.read_report(app="router"), store.read_report("r1"), store.read_report("r1", app="naive")]
    assert [None if one is None else one.id for one in found] == ["r3", "r2", "r1", None]
    store.save_report(report("r1"))
    assert store.read_report() == report("r1")
    assert [one.id for one in store.read_reports(app=report("r1").app)][-1] == "r1"
    assert list(store.read_reports(app="nobody")) == []


def test_reviews_are_appended_in_order_whatever_the_clock_said(store: Store) -> None:
    reviews = [
        Review(sample_id="a", keep=True, reason="fine", reviewer="ana", at="2031-01-01T00:00:00Z"),
        Review(sample_id="b", keep=False, reason="unclear", reviewer="ana", at="2026-01-01T00:00:00Z"),
        Review(sample_id="a", keep=False, reason="wrong", reviewer="ana", at="1970-01-01T00:00:00Z", expected={"label": "find"}),
    ]
    for review in reviews:
        store.append_review(review)
    assert list(store.read_reviews()) == reviews
    assert list(store.read_reviews("a")) == [reviews[0], reviews[2]]


def test_holdout_readers_are_told_apart(store: Store) -> None:
    store.append_holdout_read("h1", "router@2", "2026-01-01T00:00:00Z")
    store.append_holdout_read("h1", "router@1", "2026-01-01T00:00:00Z")
    store.append_holdout_read("h1", "router@2", "2026-01-01T00:00:00Z")
    store.append_holdout_read("h2", "router@1", "2026-01-01T00:00:00Z")
    assert store.read_holdout_readers("h1") == ("router@2", "router@1")
    assert store.read_holdout_readers("h3") == ()


def test_notes_are_replaced(store: Store) -> None:
    store.write_note("run", "1")
    store.write_note("run", "2")
    store.write_note("", "")
    assert (store.read_note("run"), store.read_note("")) == ("2", "")


def test_a_store_may_be_closed_twice(store: Store) -> None:
    store.close()
    store.close()
