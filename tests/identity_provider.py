"""A small OpenID provider that agrees to everything, for trying a sign-in on: discovery, authorize, token, keys.

`who` are the claims of whoever signs in next.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "khutwa", "only-for-this-test"


@dataclass
class Provider:
    """Where it is, who signs in next, and whom it let in."""

    url: str = ""
    who: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "test", "use": "sig"}))
    waiting: dict[str, tuple[str | None, dict[str, Any]]] = field(default_factory=dict)

    def answer(self, path: str, asked: dict[str, str]) -> tuple[int, dict[str, Any] | str]:
        """A document, or where to go."""
        match path:
            case "/.well-known/openid-configuration":
                ends = ("authorization", "authorize"), ("token", "token"), ("end_session", "out")
                return 200, {
                    "issuer": self.url,
                    "jwks_uri": f"{self.url}/keys",
                    **{f"{name}_endpoint": f"{self.url}/{place}" for name, place in ends},
                    "response_types_supported": ["code"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "subject_types_supported": ["public"],
                }
            case "/authorize":
                code = secrets.token_hex(8)
                self.waiting[code] = (asked.get("nonce"), dict(self.who))
                return 302, f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            case "/token":
                nonce, who = self.waiting.pop(asked["code"])
                now = int(time.time())
                claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": nonce, **who}
                token = jwt.encode({"alg": "RS256", "kid": "test"}, claims, self.key)
                return 200, {"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": token}
            case "/keys":
                return 200, {"keys": [self.key.as_dict(private=False)]}
            case "/out":
                return 302, asked.get("post_logout_redirect_uri", "/")
        return 404, {}


@contextmanager
def provider() -> Iterator[Provider]:
    """One for the length of a `with`."""
    made = Provider()

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.tell(*made.answer(urlsplit(self.path).path, flat(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            self.tell(*made.answer(urlsplit(self.path).path, flat(body)))

        def tell(self, status: int, what: dict[str, Any] | str) -> None:
            self.send_response(status)
            body = b"" if isinstance(what, str) else json.dumps(what).encode()
            self.send_header(*(("location", what) if isinstance(what, str) else ("content-type", "application/json")))
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """It says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    made.url = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def flat(query: str) -> dict[str, str]:
    """What was asked, each once."""
    return {name: values[0] for name, values in parse_qs(query).items()}
