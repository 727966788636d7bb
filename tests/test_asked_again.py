"""What one page asks for, how often, and under which name: the same for a browser, for the wire, for a rehearsal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from served import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from test_hearing import BASE, Play, said

from analysis.measure import measure
from journeys.equipment import equipped
from journeys.hearing.asked_again import times_asked
from journeys.journey import Journey
from journeys.personas import Persona
from journeys.players import browser, rehearsal, wire
from journeys.walk import Walk, walk_of
from studies.log import Log
from studies.script import parse

pytestmark = pytest.mark.untimed


def field(label: str, name: str = "", group: str = "", auto: str = "") -> dict[str, str]:
    return {"l": label, "n": name or label.lower().replace(" ", "_"), "a": auto, "ty": "text", "g": group}


@pytest.mark.parametrize(
    ("fields", "times"),
    [
        ([field("Email"), field("Repeat email"), field("Email of the attendee")], {"email": 3}),
        ([field("البريد الإلكتروني"), field("تأكيد البريد الإلكتروني")], {"email": 2}),
        ([field("Email", group="Contact"), field("Confirm email", group="Contact")], {"email": 2}),
        ([field("Email", group="Contact"), field("Email", group="Invoice")], {"email": 2}),
        # one answer in parts, the lines of an address, the rows of a list
        ([field(part, f"dob-{part}", "Date of birth") for part in ("Day", "Month", "Year")], {"date_of_birth": 1}),
        ([field("Day", auto="bday-day", name="dob-day"), field("Month", "dob-month")], {"date_of_birth": 1}),
        ([field("Address line 1"), field("Address line 2")], {"address": 1}),
        ([field("Home address", group="Address"), field("Address of the house", group="Address")], {"address": 1}),
        ([field("Full name", "who[0]"), field("Full name", "who[1]")], {"full_name": 1}),
        ([field("Full name", "a", "Traveller 1"), field("Full name", "a", "Traveller 2")], {"full_name": 1}),
        # what only sounds alike; what only its name says; what no dictionary knows
        ([field("Full name"), field("Mobile number"), field("Emergency contact number")],
         {"full_name": 1, "mobile": 1}),
        ([field("Email"), field("Yours", "email")], {"email": 1}),
        ([field("Quantity", "q_1"), field("Quantity", "other")], {"quantity": 1}),
        ([], {}),
    ],
)  # fmt: skip
def test_how_often_a_page_asks(fields: list[dict[str, str]], times: dict[str, int]) -> None:
    assert times_asked(fields) == times


def test_the_next_field_asks_again_once_the_datum_was_given() -> None:
    play = Play()
    play.arrive(0, 0.2, "/renew", ("Email", "Repeat email", "National ID"))
    play.say(1.0, "give", field=field("Email"))
    play.say(1.5, "give", field=field("Email"))  # corrected: not asked anew
    play.say(2.0, "give", field=field("Repeat email"))
    play.say(2.5, "give", field=field("National ID"))
    play.send(3.0, "/renew")
    play.arrive(3.01, 3.2, "/renew", ("Email", "Repeat email"), ref=BASE + "/renew")  # both were lost
    play.say(4.0, "give", field=field("Email"))
    assert [line.split(" ", 1)[1] for line in said(play) if "email" in line] == [
        "service requests email",
        "citizen gives email",
        "service requests email",
        "citizen gives email",
        "citizen gives email",
        "service requests email",
        "citizen gives email",
        "service requests email",
    ]


# -- one page, three players

MARKED = {"en": "<i class=label-required>required</i>", "ar": "<i class=label-required>مطلوب</i>"}
LABELS = {
    "en": ("Email", "Repeat email", "Email of the attendee", "Favourite colour", "Size", "Shade", "Send"),
    "ar": ("البريد الإلكتروني", "إعادة البريد الإلكتروني", "البريد الإلكتروني للمشارك", "اللون المفضل", "المقاس",
           "الدرجة", "إرسال"),
}  # fmt: skip


def page_in(language: str) -> str:
    """A form that asks for the e-mail three times, whose labels are marked in every way, with lists of both kinds."""
    mark = MARKED[language]
    first, again, third, colour, size, shade, send = LABELS[language]
    unseen = "<style>.sr-only,.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden}</style>"
    return (
        f"<!doctype html><html lang={language}><meta charset=utf-8>{unseen}<form method=post action=/done>"
        f"<p><label for=a>{first}{mark}</label><input id=a name=email>"
        f"<p><label for=b>{again} *</label><input id=b name=email_repeat>"
        f"<p><label for=c>{third}</label><input id=c name='7-attendee'>"
        f"<p><label for=d>{colour}<b class=sr-only> has errors</b>{mark}</label><input id=d name=x1>"
        f"<p><label for=e><span class=visually-hidden>{size}</span></label>"
        "<select id=e name=x2><option>S<option>M</select>"
        f"<p><label for=f>{shade}</label><select id=f name=x3><option>Pale<option selected>Dark</select>"
        f"<p><button>{send}</button></form>"
    )


async def shown(request: Request) -> Response:
    language = "ar" if request.headers.get("accept-language", "").startswith("ar") else "en"
    return HTMLResponse("<!doctype html><h1>Done</h1>" if request.method == "POST" else page_in(language))


APP = Starlette(routes=[Route("/{page}", shown, methods=["GET", "POST"])])


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(APP) as url:
        yield url


def a_walk(language: str, base: str, player: str = "chromium") -> Walk:
    first, again, third, _colour, size, _shade, _send = LABELS[language]
    steps = [
        {"visit": "/form"},
        *({"give": {label: "rana@example.test"}} for label in (first, again, third)),
        {"choose": {size: "M"}},
        {"submit": True},
    ]
    journey = Journey.model_validate({"journey": "try", "title": "Try", "agency": "traffic", "steps": steps})
    return walk_of(
        journey, Persona("p", {}), session="s", base_url=base, language=language, patience=10.0,
        equipment=equipped(player),
    )  # fmt: skip


def sentences(log: Log) -> list[str]:
    return [f"{s.verb} {s.about}" for s in log.said() if s.verb in ("requests", "gives", "submits")]


def expected(language: str) -> list[str]:
    colour = {"en": "favourite_colour", "ar": "اللون_المفضل"}[language]
    size = {"en": "size", "ar": "المقاس"}[language]
    return [
        "requests email", f"requests {colour}", f"requests {size}", "gives email", "requests email", "gives email",
        "requests email", "gives email", f"gives {size}", "submits done",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_wire_hears_what_a_page_asks_for(language: str) -> None:
    log = rehearsal.play(a_walk(language, "http://127.0.0.1:8699"), app=APP)
    assert sentences(log) == expected(language)
    ((_session, row),) = measure(log).sessions.items()
    assert row["repeat_questions"].value == 2


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_a_browser_hears_the_same(language: str, name: str, base: str) -> None:
    if name == "firefox" and not (shutil.which("firefox-esr") or shutil.which("firefox")):
        pytest.skip("no Firefox on this machine")
    heard = sentences(browser.play(a_walk(language, base, name)))
    assert heard == expected(language) == sentences(wire.play(a_walk(language, base)))


def test_a_rehearsal_expects_what_the_script_gives_twice() -> None:
    steps = [{"visit": "/form"}, {"give": {"email": "a"}}, {"give": {"email_repeat": "a"}}, {"submit": True}]
    journey = Journey.model_validate({"journey": "try", "title": "Try", "agency": "traffic", "steps": steps})
    log = rehearsal.play(walk_of(journey, Persona("p", {}), session="s", base_url=BASE))
    assert sentences(log)[:4] == ["requests email", "gives email", "requests email", "gives email"]


def test_the_definition_counts_a_further_field_as_a_repeat() -> None:
    log = parse(
        "0.0 citizen acts form\n0.1 service answers form\n0.1 service requests email\n1.0 citizen gives email\n"
        "1.0 service requests email\n2.0 citizen gives email\n"
    )
    ((_session, row),) = measure(log).sessions.items()
    assert [row[metric].value for metric in ("repeat_questions", "corrections", "waits")] == [1, 0, 1]
