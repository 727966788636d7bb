"""Certificates for services that only a test knows: an authority, and what it vouches for, for as long as is asked."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

OWN = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of the tests")])


class Authority:
    """Vouches for addresses; `file` is what those who trust it need."""

    def __init__(self, folder: Path) -> None:
        self.key, self.folder = ec.generate_private_key(ec.SECP256R1()), folder
        usual = x509.BasicConstraints(ca=True, path_length=None)
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._signed(OWN, self.key, timedelta(days=1), usual))

    def context(self, address: str, holds_for: timedelta) -> ssl.SSLContext:
        """What a service at this address speaks TLS with; for less than no time, its certificate has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        file = self.folder / f"{holds_for.total_seconds():.0f}.pem"
        file.write_bytes(secret + self._signed(name, key, holds_for, names))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, holds_for: timedelta, more: x509.ExtensionType
    ) -> bytes:
        now = datetime.now(UTC)
        asked = x509.CertificateBuilder(OWN, name, key.public_key(), x509.random_serial_number())
        asked = asked.not_valid_before(now - timedelta(days=30)).not_valid_after(now + holds_for)
        return asked.add_extension(more, critical=False).sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)
