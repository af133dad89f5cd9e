"""An agency's system for tests: a real HTTPS server with a throw-away CA, which keeps what it was sent and answers as told.

It checks signatures by itself, from the text of Standard Webhooks 1.0, with nothing of ours.
"""

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

HOST = "receiver.test"
Answering = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]


async def fine(_: web.Request, __: bytes) -> web.StreamResponse:
    """Taken."""
    return web.Response()


@dataclass(frozen=True)
class Certificates:
    """Files: the CA to trust, and a server's chain and key for `HOST`."""

    ca: Path
    chain: Path
    key: Path


def certificates(folder: Path) -> Certificates:
    """A fresh CA and one server certificate."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a throw-away CA")])
    ca = _certificate(ca_name, ca_name, ca_key.public_key()).add_extension(x509.BasicConstraints(True, 0), True)
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    ca_certificate = ca.add_extension(usage, True).sign(ca_key, hashes.SHA256())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    made = _certificate(name, ca_name, key.public_key()).add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), False)
    server = made.add_extension(issuer, False).sign(ca_key, hashes.SHA256())
    files = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    files.ca.write_bytes(ca_certificate.public_bytes(serialization.Encoding.PEM))
    files.chain.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return files


def _certificate(subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    return made.not_valid_after(now + timedelta(days=1))


@dataclass
class Receiver:
    """What arrived: headers and bodies in order; `answering` says what is answered."""

    port: int = 0
    answering: Answering = fine
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ids(self) -> Counter[str]:
        """How often each webhook id arrived."""
        return Counter(h["webhook-id"] for h in self.headers)

    @property
    def url(self) -> str:
        """Where it listens, by name."""
        return f"https://{HOST}:{self.port}/hook"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Keep and answer."""
        body = await request.read()
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        self.bodies.append(body)
        self.arrived.set()
        return await self.answering(request, body)


@asynccontextmanager
async def receiver(files: Certificates | None, answering: Answering = fine) -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine, with TLS unless there are no files."""
    made = Receiver(answering=answering)
    app = web.Application(client_max_size=4 << 20)
    app.router.add_post("/{tail:.*}", made.handle)
    tls = None
    if files is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(files.chain, files.key)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


def verified(headers: dict[str, str], body: bytes, key: str, now: float) -> bool:
    """Whether one of the signatures is right for this key (`whsec_…` shared, `whpk_…` public) and the time is near."""
    if abs(int(headers["webhook-timestamp"]) - now) > 300:
        return False
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    raw = base64.b64decode(key.partition("_")[2])
    for signature in headers["webhook-signature"].split(" "):
        version, _, encoded = signature.partition(",")
        given = base64.b64decode(encoded)
        if (
            version == "v1"
            and key.startswith("whsec_")
            and hmac.compare_digest(hmac.new(raw, content, hashlib.sha256).digest(), given)
        ):
            return True
        if version == "v1a" and key.startswith("whpk_") and _right(Ed25519PublicKey.from_public_bytes(raw), given, content):
            return True
    return False


def _right(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
