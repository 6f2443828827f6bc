"""The installed command in processes of its own: pipes, colors, Ctrl-C."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from synthloop.surfaces.cli import main; main()"]
SLOW_APP = "import time\n\ndef route(text):\n    time.sleep(0.05)\n    open('asked.txt', 'a').write(text + chr(10))\n    return 'change'\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cli") / "my-loop"
    subprocess.run([*COMMAND, "init", str(root)], check=True, capture_output=True)
    subprocess.run([*COMMAND, "evaluate"], cwd=root, check=True, capture_output=True)
    return root


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **environment}, encoding="utf-8"
    )


def test_a_fresh_project_turns_once(folder: Path) -> None:
    ended = run(folder, "run")
    assert ended.returncode in {0, 1}, ended.stderr
    assert "Report: " in ended.stdout
    assert (folder / ".synthloop" / "report" / "index.html").is_file()
    assert "Traceback" not in ended.stderr


def test_a_pipe_gets_plain_text_and_json_stays_clean(folder: Path) -> None:
    assert "\x1b" not in run(folder, "status", TERM="xterm-256color").stdout
    assert json.loads(run(folder, "run", "--json").stdout)["gate"]["decision"] in {"pass", "fail", "too little data"}


NOISY_APP = """
import os
import subprocess

print("loading the model")
os.write(1, b"a library in C says hello\\n")

def route(text):
    print("thinking")
    os.write(1, b"thinking in C\\n")
    subprocess.run(["echo", "a program says hello"], check=True)
    return "change"
"""


@pytest.mark.parametrize("arguments", [("evaluate",), ("status",), ("run",)], ids=" ".join)
def test_json_stays_clean_whatever_the_app_writes(folder: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    noisy = tmp_path / "noisy"
    shutil.copytree(folder, noisy, ignore=shutil.ignore_patterns(".synthloop"))
    (noisy / "app.py").write_text(NOISY_APP, encoding="utf-8")
    (noisy / "synthloop.yaml").write_text(
        "app: app:route\nbehaviors: behaviors/\ngenerate: {accepted: 60, neighbors: 0}\n", encoding="utf-8"
    )
    run(noisy, "generate")
    if arguments == ("status",):
        run(noisy, "evaluate")
    ended = run(noisy, *arguments, "--json")
    assert isinstance(json.loads(ended.stdout), dict)
    assert "a library in C says hello" in ended.stderr


def test_no_color_is_obeyed(folder: Path) -> None:
    ended = run(folder, "report", NO_COLOR="1", FORCE_COLOR="1")
    assert "pass rate" in ended.stdout
    assert "\x1b[3" not in ended.stdout


def test_a_terminal_that_knows_no_unicode_still_gets_the_report(folder: Path) -> None:
    ended = run(folder, "report", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert ended.returncode == 0, ended.stderr


def test_a_reader_that_leaves_early_is_no_error(folder: Path) -> None:
    ended = subprocess.run(
        f'{sys.executable} -c "from synthloop.surfaces.cli import main; main()" components | head -1',
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_no_bug(folder: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run([*COMMAND, "status"], cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 3
    assert ended.stderr.startswith("The result can't be written: [Errno 28] No space left on device.")


def test_ctrl_c_keeps_what_was_answered(tmp_path: Path) -> None:
    root = tmp_path / "slow"
    subprocess.run([*COMMAND, "init", str(root)], check=True, capture_output=True)
    (root / "app.py").write_text(SLOW_APP, encoding="utf-8")
    run(root, "generate")
    process = subprocess.Popen([*COMMAND, "evaluate"], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    asked = root / "asked.txt"
    while not asked.exists():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from here" in errors
    assert "Traceback" not in errors
    before = len(asked.read_text(encoding="utf-8").splitlines())
    assert run(root, "evaluate").returncode == 0
    after = len(asked.read_text(encoding="utf-8").splitlines())
    samples = json.loads(run(root, "samples", "--split", "dev", "--limit", "1000", "--json").stdout)
    assert before >= 1
    assert len(samples) <= after <= len(samples) + 8 * 4
