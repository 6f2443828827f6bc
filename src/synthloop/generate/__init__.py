"""From behaviors to samples: templates, recombination, noise and neighbors, all without a model."""
