"""The conditions that are compared, as people call them."""

from __future__ import annotations

from studies.words import _


def condition_name(condition: str | None) -> str:
    """A condition inside a sentence or a table; another than the usual ones goes by its own name."""
    return {"as_is": _("as it is"), "redesigned": _("redesigned"), None: ""}.get(condition, str(condition))


def variant_name(variant: str | None) -> str:
    """A variant of a journey in a list; None where the journey has no variants."""
    return {"as_is": _("As it is"), "redesigned": _("Redesigned"), None: _("the only one")}.get(variant, str(variant))
