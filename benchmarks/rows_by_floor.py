"""Rows by a bare aiohttp client, with nothing around it: the floor. Run by `model_runs.py`: rows_by_floor.py URL ROWS."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import polars

from rows_wanted import IN_FLIGHT, SYSTEM, TEMPLATE, measured


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """What is asked for."""

    text: str
    label: str


SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "label": {"type": "string"}},
    "required": ["text", "label"],
    "additionalProperties": False,
}


async def run_floor(url: str, rows: int, folder: Path) -> int:
    """A client with nothing around it."""
    decode = msgspec.json.Decoder(Row).decode
    queue = iter(range(rows))
    found: list[Row] = []
    schema = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}}
    with (folder / "rows.jsonl").open("wb") as file:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def work() -> None:
                for number in queue:
                    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": TEMPLATE.format(number=number)}]
                    body = json.dumps({"model": "tiny", "messages": messages, "response_format": schema})
                    said: dict[str, Any] = {}
                    for attempt in range(6):
                        async with session.post(
                            f"{url}/v1/chat/completions", data=body, headers={"Content-Type": "application/json"}
                        ) as response:
                            if response.status == 200:
                                said = json.loads(await response.read())
                                break
                            await response.read()
                        await asyncio.sleep(0.5 * 2**attempt)
                    row = decode(said["choices"][0]["message"]["content"])
                    file.write(msgspec.json.encode(row) + b"\n")
                    found.append(row)

            await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    polars.DataFrame([{"text": row.text, "label": row.label} for row in found]).write_parquet(folder / "rows.parquet")
    return len(found)


def main() -> None:
    url, rows = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder, measured(rows) as counts:
        counts.append(asyncio.run(run_floor(url, rows, Path(folder))))


if __name__ == "__main__":
    main()
