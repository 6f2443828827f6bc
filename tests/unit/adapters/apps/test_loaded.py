import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from synthloop.adapters.apps.loaded import check_loaded
from synthloop.core.errors import UsageError

NAMES = ("edited_app", "edited_words")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    write(tmp_path / "edited_words.py", "WORDS = ('book',)\n")
    write(tmp_path / "edited_app.py", "import edited_words\ndef route(text): return text in edited_words.WORDS\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in NAMES:
        sys.modules.pop(name, None)


def write(path: Path, text: str) -> None:
    path.write_text(text)
    importlib.invalidate_caches()


def take(module: ModuleType) -> Callable[..., object]:
    return module.route


def test_an_imported_module_that_is_edited_is_refused_until_it_is_loaded_anew(root: Path) -> None:
    app = importlib.import_module("edited_app")
    check_loaded(take(app), root=root)
    write(root / "edited_words.py", "WORDS = ('book', 'reserve')\n")
    for _ in range(2):
        with pytest.raises(UsageError, match=r"edited_words\.py was changed after it was loaded.*importlib\.reload\(edited_words\)"):
            check_loaded(take(app), root=root)
    importlib.reload(sys.modules["edited_words"])
    check_loaded(take(app), root=root)


def test_a_function_that_was_edited_before_anyone_looked_is_refused(root: Path) -> None:
    app = importlib.import_module("edited_app")
    write(root / "edited_app.py", "import edited_words\ndef route(text): return text.lower() in edited_words.WORDS\n")
    with pytest.raises(UsageError, match=r"edited_app\.py was changed"):
        check_loaded(take(app), root=root, location="edited_app:route")


def test_the_old_function_of_a_module_that_was_loaded_anew_is_refused(root: Path) -> None:
    app = importlib.import_module("edited_app")
    old = take(app)
    write(root / "edited_app.py", "import edited_words\ndef route(text): return True\n")
    importlib.reload(app)
    check_loaded(take(app), root=root)
    with pytest.raises(UsageError, match="take the app from there"):
        check_loaded(old, root=root)


def test_what_moves_within_its_file_is_the_same(root: Path) -> None:
    app = importlib.import_module("edited_app")
    write(root / "edited_app.py", "# why\n\nimport edited_words\n\n\ndef route(text): return text in edited_words.WORDS\n")
    check_loaded(take(app), root=root)


def test_what_has_no_file_is_left_alone(root: Path) -> None:
    check_loaded(len, root=root)
    check_loaded(take, root=root)  # pytest rewrote this file as it loaded it
