"""A journey as a service blueprint: lanes, what was measured, what was redesigned."""
