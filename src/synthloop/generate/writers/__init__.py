"""Writers: ways to have a model write samples, one file a family.

A writer turns a brief into one question and the answer into samples. It judges nothing: what is bad is left to curation.
"""

from synthloop.core.ports import Writer
from synthloop.core.registry import Registry

WRITERS: Registry[Writer] = Registry(
    "writers",
    {
        "adversarial": "synthloop.generate.writers.boundaries:Adversarial",
        "borderline": "synthloop.generate.writers.boundaries:Borderline",
        "contrast": "synthloop.generate.writers.contrasts:Contrast",
        "entity_swap": "synthloop.generate.writers.swaps:EntitySwap",
        "evolve": "synthloop.generate.writers.variants:Evolve",
        "instruction_pair": "synthloop.generate.writers.pairs:InstructionPair",
        "multi_hop": "synthloop.generate.writers.multi_hop:MultiHop",
        "negation": "synthloop.generate.writers.contrasts:Negation",
        "out_of_scope": "synthloop.generate.writers.boundaries:OutOfScope",
        "paraphrase": "synthloop.generate.writers.variants:Paraphrase",
        "preference_pair": "synthloop.generate.writers.pairs:PreferencePair",
        "voice": "synthloop.generate.writers.voice:Voice",
    },
)
"""Every writer by name."""

__all__ = ["WRITERS"]
