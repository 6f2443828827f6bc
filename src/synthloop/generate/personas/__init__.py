"""Personas: who speaks, with traits that depend on each other, drawn jointly."""
