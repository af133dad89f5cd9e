"""What differs between machines, from the environment (prefix SHOUWANG_) or mounted files; nothing that is a rule of the domain."""

import os
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One process's settings. Unknown SHOUWANG_ names are ignored; a missing required one stops the start with its name.

    `database_url` is the app role's, `migrator_url` and `rebuild_url` only where those roles run. Secrets may also be given as
    files named like the setting in SHOUWANG_SECRETS_DIR. `answers_kept_days`: until the answers of commands are deleted (`retention.py`).
    `patience_seconds`: within which the head of a request comes, and each part of its body.
    """

    model_config = SettingsConfigDict(env_prefix="SHOUWANG_", extra="ignore")

    profile: Literal["production", "development"] = "production"
    database_url: SecretStr = SecretStr("")
    migrator_url: SecretStr = SecretStr("")
    rebuild_url: SecretStr = SecretStr("")
    kafka: str = "kafka:9092"
    registry: str = "http://registry:8080/apis/ccompat/v7"
    host: str = "127.0.0.1"
    port: int = 8000
    jwks_file: Path = Path("/run/secrets/jwks.json")
    token_issuer: str = "shouwang"
    token_audience: str = "shouwang"
    site_key: SecretStr = SecretStr("")
    clock_file: Path | None = None
    log_level: str = "INFO"
    pool_size: int = 8
    patience_seconds: int = 10
    batch_size: int = 500
    stall_seconds: int = 120
    answers_kept_days: int = 30
    topic_prefix: str = ""


def load() -> Settings:
    """The settings of this process; refuses a settable clock in production."""
    secrets = os.environ.get("SHOUWANG_SECRETS_DIR")
    settings = Settings(_secrets_dir=secrets) if secrets else Settings()  # type: ignore[call-arg]
    if settings.profile == "production" and settings.clock_file is not None:
        raise SystemExit("SHOUWANG_CLOCK_FILE is refused in the production profile: domain time must be real there")
    if not settings.site_key.get_secret_value():
        raise SystemExit("SHOUWANG_SITE_KEY is missing: it keys the blind index and the cursors")
    return settings
