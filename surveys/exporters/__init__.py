"""The formats that answers go out in, one file each, found by listing the folder: `TITLE`, `SUFFIX` and `write`."""
