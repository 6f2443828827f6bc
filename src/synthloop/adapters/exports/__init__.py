"""Files that other tools read: JSON Lines, Parquet, CSV, and chats and preferences for fine-tuning."""

from synthloop.core.ports import Export
from synthloop.core.registry import Registry

EXPORTS: Registry[Export] = Registry(
    "exports",
    {
        "chat": "synthloop.adapters.exports.chat:Chat",
        "csv": "synthloop.adapters.exports.csv:Csv",
        "jsonl": "synthloop.adapters.exports.jsonl:Jsonl",
        "parquet": "synthloop.adapters.exports.parquet:Parquet",
        "preferences": "synthloop.adapters.exports.preferences:Preferences",
    },
)
"""Formats of exported samples and training examples."""

__all__ = ["EXPORTS"]
