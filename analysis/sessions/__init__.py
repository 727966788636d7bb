"""One sitting closely: its waits, replay, play script and pictures on a time line."""
