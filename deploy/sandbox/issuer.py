"""The development token issuer: one ES256 key made on the spot. A real deployment brings its own issuer and gives us its JWKS."""

import json
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey


class Issuer:
    """Issues tokens signed with a key kept in `folder`; `jwks_file` is what services read."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.jwks_file = folder / "jwks.json"
        secret = folder / "issuer.key.json"
        if not secret.exists():
            secret.touch(mode=0o600)
            key = ECKey.generate_key("P-256", {"kid": "development", "use": "sig", "alg": "ES256"}, auto_kid=False)
            secret.write_text(json.dumps(key.as_dict(private=True)))
            self.jwks_file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        self._key = ECKey.import_key(json.loads(secret.read_text()))

    def token(self, subject: str, agency: str, division: str, roles: list[str], ttl: int = 86_400) -> str:
        """A bearer token: who, of which office, with which roles, for `ttl` seconds from now."""
        now = int(time.time())
        claims = {"iss": "shouwang", "aud": "shouwang", "sub": subject, "iat": now, "nbf": now - 5, "exp": now + ttl}
        return self.signed(claims | {"agency": agency, "division": division, "roles": roles})

    def signed(self, claims: dict[str, Any]) -> str:
        """A bearer token that says this, whether a service takes it or not."""
        return jwt.encode({"alg": "ES256", "kid": "development"}, claims, self._key)
