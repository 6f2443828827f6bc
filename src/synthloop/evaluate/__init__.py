"""From transcripts to scores, reports and the gate."""
