"""axe-core's commonest rules in the lab's own words and languages: what is broken for whom, and how to mend it."""

from __future__ import annotations

from typing import Final

from studies.words import N_

_FIELD: Final = N_("Give it a <label for=…> with the words that stand beside it.")
_NAME: Final = N_("Write what it does into it, or into its aria-label.")

#: By axe-core's rule. Where a rule has no words here, its own English help is told.
WORDS: Final = {
    "area-alt": (N_("A place on a map of links has no words."), N_("Give the area an alt text.")),
    "aria-hidden-focus": (
        N_("The keyboard reaches something that a screen reader does not tell."),
        N_("Take aria-hidden away, or take it out of the tab order."),
    ),
    "aria-input-field-name": (N_("A screen reader cannot say what this field asks for."), _FIELD),
    "aria-required-attr": (
        N_("A part has a role without the states that belong to it."),
        N_("Use the HTML element of that kind, or set the states of its role."),
    ),
    "autocomplete-valid": (
        N_("The browser cannot fill this field in: its autocomplete word does not exist."),
        N_("Use a word of the HTML standard, such as name, tel or email."),
    ),
    "button-name": (N_("A button has no words."), _NAME),
    "color-contrast": (
        N_("Words stand out too little from their background to be read by everybody."),
        N_("Darken the words or lighten the background: 4.5 to 1 for running text, 3 to 1 for large."),
    ),
    "document-title": (N_("The page has no title."), N_("Give it a <title> that says what it is for.")),
    "duplicate-id-aria": (N_("Two parts of the page share an id that a label refers to."), N_("Make each id unique.")),
    "empty-heading": (N_("A heading has no words."), N_("Give the heading words or take it away.")),
    "form-field-multiple-labels": (N_("A field has more than one label."), N_("Keep one label a field.")),
    "frame-title": (N_("A frame has no title."), N_("Give the iframe a title that says what is in it.")),
    "heading-order": (
        N_("The headings skip a level."),
        N_("Begin with h1 and go down one level at a time; choose the size by style."),
    ),
    "html-has-lang": (
        N_("The page does not say in which language it is written: a screen reader guesses how to speak it."),
        N_("Write lang on <html>."),
    ),
    "html-lang-valid": (N_("The page names a language that does not exist."), N_("Correct lang on <html>: ar, en.")),
    "image-alt": (
        N_("A picture says nothing to who cannot see it."),
        N_("Describe it in its alt text; leave alt empty when it is decoration."),
    ),
    "input-button-name": (N_("A button has no words."), _NAME),
    "label": (N_("A screen reader cannot say what this field asks for."), _FIELD),
    "landmark-one-main": (N_("The page does not mark its main part."), N_("Put what the page is for into <main>.")),
    "landmark-unique": (
        N_("Two parts of one kind cannot be told apart."),
        N_("Name each with aria-label, or merge them."),
    ),
    "link-in-text-block": (
        N_("A link in a text is known by its colour alone."),
        N_("Underline it, or make it differ by more than colour."),
    ),
    "link-name": (N_("A link has no words."), _NAME),
    "list": (N_("A list holds what is no item."), N_("Put only <li> into <ul> and <ol>.")),
    "listitem": (N_("An item stands outside a list."), N_("Put <li> into <ul> or <ol>.")),
    "meta-viewport": (N_("The page forbids to enlarge it."), N_("Take user-scalable=no and maximum-scale away.")),
    "nested-interactive": (
        N_("Something that can be pressed lies inside another."),
        N_("Put them side by side."),
    ),
    "page-has-heading-one": (N_("The page has no main heading."), N_("Say in one <h1> what the page is for.")),
    "region": (
        N_("Part of the page lies outside every landmark: who jumps from part to part misses it."),
        N_("Put it into <header>, <nav>, <main> or <footer>."),
    ),
    "scrollable-region-focusable": (
        N_("A part that scrolls cannot be reached by keyboard."),
        N_("Give it tabindex=0."),
    ),
    "select-name": (N_("A screen reader cannot say what this field asks for."), _FIELD),
    "target-size": (
        N_("What is to be pressed is too small or too near to something else."),
        N_("Make it at least 24 by 24 pixels."),
    ),
    "valid-lang": (N_("A part names a language that does not exist."), N_("Correct its lang: ar, en.")),
}
