"""Plan a study, run it with robots, keep its protocol, hand out its evidence, take a participant out of it."""
