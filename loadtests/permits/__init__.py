"""Who may put which service under load, how much, and what ends it."""
