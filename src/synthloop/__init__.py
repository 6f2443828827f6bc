"""synthloop: the synthetic data loop for people who build on language models."""

__version__ = "0.1.0"
