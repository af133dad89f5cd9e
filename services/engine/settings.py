"""What differs between machines, from the environment (prefix SHOUWANG_) or mounted files; nothing that is a rule of the domain.

What a command needs and has not got is named before anything is begun: every missing or unusable setting at once, what it is for, and
where it is set. No value is shown, for it may be a secret.
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

USAGE = 2  # the exit code of a command that was not told what it needs
_URLS = {
    "database_url": "PostgreSQL URL of the service's app role",
    "migrator_url": "PostgreSQL URL of the service's migrator role",
    "rebuild_url": "PostgreSQL URL of the service's rebuild role",
}
_MEANING = _URLS | {
    "site_key": "key of the blind index and of the cursors, the same for all processes and for ever",
    "jwks_file": "file with the public keys of the token issuer",
}


BROKERS = r"^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}(?:,(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5})*$"
Positive = Annotated[int, Field(ge=1, le=10_000)]


class Settings(BaseSettings):
    """One process's settings. Unknown SHOUWANG_ names are ignored.

    `database_url` is the app role's, `migrator_url` and `rebuild_url` only where those roles run. Secrets may also be given as
    files named like the setting in SHOUWANG_SECRETS_DIR. `answers_kept_days`: until the answers of commands are deleted (`retention.py`).
    `token_days`: the longest life of a token; issuers give shorter ones.
    `patience_seconds`: within which the head of a request comes, and each part of its body.
    `clock_tolerance_minutes`, `clock_outage_days`: by how much clocks may differ, and after how long a pause of a machine that was started
    anew an operator says what day it is (`timekeeping.py`); by default an ordinary long weekend needs nobody. 0, for a machine that may start
    with a wrong time and has its database beside it: after each pause that is longer than the tolerance.
    """

    model_config = SettingsConfigDict(env_prefix="SHOUWANG_", extra="ignore")

    profile: Literal["production", "development"] = "production"
    database_url: SecretStr = SecretStr("")
    migrator_url: SecretStr = SecretStr("")
    rebuild_url: SecretStr = SecretStr("")
    kafka: Annotated[str, Field(pattern=BROKERS)] = "kafka:9092"
    registry: Annotated[str, Field(pattern=r"^https?://[^\s/]+")] = "http://registry:8080/apis/ccompat/v7"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    jwks_file: Path = Path("/run/secrets/jwks.json")
    token_issuer: str = "shouwang"
    token_audience: str = "shouwang"
    token_days: Positive = 31
    site_key: SecretStr = SecretStr("")
    clock_file: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    pool_size: Positive = 8
    patience_seconds: Positive = 10
    batch_size: Positive = 500
    stall_seconds: Positive = 120
    answers_kept_days: Positive = 30
    clock_tolerance_minutes: Positive = 15
    clock_outage_days: Annotated[int, Field(ge=0)] = 4
    topic_prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,100}$")] = ""


def load(command: str = "this process", *needed: str) -> Settings:
    """The settings of this process, for a command that cannot do without the `needed` ones. Ends the process with 2 and a line for
    each fault: one that is missing, or unusable, or a settable clock in production."""
    secrets = os.environ.get("SHOUWANG_SECRETS_DIR")
    if secrets and not Path(secrets).is_dir():
        refuse(command, [f"SHOUWANG_SECRETS_DIR: there is no folder {secrets}"])
    try:
        settings = Settings(_secrets_dir=secrets) if secrets else Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        refuse(command, [f"{_variable(str(wrong['loc'][0]))} cannot be used: {wrong['msg']}" for wrong in error.errors()])
    faults = [fault for name in needed if (fault := _fault(settings, name))]
    if settings.profile == "production" and settings.clock_file is not None:
        faults.append("SHOUWANG_CLOCK_FILE is refused in the production profile: domain time must be real there")
    if faults:
        refuse(command, faults)
    return settings


def refuse(command: str, faults: list[str]) -> NoReturn:
    """Say on stderr what `command` lacks, a line for each fault, and end with 2."""
    sys.stderr.write("".join(f"{command}: {fault}\n" for fault in faults))
    raise SystemExit(USAGE)


def missing(variable: str, meaning: str, secret_file: str) -> str:
    """How a missing setting is told: its name, what it is, and the two places where it may be set."""
    return f"{variable} is missing ({meaning}): set it in the environment, or {secret_file}"


def is_postgres_url(url: str) -> bool:
    """Whether it names at least a host and a database; anything else a driver would fill up with guesses."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("postgresql", "postgres") and bool(parts.hostname) and len(parts.path) > 1 and parts.port != 0
    except ValueError:
        return False


def _fault(settings: Settings, name: str) -> str | None:
    """Why this setting cannot be used, if it cannot."""
    value = getattr(settings, name)
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    variable, meaning = _variable(name), _MEANING[name]
    if not text:
        return missing(variable, meaning, f"in a file {variable.lower()} in the folder that SHOUWANG_SECRETS_DIR names")
    if name in _URLS and not is_postgres_url(text):
        return f"{variable} is no {meaning} (postgresql://role:password@host:port/database)"
    return _key_fault(value, variable, meaning) if name == "jwks_file" else None


def _key_fault(file: Path, variable: str, meaning: str) -> str | None:
    try:
        keys = json.loads(file.read_text(encoding="utf-8"))["keys"]
    except OSError as error:
        return f"{variable} names {file}, which cannot be read ({error.strerror}): it is the {meaning}"
    except (ValueError, KeyError, TypeError):
        return f"{variable} names {file}, which is no JSON Web Key Set: it is the {meaning}"
    return None if keys else f"{variable} names {file}, which holds no key: nobody could call this service"


def _variable(name: str) -> str:
    return f"SHOUWANG_{name.upper()}"
