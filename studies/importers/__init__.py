"""What other tools have recorded, one file a format; a new one is found because it lies here."""
