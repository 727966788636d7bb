"""The words of the house, as a page for people: ideas, sentences, metrics and instruments, each by its one name.

Made from what the code itself says (the vocabulary of the log, the metrics' files, the instruments' files), so that
file, log, page and report cannot come to mean different things. `docs/glossary.md` and `docs/glossary.ar.md` are this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from analysis.measure import metrics
from studies.events import ACTORS, CAUSES, CHANNELS, SOURCES, VERBS
from studies.words import N_, _, direction, pick
from surveys.instruments import names, shipped

#: what is no sentence and no metric, and is spoken of everywhere (DESIGN, section 1)
IDEAS: Final = {
    N_("session"): N_("One sitting of one citizen in one channel: a browser visit, a call, a chat, a visit to a desk."),
    N_("case"): N_("One need, followed across sessions, channels and agencies."),
    N_("sentence"): N_("Who does what about what, and when: all that is ever written down, and all that is measured."),
    N_("datum"): N_(
        "Something that a citizen supplies, by one name whatever it is called on the page. Never its value."
    ),
    N_("wait"): N_("From the citizen's act until the service answers, asks, refuses, sends on or settles it."),
    N_("silence"): N_("A stretch inside a wait with no sign that anybody is at work."),
    N_("silent wait"): N_(
        "A silence longer than the threshold, counted whole: 1 s on a screen, 3 s in conversation, "
        "a working day by post."
    ),
    N_("repeat question"): N_("The service asks for a datum that the case already holds."),
    N_("step"): N_("One thing that the citizen has to do: an act, a datum given, a form sent in."),
    N_("hand-off"): N_("The citizen is sent to another agency, channel or person, and carries the case there."),
    N_("resubmission"): N_("The same thing is sent in again before it was settled, though nothing was refused."),
    N_("robot"): N_("A script that walks a journey: a hypothesis about people, never a finding about them."),
    N_("not measurable"): N_("This source cannot hear what the number needs. It is never zero."),
    N_("not applicable"): N_("There is nothing to divide by."),
}
#: who says or does something; named in the sentences of the log
_WHO: Final = (N_("citizen"), N_("service"), N_("lab"))


def rows() -> dict[str, list[tuple[str, ...]]]:
    """Each part's rows, its first row the head; in the language in force."""
    said = [(f"`{v}`", _(who), _(meaning), avoid or "–") for v, (who, meaning, avoid) in VERBS.items()]
    measured = [(f"`{key}`", _(m.TITLE), _(m.UNIT) if m.UNIT else "–", _(m.MEANING)) for key, m in metrics().items()]
    asked = [(f"`{n}`", pick({k: w.title for k, w in shipped(n).wording.items()})) for n in names()]
    return {
        _("Ideas"): [(_("word"), _("meaning")), *((_(word), _(meaning)) for word, meaning in IDEAS.items())],
        _("Sentences"): [(_("verb"), _("who"), _("meaning"), _("avoid saying")), *said],
        _("Metrics"): [(_("key"), _("name"), _("unit"), _("meaning")), *measured],
        _("Instruments"): [(_("key"), _("name")), *asked],
        _("Closed sets"): [
            (_("column"), _("words")),
            *((f"`{column}`", _ticked(words)) for column, words in _SETS.items()),
        ],
    }


_SETS: Final = {"actor": ACTORS, "channel": CHANNELS, "cause": CAUSES, "source": SOURCES}


def document() -> dict[str, Any]:
    """The glossary for programs: part -> a list of rows by their head."""
    return {part: [dict(zip(head, row, strict=True)) for row in rest] for part, (head, *rest) in rows().items()}


def page() -> str:
    """The glossary as Markdown, in the language in force."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    if direction() == "rtl":
        yield '<div dir="rtl">\n'
    yield f"# {_('Glossary')}\n"
    yield _("Made by `./lab glossary`. These words are the same in file, log, page and report.")
    for part, (head, *rest) in rows().items():
        yield f"\n## {part}\n"
        yield _row(head)
        yield _row("---" for _column in head)
        yield from map(_row, rest)
    if direction() == "rtl":
        yield "\n</div>"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(0x2502)) for cell in cells)} |"


def _ticked(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)
