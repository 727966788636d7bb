"""Every language says everything: no text without a translation, no hole that does not fit, all plural forms there."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from studies import catalogue
from studies.words import _, direction, languages, ngettext, pick, say_in

OTHERS = [language for language in languages() if language != "en"]
REPAIR = "Gather the texts with `python -m studies.catalogue`, and translate them in studies/catalogues/{}.po:"


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogue.texts()


def test_arabic_is_there() -> None:
    assert "ar" in languages()
    assert (direction("ar"), direction("en")) == ("rtl", "ltr")


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_a_translation(language: str, template: Catalog) -> None:
    known = catalogue.read(language)
    lacking = [*catalogue.missing(known, template), *catalogue.untranslated(known)]
    assert not lacking, "\n  ".join([REPAIR.format(language), *lacking])


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_in_doubt_or_has_other_holes_than_its_text(language: str) -> None:
    known = catalogue.read(language)
    assert [m.id for m in known if m.id and m.fuzzy] == []
    assert catalogue.misfits(known) == []


@pytest.mark.parametrize("language", OTHERS)
def test_gathering_loses_no_translation_and_is_done_once(language: str, template: Catalog) -> None:
    before = {catalogue.text_of(m): m.string for m in catalogue.read(language) if m.id and m.string}
    gathered = catalogue.gathered(language, template)
    after = {catalogue.text_of(m): m.string for m in [*gathered, *gathered.obsolete.values()] if m.id}
    assert {text: after.get(text) for text in before} == before
    assert catalogue.written(gathered) == catalogue.written(catalogue.gathered(language, template))


def test_a_text_that_is_said_again_has_its_translation_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "CATALOGUES", tmp_path)
    known = Catalog(locale="ar")
    known.add("road", "طريق")
    for said in ([], ["road"]):
        (tmp_path / "ar.po").write_text(catalogue.written(known), encoding="utf-8")
        template = Catalog()
        for text in said:
            template.add(text)
        known = catalogue.gathered("ar", template)
    assert (known["road"].string, list(known.obsolete)) == ("طريق", [])


def test_arabic_has_its_six_plural_forms() -> None:
    known = catalogue.read("ar")
    assert known.num_plurals == 6
    with say_in("ar"):
        told = {n: ngettext("{n} session", "{n} sessions", n) for n in (0, 1, 2, 3, 10, 11, 99, 100, 102, 103, 111)}
    assert told[1] == "جلسة واحدة"
    assert told[2] == "جلستان"
    assert told[3] == told[10] == told[103] == "{n} جلسات"
    assert told[11] == told[99] == told[111]
    assert len({told[0], told[1], told[2], told[3], told[11]}) == 5


def test_a_text_that_nobody_translated_is_said_in_english() -> None:
    with say_in("ar"):
        assert _("this text is in no catalogue") == "this text is in no catalogue"
        assert pick({"en": "road"}) == "road"


def test_texts_are_found_in_code_and_in_templates(tmp_path: Path) -> None:
    room = tmp_path / "surveys" / "templates"
    room.mkdir(parents=True)
    (room / "a.html").write_text('<p>{{ _("from a template") }}</p>', encoding="utf-8")
    within = "f'**{_(\"from a hole\")}**'"
    code = f'TITLE = N_("from code")\nngettext("{{n}} day", "{{n}} days", 3)\n{within}\n'
    (room.parent / "b.py").write_text(code, encoding="utf-8")
    found = catalogue.texts(tmp_path)
    said = sorted(catalogue.text_of(m) for m in found if m.id)
    assert said == ["from a hole", "from a template", "from code", "{n} day"]


def test_a_misfit_is_named() -> None:
    wrong = Catalog(locale="ar")
    wrong.add("{n} of {of}", "{n} من {off}")
    wrong.add(("{n} day", "{n} days"), ("", "يوم", "يومان", "{n} أيام", "{n} يومًا", "{m} يوم"))
    assert len(catalogue.misfits(wrong)) == 2
    assert catalogue.untranslated(wrong) == ["{n} day"]
