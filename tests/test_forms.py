"""A page's HTML as a citizen meets it, and what a browser would send for its forms."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from journeys.players.asking import asked, refused
from journeys.players.controls import Control
from journeys.players.forms import Page
from journeys.players.sending import entries, sending

URL = "http://127.0.0.1:8600/traffic/renew?lang=en"


def a_page(body: str, status: int = 200) -> Page:
    return Page(URL, status, f"<!doctype html><html lang=en><body>{body}")


def sent(body: str, button: int | None = 0) -> list[tuple[str, object]]:
    """The entries of the page's first form, sent by one of its buttons."""
    page = a_page(body)
    form = page.forms[0]
    buttons = [c for c in form.controls if c.submits]
    return list(entries(form, buttons[button] if button is not None else None))


def the(page: Page, name: str) -> Control:
    return next(c for c in page.controls if c.name == name)


# -- labels, groups, data


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("<label for=a>National ID</label><input id=a name=x>", "National ID"),
        ("<label>E-mail <b>address</b> <input name=x></label>", "E-mail address"),
        ("<span id=l>Plate</span><input name=x aria-labelledby=l>", "Plate"),
        ("<input name=x aria-label='Plate  number'>", "Plate number"),
        ("<input name=x placeholder='Plate number'>", "Plate number"),
        ("<input name=x title=Plate>", "Plate"),
        ("<label>Colour <select name=x><option>Red</select></label>", "Colour"),
        (
            "<label>Colour <i class='visually-hidden'>has errors</i><b class='a sr-only'>!</b><input name=x></label>",
            "Colour",
        ),
        ("<label><i class=sr-only>Colour</i><input name=x></label>", "Colour"),
        ("<label>Colour <span hidden>secret</span><i aria-hidden=true>*</i><input name=x></label>", "Colour"),
    ],
)
def test_a_field_is_labelled_as_a_citizen_reads_it(field: str, label: str) -> None:
    assert the(a_page(field), "x").label == label


def test_a_choice_belongs_to_its_group() -> None:
    page = a_page(
        "<fieldset><legend>Kind of vehicle</legend><label><input type=radio name=k value=c>Car</label></fieldset>"
        "<div role=group aria-labelledby=g><p id=g>Extras</p><label><input type=checkbox name=e>Map</label></div>"
    )
    assert (the(page, "k").label, the(page, "k").group, the(page, "k").asks) == (
        "Car",
        "Kind of vehicle",
        "Kind of vehicle",
    )
    assert the(page, "e").asks == "Extras"


def test_the_datum_comes_from_label_token_or_name() -> None:
    page = a_page(
        "<label>National ID <input name=a></label><input name=b autocomplete='section-x email'>"
        "<input name=plate_number>"
    )
    assert [c.datum for c in page.fields()] == ["national_id", "email", "plate_number"]


# -- what is asked


def test_every_visible_empty_field_is_asked_for_once_and_in_order() -> None:
    page = a_page(
        "<form><input type=hidden name=token><label>National ID <input name=a></label>"
        "<label>E-mail <input name=b value=x@example.org></label>"
        "<fieldset><legend>Kind</legend><input type=radio name=k value=1><input type=radio name=k value=2></fieldset>"
        "<fieldset><legend>Chosen</legend><input type=radio name=q value=1 checked><input type=radio name=q></fieldset>"
        "<select name=colour><option value=''>Choose<option>Red</select>"
        "<select name=size><option>One<option>Two</select>"  # the first shows by itself: nobody has chosen it
        "<select name=told><option>One<option selected>Two</select>"
        "<textarea name=note></textarea><textarea name=kept>said</textarea>"
        "<label>Personal number <input name=again></label>"  # the same datum on the same page
        "<input name=locked readonly><input name=off disabled><input type=search name=s><button>Go</button>"
        "<input type=submit><input type=file name=deed></form>"
    )
    assert asked(page) == dict.fromkeys(("national_id", "kind", "colour", "size", "note", "deed"), 1) | {
        "national_id": 2
    }


@pytest.mark.parametrize(
    "hiding",
    [
        "<div hidden>{}</div>",
        "<div style='display: none'>{}</div>",
        "<p style='visibility:hidden'>{}</p>",
        "<details><summary>More</summary>{}</details>",
        "<dialog>{}</dialog>",
        "<template>{}</template>",
        "<noscript>{}</noscript>",
        "<form role=search>{}</form>",
        "<fieldset disabled>{}</fieldset>",
    ],
)
def test_what_cannot_be_seen_or_used_is_not_asked_for(hiding: str) -> None:
    assert asked(a_page(hiding.format("<input name=plate_number>"))) == {}


def test_the_first_legend_of_a_disabled_fieldset_stays_in_use() -> None:
    page = a_page("<fieldset disabled><legend><input name=a></legend><legend><input name=b></legend></fieldset>")
    assert [c.name for c in page.controls if not c.disabled] == ["a"]


def test_an_unfolded_part_asks() -> None:
    page = a_page("<details><summary>More</summary><label>E-mail <input name=x></label></details>")
    page.unfold(page.pressables()[0].node)
    assert asked(page) == {"email": 1}
    assert "e-mail" in page.text()


# -- what is rejected

FIELD = "<label for=n>National ID</label><input id=n name=nid {}>"


@pytest.mark.parametrize(
    "body",
    [
        FIELD.format("aria-invalid=true"),
        FIELD.format("aria-describedby='hint err'")
        + "<i id=hint>9 digits</i>"
        + "<div><b id=err class=error>Wrong</b></div>",
        FIELD.format("aria-errormessage=err") + "<p id=err role=alert>Wrong</p>",
        "<div>" + FIELD.format("") + "<span class=field-error>Wrong</span></div>",
        "<p>" + FIELD.format("") + "<span class=invalid-feedback>Wrong</span></p>",
        "<div class=error-summary role=alert>Mistakes</div>" + FIELD.format("aria-invalid=true"),
    ],
)
def test_a_message_is_tied_to_its_field(body: str) -> None:
    assert refused(a_page(f"<form>{body}</form>")) == ["national_id"]


@pytest.mark.parametrize(
    "body", ["<div role=alert>Something went wrong</div>", "<div class=error-summary>There is a problem</div>"]
)
def test_a_page_may_reject_as_a_whole(body: str) -> None:
    assert refused(a_page(body)) == []


def test_an_error_page_rejects() -> None:
    assert refused(a_page("<h1>Not found</h1>", 404)) == []
    assert refused(a_page(FIELD.format("aria-invalid=true"), 422)) == ["national_id"]


@pytest.mark.parametrize(
    "body",
    [
        FIELD.format(""),
        "<div role=alert></div>",
        "<div role=alert hidden>Wrong</div>",
        "<div class='alert-success' role=alert>Saved</div>",
        "<p class=error>somewhere on the page</p>",
        f"<div class=error>{FIELD.format('')}</div>",
    ],
)
def test_what_is_no_rejection(body: str) -> None:
    assert refused(a_page(f"<form>{body}</form>")) is None


# -- words


def test_what_can_be_pressed_has_its_words() -> None:
    page = a_page(
        "<a href=/a>First <b>link</b></a><a>no link</a><button>Go</button><input type=submit value=Send>"
        "<button disabled>Off</button><button aria-label=Close>×</button><a href=/i><img alt=Home></a>"
        "<div role=button>Fancy</div>"
        "<button hidden>Unseen</button><input type=image alt=Search src=x>"
    )
    assert [p.words for p in page.pressables()] == ["First link", "Go", "Send", "Close", "Home", "Fancy", "Search"]


def test_the_text_is_what_can_be_read() -> None:
    page = a_page("<h1>It is <b>renewed</b></h1><script>no</script><p hidden>no</p><input type=submit value=Yes>")
    assert page.text() == "it is renewed yes"


def test_a_page_that_moves_on_by_itself() -> None:
    assert a_page("<meta http-equiv=refresh content='2; url=/done'>").refresh() == (2.0, "http://127.0.0.1:8600/done")
    assert a_page("<meta http-equiv=Refresh content=5>").refresh() == (5.0, URL)
    assert a_page("<meta http-equiv=refresh content='soon'>").refresh() is None


# -- what is sent


def test_successful_controls() -> None:
    assert sent(
        "<form><input type=hidden name=t value=1><input name=a value=x><input value=nameless><input name=off disabled>"
        "<input type=checkbox name=c1><input type=checkbox name=c2 checked>"
        "<input type=checkbox name=c3 value=v checked>"
        "<input type=radio name=r value=1><input type=radio name=r value=2 checked>"
        "<select name=one><option>A<option selected value=b>B</select>"
        "<select name=first><option disabled>X<option>Y</select>"
        "<select name=many multiple><option selected>1<option>2<option selected>3"
        "<option selected disabled>4</select>"
        "<select name=none multiple><option>1</select><textarea name=n>\nline\n</textarea>"
        "<datalist><input name=inside value=x></datalist><input type=reset name=z value=z>"
        "<button type=button name=y>Y</button>"
        "<button name=go value=1>Go</button><button name=other value=2>Other</button></form>"
    ) == [
        ("t", "1"),
        ("a", "x"),
        ("c2", "on"),
        ("c3", "v"),
        ("r", "2"),
        ("one", "b"),
        ("first", "Y"),
        ("many", "1"),
        ("many", "3"),
        ("n", "line\n"),
        ("inside", "x"),  # not by the standard, but browsers do send it
        ("go", "1"),
    ]


def test_only_the_pressed_button_is_sent() -> None:
    body = "<form><input type=submit name=a value=1><button name=b value=2>B</button><input type=image name=c></form>"
    assert sent(body, 1) == [("b", "2")]
    assert sent(body, 2) == [("c.x", "0"), ("c.y", "0")]
    assert sent(body, None) == []


def test_a_control_may_stand_outside_its_form() -> None:
    body = "<form id=f><button>Go</button></form><input name=a value=1 form=f><form><input name=b form=none></form>"
    assert sent(body) == [("a", "1")]


def test_a_form_is_sent_where_and_how_it_says() -> None:
    page = a_page(
        "<form id=f method=post action=/pay#here><input name=a value='1 &amp; 2&#10;3'><button>Go</button>"
        "<button formaction=/draft formmethod=get>Draft</button></form>"
    )
    form, (go, draft) = page.forms[0], [c for c in page.controls if c.submits]
    posted = sending(page, form, go)
    assert (posted.method, posted.url, posted.form) == ("POST", "http://127.0.0.1:8600/pay", "f")
    assert posted.body == b"a=1+%26+23"  # a line break cannot stand in an input; the parser keeps it out
    drafted = sending(page, form, draft)
    assert (drafted.method, drafted.url, drafted.body) == ("GET", "http://127.0.0.1:8600/draft?a=1+%26+23", None)


def test_a_form_without_action_goes_to_its_own_page() -> None:
    page = a_page("<form><input name=a value=1><button>Go</button></form>")
    assert sending(page, page.forms[0], None).url == "http://127.0.0.1:8600/traffic/renew?a=1"
    assert sending(page, page.forms[0], None).action == "http://127.0.0.1:8600/traffic/renew?lang=en"


def test_line_breaks_travel_as_crlf() -> None:
    page = a_page("<form method=post><textarea name=a></textarea></form>")
    the(page, "a").value = "one\ntwo\r\nthree"
    body = sending(page, page.forms[0], None).body or b""
    assert parse_qsl(body.decode()) == [("a", "one\r\ntwo\r\nthree")]


def test_documents_travel_as_multipart(tmp_path: Path) -> None:
    file = tmp_path / 'pol"icy.pdf'
    file.write_bytes(b"%PDF")
    page = a_page(
        "<form method=post enctype=multipart/form-data><input name=a value=س>"
        "<input type=file name=f><input type=file name=g></form>"
    )
    the(page, "f").files = [file]
    made = sending(page, page.forms[0], None)
    boundary = (made.content_type or "").partition("boundary=")[2].encode()
    parts = (made.body or b"").split(b"--" + boundary)
    assert parts[1] == 'Content-Disposition: form-data; name="a"\r\n\r\nس\r\n'.encode().join([b"\r\n", b""])
    assert b'name="f"; filename="pol%22icy.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n' in parts[2]
    assert b'name="g"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n' in parts[3]
    assert parts[4] == b"--\r\n"
