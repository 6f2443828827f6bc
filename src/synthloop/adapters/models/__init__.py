"""Language models behind their ports: OpenAI-compatible endpoints, Anthropic's, and weights on disk."""
