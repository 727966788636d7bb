"""Where in a JSON file each thing stands, so that whatever is said about it can name its line.

A file that breaks off, or has a comma too many, is read as far as it goes; what is wrong with it is listed beside it.
"""

from __future__ import annotations

import gzip
import re
import zlib
from bisect import bisect_left
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard library's own reader of strings
from pathlib import Path
from typing import Any, Final

from studies.troubles import WrongInput
from studies.words import _

SPACE: Final = re.compile(r"[ \t\n\r]*")
NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,400})(?:\.\d+)?(?:[eE][-+]?\d{1,4})?")
WORDS: Final = {"true": True, "false": False, "null": None}
DEEPEST: Final = 200
LARGEST: Final = 512 * 1024 * 1024  # bytes, unpacked


class PlacedDict(dict[str, Any]):
    """An object, and where it and each of its values begin in the text."""

    __slots__ = ("at", "places")

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at
        self.places: dict[str, int] = {}


class PlacedList(list[Any]):
    """An array, and where it and each of its items begin in the text."""

    __slots__ = ("at", "places")

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at
        self.places: list[int] = []


@dataclass(slots=True)
class Document:
    """What a JSON file says, the lines of its parts, and what is wrong with it as JSON."""

    name: str
    content: Any
    text: str = ""
    wrong: list[tuple[int, str]] = field(default_factory=list)  # line, what
    ends: list[int] = field(default_factory=list)

    def line(self, part: Any, key: Any = None) -> int:
        """The line on which a part (or what it holds under a key) begins; 1 for what has no place of its own."""
        at = getattr(part, "at", 0)
        if key is not None and hasattr(part, "places"):
            try:
                at = part.places[key]
            except (KeyError, IndexError):
                pass
        return self.line_at(at)

    def line_at(self, at: int) -> int:
        """The line of a place in the text."""
        return bisect_left(self.ends, at) + 1


class _Broken(Exception):
    def __init__(self, at: int, what: str) -> None:
        super().__init__(what)
        self.at = at
        self.what = what


def read_json(path: Path) -> Document:
    """A JSON file, packed with gzip or not. Raises WrongInput where nothing can be read at all."""
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        raise WrongInput(_("There is no file {path}.").format(path=path)) from None
    except OSError as error:
        raise WrongInput(_("{path} cannot be read: {why}.").format(path=path, why=error.strerror)) from None
    return read_bytes(packed, path.name)


def read_bytes(packed: bytes, name: str) -> Document:
    """The same for a file's content and name."""
    wrong: list[tuple[int, str]] = []
    if packed[:2] == b"\x1f\x8b":
        packed, ended = _unpacked(packed, name)
        if not ended:
            wrong.append((1, _("the packed file breaks off; it is read as far as it goes.")))
    if packed[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = packed.decode("utf-16", errors="replace")
        wrong.append((1, _("the file is UTF-16; the format wants UTF-8.")))
    else:
        text = packed.decode("utf-8-sig", errors="replace")
        if "\ufffd" in text and b"\xef\xbf\xbd" not in packed:
            at = text.index("\ufffd")
            wrong.append((text.count("\n", 0, at) + 1, _("a character that is not UTF-8.")))
    return parse_json(text, name, wrong)


def parse_json(text: str, name: str, wrong: list[tuple[int, str]] | None = None) -> Document:
    """The JSON in a text, as far as it goes. Raises WrongInput when it does not even begin as JSON does."""
    document = Document(name, None, text, wrong or [])
    document.ends = [found.start() for found in re.finditer("\n", text)]
    reading = _Reading(text)
    try:
        reading.whole()
    except _Broken as broken:
        line = document.line_at(broken.at)
        if not isinstance(reading.root, PlacedDict | PlacedList) or not reading.root:
            raise WrongInput(
                _("line {line} of {name}: this is not JSON ({what}).").format(line=line, name=name, what=broken.what)
            ) from None
        told = _("the JSON breaks off here ({what}); what stands before is read.").format(what=broken.what)
        document.wrong.append((line, told))
    document.content = reading.root
    document.wrong += [(document.line_at(at), what) for at, what in reading.wrong]
    document.wrong.sort(key=lambda one: one[0])
    return document


def _unpacked(packed: bytes, name: str) -> tuple[bytes, bool]:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        found = unpacking.decompress(packed, LARGEST)
    except zlib.error:
        raise WrongInput(_("{name} is not a gzip file. Pack it again.").format(name=name)) from None
    if unpacking.unconsumed_tail:
        raise WrongInput(_("{name} is too large: more than 512 MB unpacked.").format(name=name))
    if unpacking.eof and unpacking.unused_data:  # several parts, one after another
        try:
            found = gzip.decompress(packed) if len(found) * 2 < LARGEST else found
        except (OSError, EOFError, zlib.error):
            return found, False
    return found, unpacking.eof


class _Reading:
    """One reading of a text. What was read stays attached to the root when it breaks off."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Any = None
        self.wrong: list[tuple[int, str]] = []

    def whole(self) -> None:
        at = self._space(0)
        end = self._value(at, 0, self._as_root)
        if (rest := self._space(end)) < len(self.text):
            self.wrong.append((rest, _("something stands after the end of the JSON.")))

    def _as_root(self, value: Any) -> None:
        self.root = value

    def _space(self, at: int) -> int:
        return SPACE.match(self.text, at).end()  # type: ignore[union-attr]

    def _value(self, at: int, depth: int, keep: Any) -> int:
        if depth > DEEPEST:
            raise _Broken(at, _("nested too deeply"))
        first = self.text[at : at + 1]
        if first == '"':
            value, end = self._string(at)
            keep(value)
            return end
        if first == "{":
            return self._object(at, depth, keep)
        if first == "[":
            return self._array(at, depth, keep)
        if found := NUMBER.match(self.text, at):
            said = found[0]
            keep(float(said) if any(c in said for c in ".eE") else int(said))
            return found.end()
        for word, meant in WORDS.items():
            if self.text.startswith(word, at):
                keep(meant)
                return at + len(word)
        for word in ("NaN", "Infinity", "-Infinity"):
            if self.text.startswith(word, at):
                self.wrong.append((at, _("{word} is no JSON.").format(word=word)))
                keep(None)
                return at + len(word)
        raise _Broken(at, _("a value is missing") if first else _("the file ends"))

    def _string(self, at: int) -> tuple[str, int]:
        try:
            value, end = scanstring(self.text, at + 1, False)
        except ValueError as error:
            raise _Broken(at, _("a text that is never closed, or a wrong \\ in it")) from error
        return value, end

    def _object(self, at: int, depth: int, keep: Any) -> int:
        here = PlacedDict(at)
        keep(here)
        at = self._space(at + 1)
        while self.text[at : at + 1] != "}":
            if self.text[at : at + 1] != '"':
                raise _Broken(at, _("a key in quotes is missing") if at < len(self.text) else _("the file ends"))
            key, end = self._string(at)
            if key in here:
                self.wrong.append((at, _("“{key}” stands twice in one object; the last counts.").format(key=key)))
            at = self._space(end)
            if self.text[at : at + 1] != ":":
                raise _Broken(at, _("a colon is missing") if at < len(self.text) else _("the file ends"))
            at = self._space(at + 1)
            here.places[key] = at
            at = self._next(self._value(at, depth + 1, lambda value, key=key: here.__setitem__(key, value)), "}")
        return at + 1

    def _array(self, at: int, depth: int, keep: Any) -> int:
        here = PlacedList(at)
        keep(here)
        at = self._space(at + 1)
        while self.text[at : at + 1] != "]":
            begun = at

            def add(value: Any, begun: int = begun) -> None:
                here.places.append(begun)
                here.append(value)

            at = self._next(self._value(at, depth + 1, add), "]")
        return at + 1

    def _next(self, at: int, end: str) -> int:
        """Past the comma, or at the end of what is being read."""
        at = self._space(at)
        if self.text[at : at + 1] == end:
            return at
        if self.text[at : at + 1] != ",":
            raise _Broken(at, _("a comma is missing") if at < len(self.text) else _("the file ends"))
        after = self._space(at + 1)
        if self.text[after : after + 1] == end:
            self.wrong.append((at, _("a comma before {end}.").format(end=end)))
        return after
