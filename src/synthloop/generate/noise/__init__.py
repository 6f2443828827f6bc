"""Noisers: how people really type and talk, one file a family.

A noiser changes how a sample is said, not what it asks. All are seeded, keep protected spans, and return the edits they made.
"""

from synthloop.core.ports import Noiser
from synthloop.core.registry import Registry

NOISERS: Registry[Noiser] = Registry(
    "noisers",
    {
        "abbreviations": "synthloop.generate.noise.abbreviations:Abbreviations",
        "casing": "synthloop.generate.noise.casing:Casing",
        "contractions": "synthloop.generate.noise.contractions:Contractions",
        "emoji": "synthloop.generate.noise.lookalikes:Emoji",
        "fillers": "synthloop.generate.noise.fillers:Fillers",
        "fragments": "synthloop.generate.noise.fragments:Fragments",
        "keyboard": "synthloop.generate.noise.keyboard:KeyboardSlips",
        "lexicon": "synthloop.generate.noise.lexicon:Lexicon",
        "lookalikes": "synthloop.generate.noise.lookalikes:Lookalikes",
        "profile": "synthloop.generate.noise.profile:ProfileNoiser",
        "punctuation": "synthloop.generate.noise.punctuation:Punctuation",
        "speech": "synthloop.generate.noise.speech:Speech",
        "typos": "synthloop.generate.noise.spelling:Typos",
    },
)
"""Every noiser by name."""

__all__ = ["NOISERS"]
