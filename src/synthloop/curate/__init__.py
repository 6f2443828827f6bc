"""From samples to verdicts: what is kept, what is dropped and why, and how the kept is split."""
