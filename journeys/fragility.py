"""How easily a step breaks when the page is changed without changing what a citizen sees: 0 hardly, 1 at once.

    what is looked for                                              score
    a label; a role with its words; the words of what can be          0
    pressed; a datum; an address
    a text, which may stand elsewhere on the page too                 0.2
    a test attribute ([data-testid=…])                                0.3
    a name or an id                                                   0.4
    a short selector: at most two parts, none counted                 0.6
    a name or id made by a machine (it ends in digits or signs)       0.7
    a longer selector, none of its parts counted                      0.75
    a counted one: :nth-child, li[2], a path from the top             0.9
    a path from the top of the page that is counted too               1

A step is as fragile as what is tried first. The order follows the advice on locators of Testing Library
(https://testing-library.com/docs/queries/about/#priority) and of Playwright: what users perceive before what only
programs see; the numbers are ours.
"""

from __future__ import annotations

import re
from typing import Final

from journeys.journey import Ask, Choose, Give, Press, Step, Submit, Upload
from journeys.targets import alternatives, ways
from studies.topics import dictionary

TEST_ATTRIBUTE: Final = re.compile(r"\[data-[\w-]*(?:test|cy|qa|hook|id)[\w-]*\s*[~|^$*]?=", re.IGNORECASE)
COUNTED: Final = re.compile(r":(?:nth-|first-|last-|only-)|\[\d+\]|:eq\(")
MACHINE_MADE: Final = re.compile(
    r"^:r|(?=[a-f]*\d)[0-9a-f]{6,}|\d{3,}|^(?:ember|ext-gen|gwt-uid|mat-input)-?\d", re.IGNORECASE
)
ONE_NAME: Final = re.compile(r"#((?:\\.|[\w-])+)|\[(?:id|name)=[\"']?([^\"'\]]+)[\"']?\]")
PARTS: Final = re.compile(r"\s*(?:>>>|[>+~])\s*|\s+")
QUOTED: Final = re.compile(r"\[[^\]]*\]|\([^)]*\)")


def of_name(name: str) -> float:
    """The score of a name or id."""
    return 0.7 if MACHINE_MADE.search(name) else 0.4


def of_css(selector: str) -> float:
    """The score of a selector, in CSS or (`xpath=…`) XPath."""
    if selector.startswith("xpath="):
        return of_xpath(selector.removeprefix("xpath="))
    plain = QUOTED.sub("[]", selector).strip()
    top = bool(re.match(r"(?:html|body)\b", plain, re.IGNORECASE))
    parts = [part for part in PARTS.split(plain) if part]
    if COUNTED.search(selector):
        return 1.0 if top and len(parts) > 2 else 0.9
    if TEST_ATTRIBUTE.search(selector):
        return 0.3 if len(parts) == 1 else 0.6
    if named := ONE_NAME.fullmatch(selector.strip()):
        return of_name((named[1] or named[2]).replace("\\", ""))
    if top and len(parts) > 2:
        return 0.9
    return 0.6 if len(parts) <= 2 else 0.75


def of_xpath(path: str) -> float:
    """How easily an XPath breaks, 0 to 1, by the table above."""
    absolute = re.match(r"^/{1,2}html\b|^/[^/]", path) is not None
    counted = bool(COUNTED.search(path)) or path.startswith("(")
    if absolute:
        return 1.0 if counted else 0.9
    if counted:
        return 0.9
    if re.search(r"text\(\)|\(\s*\.\s*,|\.\s*=", path):
        return 0.2
    if named := re.fullmatch(r"//[\w*]+\[@(?:id|name)=[\"']([^\"']+)[\"']\]", path):
        return of_name(named[1])
    return 0.6 if len(re.findall(r"/+[^/]", path)) <= 2 else 0.75


def of_key(key: str) -> float:
    """The score of the key that a field is found by: a label or datum, `name:…`, or `css:…`."""
    first = alternatives(key)[0]
    if first.startswith("css:"):
        return of_css(first.removeprefix("css:"))
    if first in dictionary() or not re.fullmatch(r"[a-z][\w.\[\]-]*", first, re.ASCII):
        return 0.0  # a datum, or words as they stand on a page
    return of_name(first)  # what programs write: userName, first-name, txt_1


def of_step(step: Step) -> float:
    """How easily one step breaks."""
    match step:
        case Press():
            target = step.press
        case Ask():
            target = step.ask
        case Submit():
            if step.submit is True:
                return 0.0
            target = step.submit
        case Give():
            return max(map(of_key, step.give))
        case Choose():
            return max(map(of_key, step.choose))
        case Upload():
            return max(map(of_key, step.upload))
        case _:
            return 0.0
    first = ways(target, "en")[0]
    match first.kind:
        case "name":
            return of_name(first.text)
        case "css":
            return of_css(first.text)
    return 0.0
