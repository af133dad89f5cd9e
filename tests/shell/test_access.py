"""Tokens: who asks is said in one form, for a while, and a forged or broken one is refused like any other."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.sandbox.issuer import Issuer
from services.kernel.errors import Unauthenticated
from services.shell.http.access import Gate, Principal


def asked(folder: Path, claims: dict[str, Any]) -> Principal:
    """Who asks with a token that says this beside what every token says."""
    issuer, now = Issuer(folder), int(time.time())
    usual = {"iss": "shouwang", "aud": "shouwang", "sub": "clerk-1", "nbf": now - 5, "exp": now + 600}
    office = {"agency": "CL", "division": "533401", "roles": ["clerk"]}
    gate = Gate(issuer.jwks_file, "shouwang", "shouwang", {}, now=lambda: datetime.now(UTC), days=31)
    return gate.principal(f"Bearer {issuer.signed(usual | office | claims)}")


@pytest.mark.parametrize(
    "claims",
    [{}, {"division": "5334"}, {"division": "533401102001"}, {"sub": "a.b@c"}],
    ids=str,
)
def test_a_token_of_an_office_is_taken(tmp_path: Path, claims: dict[str, Any]) -> None:
    assert asked(tmp_path, claims).agency == "CL"


def test_a_token_may_last_a_month(tmp_path: Path) -> None:
    assert asked(tmp_path, {"exp": int(time.time()) + 30 * 86_400}).agency == "CL"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"agency": "*"}, "token_incomplete"),
        ({"agency": "machine"}, "token_incomplete"),
        ({"agency": "CL:5334"}, "token_incomplete"),
        ({"agency": None}, "token_incomplete"),
        ({"division": "53340"}, "token_incomplete"),
        ({"division": "*"}, "token_incomplete"),
        ({"division": ""}, "token_incomplete"),
        ({"division": "５３３４０１"}, "token_incomplete"),
        ({"division": 533401}, "token_incomplete"),
        ({"sub": "a:b"}, "token_incomplete"),
        ({"sub": "13800000002"}, "token_names_person"),
        ({"sub": "c-533499198001010013"}, "token_names_person"),
        ({"roles": "liaison"}, "token_incomplete"),
        ({"roles": [["liaison"]]}, "token_incomplete"),
        ({"exp": 1 << 40}, "token_too_long"),
        ({"exp": 10**400}, "token_too_long"),
        ({"nbf": 0}, "token_too_long"),
        ({"exp": None}, "token_refused"),
        ({"nbf": None}, "token_refused"),
    ],
    ids=str,
)
def test_a_token_that_says_it_otherwise_is_refused(tmp_path: Path, claims: dict[str, Any], code: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        asked(tmp_path, claims)
    assert refused.value.code == code
