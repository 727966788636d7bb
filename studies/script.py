"""The play script: the log's notation for people, read and written without loss.

    session=a7 case=c1 start=2026-03-01T08:00:00Z channel=web
     0.0       citizen begins    renew_vehicle value=5
     0.3- 0.9  service responds
     0.9       service answers   traffic/renew
     9.8       service hands_off insurance_bureau   # sends the citizen away

Times are seconds from the session's start, or ISO dates (without a zone: UTC). A header line's keys hold until the
next header. A script without a header is one session on the web that hears everything.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from studies.events import ALL_VERBS, VERBS, Sentence, Session, hint, unknown, why_not_a_sentence
from studies.log import Log, at
from studies.troubles import WrongInput
from studies.words import _, in_a_row

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_DATE = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_TIME = rf"(?:{_DATE}|-?\d+(?:\.\d+)?)"
_LINE = re.compile(rf"(?P<when>{_TIME})(?:\s*-\s*(?P<until>{_TIME}))?(?=\s|$)\s*(?P<rest>.*)", re.S)
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(
    rf'\s*(?:(?P<key>[a-z_]+)=(?P<value>{_QUOTED}|[^\s"#]\S*|)|(?P<quoted>{_QUOTED})|(?P<word>[^\s"#]\S*))'
)

#: keys of a sentence's own, and those that a header may hold for all its sentences
_OF_SENTENCE: Final = ("case", "step", "channel", "agency", "cause", "sense", "value", "seq")
_HELD: Final = ("channel", "agency", "step", "cause")
_OF_SESSION: Final = ("source", "study", "task", "condition", "participant", "language", "device", "persona")
_HEADER: Final = ("session", "case", "start", "ended", "hears", *_HELD, *_OF_SESSION)


@dataclass(slots=True)
class _Scene:
    """What a header line has put in force."""

    session: Session
    case: str
    held: dict[str, str | None]
    told_start: bool
    said: list[Sentence] = field(default_factory=list)

    @property
    def last(self) -> datetime:
        """When hearing ended, as far as this script tells."""
        heard = max((s.until or s.when for s in self.said), default=self.session.started)
        return max(heard, self.session.ended or heard)


def parse(text: str, name: str = "the play script", unnamed: str = "s") -> Log:
    """The log that a play script tells; a session without a name is `unnamed` and its number.

    Raises WrongInput naming line, reason and what would do.
    """
    scenes: list[_Scene] = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        where = _("line {number} of {name}").format(number=number, name=name)
        timed = _LINE.fullmatch(content)
        if timed is None:
            scenes.append(_header(content, where, scenes, unnamed))
            continue
        if not scenes:
            scenes.append(_scene({}, where, scenes, unnamed))
        scene = scenes[-1]
        sentence = _sentence(scene, timed, where)
        if not scene.told_start and not scene.said and re.match(_DATE, timed["when"]):
            scene.session = replace(scene.session, started=sentence.when)
        scene.said.append(sentence)
    twice = {s.session.session for s in scenes}
    if len(twice) < len(scenes):
        names = [s.session.session for s in scenes]
        again = next(n for n in names if names.count(n) > 1)
        raise WrongInput(
            _("{name}: session “{again}” is opened by two header lines. Give each sitting a name of its own.").format(
                name=name, again=again
            )
        )
    return Log.of([s for scene in scenes for s in scene.said], [scene.session for scene in scenes])


def read(path: Path, unnamed: str = "s") -> Log:
    """The log that a play-script file tells."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"), path.name, unnamed)
    except FileNotFoundError:
        raise WrongInput(
            _("There is no file {path}. Name a play script (.txt), Parquet, or a study.").format(path=path)
        ) from None
    except UnicodeDecodeError as cause:
        raise WrongInput(
            _("{name} is not UTF-8 text (byte {byte}). Save it as UTF-8.").format(name=path.name, byte=cause.start)
        ) from None


def _tokens(text: str, where: str) -> tuple[list[str], dict[str, str | None]]:
    """Words in order and keys with their values; what follows a free-standing # is a remark."""
    words: list[str] = []
    keys: dict[str, str | None] = {}
    place = 0
    while place < len(text.rstrip()):
        if text[place:].lstrip().startswith("#"):
            break
        token = _TOKEN.match(text, place)
        if token is None:
            raise WrongInput(
                _("{where}: cannot read “{text}”. Put text with spaces in double quotes.").format(
                    where=where, text=text[place:].strip()
                )
            )
        place = token.end()
        if token["key"]:
            if token["key"] in keys:
                raise WrongInput(_("{where}: {key}= stands twice.").format(where=where, key=token["key"]))
            keys[token["key"]] = _unquoted(token["value"], where) or None
        else:
            words.append(_unquoted(token["quoted"] or token["word"], where))
    return words, keys


def _unquoted(text: str, where: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        raise WrongInput(
            _('{where}: {text} is not well quoted. Inside quotes write \\" and \\\\.').format(where=where, text=text)
        ) from None


def _moment(text: str, start: datetime, where: str) -> datetime:
    if re.fullmatch(_DATE, text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as cause:
            raise WrongInput(
                _("{where}: {text} is no date: {cause}.").format(where=where, text=text, cause=cause)
            ) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    if len(text.partition(".")[2]) > 6:
        raise WrongInput(
            _("{where}: {text} has more than six decimals; the log keeps microseconds.").format(where=where, text=text)
        )
    whole, _point, part = text.lstrip("-").partition(".")
    try:
        span = timedelta(seconds=int(whole), microseconds=int(part.ljust(6, "0") or 0))
        return start - span if text.startswith("-") else start + span
    except OverflowError:
        raise WrongInput(_("{where}: {text} seconds lie beyond any calendar.").format(where=where, text=text)) from None


def _header(content: str, where: str, scenes: list[_Scene], unnamed: str) -> _Scene:
    words, keys = _tokens(content, where)
    if words or not keys:
        raise WrongInput(
            _(
                "{where}: “{content}” is neither a sentence nor a header. A sentence begins with its time in seconds"
                " (“9.8 service answers traffic/renew”); a header is made of keys (“session=a1 channel=phone”)."
            ).format(where=where, content=content)
        )
    return _scene(keys, where, scenes, unnamed)


def _scene(keys: dict[str, str | None], where: str, scenes: list[_Scene], unnamed: str) -> _Scene:
    for key in keys:
        if key not in _HEADER:
            raise WrongInput(
                _("{where}: a header has no key “{key}”. Keys: {known}.{hint}").format(
                    where=where, key=key, known=in_a_row(_HEADER), hint=hint(key, _HEADER)
                )
            )
    name = keys.get("session") or f"{unnamed}{len(scenes) + 1}"
    case = keys.get("case") or name
    # A sitting without a date of its own comes after those that its case has had.
    start = max((s.last for s in scenes if s.case == case), default=EPOCH)
    if told := keys.get("start"):
        start = _moment(told, start, where)
    heard = frozenset(_listed(keys["hears"])) if "hears" in keys else ALL_VERBS
    if strangers := sorted(heard - ALL_VERBS):
        raise WrongInput(f"{where}: " + unknown("hears", strangers[0], tuple(VERBS)))
    if why := why_not_a_sentence("citizen", "begins", keys.get("channel"), keys.get("cause")):
        raise WrongInput(f"{where}: {why}")
    of_session: dict[str, Any] = {k: keys[k] for k in _OF_SESSION if k in keys}
    session = Session(name, start, hears=heard, **of_session)
    if told := keys.get("ended"):
        session = replace(session, ended=_moment(told, start, where))
    return _Scene(session, case, {k: keys[k] for k in _HELD if k in keys}, "start" in keys)


def _listed(text: str | None) -> list[str]:
    return [word for word in re.split(r"[,\s]+", text or "") if word]


def _sentence(scene: _Scene, timed: re.Match[str], where: str) -> Sentence:
    words, keys = _tokens(timed["rest"], where)
    if len(words) < 2:
        raise WrongInput(
            _("{where}: a sentence is “time actor verb”, for example “0.9 service answers traffic/renew”.").format(
                where=where
            )
        )
    if len(words) > 3:
        raise WrongInput(
            _("{where}: “{word}” is one word too many. Put what it is about in double quotes.").format(
                where=where, word=words[3]
            )
        )
    for key in keys:
        if key not in _OF_SENTENCE:
            raise WrongInput(
                _("{where}: a sentence has no key “{key}”. Keys: {known}.{hint}").format(
                    where=where, key=key, known=in_a_row(_OF_SENTENCE), hint=hint(key, _OF_SENTENCE)
                )
            )
    actor, verb, about = words[0], words[1], words[2] if len(words) > 2 else None
    said = {**scene.held, **keys}
    channel = said.get("channel") or "web"
    if why := why_not_a_sentence(actor, verb, channel, said.get("cause"), said.get("sense")):
        raise WrongInput(f"{where}: {why}")
    place = _number(said.get("seq"), "seq", where)
    when = _moment(timed["when"], scene.session.started, where)
    until = _moment(timed["until"], scene.session.started, where) if timed["until"] else None
    if until is not None and until < when:
        raise WrongInput(
            _("{where}: it ends ({until}) before it begins ({when}).").format(
                where=where, until=timed["until"], when=timed["when"]
            )
        )
    return Sentence(
        session=scene.session.session,
        case=said.get("case") or scene.case,
        when=when,
        until=until,
        seq=len(scene.said) if place is None else int(place),
        actor=actor,
        verb=verb,
        about=about,
        channel=channel,
        value=_number(said.get("value"), "value", where),
        **{k: said.get(k) for k in ("step", "agency", "cause", "sense")},
    )


def _number(told: str | None, key: str, where: str) -> float | None:
    if told is None:
        return None
    try:
        return float(told)
    except ValueError:
        raise WrongInput(_("{where}: {key}={told} is not a number.").format(where=where, key=key, told=told)) from None


def render(log: Log, remarks: dict[tuple[str, int], str] | None = None) -> str:
    """The play script that tells this log; parsed again it gives the same log.

    `remarks` puts a remark behind a sentence, by (session, its place in the session from 0); parsed, it is dropped.
    """
    sentences: dict[str, list[Sentence]] = {}
    for sentence in log.said():
        sentences.setdefault(sentence.session, []).append(sentence)
    sessions = sorted(log.heard(), key=lambda s: (s.started, s.session))
    lone = len(sessions) == 1
    pages = [_page(s, sentences.get(s.session, []), lone, remarks or {}) for s in sessions]
    return "\n".join(pages)


def _page(session: Session, said: list[Sentence], lone: bool, remarks: dict[tuple[str, int], str]) -> str:
    case = _common(said, "case") or session.session
    held = {"channel": _common(said, "channel") or "web", "agency": _common(said, "agency"), "case": case}
    keys: dict[str, str | None] = {
        "session": session.session,
        "case": case if case != session.session else None,
        "start": at(session.started),
        "ended": at(session.ended) if session.ended else None,
        "channel": held["channel"],
        "agency": held["agency"],
        **{k: getattr(session, k) for k in _OF_SESSION},
    }
    told = [f"{k}={_quoted(v)}" for k, v in keys.items() if v is not None]
    if session.hears != ALL_VERBS:
        told.append("hears=" + ",".join(v for v in VERBS if v in session.hears) if session.hears else 'hears=""')
    plain = {f"session={session.session}", f"start={at(EPOCH)}", "channel=web"}
    lines = [] if lone and session.session == "s1" and set(told) == plain else [" ".join(told)]
    for place, sentence in enumerate(said):
        line = _told(sentence, session, held, place)
        remark = remarks.get((session.session, place))
        lines.append(f"{line}  # {remark}" if remark else line)
    return "\n".join(lines) + "\n"


def _common(said: list[Sentence], name: str) -> str | None:
    values = {getattr(s, name) for s in said}
    return values.pop() if len(values) == 1 else None


def _told(sentence: Sentence, session: Session, held: dict[str, str | None], place: int) -> str:
    when = _seconds(sentence.when - session.started)
    time = f"{when:>5}-{_seconds(sentence.until - session.started):>5}" if sentence.until else f"{when:>5}      "
    words = [f"{sentence.verb:<9}"]
    if sentence.about is not None:
        words.append(_quoted(sentence.about, alone=True))
    for key in ("case", "step", "channel", "agency", "cause", "sense"):
        value = getattr(sentence, key)
        if value != held.get(key):
            words.append(f"{key}={_quoted(value)}" if value is not None else f'{key}=""')
    if sentence.value is not None:
        words.append(f"value={sentence.value!r}".removesuffix(".0"))
    if sentence.seq != place:
        words.append(f"seq={sentence.seq}")
    return f"{time}  {sentence.actor} {' '.join(words)}".rstrip()


def _seconds(span: timedelta) -> str:
    """Seconds with one decimal, or as many of six as it takes to lose nothing."""
    micro = abs(span) // timedelta(microseconds=1)
    whole, part = divmod(micro, 1_000_000)
    decimals = f"{part:06d}".rstrip("0") or "0"
    return f"{'-' if span < timedelta(0) else ''}{whole}.{decimals}"


def _quoted(text: str, *, alone: bool = False) -> str:
    """The text as it can stand in a line: as it is, or in double quotes."""
    plain = re.fullmatch(r'[^\s"#]\S*', text) and '"' not in text and not (alone and re.match(r"[a-z_]+=", text))
    if plain:
        return text
    odd = any(c != " " and (c.isspace() or not c.isprintable()) for c in text)
    return json.dumps(text, ensure_ascii=odd)
