"""Judges: scorers that ask a model, and carry their agreement with people."""
