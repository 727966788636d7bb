"""What takes a while is made beside the page (studies/soon.py)."""

from studies.soon import PATIENCE, soon

__all__ = ["PATIENCE", "soon"]
