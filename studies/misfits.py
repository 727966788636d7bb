"""What a file says that its model does not take, in plain words of the language in force.

pydantic finds it and says it in English; here its complaints are told as the rest of the lab speaks. What a model's own
check says is taken as it is: it is told in the language in force by whoever wrote the check.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from studies.words import _, in_a_row


def first_misfit(wrong: ValidationError) -> tuple[tuple[int | str, ...], str]:
    """The first complaint: the place in the file, key by key, and what is wrong there, without a full stop."""
    first = wrong.errors()[0]
    return tuple(first["loc"]), told(first)


def dotted(place: Sequence[int | str]) -> str:
    """A place as people write it: `tasks.0`."""
    return ".".join(str(part) for part in place)


def told(complaint: Any) -> str:
    """One complaint of pydantic (type, input, ctx, msg), without a full stop."""
    given, more = complaint["input"], complaint.get("ctx", {})
    match complaint["type"]:
        case "missing":
            return _("it is missing")
        case "extra_forbidden":
            return _("it is not known here")
        case "value_error":
            return str(more["error"]).rstrip(".")
        case "literal_error" | "enum":
            known = re.findall(r"'([^']+)'", more["expected"])
            return _("“{given}” is none of these: {known}").format(given=given, known=in_a_row(known))
        case "string_type" | "string_too_short":
            return _("a text is needed")
        case "string_pattern_mismatch":
            return _("“{given}” is not written as it must be ({pattern})").format(given=given, pattern=more["pattern"])
        case "list_type" | "tuple_type":
            return _("a list is needed")
        case "dict_type" | "model_type" | "model_attributes_type":
            return _("keys with values are needed")
        case "int_type" | "int_parsing" | "int_from_float":
            return _("a whole number is needed, not “{given}”").format(given=given)
        case "float_type" | "float_parsing" | "finite_number":
            return _("a number is needed, not “{given}”").format(given=given)
        case "bool_type" | "bool_parsing":
            return _("true or false is needed, not “{given}”").format(given=given)
        case "date_type" | "date_parsing" | "date_from_datetime_parsing":
            return _("a date is needed, such as 2026-07-01, not “{given}”").format(given=given)
        case "greater_than":
            return _("{given} is too little: more than {limit} is needed").format(given=given, limit=_plain(more["gt"]))
        case "greater_than_equal":
            return _("{given} is too little: at least {limit} is needed").format(given=given, limit=_plain(more["ge"]))
        case "less_than":
            return _("{given} is too much: less than {limit} is needed").format(given=given, limit=_plain(more["lt"]))
        case "less_than_equal":
            return _("{given} is too much: at most {limit} is possible").format(given=given, limit=_plain(more["le"]))
        case "too_short":
            return _("too few are there: at least {limit} are needed").format(limit=more["min_length"])
        case "too_long" | "string_too_long":
            return _("it is too long: at most {limit} are possible").format(limit=more["max_length"])
    return str(complaint["msg"]).rstrip(".")


def _plain(limit: Any) -> Any:
    """A limit as it was written: 0, not 0.0."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit
