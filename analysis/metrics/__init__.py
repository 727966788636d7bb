"""What can be measured: one file a metric, found by listing this folder.

A metric is TITLE, UNIT, BETTER (`lower`, `higher`, `none`), NEEDS (verbs that the source must hear; `a|b`: either),
MEANING, and one pure function `measure(batch, presets)` from a batch of whole cases to one value a session. NaN means
that the definition has nothing to divide by, or what ABSENT says. OF_CASES: it speaks of what lies between sittings, so
that a report of single visits to a page leaves it out; OF_PEOPLE: of tasks that people were given, left out where only
robots walked. WORDED: a word instead of a number.
"""
