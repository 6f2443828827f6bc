"""Apps that misbehave, through the real command line: the fault becomes a record that says what happened, and costs no other sample."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tests.bad_input.bench import Bench

from synthloop.adapters.stores.sqlite import SqliteStore

pytestmark = pytest.mark.slow

CALL = "app: {python: 'app:route', timeout_s: 0.3}\n"
ISOLATED = "app: {python: 'app:route', isolate: true, memory_mb: 400, timeout_s: 20, in_flight: 1}\n"

# name -> (how the app is called, its code for messages of a length that 3 divides, how the transcript ends, what its failure says)
CASES: dict[str, tuple[str, str, str, str]] = {
    "raises": (CALL, "raise KeyError('calendar')", "app_error", "KeyError: 'calendar'"),
    "exits": (CALL, "raise SystemExit(3)", "app_error", "SystemExit"),
    "hangs": (CALL, "import time; time.sleep(60)", "app_timeout", "no answer within 0.3 s. Fix: make it faster, or raise timeout_s."),
    "returns None": (CALL, "return None", "invalid_answer", "answered None. Fix: return the answer"),
    "returns an object": (CALL, "return {1, 2}", "invalid_answer", "answered with a value of type set."),
    "returns NaN": (CALL, "return {'score': float('nan')}", "invalid_answer", "answered with nan, which JSON can't say."),
    "returns infinity": (CALL, "return float('-inf')", "invalid_answer", "answered with -inf, which JSON can't say."),
    "returns half a character": (CALL, "return '\\ud83d'", "invalid_answer", "answered with text that is not valid Unicode"),
    "leaks memory": (ISOLATED, "hoard = [bytearray(10_000_000) for _ in range(200)]; return 'schedule'", "app_error", "memory"),
}


def write_app(bench: Bench, call: str, fault: str) -> None:
    bench.write(
        {
            "synthloop.yaml": f"{call}generate: {{accepted: 24, neighbors: 0}}\nsplit: {{train: 0, dev: 0.7, holdout: 0.3}}\n".encode(),
            "app.py": f"def route(text):\n    if len(text) % 3 == 0:\n        {fault}\n    return 'schedule'\n".encode(),
        }
    )


def end_reasons(bench: Bench) -> dict[str, tuple[str, str]]:
    """Return for each text how its transcript ended, and what was said of a failure."""
    with SqliteStore.open(bench.folder / ".synthloop" / "store.sqlite") as store:
        return {
            found.turns[0].text: (found.end_reason, found.failure.message if found.failure else "") for found in store.read_transcripts()
        }


@pytest.mark.parametrize("case", CASES)
def test_an_app_that_fails_on_some_samples(case: str, bench: Bench) -> None:
    call, fault, end_reason, said = CASES[case]
    write_app(bench, call, fault)
    assert bench.run("generate").returncode == 0
    ended = bench.run("evaluate", "--json")
    assert ended.returncode == 0, ended.stderr
    found = end_reasons(bench)
    faulty = [text for text in found if len(text) % 3 == 0]
    assert faulty
    for text, (reason, message) in found.items():
        assert reason == (end_reason if text in faulty else "answered"), message
    assert said in found[faulty[0]][1]
    report = json.loads(ended.stdout)
    assert sum(report["unscored_reasons"].values()) == len(faulty)
    assert len(report["results"]) == len(found)


def test_an_app_that_prints_to_standard_output(bench: Bench) -> None:
    write_app(bench, CALL, 'print(\'{"not": "ours"}\')')
    assert bench.run("generate").returncode == 0
    ended = bench.run("evaluate", "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["app"] == "app"
    assert "ours" in ended.stderr


@pytest.mark.parametrize(("code", "said"), [("import nonsense", "nonsense"), ("def rout(text): return 'x'", "Did you mean 'rout'?")])
def test_an_app_that_cannot_be_loaded(code: str, said: str, bench: Bench) -> None:
    bench.write({"app.py": code.encode()})
    before = bench.keep()
    for verb in ("evaluate", "gate"):
        ended = bench.run(verb)
        assert ended.returncode == 2, ended.stderr
        assert said in ended.message
        assert "synthloop.yaml: app:" in ended.message
    assert bench.keep() == before
    assert bench.run("generate").returncode == 0, "what asks no app needs none"
    assert bench.run("status").returncode == 0


def test_no_app_at_all(bench: Bench) -> None:
    bench.write({"synthloop.yaml": bench.read("synthloop.yaml").replace(b"app: app:route\n", b"")})
    assert bench.run("generate").returncode == 0
    ended = bench.run("evaluate")
    assert ended.returncode == 2
    assert "there is no app to ask. Fix: name one in synthloop.yaml, e.g. `app: app:route`." in ended.message


class Faulty(BaseHTTPRequestHandler):
    """Answers always the same."""

    status = 200
    body = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass


@contextmanager
def serve(status: int, body: bytes) -> Generator[str]:
    answering = type("Answering", (Faulty,), {"status": status, "body": body})
    server = HTTPServer(("127.0.0.1", 0), answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/route"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "end_reason", "said"),
    [(500, b"oops", "app_error", "500"), (200, b"{broken", "invalid_answer", "{broken"), (200, b'{"a": NaN}', "invalid_answer", "NaN")],
)
def test_an_endpoint_that_answers_badly(status: int, body: bytes, end_reason: str, said: str, bench: Bench) -> None:
    with serve(status, body) as url:
        app = f"app: {{http: {{url: '{url}', body: {{text: '{{text}}'}}, answer: label}}, retries: 0, version: '1'}}\n"
        bench.write({"synthloop.yaml": app.encode() + bench.read("synthloop.yaml").split(b"\n", 1)[1]})
        ended = bench.run("evaluate")
    assert ended.returncode == 0, ended.stderr
    found = end_reasons(bench)
    assert {reason for reason, _ in found.values()} == {end_reason}
    assert all(said in message for _, message in found.values()), found


def test_nobody_listens(bench: Bench) -> None:
    with serve(200, b"") as url:
        pass
    app = f"app: {{http: {{url: '{url}', body: {{text: '{{text}}'}}, answer: label}}, retries: 0}}\n"
    bench.write({"synthloop.yaml": app.encode() + bench.read("synthloop.yaml").split(b"\n", 1)[1]})
    before = bench.keep()
    ended = bench.run("evaluate")
    assert ended.returncode in {0, 3}, ended.stderr
    assert "Traceback" not in ended.stderr
    assert bench.keep()["samples"] == before["samples"]
