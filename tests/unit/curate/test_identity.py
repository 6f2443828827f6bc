from collections.abc import Callable

import pytest

from synthloop.core.sample import Message, Sample
from synthloop.curate.identity import find_numbers, fold_text, identify, label_key, list_labels, mask_values

Say = Callable[..., Sample]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Don't  STOP!", "dont stop"), ("a—b…", "A b"), ("“hi”", "hi"), ("ﬁne", "fine"), ("x\u00a0y\x1fz", "x y z"), ("straße", "STRASSE")],
)
def test_trifles_fold(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


@pytest.mark.parametrize(("one", "other"), [("ok 👍", "ok 👎"), ("???", "!!!"), ("año", "ano"), ("5 %", "5 $"), ("C", "C++")])
def test_what_carries_meaning_stays(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


@pytest.mark.parametrize("text", ["Don't!", "it`s (a) [test]: 5/6 * ~x_y -z\\", "tab\tand\x00nul", '"quoted" {brace}|pipe'])
def test_bytes_fold_as_letters_do(text: str) -> None:
    assert fold_text(text + " é") == fold_text(text) + " é"


def test_numbers() -> None:
    assert find_numbers("v2.1 at 10:30, 5-6 or -7") == ("2.1", "10:30", "5", "6", "-7")


def test_numbers_with_the_same_digits_are_not_the_same_text(say: Say) -> None:
    assert identify(say("pay 1.5")).text_key != identify(say("pay 1 5")).text_key


def test_the_order_and_repeats_of_labels_do_not_matter(say: Say) -> None:
    assert label_key(say("x", ["a", "b"])) == label_key(say("x", ["b", "a", "b"]))
    assert label_key(say("x", ["a"])) == label_key(say("x", "a"))
    assert len({label_key(say("x", expected)) for expected in ("a", "b", ["a", "b"], 1, "1", {"a": 1}, None)}) == 7
    assert list_labels([2, "b", "a", 2]) == ("2", "a", "b")


def test_without_an_expectation_the_behavior_decides(say: Say) -> None:
    assert label_key(say("x", None, behavior="p")) != label_key(say("x", None, behavior="q"))


def test_earlier_messages_are_part_of_what_is_said(say: Say) -> None:
    before = (Message(role="user", text="cancel it"), Message(role="app", text="sure?"))
    alone, answer = identify(say("yes")), identify(say("yes", before=before))
    assert alone.folded == answer.folded
    assert alone.text_key != answer.text_key
    assert alone.span_key != answer.span_key


def test_masks_make_slot_variants_equal(say: Say) -> None:
    one = say("Call Ana Maria at 3:30", protected=("Ana", "Ana Maria"))
    assert mask_values(one) == mask_values(say("call Bob at 4", protected=("Bob",)))
