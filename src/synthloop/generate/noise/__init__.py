"""Noisers: how people really type and talk, one file a family.

A noiser changes how a sample is said, not what it asks. All are seeded, keep protected spans, and return the edits they made.
"""

from synthloop.core.ports import Noiser
from synthloop.core.registry import Registry

NOISERS: Registry[Noiser] = Registry(
    "noisers",
    {
        "keyboard": "synthloop.generate.noise.keyboard:KeyboardSlips",
        "typos": "synthloop.generate.noise.spelling:Typos",
    },
)
"""Every noiser by name."""

__all__ = ["NOISERS"]
