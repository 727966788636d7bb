"""From what a recorder tells to sentences: messages, deliveries, waits, sittings."""
