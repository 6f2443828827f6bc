"""The project that a user writes: files in, components out, every problem at once."""
