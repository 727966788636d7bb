"""How a load citizen's requests go over the wire: one file a client, each a transport of the wire player."""
