"""The only place where stages and engine meet: one function a verb."""
