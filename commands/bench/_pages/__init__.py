"""How fast the workbench's pages are painted on a nation's store: the store, the workbench, and who presses."""
