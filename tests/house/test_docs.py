"""What the README and the docs show is what happens.

- Every `python` block runs, each alone in an empty folder.
- A block whose first line is a comment with a path, such as `# behaviors/book.yaml` or `# app.py`, is a file of a project. YAML files are
  read with the real loader, in the project that `synthloop init` writes.
- A page with the line `<!-- session: project -->` is a session in that project: its files are written and the `$ synthloop ...` lines of
  its `console` blocks are run, in order. `<!-- session: empty -->` begins in an empty folder. What a block shows below a command has to
  come out of it, in that order; numbers may differ, and `...` stands for any lines. `$ echo $?` shows the exit code.
"""

import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
from typer.main import get_command

from synthloop.project.components import registry_of
from synthloop.project.init import init_project
from synthloop.project.project import PROJECT_FILE, load_project
from synthloop.surfaces.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(python|yaml|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ((?:[\w.-]+/)*[\w-]+\.(?:yaml|py))(?:\s.*)?\n")
SESSION = re.compile(r"^<!-- session: (project|empty) -->$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
ROW = re.compile(r"^\| `([\w.:^]+)` \|", re.MULTILINE)
MODULE = re.compile(r"^## `([\w.]+)`$", re.MULTILINE)

COMPONENT_PAGES = {
    "noisers": "noise.md",
    "validators": "curation.md",
    "scorers": "scoring.md",
    "judges": "judges.md",
    "exports": "curation.md",
    "writers": "models.md",
    "finders": "models.md",
}


@dataclass(frozen=True, slots=True)
class Block:
    page: Path
    language: str
    text: str

    @property
    def file(self) -> str | None:
        """Path of the project's file that it is; None for a fragment."""
        found = FILE.match(self.text)
        return found[1] if found else None


def blocks_of(page: Path) -> list[Block]:
    return [Block(page, language, text) for language, text in BLOCK.findall(page.read_text(encoding="utf-8"))]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def python_examples() -> list[tuple[str, str]]:
    pages = [(page, [block for block in blocks_of(page) if block.language == "python"]) for page in PAGES]
    return [(f"{name_of(page)}:{number}", block.text) for page, blocks in pages for number, block in enumerate(blocks, 1)]


@pytest.mark.parametrize(("where", "code"), python_examples(), ids=[where for where, _ in python_examples()])
def test_python_examples_run(where: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, where, "exec"), {"__name__": "__example__"})


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


def is_played(page: Path) -> bool:
    return bool(SESSION.search(page.read_text(encoding="utf-8"))) or any(
        block.file and block.language == "yaml" for block in blocks_of(page)
    )


@pytest.mark.parametrize("page", [page for page in PAGES if is_played(page)], ids=name_of)
def test_files_are_read_and_commands_say_what_is_shown(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = SESSION.search(page.read_text(encoding="utf-8"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("API_KEY", "not-a-key")
    monkeypatch.chdir(tmp_path)
    blocks = blocks_of(page)
    if not session or session[1] == "project":
        monkeypatch.chdir(prepare_project(tmp_path / "my-loop", blocks))
    for block in blocks:
        if block.file:
            write_file(block.file, block.text)
        elif block.language == "console" and session:
            play(block.text, monkeypatch)


def prepare_project(folder: Path, blocks: list[Block]) -> Path:
    """What `synthloop init` writes, with a file of messages and the modules and word lists that the page shows sooner or later."""
    init_project(folder)
    texts = [sample.messages[-1][1] for behavior in load_project(folder).behaviors for sample in behavior.authored]
    (folder / "messages.txt").write_text("\n".join(texts * 8), encoding="utf-8")
    for block in blocks:
        path = folder / (block.file or "")
        if block.file and not is_read(block.file) and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
    return folder


def is_read(file: str) -> bool:
    """Whether the loader reads the file."""
    return file == PROJECT_FILE or file.startswith(("behaviors/", "promoted/"))


def write_file(file: str, text: str) -> None:
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if is_read(file) and Path(PROJECT_FILE).exists() and Path("behaviors").is_dir():  # a page may begin with either
        load_project(Path.cwd())


def play(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a block's commands and find what it shows in what they say."""
    code = 0
    for command, shown in read_commands(block):
        words = shlex.split(command)
        if words[0] == "cd":
            monkeypatch.chdir(words[1])
        elif command == "echo $?":
            assert shown == [str(code)], f"exit code {code}"
        else:
            assert words[0] == "synthloop", f"a session can't run {command!r}"
            code, said = run_synthloop(words[1:])
            find_in_order(shown, said, command)


def read_commands(block: str) -> Iterator[tuple[str, list[str]]]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield command.partition("  #")[0].strip(), [line for line in shown if line.strip() not in {"", "..."}]


def run_synthloop(arguments: list[str]) -> tuple[int, str]:
    """Run the command line in this process, which has loaded what is heavy already."""
    forget_modules(Path.cwd())
    written = io.StringIO()
    try:
        with redirect_stdout(written), redirect_stderr(written):
            get_command(app)(args=arguments, prog_name="synthloop")
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    else:
        code = 0
    return code, written.getvalue()


def forget_modules(folder: Path) -> None:
    """Let the project's own modules be imported anew, as in a new process."""
    inside = str(folder) + os.sep
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(inside):
            del sys.modules[name]


def find_in_order(shown: list[str], said: str, command: str) -> None:
    at, text = 0, normalize(said)
    for line in shown:
        found = text.find(normalize(line), at)
        assert found >= 0, f"`{command}` does not say {line!r}, but:\n{said}"
        at = found + len(normalize(line))


def normalize(text: str) -> str:
    """Leave out what may differ between two runs: numbers, and where lines are broken."""
    return re.sub(r"[−-]?\d[\d,.]*", "0", " ".join(text.split()))


@pytest.mark.parametrize("kind", COMPONENT_PAGES)
def test_every_component_stands_in_its_table(kind: str) -> None:
    text = (ROOT / "docs" / COMPONENT_PAGES[kind]).read_text(encoding="utf-8")
    table = text.partition(f"<!-- table: {kind} -->")[2].partition("\n\n|")[2].partition("\n\n")[0]
    assert sorted(ROW.findall("|" + table)) == sorted(registry_of(kind).names())


def test_the_reference_lists_what_modules_export() -> None:
    parts = MODULE.split((ROOT / "docs" / "reference.md").read_text(encoding="utf-8"))
    for module, text in zip(parts[1::2], parts[2::2], strict=True):
        assert ROW.findall(text) == list(import_module(module).__all__), module
    core = sorted((ROOT / "src" / "synthloop" / "core").glob("[a-z]*.py"))
    assert {"synthloop", "synthloop.testing", *(f"synthloop.core.{path.stem}" for path in core)} <= set(parts[1::2])
