"""A throw-away certificate authority: server certificates for localhost and certificates for offices, made on the spot."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Authority:
    """An authority in `folder`; `file` is what others trust."""

    def __init__(self, folder: Path, name: str = "Sandbox authority") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._key, self._name = folder, ec.generate_private_key(ec.SECP256R1()), _named(name)
        self.file = folder / "authority.pem"
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        built = self._builder(self._name, self._key, timedelta(days=-2), timedelta(days=3650))
        built = built.add_extension(x509.BasicConstraints(True, None), True).add_extension(usage, True)
        self.file.write_bytes(built.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(
        self,
        name: str,
        ends: timedelta = timedelta(days=30),
        begins: timedelta = timedelta(days=-2),
        key: Key | None = None,
    ) -> tuple[Path, Path]:
        """A certificate and its key as PEM files `<name>.pem`, `<name>.key`, valid between two times from now."""
        key = key or _key_of(name)
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
        built = self._builder(_named(name), key, begins, ends).add_extension(x509.BasicConstraints(False, None), True)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        built = built.add_extension(names, False).add_extension(issuer, False)
        certificate, secret = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        certificate.write_bytes(built.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        secret.touch(mode=0o600)
        plain = serialization.NoEncryption()
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        return certificate, secret

    def server(self) -> ssl.SSLContext:
        """A context for a server on localhost."""
        certificate, secret = self.issue("server", key=ec.generate_private_key(ec.SECP256R1()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, secret)
        return context

    def _builder(self, subject: x509.Name, key: Key, begins: timedelta, ends: timedelta) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        built = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key.public_key())
        built = built.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        return built.serial_number(x509.random_serial_number()).not_valid_before(now + begins).not_valid_after(now + ends)


@cache
def _key_of(name: str) -> rsa.RSAPrivateKey:
    """One for each name in this process: to find the primes of a key takes longer than all else of a house's start."""
    return rsa.generate_private_key(65537, 2048)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
