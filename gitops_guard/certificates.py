"""A folder -> a certificate authority of one run: what serves on loopback gets its certificate here, clients trust nothing else.

Importing it raises ToolError where the extra that it needs is not installed.
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from .errors import ToolError

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError:
    raise ToolError("certificates need cryptography: pip install 'gitops-guard[bundle]'") from None

_LIFETIME = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Pair:
    """The files of a certificate and of its key."""

    certificate: Path
    key: Path


class Authority:
    """Writes into a folder: `ca.crt`, and a pair of files for each certificate that is asked for."""

    def __init__(self, folder: Path) -> None:
        """The folder need not be there; who can read it must be those who may know the keys."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.certificate = folder / "ca.crt"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("gitops-guard")
        own = (_builder(self._name, self._name, self._key)
               .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
               .add_extension(_usage(signs=True), critical=True)
               .sign(self._key, hashes.SHA256()))
        self.certificate.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    @property
    def bundle(self) -> str:
        """What `caBundle` holds in a webhook configuration: the authority's certificate in base64."""
        return base64.b64encode(self.certificate.read_bytes()).decode()

    def pair(self, name: str) -> Pair:
        """A certificate for localhost and 127.0.0.1, good for a server and for a client, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        signed = (_builder(_named(name), self._name, key)
                  .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
                  .add_extension(_usage(signs=False), critical=True)
                  .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
                  .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
                  .sign(self._key, hashes.SHA256()))
        made = Pair(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        made.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        made.key.touch(mode=0o600)
        made.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                               serialization.NoEncryption()))
        return made


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc)
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - _LIFETIME).not_valid_after(now + _LIFETIME))


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
                         key_agreement=False, key_cert_sign=signs, crl_sign=signs, encipher_only=False, decipher_only=False)
