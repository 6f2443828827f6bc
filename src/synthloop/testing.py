"""Public fakes: what tests of plugins and apps use instead of the outside world."""
