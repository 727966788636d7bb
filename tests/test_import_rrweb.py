"""What a recording of rrweb is heard to say, on small recordings made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from recordings import BUTTON, FORM, Recording, heard, told

from studies.importers.of_rrweb.document import Document
from studies.script import render

# --- pages, forms, answers --------------------------------------------------------------------------------------------


def test_a_form_is_asked_given_sent_and_answered(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/apply", FORM)
    r.type(3, "n", "J")
    r.type(3.4, "n", "Jo")
    r.click(4, "go")
    r.page(6.5, "/done", "<h1>What happens next</h1>")
    assert told(r, tmp_path) == [
        "0.0 citizen begins",
        "0.0 service answers apply",
        "0.0 service requests full_name",
        "3.4 citizen gives full_name",
        "4.0 citizen submits send#f",
        "6.5 service answers done",
    ]


def test_enter_sends_a_form_that_has_no_button(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/find", "<form action='/find'><label>Plate number<input id='n' name='q'></label></form>")
    r.type(2, "n", "12345")
    r.page(3, "/found", "<h1>Found</h1>")
    assert "2.0 citizen submits find" in told(r, tmp_path)


def test_what_is_filled_in_is_not_asked_and_hidden_fields_are_asked_when_they_are_shown(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", "<form><label>E-mail<input id='e' value='x@y.z'></label>"
           "<div id='more' class='conditional--hidden'><label>Passport number<input id='p'></label></div>"
           "<button id='b' type='button'>I have a passport</button></form>")  # fmt: skip
    r.click(2, "b")
    r.set(2.2, "more", **{"class": "conditional"})
    lines = told(r, tmp_path)
    assert [line for line in lines if "requests" in line] == ["2.2 service requests passport_number"]
    assert not any("answers" in line for line in lines[2:])  # the question that appears is the answer


def test_a_group_of_boxes_and_the_parts_of_a_date_are_one_datum(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", "<form><fieldset><legend>Marital status</legend>"
           "<label><input type='radio' id='r1' name='ms' value='1'>Single</label>"
           "<label><input type='radio' id='r2' name='ms' value='2'>Married</label></fieldset>"
           "<fieldset><legend>Date of birth</legend><label>Day<input id='d' name='dob-day'></label>"
           "<label>Month<input id='mo' name='dob-month'></label><label>Year<input id='y' name='dob-year'></label>"
           "</fieldset></form>")  # fmt: skip
    r.type(1, "r2", "2", ticked=True)
    r.type(1, "r1", "1", ticked=False)
    for at, name in ((2, "d"), (3, "mo"), (4, "y")):
        r.type(at, name, "1")
    assert told(r, tmp_path)[2:] == [
        "0.0 service requests marital_status",
        "0.0 service requests date_of_birth",
        "1.0 citizen gives marital_status",
        "4.0 citizen gives date_of_birth",
    ]


def test_a_snapshot_taken_again_of_the_same_page_is_no_answer(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM)
    r.page(5, "/a", FORM)  # rrweb 1 keeps the numbers
    r.page(9, "/a", FORM, first=400)  # rrweb 2 goes on counting
    assert [line for line in told(r, tmp_path) if "answers" in line] == ["0.0 service answers a"]


def test_a_snapshot_taken_again_while_a_page_works_is_no_answer(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", BUTTON)
    r.click(2, "b")
    r.page(5, "/a", BUTTON)
    r.add(8, "out", "<p>Result</p>")
    assert told(r, tmp_path)[2:] == ['2.0 citizen acts "Look up"', "8.0 service answers a"]


def test_nodes_find_their_places_in_both_generations() -> None:
    """Told by the next sibling, which may come later in the same change (2), or by the previous one (1)."""
    page = Document.of({"type": 0, "id": 1, "childNodes": [
        {"type": 2, "tagName": "ul", "id": 2, "childNodes": [{"type": 2, "tagName": "li", "id": 3, "childNodes": []}]}
    ]})  # fmt: skip
    assert page is not None

    def li(number: int) -> dict[str, Any]:
        return {"type": 2, "tagName": "li", "id": number, "attributes": {}, "childNodes": []}

    page.changed({"adds": [{"parentId": 2, "nextId": 5, "node": li(4)}, {"parentId": 2, "nextId": 3, "node": li(5)}]})
    page.changed({"adds": [{"parentId": 2, "previousId": 5, "node": li(6)}]})
    assert [kid.id for kid in page.nodes[2].kids] == [4, 5, 6, 3]
    page.changed({"adds": [{"parentId": 2, "nextId": 4, "node": li(3)}], "removes": [{"parentId": 2, "id": 5}]})
    assert [kid.id for kid in page.nodes[2].kids] == [3, 4, 6]  # moved, and gone
    page.changed({"adds": [{"parentId": 77, "nextId": None, "node": li(9)}, {"parentId": 3, "node": li(2)}]})
    assert (page.dropped, 9 in page.nodes) == (1, False)  # nothing holds it; and nothing can hold what holds it


def test_the_same_page_after_a_submission_is_an_answer(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM)
    r.click(2, "go")
    r.page(5, "/a", FORM)
    lines = told(r, tmp_path)
    assert "5.0 service answers a" in lines
    assert "5.0 service requests full_name" in lines


def test_going_back_to_a_page_that_the_browser_kept_is_heard_by_what_is_done_there(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM)
    old = r.names["go"]
    r.click(1, "go")
    r.page(2, "/b", "<p>" + "<dialog><p>x</p>" * 20 + "</dialog>")
    r.click(6, old)
    lines = told(r, tmp_path)
    assert lines[-3:] == ["6.0 citizen acts back", "6.0 service answers a", "6.0 citizen submits send#f"]


def test_a_page_without_its_snapshot_is_a_failure_of_the_recorder(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM)
    r.click(1, "go")
    r.page(2, "/b", "<h1>B</h1>")
    r.events[-1]["data"] = {"node": None}
    imported = heard(r, tmp_path)
    assert "lab breaks" in " ".join(render(imported.log).split())
    assert any(o.what == "a page" for o in imported.left_out)


def test_a_page_that_is_filled_after_it_came_answers_when_something_is_on_it(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", "<a id='l' href='/b'>Next</a>")
    r.click(1, "l")
    r.page(1.2, "/b", "<div id='root'></div>")
    r.add(3, "root", "<h1>Here</h1><label>Mobile<input></label>")
    assert told(r, tmp_path)[-3:] == ["1.0 citizen acts Next", "3.0 service answers b", "3.0 service requests mobile"]


def test_a_heading_that_says_so_concludes(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM)
    r.click(1, "go")
    r.page(2, "/done", "<h1>Application complete</h1>")
    assert told(r, tmp_path)[-2:] == ["2.0 service answers done", "2.0 service concludes done"]
    r.page(4, "/no", "<h1>Is your application complete?</h1><h2>When your application is complete</h2>")
    assert not any("concludes no" in line for line in told(r, tmp_path))


# --- on one page ------------------------------------------------------------------------------------------------------


def test_a_change_on_the_page_answers_when_it_has_settled(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", BUTTON)
    r.click(2, "b")
    for at in (3.5, 3.6, 3.7):
        r.add(at, "out", "<p>row</p>")
    r.add(9, "out", "<p>much later</p>")
    assert told(r, tmp_path)[2:] == ['2.0 citizen acts "Look up"', "3.7 service answers a"]


@pytest.mark.parametrize(
    "sign",
    [
        "<div id='s' class='spinner'></div>",
        "<progress id='s'></progress>",
        "<div id='s' aria-busy='true'>…</div>",
        "<p id='s'>Please wait</p>",
        "<p id='s'>جاري التحميل…</p>",
    ],
)
def test_signs_of_working_last_until_they_go(tmp_path: Path, sign: str) -> None:
    r = Recording()
    r.page(0, "/a", BUTTON)
    r.click(2, "b")
    r.add(2.5, "m", sign)
    r.remove(5, "s")
    r.add(5.05, "out", "<p>Result</p>")
    lines = told(r, tmp_path)
    assert lines[3:] == ["2.5- 5.0 service responds", "5.05 service answers a"]


@pytest.mark.parametrize(
    "sign",
    [
        "<div id='s' class='spinner' style='display: none'></div>",
        "<div hidden><div id='s' class='spinner'></div></div>",
        "<div id='s' class='spinner' aria-hidden='true' style='opacity:0'></div>",
    ],
)
def test_what_cannot_be_seen_is_no_sign(tmp_path: Path, sign: str) -> None:
    r = Recording()
    r.page(0, "/a", BUTTON)
    r.click(2, "b")
    r.add(2.5, "m", sign)
    r.remove(5, "s")
    r.add(5.05, "out", "<p>Result</p>")
    assert told(r, tmp_path)[3:] == ["5.05 service answers a"]


def test_what_only_a_screen_reader_tells_is_heard_and_not_seen(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", BUTTON)
    r.click(2, "b")
    r.add(2.5, "m", "<p id='s' class='visually-hidden' role='status'>Please wait</p>")
    r.remove(5, "s")
    r.add(5.05, "out", "<p>Result</p>")
    assert told(r, tmp_path)[3] == "2.5- 5.0 service responds sense=heard"


def test_a_sign_lasts_until_the_next_page_and_one_that_always_stands_says_nothing(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM + "<div class='spinner'>always</div>")
    r.click(2, "go")
    r.add(2.5, "f", "<p>Submitting…</p>")
    r.page(8, "/b", "<h1>B</h1>")
    assert told(r, tmp_path)[3:] == [
        "2.0 citizen submits send#f",
        "2.5- 8.0 service responds",
        "8.0 service answers b",
    ]


def test_clocks_and_carousels_answer_nothing(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", BUTTON + "<p id='clock'>0</p>")
    for second in range(1, 30):
        r.add(float(second), "clock", f"<span>{second}</span>")
        if second == 12:
            r.click(12.5, "b")
    r.add(20.4, "out", "<p>Result</p>")
    r.events.sort(key=lambda e: e["timestamp"])
    assert told(r, tmp_path)[3:] == ['12.5 citizen acts "Look up"', "20.4 service answers a"]


def test_requests_over_the_network_give_the_cause(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", BUTTON)
    r.click(2, "b")
    r.fetched(2.05, 4)
    r.add(4.1, "out", "<p>Result</p>")
    assert told(r, tmp_path)[-1] == "4.1 service answers a cause=server"


def test_a_page_tells_by_itself_that_it_gave_a_sign(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", BUTTON)
    r.click(2, "b")
    r.custom(2.5, "lab.feedback")
    r.custom(2.6, "something else")
    r.add(4.1, "out", "<p>Result</p>")
    assert told(r, tmp_path)[3] == "2.5 service responds"


def test_a_press_on_what_is_no_button_is_an_act_if_something_comes_of_it(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", "<div id='x'>Open</div><p id='out'>-</p>")
    r.click(1, "out")
    r.click(5, "x")
    r.add(5.1, "out", "<p>Opened</p>")
    assert told(r, tmp_path)[2:] == ["5.0 citizen acts Open", "5.1 service answers a"]


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_a_page_with_an_error_summary_refuses_the_fields_that_it_links_to(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM)
    r.click(1, "go")
    r.page(2, "/a", "<div class='govuk-error-summary' role='alert'><h2>There is a problem</h2>"
           "<a href='#n'>Enter your full name</a></div>" + FORM)  # fmt: skip
    assert told(r, tmp_path)[-2:] == ["2.0 service refuses full_name", "2.0 service requests full_name"]


def test_a_message_that_appears_refuses_the_field_beside_it(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", "<form id='f'><div id='g'><label for='n'>Mobile</label><input id='n' value='1'></div>"
           "<button id='go'>Send</button></form>")  # fmt: skip
    r.click(1, "go")
    r.add(1.2, "g", "<p class='invalid-feedback'>Enter a mobile number</p>")
    assert told(r, tmp_path)[-1] == "1.2 service refuses mobile"


def test_the_browser_itself_refuses_by_leading_to_the_empty_field(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM.replace(" novalidate", "").replace('type="text"', "required"))
    r.click(1, "go")
    r.focus(1.05, "n")
    assert told(r, tmp_path)[-1] == "1.05 service refuses full_name"


def test_an_error_page_refuses_by_a_fault(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM)
    r.click(1, "go")
    r.page(2, "/send", "<h1>Sorry</h1>", title="500 Internal Server Error")
    assert told(r, tmp_path)[-1] == "2.0 service refuses send cause=fault"


# --- what a recording holds and the log must not ----------------------------------------------------------------------


def test_what_was_typed_is_nowhere_in_the_log(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM)
    r.type(1, "n", "Zaynab Unmistakable")
    r.click(2, "go")
    r.page(3, "/b", "<form><label>Is Zaynab Unmistakable your name?<input id='n2'></label>"
           "<a id='l' href='/c'>Change Zaynab Unmistakable 850112345</a></form>")  # fmt: skip
    r.type(4, "n2", "900112233")
    r.click(5, "l")
    imported = heard(r, tmp_path)
    whole = render(imported.log) + str(imported.left_out)
    for secret in ("Zaynab", "Unmistakable", "zaynab", "850112345", "900112233"):
        assert secret not in whole


def test_inputs_that_the_page_made_itself_are_not_given(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", FORM)
    r.type(1, "n", "x", userTriggered=False)
    assert not any("gives" in line for line in told(r, tmp_path))
