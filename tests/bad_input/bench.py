"""A small project with samples in its store, and the real command to try on it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

COMMAND = Path(sys.executable).parent / "synthloop"

GOOD = b"says: Meetings are planned by the scheduling agent.\nexpected: schedule\nauthored: [move my 3pm to thursday, book a room for Ana, cancel the review, set up a call]\n"  # noqa: E501 - a file as it is

FILES: dict[str, bytes] = {
    "synthloop.yaml": b"app: app:route\ngenerate: {accepted: 24, neighbors: 2}\nsplit: {train: 0.4, dev: 0.3, holdout: 0.3}\n",
    "app.py": b"def route(text):\n    return 'schedule'\n",
    "behaviors/schedule.yaml": GOOD,
    "behaviors/find.yaml": b"says: Files are found.\nexpected: find\nauthored: [where is the deck, open the contract, find last week's notes, show me the budget]\n",  # noqa: E501 - a file as it is
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def message(self) -> str:
        """What was said to a person, without the marks of progress, on one line."""
        return " ".join(self.stderr.split())


@dataclass(frozen=True, slots=True)
class Bench:
    """A project's folder and the command line."""

    folder: Path

    def run(self, *arguments: str, **environment: str) -> Ended:
        """Run the command in the folder."""
        done = subprocess.run(
            [COMMAND, *arguments], cwd=self.folder, env={**os.environ, **environment}, capture_output=True, check=False, timeout=120
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the command and leave it running."""
        return subprocess.Popen([COMMAND, *arguments], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files, replacing what is there."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        return (self.folder / name).read_bytes()

    def keep(self) -> dict[str, str]:
        """Return what the project keeps: its samples and answers, whatever its files say now."""
        from synthloop.adapters.stores.sqlite import SqliteStore  # noqa: PLC0415 - the command alone is on trial

        with SqliteStore.open(self.folder / ".synthloop" / "store.sqlite") as store:
            samples = [(sample.id, sample.split, sample.text) for sample in store.read_samples()]
            return {"samples": repr(samples), "verdicts": repr(store.count_verdicts()), "report": repr(store.read_report())}


def copy_bench(source: Path, destination: Path) -> Bench:
    """Return a bench of its own."""
    shutil.copytree(source, destination, ignore=shutil.ignore_patterns("__pycache__"))
    return Bench(destination)
