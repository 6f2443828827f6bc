"""The outside world behind the ports of `synthloop.core.ports`."""
