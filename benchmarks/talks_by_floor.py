"""Conversations by a bare aiohttp client: the floor. Run by `conversations.py`: talks_by_floor.py URL CONVERSATIONS TURNS."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from rows_wanted import IN_FLIGHT, measured

SYSTEM = "You are a person who writes to an app, so that the app can be tested. Real people are short, vague, hurried or chatty."
TEMPLATE = "What you came for: a drink.\nThe conversation so far:\n{talk}\nWrite your next message. Return JSON with `message`."
SCHEMA = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"], "additionalProperties": False}


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """What is asked for."""

    message: str


async def run_floor(url: str, talks: int, turns: int, folder: Path) -> int:
    """Ask for each turn of each conversation, one after the other, and write the transcripts down."""
    decode = msgspec.json.Decoder(Said).decode
    queue = iter(range(talks))
    schema = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}}
    done = 0
    with (folder / "talks.jsonl").open("wb") as file:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def ask(talk: list[str]) -> str:
                messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": TEMPLATE.format(talk="\n".join(talk))}]
                body = json.dumps({"model": "tiny", "messages": messages, "response_format": schema})
                said: dict[str, Any] = {}
                for attempt in range(6):
                    async with session.post(f"{url}/v1/chat/completions", data=body, headers={"Content-Type": "application/json"}) as got:
                        if got.status == 200:
                            said = json.loads(await got.read())
                            break
                        await got.read()
                    await asyncio.sleep(0.5 * 2**attempt)
                return decode(said["choices"][0]["message"]["content"]).message

            async def work() -> None:
                nonlocal done
                for number in queue:
                    talk = [f"app: hello ({number})"]
                    for turn in range(turns):
                        talk += [f"you: {await ask(talk)}", f"app: go on ({turn})"]
                    file.write(msgspec.json.encode(talk) + b"\n")
                    done += 1

            await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    return done


def main() -> None:
    url, talks, turns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder, measured(talks) as counts:
        counts.append(asyncio.run(run_floor(url, talks, turns, Path(folder))))


if __name__ == "__main__":
    main()
