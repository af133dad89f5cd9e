"""Who may do and see what: the bearer token, the scopes behind its roles, and the division every read is confined to.

Reads run with the database setting `shouwang.division`; row security (`sees` in schema.sql) does the rest, so a query that forgets
to filter sees nothing rather than everything. A principal without a division cannot be made.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.domain.divisions import level
from services.domain.personal import names_somebody
from services.kernel.errors import Forbidden, Unauthenticated

_ALGORITHMS = ["ES256", "EdDSA"]
# In other forms an agency could be a sign that row security reads ("*"), or the word for who is no office ("machine"). Offices have
# capitals (CL); assessment institutions have the code that the register's application names (hospital-1).
FORMS = {
    "sub": re.compile(r"[A-Za-z0-9._@+-]{1,80}"),
    "agency": re.compile(r"(?!machine$)[A-Za-z0-9][A-Za-z0-9-]{0,31}"),
    "division": re.compile(r"[0-9]{4,12}"),
}
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

    `now` is the machine's time as if nobody had set it: what has expired does not come back with a clock that was set back. `days`: the
    longest life of a token.
    """

    def __init__(
        self, jwks: Path, issuer: str, audience: str, roles: Mapping[str, frozenset[str]], now: Callable[[], datetime], days: int
    ) -> None:
        self._longest = days * 86_400
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
        if not 0 < claims["exp"] - claims["nbf"] <= self._longest:
            raise Unauthenticated("token_too_long", f"令牌有效期不得超过{self._longest // 86_400}天")
        said = {name: text if isinstance(text := claims.get(name), str) else "" for name in FORMS}
        roles = claims.get("roles")
        if not all(FORMS[name].fullmatch(text) for name, text in said.items()) or not level(said["division"]):
            raise Unauthenticated("token_incomplete", "令牌没有写明人员代号、单位或辖区，或写法不符")
        if names_somebody(said["sub"]):
            raise Unauthenticated("token_names_person", "令牌的人员代号不得是身份证号或手机号")
        if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            raise Unauthenticated("token_incomplete", "令牌没有写明角色")
        return Principal(said["sub"], said["agency"], said["division"], frozenset(roles))

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
