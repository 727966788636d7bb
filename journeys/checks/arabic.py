"""How a page treats who reads Arabic: language, direction, digits, joined letters, numbers, what was left untranslated.

Every rule is a pure function from a page's snapshot to what it found; sources are W3C's *Arabic & Persian Layout
Requirements* and Unicode's UAX #9. English pages are held to the same: Arabic left on them is untranslated too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from journeys.checking import MOST_PLACES, Finding, Page, Severity, said, script, where_is, without
from journeys.checks._scripts import ARABIC, digits_in, foreign_words, script_of, written_in
from journeys.checks._snapshot import Number, Snapshot
from studies.words import N_

Place = Mapping[str, str]
Fault = tuple[str, Severity, str, str, Place]  # id, how bad, what, how to mend, where
ROOT: Final[Place] = {"path": "html"}
FROM_THE_LEFT: Final = ("tel", "email", "url")  # whatever the language around it


def look(page: Page) -> list[Finding]:
    """What the rules find on the page; what the citizen typed is not held against it."""
    taken = Snapshot.of(page.run(script("place_of", "arabic_look")))
    texts = tuple(replace(t, text=without(t.text, page.given)) for t in taken.texts)
    found: list[Finding] = []
    for name, grave, what, mend, place in lint(replace(taken, texts=texts)):
        where, alike = where_is(place, page), [f.where for f in found if f.id == name]
        if where not in alike and len(alike) < MOST_PLACES:
            found.append(Finding("arabic", name, said(what), where, grave, said(mend)))
    return found


def lint(page: Snapshot) -> list[Fault]:
    """Every rule's faults, in the order of the rules."""
    return [fault for rule in RULES for fault in rule(page)]


def language(page: Snapshot) -> Iterator[Fault]:
    """`lang` missing, or another than the words'."""
    seems, told = page.seems(), script_of(page.lang)
    if not page.lang:
        yield (
            "lang_missing", "serious", N_("The page does not say in which language it is written."),
            N_("Write the language on <html>: lang=\"ar\" or lang=\"en\"."), ROOT,
        )  # fmt: skip
    elif seems and told and seems != told:
        yield (
            "lang_wrong", "serious", N_("The page says another language than its words are written in."),
            N_("Correct lang on <html>: screen readers and fonts follow it."), ROOT,
        )  # fmt: skip


def direction(page: Snapshot) -> Iterator[Fault]:
    """`dir` missing or wrong, of the page and of its parts."""
    wanted = {"arabic": "rtl", "latin": "ltr", None: page.reads}[page.script()]
    if page.reads != wanted:
        if wanted == "rtl" and not page.dir:
            yield (
                "dir_missing", "serious", N_("The page is Arabic and is laid out from the left."),
                N_("Write dir=\"rtl\" on <html>."), ROOT,
            )  # fmt: skip
        else:
            yield (
                "dir_wrong", "serious", N_("The page is laid out against the direction in which it is read."),
                N_("Correct dir on <html>: rtl for Arabic, ltr for English."), ROOT,
            )  # fmt: skip
        return
    for text in page.texts:
        own = text.kind != "option" and not page.foreign(text)
        if own and text.dir != wanted and written_in(text.text, least=ENOUGH_FOR_A_PART) == page.script():
            yield (
                "part_direction", "moderate", N_("A part is laid out against the direction of its words."),
                N_("Take its dir and direction away, or write dir=\"auto\"."), text.where,
            )  # fmt: skip


ENOUGH_FOR_A_PART: Final = 12  # letters


def digits(page: Snapshot) -> Iterator[Fault]:
    """Two digit systems on one screen: the fewer are told."""
    used = Counter(system for t in page.texts for system in digits_in(t.text))
    if len(used) < 2:
        return
    main = used.most_common(1)[0][0]
    for text in page.texts:
        if digits_in(text.text) - {main}:
            yield (
                "mixed_digits", "moderate", N_("Two kinds of digits stand on one screen (such as 123 and ١٢٣)."),
                N_("Choose one kind for the whole service, and format every number, date and amount with it."),
                text.where,
            )  # fmt: skip


def joins(page: Snapshot) -> Iterator[Fault]:
    """Spacing that tears joined letters apart, capitals that Arabic does not have."""
    for text in page.texts:
        if not ARABIC.search(text.text):
            continue
        if abs(text.spacing) > 0.05:
            yield (
                "letter_spacing", "serious", N_("Space between the letters tears joined Arabic letters apart."),
                N_("Set letter-spacing to 0 for Arabic: :lang(ar) { letter-spacing: 0 }"), text.where,
            )  # fmt: skip
        if text.transform in ("uppercase", "capitalize"):
            yield (
                "capitals", "hint", N_("Capitals are meant to stress these words; Arabic has none."),
                N_("Stress them by weight or size, and set text-transform to none for Arabic."), text.where,
            )  # fmt: skip


def numbers(page: Snapshot) -> Iterator[Fault]:
    """Dates, phone numbers and amounts whose groups or signs the bidirectional algorithm has moved."""
    for number in page.numbers:
        if not (number.reversed or number.sign_behind):
            continue
        kind = kind_of(number)
        yield (
            f"reversed_{kind}", "hint" if kind == "range" else "serious", REVERSED[kind],
            N_("Put the number into <bdi dir=\"ltr\">, or isolate it with U+2066 and U+2069."), number.where,
        )  # fmt: skip
    for field in page.fields:
        # What is not auto would be turned while it is typed: the plus of a number jumps behind it.
        if field.dir == "rtl" and (field.auto in FROM_THE_LEFT or field.mode in FROM_THE_LEFT):
            yield (
                "field_direction", "minor", N_("A phone number, e-mail or web address is written here from the right."),
                N_("Write dir=\"ltr\" on the field; it may still be aligned to the right."), field.where,
            )  # fmt: skip


REVERSED: Final = {
    "date": N_("A date is shown with its parts in reverse: day and year have changed places."),
    "phone": N_("A phone number is shown with its parts in reverse."),
    "amount": N_("A number is shown with its sign behind it or its parts in reverse."),
    "range": N_("A range is shown from the right: readers may take its end for its beginning."),
}


def kind_of(number: Number) -> str:
    """What a number seems to be by its shape: date, phone, range, or else an amount."""
    groups = [len(g) for g in "".join(c if c == "#" else " " for c in number.shape).split()]
    between = number.shape.strip("+-−( ").strip("#")
    if len(groups) == 3 and sorted(groups)[-1] in (2, 4) and max(sorted(groups)[:2]) <= 2:
        return "date"
    if len(groups) == 2 and any(dash in between for dash in "-–—") and not number.shape.startswith("+"):
        return "range"
    if sum(groups) >= 7 and (len(groups) > 1 or number.shape.startswith("+")) and not any(c in between for c in ",."):
        return "phone"
    return "amount"


def untranslated(page: Snapshot) -> Iterator[Fault]:
    """Words of the other script that nobody translated."""
    script = page.script()
    if script is None:
        return
    for text in page.texts:
        if page.foreign(text) or not foreign_words(text.text, script):
            continue
        yield (
            "untranslated", "moderate",
            N_("English words were left on an Arabic page.") if script == "arabic" else
            N_("Arabic words were left on an English page."),
            N_("Translate them; mark what belongs there with its own lang, or with translate=\"no\"."), text.where,
        )  # fmt: skip


def messages(page: Snapshot) -> Iterator[Fault]:
    """What the browser, or the page itself, would say of a wrong field in another language than the page's."""
    script = page.script()
    for message in page.messages:
        if script is None or message.script in ("other", script):
            continue
        yield (
            "message_language", "moderate",
            N_("The page's own message about a field is in another language than the page.") if message.own else
            N_("The browser's message about an empty field comes in the browser's language, not the page's."),
            N_("Write novalidate on the form and say it in the page's own words beside the field."), message.where,
        )  # fmt: skip


def sides(page: Snapshot) -> Iterator[Fault]:
    """Styles that know left and right only."""
    for style in page.styles:
        yield (
            "physical_style", "hint",
            N_("A style says left where the page is read from the right (text-align, float, padding, margin, border)."),
            N_("Use start and end: text-align: start, padding-inline-start, float: inline-start."), style.where,
        )  # fmt: skip


RULES: Final[tuple[Callable[[Snapshot], Iterator[Fault]], ...]] = (
    language,
    direction,
    digits,
    joins,
    numbers,
    untranslated,
    messages,
    sides,
)
