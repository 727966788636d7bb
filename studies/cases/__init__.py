"""Case files: what an agency's own systems have written down of a need, event by event, turned into sentences."""
