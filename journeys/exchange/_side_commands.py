"""The 93 commands of Selenium IDE's model, and what a journey makes of each: a step, part of one, or a reason.

The names are those of side-model's Commands.ts; a command that is not among them belongs to a plug-in.
"""

from __future__ import annotations

from typing import Final

from studies.words import _

#: commands that this lab plays out while it reads: variables, loops, other tests
FLOW: Final = frozenset({"if", "elseIf", "else", "end", "while", "do", "repeatIf", "times", "forEach"})
STORES: Final = frozenset({
    "store", "storeJson", "storeText", "storeTitle", "storeValue", "storeAttribute", "storeElementCount",
    "storeWindowHandle", "executeScript", "executeAsyncScript",
})  # fmt: skip
#: commands that name an element by a locator
ELEMENT: Final = frozenset({
    "addSelection", "check", "click", "clickAt", "doubleClick", "doubleClickAt", "dragAndDropToObject", "editContent",
    "mouseDown", "mouseDownAt", "mouseMoveAt", "mouseOut", "mouseOver", "mouseUp", "mouseUpAt", "removeSelection",
    "select", "sendKeys", "type", "uncheck",
    *(f"{kind}{what}" for kind in ("assert", "verify") for what in (
        "Checked", "Editable", "ElementPresent", "ElementNotPresent", "NotChecked", "NotEditable", "NotSelectedValue",
        "NotText", "SelectedValue", "SelectedLabel", "Text", "Value")),
    *(f"waitForElement{what}" for what in (
        "Editable", "NotEditable", "NotPresent", "NotVisible", "Present", "Visible")),
    "waitForText",
})  # fmt: skip
OTHERS: Final = frozenset({
    "acceptAlert", "acceptConfirmation", "answerPrompt", "assert", "assertAlert", "assertConfirmation", "assertPrompt",
    "assertTitle", "close", "debugger", "dismissConfirmation", "dismissPrompt", "echo", "open", "pause", "run",
    "runScript", "selectFrame", "selectWindow", "setSpeed", "setWindowSize", "verify", "verifyTitle",
})  # fmt: skip
COMMANDS: Final = FLOW | STORES | ELEMENT | OTHERS


def reason(command: str) -> str:
    """Why a command has no place in a journey."""
    match command:
        case "acceptAlert" | "acceptConfirmation" | "dismissConfirmation" | "dismissPrompt" | "answerPrompt":
            return _("a dialog of the browser's own; a journey has no step for its buttons.")
        case "assertAlert" | "assertConfirmation" | "assertPrompt":
            return _("what a dialog of the browser's own says; a journey looks at the page.")
        case "assert" | "verify":
            return _("it checks a variable of the script, nothing that a citizen could see.")
        case "assertTitle" | "verifyTitle":
            return _("the window's title is not on the page; say which words there the citizen waits for.")
        case "doubleClick" | "doubleClickAt":
            return _("a journey presses once; a service that needs two presses at once is not for a finger.")
        case "dragAndDropToObject":
            return _("a journey has no dragging; say what a citizen without a mouse would press.")
        case "mouseOver" | "mouseOut" | "mouseMoveAt":
            return _("pointing without pressing: a finger cannot. Press what opens what was pointed at.")
        case "mouseDown" | "mouseDownAt" | "mouseUp" | "mouseUpAt":
            return _("half a press; a journey presses and lets go.")
        case "executeScript" | "executeAsyncScript" | "runScript":
            return _("what is read is never executed, and a citizen has no script.")
        case "setWindowSize":
            return _("the window's size belongs to the walk, not to the journey.")
        case "setSpeed":
            return _("the pace belongs to the walk, not to the journey.")
        case "close":
            return _("closing a window is no step towards what the citizen needs.")
        case "selectFrame":
            return _("frames: the lab looks at the page itself.")
        case "storeText" | "storeTitle" | "storeValue" | "storeAttribute" | "storeElementCount" | "storeWindowHandle":
            return _("it keeps what a page shows for later; a journey's values come from the citizen.")
        case _ if command.endswith(("Checked", "Editable", "SelectedValue", "SelectedLabel", "Value")):
            return _("the state of a field; a journey looks at what stands on the page.")
    if command not in COMMANDS:
        return _("Selenium IDE's model has no such command; it may be a plug-in's.")
    return _("a citizen waits for words, not for a selector; say which words: expect: {text: …}.")
