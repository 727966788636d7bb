"""Journeys recorded against a test's own services and walked again, and archives written down without any service."""

from __future__ import annotations

import json
import re
import secrets
import time
import uuid
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from recorder_of_requests import Recorder
from token_services import Tokens

from journeys.personas import Persona, generated, personas_for
from journeys.players import wire
from journeys.walk import walk_of
from loadtests.correlation import Correlated
from studies.log import Log

TIMES = 20

Visit = Callable[[Recorder, Persona], None]


def recorded(base: str, visit: Visit, folder: Path, times: int = 2) -> list[Path]:
    """The same journey recorded by two people."""
    found = []
    for nth, who in enumerate(generated(times, seed=99)):
        recorder = Recorder(base)
        visit(recorder, who)
        found.append(recorder.write(folder / f"{'ab'[nth]}.har"))
    return found


def played(found: Correlated, base: str, times: int = TIMES) -> list[Log]:
    """The journey walked by so many different citizens."""
    people = personas_for(found.journey, times, seed=5)
    return [wire.play(walk_of(found.journey, who, session=f"s{nth}", base_url=base)) for nth, who in enumerate(people)]


def settled(logs: list[Log]) -> int:
    return sum(any(s.verb == "concludes" for s in log.said()) for log in logs)


# -- what people do there


def by_view_state(visit: Recorder, who: Persona) -> None:
    visit.open("/renew.aspx")
    visit.submit(**{"ctl00$Main$nationalId": who["national_id"]})
    visit.submit(**{"ctl00$Main$plate": who["plate_number"]})


def by_rails(visit: Recorder, who: Persona) -> None:
    visit.open("/permits/new")
    page = visit.submit(1, **{"permit[full_name]": who["full_name"]["en"], "permit[mobile]": who["mobile"]})
    token = re.findall(r'content="([^"]+)" name="csrf-token"', page.html)[0]
    visit.call("PATCH", page.url, {"permit": {"state": "submitted"}}, X_CSRF_Token=token)


def by_tokens(service: Tokens) -> Visit:
    def visit(visit: Recorder, who: Persona) -> None:
        visit.open("/")
        nonce = visit.call("GET", "/api/config")["client"]["nonce"]
        signature = sha256(f"{nonce}|{who['national_id']}".encode()).hexdigest()
        login = {"national_id": who["national_id"], "password": "correct horse", "sentAt": round(time.time() * 1000)}
        challenge = visit.call("POST", "/api/login", login, X_Signature=signature)["challenge"]
        code = {"challenge": challenge, "otp": service.codes[who["national_id"]]}
        token = visit.call("POST", "/api/code", code)["data"]["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        case = visit.call("POST", "/api/cases", {"requestId": str(uuid.uuid4())}, **bearer)["case"]
        applicant = {"email": who["email"], "full_name": who["full_name"]["en"]}
        body = {"case": {**case, "applicant": applicant, "consent": True, "children": None}}
        visit.call("PUT", f"/api/cases/{case['id']}", body, **bearer)
        visit.call("POST", f"/api/cases/{case['id']}/submit", {}, **bearer)

    return visit


def by_hrefs(visit: Recorder, who: Persona) -> None:
    page = visit.open("/")
    page = visit.open(next(link.href or "" for link in page.pressables() if link.words == "Begin"))
    nonce = re.findall(r'nonce: "([^"]+)"', page.html)[0].replace("\\x2f", "/")
    key = page.tree.css("[data-key]")[0].attributes["data-key"] or ""
    data = {"address": who["address"]["en"], "nonce": nonce, "key": key, "fingerprint": secrets.token_hex(20)}
    visit._arrive(visit._send("POST", f"{visit.base}/apply", "document", data=data))


# -- archives without a service


def exchange(method: str, url: str, sent: str, html: str) -> dict[str, Any]:
    kind = "application/x-www-form-urlencoded"
    return {
        "startedDateTime": "2026-11-21T10:00:00Z", "time": 5, "_resourceType": "document",
        "request": {"method": method, "url": url, "headers": [],
                    **({"postData": {"mimeType": kind, "text": sent}} if sent else {})},
        "response": {"status": 200, "headers": [{"name": "Content-Type", "value": "text/html"}],
                     "content": {"text": html, "mimeType": "text/html"}},
    }  # fmt: skip


def saved(path: Path, entries: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=1), encoding="utf-8")
    return path
