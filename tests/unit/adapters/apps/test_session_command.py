"""Programs that live for a conversation."""

import asyncio
import sys
from typing import Any

import psutil
import pytest

from synthloop.adapters.apps.reply_paths import ReplyPaths
from synthloop.adapters.apps.session_command import SessionCommandApp
from synthloop.core.ask import AppRequest, Ask, TurnRequest
from synthloop.core.errors import AppError
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Message

ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


def app_of(program: str, **settings: Any) -> SessionCommandApp:
    return SessionCommandApp(name="shop", version="1", command=[sys.executable, "-c", program], **settings)


def turn(number: int, *texts: str, state: JsonValue = None) -> Ask:
    messages = tuple(Message(role="user", text=text) for text in texts)
    return Ask(to="shop", version="1", request=TurnRequest(messages=messages, session="s", turn=number, state=state))


def talk(app: SessionCommandApp, *asks: Ask) -> list[JsonValue]:
    async def main() -> list[JsonValue]:
        try:
            return [(await app.answer(ask)).value for ask in asks]
        finally:
            await app.close()

    return asyncio.run(main())


def failing(app: SessionCommandApp, *asks: Ask) -> AppError:
    with pytest.raises(AppError) as caught:
        talk(app, *asks)
    return caught.value


def test_line_breaks_of_a_message_become_spaces_and_an_empty_line_is_silence() -> None:
    assert talk(app_of(ECHO), turn(0, "two\nlines é"), turn(1, "two\nlines é", "")) == [{"messages": ["two lines é"]}, {"messages": [""]}]


def test_a_message_of_a_megabyte_passes_both_ways() -> None:
    text = "x" * 900_000
    assert talk(app_of(ECHO), turn(0, text)) == [{"messages": [text]}]


def test_json_brings_the_conversation_and_at_first_its_state_and_parts_are_found_by_their_paths() -> None:
    program = "import json, sys\nfor line in sys.stdin: print(json.dumps({'said': 'ok', 'got': json.loads(line)}), flush=True)"
    app = app_of(program, json=True, path="said", reply=ReplyPaths(state="got"))
    first, second = talk(app, turn(0, state={"shop": 1}), turn(1, "tea"))
    assert first == {"messages": ["ok"], "state": {"text": "", "messages": [], "state": {"shop": 1}}}
    assert second == {"messages": ["ok"], "state": {"text": "tea", "messages": [{"role": "user", "content": "tea"}]}}


def test_an_app_that_speaks_first_is_written_nothing() -> None:
    program = "print('Hello!', flush=True)\nprint('You said', input(), flush=True)"
    assert talk(app_of(program), turn(0), turn(1, "tea")) == [{"messages": ["Hello!"]}, {"messages": ["You said tea"]}]


def test_a_single_question_is_a_conversation_of_its_own() -> None:
    ask = Ask(to="shop", version="1", request=AppRequest(messages=(Message(role="user", text="tea"),)))
    assert talk(app_of(ECHO), ask, ask) == ["tea", "tea"]


@pytest.mark.parametrize(
    ("program", "settings", "reason", "says"),
    [
        (
            "import sys; input(); sys.exit('sold out')",
            {},
            "error",
            "shop: ended with exit code 1 in the middle of the conversation; it said: sold out",
        ),
        ("input()", {}, "error", "shop: ended with exit code 0 in the middle of the conversation and said nothing"),
        ("import os, time; input(); os.close(1); time.sleep(60)", {}, "error", "shop: closed its standard output in the middle"),
        ("input(); print('{oops', flush=True)", {"json": True}, "invalid_answer", "shop: wrote invalid JSON"),
        ("import sys; input(); sys.stdout.buffer.write(b'\\xff\\n')", {}, "invalid_answer", "bytes that are not UTF-8"),
        ("input(); print('x' * 3000000)", {}, "invalid_answer", "wrote a line of more than 1,000,000 bytes"),
    ],
)
def test_bad_programs(program: str, settings: dict[str, Any], reason: str, says: str) -> None:
    error = failing(app_of(program, **settings), turn(0, "tea"))
    assert error.reason == reason
    assert says in str(error)


def test_a_turn_that_nobody_waits_for_any_more_costs_the_process_and_what_it_started() -> None:
    program = "import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\ntime.sleep(60)"

    async def main() -> tuple[int, str]:
        app = app_of(program)
        asking = asyncio.ensure_future(app.answer(turn(0, "tea")))
        while len(psutil.Process().children(recursive=True)) < 2:  # noqa: ASYNC110 - psutil offers no event
            await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        with pytest.raises(AppError) as caught:
            await app.answer(turn(1, "tea", "small"))
        left = [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
        return len(left), caught.value.reason

    assert asyncio.run(main()) == (0, "session_lost")
