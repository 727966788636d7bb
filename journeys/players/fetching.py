"""How the wire player fetches pages: one citizen's client over `requests`, which loses a line as a browser would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ReadTimeoutError

from journeys.players.transport import Answer, NoAnswer, charset_of
from studies.troubles import WrongInput
from studies.words import _


class RequestsTransport:
    """One citizen's client over `requests`: cookies kept, redirects left to the player, nothing taken from ~/.netrc."""

    def __init__(self, patience: float) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.patience = patience
        self.lines: dict[str, Any] = {}  # by origin: the connection that its last answer came over

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send one request. Raises NoAnswer."""
        try:
            asked = self.session.prepare_request(requests.Request(method, url, dict(headers), data=body))
            if url.isascii() and asked.url and urlsplit(asked.url).netloc == urlsplit(url).netloc:
                asked.url = url.replace(" ", "%20")  # what is escaped stays escaped: `%7E` is not `~` for every service
            line = self.lines.get(_origin(url))
            kept_open = line is not None and line.is_connected
            try:
                return self._answered(asked, url)
            except requests.ConnectionError as error:
                if not (kept_open and _broke(error)):
                    raise
            # A line that was kept open and is gone before any answer began had been let go of by the service. Browsers
            # then send the same again, once, on a new line, whatever the method; so do we.
            return self._answered(asked, url)
        except (requests.Timeout, requests.ConnectionError) as error:
            # Patience that ends in mid-answer comes as a ConnectionError too.
            if isinstance(error, requests.Timeout) or any(isinstance(why, ReadTimeoutError) for why in error.args):
                reason = _("no answer in {n} seconds").format(n=f"{self.patience:g}")
                raise NoAnswer(reason, too_long=True) from error
            # A connection that was made and then broke is the service's; one that never was is nobody listening.
            broke = _broke(error)
            raise NoAnswer(_("the line broke") if broke else _("nobody listens there"), reached=broke) from error
        except requests.exceptions.InvalidURL as error:
            raise WrongInput(_("{url} is no address that can be opened.").format(url=url)) from error
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            raise NoAnswer(_("the line broke")) from error
        except requests.RequestException as error:
            raise NoAnswer(type(error).__name__) from error

    def _answered(self, asked: requests.PreparedRequest, url: str) -> Answer:
        with self.session.send(asked, allow_redirects=False, timeout=self.patience, stream=True) as reply:
            self.lines[_origin(url)] = reply.raw.connection  # told until the answer has been read
            told_headers = {name.lower(): value for name, value in reply.headers.items()}
            charset = charset_of(reply.content, told_headers.get("content-type", ""))
            text = reply.content.decode(charset, errors="replace")
            return Answer(reply.status_code, reply.url or url, told_headers, text, charset)


def _origin(url: str) -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


def _broke(error: requests.ConnectionError) -> bool:
    return "aborted" in str(error).lower() or "reset" in str(error).lower()
