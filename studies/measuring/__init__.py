"""What metrics read: whole cases in sorted columns, with their waits, silences and holdings."""
