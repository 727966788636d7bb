"""A journey made ready for the wire once, so that walking it a thousand times a second costs next to nothing."""
