"""Tokens as an attacker would make them: each is refused, with the same words, and none of them ends in a fault of ours."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from deploy.sandbox.issuer import Issuer
from services.kernel.clock import system_clock
from services.kernel.errors import Unauthenticated
from services.shell.http.access import Gate

Made = Callable[["Forge"], str]
NO_TEXT = b"\xff\xfe"


def encoded(part: Any) -> str:
    """A part of a token, as JSON or as it is."""
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class Forge:
    """The issuer's folder, with its key for what only the issuer could sign, and keys of the attacker's own."""

    def __init__(self, folder: Path) -> None:
        self.issuer = Issuer(folder)
        self.genuine = ECKey.import_key(json.loads((folder / "issuer.key.json").read_text()))
        self.own = ECKey.generate_key("P-256", {"kid": "development"}, auto_kid=False)
        self.gate = Gate(self.issuer.jwks_file, "shouwang", "shouwang", {}, system_clock, days=31)

    def claims(self, **other: Any) -> dict[str, Any]:
        """What a good token says, with these instead; None takes one away."""
        now = int(time.time())
        said = {"iss": "shouwang", "aud": "shouwang", "sub": "x", "iat": now, "nbf": now - 5, "exp": now + 600}
        said |= {"agency": "CL", "division": "533401", "roles": ["clerk"]} | other
        return {name: value for name, value in said.items() if value is not None}

    def signed(self, head: dict[str, Any] | None = None, key: Any = None, **other: Any) -> str:
        """A token of the issuer, or of another key."""
        algorithms = ["ES256", "ES384", "RS256"]
        return jwt.encode(
            {"alg": "ES256", "kid": "development"} | (head or {}), self.claims(**other), key or self.genuine, algorithms
        )

    def by_hand(self, head: dict[str, Any], signature: bytes = b"") -> str:
        """A token that no library would make."""
        return f"{encoded(head)}.{encoded(self.claims())}.{encoded(signature)}"

    def with_secret(self, secret: bytes) -> str:
        """A token whose signature anybody could make who knows the issuer's public key."""
        signed = f"{encoded({'alg': 'HS256', 'kid': 'development'})}.{encoded(self.claims())}"
        return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"

    def public(self) -> bytes:
        """The issuer's public key."""
        return self.genuine.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Forge:
    """One for all attacks."""
    return Forge(tmp_path_factory.mktemp("issuer"))


def test_a_token_of_the_issuer_is_taken(forge: Forge) -> None:
    principal = forge.gate.principal(f"Bearer {forge.signed()}")
    assert (principal.actor, principal.roles) == ("CL:533401:x", frozenset({"clerk"}))


ALGORITHMS: dict[str, Made] = {
    "no algorithm": lambda f: f.by_hand({"alg": "none", "kid": "development"}),
    "no algorithm, in capitals": lambda f: f.by_hand({"alg": "NoNe", "kid": "development"}),
    "no algorithm named": lambda f: f.by_hand({"kid": "development"}),
    "an algorithm that is no text": lambda f: f.by_hand({"alg": ["ES256"], "kid": "development"}),
    "the public key as a secret": lambda f: f.with_secret(f.public()),
    "the key set's file as a secret": lambda f: f.with_secret(f.issuer.jwks_file.read_bytes()),
    "another algorithm": lambda f: f.signed({"alg": "RS256"}, RSAKey.generate_key(2048)),
    "another curve": lambda f: f.signed({"alg": "ES384"}, ECKey.generate_key("P-384")),
    "a signature of zeros": lambda f: f.by_hand({"alg": "ES256", "kid": "development"}, bytes(64)),
    "no signature": lambda f: f.by_hand({"alg": "ES256", "kid": "development"}),
}
KEYS: dict[str, Made] = {
    "another key of the same name": lambda f: f.signed(key=f.own),
    "a key of no name": lambda f: f.signed({"kid": "another"}, f.own),
    "the key in the head": lambda f: f.signed({"jwk": f.own.as_dict(private=False)}, f.own),
    "the key at an address": lambda f: f.signed({"jku": "http://127.0.0.1:9/keys"}, f.own),
    "a name that is a path": lambda f: f.signed({"kid": "../../../../dev/null"}, f.own),
    "a name that is SQL": lambda f: f.signed({"kid": "x' UNION SELECT 'key' --"}, f.own),
    "a name with a NUL": lambda f: f.signed({"kid": "development\0"}, f.own),
    "a name that is no text": lambda f: f.by_hand({"alg": "ES256", "kid": {"a": 1}}, bytes(64)),
    "an extension that must be understood": lambda f: f.signed({"crit": ["b64"], "b64": False}),
}
CLAIMS: dict[str, Made] = {
    "another audience": lambda f: f.signed(aud="another"),
    "no audience": lambda f: f.signed(aud=None),
    "another issuer": lambda f: f.signed(iss="shouwang.example"),
    "no issuer": lambda f: f.signed(iss=None),
    "expired": lambda f: f.signed(exp=int(time.time()) - 60),
    "for ever": lambda f: f.signed(exp=None),
    "not yet": lambda f: f.signed(nbf=int(time.time()) + 600),
    "from any day on": lambda f: f.signed(nbf=None),
    "expires at a text": lambda f: f.signed(exp="tomorrow"),
    "expires at infinity": lambda f: f.signed(exp=float("inf")),
    "nobody": lambda f: f.signed(sub=None),
    "agencies": lambda f: f.signed(agency=["CL", "MZ"]),
    "a pattern of divisions": lambda f: f.signed(division="53%"),
}
SHAPES: dict[str, Made] = {
    "no token": lambda f: "",
    "two parts": lambda f: f.signed().rpartition(".")[0],
    "four parts": lambda f: f.signed() + ".x",
    "five parts, encrypted": lambda f: ".".join([encoded({"alg": "dir", "enc": "A256GCM"}), "", "AAAA", "AAAA", "AAAA"]),
    "a list": lambda f: f"{encoded([1])}.{encoded(f.claims())}.{encoded(bytes(64))}",
    "no JSON": lambda f: f"{encoded(b'{')}.{encoded(f.claims())}.{encoded(bytes(64))}",
    "no UTF-8": lambda f: f"{encoded(NO_TEXT)}.{encoded(f.claims())}.{encoded(bytes(64))}",
    "nested a hundred thousand times": lambda f: f"{encoded(b'[' * 100_000)}.{encoded(f.claims())}.{encoded(bytes(64))}",
    "a megabyte": lambda f: f.signed(key=f.own, more="x" * (1 << 20)),
    "a megabyte of dots": lambda f: "." * (1 << 20),
    "not ASCII": lambda f: "令牌." * 3,
}


@pytest.mark.parametrize("made", [pytest.param(made, id=name) for name, made in {**ALGORITHMS, **KEYS, **CLAIMS, **SHAPES}.items()])
def test_a_forged_token_is_refused(forge: Forge, made: Made) -> None:
    with pytest.raises(Unauthenticated) as refused:
        forge.gate.principal(f"Bearer {made(forge)}")
    assert refused.value.code in ("token_missing", "token_refused", "token_incomplete")


@pytest.mark.parametrize("scheme", ["", "Basic", "Token", "Bearer,", "Bearer\t"])
def test_a_token_comes_as_a_bearers(forge: Forge, scheme: str) -> None:
    with pytest.raises(Unauthenticated):
        forge.gate.principal(f"{scheme} {forge.signed()}")


def test_the_key_set_holds_no_secret(forge: Forge) -> None:
    kept = KeySet.import_key_set(json.loads(forge.issuer.jwks_file.read_text()))
    assert [key.is_private for key in kept.keys] == [False]
