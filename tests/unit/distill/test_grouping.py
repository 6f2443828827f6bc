from collections import Counter
from typing import Any

import numpy as np
import pytest

from synthloop.core.transcript import Transcript, Turn
from synthloop.distill.grouping import collect_user_texts, group_failures
from synthloop.distill.text_clusters import cluster_texts, rank_central
from synthloop.distill.wording import find_telling_words


def test_every_failure_is_in_exactly_one_group(messy: Any) -> None:
    modes = group_failures(messy.samples, messy.results, messy.scores, seed=7)
    counted = Counter(sample_id for mode in modes for sample_id in mode.sample_ids)
    failed = {result.sample_id for result in messy.results if result.passes == (False,)}
    assert set(counted) == failed
    assert set(counted.values()) == {1}
    assert len({mode.id for mode in modes}) == len({mode.name for mode in modes}) == len(modes)


def test_failures_are_few_problems_named_by_their_words(messy: Any) -> None:
    modes = group_failures(messy.samples, messy.results, messy.scores, seed=7)
    assert [len(mode.sample_ids) for mode in modes] == [24, 24, 6, 6]
    names = [mode.name for mode in modes]
    assert sum("move" in name for name in names) == 1
    assert sum("front" in name for name in names) == 1
    assert all(name.startswith("schedule answered as find_document: ") for name in names[:2])
    other = modes[2:]
    assert {mode.scorer for mode in other} == {"label", "tone"}
    assert {(mode.expected, mode.got) for mode in other} == {("summarize", "schedule"), (None, None)}
    assert all(mode.confirmed is None for mode in modes)


def test_groups_do_not_depend_on_hashing_or_the_order_of_scores(messy: Any) -> None:
    once = group_failures(messy.samples, messy.results, messy.scores, seed=7)
    assert group_failures(messy.samples, messy.results, messy.scores[::-1], seed=7) == once


def test_no_failure_is_no_group(history: Any) -> None:
    history.add("book a call", "schedule", "schedule")
    assert group_failures(history.samples, history.results, history.scores, seed=7) == ()


def test_one_failure_is_one_group_and_a_long_answer_is_cut(history: Any) -> None:
    history.add("", "schedule", "I am very sorry but I really can not help you with that one")
    (mode,) = group_failures(history.samples, history.results, history.scores, seed=7)
    assert mode.name == "schedule answered as I am very sorry but I really can not ..."


def test_conversations_are_grouped_by_all_that_their_users_said(messy: Any) -> None:
    failed = [result.sample_id for result in messy.results if result.passes == (False,)]
    words = ("cancel the flight to rome", "add a bag to the booking")
    said = [
        Transcript(
            id=name,
            sample_id=name,
            app="a",
            app_version="1",
            turns=(Turn(role="user", text="hi"), Turn(role="app", text="refund"), Turn(role="user", text=words[place % 2])),
            end_reason="wrong_end_state",
        )
        for place, name in enumerate(failed)
    ]
    texts = collect_user_texts(said)
    assert texts[failed[0]] == "hi\ncancel the flight to rome"
    modes = group_failures(messy.samples, messy.results, messy.scores, seed=7, texts=texts)
    for mode in modes[:2]:
        assert len({texts[name] for name in mode.sample_ids}) == 1
        assert "refund" not in mode.name


@pytest.mark.parametrize("texts", [["", "", "", "", "", ""], ["same words"] * 12, ["a"], ["1", "2"]])
def test_odd_texts_are_grouped_too(texts: list[str]) -> None:
    labels, points = cluster_texts(texts, 2, 1)
    assert len(labels) == len(points) == len(texts)


def test_the_most_central_comes_first() -> None:
    points = np.array([[0.0, 1.0], [1.0, 0.0], [0.9, 0.1], [0.8, 0.2]])
    assert rank_central(points)[-1] == 0


def test_telling_words_are_frequent_here_and_rare_there() -> None:
    texts = [f"please reschedule the sync number {place}" for place in range(20)]
    others = [f"please book the room number {place}" for place in range(20)]
    assert find_telling_words(texts, others) == ("reschedule", "sync")
    assert find_telling_words(["only one text"], []) == ("text", "only")
    assert find_telling_words([], []) == ()
