"""Bring docs/reference.md up to date: one row for each public name, in order; what was written by hand for a name stays."""

import ast
import re
from bisect import bisect
from importlib import import_module
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference.md"
_SECTION = re.compile(r"^## `([\w.]+)`\n", re.MULTILINE)
_ROW = re.compile(r"^\| `(\w+)` \| (.*) \|$", re.MULTILINE)


def main() -> None:
    """Write the page anew."""
    head, *parts = _SECTION.split(PAGE.read_text(encoding="utf-8"))
    texts = dict(zip(parts[::2], parts[1::2], strict=True))
    core = {f"synthloop.core.{path.stem}" for path in (ROOT / "src" / "synthloop" / "core").glob("[a-z]*.py")}
    PAGE.write_text(head + "".join(write_section(name, texts.get(name, "")) for name in add_modules(list(texts), core)), encoding="utf-8")


def add_modules(listed: list[str], core: set[str]) -> list[str]:
    """Return the modules as they are listed, with those of core that are missing in their places."""
    for name in sorted(core - set(listed)):
        listed.insert(bisect(listed, name, hi=len([each for each in listed if each <= "synthloop.core.~"])), name)
    return listed


def write_section(name: str, text: str) -> str:
    """Return the section of one module: what was written before its table, or its docstring, and the table."""
    module = import_module(name)
    written = dict(_ROW.findall(text))
    intro = text.split("| name |", maxsplit=1)[0].strip() or first_sentence(module.__doc__)
    after = text.rsplit("|\n", 1)[1].strip() if "|\n" in text else ""
    rows = [f"| `{each}` | {written.get(each) or describe(module.__file__ or '', module, each)} |" for each in module.__all__]
    return "\n".join([f"## `{name}`", "", intro, "", "| name | what |", "|---|---|", *rows, "", *([after, ""] if after else [])]) + "\n"


def describe(file: str, module: object, name: str) -> str:
    """Return the first sentence of a name's docstring, or of the text under its assignment."""
    documented = getattr(module, name)
    own = documented.__doc__ if callable(documented) and getattr(documented, "__module__", "") == getattr(module, "__name__", "") else None
    return first_sentence(own or find_text_below(file, name) or getattr(documented, "__doc__", "")).rstrip(".")


def find_text_below(file: str, name: str) -> str:
    """Return the text that stands under the assignment of a name in a source file."""
    body = ast.parse(Path(file).read_text(encoding="utf-8")).body
    for statement, below in pairwise(body):
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        named = any(isinstance(target, ast.Name) and target.id == name for target in targets)
        if named and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            return str(below.value.value)
    return ""


def first_sentence(text: str | None) -> str:
    """Return the first sentence of a docstring, on one line."""
    paragraph = " ".join((text or "").strip().split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s(?=[A-Z])", paragraph)[0]


if __name__ == "__main__":
    main()
