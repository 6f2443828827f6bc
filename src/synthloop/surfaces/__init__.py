"""Where people meet the loop: command line, report, CI, pytest."""
