"""Apps under test: a Python callable, an HTTP endpoint, a command."""
