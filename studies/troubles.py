"""What went wrong, where, and what to do about it: the two ways a command can end badly.

An exit code means one thing: 2 says that what was given is wrong, 1 says that what was asked for failed.
"""


class Trouble(Exception):
    """Something a person must hear about, as one message: what happened, where, and what to do."""

    exit_code = 1


class WrongInput(Trouble):
    """What was given cannot be used: a file, a line, an option. The message names it and says what would do."""

    exit_code = 2


class Failed(Trouble):
    """What was asked for was understood and did not work: a dead host, a browser that died, a port in use."""
