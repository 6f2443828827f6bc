"""Real servers for tests, on loopback: llama.cpp's, and one that goes wrong on demand."""
