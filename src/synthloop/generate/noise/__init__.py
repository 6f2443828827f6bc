"""Noisers: how people really type and talk, one file a family."""
