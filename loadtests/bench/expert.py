"""The same journey as an expert writes it by hand for Locust: its fast client, patterns on bytes, no parser."""

from __future__ import annotations

import re
from typing import Final

from locust import FastHttpUser, constant, task

from loadtests.bench.pages import DONE

HIDDEN: Final = re.compile(rb'name="(csrf|__VIEWSTATE|started)" value="([^"]*)"')
RECEIVED: Final = DONE.encode()


class Expert(FastHttpUser):
    """Twenty of these make the load that ours is compared with."""

    wait_time = constant(0)
    done = 0

    @task
    def apply(self) -> None:
        """Open the form, fill it in, send it, see that it was received."""
        opened = self.client.get("/form", name="visit_form")
        hidden = {name.decode(): value.decode() for name, value in HIDDEN.findall(opened.content)}
        sent = self.client.post(
            "/apply",
            name="submit_send",
            data={
                **hidden,
                "step": "1",
                "lang": "en",
                "_charset_": "UTF-8",
                "full_name": "Omar Example",
                "national_id": "640899146",
                "email": "omar.example1@example.org",
                "district": "s",
                "terms": "yes",
                "go": "send",
            },
        )
        if RECEIVED in sent.content:
            Expert.done += 1
