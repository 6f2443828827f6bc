from collections.abc import Callable

import pytest

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage
from synthloop.core.sample import Message, Sample, make_sample

SampleMaker = Callable[..., Sample]


def _say(  # one field an argument
    text: str,
    expected: JsonValue = "schedule",
    *,
    behavior: str = "b",
    scenario: str | None = None,
    protected: tuple[str, ...] = (),
    attributes: dict[str, str] | None = None,
    before: tuple[Message, ...] = (),
) -> Sample:
    return make_sample(
        behavior_id=behavior,
        scenario_id=scenario or text,
        messages=(*before, Message(role="user", text=text)),
        expected=expected,
        protected=protected,
        attributes=attributes,
        lineage=Lineage(origin="generated"),
    )


@pytest.fixture
def say() -> SampleMaker:
    return _say
