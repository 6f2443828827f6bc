"""The worked example of conversations: the same users talk with three versions of a bot, and each version does better."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "onboarding_chat"
COMMAND = Path(sys.executable).parent / "synthloop"

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example with fewer users."""
    copy = tmp_path / "chat"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__", ".synthloop"))
    project = copy / "synthloop.yaml"
    project.write_text(re.sub("accepted: 700", "accepted: 140", project.read_text()))
    return copy


def synthloop(folder: Path, *arguments: str) -> Any:
    ended = subprocess.run([COMMAND, *arguments, "--json"], cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_each_version_brings_more_users_to_the_end_state(folder: Path) -> None:
    reports = synthloop(folder, "simulate", "--all")["reports"]
    assert [report["app"] for report in reports] == ["naive", "better", "robust"]
    rates = [report["metrics"][0]["value"] for report in reports]
    assert rates == sorted(rates)
    assert rates[2] - rates[0] > 0.3
    for report in reports:
        talks = report["talks"]
        assert talks["conversations"] == len(report["results"]) >= 90
        assert talks["faults"]["value"] == 0
        assert sum(end["share"]["value"] for end in talks["ends"]) == pytest.approx(1)
        assert [funnel["behavior_id"] for funnel in talks["funnels"]] == ["not_served", "onboard"]
        assert report["failure_modes"]
    (shown,) = synthloop(folder, "transcripts", "--app", "robust", "--failed", "--limit", "1")
    assert shown["turns"][0]["role"] == "app"


def test_killed_in_the_middle_it_ends_as_if_nothing_had_happened(folder: Path, tmp_path: Path) -> None:
    (wanted,) = synthloop(folder, "simulate")["reports"]
    killed = tmp_path / "killed"
    shutil.copytree(folder, killed, ignore=shutil.ignore_patterns(".synthloop", "splits.json", "__pycache__"))
    for delay_s in (1.5, 2.5, 3.5):
        process = subprocess.Popen([COMMAND, "simulate", "--json"], cwd=killed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
    (report,) = synthloop(killed, "simulate")["reports"]
    assert report["results"] == [
        {**result, "latency_s": found["latency_s"]} for result, found in zip(wanted["results"], report["results"], strict=True)
    ]
    assert report["talks"] == wanted["talks"]
