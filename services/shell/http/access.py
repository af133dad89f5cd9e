"""Who may do and see what: the bearer token, the scopes behind its roles, and the division every read is confined to.

Reads run with the database setting `shouwang.division`; row security (`sees` in schema.sql) does the rest, so a query that forgets
to filter sees nothing rather than everything. A principal without a division cannot be made.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.kernel.errors import Forbidden, Unauthenticated

_ALGORITHMS = ["ES256", "EdDSA"]
_SIGHT = "SELECT set_config('shouwang.division', $1, true), set_config('shouwang.agency', $2, true)"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller: pseudonymous subject, agency code (e.g. CL), division prefix it works for, and roles."""

    subject: str
    agency: str
    division: str
    roles: frozenset[str]

    @property
    def actor(self) -> str:
        """How events name the office and person: agency, division, subject."""
        return f"{self.agency}:{self.division}:{self.subject}"


class Gate:
    """Checks tokens against the issuer's public keys (a JWKS file) and roles against the service's role table.

    `now` is the machine's time as if nobody had set it: what has expired does not come back with a clock that was set back.
    """

    def __init__(
        self, jwks: Path, issuer: str, audience: str, roles: Mapping[str, frozenset[str]], now: Callable[[], datetime]
    ) -> None:
        self._keys = KeySet.import_key_set(json.loads(jwks.read_text()))
        self._roles = roles
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now().timestamp()),
            leeway=10,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            nbf={"essential": True},
            sub={"essential": True},
        )

    def principal(self, authorization: str | None) -> Principal:
        """The caller behind an Authorization header. Raises `Unauthenticated`; never says why in detail."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("token_missing", "请求须带令牌（Authorization: Bearer <token>）")
        try:
            claims = jwt.decode(token, self._keys, algorithms=_ALGORITHMS).claims
            self._claims.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise Unauthenticated("token_refused", "令牌无效、已过期或不是发给本服务的") from None
        agency, division, roles = claims.get("agency"), claims.get("division"), claims.get("roles")
        named = isinstance(agency, str) and agency and isinstance(division, str) and division.isdigit()
        if not named or not isinstance(roles, list):
            raise Unauthenticated("token_incomplete", "令牌没有写明单位、辖区或角色")
        return Principal(str(claims["sub"]), str(agency), str(division), frozenset(map(str, roles)))

    def require(self, principal: Principal, scope: str) -> None:
        """Raises `Forbidden` unless one of the principal's roles carries the scope."""
        if not any(scope in self._roles.get(role, frozenset()) for role in principal.roles):
            raise Forbidden("scope_missing", f"需要权限{scope}")


@asynccontextmanager
async def reading(pool: asyncpg.Pool, principal: Principal, snapshot: bool = False) -> AsyncIterator[asyncpg.Connection]:
    """A read-only transaction that sees the principal's division, and of agency-owned rows only its agency's.

    `snapshot`: all its queries see the database at one instant.
    """
    isolation = "repeatable_read" if snapshot else None
    async with pool.acquire() as conn, conn.transaction(isolation=isolation, readonly=True):
        await conn.execute(_SIGHT, principal.division, principal.agency)
        yield conn
