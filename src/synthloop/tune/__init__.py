"""From kept samples to training examples."""
