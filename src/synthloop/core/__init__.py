"""Records, ports and errors: what every other part of synthloop speaks."""
