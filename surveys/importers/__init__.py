"""The tools that people export responses from, one file each, found by listing the folder.

An importer says what it is (`TITLE`), whether a table is of its format (`recognises`), and lays it out (`read`): what
each column is for that the tool itself adds, and the rows that are responses. `plain` takes what no other recognises.
"""
