"""The load made by several machines, or several processes of this one."""
