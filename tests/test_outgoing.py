"""What is sent with a citizen's own words in it: whatever they hold, the service reads those words and nothing else."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journeys.journey import Journey
from journeys.outgoing import outgoing
from journeys.sent import Sent

XML = (
    "<a by='{{citizen.name}}' to=\"{{citizen.name}}\"><b>{{citizen.name}}</b><c><![CDATA[<i>{{citizen.name}}]]></c></a>"
)
JOURNEY = Journey.model_validate({"journey": "j", "title": "J", "agency": "a", "steps": [{"visit": "/"}]})
WORDS = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cn"], exclude_characters="\x7f"))


def body(name: str, **sent: object) -> str:
    one = Sent.model_validate({"post": "/soap", **sent})
    out = outgoing(one, JOURNEY, "http://127.0.0.1:1", {"citizen": {"name": name}}, "en")
    assert out.body is not None
    return out.body.decode()


@given(WORDS)
@example("Dar & Sons <Ltd>")
@example("""O'Neil "the" ]]> &amp;""")
def test_xml_holds_the_words_and_nothing_more(name: str) -> None:
    text = body(name, text=XML, headers={"Content-Type": "application/soap+xml; charset=utf-8"})
    read = ElementTree.fromstring(text)
    assert (read.get("by"), read.get("to")) == (name, name)
    assert [(one.tag, one.text) for one in read] == [("b", name or None), ("c", f"<i>{name}")]


@given(WORDS)
def test_json_holds_the_words_and_nothing_more(name: str) -> None:
    assert json.loads(body(name, json='{"name": "{{citizen.name}}"}')) == {"name": name}


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain"}, {"content-type": "text/x-xmlish"}])
def test_a_text_that_is_no_xml_is_sent_as_it_stands(headers: dict[str, str]) -> None:
    assert body("Dar & Sons", text="name={{citizen.name}}", headers=headers) == "name=Dar & Sons"
