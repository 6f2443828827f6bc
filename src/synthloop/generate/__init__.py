"""From behaviors to samples: templates, recombination, noise and neighbors, all without a model.

`candidates.generate_candidates` is the way in: an endless, seeded stream of candidates for one behavior.
"""
