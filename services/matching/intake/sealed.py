"""Files at rest: encrypted to a key that follows from the site's, and bound to their roster. Pure.

A file as an office sent it has names, numbers and accounts. It waits in the database until it is read, and some days longer for its
sender; whoever has the database, or a copy of it, without the site's key has nothing of that.
"""

import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes; random, for a key that seals far fewer files than would ever repeat one


def sealed(site_key: str, roster_id: UUID, content: bytes) -> bytes:
    """A file's bytes, encrypted (AES-256-GCM); the nonce stands first."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(site_key).encrypt(nonce, content, roster_id.bytes)


def unsealed(site_key: str, roster_id: UUID, kept: bytes) -> bytes:
    """The bytes as they were sent. Raises `cryptography.exceptions.InvalidTag` for another key, another roster, or changed bytes."""
    return _cipher(site_key).decrypt(kept[:_NONCE], kept[_NONCE:], roster_id.bytes)


def _cipher(site_key: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"shouwang roster files").derive(site_key.encode()))
