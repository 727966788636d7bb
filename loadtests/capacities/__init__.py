"""How many citizens a service serves: what each level came to, and the law fitted to it."""
