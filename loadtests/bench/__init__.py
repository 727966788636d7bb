"""What a load costs the machine that makes it, beside what others make of the same journey."""
