"""When the workbench asks who somebody is, and what must be there before it may listen on a network.

On this machine alone nobody signs in. On a network, or behind a proxy that brings others in, everybody does, by OpenID
Connect (Streamlit's own `st.login`), and nothing is shown until they have.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from studies.house.people import read_roles, roles_file
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace

FORCED: Final = "KHUTWA_SIGN_IN"  # set by ./lab workbench --on: whoever comes signs in, wherever they come from
SECRETS: Final = "secrets.toml"
NEEDED: Final = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
SHORTEST: Final = 32  # characters of the secret that the sign-in cookie is signed with
EXAMPLE: Final = """[auth]
redirect_uri = "https://khutwa.agency.example/oauth2callback"
cookie_secret = "32 or more random characters: openssl rand -hex 32"
client_id = "khutwa"
client_secret = "what the identity provider gave"
server_metadata_url = "https://login.agency.example/.well-known/openid-configuration"
"""


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach what listens on an address."""
    if address.casefold() in ("localhost", "localhost."):
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def needed(listens_on: str | None, headers: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether whoever sent this request must sign in.

    Not only where the workbench listens counts: a proxy on this machine brings others in by the loopback address, and
    shows in the headers or in the name that they asked for.
    """
    if environment.get(FORCED) or not is_loopback(listens_on or ""):
        return True
    told = {name.casefold(): value for name, value in headers.items()}
    if any(name in told for name in ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")):
        return True
    return bool(host := told.get("host")) and not is_loopback(urlsplit(f"//{host}").hostname or "")


def secrets_file(space: Workspace) -> Path:
    """Where the sign-in is set up: KHUTWA_SECRETS, else secrets.toml in the workspace."""
    return Path(os.environ.get("KHUTWA_SECRETS") or space.root / SECRETS)


def ready(space: Workspace) -> Path:
    """The file that sets up the sign-in, if all is there for a network. Raises WrongInput that says what is missing."""
    path = secrets_file(space)
    if not path.is_file():
        raise WrongInput(
            _(
                "On a network whoever opens the workbench must sign in, and no sign-in is set up: {path} is not there. "
                "Write it (and make it readable for you alone):\n\n{example}"
            ).format(path=path, example=EXAMPLE)
        )
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")).get("auth")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise WrongInput(_("{path} cannot be read: {cause}").format(path=path, cause=cause)) from cause
    _check(told if isinstance(told, dict) else {}, path)
    roles = read_roles(space)
    if roles is None or not roles.people:
        raise WrongInput(
            _(
                "Whoever signs in needs a role, and {path} gives nobody one. Give yourself the first: "
                "./lab role you@agency.example admin"
            ).format(path=roles_file(space))
        )
    return path


def _check(auth: dict[str, Any], path: Path) -> None:
    if missing := [name for name in NEEDED if not str(auth.get(name) or "").strip()]:
        raise WrongInput(
            _("{path} lacks under [auth]: {missing}. All of it:\n\n{example}").format(
                path=path, missing=in_a_row(missing), example=EXAMPLE
            )
        )
    if len(str(auth["cookie_secret"])) < SHORTEST:
        raise WrongInput(
            _(
                "cookie_secret in {path} could be guessed: it needs {n} characters or more (openssl rand -hex 32)."
            ).format(path=path, n=SHORTEST)
        )
    for name in ("redirect_uri", "server_metadata_url"):
        parts = urlsplit(str(auth[name]))
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise WrongInput(
                _("{name} in {path} must begin with https://: a sign-in over plain HTTP can be read by others.").format(
                    name=name, path=path
                )
            )
    if not urlsplit(str(auth["redirect_uri"])).path.endswith("/oauth2callback"):
        raise WrongInput(_("redirect_uri in {path} must end with /oauth2callback.").format(path=path))
