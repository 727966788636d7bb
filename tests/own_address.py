"""Which address this machine has towards others, for what must not be loopback; nothing is sent to find out."""

from __future__ import annotations

import socket


def own_address() -> str | None:
    """An address of this machine that is not loopback, if it has one."""
    for *_family, place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
        if not str(place[0]).startswith("127."):
            return str(place[0])
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("198.51.100.1", 9))  # nothing is sent: it only asks which address would be used
        found = str(probe.getsockname()[0])
    except OSError:
        return None
    finally:
        probe.close()
    return None if found.startswith("127.") else found
