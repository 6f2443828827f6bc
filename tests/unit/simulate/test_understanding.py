"""What simulated users make of what the app says."""

import pytest

from synthloop.core.conversation import AppReply, Talk
from synthloop.simulate.understanding import find_misunderstood, understand

SAYINGS = {"patient": ("Ana", "Ben"), "doctor": ("Dr. Ana", "Dr. Lee")}
WANTS = {"patient": "Ben", "doctor": "Dr. Ana"}


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("Dr. Ana is free at 5. Shall I book it?", ""),
        ("Dr. Ana is free at 5 for Ben. Shall I book it?", ""),
        ("Dr. Ana is free at 5 for Ana. Shall I book it?", "patient"),
        ("Dr. Lee is free at 5. Shall I book it?", "doctor"),
        ("Shall I book it?", ""),
    ],
)
def test_a_name_within_a_wanted_value_is_no_other_value(text: str, slot: str) -> None:
    heard = understand(AppReply(messages=(text,)), Talk(), SAYINGS)
    assert find_misunderstood(heard, WANTS, SAYINGS, {name: (value,) for name, value in WANTS.items()}) == slot
