"""Answers what stages ask: concurrency, limits, retries, budgets, progress and the journal."""
