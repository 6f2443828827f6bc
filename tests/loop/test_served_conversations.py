"""Simulated users talk with bots behind an HTTP endpoint and behind a command, and meet the same as in this process."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(sys.executable).parent / "synthloop"

BOT = '''
class Bot:
    """Takes a drink and a size, in that order, and looks back at nothing."""

    def __init__(self):
        self.order = {}

    def say(self, text):
        slot = "size" if "drink" in self.order else "drink"
        options = {"drink": ["tea", "coffee"], "size": ["small", "large"]}[slot]
        picked = next((option for option in options if option in text.lower()), None)
        if picked:
            self.order[slot] = picked
        done = "size" in self.order
        step = "done" if done else "size" if "drink" in self.order else "drink"
        return {"messages": ["Coming." if done else f"Which {step}?"], "state": {**self.order, "step": step}, "done": done}
'''
SERVER = """
import socket
from aiohttp import web
from bot import Bot

BOTS = {}

async def talk(request):
    body = await request.json()
    said = BOTS.setdefault(body["session"], Bot()).say(body["text"])
    return web.json_response({"say": said["messages"], "know": said["state"], "end": said["done"]})

app = web.Application()
app.router.add_post("/talk", talk)
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
web.run_app(app, sock=listening, print=None)
"""
LINES = """
import json, sys
from bot import Bot

bot = Bot()
for line in sys.stdin:
    print(json.dumps(bot.say(json.loads(line)["text"])), flush=True)
"""
IN_PROCESS = """
from bot import Bot as Talking

class Bot(Talking):
    def reply(self, text):
        return self.say(text)
"""
BEHAVIOR = """
says: Somebody orders a drink.
authored: [hi, hello there]
parameters: {drink: [tea, coffee], size: [small, large]}
conversation:
  end: {state: {drink: "{drink}", size: "{size}"}, done: true}
  questions: {drink: {state: {step: drink}}, size: {state: {step: size}}}
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "behaviors").mkdir()
    (tmp_path / "behaviors" / "order.yaml").write_text(BEHAVIOR)
    (tmp_path / "bot.py").write_text(BOT)
    (tmp_path / "lines.py").write_text(LINES)
    (tmp_path / "here.py").write_text(IN_PROCESS)
    return tmp_path


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    (folder / "server.py").write_text(SERVER)
    process = subprocess.Popen([sys.executable, "server.py"], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield int(process.stdout.readline())
    process.kill()
    process.communicate()


def test_users_meet_the_same_wherever_the_bot_runs(folder: Path, port: int) -> None:
    settings: dict[str, Any] = {
        "app": {"python": "here:Bot", "name": "here"},
        "variants": {
            "served": {
                "http": {
                    "url": f"http://127.0.0.1:{port}/talk",
                    "body": {"text": "{text}", "session": "{session}"},
                    "reply": {"messages": "say", "state": "know", "done": "end"},
                },
                "version": "1",
            },
            "started": {"command": {"run": [sys.executable, "lines.py"], "json": True, "session": True}},
        },
        "generate": {"accepted": 40, "neighbors": 0, "minimize_runs": 0},
        "split": {"train": 0, "dev": 1, "holdout": 0},
    }
    (folder / "synthloop.yaml").write_text(json.dumps(settings))
    ended = subprocess.run([COMMAND, "simulate", "--all", "--json"], cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    reports = json.loads(ended.stdout)["reports"]
    passes = [[result["passes"] for result in report["results"]] for report in reports]
    assert [report["app"] for report in reports] == ["here", "served", "started"]
    assert passes[0] == passes[1] == passes[2]
    assert [True] in passes[0]
    assert [False] in passes[0]
