"""How people say things, as `asking.yaml` tells it, and a line evened out by it before anything is looked for in it.

“Name as per passport” is the name, “number for SMS alerts” the number; dialects' verbs and possessives become those
that the patterns know (بتشتغل فين، رقم الجوال مالك).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

ASKING: Final = Path(__file__).with_name("asking.yaml")
_ARABIC: Final = re.compile("[\u0621-\u064a]")


@cache
def asking() -> dict[str, Any]:
    """What `asking.yaml` says."""
    told: dict[str, Any] = yaml.load(ASKING.read_text(encoding="utf-8"), yaml.BaseLoader)  # "no" is a word here
    return told


def filled(pattern: str, lists: dict[str, str]) -> str:
    """A pattern with the word lists that it names put in."""
    while (more := re.sub(r"<(\w+)>", lambda name: lists[name[1]], pattern)) != pattern:
        pattern = more
    return pattern


@cache
def _evened(arabic: bool) -> list[tuple[re.Pattern[str], str]]:
    lists = asking()["even_lists"]
    return [
        (re.compile(f"(?<!\\w)(?:{filled(pattern, lists)})" + ("" if "(?=" in pattern else "(?!\\w)")), instead)
        for pattern, instead in asking()["evened"]
        if bool(_ARABIC.search(pattern)) is arabic
    ]


def evened(text: str) -> str:
    """A line in lower case as the patterns know it: without where a name is copied from, without dialects' forms."""
    for pattern, instead in _evened(bool(_ARABIC.search(text))):
        text = pattern.sub(instead, text)
    return text


@cache
def turns(key: str) -> list[tuple[str, list[re.Pattern[str]]]]:
    """What a datum turns out to be by what stands beside it: an address is a new one after a move."""
    return [
        (other, [re.compile(f"(?<!\\w)(?:{pattern})(?!\\w)") for pattern in patterns])
        for other, patterns in asking()["turned"].get(key, {}).items()
    ]


def turned(key: str, words: list[str]) -> str:
    """The datum that is meant among these words."""
    line = " ".join(words)
    return next((other for other, ways in turns(key) if any(way.search(line) for way in ways)), key)
