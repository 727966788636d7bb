"""What came in from another tool: journeys that can be walked, and an account of every line that they came from.

Each step of the file is accounted for once: it became a step here, it is contained in one (folded), or it has no place
in a journey, with the reason. Breaches of the format's own rules are listed beside that.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import TypeAdapter, ValidationError

from journeys.fragility import of_step
from journeys.holes import holes_in
from journeys.journey import AnyStep, Journey, Step
from journeys.json_places import Document
from journeys.personas import usual_keys
from journeys.reading import parse_journey
from journeys.steps import steps_of
from journeys.typed import Typed
from studies.troubles import WrongInput
from studies.words import _, in_a_row

STEP: Final[TypeAdapter[Step]] = TypeAdapter(AnyStep)
ARABIC: Final = re.compile("[\u0600-\u06ff]")
LETTERS: Final = re.compile(r"[^\W\d_]")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")

FOREIGN: Final = re.compile(r"^\s*(?:[\\/~]|[A-Za-z]:)|(?:^|[\\/])\.\.(?:[\\/]|$)")  # a path to elsewhere

State = Literal["mapped", "folded", "unmapped"]


@dataclass(slots=True)
class Entry:
    """One step of the file, and what became of it."""

    line: int
    what: str
    state: State = "unmapped"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """One step of a journey, or a remark where one would stand, with the line that it came from."""

    line: int
    step: dict[str, Any] | None
    remark: str = ""
    recorded: float | None = None  # how fragile what the file tries first is
    instead_of: str = ""


@dataclass(slots=True)
class Script:
    """One journey while it is being written down."""

    name: str
    title: str
    base: str | None = None
    channel: str | None = None
    head: dict[str, Any] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)

    def last(self) -> dict[str, Any] | None:
        """The step written last."""
        return next((one.step for one in reversed(self.written) if one.step is not None), None)

    def path(self, url: str) -> str:
        """An address as a journey says it: below the base where it lies there."""
        if self.base is None and (origin := origin_of(url)):
            self.base = origin
        origin = origin_of(url)
        if origin is None or origin != self.base:
            return url
        rest = url[url.index("://") + 3 :].partition("/")
        return f"/{rest[2]}" if rest[1] else "/"


@dataclass(slots=True)
class Account:
    """Every step of one file, by its place in the text."""

    document: Document
    typed: Typed = field(default_factory=Typed)
    entries: dict[int, Entry] = field(default_factory=dict)
    breaches: list[tuple[int, str]] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def enter(self, part: Any, what: str) -> Entry:
        """A step of the file, told once; what becomes of it is said later."""
        key = getattr(part, "at", id(part))
        return self.entries.setdefault(key, Entry(self.document.line(part), what or _("a step without a name")))

    def fold(self, entry: Entry, why: str) -> None:
        """This step is contained in another, or needs none."""
        if not (entry.state == "unmapped" and entry.why) and entry.state != "mapped":
            entry.state, entry.why = "folded", why

    def refuse(self, entry: Entry, why: str, script: Script | None = None) -> None:
        """This step has no place in a journey."""
        if entry.state == "unmapped" and entry.why:
            return
        entry.state, entry.why = "unmapped", why
        if script is not None:
            script.written.append(Written(entry.line, None, f"{entry.what}: {why}"))

    def write(self, entry: Entry, script: Script, step: dict[str, Any], recorded: float | None = None,
              instead_of: str = "", remark: str = "") -> bool:  # fmt: skip
        """This step becomes one of the journey; whether it could."""
        try:
            STEP.validate_python(step)
        except ValidationError as error:
            why = "; ".join(one["msg"] for one in error.errors()[:2])
            self.refuse(entry, _("a journey cannot say it ({why}).").format(why=why), script)
            return False
        if any(FOREIGN.search(file) for file in _files(step)):
            said = _("a document comes from beside the journey, from nowhere else on this machine.")
            self.refuse(entry, said, script)
            return False
        filled = r"(?:citizen|env|learned)" if "send" in step else r"(?:citizen|env)"  # what was sent, learns
        wrong = [hole for hole in holes_in(step) if not re.fullmatch(rf"{filled}\.\w+(?:\.\w+)*", hole)]
        if wrong and "for each" not in step:
            said = _("it has {hole} in it, which nobody fills.").format(hole=f"{{{{{wrong[0]}}}}}")
            self.refuse(entry, said, script)
            return False
        for hole in holes_in(step):
            kept = self.typed.needs if hole.startswith("citizen.") else self.typed.secrets
            plain = hole.partition(".")[2].partition(".")[0]
            if plain not in kept:
                kept.append(plain)
        script.written.append(Written(entry.line, step, remark, recorded, instead_of))
        if not (entry.state == "unmapped" and entry.why):
            entry.state, entry.why = "mapped", ""
        return True

    def breach(self, part: Any, what: str, key: Any = None) -> None:
        """The file breaks a rule of its own format here."""
        found = (self.document.line(part, key), what)
        if found not in self.breaches:
            self.breaches.append(found)


def _files(step: dict[str, Any]) -> list[str]:
    """The documents that a step hands in, and those of the steps inside it."""
    given = step.get("upload")
    inside = step.get("steps")
    return [
        *(str(file) for file in (given.values() if isinstance(given, dict) else ())),
        *(
            file
            for one in (inside if isinstance(inside, list) else ())
            if isinstance(one, dict)
            for file in _files(one)
        ),
    ]


def origin_of(url: str) -> str | None:
    """Scheme and host of an address; None when it is no address of a page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    return f"{parts.scheme.lower()}://{host}"


def sound_origin(origin: str) -> str:
    """An origin that a browser would accept: without a port that is none."""
    scheme, _sign, host = origin.partition("://")
    sound = re.fullmatch(r"[^:\s]+(?::\d{1,5})?|\[[0-9a-fA-F:.]+\](?::\d{1,5})?", host)
    return origin if sound else f"{scheme}://{host.partition(':')[0]}"


# -- what is made of an account


@dataclass(frozen=True, slots=True)
class Brought:
    """One file that came in: its journeys as texts, and the account of its lines."""

    format: str
    account: Account
    journeys: list[tuple[Journey, str, Script]]  # with its YAML

    def json(self, files: dict[str, str] | None = None) -> dict[str, Any]:
        """The account as JSON."""
        files, account = files or {}, self.account
        entries = list(account.entries.values())
        clean: Callable[[str], str] = lambda said: account.typed.without(said, "…")  # noqa: E731

        def told(state: State) -> list[dict[str, Any]]:
            return [
                {"line": e.line, "what": clean(e.what), "why": clean(e.why)}
                for e in sorted(entries, key=lambda e: e.line)
                if e.state == state
            ]

        unmapped = told("unmapped")
        lines: dict[str, list[int]] = {}
        for line, what in sorted(account.document.wrong + account.breaches):
            lines.setdefault(clean(what), []).append(line)
        names = [journey.journey for journey, _text, _script in self.journeys]
        return {
            "format": self.format,
            "journey": names[0] if names else None,
            "file": files.get(names[0]) if names else None,
            "journeys": [
                {
                    "journey": journey.journey,
                    "title": journey.title,
                    "file": files.get(journey.journey),
                    "steps": len(steps_of(journey)),
                    "needs": journey.needs,
                    "secrets": sorted(journey.secrets),
                    "fragility": _scores(journey, script),
                }
                for journey, _text, script in self.journeys
            ],
            "steps": len(entries),
            "mapped": len(entries) - len(unmapped),
            "unmapped": unmapped,
            "folded": told("folded"),
            "breaches": [
                {"line": found[0], "what": what, **({"lines": found} if len(found) > 1 else {})}
                for what, found in lines.items()
            ],
            "remarks": [clean(said) for said in account.remarks],
        }  # fmt: skip

    def told(self, files: dict[str, str]) -> str:
        """The account for a person."""
        said = self.json(files)
        head = _("{n} steps, {mapped} mapped, {unmapped} not").format(
            n=said["steps"], mapped=said["mapped"], unmapped=len(said["unmapped"])
        )
        lines = [f"{self.format}: {head}", *said["remarks"]]
        for one in said["journeys"]:
            lines.append(f"  {one['journey']} → {one['file'] or '—'}")
            lines += [f"    {s['step']:<40} {s['score']:.2f}" + (f" ({s['recorded']:.2f})" if s["recorded"] else "")
                      for s in one["fragility"] if s["score"] or s["recorded"]]  # fmt: skip
        if not said["journeys"]:
            lines.append(_("  Nothing in it is a step of a citizen: there is no journey to walk."))
        for key, title in (("unmapped", _("Not mapped:")), ("breaches", _("Breaches of the format's own rules:"))):
            if said[key]:
                lines.append(title)
                lines += [
                    "  " + _("line {line}: {what}").format(line=one["line"], what=one["what"])
                    + (f": {one['why']}" if one.get("why") else "")
                    for one in said[key]
                ]  # fmt: skip
        return "\n".join(lines)


def _scores(journey: Journey, script: Script) -> list[dict[str, Any]]:
    """How fragile each step is, and what the file looks for first; a step made sturdier says instead of what."""
    found = []
    written = [one for one in script.written if one.step is not None]
    named = steps_of(journey)
    flat = len(named) == len(written)
    for place, (id_, step) in enumerate(named):
        one = written[place] if flat else None
        score = of_step(step)
        entry: dict[str, Any] = {"step": id_, "line": one.line if one else None, "score": score,
                                 "recorded": one.recorded if one else None}  # fmt: skip
        if one and one.recorded is not None and score < one.recorded and one.instead_of:
            entry["instead_of"] = one.instead_of
        found.append(entry)
    return found


def finish(account: Account, format: str) -> Brought:
    """The journeys of an account, checked as any journey is."""
    journeys: list[tuple[Journey, str, Script]] = []
    names: set[str] = set()
    for script in account.scripts:
        if script.last() is None:
            continue
        _keep_out(account, script)
        if script.last() is None:
            continue
        wish = account.typed.without(script.name.replace("_", " "), " ")
        name, n = journey_id(wish), 2
        while name in names:
            name, n = f"{journey_id(wish)}_{n}", n + 1
        names.add(name)
        text = _text(script, name, account, format)
        try:
            journeys.append((parse_journey(text, f"{name}.yaml"), text, script))
        except WrongInput as wrong:
            account.remarks.append(str(wrong))
    return Brought(format, account, journeys)


def _keep_out(account: Account, script: Script) -> None:
    """What was typed anywhere in the file is said nowhere else in its steps either."""
    typed = account.typed
    for nth, one in enumerate(script.written):
        if one.step is None:
            continue
        if isinstance(wanted := one.step.get("expect"), dict):
            for key in ("text", "gone"):
                if isinstance(wanted.get(key), str):
                    wanted[key] = typed.without(wanted[key])
        for verb in ("press", "submit", "ask"):
            if typed.tells(one.step.get(verb)):
                entry = next((e for e in account.entries.values() if e.line == one.line and e.state == "mapped"), None)
                why = _("its words are what the citizen typed; say what stands there for everybody.")
                script.written[nth] = Written(one.line, None, f"{verb}: {why}")
                if entry is not None:
                    entry.state, entry.why = "unmapped", why


def journey_id(words: str) -> str:
    """The id of a journey, from the words that name it."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60] or "recording"


def plain(text: Any) -> str:
    """A text on one line, without what cannot be read."""
    return " ".join(CONTROL.sub(" ", str(text)).split())


def _text(script: Script, name: str, account: Account, format: str) -> str:
    """A journey's YAML, with a remark at each place where something of the file has none."""
    typed = account.typed
    steps = [one.step for one in script.written if one.step is not None]
    asked = [hole.split(".") for hole in holes_in(steps) if hole.startswith("citizen.")]
    holes = list(dict.fromkeys(parts[1] for parts in asked))
    base = sound_origin(script.base) if script.base else None
    title = plain(typed.without(script.title, "…"))[:200] or name
    head: dict[str, Any] = {
        "journey": name,
        "title": title,
        "agency": re.sub(r"[^\w]+", "_", urlsplit(base).hostname or "").strip("_") if base else "service",
        **({"base_url": base} if base else {}),
        **({"channel": script.channel} if script.channel else {}),
        "languages": _languages([title, steps]),
        **({"needs": holes} if holes else {}),
    }
    if script.head:  # a journey of our own that comes back: what it needs is what it said
        head.pop("needs", None)
        head.update(script.head)
        lacks = [
            h for h in holes if h not in usual_keys() and h not in head.get("needs", []) and "personas" not in head
        ]
        head.update({"needs": [*head.get("needs", []), *lacks]} if lacks and not _loops(steps) else {})
    source = plain(account.document.name)
    lines = [_comment(_("From {file} ({format}).").format(file=typed.without(source, "…"), format=format))]
    secrets = sorted(h.partition(".")[2] for h in set(holes_in(steps)) if h.startswith("env."))
    if secrets:
        lines.append(_comment(_("Secrets that the environment must hold: {names}").format(names=in_a_row(secrets))))
    lines += [_dumped(head).rstrip(), "steps:"]
    for one in script.written:
        if one.remark:
            said = _("line {line}: {what}").format(line=one.line, what=typed.without(plain(one.remark), "…"))
            lines.append("  " + _comment(said[:300]))
        if one.step is not None:
            lines += ["  " + line for line in _dumped([one.step]).rstrip().splitlines()]
    return "\n".join(lines) + "\n"


def _loops(steps: list[dict[str, Any]]) -> bool:
    return any("for each" in step for step in steps)


def _comment(words: str) -> str:
    return "# " + plain(words)


def _dumped(part: Any) -> str:
    part = json.loads(json.dumps(part))  # plain lists and mappings, which know no places
    return yaml.safe_dump(part, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)


def _languages(said: Any) -> list[str]:
    letters = LETTERS.findall(str(said))
    arabic = sum(1 for letter in letters if ARABIC.match(letter))
    return ["ar", "en"] if letters and arabic * 3 > len(letters) else ["en", "ar"]


def file_stem(name: str) -> str:
    """A file's name without its endings."""
    return PurePath(re.sub(r"\.gz$", "", name)).stem
