"""Projects of Selenium IDE (.side, versions 1.0 to 3.0), in.

Each test becomes a journey of its own; the tests of a suite that keeps its session become one, in the suite's order;
a test that another one runs stands inside that one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urljoin

from journeys.brought import Account, Script, file_stem, origin_of, plain
from journeys.exchange._side_commands import ELEMENT, reason
from journeys.exchange._side_flow import Command, Flow, is_command
from journeys.json_places import Document
from journeys.locators import (
    Locator,
    describe,
    fragility_of,
    in_order,
    key_of,
    of_selenium,
    same_element,
    says_box,
    says_choice,
    target_of,
    unique,
)
from studies.topics import datum_of, dictionary
from studies.words import _, in_a_row

TITLE: Final = "Selenium IDE"
VERSIONS: Final = ("1.0", "1.1", "2.0", "3.0")
KEYS: Final = re.compile(r"\$\{KEY_(\w+)\}")
FILE: Final = re.compile(r"(?:[A-Za-z]:[\\/]|[\\/]|\.{0,2}/|~)[^\n]*\.\w{2,5}")
SENDS: Final = re.compile(r"type=[\"']?submit|linkText=submit", re.IGNORECASE)
FILLS: Final = {"type", "sendKeys", "select", "addSelection", "editContent", "check", "uncheck"}
QUIET: Final = {"echo", "pause", "mouseOver", "mouseOut", "mouseMoveAt", "mouseDown", "mouseDownAt", "mouseUp",
                "mouseUpAt", "setSpeed", "setWindowSize", "debugger"}  # fmt: skip


def fits(content: Any) -> bool:
    """Whether this is a project: tests with commands."""
    if not isinstance(content, dict) or not isinstance(content.get("tests"), list):
        return False
    return any(isinstance(test, dict) and "commands" in test for test in content["tests"]) or "suites" in content


def read(document: Document) -> Account:
    """The journeys of a project."""
    account, project = Account(document), document.content
    _check(account, project)
    tests = [test for test in project["tests"] if isinstance(test, dict)]
    for test in tests:
        _enter(account, test)
    by_name = {str(test.get("name")): test for test in tests}
    base = project.get("url") if isinstance(project.get("url"), str) else ""
    flow = Flow(account, by_name)
    played: list[tuple[str, Script]] = []
    for group in _groups(project, tests):
        flow.known, flow.done = {}, 0
        name = str(group[0].get("name") or "")
        title = name if len(group) == 1 else str(project.get("name") or name)
        stem = file_stem(document.name)
        script = Script(stem if len(tests) == 1 else f"{stem}_{name}", plain(title), origin_of(base or ""))
        commands = [command for test in group for command in flow.play(test)]
        _Writing(account, script, commands, base or "").all()
        played.append((name, script))
    account.scripts = [script for name, script in played if name not in flow.called] or [s for _n, s in played]
    inside = [name for name in by_name if name in flow.called]
    if inside:
        said = _("Played inside others, no journeys of their own: {names}")
        account.remarks.append(said.format(names=in_a_row(inside)))
    if len(account.scripts) > 1:
        account.remarks.append(_("The file has several tests; each is a journey of its own."))
    for entry in account.entries.values():
        if entry.state == "unmapped" and not entry.why:
            entry.why = _("never reached.")
    return account


def _groups(project: Any, tests: Sequence[Any]) -> list[list[Any]]:
    """The tests that are walked together: each alone, or a suite's whose session is kept."""
    by_id = {test.get("id"): test for test in tests if isinstance(test.get("id"), str)}
    ordered: list[Any] = []
    together: list[list[Any]] = []
    for suite in project.get("suites") or [] if isinstance(project.get("suites"), list) else []:
        named = suite.get("tests") if isinstance(suite, dict) else None
        mine = [
            by_id[id_] for id_ in (named if isinstance(named, list) else []) if isinstance(id_, str) and id_ in by_id
        ]
        mine = [test for test in mine if not any(test is other for other in ordered)]
        ordered += mine
        together += [mine] if len(mine) > 1 and suite.get("persistSession") is True else [[test] for test in mine]
    return together + [[test] for test in tests if not any(test is other for other in ordered)]


def _check(account: Account, project: Any) -> None:
    """What breaks the format's own rules."""
    version = project.get("version")
    if version is None:
        account.breach(project, _("the project has no “version”."))
    elif version not in VERSIONS:
        account.breach(project, _("the format has no version {version}.").format(version=plain(version)), "version")
    for key, wanted in (("id", str), ("name", str), ("url", str), ("suites", list), ("urls", list), ("plugins", list)):
        if not isinstance(project.get(key), wanted):
            account.breach(project, _("the project has no “{key}”.").format(key=key), key)
    ids: set[Any] = set()
    for place, test in enumerate(project["tests"]):
        if not isinstance(test, dict):
            account.breach(project["tests"], _("a test is an object."), place)
            continue
        for key in ("id", "name"):
            if not isinstance(test.get(key), str):
                account.breach(test, _("a test has no “{key}”.").format(key=key), key)
        if not isinstance(test.get("commands"), list):
            account.breach(test, _("a test has no list of “commands”."), "commands")
        if isinstance(test.get("id"), str):
            if test["id"] in ids:
                account.breach(test, _("two tests have one id."), "id")
            ids.add(test["id"])
    suites = project.get("suites")
    for suite in suites if isinstance(suites, list) else []:
        named = suite.get("tests") if isinstance(suite, dict) else None
        if not isinstance(named, list):
            account.breach(suite, _("a suite has no list of “tests”."))
            continue
        for place, id_ in enumerate(named):
            if not isinstance(id_, str) or id_ not in ids:
                account.breach(named, _("a suite names a test that is not in the file."), place)


def _enter(account: Account, test: Any) -> None:
    commands = test.get("commands")
    for place, command in enumerate(commands if isinstance(commands, list) else []):
        if not isinstance(command, dict):
            account.breach(commands, _("a command is an object."), place)
            continue
        name = command.get("command")
        if not isinstance(name, str) or not name.strip():
            account.breach(command, _("a command has no “command”."), "command")
            account.enter(command, _("a command without a name")).why = _("it does not say what to do.")
            continue
        for key in ("target", "value"):
            if not isinstance(command.get(key, ""), str):
                account.breach(command, _("“{key}” is a text.").format(key=key), key)
        target = str(command.get("target") or "") if name in ELEMENT or name in ("run", "selectFrame") else ""
        entry = account.enter(command, plain(f"{name} {target}")[:120])
        if not is_command(name.removeprefix("//").strip()) and not name.startswith("//"):
            account.refuse(entry, reason(name))


@dataclass(slots=True)
class _Writing:
    """The writing down of one test's commands as steps."""

    account: Account
    script: Script
    commands: list[Command]
    base: str
    place: int = 0
    frames: int = 0
    pause: float = 0.0
    field: list[Locator] = field(default_factory=list)  # the one filled in last

    def all(self) -> None:
        """Every command, in order."""
        for place, command in enumerate(self.commands):
            self.place = place
            self.take(command)

    def take(self, command: Command) -> None:
        """One command."""
        locators = self._locators(command) if command.name in ELEMENT else []
        if command.name in ELEMENT and self.frames:
            self._no(command, _("it is inside a frame; the lab looks at the page itself."))
            return
        if command.name in ELEMENT and any("${" in one.text for one in locators[:1]):
            self._no(command, _("where it looks depends on a variable that only the page fills."))
            return
        if command.name in ELEMENT and not locators:
            self._no(command, _("its target is no locator: id=, name=, css=, xpath=, linkText=."))
            return
        match command.name:
            case "open":
                self._open(command)
            case "click" | "clickAt":
                self._click(command, locators)
            case "type" | "editContent":
                self._type(command, locators)
            case "sendKeys":
                self._keys(command, locators)
            case "select" | "addSelection" | "removeSelection":
                self._select(command, locators)
            case "check" | "uncheck":
                self._write(command, "choose", {key_of(locators): command.name == "check"}, locators)
            case "pause":
                self._pause(command)
            case "echo" | "debugger":
                self.account.fold(command.entry, _("a remark for whoever runs the script."))
            case "selectFrame":
                self._frame(command)
            case "selectWindow" if "handle=" in command.target and not re.search(r"root|local|main", command.target):
                self.account.fold(command.entry, _("a citizen goes on in the window that opened."))
            case "selectWindow":
                self._no(command, _("going back to another window; a journey goes on in the one that opened last."))
            case name if re.fullmatch(r"(?:assert|verify)(?:Not)?Text|waitForText", name):
                self._text(command)
            case name if "Element" in name:
                self._element(command, locators)
            case name if name.startswith("mouse") and self._soon(locators, acting=True):
                self.account.fold(command.entry, _("part of the press or choice that follows."))
            case name:
                self._no(command, reason(name))

    def _no(self, command: Command, why: str) -> None:
        self.account.refuse(command.entry, why, self.script)

    def _write(self, command: Command, verb: str, said: Any, locators: Sequence[Locator] = (), **more: Any) -> None:
        step: dict[str, Any] = {verb: said, **more}
        if self.pause:
            step["think"], self.pause = self.pause, 0.0
        first = f"{locators[0].kind} {locators[0].text}" if locators else ""
        self.account.write(
            command.entry, self.script, step, fragility_of(locators) if locators else None, first, command.comment
        )
        if verb in ("press", "submit", "visit"):
            self.field = []

    def _locators(self, command: Command) -> list[Locator]:
        # Of an element found by more than the first locator, the others are the alternatives that the IDE recorded.
        found = [of_selenium(one) for one in (command.target, *command.targets)]
        return unique(one for one in found if one is not None)

    def _next(self) -> Command | None:
        return next((c for c in self.commands[self.place + 1 :] if c.name not in QUIET), None)

    def _soon(self, locators: Sequence[Locator], acting: bool = False) -> bool:
        """Whether what follows looks at (or, `acting`, does something with) the same element."""
        later = self._next()
        if acting and (later is None or later.name.startswith(("assert", "verify", "waitFor"))):
            return False
        return later is not None and later.name in ELEMENT and same_element(locators, self._locators(later))

    # -- the commands

    def _open(self, command: Command) -> None:
        self.frames = 0
        try:
            url = command.target if origin_of(command.target) else urljoin(self.base, command.target)
        except ValueError:
            url = "about:invalid"
        if command.unknown:
            self._no(command, _("where it goes depends on a variable that only the page fills."))
        elif origin_of(url) is None and (url.partition(":")[1] or self.base):
            self._no(command, _("it is no address of a service (http or https)."))
        else:
            clean = self.account.typed.address(url)
            said = self.script.path(clean) if origin_of(clean) else "/" + clean.lstrip("/")
            self._write(command, "visit", said)

    def _click(self, command: Command, locators: list[Locator]) -> None:
        later = self._next()
        if later and later.name in FILLS and same_element(locators, self._locators(later)):
            self.account.fold(command.entry, _("the field is found when it is filled in."))
            return
        if "option" in locators[0].text and self.script.last() and "choose" in (self.script.last() or {}):
            self.account.fold(command.entry, _("the option is chosen already."))
        elif says_box(locators):
            self._write(command, "choose", {key_of(locators): True}, locators)
        else:
            sends = any(SENDS.search(one.text) for one in locators)
            self._write(command, "submit" if sends else "press", target_of(locators), locators)

    def _given(self, value: str, locators: Sequence[Locator], choice: bool = False) -> str:
        label, name = describe(locators)
        return self.account.typed.value(value, label, name, choice)

    def _type(self, command: Command, locators: list[Locator]) -> None:
        label, name = describe(locators)
        if FILE.fullmatch(command.value.strip()) and re.search("file|upload|attach|photo|document", label + name, re.I):
            self.account.typed.hole(command.value, "document")
            self._no(command, _("a document to hand in: put it beside the journey and write upload: {…}."))
            return
        if not command.value:
            self._no(command, _("it leaves the field empty."))
            return
        given = self._given(command.value, locators)
        later = self._next()
        if later and later.name == "type" and same_element(locators, self._locators(later)):
            self.account.fold(command.entry, _("the same field is filled in again."))
            return
        self._write(command, "give", {key_of(locators): given}, locators)
        self.field = locators

    def _keys(self, command: Command, locators: list[Locator]) -> None:
        words = KEYS.sub("", command.value)
        keys = KEYS.findall(command.value)
        again = bool(self.field) and same_element(self.field, locators)
        if words:
            given = self._given(words, locators)
            if again:
                self.account.fold(command.entry, _("the field is being filled in already."))
            else:
                self._write(command, "give", {key_of(locators): given}, locators)
                self.field, again = locators, True
        others = [key for key in keys if key not in ("ENTER", "RETURN", "TAB")]
        if others:
            self._no(command, _("a journey has no keys; say what a citizen would press or choose."))
        elif "ENTER" in keys or "RETURN" in keys:
            if again:
                self._write(command, "submit", True)
            else:
                self._no(command, _("Enter in a field that was not filled in; say what is pressed."))
        elif not words:
            self.account.fold(command.entry, _("each field is found by itself; nothing needs to move there."))

    def _select(self, command: Command, locators: list[Locator]) -> None:
        key = key_of(locators)
        how, equals, wanted = command.value.partition("=")
        if not equals or how not in ("label", "value", "id", "index"):
            how, wanted = "label", command.value
        wanted = re.sub(r"^(?:exact|glob):", "", wanted).strip()
        if how in ("id", "index") or "${" in wanted or wanted.startswith("regexp:") or not wanted or key is None:
            self._no(command, _("an option by its number, id or pattern; say its words: choose: {…: words}."))
            return
        last = self.script.last() or {}
        before = last.get("choose", {}).get(key) if command.name != "select" else None
        chosen = self._given(wanted, locators, choice=True) if _own(locators) else wanted
        if command.name == "removeSelection":
            if isinstance(before, list) and chosen in before and len(before) > 1:
                before.remove(chosen)
                self.account.fold(command.entry, _("it is taken out of what was chosen."))
            else:
                self._no(command, _("a journey chooses; it does not take back what it did not choose."))
        elif isinstance(before, list):
            before.append(chosen)
            self.account.fold(command.entry, _("it is added to what was chosen."))
        else:
            self._write(command, "choose", {key: [chosen] if command.name == "addSelection" else chosen}, locators)

    def _pause(self, command: Command) -> None:
        milliseconds = command.target or command.value
        if not re.fullmatch(r"\d{1,7}", milliseconds.strip()):
            self._no(command, _("how long it waits is no number of milliseconds."))
            return
        self.pause = min(self.pause + int(milliseconds) / 1000, 3600.0)
        self.account.fold(command.entry, _("the citizen thinks before the next step."))

    def _frame(self, command: Command) -> None:
        if command.target in ("relative=top", "relative=root"):
            self.frames = 0
        else:
            self.frames = max(self.frames - 1, 0) if command.target == "relative=parent" else self.frames + 1
        self._no(command, reason("selectFrame"))

    def _text(self, command: Command) -> None:
        words = re.sub(r"^(?:exact|glob):", "", command.value).strip()
        if command.unknown or "${" in words or not words or re.match(r"regexpi?:", words) or "*" in words:
            self._no(command, _("what it looks for is a pattern or a variable; say the words that the citizen sees."))
            return
        words = self.account.typed.without(plain(words.replace("\\n", " ")))
        self._write(command, "expect", {"gone" if "Not" in command.name else "text": words})

    def _element(self, command: Command, locators: list[Locator]) -> None:
        gone = "Not" in command.name
        if not gone and self._soon(locators):
            self.account.fold(command.entry, _("the next step waits for it anyway."))
            return
        words = next((one for one in in_order(locators) if one.kind in ("label", "words")), None)
        if words is None or "Editable" in command.name:
            self._no(command, reason("" if "Editable" in command.name else "waitForElementPresent"))
            return
        wanted: dict[str, Any] = {"gone" if gone else "text": words.text}
        if command.name.startswith("waitFor") and re.fullmatch(r"[1-9]\d{0,6}", command.value):
            wanted["within"] = min(int(command.value) / 1000, 3600.0)
        self._write(command, "expect", wanted, locators)


def _own(locators: Sequence[Locator]) -> bool:
    """Whether what is chosen tells something of the citizen: its field asks for a datum that the state knows."""
    label, name = describe(locators)
    return datum_of(label=label or None, name=name or None) in dictionary() or not says_choice(locators)
