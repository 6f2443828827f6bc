"""Who is speaking."""

from synthloop.core.record import Record


class Persona(Record):
    """Who is speaking."""

    id: str
    traits: dict[str, str] = {}
    """Trait -> value, e.g. `patience: low`; copied into samples' attributes."""
    backstory: str = ""
    """Who they are and what happened, in a few sentences; empty: all that is known are the traits."""


__all__ = ["Persona"]
