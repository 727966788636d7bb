"""One vocabulary: the glossary says what the code says, and no text says what the glossary avoids.

Renew the pages:  ./lab glossary --out docs/glossary.md; ./lab glossary --lang ar --out docs/glossary.ar.md
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.glossary import document, page
from analysis.measure import metrics
from studies import catalogue
from studies.events import VERBS
from studies.words import say_in
from surveys.instruments import names

DOCS = Path(__file__).resolve().parent.parent / "docs"
#: words that people say and the lab does not; the rest of what is avoided has other uses (“input”, “value”, “error”)
AVOIDED = re.compile(r"\b(click|tap|abandon|bounce|escalat|crash)(s|ed|es|ing|ped|ping|e)?\b", re.I)


@pytest.mark.parametrize(("language", "file"), [("en", "glossary.md"), ("ar", "glossary.ar.md")])
def test_the_page_is_what_the_code_says(language: str, file: str) -> None:
    with say_in(language):
        assert (DOCS / file).read_text(encoding="utf-8") == page(), __doc__


def test_every_verb_metric_and_instrument_is_in_it() -> None:
    told = document()
    assert [row["verb"].strip("`") for row in told["Sentences"]] == list(VERBS)
    assert [row["key"].strip("`") for row in told["Metrics"]] == list(metrics())
    assert [row["key"].strip("`") for row in told["Instruments"]] == list(names())


def test_what_is_avoided_is_what_the_vocabulary_says() -> None:
    avoided = {word for _who, _meaning, words in VERBS.values() for word in words.split(", ") if word}
    assert avoided >= {"click", "tap", "abandon", "bounce", "escalate", "crash"}
    assert AVOIDED.search("Clicks are counted") and not AVOIDED.search("Acts are counted")


def test_no_text_says_what_the_glossary_avoids() -> None:
    about_words = {meaning for _who, meaning, _words in VERBS.values()}
    texts = [catalogue.text_of(m) for m in catalogue.texts() if m.id]
    said = [t for t in texts if AVOIDED.search(str(t)) and t not in about_words]
    assert not said, said
