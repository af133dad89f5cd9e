"""A folder from which a bureau without a link to us fetches its day: one file per office and day,
`<agency>/<division>/<day>-<first>-<last>.zip.p7m`. What is inside and how it is opened: `bundle.py`.

A file is complete or not there: it is written beside, flushed, and renamed. The same content has the same name and is written once for
a certificate; other content under a name that is taken is refused (`.digests` keeps what was written, and for whom). `.letters` keeps
which file was which letter's, so that one of unknown fate can be asked for: by then it may have less to say. What an office took away
is written anew when it is sent anew. Who may fetch is the folder's matter; files are 0640.
"""

import asyncio
import hashlib
import os
import re
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import SecretStr, ValidationError

from services.notifications.channels.bundle import DAY, EXPIRED, Day, Seal, packed, unfit
from services.notifications.channels.letter import Letter, Outcome, Receipt

_OFFICE = re.compile(r"([A-Z0-9]{1,8}):([0-9]{4,12})")
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,120}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DropSettings:
    """`folder` must exist (it may be a mount); `certificate` is the file of ours, `key` its PEM key."""

    folder: Path
    certificate: Path
    key: SecretStr = field(repr=False)


class DropSender:
    """The sender. A letter's `to` is the office, its first key the office's RSA certificate as PEM; what it says is in `data` alone."""

    def __init__(self, settings: DropSettings) -> None:
        self._settings, self._lock = settings, threading.Lock()
        self._seal = Seal.of(settings.certificate.read_bytes(), settings.key.get_secret_value().encode())

    async def send(self, letter: Letter) -> Receipt:
        """Put the file there; `DELIVERED` when it is safely on the disk."""
        office = _OFFICE.fullmatch(letter.to)
        if office is None or not _REFERENCE.fullmatch(letter.reference):
            return Receipt(Outcome.REFUSED, reason="address_not_valid")
        try:
            day = DAY.validate_python(dict(letter.data))
        except ValidationError:
            return Receipt(Outcome.REFUSED, reason="not_for_drops")
        try:
            recipient = x509.load_pem_x509_certificate("".join(letter.keys[:1]).encode())
        except ValueError:
            return Receipt(Outcome.REFUSED, reason="certificate_unreadable")
        if reason := unfit(recipient, datetime.now(UTC)):
            return Receipt(
                Outcome.GONE if reason == EXPIRED else Outcome.REFUSED, reason=reason
            )  # nothing serves until it is renewed
        try:
            return await asyncio.to_thread(self._put, letter, Path(*office.groups()), day, recipient)
        except OSError:
            return Receipt(Outcome.LATER, reason="folder_not_writable")

    async def ask(self, reference: str) -> Receipt | None:
        """`DELIVERED` when the letter's file is there; None when it is not, for then sending again is as good."""
        if not _REFERENCE.fullmatch(reference):
            return None
        try:
            name = (self._settings.folder / ".letters" / reference).read_text()
        except OSError:
            return None
        return Receipt(Outcome.DELIVERED, name) if (self._settings.folder / name).exists() else None

    async def close(self) -> None:
        """Nothing is held open."""

    def _put(self, letter: Letter, below: Path, day: Day, recipient: x509.Certificate) -> Receipt:
        name = below / f"{day.day}-{day.first}-{day.last}.zip.p7m"
        digest, sealed_for = hashlib.sha256(DAY.dump_json(day)).hexdigest(), recipient.fingerprint(SHA256()).hex()
        path, mark = self._settings.folder / name, self._settings.folder / ".digests" / f"{'-'.join(name.parts)}.sha256"
        with self._lock:
            if not self._settings.folder.is_dir():  # a mount that is not there must not become a folder of ours
                return Receipt(Outcome.LATER, reason="folder_missing")
            if path.exists():
                content, _, certificate = mark.read_text().partition(" ") if mark.exists() else ("", "", "")
                if content != digest:
                    return Receipt(Outcome.REFUSED, str(name), "name_taken")
                if certificate == sealed_for:
                    return Receipt(Outcome.DELIVERED, str(name))
            # First what is known of it, so that a crash never leaves a file nobody knows the content of.
            _written(mark, f"{digest} {sealed_for}".encode(), 0o600)
            _written(self._settings.folder / ".letters" / letter.reference, str(name).encode(), 0o600)
            _written(path, self._seal.closed(packed(letter.to, day), recipient), 0o640)
        return Receipt(Outcome.DELIVERED, str(name))


def _written(path: Path, content: bytes, mode: int) -> None:
    """Write beside, flush, rename, flush the folder. Raises OSError; then nothing is left."""
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
