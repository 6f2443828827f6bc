"""What one message of a user does."""

from collections.abc import Callable

import pytest

from synthloop.evaluate import user_rules as rules


@pytest.mark.parametrize(
    ("rule", "fires", "silent"),
    [
        (rules.changes_mind, ["wait no, no wait", "I'd rather go by train", "make it friday instead"], ["to the airport", "friday"]),
        (rules.corrects_itself, ["oops, 7 pm", "sorry, it's Anna", "I meant tuesday"], ["sorry to hear that", "tuesday"]),
        (rules.denies, ["No, I said 7 pm", "that's not right"], ["no", "No thanks", "no, that's all", "nothing"]),
        (rules.wanders, ["how are you today?", "my dog is barking lol", "are you a robot"], ["a table for two", "how much is it?"]),
        (rules.confirms, ["yes", "Yep, sounds good!", "ok thank you so much"], ["yes, for 7 pm", "", "no"]),
        (rules.says_goodbye, ["that's all, bye", "Thank you"], ["book it"]),
        (rules.gives_up, ["forget it", "ok i'll try somewhere else"], ["I'll go by train"]),
        (rules.is_rude, ["this is stupid", "hurry up"], ["as soon as possible"]),
        (rules.is_over_polite, ["thank you so much, I really appreciate it"], ["yes please"]),
        (rules.claims_done, ["I already told you", "we've already paid that"], ["is it paid?"]),
        (rules.returns, ["ok i'm back", "where were we?"], ["book it back to back"]),
        (rules.is_vague, ["i don't know", "any day works"], ["monday"]),
    ],
)
def test_a_rule_fires_on_what_it_is_named_for(rule: Callable[[str], bool], fires: list[str], silent: list[str]) -> None:
    assert [text for text in fires if not rule(text)] == []
    assert [text for text in silent if rule(text)] == []


@pytest.mark.parametrize(
    ("text", "heard", "asks"),
    [
        ("what do you mean?", "Which plan?", True),
        ("why", "Your date of birth?", True),
        ("what do you mean?", "Done.", False),
        ("could you find a cheaper one?", "Shall I book it?", False),
        ("the small one", "Which plan?", False),
    ],
)
def test_asking_back_is_a_short_question_to_a_question_that_is_no_request(text: str, heard: str, *, asks: bool) -> None:
    assert rules.asks_back(text, heard) is asks


def test_very_long_messages_take_no_time() -> None:
    assert not rules.confirms("yes " * 20_000 + "but")
    assert not rules.changes_mind("don't need it " * 10_000)
