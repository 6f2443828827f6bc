"""From failed transcripts to failure modes: grouped, confirmed on neighbors, promoted."""
