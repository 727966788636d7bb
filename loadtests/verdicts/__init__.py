"""Did the load pass: what was demanded, what was found, how sure that is, and how a build hears of it."""
