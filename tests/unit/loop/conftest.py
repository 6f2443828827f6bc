"""Lets every test here build toy loops."""

from tests.unit.loop.toy_loop import make_setup

__all__ = ["make_setup"]
