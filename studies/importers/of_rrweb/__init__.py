"""What `studies/importers/rrweb.py` is made of: the stream of events, the page as it stood, what was seen and done."""
