"""How what somebody gave is erased, everywhere, through one door."""
