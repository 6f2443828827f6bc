"""The pytest plugin: a behavior is a test."""
