"""From samples and the app to transcripts."""
