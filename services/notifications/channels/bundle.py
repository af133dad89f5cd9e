"""What a bureau without a link to us is given for a day: a zip that only its own key opens and that only we can have signed. Knows no folder.

Inside are `cases.xlsx` (case ids, what they are about, deadlines, counts; no name, no number) and `manifest.json` (SHA-256, rows, range of
the cursor). It is signed by us and encrypted to the office's certificate as CMS (RFC 5652: SHA-256, AES-256-CBC, RSA), so that plain
openssl opens it (`-binary` keeps the bytes as they are):

    openssl cms -decrypt -binary -inform DER -in DAY.zip.p7m -recip office.pem -inkey office.key -out signed.p7s
    openssl cms -verify -binary -inform DER -in signed.p7s -CAfile authority.pem -purpose any -out day.zip

SM2 and SM4 (GB/T 39786) are not offered: the library has no CMS with them.
"""

import hashlib
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import pkcs7
from pydantic import ConfigDict, Field, TypeAdapter

from services.documents.workbook import Page, written
from services.domain.file_number import file_number
from services.notifications.vocabulary import KINDS


@dataclass(frozen=True)
class Case:
    """One line for the office: which matter, by which row and event it was told, until when, how many. Other fields are refused."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    case_id: UUID
    route: Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,60}$")]
    cause: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]{0,60}$")]
    due_on: date
    count: Annotated[int, Field(ge=0)] = 1


@dataclass(frozen=True)
class Day:
    """What a letter's `data` must be: the day and the first and last cursor that it covers."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    day: date
    first: Annotated[int, Field(ge=0)]
    last: Annotated[int, Field(ge=0)]
    cases: tuple[Case, ...]


DAY, EXPIRED = TypeAdapter(Day), "certificate_expired"


@dataclass(frozen=True, slots=True)
class Seal:
    """Our certificate and key. Neither `repr` nor errors show the key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def of(cls, certificate: bytes, key: bytes) -> "Seal":
        """From two PEM texts. Raises ValueError when they are unreadable, of another kind, or not of one pair."""
        mine, private = x509.load_pem_x509_certificate(certificate), serialization.load_pem_private_key(key, None)
        if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise ValueError("the signing key must be RSA or EC")
        if private.public_key() != mine.public_key():
            raise ValueError("the signing key is not that of the certificate")
        return cls(mine, private)

    def closed(self, content: bytes, recipient: x509.Certificate) -> bytes:
        """`content` signed by us and encrypted to the recipient, as DER."""
        binary = [pkcs7.PKCS7Options.Binary]
        signer = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(self.certificate, self.key, hashes.SHA256())
        signed = signer.sign(serialization.Encoding.DER, binary)
        envelope = pkcs7.PKCS7EnvelopeBuilder().set_data(signed).add_recipient(recipient).set_content_encryption_algorithm(AES256)
        return envelope.encrypt(serialization.Encoding.DER, binary)


def packed(office: str, day: Day) -> bytes:
    """The zip: the sheet and the manifest that tells its hash."""
    sheet, out = written(_pages(day)), BytesIO()
    files = [{"name": "cases.xlsx", "sha256": hashlib.sha256(sheet).hexdigest(), "rows": len(day.cases)}]
    manifest: dict[str, Any] = {"office": office, "day": day.day.isoformat(), "first": day.first, "last": day.last, "files": files}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("cases.xlsx", sheet)
        pack.writestr("manifest.json", json.dumps(manifest, indent=2))
    return out.getvalue()


def _pages(day: Day) -> list[Page]:
    lines = [
        (file_number(c.case_id), str(c.case_id), KINDS.get(c.cause, "其他事项"), c.route, c.due_on, c.count) for c in day.cases
    ]
    sums = Counter[str]()
    for c in day.cases:
        sums[KINDS.get(c.cause, "其他事项")] += c.count
    title = f"{day.day.year}年{day.day.month}月{day.day.day}日事项"
    notes = ("姓名、证号不在本表，请凭编号登录查看。",)
    return [
        Page("事项", title, ("编号", "事项标识", "事由", "事由代码", "办理期限", "件数"), lines, notes),
        Page("合计", title, ("事由", "件数"), sorted(sums.items())),
    ]


def unfit(recipient: x509.Certificate, now: datetime) -> str | None:
    """Why nothing can be encrypted to this certificate now; None when it can."""
    if now >= recipient.not_valid_after_utc:
        return EXPIRED
    if now < recipient.not_valid_before_utc:
        return "certificate_not_yet_valid"
    return None if isinstance(recipient.public_key(), rsa.RSAPublicKey) else "certificate_not_rsa"
