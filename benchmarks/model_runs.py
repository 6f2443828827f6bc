"""CPU time and throughput of having a model write rows, against a bare client.

Every row is one call with a schema of two fields. Three ways to the same rows, each in a process of its own against the same server:

    floor    a bare aiohttp client: template, call with retries, parse, validate with msgspec, JSON Lines and Parquet
    ours     flows through the engine with the journal on, answers read and checked by `prompting`, samples saved in the store
    ours --  the same with the journal in memory, to see what the file costs

Servers, also in processes of their own: one that answers at once, from a raw asyncio protocol; and one of 200 ms with 1 % of 429 and 0.5 %
of 500. CPU seconds are those of the client's process, all threads; the wall limit is rows * latency / in flight.

    python benchmarks/model_runs.py [--rows 2000 20000] [--repeats 3] [--memory]
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import aiohttp
import msgspec
import polars

from synthloop.adapters.models.openai_compatible import OpenAiModel
from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.ask import Flow
from synthloop.core.behavior import scenario_of
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.model import ModelRef
from synthloop.core.record import Record
from synthloop.core.sample import Message, Sample, Verdict, make_sample
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.prompting.asking import Question, ask_structured
from synthloop.prompting.shapes import shape_of

IN_FLIGHT = 256
LATENCY_S = 0.2
SYSTEM = "You write what people type to an app, so that the app can be tested. You write nothing but the JSON that is asked for."
TEMPLATE = "Write a message about moving a meeting, number {number}, by somebody in a hurry. Return JSON with `text` and `label`."


class Row(Record):
    """What is asked for."""

    text: str
    label: str


SHAPE = shape_of(Row)
ANSWER = json.dumps(
    {
        "id": "x",
        "object": "chat.completion",
        "model": "tiny",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": '{"text": "move my 3pm", "label": "schedule"}'},
            }
        ],
        "usage": {"prompt_tokens": 60, "completion_tokens": 14},
    }
).encode()


class Server(asyncio.Protocol):
    """Answers HTTP/1.1 posts, whatever they ask."""

    latency_s = 0.0
    answered = 0

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        """Take in what came, and answer every whole request."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            self.answer()

    def answer(self) -> None:
        """Answer one request."""
        Server.answered += 1
        status, body = b"200 OK", ANSWER
        if self.latency_s and Server.answered % 100 == 0:
            status, body = b"429 Too Many Requests", b'{"error": {"message": "slow down"}}'
        elif self.latency_s and Server.answered % 200 == 1:
            status, body = b"500 Internal Server Error", b'{"error": {"message": "oops"}}'
        said = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)
        if self.latency_s:
            asyncio.get_running_loop().call_later(self.latency_s, self.transport.write, said)
        else:
            self.transport.write(said)


async def serve(latency_s: float) -> None:
    Server.latency_s = latency_s
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def server_of(latency_s: float) -> Generator[str]:
    process = subprocess.Popen([sys.executable, __file__, "--serve", str(latency_s)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


async def run_floor(url: str, rows: int, folder: Path) -> int:
    """A client with nothing around it."""
    decode = msgspec.json.Decoder(Row).decode
    queue = iter(range(rows))
    found: list[Row] = []
    schema = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SHAPE.schema, "strict": True}}
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


def write_row(model: ModelRef, number: int) -> Flow[tuple[Sample, Verdict]]:
    messages = (Message(role="system", text=SYSTEM), Message(role="user", text=TEMPLATE.format(number=number)))
    said = yield from ask_structured(Question(model=model, messages=messages), SHAPE)
    text = f"{said.value.text} {number}" if said.value else ""
    sample = make_sample(
        behavior_id="schedule",
        scenario_id=scenario_of("schedule", text).id,
        messages=(Message(role="user", text=text),),
        expected=said.value.label if said.value else None,
        lineage=Lineage(origin="generated", steps=(Spec(kind="writers", name="benchmark"),), seed=1, model=model.name, usage=said.usage),
    )
    return sample, Verdict(sample_id=sample.id, keep=said.value is not None, reason="kept", by=Spec(kind="curators", name="benchmark"))


def run_ours(url: str, rows: int, folder: Path, *, journal_on: bool) -> int:
    model = OpenAiModel(name="tiny", version="1", model="tiny", url=url)
    ref = ModelRef(name="tiny", version="1")
    limits = Limits(in_flight=IN_FLIGHT, retries=5, learns=True)
    with (
        SqliteStore.open(folder / "store.sqlite") as store,
        closing(SqliteJournal(path=folder / "journal.sqlite" if journal_on else None)) as journal,
    ):
        engine = Engine(ports={"tiny": model}, journal=journal, limits=limits)
        chunk: list[tuple[Sample, Verdict]] = []

        def keep(pair: tuple[Sample, Verdict]) -> None:
            chunk.append(pair)
            if len(chunk) == 1000:
                store.save_candidates(chunk)
                chunk.clear()

        engine.run((write_row(ref, number) for number in range(rows)), sink=keep, total=rows)
        store.save_candidates(chunk)
        return store.count_samples()


def measure(kind: str, url: str, rows: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", kind, "--url", url, "--rows", str(rows)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_here(kind: str, url: str, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.monotonic(), time.process_time()
        if kind == "floor":
            count = asyncio.run(run_floor(url, rows, Path(folder)))
        else:
            count = run_ours(url, rows, Path(folder), journal_on=kind == "ours")
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    assert count == rows, f"{count} of {rows} rows"
    print(json.dumps({"cpu_s": cpu, "wall_s": wall, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def compare(url: str, rows: int, latency_s: float, repeats: int) -> None:
    limit_s = rows * latency_s / IN_FLIGHT
    server = f"{latency_s * 1000:.0f} ms, 1 % 429, 0.5 % 500" if latency_s else "a server that answers at once"
    print(f"\n{rows:,} rows, {server}, {repeats} repeats")
    floor = [measure("floor", url, rows) for _ in range(repeats)]
    base = mean(run["cpu_s"] for run in floor)
    for kind in ("floor", "ours", "ours --"):
        runs = floor if kind == "floor" else [measure(kind, url, rows) for _ in range(repeats)]
        cpu = [run["cpu_s"] / rows * 1e6 for run in runs]
        spread = f" ± {stdev(cpu):.0f}" if repeats > 1 else ""
        share = f", {limit_s / mean(run['wall_s'] for run in runs):.0%} of the wall limit" if latency_s else ""
        ratio = mean(run["cpu_s"] for run in runs) / base
        print(
            f"  {kind:8} {mean(cpu):6.0f}{spread} us CPU a row, {ratio:.2f} times the floor;"
            f" {rows / mean(run['wall_s'] for run in runs):,.0f} rows/s{share}; {max(run['rss_mb'] for run in runs):.0f} MB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="show that memory stays flat up to 100,000 rows")
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(serve(given.serve))
    if given.measure:
        measure_here(given.measure, given.url, given.rows[0])
        return
    for latency_s in (0.0, LATENCY_S):
        with server_of(latency_s) as url:
            for rows in given.rows:
                compare(url, rows, latency_s, given.repeats)
    if given.memory:
        print("\npeak memory of the whole process, journal and store on files")
        with server_of(0.0) as url:
            for rows in (2_000, 20_000, 100_000):
                print(f"  {rows:7,} rows {measure('ours', url, rows)['rss_mb']:6.0f} MB")


if __name__ == "__main__":
    main()
