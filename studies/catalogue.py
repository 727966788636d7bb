"""The catalogues kept up with the code: which texts there are, and which a language still lacks.

python -m studies.catalogue            gather the texts of all rooms into every catalogue; translations are kept
python -m studies.catalogue --tidy     the same, and forget translations of texts that are said no more
python -m studies.catalogue --check    change nothing; exit 1 when a text is missing or has no translation
python -m studies.catalogue --add fr   begin a catalogue for another language
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from studies.words import CATALOGUES
from studies.workspace import CHECKOUT

#: where texts are looked for, and how each kind of file is read
ROOMS: Final = ("commands", "studies", "surveys", "journeys", "loadtests", "analysis")
ENTRANCES: Final = ("app.py", "cli.py", "conduct.py", "intake.py")
TEMPLATE: Final = "jinja2.ext:babel_extract"
METHODS: Final = {".py": "python", ".jinja": TEMPLATE, ".html": TEMPLATE}
KEYWORDS: Final = {"_": None, "N_": None, "ngettext": (1, 2)}
BEGUN: Final = datetime(2026, 1, 1, tzinfo=UTC)
#: forms in the order zero, one, two, few, many, other (Unicode CLDR), as gettext writes them
PLURALS: Final = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
}
HEADER: Final = "# Texts of Khutwa. Kept by: python -m studies.catalogue"


def files(root: Path = CHECKOUT) -> Iterator[Path]:
    """Every file of the rooms that may hold texts."""
    yield from (root / name for name in ENTRANCES if (root / name).exists())
    for room in ROOMS:
        yield from (path for path in sorted((root / room).rglob("*")) if path.suffix in METHODS)


def texts(root: Path = CHECKOUT) -> Catalog:
    """All texts that the code marks for translation, with the files that say them."""
    found = Catalog(fuzzy=False)
    for path in files(root):
        with path.open("rb") as source:
            options = {"silent": "false"} if METHODS[path.suffix] == TEMPLATE else {}
            marked = extract(METHODS[path.suffix], source, keywords=KEYWORDS, options=options)
            for _line, message, comments, context in marked:
                if message and message != "":
                    place = [(path.relative_to(root).as_posix(), 0)]
                    found.add(message, locations=place, auto_comments=comments, context=context)
        if path.suffix == ".py":
            for message in _within_fstrings(path.read_text(encoding="utf-8")):
                found.add(message, locations=[(path.relative_to(root).as_posix(), 0)])
    return found


def _within_fstrings(source: str) -> Iterator[str | tuple[str, str]]:
    """Texts marked inside f"{_('…')}", which Babel reads as one string before Python 3.12."""
    for whole in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)):
        for call in (node for node in ast.walk(whole) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in KEYWORDS:
                said = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if call.func.id == "ngettext" and len(said) == 2:
                    yield said[0], said[1]
                elif call.func.id != "ngettext" and said:
                    yield said[0]


def read(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one where there is none."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return read_po(io.StringIO(_beginning(language)), locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _beginning(language: str) -> str:
    """The head of a new catalogue, with the language's plural forms where Babel's own are not the usual ones."""
    plurals = PLURALS.get(language) or Catalog(locale=language).plural_forms
    lines = ("Content-Type: text/plain; charset=utf-8", f"Language: {language}", f"Plural-Forms: {plurals}")
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


def gathered(language: str, template: Catalog) -> Catalog:
    """The catalogue with exactly the template's texts; what was translated stays so, also what is said no more."""
    catalogue = read(language)
    for key, old in [(key, old) for key, old in catalogue.obsolete.items() if old.id in template]:
        del catalogue.obsolete[key]  # said again: Babel alone would leave its translation aside
        if old.id not in catalogue:
            catalogue[old.id] = old
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    # What identifies a file by the hour it was made would change it every time.
    catalogue.creation_date = catalogue.revision_date = BEGUN
    catalogue.project, catalogue.version, catalogue.copyright_holder = "Khutwa", "1", "Khutwa"
    catalogue.header_comment = HEADER
    catalogue.fuzzy = False
    for message in catalogue:
        message.flags -= {"python-format", "python-brace-format"}  # guesses; misfits() looks for itself
    return catalogue


def written(catalogue: Catalog) -> str:
    """The catalogue as the text of its file: texts in order, no line numbers, so that diffs are small."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, include_lineno=False)
    said_by_whom = r'^"(?:Report-Msgid|Last-Trans|Language-Team|Generated|POT-Creation|PO-Revision)[^\n]*\n'
    return re.sub(said_by_whom, "", out.getvalue().decode("utf-8"), flags=re.M)


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts that have no translation, or lack one of its plural forms."""
    return sorted(text_of(m) for m in catalogue if m.id and not _is_whole(m, catalogue.num_plurals))


def missing(catalogue: Catalog, template: Catalog) -> list[str]:
    """The texts that the code says and the catalogue does not know."""
    return sorted(text_of(m) for m in template if m.id and m.id not in catalogue)


def misfits(catalogue: Catalog) -> list[str]:
    """Translations whose {holes} are not those of the text; zero, one and two may be told in words."""
    found = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = _holes(message.id[1] if message.pluralizable else str(message.id))
        for form in (f for f in forms if message.id and f):
            spare = {"n", "count"} if message.pluralizable else set()
            if not _holes(form) <= wanted or wanted - _holes(form) - spare:
                found.append(f"{text_of(message)} → {form}")
    return found


def tidied(catalogue: Catalog) -> Catalog:
    """The catalogue without translations of texts that are said no more."""
    catalogue.obsolete.clear()
    return catalogue


def _is_whole(message: Message, forms: int) -> bool:
    if message.pluralizable:
        return isinstance(message.string, tuple | list) and len(message.string) == forms and all(message.string)
    return bool(message.string)


def text_of(message: Message) -> str:
    """The English text that a message translates; of plural forms, the one for one."""
    return message.id[0] if message.pluralizable else str(message.id)


def _holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", text))


def main(words: Sequence[str] | None = None) -> int:
    """Gather or check; the exit code."""
    options = argparse.ArgumentParser(prog="python -m studies.catalogue", description=__doc__.split("\n")[0])
    options.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is missing")
    options.add_argument("--add", metavar="LANGUAGE", help="begin a catalogue for another language")
    options.add_argument("--tidy", action="store_true", help="forget translations of texts that are said no more")
    told = options.parse_args(words)
    template = texts()
    languages = sorted({p.stem for p in CATALOGUES.glob("*.po")} | ({told.add} if told.add else set()))
    lacking = 0
    for language in languages:
        catalogue = read(language) if told.check else gathered(language, template)
        if not told.check:
            catalogue = tidied(catalogue) if told.tidy else catalogue
            (CATALOGUES / f"{language}.po").write_text(written(catalogue), encoding="utf-8")
        lacks = [*(missing(catalogue, template) if told.check else []), *untranslated(catalogue)]
        wrong = misfits(catalogue)
        lacking += len(lacks) + len(wrong)
        counts = f"{len(catalogue)} texts, {len(lacks)} without translation, {len(wrong)} misfits"
        sys.stdout.write(f"{language}: {counts}\n")
        sys.stdout.writelines(f"  {text!r}\n" for text in [*lacks, *wrong])
    return 1 if told.check and lacking else 0


if __name__ == "__main__":
    sys.exit(main())
