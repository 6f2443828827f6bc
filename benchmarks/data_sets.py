"""Loads the real data sets that the benchmarks measure on.

The environment variable `SYNTHLOOP_DATA` names their folder; without it, `../shared/data` beside the repository is used.
"""

import gzip
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

Item = TypeVar("Item")
DATA = Path(os.environ.get("SYNTHLOOP_DATA", Path(__file__).parents[2] / "shared" / "data"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A real text and what it was labelled with."""

    text: str
    label: str = ""


def read_jsonl(path: str) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file below the data folder, gzipped or not; ends the program where the file is missing."""
    file = DATA / path
    if not file.exists():
        sys.exit(f"{file} is missing. Fix: set SYNTHLOOP_DATA to the folder of the data sets.")
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [msgspec.json.decode(line) for line in content.splitlines() if line.strip()]


def read_rows(path: str, *, text: str = "text", label: str = "") -> list[Row]:
    """Return the rows of a file that have a text, in order; equal texts are kept once, with their first label."""
    rows = {
        str(entry[text]).strip(): Row(text=str(entry[text]).strip(), label=str(entry[label]) if label else "")
        for entry in reversed(read_jsonl(path))
    }
    return [row for row in reversed(rows.values()) if row.text]


def halve(items: Sequence[Item], *, second: bool = False) -> list[Item]:
    """Return one half of some rows or texts, always the same, by chance; the two halves share none."""
    shuffled = sorted(dict.fromkeys(items), key=lambda item: item.text if isinstance(item, Row) else str(item))
    random.Random(0).shuffle(shuffled)
    middle = len(shuffled) // 2
    return shuffled[middle:] if second else shuffled[:middle]


def router_rows() -> list[Row]:
    """Return the requests to a meeting router; the label is the route."""
    return read_rows("router_real/requests.jsonl", label="route")


def clinc_rows(part: str) -> list[Row]:
    """Return the rows of CLINC150's part `train` or `val`; the label of out-of-scope rows is `oos`."""
    return read_rows(f"clinc150/{part}.jsonl", label="intent")


def banking_rows() -> list[Row]:
    """Return the rows of BANKING77's train part."""
    return read_rows("banking77/train.jsonl", label="intent")


def hwu_rows() -> list[Row]:
    """Return the rows of HWU64's train part, in the normalised writing that benchmarks use."""
    return read_rows("hwu64/train.jsonl.gz", label="intent")


def typed_hwu_texts() -> list[str]:
    """Return the same as the crowd workers typed it."""
    return [row.text for row in read_rows("hwu64/train.jsonl.gz", text="text_user")]


def sms_texts() -> list[str]:
    """Return text messages that people wrote to people."""
    return [str(row["text"]) for row in read_jsonl("sms/messages_part1.jsonl") if row["label"] == "ham"]


def irc_texts() -> list[str]:
    """Return lines from support channels, without pastes and one-word lines."""
    entries = [row for name in ("ubuntu_dev", "rust", "mediawiki") for row in read_jsonl(f"irc_support/{name}.jsonl")]
    texts = [str(entry["text"]).strip() for entry in entries]
    return [text for text in texts if 2 <= len(text.split()) <= 40 and "<url>" not in text]


__all__ = [
    "DATA",
    "Row",
    "banking_rows",
    "clinc_rows",
    "halve",
    "hwu_rows",
    "irc_texts",
    "read_jsonl",
    "read_rows",
    "router_rows",
    "sms_texts",
    "typed_hwu_texts",
]
