"""The checks of a page, one kind a file; what begins with an underscore or is no Python belongs to one of them."""
