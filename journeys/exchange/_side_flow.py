"""A Selenium IDE test played out on paper: its loops unrolled, its variables filled in, its other tests put in place.

Nothing is executed. What depends on a script or on what a page shows cannot be known here, and is
refused with its line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from journeys.brought import Account, Entry
from journeys.exchange._side_commands import COMMANDS, FLOW, STORES, reason
from studies.words import _

VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
LITERAL: Final = r"""\s*(?:"([^"]*)"|'([^']*)'|(-?\d+(?:\.\d+)?)|(true|false|null))\s*"""
COMPARED: Final = re.compile(rf"{LITERAL}(===?|!==?|<=|>=|<|>){LITERAL}")
ALONE: Final = re.compile(LITERAL)
RETURNED: Final = re.compile(r"\s*return\s+(.+?);?\s*", re.DOTALL)
MOST: Final = 2_000  # commands after unrolling
MOST_TIMES: Final = 200
ENDS: Final = {"if": "end", "while": "end", "times": "end", "forEach": "end", "do": "repeatIf"}


@dataclass(frozen=True, slots=True)
class Command:
    """One command as it would be carried out, its variables filled in as far as they are known."""

    entry: Entry
    name: str
    target: str
    value: str
    targets: tuple[str, ...]
    comment: str
    unknown: tuple[str, ...] = ()  # variables that only a page or a script could fill


@dataclass(slots=True)
class Block:
    """A loop or a condition with its branches: each its opening command and what is inside."""

    kind: str
    branches: list[tuple[Any, list[Any]]]
    end: Any = None


@dataclass(slots=True)
class Flow:
    """The playing out of one project's tests."""

    account: Account
    tests: Mapping[str, Any]  # by name
    called: set[str] = field(default_factory=set)
    known: dict[str, Any] = field(default_factory=dict)
    done: int = 0

    def play(self, test: Any) -> Iterator[Command]:
        """The commands of a test, in the order in which they would be carried out."""
        yield from self._test(test, ())

    def _test(self, test: Any, above: tuple[str, ...]) -> Iterator[Command]:
        commands = test.get("commands")
        tree = self._tree(commands if isinstance(commands, list) else [])
        yield from self._nodes(tree, (*above, str(test.get("name"))))

    # -- taking apart

    def _tree(self, commands: Sequence[Any]) -> list[Any]:
        """Commands as a tree of blocks; what is never closed, or closed without being open, is a breach."""
        root: list[Any] = []
        stack: list[tuple[Block | None, list[Any]]] = [(None, root)]
        for command in commands:
            name = _name(command)
            block, here = stack[-1]
            if name is None or _off(command) or name not in FLOW:
                if isinstance(command, dict):
                    here.append(command)
            elif name in ENDS:
                opened = Block(name, [(command, [])])
                here.append(opened)
                stack.append((opened, opened.branches[-1][1]))
            elif name in ("elseIf", "else") and block and block.kind == "if":
                block.branches.append((command, []))
                stack[-1] = (block, block.branches[-1][1])
            elif block and ENDS[block.kind] == name:
                block.end = command
                stack.pop()
            else:
                said = _("“{command}” ends what was not begun.").format(command=name)
                self.account.breach(command, said, "command")
                self.account.refuse(self.entry(command), said)
        for block, _here in stack[1:]:
            if block is not None:
                said = _("“{command}” is never ended.").format(command=block.kind)
                self.account.breach(block.branches[0][0], said, "command")
        return root

    def entry(self, command: Any) -> Entry:
        """The account's entry of a command."""
        return self.account.entries[getattr(command, "at", id(command))]

    # -- playing out

    def _nodes(self, nodes: Sequence[Any], above: tuple[str, ...]) -> Iterator[Command]:
        for node in nodes:
            if self.done > MOST:
                self._refuse([node], _("the loops before it come to too many steps to be written out."))
            elif isinstance(node, Block):
                yield from self._block(node, above)
            else:
                self.done += 1
                yield from self._command(node, above)

    def _command(self, command: Any, above: tuple[str, ...]) -> Iterator[Command]:
        entry, name = self.entry(command), _name(command) or ""
        if _off(command):
            self.account.refuse(entry, _("switched off in the project."))
            return
        target, not_there = self.filled(_text(command, "target"))
        value, nor_there = self.filled(_text(command, "value"))
        comment = _text(command, "comment")
        said = Command(entry, name, target, value, _locators(command), comment, (*not_there, *nor_there))
        if name in STORES:
            self._store(said, _text(command, "target"))
        elif name == "run":
            yield from self._run(said, above)
        else:
            yield said

    def _run(self, said: Command, above: tuple[str, ...]) -> Iterator[Command]:
        test = self.tests.get(said.target)
        if said.unknown or test is None:
            self.account.refuse(said.entry, _("there is no test “{name}” in the file.").format(name=said.target))
        elif said.target in above:
            self.account.refuse(said.entry, _("“{name}” would run itself without end.").format(name=said.target))
        else:
            self.called.add(said.target)
            self.account.fold(said.entry, _("the steps of “{name}” stand in its place.").format(name=said.target))
            yield from self._test(test, above)

    def _store(self, said: Command, script: str) -> None:
        """What a variable holds from here on, where that can be known."""
        name = said.target if said.name in ("storeTitle", "storeWindowHandle") and not said.value else said.value
        self.known.pop(name, None)
        if said.name == "store" and not said.unknown:
            self.known[name] = said.target
        elif said.name == "storeJson" and not said.unknown:
            try:
                self.known[name] = json.loads(said.target)
            except (ValueError, RecursionError):
                self.account.refuse(said.entry, _("what it keeps is no JSON."))
                return
        elif (found := RETURNED.fullmatch(script)) and (value := _constant(found[1])) is not None:
            self.known[name] = value
        else:
            self.account.refuse(said.entry, reason(said.name))
            return
        self.account.fold(said.entry, _("the variable is filled in where it is used."))

    def _block(self, block: Block, above: tuple[str, ...]) -> Iterator[Command]:
        opening, body = block.branches[0]
        entry = self.entry(opening)
        if block.kind == "if":
            yield from self._if(block, above)
            return
        again = self._rounds(block)
        if again is None:
            line = entry.line
            said = {
                "while": _("how often it goes round depends on the page: line {line}."),
                "do": _("whether it goes round again depends on the page: line {line}."),
                "times": _("how often it goes round cannot be known, or is too often to be written out: line {line}."),
                "forEach": _("what it goes through is not written in the file: line {line}."),
            }[block.kind]
            self._refuse([block], said.format(line=line))
            return
        why = _("the loop is written out.") if again else _("the loop never goes round.")
        self._fold_frame(block, why)
        if not again:
            self._refuse(body, _("never reached: the loop on line {line} never goes round.").format(line=entry.line))
        for one in again:
            one()
            yield from self._nodes(body, above)

    def _rounds(self, block: Block) -> list[Callable[[], None]] | None:
        """What is to be set before each round; None where that cannot be known."""
        opening = block.branches[0][0]
        target = self.filled(_text(opening, "target"))[0]
        if block.kind == "times":
            times = target.strip()
            return [_nothing] * int(times) if re.fullmatch(r"\d{1,4}", times) and int(times) <= MOST_TIMES else None
        if block.kind == "forEach":
            name = VARIABLE.fullmatch(target.strip())
            items = self.known.get(name[1] if name else target.strip())
            if isinstance(items, str) and items.strip().startswith("["):
                items = _constant(items)
            into = _text(opening, "value")
            if not isinstance(items, list) or len(items) > MOST_TIMES:
                return None
            return [lambda one=one: self.known.__setitem__(into, one) for one in items]  # type: ignore[misc]
        if block.kind == "do":
            ends = self.decided(_text(block.end, "target")) if block.end is not None else None
            return [_nothing] if ends is False else None
        return [] if self.decided(_text(opening, "target")) is False else None

    def _if(self, block: Block, above: tuple[str, ...]) -> Iterator[Command]:
        """The branch that is taken, where that can be known from what is written in the file."""
        line = self.entry(block.branches[0][0]).line
        taken = False
        for opening, body in block.branches:
            holds = True if _name(opening) == "else" else self.decided(_text(opening, "target"))
            if holds is None and not taken:
                self._refuse([block], _("whether it is done depends on the page: line {line}.").format(line=line))
                return
            if taken or not holds:
                self._refuse(body, _("never reached: its condition on line {line} does not hold.").format(line=line))
                continue
            taken = True
            self._fold_frame(block, _("the condition is decided by what stands in the file."))
            yield from self._nodes(body, above)
        if not taken:
            self._fold_frame(block, _("the condition is decided by what stands in the file."))

    def _fold_frame(self, block: Block, why: str) -> None:
        for command in [*(opening for opening, _body in block.branches), *([block.end] if block.end else [])]:
            self.account.fold(self.entry(command), why)

    def _refuse(self, nodes: Sequence[Any], why: str) -> None:
        for node in nodes:
            if isinstance(node, Block):
                for opening, body in node.branches:
                    self._refuse([opening, *body], why)
                self._refuse([node.end] if node.end else [], why)
            elif self.entry(node).state == "unmapped":
                self.account.refuse(self.entry(node), _("switched off in the project.") if _off(node) else why)

    # -- variables

    def filled(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A text with the variables that are known filled in, and the names of the others."""
        unknown: list[str] = []

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            if name in self.known:
                value = self.known[name]
                return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            if not name.startswith("KEY_"):
                unknown.append(name)
            return found[0]

        return VARIABLE.sub(fill, text), tuple(unknown)

    def decided(self, condition: str) -> bool | None:
        """Whether a condition holds, where it only compares what stands in the file; None where it does not."""
        text, unknown = self.filled(condition)
        if unknown:
            return None
        if found := COMPARED.fullmatch(text):
            left, right = _literal(found.groups()[:4]), _literal(found.groups()[5:])
            return _compared(left, found[5], right)
        if found := ALONE.fullmatch(text):
            return bool(_literal(found.groups()))
        return None


def _nothing() -> None:
    return


def _compared(left: Any, sign: str, right: Any) -> bool | None:
    if sign in ("==", "!=") and type(left) is not type(right):
        left, right = str(left).casefold(), str(right).casefold()
    if sign in ("==", "==="):
        return bool(left == right and (sign == "==" or type(left) is type(right)))
    if sign in ("!=", "!=="):
        return not (left == right and (sign == "!=" or type(left) is type(right)))
    try:
        a, b = float(left), float(right)
    except (TypeError, ValueError):
        return None
    return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[sign]


def _literal(groups: Sequence[str | None]) -> Any:
    double, single, number, word = groups
    if number is not None:
        return float(number)
    if word is not None:
        return {"true": True, "false": False}.get(word)
    return double if double is not None else single


def _constant(script: str) -> Any:
    """The value of a literal; None where it is more than that."""
    script = script.strip()
    if re.fullmatch(r"'[^'\\]*'", script):
        return script[1:-1]
    try:
        return json.loads(script)
    except (ValueError, RecursionError):
        return None


def _name(command: Any) -> str | None:
    name = command.get("command") if isinstance(command, dict) else None
    return name.strip() if isinstance(name, str) else None


def _off(command: Any) -> bool:
    return (_name(command) or "").startswith("//") or (isinstance(command, dict) and command.get("skip") is True)


def _text(command: Any, key: str) -> str:
    found = command.get(key)
    return found if isinstance(found, str) else "" if found is None else str(found)


def _locators(command: Any) -> tuple[str, ...]:
    found: list[str] = []
    for key in ("targets", "targetFallback", "fallbackTargets"):
        listed = command.get(key)
        for one in listed if isinstance(listed, list) else []:
            first = one[0] if isinstance(one, list) and one else one
            if isinstance(first, str) and first:
                found.append(first)
    return tuple(found)


def is_command(name: str) -> bool:
    """Whether Selenium IDE's own model has such a command."""
    return name in COMMANDS
