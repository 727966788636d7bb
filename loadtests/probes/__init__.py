"""One real browser beside the load, which hears what a citizen would."""
