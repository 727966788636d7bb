"""What a recording may keep of what somebody typed: nothing that is theirs.

A typed value becomes a hole, {{citizen.<datum>}}, which a persona fills; a secret becomes {{env.NAME}}, which the
environment fills. Only what is clearly nobody's own stays: the words of a search, a choice that the service offers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from journeys.holes import HOLE
from studies.topics import datum_of, dictionary, slug

SECRET: Final = re.compile(
    r"pass(?:word|wd|phrase|code)|\bpass\b|\bpwd|\bpin(?:code)?\b|\bcvv2?\b|\bcvc2?\b|secret|token|api[ _-]?key"
    r"|\botp\b|one[ _-]?time|csrf|xsrf|session|\bsid\b|\bauth|jwt|signature|\bcode[ _-]?verifier"
    r"|كلمة (?:السر|المرور)|رمز التحقق",
    re.IGNORECASE,
)
SEARCH: Final = re.compile(r"^(?:q|s|query|keywords?|terms?)$|\bsearch|search\b|بحث", re.IGNORECASE)
PERSONAL: Final = re.compile(r"[\d٠-٩۰-۹]{4,}|@|\+\d")
TOKEN: Final = re.compile(
    r"(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9]{8,}|(?=.*\d)(?=.*[A-Za-z])(?:[\w.~+/=%]{12,}|[\w.~+/=%-]{20,})|[0-9a-f]{16,}"
)
OWN_IN_PATH: Final = re.compile(
    r"\d{6,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\D*\d)[0-9a-f]{16,}"
    r"|.*@.*|.*[\w-]{20,}\.[\w-]{20,}.*",
    re.IGNORECASE,
)


def _spaced(name: str) -> str:
    return re.sub(r"[_\-.\[\]]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", name)).strip()


@dataclass(slots=True)
class Typed:
    """What was typed in one recording: the holes that stand for it, and what must never be said again."""

    needs: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)  # value -> the hole that stands for it; in memory only

    def value(self, typed: str, label: str = "", name: str = "", choice: bool = False) -> str:
        """What a journey gives where something was typed into a field."""
        if HOLE.fullmatch(typed.strip()) and re.match(r"\{\{\s*citizen\.\w+\s*\}\}", typed.strip()):
            return self._known_hole(typed.strip())
        if self.is_secret(label, name):
            return self.secret(typed, label or name)
        search = SEARCH.search(_spaced(name)) or SEARCH.search(label)
        if search and not PERSONAL.search(typed) and "${" not in typed and "{{" not in typed:
            return typed
        datum = datum_of(label=label or None, name=name or None) or "answer"
        if choice and datum not in dictionary() and not PERSONAL.search(typed) and "{{" not in typed:
            return typed
        return self.hole(typed, datum)

    def is_secret(self, label: str, name: str) -> bool:
        """Whether a field asks for what must not even be in a persona."""
        datum = datum_of(label=label or None, name=name or None)
        return datum in ("password", "otp") or bool(SECRET.search(label) or SECRET.search(_spaced(name)))

    def hole(self, typed: str, datum: str) -> str:
        """A hole that a persona fills."""
        datum = re.sub(r"\W+", "_", datum).strip("_") or "answer"
        if datum not in self.needs:
            self.needs.append(datum)
        return self._kept_out(typed, f"{{{{citizen.{datum}}}}}")

    def secret(self, typed: str, name: str) -> str:
        """A hole that the environment fills."""
        plain = re.sub(r"[^A-Za-z0-9]+", "_", _spaced(name)).strip("_").upper() or "SECRET"
        plain = plain if plain[0].isalpha() else f"SECRET_{plain}"
        if plain not in self.secrets:
            self.secrets.append(plain)
        return self._kept_out(typed, f"{{{{env.{plain}}}}}")

    def _known_hole(self, hole: str) -> str:
        who, _dot, key = HOLE.findall(hole)[0].partition(".")
        kept, wish = (self.needs, key.partition(".")[0]) if who == "citizen" else (self.secrets, key)
        if wish not in kept:
            kept.append(wish)
        return hole

    def _kept_out(self, typed: str, hole: str) -> str:
        if len(typed.strip()) > 2:
            self.values.setdefault(typed.strip(), hole)
        return hole

    # -- what else of it is told somewhere

    def tells(self, target: Any) -> bool:
        """Whether a target tells what was typed: its words, a label, or anything in its selectors."""
        if isinstance(target, dict):
            return any(self.tells(said) for said in target.values())
        if isinstance(target, list):
            return any(self.tells(said) for said in target)
        if not isinstance(target, str):
            return False
        return any(value == target or (len(value) > 5 and value in target) for value in self.values)

    def without(self, text: str, instead: str | None = None) -> str:
        """A text without what was typed: the hole in its place, or `instead`."""
        for value in sorted(self.values, key=len, reverse=True):
            if value in text:
                said = instead if instead is not None else self.values[value]
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", lambda _found, said=said: said, text)  # type: ignore[misc]
        return text

    def address(self, url: str) -> str:
        """An address without secrets or anybody's data: of its query and path only what the service itself says."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return url.partition("?")[0]
        path = "/".join(self._segment(part) for part in parts.path.split("/"))
        query = "&".join(
            f"{quote(key, safe='[]')}={self._parameter(key, value)}"
            for key, value in parse_qsl(parts.query, keep_blank_values=True)
        )
        host = parts.netloc.rpartition("@")[2]
        fragment = f"#{parts.fragment}" if re.match(r"!?/[\w/-]*$", parts.fragment) else ""
        return (f"{parts.scheme}://{host}" if host else "") + path + (f"?{query}" if query else "") + fragment

    def _segment(self, part: str) -> str:
        said = unquote(part)
        if HOLE.search(said):
            return said
        return self.hole(said, "reference") if OWN_IN_PATH.fullmatch(said) else part

    def _parameter(self, key: str, value: str) -> str:
        if not value or HOLE.search(value):
            return value
        if self.is_secret("", key) or TOKEN.fullmatch(value):
            return self.secret(value, key)
        if value in self.values:
            return self.values[value]
        datum = datum_of(name=key)
        if datum in dictionary() or (PERSONAL.search(value) and not SEARCH.search(key)):
            return self.hole(value, slug(datum or key))
        return quote(value, safe=",:/${}")


def names_of(pairs: Iterable[tuple[str, str]]) -> str:
    """The names of fields, without their values, for a message."""
    return ", ".join(dict.fromkeys(name for name, _value in pairs))
