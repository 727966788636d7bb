"""A job beside the page: its end, its stop and its trouble are told, in the language of whoever began it."""

from __future__ import annotations

import threading

from studies.beside import Job
from studies.troubles import WrongInput
from studies.words import _, say_in


def test_what_a_job_does_is_done_and_its_end_is_told() -> None:
    job, done = Job("counting"), threading.Event()
    job.begin(done.set)
    assert job.wait(10)
    assert done.is_set() and not job.going and job.trouble == ""


def test_a_job_that_is_asked_to_stop_hears_of_it() -> None:
    job, waiting = Job("waiting"), threading.Event()

    def until_stopped() -> None:
        while not job.stopping:
            waiting.wait(0.01)

    job.begin(until_stopped)
    assert job.going and not job.wait(0.05)
    job.stop()
    assert job.wait(10) and job.trouble == ""


def test_what_goes_wrong_is_told_in_the_language_of_whoever_began_it() -> None:
    def wrong() -> None:
        raise WrongInput(_("A study needs a name."))

    job = Job("wrong")
    with say_in("ar"):
        expected = _("A study needs a name.")
        job.begin(wrong)
    assert job.wait(10)
    assert job.trouble == expected != "A study needs a name."


def test_a_mistake_of_the_labs_own_is_told_as_one_and_hangs_nobody() -> None:
    job = Job("mistaken")
    job.begin(lambda: {}["nothing"])
    assert job.wait(10)
    assert "The lab itself failed" in job.trouble and "nothing" in job.trouble
