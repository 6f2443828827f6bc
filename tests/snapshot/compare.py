"""Texts that people read, kept beside the tests. `SYNTHLOOP_UPDATE=1 pytest tests/snapshot` writes them anew; look at the difference."""

import os
from pathlib import Path

EXPECTED = Path(__file__).parent / "expected"


def check_snapshot(name: str, text: str) -> None:
    """Compare a text with the one that is kept under a name."""
    path = EXPECTED / name
    if os.environ.get("SYNTHLOOP_UPDATE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} reads differently now; if that is meant: SYNTHLOOP_UPDATE=1 pytest {__file__}"


__all__ = ["check_snapshot"]
