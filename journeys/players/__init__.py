"""Who walks a journey: the browser (what a citizen sees), the wire (HTTP, for load), the rehearsal (in memory)."""
